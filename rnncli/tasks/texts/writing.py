"""Texts of a model for coded sources, in the order in which they were given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...data.pairs.text_batches import CodedTexts, TextBatches
from ...generation.sampling import Sampling
from ...generation.search import Written, beam_search, sample
from ...nn.memory import Memory
from ...nn.model import Views

ROWS = 64  # sources side by side
SAMPLE_BITS = 20  # of the number of a random stream, for the sample; those above for the source
MOST_ROWS = 512  # of the writer: sources times their candidates
LONG = 1000  # steps, above which a source stands alone: plans have room for all steps of their rows


@dataclass(frozen=True)
class Manner:
    """How texts are found: the `n_best` most probable ones of `candidates` followed side by side, or with `sampling` so
    many samples of each source, whose random streams are keyed by `seed`, the source and the sample."""

    candidates: int = 1
    n_best: int = 1
    length_penalty: float = 1.0
    sampling: Sampling | None = None
    seed: int = 0
    keep_attention: bool = False


GREEDY = Manner()


class Rows:
    """The N sources of a batch and K candidates of each, step by step; see `generation.search.Stepper`."""

    def __init__(self, model: Any, batch: Any, plan: Any, N: int, K: int):
        self.N, self.K, self.model, self.plan = N, K, model, plan
        self.ids = np.zeros((1, K * N), np.intp)
        state = model.read(batch, plan)
        self.calls, self.scores, self.state = model.stream(self.ids, state, plan)

    def advance(self) -> None:
        """Read `ids`; the scores of what may follow are in `scores`, the state after it in `state`."""
        for call in self.calls:
            call()

    def attended(self) -> np.ndarray | None:
        """(K, N, T) what each candidate looked at in the last round."""
        return self.model.attended(self.plan)


class Writer:
    """Writes a text for each source of `coded`, with plans made in `memory` at their first use.

    side: the WrittenSide of the texts.
    """

    def __init__(
        self, model: Any, side: Any, coded: CodedTexts, memory: Memory | None = None, candidates: int = 1
    ) -> None:
        """candidates: the most of each source that `texts` will be asked for."""
        self.model, self.side, self.coded = model, side, coded
        rows = max(1, min(ROWS, MOST_ROWS // candidates))
        self.memory, self.plans = memory or Memory("f4", forward_only=True), {}
        self.loaded: set[Any] = set()  # plans that hold the weights of the current call
        groups = [np.flatnonzero(coded.lengths <= LONG), np.flatnonzero(coded.lengths > LONG)]
        self.parts = [
            (which, TextBatches(coded.take(which), count, 0)) for which, count in zip(groups, (rows, 1)) if len(which)
        ]

    def texts(
        self,
        weights: Views,
        manner: Manner = GREEDY,
        progress: Callable[[int, int], None] | None = None,
        some: Sequence[int] | None = None,
    ) -> list[list[Written]]:
        """The best texts, or the samples, of each source; some: of these sources alone, rising numbers. Targets have no
        part in it."""
        found: dict[int, list[Written]] = {}
        self.loaded.clear()
        total = len(self.coded) if some is None else len(some)
        for rows, batch, N in self._batches(some):
            for row, best in zip(rows.tolist(), self._written(weights, rows, batch, N, manner)):
                found[row] = [without_padding(each, int(self.coded.lengths[row])) for each in best]
            if progress:
                progress(len(found), total)
        return [found[row] for row in sorted(found)]

    def _written(self, weights, rows, batch, N, manner):
        """The texts of each source of a batch; many samples are drawn some at a time."""
        end, limit = self.side.END_ID, np.where(np.arange(N) < len(rows), self.side.longest, 0)
        same = {"following": self.side.following(), "keep_attention": manner.keep_attention}
        if manner.sampling is None:
            stepper = self._rows(weights, batch, N, manner.candidates)
            return beam_search(stepper, end, end, limit, alpha=manner.length_penalty, n_best=manner.n_best, **same)
        found: list[list[Written]] = [[] for _ in rows]
        for first in range(0, manner.candidates, MOST_ROWS):
            samples = range(first, min(first + MOST_ROWS, manner.candidates))
            stepper, keys = self._rows(weights, batch, N, len(samples)), keys_of(rows, N, samples)
            for own, more in zip(found, sample(stepper, end, end, limit, manner.sampling, manner.seed, keys, **same)):
                own += more
        return found

    def nats(self, weights: Views, some: Sequence[int] | None = None) -> np.ndarray:
        """(E,) -log p of each true text, its end included, given its beginning at each symbol; some: of these alone,
        and 0 for the others."""
        found = np.zeros(len(self.coded))
        for rows, nats in self._scored(weights, some):
            found[rows] = nats.sum(0)[: len(rows)]
        return found

    def symbol_nats(self, weights: Views) -> list[np.ndarray]:
        """[(U,)] the same for each symbol of each true text, its end last."""
        found = [np.empty(0)] * len(self.coded)
        for rows, nats in self._scored(weights, None):
            for n, row in enumerate(rows.tolist()):
                found[row] = nats[: self.coded.target_lengths[row], n]
        return found

    def _scored(self, weights, some):
        """Yield (the sources of a batch by number, nats (U, N) of the symbols of their true texts)."""
        self.loaded.clear()
        for rows, batch, N in self._batches(some):
            plan = self._plan(weights, self.model.plan, batch.size, N)
            yield rows, self.model.nats(SimpleNamespace(**batch.arrays), plan)

    def _batches(self, some) -> Iterator[tuple[np.ndarray, Any, int]]:
        """(the sources of a batch by number, the batch, its rows), short ones first."""
        for which, batches in self.parts:
            chosen = None if some is None else np.flatnonzero(np.isin(which, some))
            for batch in batches.in_order(chosen):
                yield which[batch.examples], batch, batches.N

    def _rows(self, weights, batch, N, K):
        plan = self._plan(weights, self.model.writing_plan, batch.size[0], N, K)
        return Rows(self.model, SimpleNamespace(**batch.arrays), plan, N, K)

    def _plan(self, weights, make, *shape):
        """The plan of this shape, made once, with the weights in it."""
        key = make.__name__, shape
        if key not in self.plans:
            self.plans[key] = make(*shape, self.memory)
        if key not in self.loaded:
            self.model.load(weights, self.plans[key])
            self.loaded.add(key)
        return self.plans[key]


def without_padding(written: Written, T: int) -> Written:
    """What was looked at of T steps of the source alone."""
    return written if written.attention is None else replace(written, attention=written.attention[:, :T])


def keys_of(rows: Sequence[int], N: int, samples: Sequence[int]) -> list[int]:
    """The numbers of the random streams of these samples of N sources, the same however many are drawn."""
    sources = [*map(int, rows), *[0] * (N - len(rows))]
    return [source << SAMPLE_BITS | k for k in samples for source in sources]
