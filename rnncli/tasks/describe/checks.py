"""The gradient-check cases of this task: models of one layer and of two, with every length and kind of attention."""

from collections.abc import Iterable
from typing import Any

from ...gradcheck.text_models import saved_text_case, text_cases

saved_case = saved_text_case


def cases(cell: str, seed: int) -> Iterable[Any]:
    """One registered cell in models of this task."""
    return text_cases(cell, seed, ("features",))


def shared_cases(seed: int) -> Iterable[Any]:
    """None: attention, the bridge and losses have their own cases."""
    return ()
