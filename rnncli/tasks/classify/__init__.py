"""Classification: a class for a sequence, or for a row of features."""
