"""Tokens in a mapped file: the same as in memory, found again, and never half-believed."""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from processes import PATIENCE

from rnncli.config import DataConfig
from rnncli.data.text import cache_entries
from rnncli.data.text.corpus import load_corpus, load_split
from rnncli.data.text.encoders import CharEncoder
from rnncli.errors import ResourceError
from rnncli.resources import cache_folder

TEXT = "Мой дядя самых честных правил,\r\nкогда не в шутку занемог\n\n" * 40
LEVELS = pytest.mark.parametrize("level", ["char", "byte", "word"])


@pytest.fixture
def path(tmp_path):
    (tmp_path / "text.txt").write_bytes(TEXT.encode())
    return str(tmp_path / "text.txt")


def cached(path, encoder=None, **settings):
    return load_corpus(DataConfig(files=(path,), **settings), encoder, cache_above=0, chunk=100)


def same(one, other):
    """Whether two splits hold the same."""
    return (
        np.array_equal(one.tokens, other.tokens)
        and np.array_equal(one.pieces, other.pieces)
        and one.tokens.dtype == other.tokens.dtype
        and one.where == other.where
        and (one.characters, one.spelling_nats) == (other.characters, other.spelling_nats)
    )


def is_mapped(tokens):
    while tokens is not None and not isinstance(tokens, np.memmap):
        tokens = tokens.base
    return tokens is not None


@LEVELS
@pytest.mark.parametrize("documents", ["file", "line"])
def test_tokens_in_a_file_equal_tokens_in_memory_when_written_and_when_found_again(path, level, documents):
    settings = {"tokens": level, "documents": documents, "min_count": 41}
    memory = load_corpus(DataConfig(files=(path,), **settings))
    written, found = cached(path, **settings), cached(path, **settings)
    assert is_mapped(written.train.tokens) and not is_mapped(memory.train.tokens)
    for corpus in (written, found):
        assert same(corpus.train, memory.train) and same(corpus.val, memory.val)
        assert (corpus.encoder, corpus.digest) == (memory.encoder, memory.digest)
        assert corpus.notes[:-1] == memory.notes
    assert "stored in the cache" in written.notes[-1]
    assert "read from the cache" in found.notes[-1]


def test_a_file_above_the_limit_takes_little_memory(tmp_path):
    path = tmp_path / "large.txt"
    path.write_bytes(TEXT.encode() * (40_000_000 // len(TEXT.encode())))
    tracemalloc.start()
    try:
        corpus = load_corpus(DataConfig(files=(str(path),)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert is_mapped(corpus.train.tokens)
    # a chunk of 1 MB as text, code points, ids, and a stride of 4 M tokens as counts; the text alone would be 90 MB
    assert peak < 80e6
    encoder = corpus.encoder
    # CRLF became LF, so that the text repeats every len(TEXT) - 40 characters
    period = TEXT.replace("\r\n", "\n")
    assert encoder.decode(corpus.train.tokens[: len(period)]) == period
    assert encoder.decode(corpus.val.tokens[-len(period) :]) == period


def test_the_same_content_elsewhere_is_found_and_other_content_is_not(path, tmp_path):
    cached(path)
    (tmp_path / "copy.txt").write_bytes(TEXT.encode())
    assert "read from" in cached(str(tmp_path / "copy.txt")).notes[-1]
    (tmp_path / "copy.txt").write_bytes(TEXT.encode().replace(b"\r", b"!"))
    assert "stored" in cached(str(tmp_path / "copy.txt")).notes[-1]
    assert "stored" in cached(path, val_frac=0.2).notes[-1]


def test_a_given_encoder_finds_the_tokens_of_the_run_that_fitted_it_and_no_others(path):
    fitted = cached(path).encoder
    assert "read from" in cached(path, encoder=fitted).notes[-1]
    wider = CharEncoder("\0" + fitted.symbols)
    first, again = cached(path, encoder=wider), cached(path, encoder=wider)
    assert "stored" in first.notes[-1] and "read from" in again.notes[-1]
    assert first.encoder.decode(again.train.tokens) == fitted.decode(cached(path).train.tokens)


def test_another_file_is_cached_apart_from_the_corpus(path):
    corpus = cached(path)
    for word in ("stored", "read"):
        split = load_split(path, corpus.encoder, DataConfig(), cache_above=0)
        assert word in split.notes[-1]
        assert len(split.tokens) == len(corpus.train.tokens) + len(corpus.val.tokens)


@LEVELS
@pytest.mark.parametrize("share", [0.55, 0.8, 0.999])
def test_a_run_that_is_killed_leaves_nothing_that_is_believed(path, cache, level, share):
    script = (
        "import os, signal, sys\n"
        "from rnncli.config import DataConfig\n"
        "from rnncli.data.text.corpus import load_corpus\n"
        "def kill(done, total):\n"
        "    if done >= float(sys.argv[3]) * total: os.kill(os.getpid(), signal.SIGKILL)\n"
        "load_corpus(DataConfig(files=(sys.argv[1],), tokens=sys.argv[2]), progress=kill, cache_above=0, chunk=100)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, path, level, str(share)],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        timeout=PATIENCE,
    )
    assert killed.returncode == -9
    assert [file for file in cache.glob("*") if file.suffix != ".part"] == []
    corpus = cached(path, tokens=level)
    assert "stored" in corpus.notes[-1]
    assert same(corpus.val, load_corpus(DataConfig(files=(path,), tokens=level)).val)


@pytest.mark.parametrize(
    "damage",
    [
        lambda cache: os.truncate(*cache.glob("*.tokens"), 100),
        lambda cache: os.truncate(*cache.glob("*.tokens"), 100_000),
        lambda cache: os.remove(*cache.glob("*.tokens")),
        lambda cache: os.remove(*cache.glob("*.record")),
        lambda cache: os.truncate(*cache.glob("*.record"), 50),
    ],
    ids=["short tokens", "long tokens", "no tokens", "no record", "half a record"],
)
def test_tokens_of_the_wrong_size_or_without_their_record_are_written_again(path, cache, damage):
    before = cached(path)
    expected = before.train.tokens.copy()
    del before  # a mapping of a file that somebody cuts short cannot be read any more
    damage(cache)
    after = cached(path)
    assert "stored" in after.notes[-1]
    assert np.array_equal(after.train.tokens, expected)


@LEVELS
def test_nothing_is_left_beside_the_tokens_and_their_record(path, cache, level):
    cached(path, tokens=level)
    assert sorted(file.suffix for file in cache.iterdir()) == [".record", ".tokens"]


def test_an_error_while_encoding_leaves_nothing(path, cache):
    with open(path, "ab") as file:
        file.write(b"\xff")
    with pytest.raises(Exception, match="not UTF-8"):
        cached(path, encoder=CharEncoder("".join(sorted(set(TEXT)))))
    assert list(cache.iterdir()) == []


def aged(path, seconds):
    """The file at `path`, made to look as if it was written that long ago."""
    os.utime(path, (path.stat().st_mtime - seconds,) * 2)
    return path


def test_what_a_killed_run_left_is_removed_and_what_another_run_writes_is_not(path, cache):
    cache.mkdir()
    left, fresh = cache / "a.tokens.1.part", cache / "b.tokens.2.part"
    left.write_bytes(b"partial")
    fresh.write_bytes(b"not locked yet")
    with cache_entries.created(cache / "c.tokens.3.part") as written:
        for file in (left, cache / "c.tokens.3.part"):
            aged(file, cache_entries.UNLOCKED + 1)
        cached(path)
        written.write(b"more")
    assert sorted(file.name for file in cache.glob("*.part")) == [fresh.name, "c.tokens.3.part"]


def test_a_partial_file_without_a_lock_is_removed_after_an_hour(path, cache, monkeypatch):
    monkeypatch.setattr(cache_entries, "fcntl", None)
    cache.mkdir()
    old, young = cache / "a.tokens.1.part", cache / "b.tokens.2.part"
    for file in (old, young):
        file.write_bytes(b"partial")
    aged(old, cache_entries.ABANDONED + 60)
    cached(path)
    assert not old.exists() and young.exists()


def test_a_cache_that_cannot_be_written_is_a_resource_error(path, tmp_path, monkeypatch):
    monkeypatch.setenv("RNNCLI_CACHE", path)  # a file where a folder should be
    with pytest.raises(ResourceError, match="the token cache cannot be written") as caught:
        cached(path)
    assert caught.value.exit_code == 6 and "RNNCLI_CACHE" in caught.value.hint


def test_a_full_disk_is_a_resource_error(path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ResourceError, match="no space left on device"):
        cached(path)


def test_the_cache_is_where_the_environment_says():
    assert cache_folder({"RNNCLI_CACHE": "/a", "XDG_CACHE_HOME": "/b"}) == Path("/a")
    assert cache_folder({"XDG_CACHE_HOME": "/b"}) == Path("/b/rnncli")
    assert cache_folder({}) == Path("~/.cache/rnncli").expanduser()
