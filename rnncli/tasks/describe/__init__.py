"""A text for features or a class: captions, names of a language."""
