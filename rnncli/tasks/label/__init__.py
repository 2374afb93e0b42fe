"""Labelling: a class for every word of a sentence."""
