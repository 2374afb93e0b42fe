"""What `laboratory.drawings` hold, drawn with the characters of a terminal."""
