"""The simple methods beside a model that writes texts: the source itself, and the target of the nearest source."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ...data.pairs.examples import Examples
from ...random_streams import stream
from ..base import Progress
from ..pairs.baselines import Answered
from .nearest_text import NearestText

TITLES = {"copy": "copy (the source)", "nearest": "nearest (source)"}


def text_baselines(train: Examples, asked: Examples, seed: int, progress: Progress) -> dict[str, Answered]:
    """{baseline: Answered, a text for each of the examples `asked`}; there is no copy of features."""
    step = partial(progress, "nearest sources")
    if train.form != "text":
        rows = nearest_cells(train.sources, asked.sources, seed, step)
        return {"nearest": Answered([train.targets[row] for row in rows])}
    method = NearestText(seed).fit(keys(train), len(asked))
    nearest = [train.targets[row] for row in method.predict(keys(asked), step)]
    return {"copy": Answered([*asked.sources]), "nearest": Answered(nearest, tuple(method.notes))}


def keys(examples: Examples) -> list[str]:
    """The texts by which sources are near: each with its conditions."""
    if examples.conditions is None:
        return [*examples.sources]
    return ["\x1f".join((source, *own)) for source, own in zip(examples.sources, examples.conditions)]


def nearest_cells(
    train: Sequence[Sequence[str]],
    asked: Sequence[Sequence[str]],
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """(n,) for each of `asked` the number of the one of `train` with the most equal cells; of equally near ones, of
    which a class has many, one is drawn."""
    columns = [*zip(*train, strict=True)]
    known = [{cell: k for k, cell in enumerate(dict.fromkeys(column))} for column in columns]
    coded = [np.array([cells[cell] for cell in column], np.int32) for cells, column in zip(known, columns)]
    generator, found, same = stream(seed, "nearest cells"), np.zeros(len(asked), np.intp), defaultdict(list)
    for k, row in enumerate(asked):
        same[tuple(row)].append(k)
    for done, (row, examples) in enumerate(same.items(), 1):
        equal = np.zeros(len(train), np.int32)
        for cells, column, cell in zip(known, coded, row):
            equal += column == cells.get(cell, -1)
        found[examples] = generator.choice(np.flatnonzero(equal == equal.max()), len(examples))
        if progress:
            progress(done, len(same))
    return found
