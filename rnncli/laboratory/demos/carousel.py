"""The constant error carousel: the gradient through the state, with the gate that keeps it open, half open, closed.

The gate that keeps is set by its bias alone, all other gates read noise, and W_h is zero. Then

    lstm            dc_t/dc_{t-1} = f_t
    lstm-1997       dc_t/dc_{t-1} = 1
    lstm-peephole   dc_t/dc_{t-1} = f_t + f_t (1 - f_t) p_f c_{t-1} + i_t (1 - i_t) p_i g_t
    gru             dh_t/dh_{t-1} = z_t
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, log
from typing import Any

import numpy as np

from ...nn.recurrent import Recurrent
from ...random_streams import stream
from ...tasks.base import Progress, Table
from .. import decay
from ..drawings import Curve, Curves, Finding
from ..watching import norm
from .figures import EXACT, FLOOR, rounded, small, visible
from .numbers import DemoNumbers, number
from .unrolled import Passed, block, layer_of, unroll, zeros

PEEPHOLES, RECURRENT = "f open, peepholes f, i", "f open, W_h not 0"  # paths around the gate
LAGS = (10, 100, 1000)  # of the table


@dataclass(frozen=True)
class Numbers(DemoNumbers):
    """The configuration."""

    hidden_size: int = number("Units.", min=1, max=512)
    steps: int = number("Steps that the gradient goes back.", min=2, max=100_000)
    rows: int = number("Sequences of noise.", min=1, max=1000)
    open: float = number("The bias at which the logistic function is 1 in float64; minus that closes a gate.", min=37)
    biases: tuple[float, ...] = number("Biases of the gate that keeps, each with its half-life.")
    seed: int = number("Seed of weights and noise.", min=0)


@dataclass(frozen=True)
class Ride:
    """A gradient on its way back through the state of one cell.

    found, expected: (T+1, N, H), the gradient of each unit by lag, by the backward pass and in closed form.
    """

    cell: str
    words: str  # about its gates
    found: np.ndarray
    expected: np.ndarray

    @property
    def norms(self) -> np.ndarray:
        """(T+1,): the root mean square over units and rows by lag; it is 1 at lag 0."""
        every = self.found.reshape(len(self.found), -1)
        return norm(every, axis=1) / np.sqrt(every.shape[1])

    @property
    def difference(self) -> float:
        """The greatest relative difference of a unit's gradient from its closed form."""
        scale = np.where(self.expected == 0, 1, abs(self.expected))
        return float((abs(self.found - self.expected) / scale).max())


def ride(cell: str, words: str, bias: float, numbers: Numbers, drawn: Sequence[str] = ()) -> Ride:
    """The gradient dL/dstate_T = 1 of every unit, taken back through a cell whose keeping gate has this bias.

    drawn: the parameters that are not zero, of W_h and the peepholes.
    """
    N, H, rng = numbers.rows, numbers.hidden_size, stream(numbers.seed, "carousel")
    layer = layer_of(cell, H, H)
    p = zeros(layer)
    p["W_x"][...] = rng.uniform(-1, 1, p["W_x"].shape)
    for name in drawn:
        p[name][...] = rng.uniform(-1, 1, p[name].shape) * H**-0.5
    if layer.cell.keep:
        set_gate(layer, p, layer.cell.keep, bias)
    states = layer.cell.state
    x = rng.normal(size=(numbers.steps, N, H))
    s0 = tuple(rng.normal(size=(N, H)) for _ in states)
    dsT = tuple(np.full((N, H), float(state == states[-1])) for state in states)
    passed = unroll(layer, p, x, s0, dsT)
    expected = np.ones((numbers.steps + 1, N, H))
    expected[1:] = np.cumprod(factors(layer, p, passed)[::-1], axis=0)
    return Ride(cell, words, passed.d[states[-1]][::-1], expected)


def set_gate(layer: Recurrent, p: Mapping[str, np.ndarray], name: str, bias: float) -> None:
    """Let a block that reads x and h depend on its bias alone."""
    own = block(layer, name)
    p["b"][own] = bias
    before = len(p["b"]) - p["W_x"].shape[1]  # columns of b for blocks that do not read x, which come first
    p["W_x"][:, own.start - before : own.stop - before] = 0
    p["W_h"][:, own] = 0


def factors(layer: Recurrent, p: Mapping[str, np.ndarray], passed: Passed) -> np.ndarray:
    """(T, N, H): the factor of each step in closed form, of the gates as they were; nan where h has a part in it."""
    v = passed.values
    if p["W_h"].any():
        return np.full_like(v["h"], np.nan)
    if layer.cell.vectors:
        through_f = v["f"] * (1 - v["f"]) * p["p_f"] * v["c_prev"]
        return v["f"] + through_f + v["i"] * (1 - v["i"]) * p["p_i"] * v["g"]
    keep = layer.cell.keep
    return v[keep] if keep else np.ones_like(v["h"])


def rides(numbers: Numbers) -> list[Ride]:
    """Every cell of the table."""
    o = numbers.open
    return [
        ride("lstm", "f open", o, numbers),
        ride("lstm", "f half open", 0, numbers),
        ride("lstm", "f closed", -o, numbers),
        ride("lstm-1997", "no gate", 0, numbers),
        ride("gru", "z open", o, numbers),
        ride("gru", "z half open", 0, numbers),
        ride("lstm-peephole", "f open, peephole f", o, numbers, ("p_o", "p_f")),
        ride("lstm-peephole", PEEPHOLES, o, numbers, ("p_o", "p_f", "p_i")),
        ride("lstm", RECURRENT, o, numbers, ("W_h",)),
    ]


def demonstrate(numbers: Numbers, progress: Progress) -> Finding:
    """The gradient by lag of every cell beside its closed form, and the half-life that a bias gives."""
    cells = rides(numbers)
    gates = [ride("lstm", f"bias {bias:g}", bias, numbers) for bias in numbers.biases]
    rows = [record(each) for each in [*cells, *gates]]
    return Finding(
        part="carousel",
        title=f"The gradient through the state, {numbers.steps:,} steps back: 1 at lag 0",
        record={"metrics": metrics([*cells, *gates]), "rides": rows},
        rows=rows,
        brief=[
            table(cells),
            *notes(cells),
            gate_table(numbers.biases, gates),
            chrono_note(numbers),
            chart(cells, gates),
        ],
    )


def label(each: Ride) -> str:
    """The name of a row in records and pictures."""
    return f"{each.cell}, {each.words}"


def lags(each: Ride) -> list[int]:
    """The lags of the table that were reached."""
    return [k for k in LAGS if k < len(each.found)]


def metrics(every: Sequence[Ride]) -> dict[str, float]:
    """{"CELL/NAME": number}"""
    found = {}
    for each in every:
        found |= {f"{label(each)}/lag_{k}": float(each.norms[k]) for k in lags(each)}
        found |= {f"{label(each)}/half_life": half_life(each), f"{label(each)}/difference": each.difference}
    return found


def half_life(each: Ride) -> float:
    """Steps in which the gradient halves; inf where it does not shrink, 0 where nothing is left."""
    factor = decay.fitted(each.norms)
    return inf if factor > 1 - EXACT else decay.half_life(factor)


def record(each: Ride) -> dict[str, Any]:
    """A row of the tables as flat data; least and greatest are those of the units at the last lag."""
    found: dict[str, Any] = {"cell": each.cell, "gates": each.words, "half_life": half_life(each)}
    found |= {f"lag_{k}": float(each.norms[k]) for k in lags(each)}
    found |= {"least": float(each.found[-1].min()), "greatest": float(each.found[-1].max())}
    return found | {"difference": each.difference}


def table(cells: Sequence[Ride]) -> Table:
    """A row for each cell."""
    header = ["", "", *(f"k = {k:,}" for k in lags(cells[0])), "difference"]
    body = [
        [each.cell, each.words, *(small(each.norms[k]) for k in lags(each)), rounded(each.difference)] for each in cells
    ]
    return Table([header, *body], left=2)


def notes(cells: Sequence[Ride]) -> list[str]:
    """What to see."""
    peephole, recurrent = (spread(each) for each in cells[-2:])
    return [
        "difference: of any unit at any step from the closed form, the product of the gates; relative.",
        f"Around an open gate: with the peephole of i, single units end at {peephole}; with W_h, at {recurrent}.",
    ]


def spread(each: Ride) -> str:
    """The least and the greatest gradient of a unit at the last lag."""
    return f"{small(each.found[-1].min())} to {small(each.found[-1].max())}"


def gate_table(biases: Sequence[float], gates: Sequence[Ride]) -> Table:
    """A row for each bias of the forget gate."""
    header = ["forget bias", "f", *(f"k = {k:,}" for k in lags(gates[0])), "half-life in steps"]
    body = [
        [
            f"{bias:g}",
            f"{1 / (1 + exp(-bias)):.4f}",
            *(small(each.norms[k]) for k in lags(each)),
            small(half_life(each)),
        ]
        for bias, each in zip(biases, gates)
    ]
    return Table([header, *body], left=1)


def chrono_note(numbers: Numbers) -> str:
    """What chrono initialisation makes of it."""
    T = numbers.steps
    memory = ride("lstm", "chrono", log(T - 1), numbers)
    return (
        "A bias of ln(T - 1), the largest of chrono initialisation for a memory of T steps, leaves (1 - 1/T)^T: for "
        f"T = {T:,} a bias of {log(T - 1):.2f}, and {memory.norms[T]:.4f} of the gradient, 1/e being {exp(-1):.4f}."
    )


def chart(cells: Sequence[Ride], gates: Sequence[Ride]) -> Curves:
    """The gradient by lag."""
    shown = {each.words: each for each in (cells[0], *cells[-2:], *gates)}
    lines = {words: Curve(np.arange(len(each.norms))[1:], visible(each.norms[1:])) for words, each in shown.items()}
    return Curves("", "lag k, steps back", f"share of the gradient, above {FLOOR:.0e}", lines, log_x=True, log_y=True)
