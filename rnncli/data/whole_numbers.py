"""Whole numbers in texts of strangers."""

MOST_DIGITS = 18  # of a number that counts something; int() refuses more than 4,300, and takes long for fewer


def whole_of(text: str) -> int | None:
    """The whole number that a text is, blanks around it aside; None for any other, and for one of too many digits.

    The blanks are those of str.strip(), of which int() does not know all.
    """
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= MOST_DIGITS else None
