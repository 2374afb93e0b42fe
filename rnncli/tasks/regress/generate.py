"""`rnncli generate` for a regressor: its numbers for each source, in order."""

from collections.abc import Mapping
from typing import Any

from ..base import Output
from ..pairs.answering import stored_scores
from ..pairs.given import fields_of, json_line, sources_to_answer, text_line, warn_of_overflow
from .predicting import predictions
from .task import RegressTask


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """See `tasks.base.Task.generate`: a line out for every line in."""
    examples = sources_to_answer(loaded, RegressTask.answers, options, out)
    side = loaded.encoder.target
    if not len(examples):
        return
    scores = stored_scores(loaded, RegressTask.code(loaded.encoder, examples), out)
    found = predictions(loaded.model, side, scores)
    warn_of_overflow(found, out)
    for k, row in enumerate(found.tolist()):
        if out.format == "jsonl":
            answer = row[0] if len(row) == 1 else dict(zip(side.names, row))
            out.write(json_line(fields_of(examples, k) | {"answer": answer}))
        else:
            out.write(text_line(f"{number:.6g}" for number in row))
