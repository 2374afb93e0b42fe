"""Training: a run, its loop, its steps, alone or shared by several processes."""
