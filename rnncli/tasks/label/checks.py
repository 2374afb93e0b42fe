"""The gradient-check cases of this task: models of one layer and of two, of words and of vectors, with every length."""

from collections.abc import Iterable
from typing import Any

from ...gradcheck.pair_models import pair_cases, saved_pair_case

saved_case = saved_pair_case


def cases(cell: str, seed: int) -> Iterable[Any]:
    """One registered cell in models of this task."""
    return pair_cases(cell, seed, ("words", "steps"))


def shared_cases(seed: int) -> Iterable[Any]:
    """None: pools, linear paths and losses have their own cases."""
    return ()
