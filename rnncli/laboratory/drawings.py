"""What a finding shows besides sentences and tables: curves, heat maps, histograms, shaded texts.

They hold data alone. `ui` draws each of them in a terminal, as a picture and in HTML.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..tasks.base import Table


class Curve(NamedTuple):
    """One line of a chart: x and y, two arrays of one length; y may have nan and, on a logarithmic axis, zeros."""

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Curves:
    """Lines in one chart, by name, in the order of their importance.

    groups: {name: group} of lines that belong together, such as those of one network: they have one colour. palette:
    groups in the order of their colours, so that a group has its colour in several charts.
    """

    title: str
    x_label: str
    y_label: str
    lines: Mapping[str, Curve]
    log_x: bool = False
    log_y: bool = False
    groups: Mapping[str, str] = field(default_factory=dict)
    palette: Sequence[str] = ()
    note: str = ""  # said after the names of the lines


@dataclass(frozen=True)
class Heat:
    """A matrix of shades: values (R, C), nan where there is none, with a name for each row and each column."""

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: np.ndarray
    x_label: str
    unit: str = ""  # of the values
    log: bool = False  # shades by the logarithm of the values


@dataclass(frozen=True)
class Histogram:
    """Counts in bins: edges (B + 1,), and by name the share of the values in each bin (B,)."""

    title: str
    x_label: str
    edges: np.ndarray
    shares: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Shaded:
    """A text with a value for each of its symbols: symbols as they stand in the text, values (len(symbols),), nan where
    there is none. Shades go from low to high; with low < 0 < high there are two colours with zero between them."""

    title: str
    symbols: Sequence[str]
    values: np.ndarray
    low: float
    high: float
    label: str  # the meaning of a value, with its unit


Drawing = Curves | Heat | Histogram | Shaded
Element = str | Table | Drawing  # a sentence, a table, a drawing


@dataclass(frozen=True)
class Finding:
    """The result of one part of `inspect`.

    record: JSON-ready data, flat numbers under "metrics"; rows: the same as flat rows for CSV, all with the same keys;
    brief: what fits on a screen; more: everything else that people look at.
    """

    part: str
    title: str
    record: dict[str, Any]
    rows: Sequence[Mapping[str, Any]]
    brief: Sequence[Element]
    more: Sequence[Element] = field(default=())

    def elements(self, whole: bool) -> list[Element]:
        """What is shown: the brief, or the whole, in which what `more` draws under the same title stands only there."""
        if not whole:
            return list(self.brief)
        again = {_kind(each) for each in self.more if isinstance(each, Drawing) and each.title}
        return [*(each for each in self.brief if _kind(each) not in again), *self.more]


def _kind(element: Element) -> tuple[type, str]:
    """The class of an element and the title of a drawing."""
    return type(element), element.title if isinstance(element, Drawing) else ""
