"""The findings of `inspect` as text, JSON and CSV, and their drawings as files."""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from ..errors import ConfigError
from ..events import finite
from ..laboratory.drawings import Element, Finding
from ..phrases import json_text, safe_text
from ..storage.atomic_files import write_atomically
from ..tasks.base import Table
from ..tasks.pairs.texts import columns, one_line
from ..tasks.picture_files import ELSEWHERE, check_picture, plotting
from ..tasks.texts.shown_symbols import visible
from .drawing.line_styles import prepared
from .drawing.shades import painted
from .drawing.terminal import BOLD, drawing_lines
from .narrow_tables import fitted
from .report import sentence_lines, table_lines

SCHEMA = 1
KINDS = (".png", ".svg", ".html")  # of files with drawings
WIDEST = 120  # columns of a sentence: longer lines are hard to read


def render(
    findings: Sequence[Finding],
    format: str,
    width: int,
    unicode: bool,
    color: bool,
    whole: bool,
    about: Mapping[str, Any],
) -> Iterator[str]:
    """Yield findings as lines of "text", "json" or "csv", each with its newline.

    width: columns of a line of text; unicode, color: what it may hold; whole: all of the text, not the summaries alone.
    about: data at the beginning of the JSON object.
    """
    match format:
        case "text":
            yield from as_text(prepared(findings), width, unicode, color, whole)
        case "json":
            yield as_json(findings, about)
        case "csv":
            yield from as_csv(findings)
        case _:
            raise ValueError(f"format is {format!r}, expected text, json or csv")


def as_json(findings: Sequence[Finding], about: Mapping[str, Any]) -> str:
    """One JSON object; null stands for nan and infinity. Characters that could control a terminal are escaped."""
    metrics = {f"{each.part}/{name}": number for each in findings for name, number in _metrics(each).items()}
    parts = {each.part: each.record for each in findings}
    document = {"schema": SCHEMA, "task": "inspect", **about, "metrics": metrics, "parts": parts}
    return json_text(finite(document), 2) + "\n"


def _metrics(finding: Finding) -> Mapping[str, Any]:
    return finding.record.get("metrics", {})


def as_csv(findings: Sequence[Finding]) -> Iterator[str]:
    """All rows under one header, the part first; a cell without a finite value is empty."""
    names = dict.fromkeys(name for each in findings for row in each.rows for name in row)
    yield csv_line(["part", *names])
    for each in findings:
        for row in each.rows:
            yield csv_line([each.part, *(_cell(row.get(name)) for name in names)])


def _cell(value: Any) -> Any:
    return "" if isinstance(value, float) and not math.isfinite(value) else value


def csv_line(cells: Sequence[Any]) -> str:
    """Cells as a line of CSV, their texts made safe."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(safe_text(cell) if isinstance(cell, str) else cell for cell in cells)
    return file.getvalue()


def as_text(findings: Sequence[Finding], width: int, unicode: bool, color: bool, whole: bool) -> Iterator[str]:
    """A title and the elements of each finding."""
    for number, each in enumerate(findings):
        yield from ["\n"] if number else []
        yield from title_lines(each.title, width, unicode, color)
        before: Element = ""
        for element in elements(each, whole):
            if not (isinstance(before, str) and isinstance(element, str)):
                yield "\n"
            yield from element_lines(element, width, unicode, color)
            before = element


def elements(finding: Finding, whole: bool) -> Sequence[Element]:
    """What is shown of a finding."""
    return finding.elements(whole)


def title_lines(title: str, width: int, unicode: bool, color: bool) -> Iterator[str]:
    """A title, in bold letters if there is `color`, else underlined."""
    lines = [line.rstrip("\n") for line in sentence_lines(one_line(title, None, unicode), min(width, WIDEST))]
    yield from (painted(line, BOLD if color else None) + "\n" for line in lines)
    if not color:
        yield ("─" if unicode else "-") * max(map(columns, lines)) + "\n"


def element_lines(element: Element, width: int, unicode: bool, color: bool) -> Iterator[str]:
    """A sentence, a table or a drawing, each line with its newline."""
    if isinstance(element, str):
        yield from sentence_lines(one_line(element, None, unicode), min(width, WIDEST))
    elif isinstance(element, Table):
        yield from table_lines(fitted(safe_table(element, unicode), width, unicode), width)
    else:
        yield from (f"{line}\n" for line in drawing_lines(element, width, unicode, color))


def safe_table(table: Table, unicode: bool) -> Table:
    """A Table whose cells are safe for a terminal and stand on one line each."""
    return Table([[visible(cell, unicode) for cell in row] for row in table.rows], table.left)


def check_drawing(path: str) -> None:
    """Raises ConfigError for a file that `draw` could not make: of another kind than KINDS, or a PNG without
    matplotlib."""
    if check_picture(path, KINDS) == ".png":
        plotting()


def draw(findings: Sequence[Finding], path: str, whole: bool) -> None:
    """Draw findings to `path`, a .png, .svg or .html; the whole file or none of it. whole: all of their drawings, not
    those of the summaries alone.

    Raises ConfigError for another extension, for a picture of findings without drawings and where matplotlib is needed
    and not installed; ResourceError where the file cannot be written.
    """
    kind, findings = check_picture(path, KINDS), prepared(findings)
    if kind == ".html":
        from .pictures.html_page import page

        data = page(findings, whole).encode("utf-8")
    else:
        from .pictures.plots import plotted

        if not any(not isinstance(each, str | Table) for each in chain(*(elements(one, whole) for one in findings))):
            shown = ", ".join(each.part for each in findings) or "nothing"
            raise ConfigError(f"{path}: {shown} has no drawing", "name it .html, which holds sentences and tables too")
        data = plotted(findings, kind, whole)
    write_atomically(path, data, ELSEWHERE)
