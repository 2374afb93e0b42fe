"""The part "time": the gradient as a sum over time."""
