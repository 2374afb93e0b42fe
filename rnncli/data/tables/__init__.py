"""Tables as columns of texts, and what their cells mean."""
