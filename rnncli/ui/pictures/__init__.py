"""The same as pictures: PNG, SVG and HTML."""
