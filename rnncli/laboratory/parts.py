"""The parts of `inspect`, by the name that `--show` takes. Imports no NumPy: parts are imported when asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

Look = Callable[..., Any]  # (Sequence[Subject], Progress) -> Finding

OF_SUBJECTS: Mapping[str, tuple[str, str]] = {  # name -> (module, a sentence for the help); the function has that name
    "lag": ("lag", "gradient against the steps that it travels back"),
    "time": ("time.finding", "the gradient of W as a sum over time"),
    "spectrum": ("spectrum.finding", "singular values and spectral radius of W_h and of Jacobians"),
    "gates": ("gates.finding", "means and saturation of gates, and how far the cell's own path carries"),
    "truncation": ("truncation", "truncated against full backpropagation, by chunk length"),
}
CLIPPING = "clipping"  # of a run, from its log


def look(part: str) -> Look:
    """The function of a part of OF_SUBJECTS."""
    module, _ = OF_SUBJECTS[part]
    return getattr(import_module(f"{__package__}.{module}"), part)
