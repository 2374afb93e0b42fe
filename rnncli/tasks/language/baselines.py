"""The baseline of language models: an interpolated modified Kneser-Ney n-gram.

Stanley F. Chen and Joshua Goodman, "An empirical study of smoothing techniques for language modeling",
Computer Speech & Language 13 (1999) 359-394. With h' the context h without its oldest symbol:

    p_k(w | h) = (c_k(hw) - D_k(c_k(hw))) / c_k(h) + gamma_k(h) p_{k-1}(w | h'),      p_0(w) = 1/V
    c_k(h)     = sum over w of c_k(hw),      gamma_k(h) = sum over w of D_k(c_k(hw)) / c_k(h),  1 if h was never seen

    Y = n1 / (n1 + 2 n2),  D(1) = 1 - 2 Y n2/n1,  D(2) = 2 - 3 Y n3/n2,  D(3 or more) = 3 - 4 Y n4/n3,  D(0) = 0

with n1..n4 the number of k-grams whose c_k is 1..4. At the highest order c_k is the raw count; below it, the number of
distinct tokens that precede the k-gram in the text.

Boundaries: the first token of a piece is only context, every later one is scored. No n-gram crosses a boundary, so
contexts are shorter near the start of a piece. A k-gram at the very start of a piece has no preceding token; each such
occurrence counts 1, as if every piece had its own boundary token before it. A k-gram seen only there thus keeps its raw
count, as is usual for n-grams that begin with a start token.
"""

from dataclasses import dataclass

import numpy as np

from ...data.text.token_cache import roomy

BLOCK = 1 << 20  # tokens laid out or scored at a time: bounds the memory, does not change results
LIMIT = 10_000_000  # tokens that are counted at most: about 0.4 GB


def default_order(level: str) -> int:
    """The n-gram order of a strong baseline for a kind of token: 7 for "char" and "byte", 3 for "word"."""
    return {"char": 7, "byte": 7, "word": 3}[level]


class KneserNey:
    """Interpolated modified Kneser-Ney n-gram over V tokens, each an id below V.

    `order` is the length of the longest n-gram. A training text longer than `limit` tokens is cut to its last `limit`;
    after `fit`, `available` is the number of tokens in the pieces and `used` the number counted.
    """

    def __init__(self, order: int, limit: int = LIMIT) -> None:
        if order < 1 or limit < 1:
            raise ValueError(f"order is {order} and limit {limit}; both must be 1 or more")
        self.order, self.limit = order, limit

    def fit(self, tokens: np.ndarray, pieces: np.ndarray, V: int) -> "KneserNey":
        """Count the n-grams of `tokens` (L,) in `pieces` (P, 2), each [begin, end). Returns self.

        Raises ValueError for an id of V or more. Memory: about 35 bytes per token while counting; 16 to 24 bytes per
        distinct n-gram stay.
        """
        self.V = V
        self.available = int(np.diff(pieces).sum())
        self.used = min(self.available, self.limit)
        words, age = _lay_out(tokens, pieces, V, self.order, self.available - self.used, self.available)
        self._tables = _tables(words, age, V, self.order)
        return self

    def nats(self, tokens: np.ndarray, pieces: np.ndarray) -> np.ndarray:
        """-ln p of the targets tokens[begin+1:end] of each of the `pieces` (P, 2), in order: (targets,) float64."""
        total = int(np.diff(pieces).sum())
        nats, done = roomy(int(np.maximum(np.diff(pieces) - 1, 0).sum())), 0
        for start in range(0, total, BLOCK):
            first = max(0, start - self.order)  # enough earlier tokens for the contexts of token `start`
            words, age = _lay_out(tokens, pieces, self.V, self.order, first, min(start + BLOCK, total))
            p = _probabilities(self._tables, words, age, self.V)
            p = np.minimum(p[start - first :][age[start - first :] > 0], 1)  # rounding may exceed 1 slightly
            nats[done : done + len(p)] = np.abs(np.log(p))  # -ln p, and 0 instead of -0
            done += len(p)
        return nats


@dataclass(frozen=True)
class _Table:
    """One order k. The number of a k-gram is its index in `grams`; that of a context, its index one order lower."""

    grams: np.ndarray  # (grams,) int64, rising: number of the context * V + last token
    share: np.ndarray  # (grams,) (c(hw) - D(c(hw))) / c(h)
    gamma: np.ndarray  # (grams of order k-1,) the mass that discounting leaves to the lower order


def _lay_out(tokens, pieces, V, order, first, stop):
    """The tokens `first` to `stop` of all pieces laid end to end, as if the text began at `first`.

    Returns words (S,) of the dtype of `tokens`, and age (S,): the number of tokens of its piece before each, at most
    `order`. Age 0 is the first of a piece, which is only context.
    """
    begins, ends = np.asarray(pieces, np.int64).T
    stops = np.cumsum(ends - begins)
    words = np.empty(stop - first, tokens.dtype)
    age = np.empty(stop - first, np.min_scalar_type(order))
    for start in range(first, stop, BLOCK):
        flat = np.arange(start, min(start + BLOCK, stop))
        piece = np.searchsorted(stops, flat, side="right")
        position = ends[piece] - (stops[piece] - flat)
        part = slice(start - first, start - first + len(flat))
        words[part] = tokens[position]
        age[part] = np.minimum(np.minimum(position - begins[piece], flat - first), order)
    if len(words) and words.max() >= V:
        raise ValueError(f"found token {words.max()}, expected ids below V={V}")
    return words, age


def _tables(words, age, V, order):
    """One _Table for each order 1..order that occurs, from words and age, both (S,)."""
    tables = []
    grams, numbers, contexts = np.arange(V), words, 1  # order 1: a token is its own number
    for k in range(1, order + 1):
        ends = _places(age >= k) if k < order else np.empty(0, np.intp)
        if not len(ends):  # the highest order that occurs: every longer gram would need one more token
            raw = np.bincount(numbers[age >= max(1, k - 1)], minlength=len(grams))
            return tables + [_table(grams, raw, contexts, V)]
        longer, longer_numbers, example = _extend(numbers, words, ends, len(grams), V)
        follows = np.bincount(numbers[example], minlength=len(grams))  # distinct longer grams with this ending
        if k > 1:  # a first token alone is never scored, so order 1 needs no counts of boundaries
            follows += np.bincount(numbers[age == k - 1], minlength=len(grams))
        tables.append(_table(grams, follows, contexts, V))
        contexts, grams, numbers = len(grams), longer, longer_numbers


def _places(mask):
    """The indices of what is True, in the narrowest type."""
    small = np.min_scalar_type(len(mask))
    parts = [
        np.flatnonzero(mask[at : at + BLOCK]).astype(small) + small.type(at) for at in range(0, len(mask) or 1, BLOCK)
    ]
    return np.concatenate(parts)


def _extend(numbers, words, ends, grams, V):
    """Number the grams that are one token longer and end at `ends`, by the rank of (number of the context * V + token);
    `grams` is the number of contexts.

    Returns those ranked values (grams,) int64, the number at each position (S,), defined at `ends` only, and for each
    gram one position where it ends (grams,).
    """
    small = np.min_scalar_type(max(grams * V - 1, V))  # the narrowest types: this is where the memory goes
    keys = numbers[ends - 1].astype(small)
    keys *= small.type(V)
    keys += words[ends].astype(small, copy=False)
    order = np.argsort(keys)
    keys, ends = keys[order], ends[order]
    del order
    new = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    longer_numbers = np.zeros(len(words), np.min_scalar_type(len(words)))
    last = -1
    for start in range(0, len(ends), BLOCK):
        ranks = last + np.cumsum(new[start : start + BLOCK])
        longer_numbers[ends[start : start + BLOCK]] = ranks
        last = ranks[-1]
    return keys[new].astype(np.int64), longer_numbers, ends[new]


def _table(grams, counts, contexts, V):
    """The shares and gammas of one order from c(hw) of each of its `grams`; `contexts` is the number of contexts."""
    removed = _discounts(counts)[np.minimum(counts, 3)]
    context = grams // V
    total = np.bincount(context, counts, minlength=contexts)
    left = np.bincount(context, removed, minlength=contexts)
    known = np.maximum(total, 1)  # 1 for a context never seen, whose shares are 0
    return _Table(grams, (counts - removed) / known[context], np.where(total > 0, left / known, 1.0))


def _discounts(counts):
    """D(0), D(1), D(2), D(3 or more): (4,) from the counts of one order.

    The formulas of the paper need n1..n4 above 0, and noise in small texts can push D(2) or D(3) out of range. Where
    0 < D(i) < i fails, all three are Y, the single discount of plain Kneser-Ney; 0.5 where n1 or n2 is 0.
    """
    n1, n2, n3, n4 = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].tolist()
    if not n1 or not n2:
        return np.array([0, 0.5, 0.5, 0.5])
    Y = n1 / (n1 + 2 * n2)
    if n3 and n4:
        D = np.array([0, 1 - 2 * Y * n2 / n1, 2 - 3 * Y * n3 / n2, 3 - 4 * Y * n4 / n3])
        if (D[1:] > 0).all():  # D(i) < i holds by the formulas
            return D
    return np.array([0, Y, Y, Y])


def _probabilities(tables, words, age, V):
    """p of each token given the tokens before it in its piece, (S,), order by order from the uniform 1/V up.

    Values at age 0 are no predictions: those tokens are only context.
    """
    p = np.full(len(words), 1 / V)
    context = np.zeros(len(words), np.int64)  # number of the context of k-1 tokens before each; -1: never seen
    for k, table in enumerate(tables, 1):
        keys = context * V + words  # below 0 after an unseen context, so not found
        at = np.minimum(np.searchsorted(table.grams, keys), len(table.grams) - 1)
        seen = table.grams[at] == keys
        share = np.where(seen, table.share[at], 0)
        p = np.where(context >= 0, share + table.gamma[context] * p, p)
        context[0] = -1
        context[1:] = np.where(seen[:-1] & (age[1:] >= k), at[:-1], -1)
    return p
