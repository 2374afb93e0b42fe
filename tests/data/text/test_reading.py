"""Files, folders and pipes: what is read is what was written, and what cannot be read is named."""

import io
import os
import threading
import types
from pathlib import Path

import numpy as np
import pytest
from corpora import FAMILY, load, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncli.config import DataConfig
from rnncli.data.text.corpus import load_corpus
from rnncli.errors import ConfigError, DataError

# ---- reading


@pytest.mark.parametrize("level", ["char", "word"])
@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 1000])
def test_line_ends_become_newlines_wherever_a_chunk_ends(write, level, chunk):
    path = write("one\r\ntwo\rthree\r\n\r\nfour\r")
    assert whole(path, tokens=level, chunk=chunk) == "one\ntwo\nthree\n\nfour\n"
    assert load(path, tokens=level, chunk=chunk, val_frac=0.0).notes == ("3 CRLF read as LF", "2 lone CR read as LF")


@settings(max_examples=50, deadline=None)
@given(
    text=st.text(alphabet="ab я€\r\n\ufeff\0\u0085" + FAMILY, min_size=12),
    chunk=st.integers(1, 7),
    level=st.sampled_from(["char", "byte", "word"]),
    documents=st.sampled_from(["file", "line"]),
)
def test_the_size_of_a_chunk_changes_nothing(tmp_path_factory, text, chunk, level, documents):
    path = tmp_path_factory.mktemp("chunks") / "text.txt"
    path.write_bytes(("xy\n" * 2 + text + "xyzt").encode())
    small, large = (
        load(str(path), tokens=level, documents=documents, chunk=size, val_frac=0.3) for size in (chunk, 1 << 20)
    )
    for one, other in ((small.train, large.train), (small.val, large.val)):
        assert np.array_equal(one.tokens, other.tokens) and np.array_equal(one.pieces, other.pieces)
        assert (one.characters, one.where) == (other.characters, other.where)
        assert one.spelling_nats == pytest.approx(other.spelling_nats, abs=0)
    assert (small.notes, small.digest, small.encoder) == (large.notes, large.digest, large.encoder)


@pytest.mark.parametrize("chunk", [1, 2, 4, 1000])
def test_a_byte_order_mark_is_dropped_from_the_start_of_each_file_alone(write, chunk):
    first, second = write("\ufeffab\ufeffc", "1.txt"), write("\ufeffde", "2.txt")
    assert whole(first, second, chunk=chunk) == "ab\ufeffcde"
    assert "byte order mark removed (2 files)" in load(first, second, val_frac=0.0).notes


def test_only_line_feeds_end_a_line(write):
    text = "a\u0085b\u2028c\x0bd\x0ce\x1cf\n"
    corpus = load(write(text), documents="line", val_frac=0.0)
    assert corpus.encoder.decode(corpus.train.tokens) == "\n" + text
    assert len(corpus.train.pieces) == 1


def test_a_real_file_with_next_line_characters_keeps_its_thousand_lines(real_data):
    path = real_data / "text" / "uci_sentiment_imdb_labelled.txt"
    assert "\u0085" in path.read_text(encoding="utf-8")
    assert len(load(str(path), documents="line", val_frac=0.0).train.pieces) == 1000


@pytest.mark.parametrize("level", ["char", "byte", "word"])
def test_cyrillic_and_joined_emoji_come_back_intact(write, level):
    text = f"Мой дядя самых честных правил {FAMILY}\nКогда не в шутку занемог,\n"
    for chunk in (1, 2, 3, 1000):
        assert whole(write(text), tokens=level, chunk=chunk) == text


def test_onegin_comes_back_intact(real_data):
    path = real_data / "text" / "russian_onegin.txt"
    for level in ("char", "byte", "word"):
        assert whole(str(path), tokens=level) == path.read_bytes().decode()


def test_nul_characters_are_kept_and_reported(write):
    assert whole(write("a\0b and more text")) == "a\0b and more text"
    assert load(write("a\0b and more text"), val_frac=0.0).notes == ("1 NUL character kept",)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "data, byte, offset",
    [
        (b"abc\xffdef", "ff", 3),
        ("дом".encode() + b"\x80", "80", 6),
        ("дом".encode()[:5], "d0", 4),  # half a code point at the end
        (b"x" * 2000 + b"\xe2\x82" + b"x", "e2", 2000),
        (b"\r\n" * 4 + b"\xfe", "fe", 8),  # in bytes of the file, not in characters of the text
    ],
)
def test_an_undecodable_byte_is_named_with_its_offset_in_whatever_chunk_it_lies(write, data, byte, offset, chunk):
    path = write(data)
    with pytest.raises(DataError) as caught:
        load(path, chunk=chunk)
    assert str(caught.value).startswith(f"{path}: byte 0x{byte} at offset {offset} is not UTF-8")
    assert "--tokens byte" in caught.value.hint


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
@pytest.mark.parametrize(
    "encoding, text, bad, offset",
    [("shift_jis", "日本", b"\x80\xff", 4), ("utf-16-le", "ab", b"\x00\xdc", 4), ("ascii", "ab", b"\xe9", 2)],
)
def test_offsets_are_right_in_other_encodings(write, encoding, text, bad, offset, chunk):
    with pytest.raises(DataError, match=f"at offset {offset} is not "):
        load(write(text.encode(encoding) + bad + b"ab"), encoding=encoding, chunk=chunk)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_file_that_begins_with_another_mark_is_refused_with_the_encoding_to_use(write, encoding):
    path = write("\u4f60\u597d, this is some text".encode(encoding))
    with pytest.raises(DataError) as caught:
        load(path, chunk=5)
    assert f"--encoding {encoding}" in caught.value.hint
    assert whole(path, encoding=encoding, chunk=5) == "\u4f60\u597d, this is some text"


@pytest.mark.parametrize(
    "text", ["plain text", "Привет, мир! " * 9, "Καλημέρα κόσμε " * 9, "今日は天気がいいです。" * 9]
)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_refused_though_it_may_be_utf8(write, text, encoding):
    path = write(text.encode(encoding))
    with pytest.raises(DataError) as caught:
        load(path)
    assert caught.value.options == f"--encoding {encoding}" and caught.value.options in caught.value.hint
    assert whole(path, encoding=encoding) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("今日は天気がいいです。\n", "iso2022_jp"), ("안녕하세요 세계\n", "iso2022_kr"), ("丂両\n", "iso2022_jp_1")],
)
def test_escapes_that_change_the_letters_are_no_text_in_ascii(write, text, encoding):
    path = write(b"A line.\n" * 9 + (text * 9).encode(encoding))
    with pytest.raises(DataError, match=f"the escapes of {encoding.upper()}, not in UTF-8") as caught:
        load(path)
    assert caught.value.options == f"--encoding {encoding}"
    assert whole(path, encoding=encoding).endswith(text * 9)
    assert len(load(path, tokens="byte").train.tokens) > 0


def test_the_colours_of_a_terminal_are_text(write):
    assert whole(write("\x1b[31mred\x1b[0m $B " * 20)) == "\x1b[31mred\x1b[0m $B " * 20


def test_an_encoding_that_was_named_wrongly_gets_the_right_one(write):
    page = "Это длинный текст о жизни мельника, о его детях, друзьях и лошадях, которые шли через луг"
    for text, encoding in (("Größe, übrig", "utf-8"), (page, "cp1251")):
        with pytest.raises(DataError) as caught:
            load(write(text.encode(encoding) * 20), encoding="ascii")
        assert f"--encoding {encoding}" in caught.value.hint


def test_utf16_without_a_mark_is_an_error_that_says_so(write):
    with pytest.raises(DataError, match="not UTF-16.*BOM"):
        load(write(b"a\0b\0c\0"), encoding="utf-16")


def test_other_encodings_are_read(write):
    assert whole(write("Онегин".encode("cp1251")), encoding="cp1251") == "Онегин"
    assert whole(write("日本語".encode("shift_jis")), encoding="shift_jis", chunk=1) == "日本語"


@pytest.mark.parametrize("encoding", ["utf-9", "hex", "rot13", "undefined", "a\0b", ""])
def test_an_unknown_encoding_is_a_configuration_error(write, encoding):
    with pytest.raises(ConfigError, match="data.encoding: .* is not a text encoding"):
        load(write("some text"), encoding=encoding)


def test_bytes_are_taken_as_they_are(write):
    data = b"\xef\xbb\xbfa\r\nb\rc\xff\x00" * 4
    corpus = load(write(data), tokens="byte", val_frac=0.0)
    assert corpus.train.tokens.tobytes() == data
    assert corpus.notes == ()


def test_bytes_count_characters_of_their_targets(write):
    corpus = load(write("яaя" * 10), tokens="byte", val_frac=0.0)
    # 50 bytes, 30 characters; the first byte is given, so the first character is no target
    assert (corpus.train.targets, corpus.train.characters) == (49, 29)
    assert corpus.chars_per_token == pytest.approx(29 / 49)


# ---- files, folders, pipes


def test_a_folder_stands_for_its_files_in_order_without_the_hidden_and_the_empty(write, tmp_path):
    for name, text in [
        ("b.txt", "bbb"),
        ("a/z.txt", "zzz"),
        ("a/c.txt", "ccc"),
        (".hidden", "hhh"),
        (".git/x", "xxx"),
        ("empty.txt", ""),
    ]:
        write(text, f"folder/{name}")
    corpus = load(str(tmp_path / "folder"), val_frac=0.0)
    assert corpus.encoder.decode(corpus.train.tokens) == "ccczzzbbb"
    assert [os.path.relpath(name, tmp_path) for name in corpus.files] == [
        "folder/a/c.txt",
        "folder/a/z.txt",
        "folder/b.txt",
    ]
    assert corpus.notes == ("1 empty file ignored",)


def test_eighteen_files_are_named_by_the_first_and_the_last(real_data):
    corpus = load(str(real_data / "text" / "names_by_language"), documents="line")
    assert corpus.train.where == "lines 1 to 18,045 of Arabic.txt to Vietnamese.txt (18 files)"


@pytest.mark.parametrize("level", ["char", "byte", "word"])
def test_standard_input_is_read_once_and_used_as_often_as_needed(monkeypatch, level):
    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(buffer=io.BytesIO("поток текста\n".encode() * 9)))
    corpus = load("-", tokens=level, val_frac=0.0)
    assert corpus.encoder.decode(corpus.train.tokens) == "поток текста\n" * 9
    assert corpus.train.where.endswith("of standard input")


def test_a_closed_standard_input_is_a_data_error(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(DataError, match="standard input is closed"):
        load("-")


def test_a_named_pipe_is_read(tmp_path):
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    feeder = threading.Thread(target=lambda: Path(pipe).write_text("through a pipe"))
    feeder.start()
    assert whole(pipe) == "through a pipe"
    feeder.join()


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_a_data_error(write, data):
    with pytest.raises(DataError, match="is empty" if not data else r"too few characters \(0\)") as caught:
        load(write(data), val_frac=0.0)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    "name, what",
    [
        ("missing.txt", "no such file"),
        ("/dev/null", "this is a device"),
        ("/dev/zero", "this is a device"),
        ("/proc/self/mem", "input/output error"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, what):
    path = str(tmp_path / name)
    if name != "missing.txt" and not os.path.exists(path):
        pytest.skip(f"no {path} here")
    with pytest.raises(DataError, match=f"{path}: {what}"):
        load(path)


def test_a_forbidden_file_is_named(write, monkeypatch):
    path = write("secret text")

    def forbidden(self, *args):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.open", forbidden)  # root may read everything, so chmod proves nothing
    with pytest.raises(DataError, match=f"{path}: permission denied"):
        load(path)


def test_a_forbidden_folder_is_named(tmp_path, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", forbidden)
    with pytest.raises(DataError, match=f"{tmp_path}: permission denied"):
        load(str(tmp_path))


def test_a_folder_without_files_and_one_with_empty_files_are_refused(tmp_path, write):
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError, match="none: the folder has no files"):
        load(str(tmp_path / "none"))
    write("", "blank/1.txt")
    with pytest.raises(DataError, match="blank: every file in the folder is empty"):
        load(str(tmp_path / "blank"))


def test_no_file_at_all_is_a_configuration_error():
    with pytest.raises(ConfigError, match="data.files: no file given"):
        load()


def test_a_file_that_grows_while_it_is_read_is_refused(write):
    path = write("some text " * 10)

    def grow(done, total):
        if done == total * 2 // 3:  # after the passes for the digest and for the alphabet's first chunks
            with open(path, "a") as file:
                file.write("more")

    with pytest.raises(DataError, match="changed while it was being read"):
        load_corpus(DataConfig(files=(path,)), progress=grow)


# ---- encodings


@pytest.mark.parametrize(
    ("text", "written", "named"),
    [
        ("„Müller“ geht – nach Hause\n", "cp1252", "cp1252"),
        ("Привет, мир, это текст\n", "cp1251", "cp1251"),
        ("Grüße an alle, die hier sind\n", "utf-16-le", "utf-16-le"),
        ("Grüße an alle, die hier sind\n", "utf-16", "utf-16"),
        ("今日は天気がいいですね\n", "cp932", "cp932"),
    ],
)
def test_the_hint_names_the_encoding_that_makes_words_of_the_bytes(write, text, written, named):
    path = write((text * 50).encode(written))
    with pytest.raises(DataError) as caught:
        load(path)
    assert f"--encoding {named}" in caught.value.hint and caught.value.options == f"--encoding {named}"
    assert whole(path, encoding=named) == text * 50


def test_utf8_that_is_cut_off_or_damaged_gets_no_other_encoding(write):
    whole_text = "Grüße, Müller\n" * 40
    for data in (whole_text.encode()[:-1] + b"\xc3", whole_text.encode() + b"\xff\n" + whole_text.encode()):
        for chunk in (5, 1 << 20):
            with pytest.raises(DataError) as caught:
                load(write(data), chunk=chunk)
            assert "it is UTF-8 but for this byte" in caught.value.hint and caught.value.options == ""


def test_bytes_that_are_no_text_get_no_encoding_to_try(write):
    with pytest.raises(DataError) as caught:
        load(write(b"A text with bytes, and more than one \x00\xfe\xff\x80"))
    assert "it seems to be no text" in caught.value.hint and "--encoding" not in caught.value.hint


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"a+2AA- b\n" * 50, "utf-7"),
        (b"a \\ud800 b\n" * 50, "unicode_escape"),
        (b"a \\ud800 b\n" * 50, "raw_unicode_escape"),
    ],
)
@pytest.mark.parametrize("level", ["char", "word"])
def test_half_of_a_surrogate_pair_is_refused_in_whatever_encoding_it_comes(write, data, encoding, level):
    with pytest.raises(DataError, match="it has U\\+D800, which is half of a surrogate pair"):
        load(write(data), encoding=encoding, tokens=level)
