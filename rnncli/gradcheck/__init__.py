"""The proof that every gradient is right."""
