"""Numbers as colours, alike in a terminal, a picture and HTML, and told apart by every kind of colour vision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...laboratory.drawings import Heat, Shaded

LINES = ("#0a6ebd", "#c8511b", "#00916e", "#b5548f", "#8a6d00", "#4da3d8", "#777777")  # of a chart, by importance
BLACK, WHITE = "#000000", "#ffffff"
NEGLIGIBLE = 1e-4  # of the other end of a scale: figures have three digits
WIDE = 2  # columns of a colour in a legend
CUBE = (0, 95, 135, 175, 215, 255)  # levels of red, green and blue among the 256 colours of a terminal


@dataclass(frozen=True)
class Ramp:
    """Colours from low to high, "#rrggbb", evenly spaced; and the nearest ones that a terminal has."""

    colors: tuple[str, ...]
    terminal: tuple[int, ...]

    def color(self, share: float) -> str:
        """The colour of a share from 0 to 1."""
        at = share * (len(self.colors) - 1)
        k = min(int(at), len(self.colors) - 2)
        one, other = (np.array(rgb(color)) for color in self.colors[k : k + 2])
        mixed = np.rint(one + (at - k) * (other - one)).astype(int)
        return "#" + "".join(f"{part:02x}" for part in mixed)

    def number(self, share: float) -> int:
        """The number of the terminal's colour of a share from 0 to 1."""
        return self.terminal[min(int(share * len(self.terminal)), len(self.terminal) - 1)]

    def legend(self) -> str:
        """All colours of the terminal side by side, each of WIDE columns."""
        return "".join(painted(" " * WIDE, background(number)) for number in self.terminal)

    @property
    def columns(self) -> int:
        """The columns of the legend."""
        return WIDE * len(self.terminal)


# Two-sided and one-sided: RdBu and Oranges of Cynthia Brewer, colorbrewer2.org; growing: viridis of matplotlib.
TWO_SIDED = Ramp(
    ("#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b"),
    (25, 68, 110, 153, 255, 217, 210, 167, 124),
)
ONE_SIDED = Ramp(("#ffffff", "#fee6ce", "#fdae6b", "#f16913", "#a63603"), (231, 223, 215, 208, 202, 166, 130))
GROWING = Ramp(
    ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"), (53, 54, 55, 24, 30, 36, 72, 77, 113, 148, 184, 220)
)


@dataclass(frozen=True)
class Shades:
    """A scale of shades from `low` to `high`: by the logarithm if `log`, with zero in the middle if `two_sided`."""

    low: float
    high: float
    ramp: Ramp
    log: bool = False
    two_sided: bool = False

    @property
    def texts(self) -> tuple[str, str]:
        """The figures of low and high; 0 for an end that is as good as zero beside the other one."""
        most = 0 if self.log else NEGLIGIBLE * max(abs(self.low), abs(self.high))
        low, high = (f"{0 if abs(end) < most else end:.3g}" for end in (self.low, self.high))
        return low, high

    def shares(self, values: np.ndarray) -> np.ndarray:
        """Where values lie from low, 0, to high, 1; what is beyond an end is at it; nan stays nan."""
        with np.errstate(all="ignore"):
            ends = np.array([self.low, self.high], "f8")
            low, high = np.log(ends) if self.log else ends
            values = np.log(values) if self.log else np.asarray(values, "f8")
            largest = max(abs(low), abs(high), 1e-300)  # beside which no difference overflows
            width = high / largest - low / largest
            shares = (values / largest - low / largest) / (width or 1)
        return np.clip(shares, 0, 1)


def shades_of_text(drawing: Shaded) -> Shades:
    """The scale of a shaded text."""
    low, high = drawing.low, drawing.high
    if low < 0 < high:
        most = max(-low, high)
        return Shades(-most, most, TWO_SIDED, two_sided=True)
    return Shades(low, high, ONE_SIDED)


def shades_of(drawing: Heat) -> Shades:
    """The scale of a heat map: from its least to its largest finite value, of the positive ones where it is `log`."""
    values = np.asarray(drawing.values, "f8")
    shown = values[np.isfinite(values) & ((values > 0) | (not drawing.log))]
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 1.0)
    if drawing.log:
        return Shades(low, high, GROWING, log=True) if shown.size else Shades(1.0, 1.0, GROWING, log=True)
    if low < 0 < high:
        most = max(-low, high)
        return Shades(-most, most, TWO_SIDED, two_sided=True)
    return Shades(low, high, GROWING)


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of "#rrggbb"."""
    red, green, blue = bytes.fromhex(color[1:])
    return red, green, blue


def letters_on(color: str) -> str:
    """Black or white: the one that stands out from a background "#rrggbb", by WCAG 2.1."""
    linear = [part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in rgb(color)]
    luminance = np.dot([0.2126, 0.7152, 0.0722], linear)
    return BLACK if (luminance + 0.05) ** 2 >= 0.05 * 1.05 else WHITE


def terminal_color(number: int) -> str:
    """The colour "#rrggbb" of a number from 16 to 255 of a terminal of 256 colours."""
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    red, rest = divmod(number - 16, 36)
    return "#" + "".join(f"{CUBE[part]:02x}" for part in (red, *divmod(rest, 6)))


def background(number: int) -> str:
    """The ANSI code of a background of that number, with letters that stand out from it."""
    letters = 16 if letters_on(terminal_color(number)) == BLACK else 231
    return f"48;5;{number};38;5;{letters}"


def painted(text: str, code: str | None) -> str:
    """`text` with an ANSI code, or as it is for None."""
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def marked(codes: Sequence[str | None], texts: Sequence[str]) -> str:
    """Texts, each with its ANSI code; neighbours with the same code share it."""
    runs: list[tuple[str | None, str]] = []
    for code, text in zip(codes, texts):
        if runs and runs[-1][0] == code:
            runs[-1] = code, runs[-1][1] + text
        else:
            runs.append((code, text))
    return "".join(painted(text, code) for code, text in runs)
