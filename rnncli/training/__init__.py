"""Training: the run, its loop, and its steps in one process or several."""
