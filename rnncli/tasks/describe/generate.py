"""`rnncli generate` for a writer of descriptions: texts for a condition, or for each line of a file."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...data.pairs.cells import is_number
from ...data.pairs.text_batches import CodedTexts
from ...errors import ConfigError, shell_word
from ..base import Output
from ..pairs.given import fields_of, sources_to_answer
from ..texts.answering import answer_lines, answers_of, manner_of, warn_of_lines
from ..texts.conditions import check_known, given_conditions
from .task import DescribeTask, is_far


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """See `tasks.base.Task.generate`: samples, unless the most probable texts are asked for; an empty line for an empty
    one."""
    manner, side = manner_of(options, sampled=True), loaded.encoder.source
    if options["condition"]:
        cells = chosen_cells(side.columns, options)
        coded = CodedTexts([side.encode(cells)], None)
        fields = [{"condition": {column.name: cell for column, cell in zip(side.columns, cells)}}]
        blank = [False]
    else:
        examples = answered(loaded, options, out)
        warn_of_unknown(side.columns, examples, out)
        coded = DescribeTask.code(loaded.encoder, examples)
        fields = [fields_of(examples, k) for k in range(len(examples))]
        blank = [not any(cell.strip() for cell in source) for source in examples.sources]
    if not len(coded):
        return
    if manner.sampling is not None and options["drawn"]:
        out.note(f"seed {options['seed']}")
    for own, best in zip(fields, answers_of(loaded, coded, blank, manner, out)):
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
            "add " + " ".join(map(example_of, missing)),
        )
    for column in columns:
        if column.names:
            check_known(column.name, given[column.name], column.names)
        else:
            check_number(column, given[column.name])
    return tuple(given[name] for name in names)


def example_of(column: Any) -> str:
    """The option that gives the condition of a FeatureColumn a value."""
    value = column.names[0] if column.names else "NUMBER"
    return f"--condition {shell_word(f'{column.name}={value}')}"


def warn_of_unknown(columns: Sequence[Any], examples: Any, out: Output) -> None:
    """Warnings for each condition with missing values, and with ones that training did not have: they tell nothing."""
    filled = [any(map(str.strip, source)) for source in examples.sources]
    for d, column in enumerate(columns):
        cells = [source[d].strip() for source in examples.sources]
        meant = "no value" if column.names else "the mean of training"
        empty = [k for k, cell in enumerate(cells) if not cell and filled[k]]
        warn_of_lines(examples, empty, f"no {column.name}, read as {meant}", out)
        unknown = [k for k, cell in enumerate(cells) if column.names and cell and cell not in column.names]
        if unknown:
            found = f"{column.name} {cells[unknown[0]]!r} is not among the values of training"
            warn_of_lines(examples, unknown, found, out)


def check_number(column: Any, cell: str) -> None:
    """Raises ConfigError for a value of a FeatureColumn that is no number, or one too far from those of training."""
    named = f"--condition {column.name}={cell}"
    if not is_number(cell):
        raise ConfigError(f"{named}: not a number", "write one, as in 2.5")
    if is_far(column, cell):
        raise ConfigError(f"{named}: too far from the numbers of training", "write a number like those")


def answered(loaded: Any, options: Mapping[str, Any], out: Output) -> Any:
    """The conditions in files or standard input, without texts; raises ConfigError for none at a terminal."""
    if not options["files"] and (sys.stdin is None or sys.stdin.isatty()):
        columns = loaded.encoder.source.columns
        raise ConfigError(
            f"{loaded.path} writes texts for {', '.join(column.name for column in columns)}, and none is given",
            f"add {' '.join(map(example_of, columns))}; or name a file with these columns, or pipe lines in",
        )
    examples = sources_to_answer(loaded, DescribeTask.answers, options, out)
    return replace(examples, targets=None)
