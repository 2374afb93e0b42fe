"""The nearest of many texts: the largest cosine of tf-idf vectors of n-grams of 1 to 4 characters.

The weights are those of `data.pairs.grams`. N-grams are numbered by a hash of 22 bits, and texts are compared a few
thousand at a time, so that memory does not grow with them. N-grams that many texts share are multiplied as a matrix,
the others one by one.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ...phrases import counted
from ...random_streams import stream
from ..pairs.listing import spread

HIGHEST = 4  # characters of an n-gram
BITS = 22  # of the number of an n-gram
START, END = "\x02", "\x03"  # around a text; a mark alone is no n-gram
ODD, MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)  # of the hash
COUNTED = 20_000  # training texts in which the weights are counted
CHARACTERS = 400_000  # of the training texts that are compared at a time
ASKED = 1_000  # texts that are compared with these at a time
SCORES = 1 << 22  # pairs of texts at a time
PRODUCTS = 1 << 20  # added up at a time
COMMON = 0.004  # share of all pairs of texts that have an n-gram in common, from which it is in the matrix product
WORK = 30_000_000_000  # characters to compare with each of the questions, half a minute of one core

Progress = Callable[[int, int], None]  # (done, total)


class Vectors(NamedTuple):
    """Sparse vectors: that of text `row` has `value` at n-gram `number`; each (entries,), by rows."""

    row: np.ndarray
    number: np.ndarray
    value: np.ndarray


class NearestText:
    """Finds the nearest of the training texts, the first of equally near ones.

    seed: draws the training texts that are compared where all of them would exceed `work`. After `fit`: `notes`,
    sentences on the data as it was used.
    """

    def __init__(self, seed: int = 0, work: int = WORK) -> None:
        self.seed, self.work = seed, work

    def fit(self, texts: list[str], questions: int = 1) -> "NearestText":
        """Keep the training texts. Returns self. questions: the number of texts that `predict` will be asked for."""
        self._first: dict[str, int] = {}
        for row, text in enumerate(texts):
            self._first.setdefault(text, row)
        self._rows, self.notes = self._compared(np.array([*self._first.values()], np.intp), max(questions, 1))
        self._texts = [texts[row] for row in self._rows.tolist()]
        sample = [self._texts[k] for k in spread(len(self._texts), COUNTED)]
        self._share = np.bincount(grams(sample).number, minlength=1 << BITS).astype(np.float32)  # of the sample
        self._idf = np.log((1 + len(sample)) / (1 + self._share)) + 1
        self._share /= len(sample)
        return self

    def _compared(self, rows, questions):
        """(those of `rows` that are compared with each question, notes)."""
        characters = sum(map(len, self._first))
        most = max(1, int(self.work / questions / max(characters, 1) * len(rows)))
        if len(rows) <= most:
            return rows, []
        note = f"nearest source: {most:,} of {counted(len(rows), 'training source')} are compared, drawn at random"
        return np.sort(stream(self.seed, "nearest texts").choice(rows, most, replace=False)), [note]

    def predict(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """(n,) the numbers of the training texts that `texts` are nearest to."""
        found = np.array([self._first.get(text, -1) for text in texts], np.intp)
        asked = np.flatnonzero(found < 0)
        for begin in range(0, len(asked), ASKED):
            part = asked[begin : begin + ASKED]
            questions = _Questions(self._vectors([texts[k] for k in part]), len(part), self._share)
            found[part] = self._rows[self._best(questions, progress, begin, len(asked))]
        return found

    def _vectors(self, texts):
        """The Vectors of the texts, of norm 1."""
        row, number, tf = grams(texts)
        value = (1 + np.log(tf)) * self._idf[number]
        norm = np.sqrt(np.bincount(row, value**2, len(texts)))
        return Vectors(row, number, (value / norm[row]).astype(np.float32))

    def _best(self, questions, progress, before, total):
        """The position among the training texts of the nearest one to each question."""
        best, score = np.zeros(questions.Q, np.intp), np.full(questions.Q, -1.0, np.float32)
        for begin, texts in self._parts(questions.Q):
            scores = questions.scores(self._vectors(texts), len(texts))
            reached = scores.max(axis=0)
            better = np.flatnonzero(reached > score)
            best[better], score[better] = begin + scores[:, better].argmax(axis=0), reached[better]
            if progress:
                done = (begin + len(texts)) / len(self._texts)
                progress(int(before + done * questions.Q), total)
        return best

    def _parts(self, Q) -> Iterator[tuple[int, list[str]]]:
        """(position of the first, some training texts)."""
        begin = 0
        while begin < len(self._texts):
            end, characters = begin, 0
            while end < len(self._texts) and characters < CHARACTERS and (end - begin) * Q < SCORES:
                characters += len(self._texts[end])
                end += 1
            yield begin, self._texts[begin:end]
            begin = end


class _Questions:
    """Q texts that are compared with many. vectors: theirs; share: of the training texts that have each n-gram."""

    def __init__(self, vectors: Vectors, Q: int, share: np.ndarray):
        self.Q = Q
        order = np.argsort(vectors.number, kind="stable")
        self.row, number, self.value = (part[order] for part in vectors)
        numbers, self.first, self.n = np.unique(number, return_index=True, return_counts=True)
        common = np.flatnonzero(share[numbers] * self.n / Q > COMMON)
        self.slot = np.full(1 << BITS, -1, np.int32)  # of an n-gram of a question, by its number
        self.slot[numbers] = np.arange(len(numbers))
        self.column = np.full(len(numbers) + 1, -1, np.int32)  # of a common n-gram, by its slot
        self.column[common] = np.arange(len(common))
        column = self.column[self.slot[number]]
        self.matrix = np.zeros((len(common), Q), np.float32)
        self.matrix[column[column >= 0], self.row[column >= 0]] = self.value[column >= 0]

    def scores(self, vectors: Vectors, D: int) -> np.ndarray:
        """(D, Q) the products of D vectors with each question."""
        slot = self.slot[vectors.number]
        column = self.column[slot]
        common, rare = column >= 0, (slot >= 0) & (column < 0)
        x = np.zeros((D, len(self.matrix)), np.float32)
        x[vectors.row[common], column[common]] = vectors.value[common]
        scores = x @ self.matrix
        self._add(scores, vectors.row[rare], slot[rare], vectors.value[rare])
        return scores

    def _add(self, scores, row, slot, value):
        """Add the products of the entries with those of the questions in the same slots."""
        ends = np.cumsum(self.n[slot])
        begin = 0
        while begin < len(row):
            done = ends[begin - 1] if begin else 0
            end = max(begin + 1, int(np.searchsorted(ends, done + PRODUCTS, side="right")))
            n, first = self.n[slot[begin:end]], self.first[slot[begin:end]]
            at = np.arange(n.sum()) + np.repeat(first - np.cumsum(n) + n, n)
            top, bottom = row[begin], row[end - 1] + 1
            place = np.repeat((row[begin:end] - top) * self.Q, n) + self.row[at]
            products = np.repeat(value[begin:end], n) * self.value[at]
            scores[top:bottom] += np.bincount(place, products, (bottom - top) * self.Q).reshape(-1, self.Q)
            begin = end


def grams(texts: Sequence[str]) -> Vectors:
    """The n-grams of the texts and how often each occurs, as Vectors."""
    joined = "".join(f"{START}{text}{END}" for text in texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, np.uint32).astype(np.uint64)
    row = np.repeat(np.arange(len(texts)), [len(text) + 2 for text in texts])
    marks = np.cumsum([len(text) + 2 for text in texts])
    inside = np.ones(len(codes), bool)
    inside[marks - 1] = inside[(marks - 1)[:-1] + 1] = inside[:1] = False
    found, hashed = [], codes
    for n in range(1, HIGHEST + 1):
        if n > 1:
            hashed = hashed[:-1] * ODD + codes[n - 1 :]
            inside = row[: len(hashed)] == row[n - 1 :]
        number = (hashed * MIX >> np.uint64(64 - BITS)).astype(np.int64)
        found.append((row[: len(hashed)] << BITS | number)[inside])
    both = np.sort(np.concatenate(found))
    starts = np.flatnonzero(np.diff(both, prepend=-1))
    entries = both[starts]
    return Vectors(entries >> BITS, entries & (1 << BITS) - 1, np.diff(starts, append=len(both)))
