"""Data: files to tokens, to tables and to series, and from there to splits and batches."""
