"""A classifier that judges written texts: does it find the condition in them for which they were written?"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...data.pairs.batches import Coded
from ...errors import ConfigError
from ...storage.model_files import load_model
from ..base import Output
from ..pairs.answering import stored_scores

Share = Callable[[Sequence[str]], float | None]


def recovered_by(path: str | None, loaded: Any, examples: Any, out: Output) -> Share:
    """The share of texts, one for each example, that the classifier at `path` gives the class of their condition, as
    the mean over the classes, so that rare ones count alike; None without a classifier.

    Raises ConfigError for a model that does not tell one of the conditions from a text.
    """
    if path is None:
        return lambda written: None
    judge = load_model(path)
    column = judged_column(path, judge, loaded.encoder.source.columns)
    wanted = np.array([judge.encoder.target.number(source[column].strip()) for source in examples.sources])

    def share(written: Sequence[str]) -> float | None:
        if not written:
            return None
        coded = Coded([judge.encoder.source.encode(text) for text in written], None)
        told = np.concatenate(stored_scores(judge, coded, out)).argmax(1)
        return float(np.mean([np.mean(told[wanted == each] == each) for each in np.unique(wanted)]))

    return share


def judged_column(path: str, judge: Any, columns: Sequence[Any]) -> int:
    """The index of the condition whose values are classes of the judge: of several the one with most of them."""
    names = getattr(judge.encoder, "target", None)
    classes = set(getattr(names, "names", ()))
    reads_text = getattr(getattr(judge.encoder, "source", None), "form", None) == "text"
    shares = [len(classes & set(column.names)) / max(len(column.names), 1) for column in columns]
    if not reads_text or not hasattr(judge.model, "pool") or max(shares, default=0.0) == 0:
        raise ConfigError(
            f"--judge {path}: not a classifier of texts whose classes are values of a condition "
            f"({', '.join(column.name for column in columns)})",
            "train one on the same texts, with the condition as their class",
        )
    return int(np.argmax(shares))
