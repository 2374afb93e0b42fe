"""`rnncli generate` for a classifier: a class for each source, in order."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..base import Output
from ..pairs.given import fields_of, json_line, sources_to_answer, text_line, warn_of_overflow
from .evaluate import probabilities
from .task import ClassifyTask


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """See `tasks.base.Task.generate`: a line out for every line in."""
    examples = sources_to_answer(loaded, ClassifyTask.answers, options, out)
    if not len(examples):
        return
    found = probabilities(loaded, ClassifyTask.code(loaded.encoder, examples), out)
    warn_of_overflow(found, out)
    names, most = loaded.encoder.target.names, min(options["top"], found.shape[1])
    for k, row in enumerate(found):
        best = np.argsort(-row, kind="stable")
        if out.format == "jsonl":
            out.write(json_line(record(examples, k, names, row, best)))
        else:
            known = np.isfinite(row).all()
            out.write(
                text_line(cell for each in best[:most] for cell in (names[each] if known else "", f"{row[each]:.4f}"))
            )


def record(examples: Any, k: int, names: Any, row: np.ndarray, best: np.ndarray) -> dict[str, Any]:
    """The JSON of one answer: the fields of the input, then the answer with all probabilities, largest first."""
    answer = {"answer": names[best[0]] if np.isfinite(row).all() else None, "probability": float(row[best[0]])}
    return fields_of(examples, k) | answer | {"probabilities": {names[each]: float(row[each]) for each in best}}
