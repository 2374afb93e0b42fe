"""Data that lie elsewhere than at the start of a run, or came through a pipe: later commands find them."""

import os
from pathlib import Path

import pytest
from runs import done, killed, logged, model_bytes

from rnncli.cli.main import main
from rnncli.storage.checkpoint import load
from rnncli.storage.run_folder import checkpoints
from rnncli.training.run import prepare


def test_moved_data_are_found_by_their_digest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("the miller sang\n" * 100)
    whole = model_bytes(done("whole", {"train.max_steps": 6})[0].folder.path)
    killed("r", 3, {"train.max_steps": 6})
    os.rename("text.txt", "moved.txt")
    with pytest.raises(Exception, match="cannot resume r") as caught:
        prepare(None, None, resume="r")
    assert "rnncli train --resume r DATA" in caught.value.hint
    Path("other.txt").write_text("the sang miller\n" * 100)
    with pytest.raises(Exception, match="other.txt is not its data"):
        prepare(None, None, resume="r", files=("other.txt",))
    with prepare(None, None, resume="r", files=("moved.txt",)) as run:
        list(logged(run))
    assert model_bytes("r") == whole


def test_a_run_remembers_where_a_resume_found_its_data(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("the miller sang\n" * 100)
    done("r", {"train.max_steps": 3})
    kept = load(checkpoints("r")[-1])[1]
    os.mkdir("there")
    os.rename("text.txt", "there/new.txt")
    Path("text.txt").write_text("another text, which took the name\n" * 50)
    assert main(["eval", "r", "-q"]) == main(["inspect", "r", "--show", "lag", "-q"]) == 3
    assert main(["train", "--resume", "r", "there/new.txt"]) == 0  # no further step: it says where they are, no more
    meta = load(checkpoints("r")[-1])[1]
    assert meta.pop("moved") == [str(tmp_path / "there/new.txt")] and "moved" not in kept
    assert {name for name in meta if meta[name] != kept[name]} <= {"seal", "elapsed"}
    os.chdir("there")
    for command in ("eval ../r", "inspect ../r --show lag,surprise", "train --resume ../r --max-steps 4"):
        assert main([*command.split(), "-q"]) == 0, (command, capsys.readouterr().err)
    os.rename("new.txt", "../text.txt")  # back again
    os.chdir("..")
    assert main(["eval", "r", "-q"]) == main(["train", "--resume", "r", "--max-steps", "5", "-q"]) == 0
    assert main(["train", "--resume", "r", "text.txt", "--max-steps", "6", "-q"]) == 0
    assert "moved" not in load(checkpoints("r")[-1])[1]


def test_the_commands_after_data_of_a_pipe_name_data(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = "the miller sang\n" * 100
    Path("saved.txt").write_text(text)
    options = ["--hidden-size", "12", "--seed", "1", "--workers", "1"]

    def told(argv, given):
        """(exit code, the last lines on standard error) of a command that gets this on standard input."""
        with open(os.devnull if given is None else given) as stream:
            monkeypatch.setattr("sys.stdin", stream)
            code = main(argv)
        return code, capsys.readouterr().err.partition("next:\n")[2] or None

    code, after = told(["train", "-", "-o", "r", "--max-steps", "2", *options], "saved.txt")
    commands = [line.partition("  #")[0] for line in after.splitlines()]
    assert code == 0 and commands == [
        "rnncli generate r",
        "rnncli eval r FILE",
        "rnncli inspect r --data FILE",
        "rnncli train --resume r DATA --max-steps 4",
    ]
    for command in commands:
        filled = command.replace("FILE", "saved.txt").replace("DATA", "saved.txt")
        assert told(filled.split()[1:], None)[0] == 0
    code, after = told(["train", "--resume", "r", "--max-steps", "6"], None)  # it knows where they are now
    assert code == 0 and "rnncli eval r  #" in after and "--resume r --max-steps 12" in after


def test_a_run_of_piped_data_is_resumed_with_the_same_data_piped_again(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("saved.txt").write_text("the miller sang\n" * 100)
    options = ["--hidden-size", "12", "--seed", "1", "--workers", "1", "-q"]
    for argv, given, code in (
        (["train", "-", "-o", "r", "--max-steps", "2", *options], "saved.txt", 0),
        (["train", "--resume", "r", "--max-steps", "3", "-q"], "saved.txt", 0),
        (["train", "--resume", "r", "--max-steps", "4", "-q"], os.devnull, 3),
        (["train", "--resume", "r", "--max-steps", "4", "-q"], None, 3),
    ):
        with open(given or os.devnull) as stream:
            monkeypatch.setattr("sys.stdin", stream if given else None)
            assert main(argv) == code
    err = capsys.readouterr().err
    assert "pipe the same data in again, or name a file that holds them: rnncli train --resume r DATA" in err
    assert "error: cannot resume r: its data came from standard input, and none is piped in\n" in err
