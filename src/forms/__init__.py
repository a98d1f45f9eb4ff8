"""Clean words or errors."""
