"""The position in a checkpoint is one that its data have, or the run is not continued."""

from pathlib import Path

import pytest
from runs import a_text, done, killed, last_checkpoint, model_bytes

from rnncli.cli.main import main
from rnncli.errors import ModelFileError
from rnncli.storage.checkpoint import load, save
from rnncli.storage.description import check_position
from rnncli.storage.run_folder import checkpoints
from rnncli.training.run import prepare

PLATEAU = {"schedule.kind": "plateau"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a text."""
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text(a_text())


def forge(path, change):
    """Let change(meta) alter a checkpoint, and seal it again."""
    arrays, meta = load(path)
    change(meta)
    save(path, arrays, {name: value for name, value in meta.items() if name != "seal"})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"step": 10**6, "batch": 10**5}, "progress.batch: found 100,000, but epoch 0 of its data has "),
        ({"step": 10**6, "batch": 2**53}, "need more than 1,000,000 steps"),
        ({"batch": 3}, "progress: epoch 0 and batch 3 need more than 2 steps"),
        ({"epoch": 2**53}, "progress: epoch 9,007,199,254,740,992 and batch 2 need more than 2 steps"),
        ({"schedule": {}}, "progress.schedule.best is missing"),
        ({"schedule": {"best": None, "waited": None, "scale": 1.0}}, "progress.schedule.waited is missing"),
    ],
)
def test_a_position_that_its_data_lack_is_refused_and_nothing_is_written(here, capsys, changes, told):
    done("r", PLATEAU | {"train.max_steps": 2})
    forge(checkpoints("r")[-1], lambda meta: meta["progress"].update(changes))
    before = checkpoints("r")[-1].read_bytes()
    assert main(["train", "--resume", "r", "--max-steps", "2000000", "-q"]) == 4
    error, hint = capsys.readouterr().err.splitlines()
    assert "is malformed: " in error and told in error and hint == "hint: continue from another checkpoint"
    assert checkpoints("r")[-1].read_bytes() == before


@pytest.mark.parametrize("part", ["config", "data", "encoder"])
def test_a_checkpoint_without_a_part_is_malformed(here, capsys, part):
    done("r", {"train.max_steps": 2})
    forge(checkpoints("r")[-1], lambda meta: meta.pop(part))
    assert main(["train", "--resume", "r", "--max-steps", "3", "-q"]) == 4
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("changes", [{"batch": 10**6}, {"schedule": {}}, {"clip": 1}])
def test_the_checkpoint_to_which_a_rejected_step_returns_is_checked_as_well(here, changes):
    done("r", PLATEAU | {"train.max_steps": 2})
    with prepare(None, None, resume="r") as run:
        forge(checkpoints("r")[-1], lambda meta: meta["progress"].update(changes))
        run.trainer.progress.good = 2
        with pytest.raises(ModelFileError, match="is malformed: "):
            run.go_back()


@pytest.mark.parametrize("last", [True, False])
def test_the_last_batch_of_an_epoch_and_the_first_one_are_good_positions(here, last):
    whole, _ = done("whole", {"train.max_steps": 400, "train.epochs": 2, "train.checkpoint_every": 1})
    batches = whole.batches.batches(0)
    step = batches - 1 if last else batches
    killed("r", step + 1, {"train.max_steps": 400, "train.epochs": 2, "train.checkpoint_every": 1})
    for path in checkpoints("r"):
        if int(path.stem[-8:]) > step:
            path.unlink()
    progress = last_checkpoint("r")[1]["progress"]
    assert (progress["epoch"], progress["batch"]) == ((0, batches - 1) if last else (1, 0))
    with prepare(None, None, resume="r") as run:
        assert run.trainer.progress.step == step
    assert main(["train", "--resume", "r", "-q"]) == 0
    assert model_bytes("r") == model_bytes("whole")


def test_the_epoch_is_not_planned_for_a_position_at_its_beginning():
    def planned(epoch):
        raise AssertionError(f"epoch {epoch} was planned")

    check_position("c", {"step": 7, "epoch": 7, "batch": 0, "schedule": {}}, planned, {})
