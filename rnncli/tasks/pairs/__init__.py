"""The parts that tasks of pairs share: classes, numbers, tags and texts predicted from a source."""
