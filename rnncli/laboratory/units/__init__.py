"""Units that follow something: their activations, and honest correlations."""
