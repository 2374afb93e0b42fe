"""Gates for people: tables, charts and sentences."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import isinf, isnan

import numpy as np

from ...tasks.base import Table
from ..drawings import Curve, Curves, Element, Histogram
from .own_path import OwnPath, half_lives, of_units
from .values import DECILES, EDGES, LEFT, RIGHT, Activation, Gate

SHOWN = (2, 5, 10, 20, 50, 100, 200, 500)  # lags of the table of paths
MOST_GATES, MOST_PATHS = 12, 6  # in the summary
MOSTLY = 0.9  # of the steps: a unit whose gate is saturated for longer is called open or closed
SELDOM = 0.01  # of the steps
MOST_UNITS = 10  # in the table of the most saturated ones
FOR_EVER = 1e6  # steps: a half-life that long is that of a constant, with the rounding of a fit
LEAST_DRAWN = 1e-16  # of lag 1: below, a line would leave no room for the others
MUCH = 1.5  # times as far: worth a sentence
LINES = {  # of a chart of paths
    "total": "all paths",
    "own": "own path",
    "rest": "all paths - own path",
    "gates": "gates alone",
}


def table_of_gates(gates: Sequence[Gate]) -> Iterator[Element]:
    """A row for each gate; of very many, for those that keep a state."""
    if gates:
        shown = gates if len(gates) <= MOST_GATES else [gate for gate in gates if gate.keeps]
        header = ["", "layer", "gate", "mean", "std", f"< {LEFT}", f"> {RIGHT}"]
        yield Table([header, *map(row_of_gate, shown)], left=3)
        yield (
            f"< {LEFT}, > {RIGHT}: shares of the values that are saturated to the left and to the right"
            f"{'' if shown is gates else '; --show gates has all gates'}."
        )


def row_of_gate(gate: Gate) -> list[str]:
    """The row of a gate in the table of gates."""
    figures = [f"{gate.mean:.3f}", f"{gate.deviation:.3f}", f"{gate.left:.1%}", f"{gate.right:.1%}"]
    return [gate.subject, gate.layer, f"{gate.name} {gate.words}".strip(), *figures]


def table_of_activations(found: Sequence[Activation]) -> Iterator[Element]:
    """A row for each quantity that is no gate."""
    if not found:
        return
    header = ["", "layer", "", "mean |v|", "largest", "zero", f"|v| > {RIGHT}", "slope"]
    rows = [header, *map(row_of_activation, found)]
    known_in = [column for column in range(len(header)) if column < 3 or any(row[column] != "-" for row in rows[1:])]
    yield Table([[row[column] for column in known_in] for row in rows], left=3)
    if any(not isnan(each.slope) for each in found):
        yield "slope: mean of 1 - v^2, the factor by which tanh lets a gradient through; 1 at v = 0, 0 where saturated."


def row_of_activation(each: Activation) -> list[str]:
    """The row of a quantity in the table of activations."""
    shares = [f"{each.zero:.1%}", known(f"{each.saturated:.1%}", each.saturated)]
    figures = [f"{each.size:.3g}", f"{each.largest:.3g}", *shares, known(f"{each.slope:.3f}", each.slope)]
    return [each.subject, each.layer, " = ".join(filter(None, [each.name.replace("_", " "), each.words])), *figures]


def value_details(gates: Sequence[Gate]) -> Iterator[Element]:
    """Deciles and a histogram of every gate, and the units that are saturated most."""
    if not gates:
        return
    if len(gates) > MOST_GATES:
        header = ["all gates", "layer", "gate", "mean", "std", f"< {LEFT}", f"> {RIGHT}"]
        yield Table([header, *map(row_of_gate, gates)], left=3)
    header = ["deciles", "layer", "gate", *(f"{100 * share:.0f} %" for share in DECILES)]
    body = [[each.subject, each.layer, each.name, *(f"{value:.2f}" for value in each.deciles)] for each in gates]
    yield Table([header, *body], left=3)
    for (subject, layer), group in groupby(gates, lambda each: (each.subject, each.layer)):
        shares = {f"{each.name} {each.words}".strip(): each.shares for each in group}
        yield Histogram(f"gates of {subject}, {layer}", "0 closed ... 1 open; share of the values", EDGES, shares)
    yield table_of_open_units(gates)
    yield table_of_units(gates) or f"No gate of a unit is saturated in more than {100 * SELDOM:.0f} % of the steps."


def table_of_open_units(gates: Sequence[Gate]) -> Table:
    """How many units of each gate are closed or open in most of the steps."""
    header = [f"units, {100 * MOSTLY:.0f} % of the steps", "layer", "gate", f"< {LEFT}", f"> {RIGHT}", "of all"]
    body = [
        [
            *(gate.subject, gate.layer, gate.name),
            *(f"{(units > MOSTLY).sum():,}" for units in (gate.unit_left, gate.unit_right)),
            f"{len(gate.unit_mean):,}",
        ]
        for gate in gates
    ]
    return Table([header, *body], left=3)


def table_of_units(gates: Sequence[Gate]) -> Table | None:
    """The units whose gates are saturated most, to the left or to the right; None where that is seldom."""
    points = [
        (max(left, right), gate, unit, left, right, mean)
        for gate in gates
        for unit, (left, right, mean) in enumerate(zip(gate.unit_left, gate.unit_right, gate.unit_mean))
        if max(left, right) > SELDOM
    ]
    points.sort(key=lambda point: -point[0])
    header = ["most saturated units", "layer", "gate", "unit", f"< {LEFT}", f"> {RIGHT}", "mean"]
    body = [
        [gate.subject, gate.layer, gate.name, f"{unit}", f"{left:.1%}", f"{right:.1%}", f"{mean:.3f}"]
        for _, gate, unit, left, right, mean in points[:MOST_UNITS]
    ]
    return Table([header, *body], left=3) if body else None


def path_summary(paths: Sequence[OwnPath]) -> Iterator[Element]:
    """A row for each path, and a sentence about each."""
    if paths:
        header = ["half-life", "layer", "", "own", "gates", "all", "units: half", "longest"]
        yield Table([header, *map(row_of_path, paths)], left=3)
        yield (
            "Half-lives of the gradient in steps. own: along the state alone, times its forget gates, for a GRU its "
            "update gates. gates: with that path closed, so that every step goes through W_h. all: by all paths of the "
            "layer. units: ln 2 / -ln(mean f) of each unit, not exceeded by half of them, and the longest."
        )
        if len(paths) <= MOST_PATHS:
            yield from map(conclusion, paths)


def row_of_path(path: OwnPath) -> list[str]:
    """The row of a path in the summary."""
    half, longest = of_units(path, 0.5, 1)
    figures = [*(steps(each) for each in half_lives(path).values()), steps(half), steps(longest)]
    return [path.subject, path.layer, path.state, *figures]


def conclusion(path: OwnPath) -> str:
    """What the figures of a path say."""
    own, gates, total = half_lives(path).values()
    said = [f"{path.subject} {path.layer}: {memory(path)}"]
    if own >= FOR_EVER:
        said += [f"the gradient along {path.state} never fades"]
    elif own > gates > 0:
        said += [f"{path.state} alone carries the gradient {own / gates:,.3g} times as far as the gates alone"]
    if own * MUCH < total:
        further = f"{total / own:,.3g} times as far as that" if total < FOR_EVER else "without fading"
        said += [f"paths that change between the two carry it {further}"]
    return "; ".join(said) + "."


def memory(path: OwnPath) -> str:
    """How long the units remember, in words."""
    half, longest = of_units(path, 0.5, 1)
    if half >= FOR_EVER:
        return f"{path.state} forgets nothing"
    slowest = "never" if longest >= FOR_EVER else f"after {steps(longest)}"
    return f"half of the units forget half of {path.state} within {steps(half)} steps, the slowest {slowest}"


def path_details(paths: Sequence[OwnPath]) -> Iterator[Element]:
    """Both parts of the gradient by lag, half-lives of the units, and a chart for each path."""
    if not paths:
        return
    if len(paths) > MOST_PATHS:
        yield from map(conclusion, paths)
    for path in paths:
        yield f"{path.subject}, {path.layer}: ||dL_t/d{path.state}_{{t-k}}|| as a share of that at k = 1, by path"
        yield table_of_lags(path)
    yield (
        "own + rest = all, element by element; their norms need not add up: own/all exceeds 1 where the two cancel. "
        "product: of the k - 1 factors f between, arithmetic and geometric mean over units and rows."
    )
    header = ["half-life of units", "layer", "", "least", *(f"{100 * share:.0f} %" for share in DECILES), "longest"]
    body = [[path.subject, path.layer, path.state, *map(steps, of_units(path, 0, *DECILES, 1))] for path in paths]
    yield Table([header, *body], left=3)
    yield from map(chart, paths)


def table_of_lags(path: OwnPath) -> Table:
    """Both parts of the gradient and the product of the factors at some lags."""
    header = ["k", "all", "own", "rest", "own/all", "gates", "product", "geometric"]
    body = []
    for k in (k for k in SHOWN if k < len(path.total)):
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = path.own[k] / path.total[k]
        curves = (path.total[k], path.own[k], path.rest[k], ratio, path.gates[k], path.mean[k], path.geometric[k])
        body.append([f"{k}", *(known(f"{value:.2e}", value) for value in curves)])
    return Table([header, *body])


def chart(path: OwnPath) -> Curves:
    """Every part of the gradient against the lag, on a logarithmic axis, as long as it is more than rounding."""
    k = np.arange(len(path.total))
    curves = {words: getattr(path, name) for name, words in LINES.items()}
    lines = {words: Curve(k, np.where(y < LEAST_DRAWN, np.nan, y)) for words, y in curves.items()}
    title = f"{path.subject}, {path.layer}: paths of the gradient of {path.state}"
    return Curves(title, "lag k, steps back", "share of lag 1", lines, log_y=True)


def steps(number: float) -> str:
    """A number of steps in words."""
    if isnan(number):
        return "-"
    return "never" if isinf(number) or number >= FOR_EVER else f"{number:,.3g}"


def known(text: str, number: float) -> str:
    """The text of a number; "-" for one that is not known."""
    return "-" if isnan(number) else text
