"""What a run learns: one folder for each kind of task, `base` their contract, `registry` which there are."""
