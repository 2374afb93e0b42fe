"""The data that a model names are opened for models in run folders of this user, or where he says so."""

import os
import shutil
from pathlib import Path

import pytest
from runs import a_text, done

from rnncli.cli.main import main
from rnncli.storage.checkpoint import load, save
from rnncli.storage.origin import origin_of


def test_a_model_in_a_run_folder_of_this_user_is_ours_and_knows_its_home(run):
    origin = origin_of(run / "model.safetensors")
    assert origin.ours and origin.home == str(run.parent)
    assert origin_of(next((run / "checkpoints").iterdir())) == origin


def test_a_lone_file_and_a_folder_without_checkpoints_are_not(run, tmp_path):
    lone = tmp_path / "lone"
    lone.mkdir()
    shutil.copy(run / "model.safetensors", lone)
    assert not origin_of(lone / "model.safetensors").ours
    shutil.copy(run / "model.safetensors", run / "other.safetensors")
    assert not origin_of(run / "other.safetensors").ours


def test_a_run_folder_of_another_user_is_not(run, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert not origin_of(run / "model.safetensors").ours


def test_the_data_of_a_lone_model_are_opened_only_where_the_user_says_so(run, capsys):
    shutil.copy(run / "model.safetensors", "lone.safetensors")
    assert main(["eval", "lone.safetensors", "-q"]) == 3
    told = capsys.readouterr().err
    assert "lone.safetensors does not lie in a run folder of yours" in told and "not opened: text.txt" in told
    assert "add --trust-paths to open them, or evaluate another file: rnncli eval lone.safetensors FILE" in told
    assert main(["eval", "lone.safetensors", "-q", "--trust-paths"]) == 0
    assert main(["eval", "lone.safetensors", "text.txt", "-q"]) == 0


def test_nothing_that_a_lone_model_names_is_opened_for_a_baseline_either(run, capsys):
    shutil.copy(run / "model.safetensors", "lone.safetensors")
    os.rename("text.txt", "other.txt")
    os.mkfifo("text.txt")  # to open it would wait for ever
    assert main(["eval", "lone.safetensors", "other.txt", "-q"]) == 0


def test_a_run_is_evaluated_from_another_folder(run, tmp_path, monkeypatch, capsys):
    assert main(["eval", "r", "-q"]) == 0
    here = capsys.readouterr().out
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert main(["eval", str(run), "-q"]) == 0
    assert capsys.readouterr().out == here


@pytest.mark.parametrize("part", ["lag", "gates", "units"])
def test_no_part_of_inspect_opens_what_a_lone_model_names(run, capsys, part):
    shutil.copy(run / "model.safetensors", "lone.safetensors")
    os.rename("text.txt", "other.txt")
    os.mkfifo("text.txt")  # to open it would wait for ever
    assert main(["inspect", "lone.safetensors", "--show", part]) == 3
    assert "not opened: text.txt" in capsys.readouterr().err
    assert main(["inspect", "lone.safetensors", "--show", "lag", "--data", "other.txt"]) == 0


def test_inspect_opens_them_too_where_the_user_says_so(run, capsys):
    shutil.copy(run / "model.safetensors", "lone.safetensors")
    assert main(["inspect", "lone.safetensors", "--show", "lag"]) == 3
    told = "add --trust-paths to open them, or name other data: rnncli inspect lone.safetensors --data FILE"
    assert told in capsys.readouterr().err
    assert main(["inspect", "lone.safetensors", "--show", "lag,units,surprise", "--trust-paths"]) == 0
    trusted = capsys.readouterr().out
    assert main(["inspect", "r", "--show", "lag,units,surprise"]) == 0
    assert capsys.readouterr().out == trusted


@pytest.mark.parametrize("moved", [7, ["text.txt"], ["/a", 7], ["/a\0b"]])
def test_places_that_no_version_writes_are_followed_nowhere(run, moved):
    path = next((run / "checkpoints").iterdir())
    arrays, meta = load(path)
    save(path, arrays, {name: value for name, value in meta.items() if name != "seal"} | {"moved": moved})
    assert origin_of(run / "model.safetensors").moved == ()


def test_inspect_looks_at_the_data_of_a_run_as_they_were(run, capsys):
    Path("text.txt").write_text(a_text()[10:] + a_text()[:10])
    assert main(["inspect", "r", "--show", "lag"]) == 3
    assert "not the data that r/model.safetensors was trained on" in capsys.readouterr().err


def test_a_checkpoint_of_another_run_does_not_take_a_folder_over(run, capsys):
    Path("other.txt").write_text("zyx wvu " * 200)
    done("s", {"train.max_steps": 3, "train.eval_every": 3, "data.files": ["other.txt"]})
    best = (run / "model.safetensors").read_bytes()
    shutil.copy(next(Path("s/checkpoints").glob("*3.safetensors")), run / "checkpoints/step-00000003.safetensors")
    assert main(["train", "--resume", "r", "--max-steps", "4", "-q"]) == 4
    assert "is a checkpoint of another run than r/model.safetensors" in capsys.readouterr().err
    assert (run / "model.safetensors").read_bytes() == best
    (run / "checkpoints/step-00000003.safetensors").unlink()
    assert main(["train", "--resume", "r", "--max-steps", "4", "-q"]) == 0
