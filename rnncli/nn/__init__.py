"""Layers, cells, losses and models: hand-written forward and backward passes on memory that is handed in."""
