"""One gradient beside numeric derivatives, and if they differ, the faulty pass, the entries and the line of code."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..plugins import Place, is_user_code, line_of_method
from .derivatives import CENTRAL_STEPS, FEW_STEPS, Case, Differentiator, Numeric
from .locating import block_of, find, passes, worst_entries
from .probes import Entries, Probes, Products
from .reach import is_zero
from .report import (
    BOTH,
    JOINTLY,
    NOT_FINITE,
    NOT_REACHED,
    SHOWN,
    UNSAFE,
    UNSTEADY,
    WRONG,
    Entry,
    GradientCheck,
    StepError,
)

TOLERANCES = {"complex": 1e-10, "products": 1e-10, "central": 1e-6}
COARSEST = 1e-2  # to which rounding may raise the tolerance of central differences
LOCATING = 100_000_000  # parameters of a model x forward passes that look for wrong entries in one case
FORWARD = ("step", "prepare", "forward", "terms", "loss")  # methods of cells, layers and losses
BACKWARD = ("step_backward", "prepare_backward", "local_derivatives", "backward", "terms", "loss")


@dataclass(frozen=True)
class Comparison:
    """The gradient of one array beside its numeric derivatives by one method."""

    name: str
    method: str  # "complex", "products" or "central"
    probes: Probes
    numeric: Numeric
    tolerance: float

    @property
    def error(self) -> float:
        return self.probes.distance(self.probes.analytic, self.numeric.values)

    @property
    def agrees(self) -> bool:
        return self.error <= self.tolerance

    def near(self, values: np.ndarray) -> bool:
        """Whether other derivatives agree with these."""
        return self.probes.distance(values, self.numeric.values) <= self.tolerance

    @property
    def zero(self) -> bool:
        """Whether nothing was compared with nothing."""
        return is_zero(self.probes.analytic) and is_zero(self.numeric.values)

    @property
    def finite(self) -> bool:
        return bool(np.isfinite(self.probes.analytic).all() and np.isfinite(self.numeric.values).all())

    @property
    def steps(self) -> tuple[StepError, ...]:
        """The error with each step size of central differences; () for other methods."""
        sweep, analytic = self.numeric.sweep, self.probes.analytic
        return tuple(StepError(h, self.probes.distance(analytic, values)) for h, values in sweep)


class Inspector:
    """Checks the arrays of one case, one after the other.

    tolerance: None for TOLERANCES. `forgiving`: whether a forward pass that is not complex-safe may be checked by
    central differences instead.
    """

    def __init__(self, case: Case, gradient: dict[str, np.ndarray], method: str, tolerance: float | None):
        self.case, self.gradient, self.tolerance, self.method = case, gradient, tolerance, method
        self.forgiving = method == "auto" and is_user_code(case.thing)
        self.numbers = Differentiator(case)
        self.passes = LOCATING // max(1, sum(array.size for array in case.arrays.values()))

    def check(self, name: str, probes: Probes) -> GradientCheck:
        """The GradientCheck of one array. Raises ConfigError for an error inside user code."""
        method = "products" if isinstance(probes, Products) else "complex"
        first = self._compared(name, "central" if self.method == "central" else method, probes)
        if first.agrees and (not first.zero or name in self.case.unreached):
            return self._reported(first)
        central = self._second(first)
        verdict = self._verdict(first, central)
        excused = verdict == UNSAFE and self.forgiving
        return self._reported(central if excused or verdict == BOTH else first, verdict, first.numeric)

    def _compared(self, name, method, probes, steps=CENTRAL_STEPS):
        numeric = self.numbers.central(probes, steps) if method == "central" else self.numbers.complex_step(probes)
        return Comparison(name, method, probes, numeric, self._tolerance(method, probes, numeric))

    def _second(self, first):
        """The second opinion: central differences, with all step sizes only where few of them agree with nothing. It is
        the first one if that was central differences, or if its error is too small for differences to show; a lost
        imaginary part is a larger one."""
        small = not first.zero and first.error <= max(self.tolerance or 0.0, TOLERANCES["central"])
        if first.method == "central" or small:
            return first
        central = self._compared(first.name, "central", first.probes, FEW_STEPS)
        decided = central.agrees or central.near(first.numeric.values)
        return central if decided else self._compared(first.name, "central", first.probes)

    def _tolerance(self, method, probes, numeric):
        """That of central differences, if it is not given, is at least what rounding may have done, up to COARSEST."""
        given = self.tolerance
        if method != "central" or (self.method == "central" and given is not None):
            return TOLERANCES[method] if given is None else given
        scale = probes.scale(numeric.values)
        rounding = float(numeric.noise.max()) / scale if scale > 0 else 0.0
        return max(given or 0.0, TOLERANCES[method], min(COARSEST, rounding))

    def _verdict(self, first, central):
        """The fault behind numbers that differ, or that are all zero."""
        if first.zero:
            return NOT_REACHED if central.zero else BOTH
        if not central.finite:
            return NOT_FINITE
        if not self.numbers.repeats():
            return UNSTEADY
        if first is central:
            return WRONG
        if central.agrees:
            return UNSAFE
        return WRONG if central.near(first.numeric.values) else BOTH

    def _reported(self, shown, verdict=None, first=None):
        """The GradientCheck of a Comparison; first: the Numeric by which a verdict was found."""
        lost, place = first and first.failed, self._place(verdict, first)
        blocks = self._blocks(shown) if verdict and verdict != UNSAFE else None
        return GradientCheck(
            cell=self.case.cell,
            case=self.case.name,
            parameter=shown.name,
            method=shown.method,
            error=shown.error,
            tolerance=shown.tolerance,
            numbers=len(shown.probes.analytic),
            verdict=verdict,
            detail="; ".join(filter(None, (blocks, lost and f"{lost[0]}: {lost[1]}"))) or None,
            worst=tuple(self._worst(shown, verdict)),
            steps=shown.steps,
            file=place and place.file,
            line=place and place.line,
        )

    def _place(self, verdict: str | None, first: Numeric | None) -> Place | None:
        """The line of user code that a verdict is about."""
        if verdict is None or first is None:
            return None
        if first.failed:
            return first.failed[0]
        return line_of_method(self.case.thing, BACKWARD if verdict in (WRONG, BOTH, NOT_FINITE) else FORWARD)

    def _blocks(self, shown):
        """The blocks of a cell to which the wrong entries of a bias belong; None if unknown."""
        if not isinstance(shown.probes, Entries) or shown.name.rpartition("_")[2] != "b":
            return None
        analytic, numeric, shape = shown.probes.analytic, shown.numeric.values, shown.probes.shape
        off = ~(np.abs(analytic - numeric) <= shown.tolerance * shown.probes.scale(numeric))
        found = (block_of(self.case.thing, shown.name, (int(k),), shape) for k in np.flatnonzero(off))
        names = [block for block in dict.fromkeys(found) if block]
        return f"block{'s' * (len(names) > 1)} {', '.join(names)}" if names else None

    def _worst(self, shown: Comparison, verdict: str | None) -> Iterable[Entry]:
        """The worst entries; of an array that was checked by products only if it is wrong, and then wrong ones."""
        if shown.name == JOINTLY:
            return
        shape = self.gradient[shown.name].shape
        if isinstance(shown.probes, Entries):
            found = worst_entries(shown.probes.analytic, shown.numeric.values, shape)
        else:
            found = list(self._located(shown)) if verdict in (WRONG, BOTH) else []
            found.sort(key=lambda entry: -abs(entry.analytic - entry.numeric))
        for each in found:
            yield each._replace(block=block_of(self.case.thing, shown.name, each.index, shape))

    def _located(self, shown: Comparison) -> Iterable[Entry]:
        """Wrong entries, found by halving: one of a large model, more of others, so that it ends in seconds."""
        probes, values = shown.probes, shown.numeric.values
        assert isinstance(probes, Products)
        worse = int(np.argmax(np.abs(probes.analytic - values)))
        derive = self.numbers.central if shown.method == "central" else self.numbers.complex_step
        each = passes(self.gradient[shown.name].size)
        most = min(SHOWN, max(1, self.passes // each))
        self.passes -= most * each
        v, floor = probes.directions[worse][shown.name], shown.tolerance * probes.scale(values)

        def one(probe: Any) -> float:
            return float(derive([probe]).values[0])

        return find(shown.name, self.gradient, v, values[worse], one, floor, most)
