"""The files of rnncli: checkpoints, run folders, and timings of this machine."""
