"""Tensors are written as the library writes them, byte for byte, and read as it reads them."""

import io
import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load as library_load
from safetensors.numpy import save as library_save

from rnncli.errors import ModelFileError, ResourceError
from rnncli.nn import free_memory
from rnncli.storage import tensor_files
from rnncli.storage.checkpoint import load, save
from rnncli.storage.header import KEY, MOST_TENSORS
from rnncli.storage.tensor_files import DTYPES, header_of, read_header, read_tensors, write_tensors

TEXT = json.dumps({"name": 'ж "quoted"\n\x7f\\', "x": 0.5})
shapes = st.lists(st.integers(0, 4), max_size=3).map(tuple)
names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zs", "Zl", "Zp", "Co", "Cf")), min_size=1)


def written(arrays, text=TEXT):
    """The bytes of a file of ours."""
    file = io.BytesIO()
    file.write(header_of(arrays, text))
    write_tensors(file, arrays)
    return file.getvalue()


def read(data):
    return read_tensors(io.BytesIO(data), len(data))


@given(st.dictionaries(names, st.tuples(st.sampled_from(sorted(DTYPES.values())), shapes), max_size=8), st.integers(0))
def test_the_bytes_are_those_of_the_library_and_each_reads_what_the_other_wrote(kinds, seed):
    rng = np.random.default_rng(seed)
    arrays = {
        name: np.ascontiguousarray(rng.integers(0, 2, shape).astype(dtype)) for name, (dtype, shape) in kinds.items()
    }
    ours = written(arrays)
    assert ours == library_save(arrays, {KEY: TEXT})
    found, text = read(ours)
    theirs = library_load(ours)
    assert text == TEXT and found.keys() == theirs.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array)
        assert np.array_equal(theirs[name], array) and not found[name].flags.writeable


def test_an_array_is_written_without_a_copy_of_it():
    import tracemalloc

    array = np.ones(4_000_000, np.float32)
    with open(os.devnull, "wb") as file:
        tracemalloc.start()
        write_tensors(file, {"a": array})
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < array.nbytes / 100


def with_header(header, data=b""):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


ENTRY = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "header, message",
    [
        ([], "not a JSON object"),
        ({"a": None}, "not that of a tensor"),
        ({"a": ENTRY | {"more": 1}}, "not that of a tensor"),
        ({"a\x1b": ENTRY}, "not that of a tensor"),
        ({"a": ENTRY | {"dtype": "F8"}}, "type of numbers"),
        ({"a": ENTRY | {"dtype": ["F32"]}}, "type of numbers"),
        ({"a": ENTRY | {"shape": [-2]}}, "no valid shape"),
        ({"a": ENTRY | {"shape": [True]}}, "no valid shape"),
        ({"a": ENTRY | {"shape": 2}}, "no valid shape"),
        ({"a": ENTRY | {"shape": [3]}}, "more or fewer bytes"),
        ({"a": ENTRY | {"shape": [2**40, 2**40]}}, "more or fewer bytes"),
        ({"a": ENTRY | {"data_offsets": [8, 16]}}, "do not follow one another"),
        ({"a": ENTRY, "b": ENTRY}, "do not follow one another"),
        ({}, "need 0 bytes, and it has 8"),
    ],
)
def test_a_header_that_no_library_writes_is_refused(header, message):
    with pytest.raises(ValueError, match=message):
        read(with_header(header, bytes(8)))


def test_a_tensor_that_is_named_twice_is_refused():
    text = b'{"a":' + json.dumps(ENTRY).encode() + b',"a":' + json.dumps(ENTRY).encode() + b"}"
    with pytest.raises(ValueError, match="names a tensor twice"):
        read(len(text).to_bytes(8, "little") + text + bytes(8))


def test_too_many_tensors_are_refused_before_the_header_is_parsed(monkeypatch):
    arrays = {f"{number:06}": np.zeros(0, np.float32) for number in range(MOST_TENSORS + 1)}
    data = written(arrays)
    monkeypatch.setattr(tensor_files.json, "loads", lambda *_, **__: pytest.fail("parsed"))
    with pytest.raises(ValueError, match="it has 20,001 tensors; at most 20,000 are read"):
        read(data)


def test_a_header_longer_than_the_file_or_the_limit_is_not_read(monkeypatch):
    for length in (0, 1, 9, 2**63, 2**64 - 1):
        with pytest.raises(ValueError, match="its header would have"):
            read(length.to_bytes(8, "little") + b"{}")
    monkeypatch.setattr(tensor_files, "LARGEST", 10)
    with pytest.raises(ValueError, match="at most 10 are read"):
        read(with_header({"a": ENTRY}, bytes(8)))


def test_tensors_larger_than_the_free_memory_are_refused_before_they_are_allocated(tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    save(path, {"a": np.zeros(4, np.float32)}, {})
    header = {"a": {"dtype": "F32", "shape": [2**38], "data_offsets": [0, 2**40]}, "__metadata__": {KEY: "{}"}}
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + 2**40)  # a hole: no block of it is on the disk
    monkeypatch.setattr(free_memory, "available_memory", lambda: 10**9)
    with pytest.raises(
        ResourceError,
        match=r"cannot read .*: its tensors need 1,099,511,627,776 bytes of memory, and 1,000,000,000 are",
    ):
        load(path)


def test_a_file_that_shrinks_while_it_is_read_is_refused():
    data = written({"a": np.zeros(4, np.float32)})
    with pytest.raises(ValueError, match="its size changed"):
        read_tensors(io.BytesIO(data[:-4]), len(data))


def test_the_header_alone_is_read_without_the_tensors():
    data = written({"a": np.zeros(4, np.float32)})
    file = io.BytesIO(data)
    tensors, text = read_header(file, len(data))
    assert tensors["a"].shape == (4,) and text == TEXT and file.tell() == len(data) - 16


def test_a_model_of_30_000_tensors_is_refused_by_its_count(tmp_path):
    path = tmp_path / "model.safetensors"
    save(path, {f"{number:06}": np.zeros(0, np.float32) for number in range(30_000)}, {})
    with pytest.raises(ModelFileError, match="30,000 tensors; at most 20,000"):
        load(path)
