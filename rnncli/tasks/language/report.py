"""The results of an evaluation of texts: figures, lines and tokens, and their tables for people.

Nats per character divide by the characters of the text whatever the tokens are, so that models with different
vocabularies compare; with word tokens they include the nats of spelling out the words outside the vocabulary, for the
model and the baseline alike.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...data.text.splits import Split
from ...phrases import beats
from ..base import Record, Table
from .dynamic import Adaptation
from .kind import LANGUAGE

METRICS = ("nats_per_char", "bits_per_char", "perplexity", "nats_per_token", "tokens", "characters")
WORD_METRICS = ("unknown_share", "spelling_nats_per_char")
COLUMNS = ("nats_per_char", "bits_per_char", "perplexity", "nats_per_token")  # the metrics that rows differ in
WINDOWS, DYNAMIC = "context_", "dynamic_"  # before the names of other protocols
LINES, TOKENS = "lines", "tokens"  # kinds of records
NEWLINE = "\n"
WIDTH = 80  # characters of a row of the table of lines


@dataclass(frozen=True)
class ScoredSplit:
    """One split with its scores. Arrays are nats per target in the order of the split's pieces, (targets,) float64."""

    split: Split
    unknown: int  # targets that are words outside the vocabulary
    model: np.ndarray
    windows: np.ndarray | None  # by the same model, each window with an empty context
    kneser_ney: np.ndarray | None
    dynamic: np.ndarray | None = None  # by weights that adapt


@dataclass(frozen=True)
class TextReport:
    """All results of an evaluation of texts; see `tasks.base.Report`."""

    parts: tuple[ScoredSplit, ...]
    encoder: Any
    context: int | None = None  # tokens of a window
    order: int | None = None  # of the Kneser-Ney n-gram
    fitted_on: int | None = None  # tokens that it was fitted on
    dynamic: Adaptation | None = None  # how the weights adapt
    shown: tuple[str, ...] = ()  # LINES, TOKENS, both or none: the records to list

    @property
    def notes(self) -> tuple[str, ...]:
        """None: changes made while reading a file are reported at that time."""
        return ()

    @property
    def lists(self) -> tuple[str, ...]:
        return ("parts", *self.shown)

    @property
    def warnings(self) -> tuple[str, ...]:
        """A warning where the baseline is better than the model."""
        own, theirs = self.metrics(), self.baselines()["kneser_ney"]
        if theirs is None or not own["nats_per_char"] > 0 or not _is_better(theirs, own["nats_per_char"]):
            return ()
        return (beats({"Kneser-Ney": theirs["nats_per_char"]}, own["nats_per_char"], "nats/char"),)

    def metrics(self, *parts: ScoredSplit) -> dict[str, Any]:
        """{name: number} over the given parts together, by default all; the names are those of `names_of_metrics`."""
        parts = parts or self.parts
        metrics = figures(parts, [part.model for part in parts])
        if self.encoder.level == "word":
            metrics["unknown_share"] = sum(part.unknown for part in parts) / metrics["tokens"]
            metrics["spelling_nats_per_char"] = _total(parts, "spelling_nats") / metrics["characters"]
        for prefix, nats in self._other_protocols(parts).items():
            other = figures(parts, nats)
            metrics |= {prefix + name: other[name] for name in COLUMNS}
        return metrics

    def _other_protocols(self, parts):
        """{prefix of its figures: nats of each part} of the protocols beside the first."""
        windows = {WINDOWS: [part.windows for part in parts]} if self.context else {}
        return windows | ({DYNAMIC: [part.dynamic for part in parts]} if self.dynamic else {})

    def baselines(self, *parts: ScoredSplit) -> dict[str, dict[str, Any] | None]:
        """{"kneser_ney": {name: number} or None} over the given parts together, by default all.

        skill_percent: the share of the baseline's nats per character that the model saves; None where those are 0.
        """
        parts = parts or self.parts
        if self.order is None:
            return {"kneser_ney": None}
        kneser_ney = figures(parts, [part.kneser_ney for part in parts])
        own, theirs = self.metrics(*parts)["nats_per_char"], kneser_ney["nats_per_char"]
        skill = 100 * (1 - own / theirs) if theirs else None
        return {
            "kneser_ney": {name: kneser_ney[name] for name in COLUMNS}
            | {"order": self.order, "fitted_on_tokens": self.fitted_on, "skill_percent": skill}
        }

    def summary(self) -> dict[str, Any]:
        adapting = {"dynamic": asdict(self.dynamic)} if self.dynamic else {}
        return {"metrics": self.metrics(), "baselines": self.baselines()} | adapting

    def records(self) -> Iterator[Record]:
        for part in self.parts:
            for kind in self.shown:
                for values in RECORDS[kind](part, self.encoder):
                    yield Record(kind, kind.removesuffix("s"), {"part": part.split.name} | values)
            about = {"part": part.split.name, "where": part.split.where}
            found = {"metrics": self.metrics(part), "baselines": self.baselines(part)}
            yield Record("parts", "part", about | found)

    def details(self) -> Iterator[str]:
        for part in self.parts:
            for kind in self.shown:
                yield f"{part.split.name}: {kind}"
                yield from {LINES: line_rows, TOKENS: token_rows}[kind](part, self.encoder)
                yield ""

    def figures(self) -> Iterator[str | Table]:
        for number, part in enumerate(self.parts):
            yield from [""] * (number > 0)
            yield f"{part.split.name}: {part.split.where}"
            yield from self._table(self.metrics(part), self.baselines(part)["kneser_ney"])
        if len(self.parts) > 1:
            yield ""
            yield f"total of {len(self.parts)} parts"
            yield from self._table(self.metrics(), self.baselines()["kneser_ney"])

    def _table(self, metrics, kneser_ney):
        """The model, its windows and the baseline, one row each, and sentences on the figures outside the table."""
        rows = {"model": metrics}
        if self.context:
            rows[f"model, windows of {self.context}"] = {name: metrics[WINDOWS + name] for name in COLUMNS}
        if self.dynamic:
            rows[f"model, adapting at {self.dynamic.rate:g}"] = {name: metrics[DYNAMIC + name] for name in COLUMNS}
        if kneser_ney:
            rows[f"Kneser-Ney, order {self.order}"] = kneser_ney
        columns = [metric for metric in LANGUAGE.metrics if metric.name in COLUMNS]
        yield Table(
            [
                ["", *(metric.label for metric in columns)],
                *([label, *(format(row[m.name], m.format) for m in columns)] for label, row in rows.items()),
            ]
        )
        yield f"scored: {metrics['tokens']:,} tokens, {metrics['characters']:,} characters"
        if self.dynamic:
            yield (
                f"adapting: each stretch of a few tokens is scored before the weights learn from it; "
                f"rate {self.dynamic.rate:g}, decay {self.dynamic.decay:g} towards the trained ones"
            )
        if kneser_ney and kneser_ney["skill_percent"] is not None:
            yield (
                f"skill {kneser_ney['skill_percent']:+.2f} % (share of nats per character saved against Kneser-Ney, "
                f"fitted on {self.fitted_on:,} tokens of the training split)"
            )
        if "unknown_share" in metrics:
            yield (
                f"{metrics['unknown_share']:.2%} of the tokens are unknown words; spelling them out adds "
                f"{metrics['spelling_nats_per_char']:.4f} nats per character to every row"
            )


def _is_better(baseline, own):
    """Whether a baseline is better than the model by what one sees in the skill."""
    skill = baseline["skill_percent"]
    return baseline["nats_per_char"] < own if skill is None else round(skill, 1) < 0


def names_of_metrics(level: str, context: int | None = None, dynamic: str | None = None) -> tuple[str, ...]:
    """The names of `TextReport.metrics`."""
    others = tuple(
        prefix + name for prefix, used in ((WINDOWS, context), (DYNAMIC, dynamic)) if used for name in COLUMNS
    )
    return METRICS + (WORD_METRICS if level == "word" else ()) + others


def figures(parts: tuple[ScoredSplit, ...], nats: list[Any]) -> dict[str, Any]:
    """{name: number} for METRICS, given the `nats` (targets,) of each part."""
    tokens, characters = _total(parts, "targets"), _total(parts, "characters")
    total = float(sum(array.sum() for array in nats))
    per_char = (total + _total(parts, "spelling_nats")) / characters
    per_token = total / tokens
    perplexity = math.exp(per_token) if per_token < 700 else math.inf * per_token  # nan stays nan
    values = (per_char, per_char / math.log(2), perplexity, per_token, tokens, characters)
    return dict(zip(METRICS, values, strict=True))


def _total(parts, name):
    return sum(getattr(part.split, name) for part in parts)


def line_records(part: ScoredSplit, encoder: Any) -> Iterator[dict[str, Any]]:
    """Yield a dict for each line of a part: line (its number, from 1), nats, chars, bits_per_char, tokens, unknown,
    text.

    Empty lines count, also where they were left out. A newline belongs to the line that it ends. nats exclude the
    spelling of unknown words: their lengths are not stored, so chars and bits_per_char are None on a line that has
    one. text includes the first token of a document, which is given and not scored.
    """
    at, tokens = target_positions(part.split.pieces), part.split.tokens
    given, after = _begins(part, encoder)
    starts = line_starts(part, encoder)
    numbers = line_numbers(part.split, starts, given & after)
    for line, start, stop in zip(numbers.tolist(), starts, np.append(starts[1:], len(at))):
        ids = tokens[at[start] : at[stop - 1] + 1]
        nats, chars = float(part.model[start:stop].sum()), int(encoder.char_counts(ids).sum())
        unknown = int((ids == 0).sum()) if encoder.level == "word" else 0
        whole = tokens[at[start] - 1 : at[stop - 1] + 1] if given[start] and not after[start] else ids
        bits = nats / math.log(2) / chars if chars and not unknown else None
        yield {
            "line": line,
            "nats": nats,
            "chars": None if unknown else chars,
            "bits_per_char": bits,
            "tokens": len(ids),
            "unknown": unknown,
            "text": encoder.decode(whole),
        }


def line_starts(part: ScoredSplit, encoder: Any) -> np.ndarray:
    """(lines,) the first target of each line of a part."""
    return np.flatnonzero(np.logical_or(*_begins(part, encoder)))


def line_numbers(split: Split, starts: np.ndarray, after_empty: np.ndarray) -> np.ndarray:
    """(lines,) the numbers of the lines that begin with the targets `starts`, from 1.

    after_empty: (targets,) bool, a target whose document begins with the newline before it: an empty line, unless lines
    are documents, where the empty ones were dropped.
    """
    numbers = np.arange(1, len(starts) + 1)
    if split.empty is None:
        return numbers + np.cumsum(after_empty[starts])
    before, dropped = np.array(split.empty, np.int64).reshape(-1, 2).T
    total = np.append(0, np.cumsum(dropped))
    return numbers + total[np.searchsorted(before, numbers - 1, side="right")]


def _begins(part: ScoredSplit, encoder: Any) -> tuple[np.ndarray, np.ndarray]:
    """(targets,) bool each: the token before is the first of a document, and is a newline."""
    at, newline = target_positions(part.split.pieces), encoder.encode(NEWLINE, "skip")
    given = np.diff(at, prepend=-1) > 1
    return given, part.split.tokens[at - 1] == newline[0] if len(newline) else np.zeros(len(at), bool)


def token_records(part: ScoredSplit, encoder: Any) -> Iterator[dict[str, Any]]:
    """Yield a dict for each target of a part: token, id, nats. A byte outside ASCII is written as 0xC3."""
    ids = part.split.tokens[target_positions(part.split.pieces)]
    for token, nats in zip(ids.tolist(), part.model.tolist()):
        alone = encoder.level != "byte" or token < 0x80
        yield {"token": encoder.decode([token]) if alone else encoder.symbol(token), "id": token, "nats": nats}


def target_positions(pieces: np.ndarray) -> np.ndarray:
    """(targets,) int64: the position of each target among the tokens, in the order of the pieces."""
    targets = np.maximum(pieces[:, 1] - pieces[:, 0] - 1, 0)
    first = np.cumsum(targets) - targets
    return np.repeat(pieces[:, 0] + 1 - first, targets) + np.arange(targets.sum())


RECORDS = {LINES: line_records, TOKENS: token_records}


def line_rows(part: ScoredSplit, encoder: Any) -> Iterator[str]:
    """The table of lines; a text that is too long for its row is cut."""
    yield f"{'line':>7}  {'nats':>10}  {'chars':>6}  {'bits/char':>9}  text"
    for line in line_records(part, encoder):
        chars = "-" if line["chars"] is None else line["chars"]
        bits = "-" if line["bits_per_char"] is None else f"{line['bits_per_char']:.4f}"
        row = f"{line['line']:>7}  {line['nats']:>10.4f}  {chars:>6}  {bits:>9}  {line['text']!r}"
        yield row if len(row) <= WIDTH else f"{row[: WIDTH - 1]}…"


def token_rows(part: ScoredSplit, encoder: Any) -> Iterator[str]:
    """The table of tokens."""
    yield f"{'nats':>9}  token"
    for token in token_records(part, encoder):
        yield f"{token['nats']:>9.4f}  {encoder.symbol(token['id'])}"
