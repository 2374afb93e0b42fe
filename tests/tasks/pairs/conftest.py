"""What the tests of commands on pairs share: a run of each form, and commands in this process."""

import io
import os
import sys
from pathlib import Path

import pytest
from pair_files import FILES, SMALL

from rnncli.cli.main import main


@pytest.fixture(scope="session")
def pair_runs(tmp_path_factory):
    """A folder with the files of FILES and a run of three steps of each, named as it is there."""
    place, before = tmp_path_factory.mktemp("pairs"), os.getcwd()
    os.chdir(place)
    try:
        for name, (file, text, options) in FILES.items():
            Path(file).write_text(text)
            assert main(["train", file, *options, *SMALL, "-o", name]) == 0, name
    finally:
        os.chdir(before)
    return place


@pytest.fixture
def here(pair_runs, monkeypatch):
    """The folder of `pair_runs` is the current one. Tests write files of their own there, and change no run."""
    monkeypatch.chdir(pair_runs)
    return pair_runs


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
