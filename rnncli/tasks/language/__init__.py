"""Language modelling: the next symbol of a text."""
