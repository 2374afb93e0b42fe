"""A checkpoint is whole or it is refused, whatever happens to it or around it."""

import errno
import io
import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from processes import PATIENCE
from safetensors.numpy import save as serialise

from rnncli.config import Config, ModelConfig, to_dict
from rnncli.data.text.encoders import CharEncoder
from rnncli.errors import ConfigError, ModelFileError, ResourceError
from rnncli.storage import checkpoint
from rnncli.storage.atomic_files import write_atomically
from rnncli.storage.checkpoint import fill, load, named_arrays, parsed, save
from rnncli.storage.header import KEY
from rnncli.storage.model_files import load_model
from rnncli.tasks.language.model import build_model

ENCODER = CharEncoder("\nabж")
MODEL = ModelConfig(hidden_size=4)


def small(**changes):
    """(ParamStore, random theta) of a small model."""
    store = build_model(replace(MODEL, **changes), ENCODER.size).store()
    return store, np.random.default_rng(3).normal(size=store.size).astype(np.float32)


def written(path, arrays=None, **meta):
    """A model file of `small` with other arrays or meta."""
    store, theta = small()
    save(
        path,
        named_arrays(store, "theta/", theta) if arrays is None else arrays,
        {
            "config": to_dict(Config(task="language", seed=1, model=MODEL)),
            "encoder": ENCODER.to_dict(),
            "progress": {"step": 3},
            "data": {"digest": "0" * 64, "files": ["a.txt"]},
        }
        | meta,
    )
    return theta


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


@pytest.fixture
def tight(path):
    """The bytes of a checkpoint as small as one can be that has two tensors and a little of everything in its JSON."""
    save(
        path,
        {"state/0/0": np.arange(3, dtype=np.float32), "state/0/1": np.zeros(1, np.float32)},
        {"symbols": ["\x1f", "ж", '"'], "rate": 1e-3, "none": None},
    )
    return path.read_bytes()


def test_what_was_saved_is_loaded(path):
    arrays = {"b": np.float32([[1.5, -0.0], [np.inf, 3]]), "a": np.arange(4, dtype=np.uint8)}
    meta = {"text": "ж\n\x00\U0001f600", "name": "file\udcff.txt", "rate": 0.1, "none": None, "parts": [1, {"x": 0.5}]}
    save(path, arrays, meta)
    found, told = load(path)
    assert {name: (array.dtype, array.tolist()) for name, array in found.items()} == {
        name: (array.dtype, array.tolist()) for name, array in arrays.items()
    }
    assert {key: told[key] for key in meta} == meta


def test_the_same_contents_are_the_same_bytes(tmp_path):
    arrays = {"a": np.float32([1, 2]), "b": np.float32([[3]]), "c": np.arange(6, dtype=np.float32).reshape(2, 3)}
    save(tmp_path / "one", arrays, {"x": 1, "y": [2]})
    backwards = {name: np.asfortranarray(arrays[name]) for name in reversed(arrays)}
    save(tmp_path / "two", backwards, {"y": [2], "x": 1})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_every_flipped_bit_is_found(path, tight):
    damaged, unnoticed = bytearray(tight), []
    for bit in range(8 * len(tight)):
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            parsed(path, io.BytesIO(damaged), len(damaged))  # thousands of files take their time
        except ModelFileError as error:
            assert error.exit_code == 4 and str(path) in str(error) and error.hint and "\n" not in str(error)
        else:
            unnoticed.append(bit)
        damaged[bit // 8] ^= 1 << bit % 8
    assert unnoticed == [] and load(path)[1]["rate"] == 1e-3


def test_a_file_cut_at_any_length_is_refused(path, tight):
    for length in range(len(tight)):
        with pytest.raises(ModelFileError, match="not a complete model file"):
            parsed(path, io.BytesIO(tight[:length]), length)


def test_bytes_after_the_end_are_refused(path, tight):
    path.write_bytes(tight + b"\0")
    with pytest.raises(ModelFileError, match="not a complete model file"):
        load(path)


def test_a_tensor_under_another_name_is_found(path, tight):
    path.write_bytes(tight.replace(b'"state/0/1"', b'"state/0/2"'))  # in the header alone, not in the description
    with pytest.raises(ModelFileError, match="tensor state/0/1 does not match its SHA-256"):
        load(path)


@pytest.mark.parametrize("text", ["{}", "[]", "3", '{"seal": 1}', '{"x": NaN}', "[" * 100_000, "{", ""])
def test_a_description_that_is_not_ours_is_refused(text, path):
    path.write_bytes(serialise({"a": np.zeros(2, np.float32)}, {KEY: text}))
    with pytest.raises(ModelFileError, match="not a complete model file"):
        load(path)


@pytest.mark.parametrize("metadata", [None, {}, {"format": "pt"}])
def test_a_safetensors_file_of_another_program_is_called_that(metadata, path):
    path.write_bytes(serialise({"weight": np.zeros((2, 3), np.float32)}, metadata))
    with pytest.raises(ModelFileError, match="a safetensors file, but no rnncli model"):
        load(path)


@pytest.mark.parametrize("data", [b"", b"\0" * 8, b"\xff" * 64, b"To be, or not to be", b"PK\3\4" + bytes(100)])
def test_a_file_of_another_kind_is_refused(data, path):
    path.write_bytes(data)
    with pytest.raises(ModelFileError):
        load(path)


def test_another_format_is_refused_by_its_number(path, monkeypatch):
    monkeypatch.setattr(checkpoint, "FORMAT", 4)
    written(path)
    monkeypatch.undo()
    with pytest.raises(ModelFileError, match="has format 4; this version reads 2 and 3"):
        load(path)


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ModelFileError, match="no model at .*nowhere"):
        load(tmp_path / "nowhere")
    with pytest.raises(ModelFileError, match="cannot read .*: Is a directory"):
        load(tmp_path)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"hidden_size": 5}, r"theta/head.W: found float32 \(4, 4\), expected float32 \(5, 4\)"),
        ({"cell": "gru"}, r"theta/layer0.W_h: found float32 \(4, 16\), expected float32 \(4, 12\)"),
        ({"num_layers": 2}, r"theta/layer1.W_h: found no such tensor, expected float32 \(4, 16\)"),
        ({"layer_norm": True}, "theta/norm0.*: found no such tensor, expected"),
    ],
)
def test_tensors_of_another_architecture_are_refused_by_name(changes, message, path):
    written(path)
    store, theta = small(**changes)
    with pytest.raises(ModelFileError, match=message):
        fill(store, "theta/", theta, load(path)[0], path)


@pytest.mark.parametrize("changes", [{"num_layers": 2}, {"layer_norm": True}])
def test_a_tensor_too_many_is_refused_as_well(changes, path):
    store, theta = small(**changes)
    written(path, named_arrays(store, "theta/", theta))
    with pytest.raises(ModelFileError, match="theta/(layer|norm).*: found float32 .*, expected no such tensor"):
        load_model(path)


def test_another_dtype_is_refused(path):
    store, theta = small()
    written(path, named_arrays(store, "theta/", theta.astype(np.float64)))
    with pytest.raises(ModelFileError, match="found float64 .*, expected float32"):
        load_model(path)


def test_a_model_is_loaded_from_its_file_or_its_folder(path):
    theta = written(path)
    for name in (path, str(path), path.parent, str(path.parent)):
        loaded = load_model(name)
        assert np.array_equal(loaded.theta, theta) and loaded.theta.flags.writeable
        assert (
            loaded.encoder == ENCODER
            and loaded.config == Config(task="language", seed=1, model=MODEL)
            and loaded.progress == {"step": 3}
        )


def test_a_folder_without_a_model_says_how_to_get_one(tmp_path):
    with pytest.raises(ModelFileError, match="holds no model.safetensors") as caught:
        load_model(tmp_path)
    assert f"--resume {tmp_path}" in caught.value.hint


def test_of_a_checkpoint_the_average_is_loaded_once_there_is_one(path):
    store, theta = small()
    arrays = named_arrays(store, "theta/", theta) | named_arrays(store, "opt/average/", theta + 1)
    written(path, arrays)
    assert np.array_equal(load_model(path).theta, theta + 1)
    written(path, arrays, progress={"step": 0})
    assert np.array_equal(load_model(path).theta, theta)


def test_a_stored_configuration_of_another_version_is_a_fault_of_the_file(path):
    written(path, config=to_dict(Config(task="language", seed=1, model=MODEL)) | {"later": 1})
    with pytest.raises(ModelFileError, match="later") as caught:
        load_model(path)
    assert "version" in caught.value.hint


def test_a_cell_of_named_code_that_is_not_loaded_is_a_fault_of_the_command_and_any_other_one_of_the_file(path):
    written(path, config=to_dict(Config(task="language", seed=1, model=replace(MODEL, cell="mine", code=("mine.py",)))))
    with pytest.raises(ConfigError, match="mine") as caught:
        load_model(path)
    assert "--code mine.py" in caught.value.hint
    written(path, config=to_dict(Config(task="language", seed=1, model=replace(MODEL, cell="mine"))))
    with pytest.raises(ModelFileError, match="unknown cell 'mine'") as refused:
        load_model(path)
    assert "lstm" in refused.value.hint


@pytest.mark.parametrize("umask, mode", [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_the_mode_of_a_file_follows_the_umask(umask, mode, path):
    before = os.umask(umask)
    try:
        written(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def failing(number):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(call, path, monkeypatch):
    path.write_bytes(b"old")
    monkeypatch.setattr(os, call, failing(errno.ENOSPC))
    with pytest.raises(ResourceError, match=f"cannot write {path}: No space left on device") as caught:
        write_atomically(path, b"new")
    assert caught.value.exit_code == 6 and "-o" in caught.value.hint
    assert [(entry.name, entry.read_bytes()) for entry in path.parent.iterdir()] == [(path.name, b"old")]


def test_an_interruption_leaves_the_old_file_and_nothing_else(path, monkeypatch):
    path.write_bytes(b"old")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert [(entry.name, entry.read_bytes()) for entry in path.parent.iterdir()] == [(path.name, b"old")]


def test_a_crash_between_writing_and_replacing_leaves_the_old_file(path):
    path.write_bytes(b"old")
    code = (
        "import os, sys; from rnncli.storage.atomic_files import write_atomically\n"
        "os.replace = lambda *_: os._exit(9)\n"
        "write_atomically(sys.argv[1], b'new')"
    )
    root = str(Path(checkpoint.__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=os.environ | {"PYTHONPATH": root}, timeout=PATIENCE
    )
    assert ended.returncode == 9 and path.read_bytes() == b"old"


def test_the_file_is_on_the_disk_before_it_has_its_name_and_the_name_afterwards(path, monkeypatch):
    seen = []
    monkeypatch.setattr(os, "fsync", lambda file: seen.append((stat.S_ISDIR(os.fstat(file).st_mode), path.exists())))
    write_atomically(path, b"new")
    assert seen == [(False, False), (True, True)]


def test_a_folder_that_cannot_be_synced_is_no_reason_to_fail(path, monkeypatch):
    sync, synced = os.fsync, []

    def once(file):
        if synced:
            raise OSError(errno.EINVAL, "Invalid argument")
        synced.append(sync(file))

    monkeypatch.setattr(os, "fsync", once)
    write_atomically(path, b"new")
    assert synced and path.read_bytes() == b"new"


def test_an_unwritable_folder_is_a_resource_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResourceError, match="cannot write .*: Not a directory"):
        written(tmp_path / "file" / "model.safetensors")
    with pytest.raises(ResourceError, match="cannot write .*: No such file or directory"):
        written(tmp_path / "gone" / "model.safetensors")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_forbidden_folder_is_a_resource_error(path):
    path.parent.chmod(0o555)
    try:
        with pytest.raises(ResourceError, match="cannot write .*: Permission denied"):
            written(path)
    finally:
        path.parent.chmod(0o755)


def test_the_description_is_readable_json_with_sorted_keys(path):
    written(path)
    data = path.read_bytes()
    text = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"][KEY]
    assert list(json.loads(text)) == ["config", "data", "encoder", "format", "progress", "seal", "sha256"]
