"""What is kept: columns, row questions, scopes."""
