"""Regression: numbers for a sequence, or for a row of features."""
