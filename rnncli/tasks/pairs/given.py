"""The sources that `generate` is given, one for each line, in order, and the lines of its answers."""

import re
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from ...data.pairs.examples import Examples
from ...errors import ConfigError, shell_name
from ...events import finite
from ...phrases import counted, json_text
from ..base import Output
from .data import read_pairs

ENDS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")  # of a column or a line
SURROGATES = re.compile("[\ud800-\udfff]")  # half a character, which UTF-8 has no bytes for


def sources_to_answer(loaded: Any, answers: str, options: Mapping[str, Any], out: Output) -> Examples:
    """The Examples in the files of `options`, without a file those of standard input; answers are not needed.

    Raises ConfigError without a file at a terminal.
    """
    files = options["files"]
    if not files and (sys.stdin is None or sys.stdin.isatty()):
        raise ConfigError(
            f"nothing to answer: no file, and nothing is piped in for {loaded.path}",
            f"name a file: rnncli generate {shell_name(loaded.path)} FILE, or pipe lines into the command",
        )
    reading = partial(out.progress, "reading")
    encoder, names = loaded.encoder, files or ("-",)
    examples = read_pairs(names, options["config"], answers, encoder.reading, reading, target_required=False)
    for note in examples.notes:
        out.note(f"note: {note}")
    return examples


def warn_of_overflow(found: np.ndarray, out: Output) -> None:
    """A warning on the answers (E, K) that are not finite."""
    if broken := int((~np.isfinite(found)).any(1).sum()):
        verb = "is" if broken == 1 else "are"
        out.warn(
            f"warning: {broken:,} of {counted(len(found), 'answer')} {verb} not finite: values far outside training"
        )


def fields_of(examples: Examples, k: int) -> dict[str, Any]:
    """The JSON of source k: all fields of its JSON line; of another file its line number, of several its name too."""
    record = examples.rows[k] if examples.rows else None
    if isinstance(record, dict):
        return record
    words = examples.step_lines[k] if examples.step_lines else ()
    file = {"file": examples.files[examples.file[k]]} if len(examples.files) > 1 else {}
    return file | {"line": words[0] if words else int(examples.line[k])}


def json_line(values: Mapping[str, Any]) -> str:
    """A line with one object as JSON; null for numbers that are not finite."""
    return json_text(finite(dict(values))) + "\n"


def text_line(cells: Iterable[str]) -> str:
    """A line with cells between tabs: what would end a cell or the line is a blank there."""
    return "\t".join(SURROGATES.sub("\ufffd", ENDS.sub(" ", cell)) for cell in cells) + "\n"
