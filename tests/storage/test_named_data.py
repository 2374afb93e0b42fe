"""Names of data in stored runs: pipes and devices are not opened, and what lies outside the current folder is named."""

import os
import shutil
import socket
from pathlib import Path

import pytest

from rnncli.cli.main import main
from rnncli.resources import folder
from rnncli.storage.checkpoint import load, save
from rnncli.storage.named_data import note_on_places, unreadable

EXAMPLES = "".join(
    f'{{"text": "the sea {k % 5} is {"red" if k % 2 else "blue"}", "label": {k % 2}}}\n' for k in range(60)
)


def rename_data(run, section, name, files):
    """Make the model and the checkpoints of a run name other files."""
    for path in (run / "model.safetensors", *(run / "checkpoints").iterdir()):
        arrays, meta = load(path)
        meta["config"][section][name] = files
        if section == "data":
            meta["data"]["files"] = files
        save(path, arrays, {key: value for key, value in meta.items() if key != "seal"})


def told_by(argv, capsys, code=0):
    """Standard error of a command that ends with this exit code."""
    assert main(argv) == code, capsys.readouterr().err
    return capsys.readouterr().err


COMMANDS = ["eval r", "inspect r --show lag", "inspect r --show units", "train --resume r --max-steps 3"]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_waits_for_a_pipe_that_took_the_name_of_the_data_of_a_run(run, capsys, command):
    os.rename("text.txt", "other.txt")
    os.mkfifo("text.txt")  # to open it would wait for ever
    told = told_by(command.split(), capsys, 3)
    assert "text.txt is a pipe; of stored names, only files and folders are opened" in told
    other = {"eval": "rnncli eval r/", "insp": "rnncli inspect r/", "trai": "rnncli train --resume r DATA"}[command[:4]]
    assert f"{other}" in told


@pytest.mark.parametrize("command", COMMANDS)
def test_neither_does_any_for_a_device(run, capsys, command):
    rename_data(run, "data", "files", ["/dev/zero"])
    assert "/dev/zero is a device or a socket" in told_by(command.split(), capsys, 3)


@pytest.mark.parametrize("command", COMMANDS)
def test_nor_for_a_pipe_in_the_place_to_which_the_data_were_moved(run, capsys, command):
    path = next((run / "checkpoints").iterdir())
    arrays, meta = load(path)
    pipe = str(run.parent / "pipe")
    save(path, arrays, {key: value for key, value in meta.items() if key != "seal"} | {"moved": [pipe]})
    os.mkfifo(pipe)
    code = 0 if command.startswith("train") else 3  # a resume looks where they were before
    assert ("pipe is a pipe" in told_by(command.split(), capsys, code)) is bool(code)


@pytest.mark.parametrize("setting", ["val", "test"])
def test_held_out_examples_of_a_stored_run_are_no_pipe_and_no_standard_input(tmp_path, monkeypatch, capsys, setting):
    monkeypatch.chdir(tmp_path)
    for name in ("a.jsonl", "held.jsonl"):
        Path(name).write_text(EXAMPLES)
    options = ["--hidden-size", "4", "--max-steps", "1", "--workers", "1", "--seed", "1", "-q", "-o", "r"]
    assert main(["train", "a.jsonl", "--set", f"pairs.{setting}=[held.jsonl]", *options]) == 0
    os.rename("held.jsonl", "kept.jsonl")
    os.mkfifo("held.jsonl")
    for command in ("eval r", "inspect r --show lag", "train --resume r --max-steps 2"):
        assert "held.jsonl is a pipe" in told_by(command.split(), capsys, 3)
    told_by(["inspect", "r", "--data", "kept.jsonl", "--show", "lag,units"], capsys)  # of other data, no stored name
    told_by(["eval", "r", "kept.jsonl", "--no-baseline"], capsys)
    rename_data(tmp_path / "r", "pairs", setting, ["-"])
    monkeypatch.setattr("sys.stdin", None)  # whoever read it would say that it is closed
    assert "which cannot be read again" in told_by(["eval", "r"], capsys, 3)


def test_a_pipe_that_the_user_names_is_read_as_ever(run, capsys):
    text = Path("text.txt").read_text()
    for argv in (["eval", "r"], ["train", "--resume", "r", "--max-steps", "3"]):
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
        told_by([*argv, f"/dev/fd/{reading}", "-q"], capsys)
        os.close(reading)


def test_what_is_a_file_or_a_folder_is_told_from_all_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("a")
    os.symlink("a.txt", "link")
    os.mkfifo("p q\n")
    os.mkfifo("-")  # the name of standard input
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("s")
        assert str(unreadable(["s"])).startswith("s is a device or a socket;")
    assert unreadable(["a.txt", "link", ".", "absent", "-", "a\0b"]) is None
    assert str(unreadable(["a.txt", "p q\n"])).startswith("$'p q\\n' is a pipe;")


def test_a_run_in_the_current_folder_says_nothing_of_its_data(run, capsys):
    for command in COMMANDS:
        assert "are read from" not in told_by(command.split(), capsys)


@pytest.mark.parametrize("command", [*COMMANDS, "inspect r --show lag,units"])
def test_data_outside_the_current_folder_are_named_once(run, tmp_path_factory, capsys, command):
    secret = tmp_path_factory.mktemp("else where") / "secret.txt"
    shutil.move("text.txt", secret)
    rename_data(run, "data", "files", [str(secret)])
    told = told_by(command.split(), capsys)
    assert told.count(f"note: the data of r are read from '{secret}'\n") == told.count("are read from") == 1
    os.symlink(secret, "text.txt")
    rename_data(run, "data", "files", ["text.txt"])
    assert f"note: the data of r are read from '{secret}'\n" in told_by(command.replace("3", "4").split(), capsys)


def test_data_that_the_user_names_are_not_told(run, tmp_path_factory, capsys):
    there = str(shutil.copy("text.txt", tmp_path_factory.mktemp("there")))
    assert "are read from" not in told_by(["train", "--resume", "r", there, "--max-steps", "3"], capsys)
    assert f"are read from {there}" in told_by(["train", "--resume", "r", "--max-steps", "4"], capsys)


def test_a_lone_model_whose_paths_are_trusted_says_what_they_are(run, tmp_path_factory, capsys):
    there = str(shutil.copy("text.txt", tmp_path_factory.mktemp("there")))
    rename_data(run, "data", "files", [there])
    shutil.copy("r/model.safetensors", "lone.safetensors")
    told = told_by(["eval", "lone.safetensors", "--trust-paths"], capsys)
    assert f"note: the data of lone.safetensors are read from {there}\n" in told


def test_links_in_a_folder_are_followed_and_few_places_named(tmp_path, monkeypatch):
    far, near = tmp_path / "far", tmp_path / "near"
    (near / "data").mkdir(parents=True)
    far.mkdir()
    monkeypatch.chdir(near)
    Path("data/own.txt").write_text("own")
    assert note_on_places("r", ["data", "absent", "../absent", "-", "a\0b"]) is None
    for k in range(5):
        (far / f"{k}.txt").write_text("far")
        os.symlink(far / f"{k}.txt", f"data/{k}")
    told = note_on_places("r s", ["data", f"../far/{0}.txt"])
    assert told == f"the data of 'r s' are read from {far}/0.txt, {far}/1.txt, {far}/2.txt and 2 more"


def test_bundled_data_and_control_characters(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert note_on_places("r", [str(next(folder("datasets").iterdir()))]) is None
    os.mkdir("here")
    Path("\x1b[31m").write_text("a")
    monkeypatch.chdir("here")
    assert str(note_on_places("r", ["../\x1b[31m"])).endswith("/\\x1b[31m'")
