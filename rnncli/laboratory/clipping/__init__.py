"""The part "clipping": what the log of a run says of its gradient norms."""
