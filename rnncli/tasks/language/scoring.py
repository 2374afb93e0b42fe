"""Nats of every token of a text, by a model.

Every token after the first of a document is scored exactly once, given all tokens before it in its document: the state
is carried. Two other protocols: many streams, each with a warm-up, which is faster, and windows with an empty context,
as in many published figures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from ...data.text.splits import Split
from ...data.text.token_cache import roomy
from ...nn.aligned import Aligned
from ...nn.losses import softmax_nats
from ...nn.memory import Memory
from ...nn.model import Views

WARMUP = 64  # tokens that a stream cut out of a document reads before its first score
MOST_ROWS = 64
OVERHEAD = 8  # the fixed cost of a step, in rows: measured, LSTM 64 to 256
LONG, SHORT = 64, 16  # steps at a time: for one row, and for many rows, which end at different steps
MOST_SCORES = 4_000_000  # T N V of a plan: 16 MB


@dataclass(frozen=True)
class Stretches:
    """S stretches of text, longest first, each scored from a zero state and so independent of the others.

    begin (S,): position of the first input; warmup (S,): targets that are read first and not scored; targets (S,):
    the scored targets after them; place (S,): index of the first scored target among all targets of the split.
    """

    begin: np.ndarray
    warmup: np.ndarray
    targets: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, pieces: np.ndarray, longest: int, warmup: int) -> "Stretches":
        """Documents `pieces` (P, 2) cut after every `longest` targets; a later stretch first reads the `warmup` tokens
        before it."""
        whole = np.maximum(pieces[:, 1] - pieces[:, 0] - 1, 0)
        parts = -(-whole // longest)
        piece = np.repeat(np.arange(len(pieces)), parts)
        offset = longest * (np.arange(len(piece)) - (np.cumsum(parts) - parts)[piece])
        lead = np.minimum(offset, warmup)
        targets = np.minimum(longest, whole[piece] - offset)
        stretches = (pieces[piece, 0] + offset - lead, lead, targets, (np.cumsum(whole) - whole)[piece] + offset)
        order = np.argsort(-(lead + targets), kind="stable")
        return cls(*(array[order] for array in stretches))

    @property
    def steps(self) -> np.ndarray:
        """(S,): tokens that each stretch reads."""
        return self.warmup + self.targets

    def groups(self, N: int) -> Iterator["Stretches"]:
        """Yield Stretches of N each, the last filled up with empty ones."""
        for start in range(0, len(self.begin), N):
            parts = (getattr(self, each.name)[start : start + N] for each in fields(self))
            yield Stretches(*(np.pad(part, (0, N - len(part))) for part in parts))


class Scorer:
    """Scores splits, N stretches side by side and T steps at a time, in memory allocated once."""

    def __init__(self, model: Aligned, N: int, T: int, memory: Memory | None = None) -> None:
        memory = memory or Memory("f4", forward_only=True)
        self.model, self.N, self.T = model, N, T
        self._plan, self._zeros = model.plan((T,), N, memory), model.initial_state(N, memory)

    def nats(
        self,
        p: Views,
        split: Split,
        longest: int | None = None,
        warmup: int = WARMUP,
        progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """-ln p of every target of `split` in the order of its pieces, (targets,) float64; nan for a model with nan.

        p: parameters by name. longest: the most targets scored from one zero state; None: 1/N of all targets, so that
        all rows are busy, exact where no document is longer. A stretch that starts inside a document first reads the
        `warmup` tokens before it. progress: called with (targets done, all targets).
        """
        total, done = split.targets, 0
        stretches = Stretches.of(split.pieces, longest or max(1, -(-total // self.N)), warmup)
        nats = roomy(total)
        self.model.load(p, self._plan)
        with np.errstate(all="ignore"):  # diverged weights: the figure shows it
            for group in stretches.groups(self.N):
                for places, values in self._score(split.tokens, group):
                    nats[places] = values
                    done += len(places)
                    if progress:
                        progress(done, total)
        return nats

    def _score(self, tokens, group):
        """Yield (places, nats) of N stretches, T steps at a time."""
        steps, state = group.steps, self._zeros
        for start in range(0, int(steps.max()), self.T):
            step = start + np.arange(self.T)[:, None]
            at = group.begin + np.minimum(step, np.maximum(steps - 1, 0))  # a finished row repeats its last token
            scores, state = self.model.forward(tokens[at].astype(np.intp), state, self._plan)
            nats = softmax_nats(scores, tokens[at + 1].astype(np.intp).reshape(-1)).reshape(at.shape)
            scored = (step >= group.warmup) & (step < steps)
            yield (group.place + step - group.warmup)[scored], nats[scored]


def split_nats(
    model: Aligned,
    p: Views,
    split: Split,
    memory: Memory | None = None,
    streams: int = 1,
    context: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """-ln p of every target of `split` in the order of its pieces, (targets,) float64.

    streams 1: exact, each document read from start to end. More: documents are cut into that many streams in all, each
    with a warm-up, which is faster and within noise of the exact figure. context: windows of that many tokens, side by
    side, each from a zero state and without warm-up.
    """
    longest = context or max(1, -(-split.targets // streams))
    warmup = 0 if context else WARMUP
    steps = Stretches.of(split.pieces, longest, warmup).steps
    if not len(steps):
        return np.empty(0)
    N, T = plan_shape(steps, model.head.K)
    return Scorer(model, N, T, memory).nats(p, split, longest, warmup, progress)


def plan_shape(steps: np.ndarray, V: int) -> tuple[int, int]:
    """(N, T) that scores stretches of `steps` (S,), longest first, fastest: the longest of N stretches sets the cost of
    all N."""
    most = max(1, min(MOST_ROWS, MOST_SCORES // (SHORT * V), len(steps)))
    candidates = {most} | {2**k for k in range(most.bit_length())}
    N = min(sorted(candidates), key=lambda rows: int(steps[::rows].sum()) * (OVERHEAD + rows))
    T = min(int(steps[0]), LONG if N == 1 else SHORT, MOST_SCORES // (N * V))
    return N, max(1, T)
