"""`train -c` with a configuration that another program writes: it can be read once only."""

import io
import os

import pytest

from rnncli.cli.main import main
from rnncli.storage.model_files import load_model

TEXT = "".join(f"{number} sheep went over the hill, and then {number * 7} more.\n" for number in range(60))
TABLE = "ds,y\n" + "".join(f"{year},{year * year % 37}\n" for year in range(1900, 1980))
SETTINGS = b"model: {cell: rnn, hidden_size: 9}\ntrain: {max_steps: 2, sample_length: 0}\nseed: 4\n"


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """A current folder with a text and a table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sheep.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "years.csv").write_text(TABLE, encoding="utf-8")


@pytest.fixture
def standard_input(monkeypatch):
    """standard_input(bytes) makes them what is piped in; returns the stream."""

    def give(raw):
        stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(raw)))
        monkeypatch.setattr("sys.stdin", stream)
        return stream

    return give


@pytest.fixture
def substituted():
    """substituted(bytes) is the name of a pipe that holds them, as a shell makes it of <(command)."""
    ends = []

    def give(raw):
        reading, writing = os.pipe()
        ends.append(reading)
        os.write(writing, raw)
        os.close(writing)
        return f"/dev/fd/{reading}"

    yield give
    for end in ends:
        os.close(end)


def trained(*argv):
    """The configuration of the run that a command line trains."""
    assert main(["train", *argv, "--workers", "1", "-o", "r", "-q"]) == 0
    return load_model("r").config


def refused(capsys, *argv):
    """The two lines that a command line is refused with."""
    assert main(["train", *argv, "-o", "r"]) == 2
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(("file", "task", "batch_size"), [("sheep.txt", "language", 16), ("years.csv", "forecast", 32)])
def test_a_configuration_on_standard_input_sets_what_it_names(file, task, batch_size, standard_input):
    standard_input(SETTINGS)
    config = trained(file, "-c", "-")
    assert (config.model.cell, config.model.hidden_size, config.train.max_steps, config.seed) == ("rnn", 9, 2, 4)
    assert (config.task, config.train.batch_size) == (task, batch_size)  # what the task of the data implies


@pytest.mark.parametrize(("file", "task"), [("sheep.txt", "language"), ("years.csv", "forecast")])
def test_a_configuration_in_a_pipe_sets_what_it_names(file, task, substituted):
    config = trained(file, "-c", substituted(SETTINGS))
    assert (config.model.cell, config.model.hidden_size, config.train.max_steps, config.seed) == ("rnn", 9, 2, 4)
    assert config.task == task


def test_piped_configurations_add_up_and_may_name_the_data(standard_input, substituted):
    standard_input(b"data: {files: years.csv}\nmodel: {cell: gru}\n")
    config = trained("-c", substituted(SETTINGS), "-c", "-")
    assert (config.data.files, config.task) == (("years.csv",), "forecast")
    assert (config.model.cell, config.model.hidden_size) == ("gru", 9)


def test_the_data_and_the_configuration_cannot_both_be_standard_input(standard_input, capsys):
    stream = standard_input(TEXT.encode())
    lines = [
        "error: standard input cannot be both the configuration (-c -) and the data (-)",
        "hint: name a file for one of them",
    ]
    assert refused(capsys, "-", "-c", "-") == lines
    assert stream.read() == TEXT  # refused before anything was read
    for task in ("auto", "language"):
        standard_input(b"data: {files: [sheep.txt, '-']}\n")
        assert refused(capsys, "-c", "-", "--task", task) == lines


def test_a_configuration_on_standard_input_may_name_it_as_data_that_the_command_replaces(standard_input):
    standard_input(b"data: {files: '-'}\n" + SETTINGS)
    assert trained("sheep.txt", "-c", "-").data.files == ("sheep.txt",)


def test_an_empty_pipe_is_refused_and_a_pipe_without_settings_is_not(standard_input, substituted, capsys):
    hint = "hint: check the command that writes it, or remove -c to train with the defaults"
    standard_input(b"")
    assert refused(capsys, "sheep.txt", "-c", "-") == ["error: standard input: is empty", hint]
    pipe = substituted(b"")
    assert refused(capsys, "sheep.txt", "-c", pipe) == [f"error: {pipe}: is empty", hint]
    standard_input(b"# nothing to change\n")
    assert trained("sheep.txt", "-c", "-", "--hidden-size", "9", "--max-steps", "2").model.cell == "lstm"


def test_a_closed_standard_input_holds_no_configuration(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", None)
    assert refused(capsys, "sheep.txt", "-c", "-")[0] == "error: standard input: cannot be read: it is closed"
