"""The results of a gradient check, in words and in numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

from ..errors import CheckFailed

FORMULA = "max |analytic - numeric| / max |numeric|, per array"
PRODUCTS = "|sum(g v) - numeric| / ||g v||, per direction v"  # of arrays that are checked by products
SHOWN = 3  # the worst entries of an array

JOINTLY = "(all at once)"  # instead of a parameter: directions through all arrays together

WRONG = "the backward pass is wrong"
UNSAFE = "the forward pass is not complex-safe"
BOTH = "the backward pass is wrong and the forward pass is not complex-safe"
NOT_FINITE = "a value is not finite"
UNSTEADY = "the forward pass gives different results for the same input"
NOT_REACHED = "the loss does not reach it"

HINT_WRONG = (
    "compare the backward pass with the equations, starting with the case in the message: local_derivatives and "
    "step_backward of a cell, backward of a layer, terms of a loss"
)
HINT_UNSAFE = (
    "abs, max, clip, sign, a comparison or a real array in the forward pass may lose the imaginary part: "
    "decide on .real and multiply, as in s.a * (s.a.real > 0), or check with --method central"
)
HINTS = {
    WRONG: HINT_WRONG,
    UNSAFE: HINT_UNSAFE,
    BOTH: f"{HINT_WRONG}; {HINT_UNSAFE}",
    NOT_FINITE: "unset memory reads as NaN in a check: set every slope of a block without squashing, every state, "
    "saved value and da; or look for a value that overflows",
    UNSTEADY: "cells, layers and losses keep nothing from call to call and draw no random numbers; a layer draws its "
    "masks in draw",
    NOT_REACHED: "every derivative is 0, so nothing is proved: use the parameter in the forward pass, or remove it; if "
    "its units may all be off, as in max(a, 0), try another --seed",
}


class Entry(NamedTuple):
    """One entry of an array."""

    index: tuple[int, ...]
    analytic: float
    numeric: float
    block: str | None = None  # of the cell to which its column belongs

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        numbers = {"analytic": finite_or_none(self.analytic), "numeric": finite_or_none(self.numeric)}
        return {"index": list(self.index), **numbers, "block": self.block}


class StepError(NamedTuple):
    """The relative error with one step size of central differences."""

    step: float
    error: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"step": self.step, "error": finite_or_none(self.error)}


@dataclass(frozen=True)
class GradientCheck:
    """The verdict on one array of one case."""

    cell: str  # the cell, layer, head or loss
    case: str  # its setting: "T=2, vectors, padding"
    parameter: str  # the array by which L was differentiated: "W_x", "x", "s0.h", "layer0.W_x"
    method: str  # "complex", "products" or "central", the method of `error`
    error: float  # relative, by FORMULA or PRODUCTS; NaN where a value is not finite
    tolerance: float
    numbers: int  # derivatives compared
    verdict: str | None = None  # the fault, one of the sentences above; None without one
    detail: str | None = None  # its place: the wrong blocks, or the line where complex numbers failed
    worst: tuple[Entry, ...] = ()  # the entries that differ most; none if it passed by products
    steps: tuple[StepError, ...] = ()  # of central differences
    file: str | None = None  # the user's file and line that a fault is about
    line: int | None = None

    @property
    def passed(self) -> bool:
        """Whether the error is within the tolerance and something was compared; False for NaN."""
        return self.error <= self.tolerance and self.verdict != NOT_REACHED

    @property
    def array(self) -> str:
        """The parameter without the number of its layer: "W_x" for "layer0.W_x", "norm.gain" for "norm1.gain"."""
        return re.sub(r"(?<=norm)\d+", "", re.sub(r"layer\d+\.", "", self.parameter))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: None where a number is not finite; the worst entries if it failed."""
        worst = () if self.passed else self.worst
        lists = {"worst": [each.to_dict() for each in worst], "steps": [each.to_dict() for each in self.steps]}
        return vars(self) | lists | {"error": finite_or_none(self.error), "passed": self.passed}


def finite_or_none(number: float) -> float | None:
    """The number, or None where it is NaN or infinite."""
    return number if isfinite(number) else None


def worst(checks: Iterable[GradientCheck]) -> GradientCheck:
    """The check with the largest error, NaN counting as larger than any number."""
    return max(checks, key=lambda check: (check.error != check.error, check.error))


def summary(checks: Sequence[GradientCheck], seed: int) -> dict[str, Any]:
    """The JSON report: flat numbers under "metrics", one record for each check; never NaN."""
    metrics = {
        "worst_relative_error": finite_or_none(worst(checks).error),
        "checked": len(checks),
        "numbers": sum(check.numbers for check in checks),
        "failed": sum(not check.passed for check in checks),
    }
    return {
        "schema": 1,
        "task": "gradcheck",
        "seed": seed,
        "formula": FORMULA,
        "formula_of_products": PRODUCTS,
        "metrics": metrics,
        "checks": [check.to_dict() for check in checks],
    }


def failure(checks: Sequence[GradientCheck]) -> CheckFailed | None:
    """CheckFailed for the first cell that failed, its parameters and the case to start with; None if all passed."""
    failed = [check for check in checks if not check.passed]
    if not failed:
        return None
    cell = [check for check in failed if check.cell == failed[0].cell]
    names = dict.fromkeys(check.array for check in cell if check.parameter != JOINTLY) or [JOINTLY]
    first = [check for check in cell if check.case == cell[0].case]
    shown = next((check for check in first if check.detail), worst(first))
    others = len({check.cell for check in failed}) - 1
    verdict = f"{shown.verdict} ({shown.file}:{shown.line})" if shown.file else shown.verdict
    return CheckFailed(
        f"gradient of '{shown.cell}' in {listed(names)}: {verdict}; first in {shown.case}: {in_words(shown)}"
        + (f"; {others} more failed" if others else ""),
        HINTS[shown.verdict or WRONG],
    )


def in_words(check: GradientCheck) -> str:
    """The array of a failed check, where in it, and its error."""
    detail = f" ({check.detail})" if check.detail else ""
    if check.verdict == NOT_REACHED:
        return f"every derivative of {check.parameter}{detail} is 0"
    return f"{check.parameter}{detail} has relative error {check.error:.1e}, allowed {check.tolerance:.0e}"


def listed(names: Iterable[str], most: int = 8) -> str:
    """The first names, separated by commas, and the number of the others."""
    names = list(names)
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def notes(checks: Sequence[GradientCheck]) -> list[str]:
    """A line for each cell that passed only by central differences."""
    failed = {check.cell for check in checks if not check.passed}
    by_cell = {check.cell: check for check in reversed(checks) if check.verdict and check.cell not in failed}
    return [
        f"'{cell}': {check.verdict}{f' ({check.detail})' if check.detail else ''}, so it was checked by central "
        f"differences, to {check.tolerance:.0e}; {HINT_UNSAFE}"
        for cell, check in by_cell.items()
    ]
