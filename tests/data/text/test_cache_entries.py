"""What is believed in the token cache: nothing but what was written there, by this user, whole."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from processes import PATIENCE, child

from rnncli.config import DataConfig
from rnncli.data.text import cache_entries
from rnncli.data.text.corpus import load_corpus

TEXT = "the miller sang, and the wheel went round\n" * 50
LEVELS = pytest.mark.parametrize("level", ["char", "byte", "word"])
USERS = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no users by number")
READ, MADE_AGAIN = "tokens read from the cache", "were damaged; they are made again"


@pytest.fixture
def path(write):
    return write(TEXT)


def cached(path, **settings):
    return load_corpus(DataConfig(files=(path,), **settings), cache_above=0)


def made_again(path, **settings):
    """The Corpus, after a check that its tokens were made again, with a note, and are found the next time."""
    corpus = cached(path, **settings)
    assert any(MADE_AGAIN in note for note in corpus.notes)
    assert READ in cached(path, **settings).notes[-1]
    return corpus


def entry(cache, suffix):
    (file,) = cache.glob(f"*{suffix}")
    return file


@LEVELS
@pytest.mark.parametrize("suffix", [".tokens", ".record"])
def test_a_changed_bit_anywhere_is_found_and_the_tokens_are_made_again(path, cache, level, suffix):
    expected = cached(path, tokens=level).train.tokens.copy()
    whole = entry(cache, suffix).read_bytes()
    for at in [0, 1, len(whole) // 2, len(whole) - 1, *range(3, len(whole), len(whole) // 9)]:
        changed = bytearray(whole)
        changed[at] ^= 1
        entry(cache, suffix).write_bytes(changed)
        assert np.array_equal(made_again(path, tokens=level).train.tokens, expected), at
        assert entry(cache, suffix).read_bytes() == whole


def test_the_entry_of_another_text_under_this_name_is_not_believed(path, cache, write):
    expected = cached(path).train.tokens.copy()
    names = {file.suffix: file for file in cache.iterdir()}
    other = cached(write(TEXT.replace("miller", "sailor"), "other.txt"))
    for file in set(cache.iterdir()) - set(names.values()):
        os.replace(file, names[file.suffix])
    del other
    assert np.array_equal(made_again(path).train.tokens, expected)


@pytest.mark.parametrize("suffix", [".tokens", ".record"])
def test_a_link_is_not_followed_and_its_target_stays_as_it_is(path, cache, tmp_path, suffix):
    cached(path)
    file, target = entry(cache, suffix), tmp_path / "target"
    os.replace(file, target)
    file.symlink_to(target)
    before = target.read_bytes()
    made_again(path)
    assert not file.is_symlink() and target.read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("suffix", [".tokens", ".record"])
def test_a_pipe_in_the_place_of_an_entry_is_not_waited_for(path, cache, suffix):
    cached(path)
    file = entry(cache, suffix)
    file.unlink()
    os.mkfifo(file)
    made_again(path)


@USERS
def test_files_of_another_user_are_not_believed(path, cache, monkeypatch):
    cached(path)
    real = os.geteuid()
    monkeypatch.setattr(cache_entries, "usable", lambda folder: (folder, ()))
    monkeypatch.setattr(os, "geteuid", lambda: real + 1)
    with pytest.raises(PermissionError):
        cache_entries.opened(entry(cache, ".tokens"))


@USERS
def test_a_folder_of_another_user_is_not_used(path, cache, monkeypatch):
    cache.mkdir()
    real = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: real + 1)
    corpus = cached(path)
    assert f"the cache {cache} belongs to another user: tokens are kept for this run alone" in corpus.notes[-1]
    assert np.array_equal(corpus.train.tokens, load_corpus(DataConfig(files=(path,))).train.tokens)
    assert list(cache.iterdir()) == []


@USERS
def test_a_link_of_another_user_to_the_folder_is_not_followed(cache, tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    cache.symlink_to(tmp_path / "real")
    assert cache_entries.usable(cache) == (cache, ())  # a link of the user's own, to a larger disk
    owners = {cache: os.geteuid() + 1}
    found = Path.lstat
    monkeypatch.setattr(
        Path, "lstat", lambda self: os.stat_result([*found(self)[:4], owners.get(self, os.geteuid()), *found(self)[5:]])
    )
    assert cache_entries.usable(cache)[0] != cache


def texts(write, count):
    return [write(TEXT.replace("miller", f"miller {k}"), f"{k}.txt") for k in range(count)]


def found(path):
    return READ in cached(path).notes[-1]


def used_at(cache, seconds):
    """Make every entry look as if it was used last so long ago."""
    for file in cache.iterdir():
        os.utime(file, (file.stat().st_mtime - seconds,) * 2)


def test_of_many_entries_the_one_that_was_not_used_for_longest_goes(write, cache, monkeypatch):
    monkeypatch.setattr(cache_entries, "MOST_ENTRIES", 2)
    first, second, third = texts(write, 3)
    for path in (first, second):
        cached(path)
        used_at(cache, 100)
    assert found(first)  # and so it was used now
    cached(third)
    assert len(list(cache.iterdir())) == 4
    assert found(first) and found(third) and not found(second)


def test_entries_that_are_too_large_together_go_but_not_the_new_one(write, cache, monkeypatch):
    first, second, third = texts(write, 3)
    cached(first)
    size = sum(file.stat().st_size for file in cache.iterdir())
    used_at(cache, 100)
    monkeypatch.setattr(cache_entries, "MOST_BYTES", 2.5 * size)
    cached(second)
    cached(third)
    assert found(third) and found(second) and not found(first)
    monkeypatch.setattr(cache_entries, "MOST_BYTES", 1)
    cached(write(TEXT * 2, "more.txt"))
    assert len(list(cache.iterdir())) == 2


def test_files_of_other_kinds_in_the_folder_are_left_alone(path, cache, monkeypatch):
    monkeypatch.setattr(cache_entries, "MOST_BYTES", 1)
    cache.mkdir()
    for name in ("layouts.json", "notes.tokens", "f" * 63 + ".tokens"):
        (cache / name).write_bytes(b"mine")
    cached(path)
    assert {"layouts.json", "notes.tokens", "f" * 63 + ".tokens"} < {file.name for file in cache.iterdir()}


def test_tokens_without_a_record_go_after_an_hour(path, cache):
    cache.mkdir()
    old, young = cache / ("a" * 64 + ".tokens"), cache / ("b" * 64 + ".tokens")
    old.write_bytes(b"1")
    used_at(cache, cache_entries.ABANDONED + 60)
    young.write_bytes(b"2")
    cached(path)
    assert not old.exists() and young.exists()


def test_tokens_stay_readable_when_another_run_deletes_their_entry(path, cache):
    cached(path)
    corpus = cached(path)
    expected = load_corpus(DataConfig(files=(path,))).train.tokens
    for file in cache.iterdir():
        file.unlink()
    assert np.array_equal(corpus.train.tokens, expected)


def test_runs_that_share_a_cache_write_one_whole_entry(path, cache):
    script = (
        "import sys\n"
        "from rnncli.config import DataConfig\n"
        "from rnncli.data.text.corpus import load_corpus\n"
        "for _ in range(20):\n"
        "    corpus = load_corpus(DataConfig(files=(sys.argv[1],), tokens='word'), cache_above=0, chunk=100)\n"
        "    print(corpus.train.tokens.sum(), corpus.notes[-1].split()[1])\n"
        "    [file.unlink(missing_ok=True) for file in __import__('pathlib').Path(sys.argv[2]).glob('*.record')]\n"
    )
    command = [sys.executable, "-c", script, path, str(cache)]
    folder = Path(__file__).parents[3]
    with ExitStack() as stack:
        runs = [stack.enter_context(child(*command, cwd=folder, stdout=subprocess.PIPE, text=True)) for _ in range(3)]
        lines = [line.split() for run in runs for line in run.communicate(timeout=PATIENCE)[0].splitlines()]
    assert [run.returncode for run in runs] == [0, 0, 0] and len(lines) == 60
    assert len({total for total, _ in lines}) == 1
    assert READ in (cached(path, tokens="word") and cached(path, tokens="word")).notes[-1]
    assert sorted(file.suffix for file in cache.iterdir()) == [".record", ".tokens"]


def test_words_that_an_older_version_cut_otherwise_are_cut_again(path, cache, monkeypatch):
    expected = cached(path, tokens="word").train.tokens.copy()
    with monkeypatch.context() as patched:
        patched.setattr("rnncli.data.text.encoders.cut_at_marks", lambda words: True)
        corpus = cached(path, tokens="word")
    assert any("are of an older version; they are made again" in note for note in corpus.notes)
    assert np.array_equal(corpus.train.tokens, expected) and READ in cached(path, tokens="word").notes[-1]
