"""The task of a model file, read from its header alone."""

import json
import os

import pytest

from rnncli.storage.checkpoint import save
from rnncli.storage.header import stored_task


def test_the_task_is_read_from_a_file_and_from_a_run_folder(tmp_path):
    save(tmp_path / "model.safetensors", {}, {"config": {"task": "forecast"}})
    assert stored_task(tmp_path) == stored_task(str(tmp_path / "model.safetensors")) == "forecast"


def header(value):
    text = json.dumps(value).encode()
    return len(text).to_bytes(8, "little") + text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words and words and words",
        b"\xff" * 100,
        header([]),
        header({}),
        header({"__metadata__": {"rnncli": "{"}}),
        header({"__metadata__": {"rnncli": "[]"}}),
        header({"__metadata__": {"rnncli": 3}}),
        header({"__metadata__": {"rnncli": '{"config": {}}'}}),
        b"\x40\x0d\x03" + bytes(5) + b"[" * 200_000,
    ],
)
def test_what_is_no_model_has_no_task(tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    assert stored_task(tmp_path / "file") is None


def test_what_is_no_file_has_no_task_and_nobody_waits_for_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in ("pipe", "missing", ".", "x" * 5000, "nul\0"):
        assert stored_task(f"{tmp_path}/{path}") is None
