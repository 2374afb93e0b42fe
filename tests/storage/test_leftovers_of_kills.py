"""What a killed process leaves behind is swept by the next start; nothing else is."""

import errno
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from processes import PATIENCE, child
from runs import done, killed, model_bytes, tiny

from rnncli.cli.main import main
from rnncli.errors import ModelFileError, ResourceError
from rnncli.storage import atomic_files, checkpoint
from rnncli.storage.atomic_files import write_atomically
from rnncli.storage.checkpoint import load, save
from rnncli.storage.run_folder import RunFolder, checkpoints, claim, claim_first
from rnncli.training.run import prepare

ROOT = str(Path(checkpoint.__file__).parents[2])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run"


def run_code(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": ROOT},
        timeout=PATIENCE,
        capture_output=True,
        text=True,
    )


def test_a_kill_while_a_checkpoint_is_written_leaves_one_file_that_the_next_start_deletes(path):
    claim(path).close()
    code = (
        "import os, signal, sys, numpy as np\n"
        "from rnncli.storage import checkpoint\n"
        "checkpoint.write_tensors = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "checkpoint.save(sys.argv[1], {'a': np.zeros(1000, np.float32)}, {})\n"
    )
    ended = run_code(code, path / "checkpoints" / "step-00000001.safetensors")
    assert ended.returncode == -signal.SIGKILL
    left = [each.name for each in (path / "checkpoints").iterdir()]
    assert len(left) == 1 and left[0].startswith(".step-00000001.safetensors.") and left[0].endswith(".tmp")
    RunFolder(path).close()
    assert not any((path / "checkpoints").iterdir())


def test_the_leftovers_of_the_library_are_swept_and_files_of_others_stay(path):
    claim(path).close()
    ours = [".tmpAb3xYz", "checkpoints/.tmp000000", ".model.safetensors.77.tmp", ".config.yaml.1.tmp"]
    others = [".tmpfile", ".notes.tmp", "checkpoints/.x.tmp", ".tmpAb3xYz.txt", "thesis.tmp"]
    for name in (*ours, *others):
        (path / name).write_text("x")
    for name in (".x.tmp", ".tmpFolder", "checkpoints/.step-00000001.safetensors.5.tmp"):
        (path / name).unlink(missing_ok=True)
        (path / name).mkdir()
    RunFolder(path).close()
    assert not any((path / name).exists() for name in ours)
    assert all((path / name).exists() for name in others) and (path / ".x.tmp").is_dir()


def test_a_link_under_the_name_of_a_leftover_is_deleted_and_its_target_stays(path):
    claim(path).close()
    precious = path.parent / "precious"
    precious.write_text("x")
    (path / ".tmpAb3xYz").symlink_to(precious)
    RunFolder(path).close()
    assert precious.read_text() == "x" and not (path / ".tmpAb3xYz").is_symlink()


def test_a_full_disk_is_told_with_the_needed_and_the_free_bytes(path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(atomic_files.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 12_300}))
    path.mkdir()
    with pytest.raises(
        ResourceError, match=r"No space left on device; it needs 4,000,\d\d\d bytes, and 12,300 are free there"
    ):
        save(path / "m.safetensors", {"a": np.zeros(1_000_000, np.float32)}, {})
    assert not any(path.iterdir())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_device_is_not_replaced_by_a_file(path):
    os.mkfifo(path)
    with pytest.raises(ResourceError, match="is a pipe, not a regular file"):
        write_atomically(path, b"x")
    assert path.is_fifo()


def test_a_kill_between_the_first_checkpoint_and_the_configuration_is_mended_by_a_resume(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("the miller sang\n" * 100)
    killed("r", 3)
    wanted = Path("r", "config.yaml").read_bytes()
    Path("r", "config.yaml").unlink()
    with prepare(None, None, resume="r"):
        pass
    assert Path("r", "config.yaml").read_bytes() == wanted


def test_a_third_checkpoint_that_a_kill_left_goes_with_the_next_start(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("the miller sang\n" * 100)
    done("r")
    newest = checkpoints("r")[-1]
    arrays, meta = load(newest)
    for step in (1, 2):
        save(newest.with_name(f"step-{step:08d}.safetensors"), arrays, meta)
    kept = model_bytes("r")
    with prepare(None, None, resume="r"):
        assert [each.name for each in checkpoints("r")] == ["step-00000040.safetensors", "step-00000060.safetensors"]
    assert model_bytes("r") == kept


def test_folders_are_claimed_one_by_one_however_many_processes_ask(tmp_path):
    code = (
        "import sys\n"
        "from rnncli.storage.run_folder import claim_first\n"
        "held = claim_first(f'{sys.argv[1]}/run-{number}' for number in range(9))\n"
        "print(held.path, flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as processes:
        given = os.environ | {"PYTHONPATH": ROOT}
        started = [processes.enter_context(child(*command, env=given, **pipes)) for _ in range(4)]
        found = [each.stdout.readline().strip() for each in started]
        for each in started:
            each.communicate(timeout=PATIENCE)
    assert len(set(found)) == 4 and all(each.startswith(str(tmp_path / "run-")) for each in found)


def test_a_free_folder_is_claimed_past_those_that_are_there(path):
    path.parent.joinpath("one").mkdir()
    held = claim_first([path.parent / "one", path.parent / "two"])
    assert held.path == path.parent / "two"
    held.close()


def test_a_folder_named_through_one_that_does_not_exist_makes_only_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    claim("nope/../b").close()
    assert [each.name for each in tmp_path.iterdir()] == ["b"]
    (tmp_path / "b" / "thesis.txt").write_text("precious")
    with pytest.raises(Exception, match="b is not empty"):
        claim("nope/../b")


def test_a_hard_link_in_the_place_of_the_log_is_neither_cut_nor_written(path):
    folder = claim(path)
    folder.log({"step": 1})
    folder.close()
    precious = path.parent / "precious"
    os.link(path / "log.jsonl", precious)
    before = precious.read_bytes()
    folder = RunFolder(path)
    try:
        for use in (lambda: folder.rewind_log(0), lambda: folder.log({"step": 2})):
            with pytest.raises(ModelFileError, match="log.jsonl is a hard link"):
                use()
    finally:
        folder.close()
    assert precious.read_bytes() == before


def test_a_hard_link_in_the_place_of_the_lock_is_not_written(path):
    claim(path).close()
    (path / ".lock").unlink()
    precious = path.parent / "precious"
    precious.write_text("precious")
    os.link(precious, path / ".lock")
    with pytest.raises(ModelFileError, match=".lock is a hard link"):
        RunFolder(path)
    assert precious.read_text() == "precious"


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_a_model_that_is_no_regular_file_is_refused_at_once(kind, path):
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    name = Path("/dev/zero") if kind == "device" else path
    with pytest.raises(ModelFileError, match="is a pipe|a device|Is a directory"):
        load(name)


def test_checkpoints_that_cannot_be_listed_are_told_so(path, monkeypatch):
    claim(path).close()

    def forbidden(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "listdir", forbidden)
    with pytest.raises(ModelFileError, match="cannot list .*checkpoints: Permission denied"):
        checkpoints(path)


def test_a_changed_configuration_is_told_when_a_run_continues_without_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("the miller sang\n" * 100)
    done("r", {"train.max_steps": 4})
    with prepare(None, None, resume="r") as run:
        assert not any("config.yaml" in text for text in run.warnings)
    file = Path("r", "config.yaml")
    file.write_text(file.read_text().replace("hidden_size: 12", "hidden_size: 99"))
    with prepare(None, None, resume="r") as run:
        told = [text for text in run.warnings if "config.yaml" in text]
    assert len(told) == 1 and "model.hidden_size 12 (not 99)" in told[0] and run.config.model.hidden_size == 12
    file.write_text("model: [")
    with prepare(None, None, resume="r") as run:
        assert any("config.yaml cannot be read" in text for text in run.warnings)


@pytest.mark.parametrize("kind, what", [("gone", "a symbolic link"), ("ck", "a symbolic link"), (None, "a file")])
def test_a_folder_of_checkpoints_that_is_none_is_called_what_it_is(tmp_path, monkeypatch, capsys, kind, what):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("the miller sang\n" * 100)
    done("r", {"train.max_steps": 1})
    os.rename("r/checkpoints", "r/ck")
    Path("r/checkpoints").symlink_to(kind) if kind else Path("r/checkpoints").touch()
    assert main(["train", "--resume", "r", "--max-steps", "2"]) == 4
    told = f"error: r/checkpoints is {what}; a run needs a folder of its own there\n"
    assert capsys.readouterr().err.startswith(told)


def test_another_name_of_the_same_data_is_no_other_setting(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("the miller sang\n" * 100)
    killed("r", 3, {"train.max_steps": 6})
    for name in ("./text.txt", str(tmp_path / "text.txt")):
        with prepare(tiny({"train.max_steps": 6}, name), "r", "auto") as run:
            assert run.config.data.files == ("text.txt",)
