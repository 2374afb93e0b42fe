"""The classical demonstrations: what every course says of gradients through time, in figures beside closed forms."""
