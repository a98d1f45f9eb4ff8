"""What other programs read: pure, given everything, knowing no table."""
