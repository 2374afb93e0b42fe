"""The output formats of a Report: text, JSON, JSON lines."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from ..events import finite
from ..phrases import json_text
from ..tasks.base import Report, Table
from ..tasks.metric_checks import MetricCheck
from ..tasks.pairs.texts import padded, widest

SCHEMA = 1
WIDTH = 80  # characters of a line of text


def render(report: Report, task: str, checks: Sequence[MetricCheck] = (), format: str = "text") -> Iterator[str]:
    """Yield the report of a task as lines of "text", "json" or "jsonl", each with its newline.

    In JSON, null stands for NaN and infinity.
    """
    if format == "text":
        yield from as_text(report, checks)
    else:
        yield from {"json": as_json, "jsonl": as_json_lines}[format](report, task, checks)


def as_json(report: Report, task: str, checks: Sequence[MetricCheck]) -> Iterator[str]:
    """One JSON object, the lists of records last."""
    document = summary(report, task, checks) | {name: [] for name in report.lists}
    for record in report.records():
        document[record.many].append(record.values)
    yield _json(document, indent=2)


def as_json_lines(report: Report, task: str, checks: Sequence[MetricCheck]) -> Iterator[str]:
    """One JSON object per line, its type in `record`: each record, then the total."""
    for record in report.records():
        yield _json({"record": record.one} | record.values)
    yield _json({"record": "total"} | summary(report, task, checks))


def summary(report: Report, task: str, checks: Sequence[MetricCheck]) -> dict[str, Any]:
    """The JSON object of the whole report, without its lists of records."""
    about = {"schema": SCHEMA, "task": task}
    return about | report.summary() | {"checks": [check.to_dict() for check in checks]}


def _json(value: Any, indent: int | None = None) -> str:
    return json_text(finite(value), indent) + "\n"


def as_text(report: Report, checks: Sequence[MetricCheck]) -> Iterator[str]:
    """Records first, then figures, notes and checks."""
    notes = (f"note: {note}" for note in report.notes)
    for part in chain(report.details(), report.figures(), notes):
        yield from table_lines(part) if isinstance(part, Table) else sentence_lines(part)
    if checks:
        yield "\n"
        yield from table_lines(check_table(checks))


def sentence_lines(text: str, width: int = WIDTH) -> Iterator[str]:
    """A sentence, broken between words into lines."""
    if len(text) <= width:
        yield f"{text}\n"
    else:
        wrapped = textwrap.wrap(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        yield from (f"{line}\n" for line in wrapped)


def table_lines(table: Table, width: int = WIDTH) -> Iterator[str]:
    """The rows of a Table; if it is too wide, in blocks of columns, each beside the left columns."""
    widths = [widest(column) for column in zip(*table.rows, strict=True)]
    for number, columns in enumerate(blocks(widths, table.left, width)):
        if number:
            yield "\n"
        for row in table.rows:
            cells = [padded(row[k], widths[k], right=k >= table.left) for k in (*range(table.left), *columns)]
            yield "  ".join(cells).rstrip() + "\n"


def blocks(widths: Sequence[int], left: int, width: int = WIDTH) -> list[list[int]]:
    """The columns after the first `left` ones, in blocks that fit beside these; a single column may be too wide."""
    begin, found = sum(size + 2 for size in widths[:left]) - 2, [[]]
    at = begin
    for column in range(left, len(widths)):
        if found[-1] and at + widths[column] + 2 > width:
            found.append([])
            at = begin
        found[-1].append(column)
        at += widths[column] + 2
    return found


def check_table(checks: Sequence[MetricCheck]) -> Table:
    """A row for each check."""

    def shown(number, how=".6g"):
        return "-" if number is None else format(number, how)

    rows = [
        (
            check.name,
            f"{check.sign} {shown(check.expected)}",
            shown(check.found),
            shown(check.margin, "+.4g"),
            "passed" if check.passed else "FAILED",
        )
        for check in checks
    ]
    return Table([("check", "expected", "found", "margin", ""), *rows])
