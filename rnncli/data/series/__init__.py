"""Series on a regular grid, and windows of them."""
