"""Letters: written, kept, sent."""
