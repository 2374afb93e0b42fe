"""The parts that tasks share which write a text: edits, metrics, reports, attention, the nearest source."""
