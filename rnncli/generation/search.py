"""Greedy and beam search for the most probable texts, and sampling, for many sources side by side.

N sources, K candidates of each; row r = k N + n of the model is candidate k of source n; V tokens.
"""

from collections.abc import Sequence

import numpy as np

from .hypotheses import Ending, History, Ranking, Stepper, Stops, Written, log_normalisers, scored
from .sampling import Grammar, Sampler, Sampling, check_finite

LEAST = np.finfo(np.float64).min  # above -inf


def beam_search(
    stepper: Stepper,
    start: int | np.ndarray,
    end: int | None,
    limit: int | np.ndarray,
    *,
    alpha: float = 1.0,
    n_best: int = 1,
    following: np.ndarray | None = None,
    stops: Stops | None = None,
    keep_attention: bool = False,
) -> list[list[Written]]:
    """For each source at most n_best different texts, best first: ended ones by score, then those cut at the limit.

    start      the token before the first, or one for each source (N,)
    end        the token that ends a text; None: only `stops` and the limit do
    limit      most tokens of a text, the end token included, or one number for each source (N,); 0: no text
    alpha      of the score, log probability / length^alpha; 0 or more
    following  (S, V), the automaton of `Grammar`; None: any token may come next. A text that may not end at its limit
               goes on until it may, by at most S - 1 tokens

    The width is K of the stepper. One of the K candidates takes the most probable token at every step; the others are
    the most probable ones besides. So width 1 is greedy search, and the best text of any width is at least as good as
    the greedy one. A hypothesis ends where its end is among the K best continuations; then the next best one takes its
    place. A source is finished when none of its candidates can be among the n_best any more: log probabilities p only
    fall, so that no score can be above p / limit^alpha (Huang, Zhao & Ma 2017, arXiv:1809.00069v1). Of equal
    continuations the one with the lower parent is first, then the lower token. Sources do not influence each other.
    Raises ModelFileError where scores are not finite.
    """
    beam = _Beam(stepper, start, end, limit, alpha, n_best, following, stops, keep_attention)
    with np.errstate(invalid="ignore"):  # empty candidates may hold anything
        while beam.live().any():
            beam.step()
    return beam.written()


class _Beam:
    """The candidates of a search. total (K, N): their log probabilities, -inf where one is empty; total[0] is that of
    the greedy ones."""

    def __init__(
        self,
        stepper: Stepper,
        start: int | np.ndarray,
        end: int | None,
        limit: int | np.ndarray,
        alpha: float,
        n_best: int,
        following: np.ndarray | None,
        stops: Stops | None,
        keep_attention: bool,
    ):
        K, N = stepper.K, stepper.N
        self.stepper, self.end, self.alpha, self.keep_attention = stepper, end, alpha, keep_attention
        self.grammar, self.stops = grammar_of(stepper, following), stops
        self.limit = np.broadcast_to(limit, (N,))
        self.most = self.limit + len(self.grammar.following) - 1
        self.total = np.full((K, N), -np.inf)
        self.total[0, self.limit > 0] = 0
        self.history, self.ranking = History(K, N), Ranking(N, n_best, alpha)
        self.tails = None if stops is None else np.full((K, N, stops.longest), -1)  # the latest tokens; -1: none yet
        stepper.ids.reshape(K, N)[...] = start

    def live(self) -> np.ndarray:
        """(K, N): which candidates are not empty."""
        return self.total > -np.inf

    def step(self) -> None:
        """One more token for every candidate."""
        self.stepper.advance()
        if self.keep_attention:
            self.history.attend(self.stepper.attended())
        self._continue(*self._chosen(*self._continuations()))
        if self.history.steps >= self.limit.min():
            self._cut()
        best = self.total.max(axis=0)
        self.total[:, self.ranking.bar >= scored(best, self.most, self.alpha)] = -np.inf

    def _continuations(self) -> tuple[np.ndarray, np.ndarray]:
        """(log probabilities (N, K, V) of every continuation, the greedy token of each source (N,))."""
        K, N, live = self.stepper.K, self.stepper.N, self.live()
        z = self.stepper.scores.astype(np.float64)
        normalisers = log_normalisers(z)
        self.grammar.forbid(z)
        check_finite(z.max(axis=1)[None, live.ravel()], self.history.steps + 1)
        greedy = z[:N].argmax(axis=1)
        z -= normalisers
        totals = z.reshape(K, N, -1).transpose(1, 0, 2) + self.total.T[:, :, None]
        totals[~live.T] = -np.inf
        return totals, greedy

    def _chosen(self, totals: np.ndarray, greedy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(log probability, parent, token) of the next candidates, each (K, N); hypotheses that end here are ranked."""
        N, K, V = totals.shape
        # Among 2 K there are K - 1 that go on besides the greedy one, since no parent has more than one end.
        values, places = most_probable(totals.reshape(N, K * V), 2 * K if K > 1 else 0)
        values[places == greedy[:, None]] = -np.inf  # the greedy one, of parent 0, gets column 0
        values = np.concatenate([totals[np.arange(N), 0, greedy][:, None], values], axis=1)
        parents, tokens = np.divmod(np.concatenate([greedy[:, None], places], axis=1), V)
        done = self._done(values, parents, tokens)
        self._rank(done[:, : K + 1], values, parents, tokens, self.history.steps + 1, ended=True)
        kept = (values > -np.inf) & ~done
        slot = np.cumsum(kept, axis=1) - kept[:, :1]  # the greedy one 0, the others 1, 2 ...
        n, column = np.nonzero(kept & (slot < K))
        chosen = np.full((K, N), -np.inf), np.zeros((K, N), np.intp), np.zeros((K, N), np.intp)
        for array, found in zip(chosen, (values, parents, tokens)):
            array[slot[n, column], n] = found[n, column]
        return chosen

    def _done(self, values: np.ndarray, parents: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        """Which of the continuations, all (N, M), end a text; False where the value is -inf."""
        possible = values > -np.inf
        done = possible & (tokens == self.end) if self.end is not None else np.zeros_like(possible)
        if self.stops is not None and self.tails is not None:
            for n, m in zip(*np.nonzero(possible & ~done)):
                tail = np.append(self.tails[parents[n, m], n, 1:], tokens[n, m])
                done[n, m] = self.stops(tail[tail >= 0])
        return done

    def _rank(
        self, which: np.ndarray, values: np.ndarray, parents: np.ndarray, tokens: np.ndarray, length: int, ended: bool
    ) -> None:
        """Rank the texts of `length` tokens that `which` selects among the continuations, all (N, M)."""
        for n, m in zip(*np.nonzero(which)):
            ending = Ending(float(values[n, m]), length, int(parents[n, m]), int(tokens[n, m]))
            self.ranking.add(n, ending, ended)

    def _continue(self, value: np.ndarray, parent: np.ndarray, token: np.ndarray) -> None:
        """Make these, each (K, N), the candidates."""
        K, N = value.shape
        rows = (parent * N + np.arange(N)).ravel()
        if (rows != np.arange(K * N)).any():
            for layer in self.stepper.state:
                for array in layer:
                    array[...] = array[rows]
            self.grammar.state[...] = self.grammar.state[rows]
        self.stepper.ids[0] = token.ravel()
        self.grammar.advance(self.stepper.ids[0])
        self.history.append(token, parent)
        self.total = value
        if self.tails is not None:
            self.tails = np.concatenate([self.tails[parent, np.arange(N), 1:], token[:, :, None]], axis=2)

    def _cut(self) -> None:
        """Rank and empty the candidates that have reached their limit."""
        length = self.history.steps
        may_end = np.array(self.grammar.complete()).reshape(self.total.shape)
        due = self.live() & (length >= self.limit) & (may_end | (length >= self.most))
        parents, tokens = self.history.parents[length - 1], self.history.tokens[length - 1]
        self._rank(due.T, self.total.T, parents.T, tokens.T, length, ended=False)
        self.total[due] = -np.inf

    def written(self) -> list[list[Written]]:
        """The texts that were ranked, of each source."""
        return [
            [self.history.written(n, ending, self.end, ended, self.alpha) for ending, ended in self.ranking.endings(n)]
            for n in range(self.stepper.N)
        ]


def grammar_of(stepper: Stepper, following: np.ndarray | None) -> Grammar:
    """The Grammar of all rows; None allows every token."""
    V = stepper.scores.shape[1]
    return Grammar(np.zeros((1, V), np.int8) if following is None else following, stepper.K * stepper.N)


def most_probable(values: np.ndarray, M: int) -> tuple[np.ndarray, np.ndarray]:
    """(values, places), each (N, M), of the M highest of each row of values (N, C), highest first; of equal ones the
    first comes first. Where fewer are above -inf, the rest is -inf at place 0."""
    N, C = values.shape
    best, where = np.full((N, M), -np.inf), np.zeros((N, M), np.intp)
    if M == 0:
        return best, where
    lowest = np.partition(values, C - min(M, C), axis=1)[:, C - min(M, C), None]
    found = np.flatnonzero(values >= np.maximum(lowest, LEAST))  # more than M where several equal the lowest
    n, places = np.divmod(found, C)
    order = np.lexsort((places, -values[n, places], n))
    n, places = n[order], places[order]
    rank = np.arange(len(n)) - np.searchsorted(n, n)
    n, places, rank = n[rank < M], places[rank < M], rank[rank < M]
    best[n, rank], where[n, rank] = values[n, places], places
    return best, where


def sample(
    stepper: Stepper,
    start: int | np.ndarray,
    end: int | None,
    limit: int | np.ndarray,
    sampling: Sampling,
    seed: int,
    keys: Sequence[int],
    *,
    alpha: float = 1.0,
    following: np.ndarray | None = None,
    recent: Sequence[int] = (),
    keep_attention: bool = False,
) -> list[list[Written]]:
    """For each source K texts drawn at random by `sampling`, in the order of the candidates.

    keys: of the K N rows; row r has its own random stream, keyed by (seed, keys[r]), so that a row alone equals the row
    in a batch. recent: tokens before the first, for the repetition penalty. The rest is as for `beam_search`.
    """
    K, N = stepper.K, stepper.N
    grammar, history, rows = grammar_of(stepper, following), History(K, N), np.arange(K * N)
    sampler, z = Sampler(sampling, grammar, seed, keys, recent), np.empty_like(stepper.scores)
    limits = np.tile(np.broadcast_to(limit, (N,)), K)
    most = limits + len(grammar.following) - 1
    length, total, ended, live = np.zeros(K * N, int), np.zeros(K * N), np.zeros(K * N, bool), limits > 0
    chosen, stepper.ids.reshape(K, N)[...] = stepper.ids[0], start
    while live.any():
        stepper.advance()
        if keep_attention:
            history.attend(stepper.attended())
        sampler.choose(stepper.scores, z, chosen)
        check_finite(z.max(axis=1)[None, live], history.steps + 1)
        history.append(chosen.reshape(K, N), (rows // N).reshape(K, N))
        scores = stepper.scores[live].astype(np.float64)
        total[live] += scores[np.arange(len(scores)), chosen[live]] - log_normalisers(scores)[:, 0]
        length += live
        ended |= live & (chosen == (-1 if end is None else end))
        may_end = np.array(grammar.complete())
        live &= ~ended & ((length < limits) | ~may_end & (length < most))

    return _drawn(history, total.reshape(K, N), length.reshape(K, N), ended.reshape(K, N), end, alpha)


def _drawn(history, total, length, ended, end, alpha):
    """The texts of `sample`, from the log-probability, the length and the end of each, (K, N)."""
    K, N = length.shape

    def text(n: int, k: int) -> Written:
        last = int(history.tokens[length[k, n] - 1, k, n])
        ending = Ending(float(total[k, n]), int(length[k, n]), k, last)
        return history.written(n, ending, end, bool(ended[k, n]), alpha)

    return [[text(n, k) for k in range(K) if length[k, n]] for n in range(N)]
