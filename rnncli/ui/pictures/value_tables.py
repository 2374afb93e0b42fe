"""The values of a drawing as a table, where there is no picture of it."""

from collections.abc import Sequence

import numpy as np

from ...laboratory.drawings import Curves, Heat, Histogram
from ...tasks.base import Table
from ..drawing.binned import means, size_of_bins

MOST_ROWS, MOST_COLUMNS = 100, 24


def meaning(drawing: Curves | Heat | Histogram) -> str:
    """What the values are."""
    match drawing:
        case Curves():
            return drawing.y_label
        case Heat():
            return drawing.unit
        case Histogram():
            return "share of the values in each bin"


def values_of(drawing: Curves | Heat | Histogram) -> Table:
    """A row for each x, row or bin; neighbours of a heat map in one bin and some x of a chart where there are many."""
    match drawing:
        case Curves():
            return of_curves(drawing)
        case Heat():
            return of_heat(drawing)
        case Histogram():
            return of_histogram(drawing)


def of_curves(drawing: Curves) -> Table:
    lines = [dict(zip(np.asarray(x).tolist(), np.asarray(y).tolist())) for x, y in drawing.lines.values()]
    places = sorted({x for line in lines for x in line})
    every = size_of_bins(len(places), MOST_ROWS)
    rows = [[figure(x), *(figure(line[x]) if x in line else "" for line in lines)] for x in places[::every]]
    return Table([[drawing.x_label, *drawing.lines], *rows])


def of_heat(drawing: Heat) -> Table:
    values = np.asarray(drawing.values, "f8")
    down, across = (size_of_bins(n, most) for n, most in zip(values.shape, (MOST_ROWS, MOST_COLUMNS)))
    binned = means(means(values, across, 1, drawing.log), down, 0, drawing.log).tolist()
    rows = [[name, *map(figure, row)] for name, row in zip(drawing.rows[::down], binned)]
    return Table([[drawing.x_label, *drawing.columns[::across]], *rows])


def of_histogram(drawing: Histogram) -> Table:
    edges: Sequence[float] = np.asarray(drawing.edges).tolist()
    names = [f"{figure(low)} to {figure(high)}" for low, high in zip(edges, edges[1:])]
    columns = [np.asarray(shares).tolist() for shares in drawing.shares.values()]
    rows = [[name, *(f"{100 * column[k]:.3g} %" for column in columns)] for k, name in enumerate(names)]
    return Table([[drawing.x_label, *drawing.shares], *rows])


def figure(value: float) -> str:
    return f"{value:.4g}"
