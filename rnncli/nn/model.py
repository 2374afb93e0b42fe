"""The contract of models and of the batches they learn from: layers, head and loss as one function of the parameters.

A *size* is a tuple of lengths, one for each name in `Model.lengths`: (T,) where there is one time axis, (T, U) where a
source and a target have their own. Batches of one run may have several sizes; plans are made once for each.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol

from numpy.typing import DTypeLike

from .layer import States
from .memory import Array, Memory
from .parameters import ParamStore

Size = tuple[int, ...]
State = tuple[States, ...]  # of each layer
Views = Mapping[str, SimpleNamespace]  # {layer: its arrays by name}, views into one flat vector


class Part(NamedTuple):
    """One array of a batch.

    Inputs (T, N): Part((T, N), "i8"). Class labels: Part((N,), "i8", rows=0, length=None). The targets of a translation
    (U, N): Part((U, N), "i8", length="U").
    """

    shape: tuple[int, ...]
    dtype: DTypeLike
    rows: int | None = 1  # the axis along which its N rows lie, and shards cut it; None: every shard reads all of it
    length: str | None = "T"  # the name of the length that its first axis has; None: it has no time axis


class Batch(Protocol):
    """The data of one training step. It always has N rows: where there are fewer examples, the rest are filler with
    masked targets, which add nothing to the loss, the gradient or `count`."""

    @property
    def size(self) -> Size:
        """Its lengths, one of `Batches.sizes`."""
        ...

    @property
    def arrays(self) -> Mapping[str, Array | None]:
        """{name: array} of every Part of the model, perhaps of others; None for a mask if everything is real."""
        ...

    @property
    def fresh(self) -> Array:
        """(N,) bool: rows that begin a document or series, whose state is zeroed before this batch."""
        ...

    @property
    def count(self) -> int:
        """The number of real targets, the divisor of the summed loss and gradient."""
        ...


class Batches(Protocol):
    """The batches of a run, pass after pass."""

    sizes: Sequence[Size]  # every size that a batch can have
    N: int
    notes: Sequence[str]  # messages about sizes that are smaller than configured

    def batches(self, number: int) -> int:
        """The number of batches in pass `number`."""
        ...

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of pass `number`, beginning with batch `start`; the same numbers give the same bytes."""
        ...


class Model:
    """A topology: a frozen dataclass that owns no array."""

    @property
    def lengths(self) -> tuple[str, ...]:
        """The names of the numbers of a size."""
        return ("T",)

    @property
    def answering(self) -> str | None:
        """The name of the length along which it answers, so that its scores are (that length times N, outputs); None:
        it answers once."""
        return None

    def store(self) -> ParamStore:
        """The layout of the parameters."""
        raise NotImplementedError

    def multiplied(self) -> int:
        """The number of weights that each step of each row is multiplied by, about: the work of a step."""
        return sum(prod(spec.shape) for specs in self.store().specs.values() for spec in specs if len(spec.shape) == 2)

    def batch(self, size: Size, N: int) -> dict[str, Part]:
        """{name: Part} of the arrays of a batch of N rows."""
        raise NotImplementedError

    def initial_state(self, N: int, memory: Memory) -> State:
        """The recurrent state at the start of a sequence, zeros; () for a model that carries none."""
        raise NotImplementedError

    def plan(self, size: Size, N: int, memory: Memory) -> Any:
        """Every buffer for a batch of N rows; its `scores` is where `loss` leaves dL/dscores."""
        raise NotImplementedError

    def draw(self, noise: Any, plan: Any) -> None:
        """Draw the dropout masks of the next batch from `noise` (Noise); without a draw there are none."""
        raise NotImplementedError

    def load(self, p: Views, plan: Any) -> None:
        """Copy the parameters into the plan, after each change of them."""
        raise NotImplementedError

    def loss(self, batch: Any, s0: State, plan: Any) -> tuple[float, State]:
        """(summed loss, state after the batch); leaves dL/dscores in `plan.scores`. batch: the arrays by name, with the
        rows of this shard; None for an array that the whole batch lacks."""
        raise NotImplementedError

    def backward(self, g: Views, dscores: Array, dsT: State, plan: Any) -> State:
        """Adds dL/dp into g; returns dL/ds0. dsT is () for zeros, which is truncated BPTT."""
        raise NotImplementedError

    def loss_and_grad(self, p: Views, g: Views, batch: Any, s0: State, plan: Any) -> tuple[float, State]:
        """(summed loss, state after the batch); adds the gradient of the sum into g."""
        self.load(p, plan)
        loss, sT = self.loss(batch, s0, plan)
        self.backward(g, plan.scores, (), plan)
        return loss, sT
