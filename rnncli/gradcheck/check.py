"""Gradient checks: the backward pass against numbers from the forward pass alone.

Complex step (Squire & Trapp 1998; Martins, Sturdza & Alonso 2003): for an analytic L and h = 1e-30,

    dL/dx = Im L(x + i h) / h

without the subtraction that spoils differences, so that a right gradient agrees to about 1e-15. The checked code is the
code that trains, called with complex128 memory. Central differences, (L(x + h) - L(x - h)) / 2h, are accurate to about
1e-9 and need no complex numbers: they are the second opinion that distinguishes a wrong backward pass from a forward
pass that loses the imaginary part. The error of an array is

    max |analytic - numeric| / max |numeric|

over the array. Small arrays are checked number by number; large ones by a sample and by random directions v through the
whole array, for which sum(dL v) is compared with the derivative of L along v.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf, nan
from typing import Any, Protocol

import numpy as np

from ..nn.cells import CELLS
from ..plugins import is_user_code, place_of, user_code
from ..random_streams import stream
from ..tasks.base import Task
from ..tasks.registry import TASKS
from .cases import cell_cases
from .parts import shared_cases
from .report import BOTH, JOINTLY, NOT_FINITE, UNSAFE, UNSTEADY, WRONG, GradientCheck

METHODS = ("auto", "complex", "central")
COMPLEX_STEP = 1e-30
CENTRAL_STEPS = (1e-5, 1e-6)  # the smaller one if the larger may cross a kink
TOLERANCES = {"complex": 1e-10, "central": 1e-6}
DIRECTIONS = 2


class Case(Protocol):
    """A scalar function L of named arrays; see `cases`."""

    @property
    def cell(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def arrays(self) -> dict[str, np.ndarray]: ...
    @property
    def one_by_one(self) -> int: ...
    @property
    def blocks(self) -> tuple[str, ...]: ...
    @property
    def jointly(self) -> bool: ...

    def plan(self, dtype: str) -> Any: ...
    def value(self, arrays: Mapping[str, np.ndarray], plan: Any) -> Any: ...
    def gradient(self) -> dict[str, np.ndarray]: ...


def select_cases(cells: Sequence[str] = (), loaded: Any = None, seed: int = 0) -> list[Case]:
    """The cases of the named cells, of a stored model, or, with neither, of everything that has a gradient.

    loaded: a `storage.model_files.Loaded`. Raises ConfigError for an unknown cell.
    """
    if loaded is not None:
        return [TASKS[loaded.config.task].load().saved_gradcheck_case(loaded, seed)]
    tasks = [kind.load() for kind in TASKS.values()]
    with user_code():
        cases = [case for cell in cells or CELLS for case in cases_with(cell, tasks, seed)]
    if not cells:
        cases += [*shared_cases(seed), *(case for task in tasks for case in task.shared_gradcheck_cases(seed))]
    return cases


def cases_with(cell: str, tasks: Iterable[type[Task]], seed: int) -> Iterator[Case]:
    """The cases of one cell: as a layer, then in the models of each task. Raises ConfigError for an unknown cell."""
    yield from cell_cases(cell, seed)
    for task in tasks:
        yield from task.gradcheck_cases(cell, seed)


def check(case: Case, method: str = "auto", tolerance: float | None = None, seed: int = 0) -> Iterator[GradientCheck]:
    """Yields one GradientCheck for each array of the case, as soon as it is computed.

    method: "complex"; "central"; or "auto", which is complex step, and central differences if the forward pass of a
    user's cell is not complex-safe. tolerance: None for 1e-10 by complex step and 1e-6 by central differences.
    Raises ConfigError for an error inside user code.
    """
    with user_code(), np.errstate(all="ignore"):
        gradient = case.gradient()
    inspector, rng = Inspector(case, gradient, method, tolerance), stream(seed, f"gradcheck probes {case.name}")
    for name, array in case.arrays.items():
        if array.size:
            yield inspector.check(name, *probes(name, gradient[name], case.one_by_one, rng))
    if case.jointly:
        directions = [
            {name: rng.normal(size=array.shape) for name, array in case.arrays.items()} for _ in range(DIRECTIONS)
        ]
        yield inspector.check(JOINTLY, [], directions)


Probe = dict[str, np.ndarray]  # {name of an array: the direction of a step, of its shape}


def probes(
    name: str, gradient: np.ndarray, one_by_one: int, rng: np.random.Generator
) -> tuple[list[Probe], list[Probe]]:
    """(single numbers, directions) to differentiate along.

    An array up to the size `one_by_one`: every number. A larger one: `one_by_one` numbers, among them the one with the
    largest gradient and some with a gradient other than zero, and directions through the whole array.
    """
    if gradient.size <= one_by_one:
        return [{name: one_hot(gradient.shape, k)} for k in range(gradient.size)], []
    flat = np.abs(gradient).reshape(-1)
    nonzero = np.flatnonzero(flat)
    picked = {int(flat.argmax()), *rng.choice(nonzero, min(one_by_one // 2, nonzero.size), replace=False).tolist()}
    picked |= set(rng.choice(flat.size, one_by_one - len(picked), replace=False).tolist())
    return (
        [{name: one_hot(gradient.shape, k)} for k in sorted(picked)],
        [{name: rng.normal(size=gradient.shape)} for _ in range(DIRECTIONS)],
    )


def one_hot(shape: tuple[int, ...], k: int) -> np.ndarray:
    """Zeros of `shape` with a 1 at the flat position k."""
    array = np.zeros(shape)
    array.flat[k] = 1
    return array


class Inspector:
    """Compares the gradient of one case with numeric derivatives and, if they differ, finds the faulty pass."""

    def __init__(self, case: Case, gradient: dict[str, np.ndarray], method: str, tolerance: float | None):
        self.case, self.gradient = case, gradient
        self.method = "central" if method == "central" else "complex"
        self.tolerance = TOLERANCES[self.method] if tolerance is None else tolerance
        self.loose = max(self.tolerance, TOLERANCES["central"])
        self.forgiving = method == "auto" and case.cell in CELLS and is_user_code(CELLS[case.cell])
        self.plans = {}

    def check(self, name: str, *given: list[Probe]) -> GradientCheck:
        """The GradientCheck of one array; given: lists of probes, each with a relative error of its own."""
        groups = [group for group in given if group]
        found = {"cell": self.case.cell, "case": self.case.name, "parameter": name, "numbers": sum(map(len, groups))}
        analytic = [np.array([self._along(probe) for probe in group]) for group in groups]
        numeric, reason = self._numeric(groups, analytic)
        error = worst_error(analytic, numeric)
        if error <= self.tolerance:
            return GradientCheck(method=self.method, error=error, tolerance=self.tolerance, **found)
        verdict, central = self._second_opinion(groups, analytic, numeric)
        blocks = None if verdict == UNSAFE else self._blocks(name, analytic, central if verdict == BOTH else numeric)
        found |= {"verdict": verdict, "detail": "; ".join(filter(None, (blocks, reason))) or None}
        if verdict == BOTH or (verdict == UNSAFE and self.forgiving):
            return GradientCheck(method="central", error=worst_error(analytic, central), tolerance=self.loose, **found)
        return GradientCheck(method=self.method, error=error, tolerance=self.tolerance, **found)

    def _along(self, probe):
        """The analytic derivative along a probe; numbers outside the probe may be NaN."""
        return sum((self.gradient[name][v != 0] * v[v != 0]).sum() for name, v in probe.items())

    def _second_opinion(self, groups, analytic, numeric):
        """(verdict, central differences) for numbers that do not agree."""
        central = self._central(groups, analytic)
        if not all(np.isfinite(values).all() for values in (*analytic, *central)):
            return NOT_FINITE, central
        if not self._repeats():
            return UNSTEADY, central
        if self.method == "central" or worst_error(analytic, numeric) <= self.loose:
            return WRONG, central  # too small for differences to show; a lost imaginary part is a larger error
        if worst_error(analytic, central) <= self.loose:
            return UNSAFE, central
        return (WRONG if worst_error(numeric, central) <= self.loose else BOTH), central

    def _repeats(self):
        with user_code(), np.errstate(all="ignore"):
            return self._value({}, 0, "f8") == self._value({}, 0, "f8")

    def _blocks(self, name, analytic, numeric):
        """The blocks of a cell whose part of the gradient of the bias is wrong; None if unknown."""
        blocks = self.case.blocks
        if name != "b" or not blocks or len(numeric[0]) != self.case.arrays["b"].size:
            return None
        off = ~(np.abs(analytic[0] - numeric[0]) <= self.tolerance * np.abs(numeric[0]).max())
        names = [block for block, is_off in zip(blocks, off.reshape(len(blocks), -1).any(axis=1)) if is_off]
        return f"block{'s' * (len(names) > 1)} {', '.join(names)}" if names else None

    def _numeric(self, groups, analytic):
        """(derivatives along every probe, None); (NaN, the reason) if complex numbers fail in user code."""
        if self.method == "central":
            return self._central(groups, analytic), None
        with user_code(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            try:
                return [np.array([self._complex_step(probe) for probe in group]) for group in groups], None
            except (TypeError, np.exceptions.ComplexWarning) as error:
                place = place_of(error)
                if place is None:
                    raise
                return [np.full(len(group), nan) for group in groups], f"{place}: {error}"

    def _complex_step(self, probe):
        return self._value(probe, 1j * COMPLEX_STEP, "c16").imag / COMPLEX_STEP

    def _central(self, groups, analytic):
        """Central differences along every probe, with the first step size that agrees with `analytic`."""
        numeric = []
        for h in CENTRAL_STEPS:
            with user_code(), np.errstate(all="ignore"):
                numeric = [np.array([self._difference(probe, h) for probe in group]) for group in groups]
            if worst_error(analytic, numeric) <= self.loose:
                break
        return numeric

    def _difference(self, probe, h):
        return (self._value(probe, h, "f8") - self._value(probe, -h, "f8")) / (2 * h)

    def _value(self, probe, step, dtype):
        """L at a step along a probe."""
        if dtype not in self.plans:
            self.plans[dtype] = self.case.plan(dtype)
        moved = {name: self.case.arrays[name] + step * v for name, v in probe.items()}
        return self.case.value(self.case.arrays | moved, self.plans[dtype])


def worst_error(analytic: Iterable[np.ndarray], numeric: Iterable[np.ndarray]) -> float:
    """The largest relative error of several groups of numbers; NaN if one of them is NaN."""
    return float(np.max([relative_error(a, n) for a, n in zip(analytic, numeric)]))


def relative_error(analytic: np.ndarray, numeric: np.ndarray) -> float:
    """max |analytic - numeric| / max |numeric|; 0 if both are zero everywhere, inf if only `numeric` is, NaN if a value
    is not finite."""
    if not (np.isfinite(analytic).all() and np.isfinite(numeric).all()):
        return nan
    difference, scale = np.abs(analytic - numeric).max(), np.abs(numeric).max()
    return 0.0 if difference == 0 else difference / scale if scale else inf
