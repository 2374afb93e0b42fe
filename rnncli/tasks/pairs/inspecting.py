"""The units of models that read a source: what each of them follows, and sources in the colours of some."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...data.pairs.batches import Coded, PairBatches
from ...data.pairs.examples import Examples
from ...data.pairs.tokens import tokens_of
from ...errors import ConfigError
from ...laboratory.drawings import Curve, Curves, Element, Finding
from ...laboratory.units import following
from ...laboratory.units.activations import Activations, Units
from ...laboratory.units.following import Follower
from ...phrases import counted, safe_text
from ...random_streams import stream
from ...storage.stored_data import inspecting, read_again
from ..base import Output
from .answer_signals import answer_signals, source_signals
from .data import load_pairs, read_pairs

STEPS = 20_000  # from which correlations are found
SHOWN = 5  # examples in colour
ROWS = 8  # examples side by side
COLOURED = 2  # units whose texts are shown where none is asked for
DRAWN = 3  # units in a chart of a series


@dataclass(frozen=True)
class Read:
    """E examples with the units after each step of their sources: x (S, units), one example after the other; ends (E,):
    where each one ends."""

    examples: Examples
    x: np.ndarray
    ends: np.ndarray
    units: Units

    @property
    def lengths(self) -> np.ndarray:
        """(E,) steps of each source."""
        return np.diff(self.ends, prepend=0)

    def of(self, k: int) -> np.ndarray:
        """(T, units) of example k."""
        return self.x[self.ends[k] - self.lengths[k] : self.ends[k]]


def examples_to_inspect(
    loaded: Any, answers: str, files: Sequence[str], out: Output, target_required: bool = False
) -> tuple[Examples, str]:
    """(Examples, a sentence about them): of files, or else the test examples of the run, its validation examples, its
    training examples. Raises DataError where they cannot be read."""
    config, reading, progress = loaded.config, loaded.encoder.reading, partial(out.progress, "reading")
    if files:
        found = read_pairs(files, config, answers, reading, progress, target_required)
        return found, safe_text(f"{counted(len(found), 'example')} of {', '.join(found.files)}")
    with inspecting():
        data = read_again(loaded, lambda there: load_pairs(there.config, answers, reading, progress))
    name = next(name for name in ("test", "val", "train") if name in data.splits)
    title = {"test": "held-out examples", "val": "held-out examples"}.get(name, "training examples, none are held out")
    return data.splits[name], safe_text(f"{title}: {data.where[name]}")


def source_units(loaded: Any, task: Any, options: Mapping[str, Any], out: Output) -> Finding:
    """The Finding of the part "units"; see `tasks.base.Task.inspect`. task: the class of the task, a PairTask.

    Raises ConfigError for sources of one step and for units that are not there, DataError as `examples_to_inspect`.
    """
    if loaded.encoder.source.form == "features":
        raise ConfigError(
            f"{loaded.path} reads a row of features as one step, so its units follow nothing over time",
            "look at another part, such as --show gates",
        )
    examples, about = examples_to_inspect(loaded, task.answers, options["files"], out)
    read = read_examples(loaded, task, in_random_order(examples, options["seed"]), out)
    asked = [read.units.column(text) for text in options["units"]]
    signals = [*answer_signals(read.examples, read.lengths), *source_signals(loaded.encoder.source, read)]
    found = following.follow(signals, read.x, read.units, options["seed"])
    series = loaded.encoder.source.form == "series"
    best = following.best_of(found, [each.name for each in signals], DRAWN if series else COLOURED)
    chosen = asked or [one.column for one in best]
    few = drawings(loaded, read, chosen, found, 1) if series else drawings(loaded, read, chosen[:1], found, 2)
    return Finding(
        part="units",
        title=f"Units that follow the answer: {counted(len(read.ends), 'example')}, {len(read.x):,} steps",
        record={"data": about, "metrics": following.metrics(found), "units": list(following.rows(found))},
        rows=list(following.rows(found)),
        brief=[about, *following.summary(signals, found, read.units, "steps"), *few],
        more=following.others(found) + drawings(loaded, read, chosen, found, options["symbols"] or SHOWN),
    )


def in_random_order(examples: Examples, seed: int, most: int | None = None) -> Examples:
    """Examples, at most so many, in a random order: files may be sorted."""
    return examples.take(stream(seed, "inspect examples").permutation(len(examples))[:most])


def read_examples(loaded: Any, task: Any, examples: Examples, out: Output) -> Read:
    """The first examples, with 20,000 steps in all, as the model reads them."""
    coded = task.code(loaded.encoder, examples.take(np.arange(min(len(examples), STEPS))))
    count = max(1, int(np.searchsorted(np.cumsum(coded.lengths), STEPS, side="right")))
    coded = Coded(coded.steps[:count], None, coded.spellings)
    parts: dict[int, np.ndarray] = {}
    names = Units(())
    for rows, values, units in passes(loaded, coded):
        parts |= {row: values[: coded.lengths[row], n].copy() for n, row in enumerate(rows.tolist())}
        names = units
        out.progress("reading with all units", len(parts), count)
    x = np.concatenate([parts[k] for k in range(count)])
    return Read(examples.take(np.arange(count)), x, np.cumsum(coded.lengths), names)


def passes(loaded: Any, coded: Coded) -> Iterator[tuple[np.ndarray, np.ndarray, Units]]:
    """Yield (the examples of a batch, what its units are (T, N, units), their Units), all examples once."""
    model, plans = loaded.model, {}
    batches = PairBatches(coded, ROWS, 0)
    for batch in batches.in_order():
        if batch.size not in plans:
            activations = Activations(model.body.layers)
            plans[batch.size] = activations, model.plan(batch.size, batches.N, activations.memory)
            model.load(loaded.store.views(loaded.theta), plans[batch.size][1])
        activations, plan = plans[batch.size]
        with np.errstate(all="ignore"):  # diverged weights: the figures show it
            model.answers(SimpleNamespace(**batch.arrays), plan)
        shape = batch.size[0], batches.N
        yield batch.examples, activations.taken(*shape), activations.units(*shape)


def drawings(
    loaded: Any, read: Read, columns: Sequence[int], found: Sequence[Sequence[Follower]], count: int
) -> list[Element]:
    """The first `count` examples: texts in the colours of each unit, series beside the units."""
    count = min(count, len(read.ends))
    if loaded.encoder.source.form == "series":
        return [series_chart(loaded.encoder.source, read, k, columns) for k in range(count)]
    return [
        following.coloured(
            following.described(read.units.name(column), found),
            *coloured_text(loaded.encoder.source, read, column, count),
        )
        for column in columns
    ]


def coloured_text(side: Any, read: Read, column: int, count: int) -> tuple[list[str], np.ndarray]:
    """(symbols, values): a line for each example, its answer in front of it without a value."""
    symbols: list[str] = []
    values: list[float] = []
    for k in range(count):
        answer = read.examples.targets[k] if read.examples.targets is not None else ""
        front = answer if isinstance(answer, str) else ""
        texts, last = shown_symbols(side, read.examples.sources[k])
        own = read.of(k)[:, column]
        kept = last < len(own)
        symbols += [*([f"{front}: "] if front else []), *(text for text, there in zip(texts, kept) if there), "\n"]
        values += [*([np.nan] if front else []), *own[last[kept]].tolist(), np.nan]
    return symbols, np.array(values)


def shown_symbols(side: Any, source: Any) -> tuple[list[str], np.ndarray]:
    """(symbols of a text or a sentence as they are shown, (S,) the last step of each)."""
    if side.form == "words":
        return [f"{word} " for word in source], np.arange(len(source))
    tokens = tokens_of(source, side.tokens, side.lower)
    if side.tokens == "byte":
        text = bytes.fromhex("".join(tokens)).decode("utf-8", "surrogateescape")
        coded = [sign.encode("utf-8", "surrogateescape") for sign in text]
        return [one.decode("utf-8", "replace") for one in coded], np.cumsum([len(one) for one in coded]) - 1
    between = "" if side.tokens == "char" else " "
    return [f"{token}{between}" for token in tokens], np.arange(len(tokens))


def series_chart(side: Any, read: Read, k: int, columns: Sequence[int]) -> Curves:
    """The first channel of a series, scaled, and units after each step of it."""
    own = read.of(k)
    steps = np.arange(1, len(own) + 1) * side.segment
    z = side.scaled(read.examples.sources[k])[np.minimum(steps, len(read.examples.sources[k])) - 1, 0]
    lines = {"series, scaled": Curve(steps, z)}
    lines |= {read.units.name(column): Curve(steps, own[:, column].astype(np.float64)) for column in columns}
    return Curves(safe_text(f"Example {read.examples.where(k)}"), "step", "", lines)
