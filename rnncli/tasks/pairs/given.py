"""The sources that `generate` is given, one for each line, in order."""

import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from ...data.pairs.examples import Examples
from ...errors import ConfigError
from ..base import Output
from .data import read_pairs


def sources_to_answer(loaded: Any, answers: str, options: Mapping[str, Any], out: Output) -> Examples:
    """The Examples in the files of `options`, without a file those of standard input; answers are not needed.

    Raises ConfigError without a file at a terminal.
    """
    files = options["files"]
    if not files and (sys.stdin is None or sys.stdin.isatty()):
        raise ConfigError(
            f"nothing to answer: no file, and nothing is piped in for {loaded.path}",
            f"name a file: rnncli generate {loaded.path} FILE, or pipe lines into the command",
        )
    reading = partial(out.progress, "reading")
    encoder, names = loaded.encoder, files or ("-",)
    return read_pairs(names, loaded.config, answers, encoder.reading, reading, target_required=False)


def fields_of(examples: Examples, k: int) -> dict[str, Any]:
    """The JSON of source k: all fields of its JSON line, of another file its line number."""
    record = examples.rows[k] if examples.rows else None
    return dict(record) if isinstance(record, dict) else {"line": int(examples.line[k])}
