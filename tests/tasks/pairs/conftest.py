"""What the tests of commands on pairs share: a run of each form."""

import os
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
