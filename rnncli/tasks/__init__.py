"""The kinds of task: one folder each, with their contract in `base` and their list in `registry`."""
