"""`rnncli generate` for a writer of descriptions: texts for a condition, or for each line of a file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...data.pairs.cells import is_number
from ...data.pairs.text_batches import CodedTexts
from ...errors import ConfigError
from ..base import Output
from ..pairs.given import fields_of, sources_to_answer
from ..texts.answering import answer_lines, manner_of, written_texts
from ..texts.conditions import check_known, given_conditions
from .task import DescribeTask, is_far


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """See `tasks.base.Task.generate`: samples, unless the most probable texts are asked for."""
    manner, side = manner_of(options, sampled=True), loaded.encoder.source
    if options["condition"]:
        cells = chosen_cells(side.columns, options)
        coded = CodedTexts([side.encode(cells)], None)
        fields = [{"condition": {column.name: cell for column, cell in zip(side.columns, cells)}}]
    else:
        examples = answered(loaded, options, out)
        coded, fields = (
            DescribeTask.code(loaded.encoder, examples),
            [fields_of(examples, k) for k in range(len(examples))],
        )
    if not len(coded):
        return
    if manner.sampling is not None and options["drawn"]:
        out.note(f"seed {options['seed']}")
    for own, best in zip(fields, written_texts(loaded, coded, manner, out)):
        for line in answer_lines(loaded.encoder.target, own, best, manner, out.format):
            out.write(line)


def chosen_cells(columns: Sequence[Any], options: Mapping[str, Any]) -> tuple[str, ...]:
    """The cell of each column by --condition. Raises ConfigError for unknown names and values and for missing ones."""
    names = [column.name for column in columns]
    if options["files"]:
        raise ConfigError("--condition and FILE exclude each other", "give the conditions in the file, or no file")
    given = given_conditions(options["condition"], names)
    if missing := [column for column in columns if column.name not in given]:
        raise ConfigError(
            f"no value for {', '.join(column.name for column in missing)}",
            f"add --condition {missing[0].name}={missing[0].names[0] if missing[0].names else 'NUMBER'}",
        )
    for column in columns:
        if column.names:
            check_known(column.name, given[column.name], column.names)
        else:
            check_number(column, given[column.name])
    return tuple(given[name] for name in names)


def check_number(column: Any, cell: str) -> None:
    """Raises ConfigError for a value of a FeatureColumn that is no number, or one too far from those of training."""
    named = f"--condition {column.name}={cell}"
    if not is_number(cell):
        raise ConfigError(f"{named}: not a number", "write one, as in 2.5")
    if is_far(column, cell):
        raise ConfigError(f"{named}: too far from the numbers of training", "write a number like those")


def answered(loaded: Any, options: Mapping[str, Any], out: Output) -> Any:
    """The conditions in files or standard input, without texts."""
    examples = sources_to_answer(loaded, DescribeTask.answers, options, out)
    return replace(examples, targets=None)
