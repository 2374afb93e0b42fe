"""A run folder belongs to one run and to one process at a time."""

import errno
import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from processes import child

from rnncli.errors import ModelFileError, ResourceError, RunInUse
from rnncli.storage import folder_lock
from rnncli.storage import run_folder as runfolder
from rnncli.storage.checkpoint import load
from rnncli.storage.run_folder import RunFolder, checkpoint, checkpoints, claim, latest_checkpoint, load_latest

HOLDER = """
import sys, time
from rnncli.storage.run_folder import RunFolder
folder = RunFolder(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs" / "mine"


@pytest.fixture
def folder(path):
    """A folder that this process holds until the test ends."""
    held = claim(path)
    yield held
    held.close()


@pytest.fixture
def holder(path):
    """Another process that holds the folder."""
    root = str(Path(runfolder.__file__).parents[2])
    with child(
        sys.executable,
        "-c",
        HOLDER,
        str(path),
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": root},
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process


def saved(folder, *steps, keep=2, good=0):
    for step in steps:
        folder.save_checkpoint(step, {"a": np.float32([step])}, {}, keep, good)


def steps(path):
    return [int(load(each)[0]["a"][0]) for each in checkpoints(path)]


def test_a_folder_that_another_process_holds_is_refused_until_that_is_killed(path, holder):
    for _ in range(2):  # a refusal does not take the lock away
        with pytest.raises(RunInUse, match=rf"another process \(number \d+\) is training in {path}") as caught:
            RunFolder(path)
        assert caught.value.exit_code == 7 and caught.value.hint
    with pytest.raises(RunInUse):
        claim(path)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    claim(path).close()


def test_the_lock_holds_within_a_process_as_well(path):
    folder = claim(path)
    with pytest.raises(RunInUse):
        RunFolder(path)
    folder.close()
    RunFolder(path).close()


def test_a_file_system_without_locks_is_not_called_another_process(path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(folder_lock, "hold", refuse)
    with pytest.raises(ResourceError, match="cannot lock .*: No locks available"):
        RunFolder(path)


@pytest.mark.parametrize("content", ["config.yaml", "thesis.txt", ".hidden", "checkpoints/step-00000010.safetensors"])
def test_a_folder_with_something_in_it_is_never_claimed_nor_touched(content, path):
    (path / content).parent.mkdir(parents=True)
    (path / content).write_text("precious")
    before = sorted(path.rglob("*"))
    with pytest.raises(RunInUse, match=str(path)) as caught:
        claim(path)
    assert sorted(path.rglob("*")) == before and (path / content).read_text() == "precious"
    assert ("--resume" in caught.value.hint) == content.startswith("checkpoints")


def test_a_run_that_came_and_went_between_look_and_lock_is_not_overwritten(path, monkeypatch):
    hold = folder_lock.hold

    def late(file):
        (path / "config.yaml").write_text("of another run")
        hold(file)

    monkeypatch.setattr(folder_lock, "hold", late)
    with pytest.raises(RunInUse, match="is not empty"):
        claim(path)
    monkeypatch.undo()
    assert (path / "config.yaml").read_text() == "of another run"
    RunFolder(path).close()  # and the lock is free again


def test_an_empty_folder_and_one_that_a_killed_start_left_are_claimed(path):
    path.mkdir(parents=True)
    claim(path).close()
    (path / "checkpoints" / ".step-00000000.safetensors.123.tmp").write_text("half")
    claim(path).close()
    assert sorted(entry.name for entry in path.rglob("*")) == [".lock", "checkpoints"]


def test_a_discarded_folder_leaves_nothing_behind(path):
    folder = claim(path)
    saved(folder, 0)
    folder.write("config.yaml", "x: 1\n")
    folder.discard()
    assert not path.parent.exists() and path.parent.parent.exists()


def test_a_discarded_folder_that_was_there_before_stays_empty(path):
    path.mkdir(parents=True)
    folder = claim(path)
    saved(folder, 0)
    folder.discard()
    assert path.is_dir() and not any(path.iterdir())


def test_a_file_in_the_place_of_the_folder_is_named(path):
    path.parent.mkdir()
    path.write_text("")
    with pytest.raises(ResourceError, match=f"{path} is a file, not a folder") as caught:
        claim(path)
    assert caught.value.exit_code == 6


def test_a_folder_that_cannot_be_made_is_a_resource_error_and_leaves_nothing(path):
    path.parent.mkdir()
    (path.parent / "file").write_text("")
    for impossible in (path.parent / "file" / "run", path.parent / "new" / ("x" * 300), Path("/proc/nothing/run")):
        with pytest.raises(ResourceError):
            claim(impossible)
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_the_newest_checkpoints_and_the_good_one_are_kept(path, folder):
    saved(folder, 0, 10, 20)
    assert steps(path) == [0, 10, 20]  # 0 is what a rejected step goes back to
    saved(folder, 30, good=20)
    assert steps(path) == [20, 30]
    saved(folder, 40, keep=1, good=30)
    assert steps(path) == [30, 40]
    saved(folder, 50, keep=1, good=50)
    assert steps(path) == [50] and latest_checkpoint(path) == checkpoint(path, 50)


def test_checkpoints_are_in_order_of_their_steps_however_many_digits_those_have(path, folder):
    saved(folder, 100_000_000, 99_999_999, keep=9)
    assert [each.name for each in checkpoints(path)] == ["step-99999999.safetensors", "step-100000000.safetensors"]


def test_checkpoints_after_a_step_can_be_dropped(path, folder):
    saved(folder, 0, 10, 20, 30, keep=9)
    folder.drop_checkpoints(after=10)
    assert steps(path) == [0, 10]


def test_a_damaged_newest_checkpoint_is_named_with_the_one_before_it(path, folder):
    saved(folder, 10, 20)
    newest = checkpoint(path, 20)
    newest.write_bytes(newest.read_bytes()[:-1])
    with pytest.raises(ModelFileError, match="step-00000020.safetensors is not a complete") as caught:
        load_latest(path)
    assert caught.value.hint == f"delete it to continue from {checkpoint(path, 10)}"
    newest.unlink()
    assert load_latest(path)[0] == checkpoint(path, 10)
    checkpoint(path, 10).write_bytes(b"")
    with pytest.raises(ModelFileError, match="step-00000010.safetensors") as caught:
        load_latest(path)
    assert "delete" not in caught.value.hint


def test_a_folder_without_a_checkpoint_or_no_folder_cannot_be_resumed(path):
    with pytest.raises(ModelFileError, match="does not exist") as caught:
        latest_checkpoint(path)
    assert caught.value.exit_code == 4
    path.mkdir(parents=True)
    with pytest.raises(ModelFileError, match="has no checkpoint"):
        latest_checkpoint(path)


def test_the_log_can_be_cut_back_to_an_earlier_size(path):
    folder = claim(path)
    assert folder.log_size() == 0
    folder.log({"step": 1, "text": "ж"})
    folder.log({"step": 2})
    size = folder.log_size()
    folder.log({"step": 3})
    with open(path / "log.jsonl", "ab") as file:
        file.write(b'{"step": 4, "te')  # what a kill leaves of a line
    folder.close()
    folder = RunFolder(path)
    folder.rewind_log(size)
    folder.log({"step": 30})
    assert [json.loads(line)["step"] for line in (path / "log.jsonl").read_text().splitlines()] == [1, 2, 30]
    folder.rewind_log(0)
    folder.log({"step": 1})
    assert (path / "log.jsonl").read_text() == '{"step": 1}\n'
    folder.close()


def test_a_log_that_is_gone_is_begun_anew(path, folder):
    folder.rewind_log(100)
    folder.log({"step": 1})
    assert folder.log_size() == len('{"step": 1}\n')


def test_numbers_that_json_does_not_know_are_null_in_the_log(path, folder):
    folder.log({"loss": float("nan"), "norms": [{"norm": float("inf"), "name": "b"}, 1.5]})
    assert (path / "log.jsonl").read_text() == '{"loss": null, "norms": [{"name": "b", "norm": null}, 1.5]}\n'


def test_a_name_that_is_no_text_is_written_as_an_escape(path, folder):
    folder.write("summary.json", json.dumps({"file": "\udcff.txt", "sample": "жук"}, ensure_ascii=False))
    text = (path / "summary.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"file": "\udcff.txt", "sample": "жук"} and "жук" in text


def test_a_full_disk_while_logging_does_not_keep_the_lock(path, monkeypatch):
    folder = claim(path)
    folder.log({"step": 1})

    class Full:
        def close(self):
            raise OSError(errno.ENOSPC, "No space left on device")

    folder._log.close()
    folder._log = Full()
    folder.close()
    RunFolder(path).close()


FILES = [
    ".lock",
    "config.yaml",
    "log.jsonl",
    "model.safetensors",
    "summary.json",
    "checkpoints",
    "checkpoints/step-00000000.safetensors",
]


def outside(path, name):
    """Move a file or folder of a run out of it and leave a link in its place; returns where it is now."""
    place = path.parent / "outside"
    (path / name).rename(place)
    (path / name).symlink_to(place)
    return place


@pytest.fixture
def whole(path):
    """A run folder with every file that a run has."""
    folder = claim(path)
    saved(folder, 0)
    folder.save_model({"a": np.float32([1])}, {})
    for name in ("config.yaml", "summary.json"):
        folder.write(name, "{}")
    folder.log({"step": 1})
    folder.close()
    return path


@pytest.mark.parametrize("name", FILES)
def test_a_link_in_a_run_folder_is_refused_and_its_target_is_left_alone(whole, name):
    place = outside(whole, name)
    if place.is_dir():
        (place / ".not-ours.tmp").write_text("")
    before = {each: each.read_bytes() for each in (place, *place.rglob("*")) if each.is_file()}
    with pytest.raises(
        ModelFileError, match=f"{whole / name} is a symbolic link; a run needs a .* of its own"
    ) as caught:
        RunFolder(whole)
    assert caught.value.exit_code == 4 and caught.value.hint.startswith("delete it, or replace it with a copy")
    assert (whole / name).is_symlink() and before == {each: each.read_bytes() for each in before}


@pytest.mark.parametrize("name", FILES)
def test_a_link_to_nothing_is_refused_and_makes_nothing(whole, name):
    place = outside(whole, name)
    place.rename(whole.parent / "gone")
    with pytest.raises(ModelFileError, match="is a symbolic link"):
        RunFolder(whole)
    assert not place.exists()


@pytest.mark.parametrize("name", [".lock", "checkpoints"])
def test_a_new_run_is_not_begun_through_a_link(path, name):
    path.mkdir(parents=True)
    (path / name).symlink_to(path.parent / "outside")
    with pytest.raises(ModelFileError, match="is a symbolic link"):
        claim(path)
    assert [each.name for each in path.parent.iterdir()] == ["mine"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
def test_a_pipe_or_a_folder_in_the_place_of_a_file_is_refused_without_waiting(whole):
    (whole / "log.jsonl").unlink()
    os.mkfifo(whole / "log.jsonl")
    with pytest.raises(ModelFileError, match="log.jsonl is a pipe"):
        RunFolder(whole)
    (whole / "log.jsonl").unlink()
    (whole / "log.jsonl").mkdir()
    with pytest.raises(ModelFileError, match="log.jsonl is a folder"):
        RunFolder(whole)


def test_a_file_in_the_place_of_the_checkpoints_is_refused(path):
    path.mkdir(parents=True)
    (path / "checkpoints").write_text("")
    with pytest.raises(ModelFileError, match="checkpoints is a file; a run needs a folder of its own there"):
        claim(path)


def test_a_log_that_becomes_a_link_while_the_folder_is_held_is_neither_measured_cut_nor_written(whole):
    with closing(RunFolder(whole)) as folder:
        place = outside(whole, "log.jsonl")
        before = place.read_bytes()
        for use in (folder.log_size, lambda: folder.rewind_log(0), lambda: folder.log({"step": 2})):
            with pytest.raises(ModelFileError, match="log.jsonl is a symbolic link"):
                use()
    assert place.read_bytes() == before


def test_a_link_under_a_temporary_name_is_not_written_through(path, folder):
    place = path.parent / "outside"
    place.write_text("precious")
    (path / f".config.yaml.{os.getpid()}.tmp").symlink_to(place)
    folder.write("config.yaml", "x: 1\n")
    assert place.read_text() == "precious" and not (path / "config.yaml").is_symlink()


def test_a_run_folder_may_itself_be_reached_through_a_link(whole):
    link = whole.parent / "latest"
    link.symlink_to(whole)
    with closing(RunFolder(link)) as folder:
        folder.log({"step": 2})
    assert [json.loads(line)["step"] for line in (whole / "log.jsonl").read_text().splitlines()] == [1, 2]
