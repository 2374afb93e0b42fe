"""Nats of every symbol of a text, by a model.

Every symbol after the first of a document is scored exactly once, given all that came before it in its document: the
state is carried. Two faster or other protocols are at hand: many streams that are warmed up, and windows from an empty
context, as many published figures are.
"""

from dataclasses import dataclass, fields

import numpy as np

from ...nn.losses import softmax_nats
from ...nn.memory import Memory

WARMUP = 64  # tokens that a stream cut out of a document reads before its first score
MOST_ROWS = 64
OVERHEAD = 8  # what a step costs beside its rows, in rows: measured, LSTM 64 to 256
LONG, SHORT = 64, 16  # steps at a time, of one row and of many, which end at different steps
MOST_SCORES = 4_000_000  # T N V of a plan: 16 MB


@dataclass(frozen=True)
class Segments:
    """S stretches of text, longest first, each scored from a zero state and so independent of the others.

    begin (S,): position of the first input; warmup (S,): targets that are read first and not scored; targets (S,):
    those that are, after them; place (S,): number of the first of these among all targets of the split.
    """

    begin: np.ndarray
    warmup: np.ndarray
    targets: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, pieces, longest, warmup):
        """Documents `pieces` (P, 2) cut after every `longest` targets; a cut reads the `warmup` tokens before it."""
        whole = np.maximum(pieces[:, 1] - pieces[:, 0] - 1, 0)
        parts = -(-whole // longest)
        piece = np.repeat(np.arange(len(pieces)), parts)
        offset = longest * (np.arange(len(piece)) - (np.cumsum(parts) - parts)[piece])
        lead = np.minimum(offset, warmup)
        targets = np.minimum(longest, whole[piece] - offset)
        segments = (pieces[piece, 0] + offset - lead, lead, targets, (np.cumsum(whole) - whole)[piece] + offset)
        order = np.argsort(-(lead + targets), kind="stable")
        return cls(*(array[order] for array in segments))

    @property
    def steps(self):
        """(S,): symbols that each reads."""
        return self.warmup + self.targets

    def groups(self, N):
        """Yield Segments of N each, the last filled up with empty ones."""
        for start in range(0, len(self.begin), N):
            parts = (getattr(self, each.name)[start : start + N] for each in fields(self))
            yield Segments(*(np.pad(part, (0, N - len(part))) for part in parts))


class Scorer:
    """Scores splits, N segments side by side and T steps at a time, in memory that is made once for all of them."""

    def __init__(self, model, N, T, memory=None):
        memory = memory or Memory("f4", forward_only=True)
        self.model, self.N, self.T = model, N, T
        self._plan, self._zeros = model.plan((T,), N, memory), model.initial_state(N, memory)

    def nats(self, p, split, longest=None, warmup=WARMUP, progress=None):
        """-ln p of every target of `split` in the order of its pieces, (targets,) float64; nan for a model with nan.

        p: parameters by name. longest: the most targets scored from one zero state; None: an Nth of all, so that all
        rows are busy, exact where no document is longer. What starts inside a document first reads the `warmup`
        tokens before it. progress: called with (targets done, all targets).
        """
        total, done = split.targets, 0
        segments = Segments.of(split.pieces, longest or max(1, -(-total // self.N)), warmup)
        nats = np.empty(total)
        self.model.load(p, self._plan)
        with np.errstate(all="ignore"):  # weights that diverged: the figure says so
            for group in segments.groups(self.N):
                for places, values in self._score(split.tokens, group):
                    nats[places] = values
                    done += len(places)
                    if progress:
                        progress(done, total)
        return nats

    def _score(self, tokens, group):
        """Yield (places, nats) of N segments, T steps at a time."""
        steps, state = group.steps, self._zeros
        for start in range(0, int(steps.max()), self.T):
            step = start + np.arange(self.T)[:, None]
            at = group.begin + np.minimum(step, np.maximum(steps - 1, 0))  # a row that has ended reads on, unscored
            scores, state = self.model.forward(tokens[at].astype(np.intp), state, self._plan)
            nats = softmax_nats(scores, tokens[at + 1].astype(np.intp).reshape(-1)).reshape(at.shape)
            scored = (step >= group.warmup) & (step < steps)
            yield (group.place + step - group.warmup)[scored], nats[scored]


def split_nats(model, p, split, memory=None, streams=1, context=None, progress=None):
    """-ln p of every target of `split` in the order of its pieces, (targets,) float64.

    streams 1: exact, each document read from its start to its end. More: documents are cut into that many streams in
    all, each warmed up, which is faster and within noise of the exact figure. context: windows of so many symbols,
    side by side, each from a zero state and without warm-up.
    """
    longest = context or max(1, -(-split.targets // streams))
    warmup = 0 if context else WARMUP
    steps = Segments.of(split.pieces, longest, warmup).steps
    if not len(steps):
        return np.empty(0)
    N, T = plan_shape(steps, model.head.K)
    return Scorer(model, N, T, memory).nats(p, split, longest, warmup, progress)


def plan_shape(steps, V):
    """(N, T) with which segments of `steps` (S,), longest first, are scored fastest: N at a time cost what the longest
    of them takes."""
    most = max(1, min(MOST_ROWS, MOST_SCORES // (SHORT * V), len(steps)))
    candidates = {most} | {2**k for k in range(most.bit_length())}
    N = min(sorted(candidates), key=lambda rows: int(steps[::rows].sum()) * (OVERHEAD + rows))
    T = min(int(steps[0]), LONG if N == 1 else SHORT, MOST_SCORES // (N * V))
    return N, max(1, T)
