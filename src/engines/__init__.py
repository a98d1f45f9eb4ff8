"""One engine a database: pools, transactions that give back what they took."""
