"""Forecasting: the next steps of series."""
