"""What a unit of a model that reads a source may follow: the answer, the place in the source, channels of a series."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...data.pairs.examples import Examples
from ...laboratory.units.following import Signal
from .texts import one_line

MOST_CLASSES, MOST_NUMBERS, MOST_CHANNELS = 8, 4, 4  # the most frequent, and the first ones
NAME = 24  # columns of a class


def answer_signals(examples: Examples, lengths: np.ndarray) -> Iterator[Signal]:
    """A Signal of all steps for each of the most frequent classes, or for each number; none without answers.

    lengths (E,): steps of each source, which all have the answer of their source, or one each.
    """
    targets = examples.targets
    if targets is None:
        return
    if examples.answers == "number":
        values = np.array(targets, np.float64).reshape(len(targets), -1)
        for name, column in list(zip(examples.target_names or ("number",), values.T))[:MOST_NUMBERS]:
            yield Signal(one_line(name, NAME), np.repeat(column, lengths))
        return
    of_steps = not isinstance(targets[0], str)
    answers = [label for labels in targets for label in labels] if of_steps else targets
    for name, _ in Counter(answers).most_common(MOST_CLASSES):
        holds = np.array([answer == name for answer in answers], np.float64)
        yield Signal(one_line(name, NAME) or "the empty class", holds if of_steps else np.repeat(holds, lengths))


def source_signals(side: Any, read: Any) -> Iterator[Signal]:
    """Signals of the sources: how many steps are behind and ahead; of series the channels and their changes."""
    lengths = read.lengths
    place = np.concatenate([np.arange(length) for length in lengths])
    yield Signal("steps before", place)
    yield Signal("steps to come", np.repeat(lengths, lengths) - 1 - place)
    if side.form != "series":
        return
    for channel, name in enumerate(names_of(read.examples, side.channels)):
        parts = [at_segments(side.scaled(source)[:, channel], side.segment) for source in read.examples.sources]
        z = [part[:length] for part, length in zip(parts, lengths)]
        yield Signal(f"level of {name}", np.concatenate(z))
        yield Signal(f"change of {name}", np.concatenate([np.diff(each, prepend=np.nan) for each in z]))


def names_of(examples: Examples, channels: int) -> list[str]:
    """The names of the first channels."""
    names = [one_line(name, NAME) for name in examples.columns]
    numbered = [f"channel {k + 1}" for k in range(channels)]
    return (names if len(names) == channels else numbered)[:MOST_CHANNELS]


def at_segments(values: np.ndarray, segment: int) -> np.ndarray:
    """The values (T,) at the last step of each segment."""
    ends = np.minimum(np.arange(segment, len(values) + segment, segment), len(values)) - 1
    return values[ends]
