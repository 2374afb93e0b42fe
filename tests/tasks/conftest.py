"""What the tests of tasks share: commands in this process, and files."""

import io
import sys
from pathlib import Path

import pytest

from rnncli.cli.main import main


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
