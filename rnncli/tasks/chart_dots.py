"""Lines of a chart in a terminal as dots: in braille two by four a character, in ASCII one."""

import numpy as np

BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # of a braille sign, by row and column
BRAILLE, ASCII = (2, 4), (1, 1)  # dots a character across and down


def braille(mask):
    """The braille signs of the dots `mask` (rows * 4, columns * 2), an array (rows, columns); a blank for no dot."""
    across, down = BRAILLE
    bits = mask.reshape(len(mask) // down, down, -1, across) * BITS[:, None]
    return np.vectorize(lambda code: chr(0x2800 + code) if code else " ", otypes=[object])(bits.sum((1, 3)))


def trace(mask, x, y, size, dotted):
    """Draw the line through the dots (x, y), with a gap where y is nan; a lone dot is `size` dots wide and high."""
    known = np.isfinite(y)
    count = 0
    for k in np.flatnonzero(known):
        if k + 1 < len(y) and known[k + 1]:
            dots = int(max(abs(x[k + 1] - x[k]), abs(y[k + 1] - y[k]))) + 1
            across, down = (np.linspace(part[k], part[k + 1], dots).round().astype(int) for part in (x, y))
            keep = (np.arange(count, count + dots) % 3 == 0) if dotted else slice(None)
            mask[down[keep], across[keep]] = True
            count += dots - 1
        elif not (k and known[k - 1]):
            column, row = (int(part[k]) // size * size for part in (x, y))  # within one character
            mask[row : row + size, column : column + size] = True
