"""Files of ours: checkpoints, run folders, what is known of this machine."""
