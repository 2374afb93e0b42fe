"""Tables as columns of text, and their cells as numbers."""
