"""Problems that need memory, made rather than read: pure generators, the same examples for the same name."""
