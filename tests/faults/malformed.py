"""Model files that are whole and sealed, and yet describe what no version ever wrote.

    for each in mutations(arrays, meta, kinds=...): path.write_bytes(each.data)

Every place of the description and every tensor is mutated by itself: taken away, of another type, out of its range, too
long, too short, doubled. A mutation is `certain` where no reader may accept it: exit 4 and a sentence.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from safetensors.numpy import save as serialise

KEY = "rnncli"
HUGE = 10**9
VALUES = {  # a value of each kind of JSON, and of each kind of malice
    "null": None,
    "true": True,
    "-1": -1,
    "0": 0,
    "1e9": HUGE,
    "2^70": 2**70,
    "1e300": 1e300,
    "0.5": 0.5,
    "no text": "",
    "text": "x",
    "escape": "\x1b[2J\x07",
    "surrogate": "\ud800",
    "path": "/dev/zero",
    "list": [],
    "list of null": [None],
    "object": {},
    "deep": json.loads("[" * 60 + "]" * 60),
}
REQUIRED = ("format", "config", "encoder", "progress", "data", "sha256")
MOST_ENTRIES = 3  # of a list or an object whose entries are alike: the first ones are mutated


@dataclass(frozen=True)
class Mutation:
    """A malformed file: what was done to it, its bytes, and whether every reader must refuse it."""

    name: str
    data: bytes
    certain: bool


def sealed(arrays: Mapping[str, np.ndarray], meta: dict[str, Any], digests: bool = True) -> bytes:
    """The bytes of a model file with a seal and digests that fit, whatever `meta` holds."""
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    if digests:
        meta = meta | {"sha256": {name: digest(name, array) for name, array in arrays.items()}}
    return serialise(arrays, {KEY: seal(meta)})


def seal(meta: Any) -> str:
    """JSON of `meta` with a digest of itself."""
    if not isinstance(meta, dict):
        return json.dumps(meta)
    meta = {key: value for key, value in meta.items() if key != "seal"}
    text = json.dumps(meta, sort_keys=True)
    return json.dumps(meta | {"seal": sha256(text.encode()).hexdigest()}, sort_keys=True)


def digest(name: str, array: np.ndarray) -> str:
    found = sha256(f"{name} {array.dtype.str} {array.shape}".encode() + b"\0")
    found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


def mutations(arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any], every: int = 1) -> Iterator[Mutation]:
    """Mutations of the description and of the tensors of a model file; every: only each so-many-th of the former."""
    found = described(arrays, meta)
    yield from (each for number, each in enumerate(found) if number % every == 0 or each.certain)
    yield from of_tensors(arrays, meta)
    yield from of_headers(arrays, meta)


def described(arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> Iterator[Mutation]:
    """Mutations of each place of the description."""
    for place in places(meta):
        for name, changed, certain in of_place(meta, place):
            shown = ".".join(map(str, place))
            yield Mutation(f"{shown}: {name}", sealed(arrays, changed, digests=place[0] != "sha256"), certain)


def places(value: Any, place: tuple = ()) -> Iterator[tuple]:
    """The places of a JSON value, from the outside: keys and indices; of many entries that are alike, the first."""
    if place:
        yield place
    if isinstance(value, dict):
        for name in list(value)[: MOST_ENTRIES if place and place[0] == "sha256" else None]:
            if name != "seal":
                yield from places(value[name], (*place, name))
    elif isinstance(value, list):
        for number, each in enumerate(value[:MOST_ENTRIES]):
            yield from places(each, (*place, number))


def of_place(meta: Mapping[str, Any], place: tuple) -> Iterator[tuple[str, dict, bool]]:
    """(what was done, the changed meta, whether it is certainly malformed) of one place."""
    old, *_ = found = [within(meta, place)]
    required = place[0] in REQUIRED and len(place) == 1
    if isinstance(place[-1], str):
        yield "taken away", without(meta, place), required
    for name, value in VALUES.items():
        if json.dumps(value) != json.dumps(old):
            yield name, with_value(meta, place, value), required and not isinstance(value, dict) | (value == 3)
    if isinstance(old, list):
        yield "twice as long", with_value(meta, place, old + old), False
        yield "one less", with_value(meta, place, old[:-1]), False
    if isinstance(old, dict) and len(place) < 4:
        yield "another entry", with_value(meta, place, old | {"stranger\x1b[1m": 1}), False
    if isinstance(old, int | float) and not isinstance(old, bool):
        yield "one more", with_value(meta, place, old + 1), False
        yield "negative", with_value(meta, place, -abs(old) - 1), False
    assert found


def within(value: Any, place: tuple) -> Any:
    for part in place:
        value = value[part]
    return value


def with_value(meta: Mapping[str, Any], place: tuple, value: Any) -> dict:
    changed = copy.deepcopy(dict(meta))
    within(changed, place[:-1])[place[-1]] = value
    return changed


def without(meta: Mapping[str, Any], place: tuple) -> dict:
    changed = copy.deepcopy(dict(meta))
    del within(changed, place[:-1])[place[-1]]
    return changed


def of_tensors(arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> Iterator[Mutation]:
    """Each tensor missing, doubled, of another shape or type, not finite; and tensors that no model has."""
    for name, array in arrays.items():
        weights = name.startswith("theta/")
        others = {
            "missing": {},
            "flat": {name: array.reshape(-1)} if array.ndim > 1 else {name: array[None]},
            "one row less": {name: array[:-1]},
            "one row more": {name: np.concatenate([array, array[-1:]])},
            "empty": {name: array[:0]},
            "one number": {name: array.reshape(-1)[:1]},
            "other numbers": {name: np.zeros_like(array, np.float16 if array.dtype.kind in "iu" else np.int32)},
            "under another name": {f"{name}2": array},
            "under two names": {name: array, f"{name}2": array},
        }
        for what, changed in others.items():
            if what != "missing" and same(changed, {name: array}):
                continue
            rest = {each: value for each, value in arrays.items() if each != name}
            yield Mutation(f"{name}: {what}", sealed(rest | changed, dict(meta)), name != "series/residuals")
        if array.dtype.kind == "f" and array.size:
            for what, value in {"nan": np.nan, "infinite": np.inf, "huge": 3e38}.items():
                full = np.full_like(array, value)
                certain = weights and what != "huge"
                yield Mutation(f"{name}: {what}", sealed(dict(arrays) | {name: full}, dict(meta)), certain)
        if array.dtype.kind in "iu" and array.size:
            for value in (0, 2, 100, -1 if array.dtype.kind == "i" else 255, np.iinfo(array.dtype).max):
                full = np.full_like(array, value)
                yield Mutation(f"{name}: all {value}", sealed(dict(arrays) | {name: full}, dict(meta)), False)
    many = {f"opt/x/{number:06}": np.zeros(0, np.float32) for number in range(30_000)}
    yield Mutation("30,000 empty tensors", sealed(dict(arrays) | many, dict(meta)), True)


def same(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    """Whether a file holds the same in both cases: it has no tensor without an axis."""
    return one.keys() == other.keys() and all(
        np.ascontiguousarray(one[name]).shape == other[name].shape and one[name].dtype == other[name].dtype
        for name in one
    )


def of_headers(arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> Iterator[Mutation]:
    """Headers that a program could write, but ours never does."""
    whole = sealed(arrays, dict(meta))
    length = int.from_bytes(whole[:8], "little")
    header, data = json.loads(whole[8 : 8 + length]), whole[8 + length :]
    first = next(name for name in header if name != "__metadata__")
    entry = header[first]
    changes = {
        "metadata null": header | {"__metadata__": None},
        "metadata a list": header | {"__metadata__": [1]},
        "metadata of another kind": header | {"__metadata__": {KEY: 3}},
        "no metadata": {name: each for name, each in header.items() if name != "__metadata__"},
        "not an object": [header],
        "entry null": header | {first: None},
        "entry without shape": header | {first: {name: entry[name] for name in ("dtype", "data_offsets")}},
        "shape of texts": header | {first: entry | {"shape": ["4"]}},
        "negative shape": header | {first: entry | {"shape": [-each for each in entry["shape"]]}},
        "huge shape": header | {first: entry | {"shape": [2**61, 2**61, 2**61]}},
        "shape of half numbers": header | {first: entry | {"shape": [float(each) for each in entry["shape"]]}},
        "offsets backwards": header | {first: entry | {"data_offsets": entry["data_offsets"][::-1]}},
        "offsets beyond the end": header | {first: entry | {"data_offsets": [0, 2**60]}},
        "one offset": header | {first: entry | {"data_offsets": [0]}},
        "unknown numbers": header | {first: entry | {"dtype": "F128"}},
        "numbers a list": header | {first: entry | {"dtype": []}},
        "name with an escape": header | {"\x1b[31m": entry},
        "name of half a pair": header | {"\ud800": entry},
        **{f"metadata {text[:9]}": header | {"__metadata__": {KEY: text}} for text in TEXTS},
    }
    for what, changed in changes.items():
        text = json.dumps(changed).encode()
        yield Mutation(f"header: {what}", len(text).to_bytes(8, "little") + text + data, True)
    for what, size in {"0": 0, "1": 1, "beyond the end": len(whole), "2^63": 2**63, "all ones": 2**64 - 1}.items():
        yield Mutation(f"header of length {what}", size.to_bytes(8, "little") + whole[8:], True)
    deep = b"[" * 200_000
    yield Mutation("header of 200,000 brackets", len(deep).to_bytes(8, "little") + deep, True)
    digits = b'{"__metadata__":' + b"9" * 10_000 + b"}"
    yield Mutation("header with a number of 10,000 digits", len(digits).to_bytes(8, "little") + digits, True)


TEXTS = [seal([1]), "null", "3", "{}", '{"seal": 1}', '{"x": NaN, "seal": ""}', "[" * 100_000, "", seal({}), "\ud800"]
