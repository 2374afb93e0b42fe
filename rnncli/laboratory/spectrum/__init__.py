"""The part "spectrum": what a step multiplies the gradient by."""
