"""Pairs of a sequence and its answer: examples from files, as numbers, in splits and batches."""
