"""Time: stamps as text and as numbers, clocks and their zones, the frequency of a series, features of the calendar."""
