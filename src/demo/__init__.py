"""A look at the product with made-up people; not in the image unless asked for."""
