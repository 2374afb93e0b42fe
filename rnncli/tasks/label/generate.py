"""`rnncli generate` for a labeller: the lines that it is given, with a label for each word."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..base import Output
from ..pairs.answering import stored_scores
from ..pairs.given import fields_of, json_line, sources_to_answer, text_line
from ..pairs.scored import words_of
from .task import LabelTask


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """See `tasks.base.Task.generate`: columns in, the same columns and one more out; a line out for every line in."""
    examples = sources_to_answer(loaded, LabelTask.answers, options, out)
    if not len(examples):
        return
    names = loaded.encoder.target.names
    scores = stored_scores(loaded, LabelTask.code(loaded.encoder, examples), out)
    labels = [[names[tag] for tag in each.argmax(1)][: len(source)] for each, source in zip(scores, examples.sources)]
    if out.format == "text":
        for line in lines_of(examples, labels):
            out.write(line)
        return
    for k, each in enumerate(labels):
        if each or not examples.step_lines:
            out.write(json_line(record(examples, k, each)))


def record(examples: Any, k: int, labels: Sequence[str]) -> dict[str, Any]:
    """The JSON of one answer: the fields of the input, of another file its words, then a label for each."""
    fields, source = fields_of(examples, k), examples.sources[k]
    words = {} if examples.rows and isinstance(examples.rows[k], dict) else {"words": list(words_of(source))}
    return fields | words | {"answer": list(labels)}


def lines_of(examples: Any, labels: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of the files, in columns with one label more on that of each word; of other files each line is a
    sequence, and its labels follow it."""
    if not examples.step_lines:
        for k, each in enumerate(labels):
            yield text_line((*_cells(examples, k), " ".join(each)) if each else _cells(examples, k))
        return
    between = _between(examples)
    for lines, begin, words, each in zip(examples.rows, examples.line, examples.step_lines, labels):
        given = dict(zip(words, each))
        for number, line in enumerate(lines, int(begin)):
            yield (f"{line}{between}{given[number]}" if number in given else line) + "\n"


def _between(examples):
    """What separates the columns: a tab, or a blank where words have several columns and none of them a tab."""
    records = zip(examples.rows, examples.line, examples.step_lines)
    lines = [own[word - begin] for own, begin, words in records for word in words]
    blanks = any(len(line.split()) > 1 for line in lines) and not any("\t" in line for line in lines)
    return " " if blanks else "\t"


def _cells(examples, k):
    """The cells of the line of sequence k: of JSON its words, of a series none."""
    row, source = examples.rows[k], examples.sources[k]
    if not isinstance(row, dict):
        return row
    return () if hasattr(source, "shape") else (" ".join(source),)
