"""Gradient checks: the backward pass against numbers from the forward pass alone.

The checked code is the code that trains, called with complex128 memory for the complex step; see `derivatives`. Central
differences are accurate to about 1e-9 and need no complex numbers: they are the second opinion that distinguishes a
wrong backward pass from a forward pass that loses the imaginary part; see `inspector`.

Arrays of up to `case.one_by_one` entries are checked entry by entry, larger ones by products with random directions;
see `probes`. An array that L does not reach fails: a comparison of zeros proves nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..nn.cells import CELLS
from ..plugins import user_code
from ..random_streams import stream
from ..tasks.base import Task
from ..tasks.registry import TASKS
from .cases import cell_cases
from .derivatives import Case
from .inspector import Inspector
from .parts import shared_cases
from .probes import Entries, Products
from .reach import reaching
from .report import JOINTLY, GradientCheck


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
        for make in (shared_cases, *(task.shared_gradcheck_cases for task in tasks)):
            cases += reaching(make, seed)
    return cases


def cases_with(cell: str, tasks: Iterable[type[Task]], seed: int) -> Iterator[Case]:
    """The cases of one cell: as a layer, then in the models of each task. Raises ConfigError for an unknown cell."""
    for make in (cell_cases, *(task.gradcheck_cases for task in tasks)):
        yield from reaching(partial(make, cell), seed)


def check(case: Case, method: str = "auto", tolerance: float | None = None, seed: int = 0) -> Iterator[GradientCheck]:
    """Yields one GradientCheck for each array of the case, as soon as it is computed.

    method: "complex" is the complex step, entry by entry or by products; "auto" is the same, and central differences
    where the forward pass of user code is not complex-safe; "central" is central differences; "products" is products
    for small arrays too. tolerance: None for 1e-10 by complex step and 1e-6 by central differences. Raises ConfigError
    for an error inside user code.
    """
    with user_code(), np.errstate(all="ignore"):
        gradient = case.gradient()
    inspector, rng = Inspector(case, gradient, method, tolerance), stream(seed, f"gradcheck probes {case.name}")
    for name, array in case.arrays.items():
        if array.size:
            small = array.size <= case.one_by_one and method != "products"
            yield inspector.check(name, Entries(name, gradient) if small else Products((name,), gradient, rng))
    if case.jointly:
        yield inspector.check(JOINTLY, Products(tuple(case.arrays), gradient, rng))
