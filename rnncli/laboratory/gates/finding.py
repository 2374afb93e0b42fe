"""Gates: what they let through, where they are saturated, and how far the cell's own path carries beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import isnan
from typing import Any

import numpy as np

from ...tasks.base import Progress
from ..drawings import Finding
from ..remarks import Remarks
from ..subjects import Subject
from ..watching import steps_of
from .own_path import OwnPath, half_lives, of_units, own_paths
from .tables import path_details, path_summary, table_of_activations, table_of_gates, value_details
from .values import EDGES, Activation, Gate, activations_of, gates_of

FIGURES = ("mean", "deviation", "left", "right", "total", "own", "rest", "gates", "product")  # figures of CSV


@dataclass(frozen=True)
class Found:
    """What was found in all subjects."""

    gates: list[Gate]
    activations: list[Activation]
    paths: list[OwnPath]


def gates(subjects: Sequence[Subject], progress: Progress) -> Finding:
    """The Finding of the part "gates": all subjects side by side."""
    found, remarks = Found([], [], []), Remarks()
    for k, subject in enumerate(subjects):
        progress("gates", k, len(subjects))
        watched, paths = own_paths(subject)
        layers = remarks.kept(subject.label, watched, steps_of)
        found.paths.extend(path for path in paths if path.layer in {layer.name for layer in layers})
        remarks.dead(subject.label, layers)
        for layer in layers:
            found.gates.extend(gates_of(subject.label, layer))
            found.activations.extend(activations_of(subject.label, layer))
    gated = {of(gate) for gate in found.gates}
    gateless = [each for each in found.activations if of(each) not in gated]
    return Finding(
        part="gates",
        title="Gates: what they let through, and how far the cell's own path carries",
        record={"metrics": metrics(found), **record(found)},
        rows=list(rows(found)),
        brief=[
            *table_of_gates(found.gates),
            *table_of_activations(gateless),
            *path_summary(found.paths),
            *remarks.sentences,
        ],
        more=[
            *value_details(found.gates),
            *table_of_activations(found.activations if gated else []),  # without gates, the brief has them all
            *path_details(found.paths),
        ],
    )


def of(each: Gate | Activation | OwnPath) -> tuple[str, str]:
    """The subject and the layer of a result."""
    return each.subject, each.layer


def metrics(found: Found) -> dict[str, float]:
    """{"SUBJECT/LAYER.GATE/NAME": number}"""
    numbers: dict[str, float] = {}
    for gate in found.gates:
        key = f"{gate.subject}/{gate.layer}.{gate.name}"
        numbers |= {f"{key}/mean": gate.mean, f"{key}/left": gate.left, f"{key}/right": gate.right}
    for each in found.activations:
        key = f"{each.subject}/{each.layer}.{each.name}"
        figures = {"size": each.size, "saturated": each.saturated, "slope": each.slope}
        numbers |= {f"{key}/{name}": figure for name, figure in figures.items() if not isnan(figure)}
    for path in found.paths:
        key = f"{path.subject}/{path.layer}.{path.state}"
        numbers |= {f"{key}/{name}": steps for name, steps in lives(path).items()}
        numbers |= dict(zip((f"{key}/unit_half_life", f"{key}/longest_unit_half_life"), of_units(path, 0.5, 1)))
    return numbers


def record(found: Found) -> dict[str, Any]:
    """Everything for JSON."""
    return {
        "edges": EDGES.tolist(),
        "gates": [plain(gate) for gate in found.gates],
        "activations": [asdict(each) for each in found.activations],
        "paths": [plain(path) | lives(path) for path in found.paths],
    }


def lives(path: OwnPath) -> dict[str, float]:
    """The half-lives of a path, {"own_half_life": steps}."""
    return {f"{kind}_half_life": steps for kind, steps in half_lives(path).items()}


def plain(each: Gate | OwnPath) -> dict[str, Any]:
    """A result with lists for arrays."""
    values = {field.name: getattr(each, field.name) for field in fields(each)}
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()}


def rows(found: Found) -> Iterator[Mapping[str, Any]]:
    """A row for each gate, for each of its units (a point of the figure by Karpathy et al.: left, right) and for each
    lag of each path."""
    for gate in found.gates:
        figures = {"mean": gate.mean, "deviation": gate.deviation, "left": gate.left, "right": gate.right}
        yield row(gate, "gate", gate.name, figures)
        for unit, point in enumerate(zip(gate.unit_mean.tolist(), gate.unit_left.tolist(), gate.unit_right.tolist())):
            yield row(gate, "unit", gate.name, dict(zip(("mean", "left", "right"), point)), unit=unit)
    for path in found.paths:
        curves = {name: getattr(path, name) for name in ("total", "own", "rest", "gates")} | {"product": path.mean}
        for k in range(1, len(path.total)):
            yield row(path, "lag", path.state, {name: float(curve[k]) for name, curve in curves.items()}, lag=k)


def row(
    each: Gate | OwnPath,
    kind: str,
    name: str,
    figures: Mapping[str, float],
    unit: int | None = None,
    lag: int | None = None,
) -> dict[str, Any]:
    """One row; a figure that its kind does not have is None."""
    about = {"subject": each.subject, "layer": each.layer, "kind": kind, "name": name, "unit": unit, "lag": lag}
    return about | {figure: figures.get(figure) for figure in FIGURES}
