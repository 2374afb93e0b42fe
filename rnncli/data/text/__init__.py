"""Text files as tokens: encoders, splits, streams. `tokens` is the stored sequence; `ids` are token numbers."""
