"""Recurrent networks in NumPy, from the shell: train, generate, eval, gradcheck."""

__version__ = "0.1.0"
