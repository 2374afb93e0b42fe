"""The part "gates": what gates let through, and how far the cell's own path carries."""
