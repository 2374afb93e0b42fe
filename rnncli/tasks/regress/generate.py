"""`rnncli generate` for a regressor: its numbers for each source, in order."""

import json
from collections.abc import Mapping
from typing import Any

from ..base import Output
from ..pairs.answering import stored_scores
from ..pairs.given import fields_of, sources_to_answer
from .predicting import predictions
from .task import RegressTask


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """See `tasks.base.Task.generate`: a line out for every line in."""
    examples = sources_to_answer(loaded, RegressTask.answers, options, out)
    side = loaded.encoder.target
    if not len(examples):
        return
    scores = stored_scores(loaded, RegressTask.code(loaded.encoder, examples), out)
    for k, row in enumerate(predictions(loaded.model, side, scores).tolist()):
        if out.format == "jsonl":
            answer = row[0] if len(row) == 1 else dict(zip(side.names, row))
            out.write(json.dumps(fields_of(examples, k) | {"answer": answer}, ensure_ascii=False) + "\n")
        else:
            out.write("\t".join(f"{number:.6g}" for number in row) + "\n")
