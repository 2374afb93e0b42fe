"""Text files as tokens: encoders, splits, streams."""
