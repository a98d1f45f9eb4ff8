"""What may happen, in verbs of the trade."""
