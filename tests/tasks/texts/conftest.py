"""What the tests of commands that write texts share: a run of each kind."""

import json
import os
from pathlib import Path

import pytest
from text_files import FEATURES, FILES, SHORT

from rnncli.cli.main import main


@pytest.fixture(scope="session")
def text_runs(tmp_path_factory):
    """A folder with the files of FILES and a short run of each, named as it is there."""
    place, before = tmp_path_factory.mktemp("texts"), os.getcwd()
    os.chdir(place)
    try:
        for name, (files, arguments) in FILES.items():
            for file, text in files.items():
                Path(file).parent.mkdir(exist_ok=True)
                Path(file).write_text(text)
            task = ("--task", "describe") if name in FEATURES else ()
            assert main(["train", *arguments, *task, *SHORT, "-o", name]) == 0, name
    finally:
        os.chdir(before)
    return place


@pytest.fixture
def here(text_runs, monkeypatch):
    """The folder of `text_runs` is the current one. Tests write files of their own there, and change no run."""
    monkeypatch.chdir(text_runs)
    return text_runs


@pytest.fixture
def answers(command):
    """answers(run, text, *options) -> the JSON lines of `generate`."""

    def generate(run, text, *options):
        code, out, err = command("generate", run, "--format", "jsonl", *options, stdin=text)
        assert code == 0, err
        return [strictly(line) for line in out.split("\n")[:-1]]

    return generate


def strictly(text):
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.fixture
def scores(command):
    """scores(run, *arguments) -> the JSON of `eval`, with all that it reports."""

    def evaluate(run, *arguments):
        code, out, err = command("eval", run, *arguments, "--per-example", "--worst", "3", "--format", "json")
        assert code == 0, err
        return strictly(out)

    return evaluate
