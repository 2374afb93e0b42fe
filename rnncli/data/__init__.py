"""Text in: files to tokens, splits and batches; the encoders that travel in a checkpoint."""
