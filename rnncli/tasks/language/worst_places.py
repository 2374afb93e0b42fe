"""The symbols and the lines that surprise a language model most, and what it expected there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...laboratory.drawings import Element
from ...phrases import NATS_PER_BIT
from ..base import Table
from ..pairs.texts import cut, ending
from ..texts.shown_symbols import visible
from .reading import TokenReader
from .report import ScoredSplit, line_records, line_starts, target_positions

CONTEXT = 24  # columns of the text before a symbol
READ = 80  # tokens before it that may stand there
EXPECTED = 3  # tokens that were more probable
LEAST_TOKENS = 10  # of a line that is listed: a short one is worse by chance
LINE = 48  # columns of a line
LINES = "line: within the text that is looked at, not within the file; its first one is line 1."


@dataclass(frozen=True)
class Place:
    """A target token. line: the line of the text that it is in, from 1; bits, counting: what the network and the n-gram
    need for it, nan without one; before: the text in front of it; expected: [(token in words, probability)] the most
    probable ones."""

    position: int
    line: int
    token: str
    bits: float
    counting: float
    before: str
    expected: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Places:
    """The worst places, the worst first."""

    places: Sequence[Place]

    def records(self) -> list[dict[str, Any]]:
        """For JSON."""
        return [
            {"position": one.position, "line": one.line, "token": one.token}
            | {"bits": one.bits, "ngram_bits": one.counting}
            | {"before": one.before, "expected": [{"token": token, "p": p} for token, p in one.expected]}
            for one in self.places
        ]

    def table(self, count: int, unicode: bool) -> Table:
        """The first places for people: the text before, the token, and what was expected."""
        header = ["worst: text before", "token", "expected", "line", "bits", "n-gram"]
        return Table([header, *(row(one, unicode) for one in self.places[:count])], left=3)


def row(one: Place, unicode: bool) -> list[str]:
    """The cells of a place."""
    text = ending(visible(one.before, unicode), CONTEXT)
    expected = "  ".join(f"{visible(token, unicode)} {p:.0%}" for token, p in one.expected)
    counting = f"{one.counting:.1f}" if np.isfinite(one.counting) else "-"
    return [text, visible(one.token, unicode), expected, f"{one.line:,}", f"{one.bits:.1f}", counting]


def worst_places(loaded: Any, part: ScoredSplit, count: int) -> Places:
    """The Places of the `count` targets of a scored split with the most nats; their pieces are read once more."""
    order = np.argsort(-np.nan_to_num(part.model, nan=-1), kind="stable")[:count]
    at = target_positions(part.split.pieces)
    expected = dict(expectations(loaded, part, np.sort(at[order])))
    tokens, encoder = part.split.tokens, loaded.encoder
    begins, starts = part.split.pieces[:, 0], line_starts(part, encoder)
    found = []
    for target in order.tolist():
        place = int(at[target])
        begin = int(begins[np.searchsorted(begins, place) - 1])
        before = encoder.decode(tokens[max(begin, place - READ) : place])
        counting = np.nan if part.kneser_ney is None else float(part.kneser_ney[target]) / NATS_PER_BIT
        bits, token = float(part.model[target]) / NATS_PER_BIT, encoder.symbol(int(tokens[place]))
        line = int(np.searchsorted(starts, target, side="right"))
        found.append(Place(place, line, token, bits, counting, before, expected[place]))
    return Places(found)


def expectations(loaded: Any, part: ScoredSplit, wanted: np.ndarray) -> Iterator[tuple[int, list[tuple[str, float]]]]:
    """Yield (position, the most probable tokens with their probabilities) of some targets, their positions rising."""
    own = [(begin, wanted[(wanted > begin) & (wanted < end)]) for begin, end in part.split.pieces.tolist()]
    pieces = np.array([(begin, places[-1]) for begin, places in own if len(places)]).reshape(-1, 2)
    reader = TokenReader(loaded, int(np.diff(pieces).max(initial=1)))
    for read, scores in reader.read(part.split.tokens, pieces):
        for place in wanted[(wanted > read[0]) & (wanted <= read[-1] + 1)].tolist():
            z = scores[place - 1 - read[0]].astype(np.float64)
            p = np.exp(z - z.max())
            p /= p.sum()
            best = np.argsort(-p, kind="stable")[:EXPECTED]
            yield place, [(loaded.encoder.symbol(int(token)), float(p[token])) for token in best]


@dataclass(frozen=True)
class Lines:
    """The lines with the most bits per token: for JSON, and as elements of a Finding."""

    records: list[dict[str, Any]]
    elements: list[Element]


def worst_lines(part: ScoredSplit, encoder: Any, count: int, unicode: bool) -> Lines:
    """The Lines of a scored split with at least 10 tokens, the worst first."""
    found = [one for one in line_records(part, encoder) if one["tokens"] >= LEAST_TOKENS]
    found.sort(key=lambda one: -one["nats"] / one["tokens"])
    records = [
        {"line": one["line"], "bits_per_token": one["nats"] / one["tokens"] / NATS_PER_BIT, "text": one["text"]}
        for one in found[:count]
    ]
    if not records:
        return Lines([], [])
    body = [
        [cut(visible(one["text"].strip("\n"), unicode), LINE), f"{one['line']:,}", f"{one['bits_per_token']:.2f}"]
        for one in records
    ]
    return Lines(records, [Table([["worst lines", "line", "bits/token"], *body]), LINES])
