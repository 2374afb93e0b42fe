"""A network that memory has no room for is refused before it takes any."""

import errno

import pytest
import runs

from rnncli.cli.main import explain, main
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


def test_memory_that_the_system_refuses_is_called_that():
    code, message, hint = explain(OSError(errno.ENOMEM, "Cannot allocate memory"), ["train"])
    assert code == 6 and message.startswith("not enough memory") and "smaller model" in hint
