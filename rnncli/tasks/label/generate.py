"""`rnncli generate` for a labeller: the lines that it is given, with a label for each word."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..base import Output
from ..pairs.answering import stored_scores
from ..pairs.given import fields_of, sources_to_answer
from .task import LabelTask


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """See `tasks.base.Task.generate`: columns in, the same columns and one more out; a line out for every line in."""
    examples = sources_to_answer(loaded, LabelTask.answers, options, out)
    if not len(examples):
        return
    names = loaded.encoder.target.names
    scores = stored_scores(loaded, LabelTask.code(loaded.encoder, examples), out)
    for k, each in enumerate(scores):
        labels = [names[tag] for tag in each.argmax(1)][: len(examples.sources[k])]
        if out.format == "jsonl":
            answer = {"words": list(examples.sources[k]), "answer": labels}
            out.write(json.dumps(fields_of(examples, k) | answer, ensure_ascii=False) + "\n")
        else:
            for line in lines_of(examples, k, labels):
                out.write(line + "\n")


def lines_of(examples: Any, k: int, labels: list[str]) -> Iterator[str]:
    """The lines of sentence k in its file, a label added to that of each word; without columns word, tab, label."""
    if not examples.step_lines:
        yield from (f"{word}\t{label}" for word, label in zip(examples.sources[k], labels))
        yield ""
        return
    given = dict(zip(examples.step_lines[k], labels))
    for number, line in enumerate(examples.rows[k], int(examples.line[k])):
        yield f"{line}\t{given[number]}" if number in given else line
    yield ""
