"""The contract of a cell, the registry of cells, and the checks that a cell must pass to enter it."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple, TypeVar

from ..errors import ConfigError
from ..registry import Registry

READS = ("h", "xh", "x", "xu")  # the order in which a cell lists its blocks
SQUASHINGS = ("logistic", "tanh", None)


class Block(NamedTuple):
    """One pre-activation of a cell, a_t = W_x x_t + b + W_h h_{t-1}, and its squashing.

    `reads` leaves out a term: "h" is b + W_h h_{t-1}, "x" is W_x x_t + b. "xu" reads, in place of h_{t-1}, a vector
    u_t that the cell makes of its other blocks. A cell lists its blocks in the order h, xh, x, xu; logistic ones are
    neighbours and tanh ones follow them.
    """

    name: str
    squash: Literal["logistic", "tanh"] | None = None
    reads: Literal["h", "xh", "x", "xu"] = "xh"


class Vector(NamedTuple):
    """A parameter (H,) of the cell that multiplies the value `times` inside the block `block` (a peephole)."""

    name: str
    block: str
    times: str


Method = TypeVar("Method", bound=Callable[..., None])


def at_every_step(method: Method) -> Method:
    """Marks a method of a cell that has to run anew at every step, because it reads values; others are recorded."""
    setattr(method, "at_every_step", True)  # noqa: B010
    return method


class Cell:
    """A gated recurrence: the equations of one step, element by element. No method looks at a shape.

    `s` holds by name: every block, squashed as declared; every state before (h_prev) and after (h) the step; the values
    named in `saved`; every vector; u if a block reads it; in a step also tmp, a scratch array.
    """

    blocks: tuple[Block, ...]
    state: tuple[str, ...] = ("h",)  # "h" first; it is the output
    saved: tuple[str, ...] = ()  # other values that the backward pass reads
    slopes: tuple[str, ...] = ()  # slopes needed besides the one per block
    vectors: tuple[Vector, ...] = ()
    keep: str | None = None  # the logistic block that keeps the state when open: forget bias, chrono
    write: str | None = None  # the block that lets input in
    only_through_W_h: bool = False  # h_{t-1} reaches L through W_h alone: d.h is ignored after `step_backward`

    def prepare(self, xp: Any, s: Any) -> None:
        """Fill s.u from the blocks that do not read it, squashed. Only for cells with a block that reads u."""

    def step(self, xp: Any, s: Any) -> None:
        """One step forward: fill the new states and the saved values."""
        raise NotImplementedError

    def local_derivatives(self, xp: Any, s: Any, slope: Any) -> None:
        """Compute every slope that does not depend on dL, over many steps at once. slope.<block> arrives as the
        derivative of the block's squashing, unset for a block without squashing."""

    def step_backward(self, xp: Any, s: Any, slope: Any, d: Any, da: Any) -> None:
        """One step backward, linear in d: fill da.<block>, dL/da_t. d.<state> arrives as dL/dstate_t and leaves as
        the part of dL/dstate_{t-1} that does not come through W_h."""
        raise NotImplementedError

    def prepare_backward(self, xp: Any, s: Any, slope: Any, d: Any, da: Any) -> None:
        """After `step_backward`, for cells with u: d.u arrives as dL/du_t. Fill the da that depend on it, and add to
        d.<state> the part of dL/dstate_{t-1} that comes through u."""


def check_cell(name: str, cell: Cell) -> None:
    """Raises ConfigError if `cell` breaks the contract; the message names the fault and the allowed form."""
    blocks: tuple[Block, ...] = getattr(cell, "blocks", ())
    for wrong, found, allowed in (
        (not blocks, "no blocks", "a tuple of Block"),
        (
            block := next((b for b in blocks if b.squash not in SQUASHINGS), None),
            f"the squashing {block and block.squash!r} of block {block and block.name!r}",
            "'logistic', which is the sigmoid, 'tanh' or None",
        ),
        (
            block := next((b for b in blocks if b.reads not in READS), None),
            f"block {block and block.name!r}, which reads {block and block.reads!r}",
            "one that reads h, xh, x or xu",
        ),
        (_unusable(cell), f"the name {_unusable(cell)!r}", "letters, digits and _, as it follows s."),
        (cell.state[:1] != ("h",), f"state {cell.state}", "a tuple that begins with 'h'"),
        (_unordered(blocks), f"blocks that read {', '.join(b.reads for b in blocks)}", "the order h, xh, x, xu"),
        (not any("h" in b.reads for b in blocks), "no block that reads h", "at least one, or it is not recurrent"),
        (
            _scattered(blocks),
            f"squashings {', '.join(str(b.squash) for b in blocks)}",
            "logistic blocks side by side, then the tanh ones",
        ),
        (_repeated(cell), f"the name '{_repeated(cell)}' twice", "one meaning for each name"),
        (
            cell.only_through_W_h and any(block.reads == "xu" for block in blocks),
            "only_through_W_h, and a block that reads u",
            "only_through_W_h = False, as u is made of the state before",
        ),
        (_missing(cell), f"no method {_missing(cell)} of its own", "one, as a block reads u"),
    ):
        if wrong:
            raise ConfigError(f"cell '{name}': found {found}; expected {allowed}", "see docs/cells.md for the contract")


def _unordered(blocks: Sequence[Block]) -> bool:
    reads = [block.reads for block in blocks]
    return all(read in READS for read in reads) and reads != sorted(reads, key=READS.index)


def _scattered(blocks: Sequence[Block]) -> bool:
    kinds = [kind for kind, _ in groupby(block.squash for block in blocks)]
    squashed = [kind for kind in kinds if kind]
    known = all(kind in ("logistic", "tanh") for kind in squashed)
    side_by_side = None not in kinds[kinds.index(squashed[0]) :][: len(squashed)] if squashed else True
    return not known or squashed not in ([], ["logistic"], ["tanh"], ["logistic", "tanh"]) or not side_by_side


def _names(cell: Cell) -> list[str]:
    return [block.name for block in cell.blocks] + [*cell.state, *cell.saved] + [v.name for v in cell.vectors]


def _unusable(cell: Cell) -> str | None:
    return next((name for name in _names(cell) if not str(name).isidentifier()), None)


def _repeated(cell: Cell) -> str | None:
    names = _names(cell)
    names += [f"{state}_prev" for state in cell.state] + ["tmp", "blocks", "u"]
    return next((name for name in names if names.count(name) > 1), None)


def _missing(cell: Cell) -> str | None:
    if not any(block.reads == "xu" for block in cell.blocks):
        return None
    return next(
        (
            method
            for method in ("prepare", "prepare_backward")
            if getattr(type(cell), method, None) in (None, getattr(Cell, method))
        ),
        None,
    )


CELLS: Registry[Cell] = Registry("cell", check_cell)
