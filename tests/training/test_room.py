"""A network that memory has no room for is refused before it takes any."""

import errno

import pytest
import runs

from rnncli import resources
from rnncli.cli.main import explain, main, tell
from rnncli.nn import free_memory

PARAMETERS = 300_000  # bytes that the parameters of the run below and their optimizer take, about


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(runs.a_text())
    monkeypatch.setattr(free_memory, "SMALL", 0)
    return tmp_path


def trained(*options):
    return main(["train", "a.txt", "--hidden-size", "32", "--max-steps", "1", "--seed", "1", "-q", "-o", "r", *options])


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("free", [1000, PARAMETERS])
def test_a_network_beyond_the_free_memory_leaves_nothing_behind(workers, free, folder, monkeypatch, capsys):
    monkeypatch.setattr(free_memory, "available_memory", lambda: free)
    assert trained("--workers", workers) == 6
    message = capsys.readouterr().err
    assert f"bytes of memory, and {free:,} are free" in message and "hint: lower --batch-size" in message
    assert not (folder / "r").exists()


def test_the_second_look_counts_the_plans_of_the_batches(folder, monkeypatch, capsys):
    needed = []
    for free in (1000, PARAMETERS):
        monkeypatch.setattr(free_memory, "available_memory", lambda free=free: free)
        trained("--workers", "1")
        needed.append(int(capsys.readouterr().err.split(" need ")[1].split()[0].replace(",", "")))
    assert needed[0] < PARAMETERS < needed[1]


def test_memory_that_suffices_is_enough(folder, monkeypatch):
    monkeypatch.setattr(free_memory, "available_memory", lambda: 100_000_000)
    assert trained() == 0


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        MemoryError(),
        RuntimeError("can't start new thread"),
        SyntaxError("expected ':'", (resources.__file__, 172, 1, "")),
    ],
)
def test_memory_that_the_system_refuses_is_called_that(error):
    code, message, hint = explain(error, ["train"])
    assert code == 6 and message.startswith("not enough memory") and "smaller model" in hint


def test_a_wrong_file_of_a_user_is_no_lack_of_memory():
    assert explain(SyntaxError("expected ':'", ("mine.py", 1, 1, "")), ["train"])[0] != 6


def test_an_error_that_there_is_no_memory_to_explain_is_told_as_one(monkeypatch, capsys):
    monkeypatch.setattr("rnncli.cli.main.explain", lambda *_: (_ for _ in ()).throw(MemoryError()))
    assert tell(ValueError("x"), ["train"]) == 6
    assert capsys.readouterr().err.startswith("error: not enough memory\nhint: use a smaller model")
