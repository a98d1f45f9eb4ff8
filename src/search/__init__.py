"""Finding a mentor: folded words, typing errors, filters with counts, reasons."""
