"""What an installation starts with, and names that never change: in four languages."""
