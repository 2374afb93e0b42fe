"""What a translator looks at: the weights of its attention for some sources, and how they move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ConfigError, DataError
from ...laboratory.drawings import Element, Finding, Heat
from ...phrases import counted, safe_text
from ..base import Output, Table
from ..pairs.inspecting import examples_to_inspect, in_random_order
from ..pairs.texts import one_line
from ..texts.answering import written_texts
from ..texts.attention_matrix import Attended
from ..texts.shown_symbols import labelled
from ..texts.validation import shown_text
from ..texts.writing import Manner
from .generate import looked_at
from .task import TranslateTask

FIGURED = 200  # examples from which the figures are found
DRAWN = 5  # matrices, where no number of symbols is given
MOST_DRAWN = 20
IN_BRIEF = 12  # symbols of the source of a matrix where there is little room
CELL = 24  # columns of a source or a text
FIGURES = {  # name -> (title of its column, format)
    "entropy_bits": ("entropy", ".2f"),
    "strongest": ("strongest", ".1%"),
    "move": ("move", "+.2f"),
    "forward": ("forward", ".0%"),
    "order": ("order", "+.2f"),
}
ABOUT = (
    "entropy: bits of the weights for a written symbol, 0 where it looks at one place alone; strongest: the share of "
    "the largest weight; move: steps of the source from one written symbol to the next; forward: moves that do not go "
    "back; order: correlation of the place in the source with that in the text, 1 for word by word."
)


@dataclass(frozen=True)
class Looked:
    """What was looked at for one source and its text; figures: {name: number} for FIGURES and "uniform_bits"."""

    where: str
    source: str
    written: str
    attended: Attended
    figures: Mapping[str, float]


def attention(loaded: Any, options: Mapping[str, Any], out: Output) -> Finding:
    """The Finding of the part "attention"; see `tasks.base.Task.inspect`. Raises ConfigError for a model without,
    DataError where there is no source to look at."""
    if loaded.model.attention is None:
        raise ConfigError(
            f"{loaded.path} was trained without attention, so there is none to show",
            "train with --attention dot, or look at another part: --show surprise",
        )
    examples, about = examples_to_inspect(loaded, TranslateTask.answers, options["files"], out)
    examples = in_random_order(examples, options["seed"])
    chosen = [k for k, source in enumerate(examples.sources) if source.strip()][:FIGURED]
    if not chosen:
        raise DataError(f"{about}: every source is empty", "name a file with texts: --data FILE")
    coded = TranslateTask.code(loaded.encoder, examples)
    found = written_texts(loaded, coded, Manner(keep_attention=True), out, chosen)
    looked = [looked_of(loaded, examples, k, best[0]) for k, best in zip(chosen, found)]
    shown = looked[: number_shown(looked, options["symbols"])]
    first = next((one for one in shown if len(one.attended.source) <= IN_BRIEF), None)
    return Finding(
        part="attention",
        title=f"Attention: what the writer looks at, {counted(len(looked), 'source')}",
        record={"data": about, "metrics": means(looked), "examples": [record(one) for one in shown]},
        rows=[row(one) for one in looked],
        brief=[about, *sentences(looked), *([heat(first)] if first else [])],
        more=[example_table(shown, out.unicode), *(heat(one) for one in shown if one is not first)],
    )


def looked_of(loaded: Any, examples: Any, k: int, written: Any) -> Looked:
    """The Looked of source k and its text."""
    attended = looked_at(loaded, examples, k, written)
    texts = shown_text(examples, k), loaded.encoder.target.decode(written.tokens)
    return Looked(examples.where(k), *texts, attended, figures_of(attended.weights.astype(np.float64)))


def figures_of(weights: np.ndarray) -> dict[str, float]:
    """The figures of weights (U, T), each row of which has the sum 1; nan where there are too few written symbols."""
    U, T = weights.shape
    places = weights @ np.arange(1, T + 1)
    moves = np.diff(places)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(weights > 0, weights * np.log2(weights), 0).sum(axis=1)
    varies = U > 2 and places.std() > 0
    return {
        "entropy_bits": float(entropy.mean()),
        "uniform_bits": float(np.log2(T)),
        "strongest": float(weights.max(axis=1).mean()),
        "move": float(moves.mean()) if len(moves) else float("nan"),
        "forward": float((moves >= 0).mean()) if len(moves) else float("nan"),
        "order": float(np.corrcoef(np.arange(U), places)[0, 1]) if varies else float("nan"),
    }


def number_shown(looked: Sequence[Looked], symbols: int | None) -> int:
    """How many of the first sources are drawn: those with so many symbols in all, source and text, at least one."""
    if symbols is None:
        return DRAWN
    sizes = np.cumsum([sum(one.attended.weights.shape) for one in looked])
    return min(MOST_DRAWN, max(1, int(np.searchsorted(sizes, symbols, side="right"))))


def means(looked: Sequence[Looked]) -> dict[str, float]:
    """{name: the mean over all sources that have a value}"""
    names = [*FIGURES, "uniform_bits"]
    values = {name: np.array([one.figures[name] for one in looked]) for name in names}
    known = {name: own[np.isfinite(own)] for name, own in values.items()}
    return {name: float(own.mean()) if len(own) else float("nan") for name, own in known.items()}


def sentences(looked: Sequence[Looked]) -> list[Element]:
    """The figures over all sources, and what they say."""
    mean = means(looked)
    body = [[title for title, _ in FIGURES.values()], [format(mean[name], how) for name, (_, how) in FIGURES.items()]]
    about = f"Even weights would have an entropy of {mean['uniform_bits']:.2f} bits."
    return [Table(body, left=0), f"{about} {kind_of(mean)}", ABOUT]


def kind_of(mean: Mapping[str, float]) -> str:
    """The way of looking in words."""
    sharp = "looks at one place at a time" if mean["strongest"] > 0.5 else "looks at several places at once"
    if mean["order"] > 0.9:
        return f"The writer {sharp}, in the order of the source."
    if mean["order"] > 0.3:
        return f"The writer {sharp}, by and large in the order of the source."
    return f"The writer {sharp}, in an order of its own."


def example_table(looked: Sequence[Looked], unicode: bool) -> Table:
    """A row for each source that is drawn."""
    body = [
        [
            *(one_line(text, CELL, unicode) for text in (one.source, one.written)),
            *(format(one.figures[name], how) for name, (_, how) in FIGURES.items()),
        ]
        for one in looked
    ]
    return Table([["source", "written", *(title for title, _ in FIGURES.values())], *body], left=2)


def heat(one: Looked) -> Heat:
    """The weights of a source: its symbols down, the written ones across."""
    return Heat(
        f"Weights for {safe_text(one.where)}",
        [labelled(symbol) for symbol in one.attended.source],
        [labelled(symbol) for symbol in one.attended.heads],
        one.attended.weights.T.astype(np.float64),
        "written symbol",
        "weight",
    )


def record(one: Looked) -> dict[str, Any]:
    """A source for JSON."""
    return {"where": one.where} | one.attended.record() | dict(one.figures)


def row(one: Looked) -> dict[str, Any]:
    """A source as a row of figures."""
    return {"where": one.where, "source": one.source, "written": one.written} | dict(one.figures)
