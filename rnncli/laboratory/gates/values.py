"""The values that gates and squashed quantities take in a pass: means, deciles, histograms, saturation by unit.

A gate is a logistic block. It is saturated to the left where it is nearly closed and to the right where it is nearly
open (Karpathy, Johnson & Li 2015, arXiv:1506.02078v2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...nn.cell import Cell
from ..watching import WatchedLayer

LEFT, RIGHT = 0.1, 0.9  # below and above, a gate is saturated (Karpathy et al.)
EDGES = np.linspace(0, 1, 21)
DECILES = np.linspace(0, 1, 11)[1:-1]
WORDS = {"i": "input", "f": "forget", "o": "output", "z": "update", "r": "reset"}  # blocks by the names of papers
CANDIDATES = ("g", "n")  # blocks squashed by tanh, even where the cell does it itself
SQUASHED = "tanh_"  # saved values with such a name are tanh of a state


@dataclass(frozen=True)
class Gate:
    """One gate of one layer over all real steps, rows and units; finite values alone count. keeps: the state, where it
    is open.

    deciles (9,); shares (20,): of the values in each bin of EDGES; left, right: shares saturated; unit_mean, unit_left
    and unit_right (H,): the same of each unit.
    """

    subject: str
    layer: str
    name: str
    words: str
    keeps: bool
    mean: float
    deviation: float
    deciles: np.ndarray
    shares: np.ndarray
    left: float
    right: float
    unit_mean: np.ndarray
    unit_left: np.ndarray
    unit_right: np.ndarray


@dataclass(frozen=True)
class Activation:
    """A quantity of a layer that is no gate. size: mean |v|; largest: max |v|; zero: share of zeros; saturated: share
    with |v| > 0.9, of h and of what tanh squashes; slope: mean of 1 - v^2, of the latter; nan elsewhere. words: what
    the quantity is equal to."""

    subject: str
    layer: str
    name: str
    words: str
    size: float
    largest: float
    zero: float
    saturated: float
    slope: float


def gates_of(subject: str, layer: WatchedLayer) -> Iterator[Gate]:
    """The gates of a layer after a pass."""
    cell = layer.layer.cell
    for name in gate_names(cell):
        values = layer.plan.values[name][layer.real]  # (steps, H)
        if fits(values, 0, 1):
            yield gate_of((subject, layer.name, name, words_of(cell, name)), name == cell.keep, values)


def gate_names(cell: Cell) -> list[str]:
    """The blocks that may be gates: those declared as logistic, and those without a declared squashing that keep or
    write the state or have a peephole: their cell squashes them itself."""
    inside = {cell.keep, cell.write, *(vector.block for vector in cell.vectors)}
    return [b.name for b in cell.blocks if b.squash == "logistic" or (b.squash is None and b.name in inside)]


def fits(values: np.ndarray, low: float, high: float) -> bool:
    """Whether the finite values lie between two bounds, and there are some."""
    known = values[np.isfinite(values)]
    return known.size > 0 and bool(low <= known.min() and known.max() <= high)


def words_of(cell: Cell, name: str) -> str:
    """The meaning of a gate in words, as far as it is known."""
    if len(cell.blocks) == 1:
        return "the unit itself"
    return ", ".join(filter(None, [WORDS.get(name), "1 keeps" if name == cell.keep else None]))


def gate_of(about: tuple[str, str, str, str], keeps: bool, values: np.ndarray) -> Gate:
    """The Gate of values (steps, H). about: its subject, layer, name and words."""
    known = values[np.isfinite(values)]
    counted = np.maximum(np.isfinite(values).sum(axis=0), 1)
    left, right = ((values < LEFT).sum(axis=0), ((values > RIGHT) & (values <= 1)).sum(axis=0))
    return Gate(
        *about,
        keeps,
        mean=float(known.mean()),
        deviation=float(known.std()),
        deciles=np.quantile(known, DECILES),
        shares=np.histogram(known, EDGES)[0] / known.size,
        left=float(left.sum() / known.size),
        right=float(right.sum() / known.size),
        unit_mean=np.nansum(values, axis=0) / counted,
        unit_left=left / counted,
        unit_right=right / counted,
    )


def activations_of(subject: str, layer: WatchedLayer) -> Iterator[Activation]:
    """Every quantity of a layer that is squashed by tanh, and its other states. A state that is nothing but a squashed
    block is one with it."""
    cell = layer.layer.cell
    values = {name: layer.plan.values[name][layer.real] for name in (*cell.state, *squashed_names(cell))}
    states = {name: values[name] for name in cell.state}
    bounded = any(block.squash for block in cell.blocks)  # then h is between -1 and 1
    for name in squashed_names(cell):
        if fits(values[name], -1, 1):
            same = next((s for s, array in states.items() if np.array_equal(array, values[name], equal_nan=True)), "")
            states.pop(same, None)
            about = (subject, layer.name, same or name, f"tanh {name}" if same else "")
            yield activation_of(about, values[name], bounded=True, tanh=True)
    for name, array in states.items():
        yield activation_of((subject, layer.name, name, ""), array, bounded and name == "h")


def squashed_names(cell: Cell) -> list[str]:
    """The blocks and saved values that tanh squashes, as far as a cell says so or their names do."""
    gates = gate_names(cell)
    candidates = [b.name for b in cell.blocks if b.squash is None and b.name in CANDIDATES and b.name not in gates]
    declared = [b.name for b in cell.blocks if b.squash == "tanh"]
    return [*declared, *candidates, *(name for name in cell.saved if name.startswith(SQUASHED))]


def activation_of(
    about: tuple[str, str, str, str], values: np.ndarray, bounded: bool, tanh: bool = False
) -> Activation:
    """The Activation of values (steps, H); nan without a finite one. about: its subject, layer, name and words;
    bounded: by 1; tanh: squashed by it."""
    known: Any = values[np.isfinite(values)]
    known = known if known.size else np.array([np.nan])
    size = np.abs(known)
    return Activation(
        *about,
        size=float(size.mean()),
        largest=float(size.max()),
        zero=float((known == 0).mean()),
        saturated=float((size > RIGHT).mean()) if bounded else float("nan"),
        slope=float((1 - known**2).mean()) if tanh else float("nan"),
    )
