"""What of a folder is read as data, and what a training wrote there."""

import codecs

import pytest

from rnncli.config import DataConfig
from rnncli.data.folders import files_below, is_binary, left_out
from rnncli.data.text.corpus import load_corpus
from rnncli.errors import DataError

TEXT = "the miller sang, and the wheel went round\n" * 9


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a text, which is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT)
    return tmp_path


def put(here, *names):
    for name in names:
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name} {TEXT}")


def read(*names, **settings):
    return load_corpus(DataConfig(files=names or (".",), **settings))


def test_run_folders_and_hidden_files_are_left_out_and_a_note_names_the_folders(here):
    put(here, "runs/a-lstm/config.yaml", "runs/loose.txt", ".hidden", ".git/b.txt", "sub/b.txt", "sub/runs/c.txt")
    put(here, "out/checkpoints/step-00000005.safetensors", "out/config.yaml", "new/.lock", "new/checkpoints/x")
    corpus = read()
    assert corpus.files == ("a.txt", "sub/b.txt", "sub/runs/c.txt")
    assert corpus.notes == ("left out, since trainings write there: new, out, runs",)


def test_many_run_folders_are_counted(here):
    for k in range(6):
        put(here, f"r{k}/config.yaml", f"r{k}/checkpoints/x")
    assert left_out(["."]) == ("left out, since trainings write there: r0, r1, r2 and 3 more folders",)


def test_folders_that_only_look_like_runs_are_read(here):
    put(here, "checkpoints/a.txt", "b/config.yaml", "c/checkpoints/d.txt")
    assert [str(path) for path in files_below(here.relative_to(here))] == [
        "a.txt",
        "b/config.yaml",
        "c/checkpoints/d.txt",
        "checkpoints/a.txt",
    ]
    assert left_out([".", "a.txt", "-"]) == ()


def test_a_folder_with_nothing_but_runs_has_no_files(here):
    put(here, "x/out/config.yaml", "x/out/checkpoints/y")
    with pytest.raises(DataError, match="the folder has no files") as error:
        read("x")
    assert "run folders" in error.value.hint


def test_a_run_folder_that_is_named_itself_is_read(here):
    put(here, "out/config.yaml", "out/checkpoints/x")
    assert read("out").files == ("out/checkpoints/x", "out/config.yaml")


@pytest.mark.parametrize("level", ["char", "byte", "word"])
def test_binary_files_of_a_folder_are_left_out_at_every_level(here, level):
    (here / "weights.bin").write_bytes(bytes(range(256)) * 40)
    (here / "late.bin").write_bytes(b"x" * 9000 + b"\0")  # beyond what is examined: a text with a character NUL
    corpus = read(tokens=level)
    assert corpus.files == ("a.txt", "late.bin")
    assert corpus.notes[0] == "left out: weights.bin (a binary file)"


def test_a_binary_file_that_is_named_itself_is_read(here):
    (here / "weights.bin").write_bytes(bytes(range(256)) * 40)
    assert len(read("weights.bin", tokens="byte", val_frac=0.0).train.tokens) == 256 * 40


@pytest.mark.parametrize(
    "head, binary",
    [
        (b"", False),
        (TEXT.encode(), False),
        (TEXT.encode() + b"\0" + TEXT.encode(), True),
        (TEXT.encode("utf-16"), False),
        (TEXT.encode("utf-16-le"), False),
        (TEXT.encode("utf-16-be"), False),
        (TEXT.encode("utf-32"), False),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), False),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", True),
    ],
)
def test_zero_bytes_tell_binary_files_from_texts_in_any_encoding(head, binary):
    assert is_binary(head) is binary


@pytest.mark.parametrize("level", ["char", "byte", "word"])
def test_a_copy_and_a_link_of_a_text_are_read_once(here, level):
    put(here, "b.txt")
    (here / "c.txt").write_text(TEXT)
    (here / "d.txt").symlink_to("b.txt")
    alone, corpus = read("a.txt", "b.txt", tokens=level), read(tokens=level)
    assert corpus.files == ("a.txt", "b.txt") and corpus.digest == alone.digest
    assert corpus.notes[0] == "the same text again, left out: c.txt (as a.txt), d.txt (as b.txt)"
    assert corpus.notes[1:] == alone.notes


def test_a_text_that_is_named_twice_is_read_once(here):
    corpus = read("a.txt", "a.txt")
    assert corpus.files == ("a.txt",) and corpus.notes == ("the same text again, left out: a.txt (as a.txt)",)


def test_many_copies_are_counted(here):
    for k in range(5):
        (here / f"copy{k}.txt").write_text(TEXT)
    (note,) = read().notes
    assert note.endswith("copy0.txt (as a.txt), copy1.txt (as a.txt), copy2.txt (as a.txt) and 2 more files")
