"""`rnncli train .`: the runs that are made in a folder are not part of its data."""

from pathlib import Path

import pytest

from rnncli.cli.main import main
from rnncli.tasks.registry import TASKS

SMALL = ["--workers", "1", "--hidden-size", "4", "--seed", "1", "--max-steps", "2", "-q"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("the miller sang\n" * 300)
    return tmp_path


@pytest.mark.parametrize("level", ["char", "byte", "word"])
@pytest.mark.parametrize("output", [[], ["-o", "out"]])
def test_a_run_on_the_folder_it_lies_in_can_be_evaluated_resumed_and_repeated(here, level, output):
    train = ["train", ".", "--tokens", level, *SMALL]
    assert main([*train, *output]) == 0
    run = output[-1] if output else "runs/" + next(Path("runs").iterdir()).name
    first = Path(run, "model.safetensors").read_bytes()
    assert main(["eval", run, "-q"]) == 0
    assert main(["train", "--resume", run, "--max-steps", "3", "-q"]) == 0
    assert main([*train, "-o", "again"]) == 0
    assert Path("again", "model.safetensors").read_bytes() == first


def test_the_folders_that_are_left_out_are_reported_in_one_line(here, capsys):
    assert main(["train", ".", *SMALL, "-o", "one"]) == 0
    assert main(["train", ".", *SMALL[:-1], "--progress", "lines", "-o", "two"]) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "left out" in line]
    assert lines == ["note: left out, since trainings write there: one, two"]


def test_help_says_where_the_tokens_of_large_texts_are_kept(capsys, monkeypatch):
    monkeypatch.setenv("RNNCLI_CACHE", "/else\x1b[2J/where")
    assert main(["train", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert r"are kept for later runs in /else\x1b[2J/where; delete *.tokens and *.record there" in text


@pytest.mark.parametrize("data", [["out"], ["a.txt", "out"], ["./out/"], ["-c", "data.yaml"]])
@pytest.mark.parametrize("task", list(TASKS))
def test_a_run_in_place_of_data_is_refused_for_every_task(here, capsys, data, task):
    assert main(["train", "a.txt", *SMALL, "-o", "out"]) == 0
    Path("data.yaml").write_text("data:\n  files: [out]\n")
    assert main(["train", *data, "--task", task, "-o", "other", "-q"]) == 2
    name = "./out/" if "./out/" in data else "out"
    wanted = f"error: {name} is a run, not data\nhint: continue it: rnncli train --resume {name}\n"
    assert capsys.readouterr().err == wanted and not Path("other").exists()


@pytest.mark.parametrize("argv", [["eval", "out", "out"], ["inspect", "out", "--data", "out"]])
def test_a_run_in_place_of_the_data_of_another_command_is_refused(here, capsys, argv):
    assert main(["train", "a.txt", *SMALL, "-o", "out"]) == 0
    assert main([*argv, "-q"]) == 2
    assert capsys.readouterr().err == f"error: out is a run, not data\nhint: for that run: rnncli {argv[0]} out\n"


def test_a_folder_with_runs_beside_texts_is_still_data(here):
    assert main(["train", "a.txt", *SMALL, "-o", "sub/out"]) == 0
    Path("sub/b.txt").write_text("the wheel went round\n" * 300)
    assert main(["train", "sub", *SMALL, "-o", "other"]) == 0
