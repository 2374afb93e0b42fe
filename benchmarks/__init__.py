"""The project beside PyTorch and JAX on the same work, in one run: `python -m benchmarks`."""
