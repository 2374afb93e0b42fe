"""The results of a gradient check, in words and in numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..errors import CheckFailed

FORMULA = "max |analytic - numeric| / max |numeric|, per array"

JOINTLY = "(all at once)"  # instead of a parameter: directions through all arrays together

WRONG = "the backward pass is wrong"
UNSAFE = "the forward pass is not complex-safe"
BOTH = "the backward pass is wrong and the forward pass is not complex-safe"
NOT_FINITE = "a value is not finite"
UNSTEADY = "the forward pass gives different results for the same input"

HINT_WRONG = "compare local_derivatives and step_backward with the equations, starting with the case in the message"
HINT_UNSAFE = (
    "abs, max, clip, sign, a comparison or a real array in step or prepare may lose the imaginary part: "
    "decide on .real and multiply, as in s.a * (s.a.real > 0), or check with --method central"
)
HINTS = {
    WRONG: HINT_WRONG,
    UNSAFE: HINT_UNSAFE,
    BOTH: f"{HINT_WRONG}; {HINT_UNSAFE}",
    NOT_FINITE: "unset memory reads as NaN in a check: set every slope of a block without squashing, every state, "
    "saved value and da; or look for a value that overflows",
    UNSTEADY: "a cell may keep nothing from call to call and draw no random numbers",
}


@dataclass(frozen=True)
class GradientCheck:
    """The verdict on one array of one case."""

    cell: str  # the cell, layer, head or loss
    case: str  # its setting: "T=2, vectors, padding"
    parameter: str  # the array by which L was differentiated: "W_x", "x", "s0.h", "layer0.W_x"
    method: str  # "complex" or "central", the method of `error`
    error: float  # relative, by FORMULA; NaN where a value is not finite
    tolerance: float
    numbers: int  # derivatives compared
    verdict: str | None = None  # the fault, one of the sentences above; None without one
    detail: str | None = None  # its place: the wrong blocks, or the line where complex numbers failed

    @property
    def passed(self) -> bool:
        """Whether the error is within the tolerance; False for NaN."""
        return self.error <= self.tolerance

    @property
    def array(self) -> str:
        """The parameter without the number of its layer: "W_x" for "layer0.W_x", "norm.gain" for "norm1.gain"."""
        return re.sub(r"(?<=norm)\d+", "", re.sub(r"layer\d+\.", "", self.parameter))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: None where a number is not finite."""
        return vars(self) | {"error": finite_or_none(self.error), "passed": self.passed}


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
    detail = f" ({shown.detail})" if shown.detail else ""
    others = len({check.cell for check in failed}) - 1
    return CheckFailed(
        f"gradient of '{shown.cell}' in {listed(names)}: {shown.verdict}; first in {shown.case}: "
        f"{shown.parameter}{detail} has relative error {shown.error:.1e}, allowed {shown.tolerance:.0e}"
        + (f"; {others} more failed" if others else ""),
        HINTS[shown.verdict or WRONG],
    )


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
