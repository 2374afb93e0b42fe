"""Forecasts of trained models: their intervals, what they are worth, and the honest ones beside them."""
