"""Optimizers as chained transforms of one flat gradient vector, and learning-rate schedules."""
