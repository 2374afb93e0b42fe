"""What the tests of tasks share: commands in this process, and files."""

import io
import sys
from pathlib import Path

import pytest

from rnncli.cli.main import main
from rnncli.config import read_settings
from rnncli.tasks.forecast.data import load_training


@pytest.fixture
def command(capsys, monkeypatch):
    """command(*arguments, stdin=None) -> (exit code, standard output, standard error) of `rnncli`."""

    def run(*arguments, stdin=None):
        if stdin is not None:
            data = stdin if isinstance(stdin, bytes) else stdin.encode()
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        found = capsys.readouterr()
        return code, found.out, found.err

    return run


@pytest.fixture
def saved():
    """saved(name, text) -> name: a file in the current folder, text in UTF-8."""

    def save(name, text):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return save


@pytest.fixture
def series_of_lines(tmp_path, monkeypatch):
    """series_of_lines(lines, sizes={}, **settings): the SeriesData of a table in t.csv, with settings of series and
    others, {path: value}."""
    monkeypatch.chdir(tmp_path)

    def loaded(lines, sizes=None, **settings):
        Path("t.csv").write_text("\n".join(lines) + "\n")
        paths = {f"series.{name}": value for name, value in settings.items()}
        return load_training(read_settings(overrides={"data.files": ("t.csv",), **(sizes or {}), **paths}))

    return loaded
