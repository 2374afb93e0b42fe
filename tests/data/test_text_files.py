"""Texts in what they come in: unpacked from compressed files and archives, refused where they are documents."""

import bz2
import gzip
import io
import lzma
import random
import re
import tarfile
import zipfile
from contextlib import ExitStack

import pytest

from rnncli.config import DataConfig
from rnncli.data import packed, text_files
from rnncli.data.document_kinds import document_kind
from rnncli.data.files import Source, open_sources
from rnncli.data.text.corpus import load_corpus
from rnncli.data.text_files import open_texts
from rnncli.errors import DataError, ResourceError

TEXT = b"the miller sang\n" * 40
PAGE = b"<!DOCTYPE html>\n<html><body>hello</body></html>\n"
TYPED = "application/vnd.oasis.opendocument."


def zipped(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return file.getvalue()


def tarred():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    return file.getvalue()


def read(path, as_bytes=False):
    """({name of a text: its bytes}, notes), each text read twice."""
    with open_texts([str(path)], as_bytes) as found:
        texts = {}
        for source in (*found.sources, *found.sources):
            with source.open() as file:
                data = b"".join(iter(lambda file=file: file.read(7), b""))
            assert texts.setdefault(source.name, data) == data and source.size == len(data)
    return texts, found.notes


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, lambda data: zipped(a=data)])
@pytest.mark.parametrize("as_bytes", [False, True])
def test_a_compressed_text_is_the_text_in_it(tmp_path, pack, as_bytes):
    path = tmp_path / "a"
    path.write_bytes(pack(TEXT))
    assert read(path, as_bytes) == ({str(path): TEXT}, ())


def test_a_zip_is_read_as_a_folder_without_hidden_files_documents_and_archives(tmp_path):
    path = tmp_path / "all.zip"
    files = {"b": b"second", "a__c": b"first", "_dot_hidden": b"no", "page": PAGE, "x": gzip.compress(b"x"), "e": b""}
    path.write_bytes(zipped(**files))
    texts, notes = read(path)
    assert list(texts.items()) == [(f"{path}/a/c", b"first"), (f"{path}/b", b"second"), (f"{path}/e", b"")]
    assert notes == (
        f"{path}: 3 files read from the archive",
        f"left out: {path}/page (an HTML page), {path}/x (an archive in an archive)",
    )


def test_in_a_folder_documents_are_left_out_with_a_note(tmp_path):
    for name, data in (("a.txt", TEXT), ("b.html", PAGE), ("c.pdf", b"%PDF-1.4"), ("d.gz", gzip.compress(b"d"))):
        (tmp_path / name).write_bytes(data)
    texts, notes = read(tmp_path)
    assert list(texts) == [str(tmp_path / "a.txt"), str(tmp_path / "d.gz")]
    assert notes == (f"left out: {tmp_path}/b.html (an HTML page), {tmp_path}/c.pdf (a PDF)",)
    (tmp_path / "a.txt").unlink()
    (tmp_path / "d.gz").unlink()
    with pytest.raises(DataError, match="no text in it; left out: .*b.html"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("data", "kind", "command"),
    [
        (b"%PDF-1.7\n", "a PDF", "pdftotext"),
        (b"{\\rtf1\\ansi hello}", "an RTF document", "pandoc"),
        (PAGE, "an HTML page", "pandoc"),
        (b"\xef\xbb\xbf\n <?xml version='1.0'?><!-- x -->\n<HTML lang='en'>", "an HTML page", "pandoc"),
        (PAGE.decode().encode("utf-16"), "an HTML page", "pandoc"),
        (b"%!PS-Adobe", "a PostScript document", "ps2ascii"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an Office document of before 2007", "soffice"),
        (zipped(word__document_dot_xml=b"<w/>"), "a Word document", "pandoc"),
        (zipped(ppt__presentation_dot_xml=b"<p/>"), "a PowerPoint presentation", "soffice"),
        (zipped(xl__workbook_dot_xml=b"<x/>"), "an Excel workbook", "soffice"),
        (zipped(mimetype=f"{TYPED}text", content_dot_xml=b"<o/>"), "an OpenDocument text", "pandoc"),
        (zipped(mimetype=b"application/epub+zip"), "an EPUB book", "pandoc"),
        (tarred(), "a tar archive", "tar -xf"),
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)", "name a text file"),
        (b"Rar!\x1a\x07", "a rar archive", "unpack it"),
        (b"PAR1", "a Parquet file", "save the texts"),
        (gzip.compress(b"%PDF-1.7\n", mtime=0), "a PDF", "pdftotext"),
    ],
)
def test_a_document_is_refused_by_its_content_with_what_makes_a_text_of_it(tmp_path, data, kind, command):
    path = tmp_path / "my text.txt"
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {kind}, not a text"
    assert command in caught.value.hint and ("{" not in caught.value.hint)
    if command in ("pandoc", "pdftotext"):
        assert f"'{path}'" in caught.value.hint  # a name with a blank, quoted for the shell


NESTED = b'[{"id": 1, "info": {"name": "a", "tags": ["b"]}}, {"id": 2}]'
LINES = b"\n".join([b'{"id": 1, "tags": ["a"]}'] * 300)


@pytest.mark.parametrize(
    ("data", "kind", "command"),
    [
        (NESTED, "a JSON file", "jq -r"),
        (LINES, "a JSON file", "jq -r"),
        (b'{"n": 1, "a": {"b": ["' + b"long " * 3000 + b'"]}}', "a JSON file", "jq -r"),
        (NESTED.decode().encode("utf-16"), "a JSON file", "jq -r"),
        (b'["one", "two"]', "a JSON file", "jq -r"),
        (b'{\n "cells": [{"cell_type": "code", "source": ["x = 1"]}], "nbformat": 4}', "a Jupyter notebook", "jq -rj"),
        (b"<?xml version='1.0'?>\n<r><item>a</item></r>", "an XML file", "xmllint"),
        (b"<!-- x --><rss version='2.0'>", "an XML file", "xmllint"),
        (b"<TEI xmlns='x'><text>", "an XML file", "xmllint"),
        (b"<svg viewBox='0 0 1 1'><path d='M 1 2'/></svg>", "an SVG picture", "name a text file"),
        (b"<?xml version='1.0'?><svg>", "an SVG picture", "name a text file"),
    ],
)
def test_markup_is_refused_with_what_makes_a_text_of_it_unless_bytes_are_asked_for(tmp_path, data, kind, command):
    path = tmp_path / "my text"
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {kind}, not a text" and command in caught.value.hint
    assert "--tokens byte" in caught.value.hint
    assert read(path, as_bytes=True) == ({str(path): data}, ())


SOUND = bytes(range(128)) * 40


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x7fELF\2\1\1\0" + SOUND, "a program"),
        (b"\x93NUMPY\1\0v\0{'descr'", "an array of NumPy"),
        (b"\x80\4\x95\x10\0\0", "a pickle of Python"),
        (b"(lp0\n(dp1\nVid\n", "a pickle of Python"),
        (b"\x60\0\0\0\0\0\0\0" + b'{"w":{"dtype":"F32"}}', "a model (safetensors)"),
        (b"MThd\0\0\0\6" + SOUND, "music (MIDI)"),
        (b"RIFF\x10\x10\0\0WAVEfmt " + SOUND, "a sound, a picture or a film (RIFF)"),
        (b"\0\0\0\x20ftypisom", "a film (MP4)"),
        (b"x\x9c" + SOUND, "a file compressed by zlib"),
        (SOUND, "a binary file"),
    ],
)
def test_bytes_that_are_no_text_are_refused_though_they_may_be_utf8(tmp_path, data, kind):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(DataError, match=re.escape(f"{path}: {kind}, not a text")):
        read(path)
    assert read(path, as_bytes=True)[0] == {str(path): data}


@pytest.mark.parametrize(
    "data",
    [
        b'{"text": "the miller sang"}\n' * 9,
        b'[{"id": 1, "content": "the miller sang"}]',
        b'{"name": "a"} is JSON, and this is not',
        b"[1] Smith, The miller.\n",
        b"[" * 9000,
        b"{ a: 1 }\nbody { margin: 0 }\n",
        b"\\documentclass{article}\n",
        b"def f(x):\n    return {x: [1]}\n",
        b"1\n00:00:01,000 --> 00:00:02,000\nthe miller sang\n\n",
        b"WEBVTT\n\n00:01.000 --> 00:02.000\nthe miller\n",
        b"From: a@b.c\nSubject: hi\n\nthe miller sang\n",
        b"<p align='center'>Logo</p>\n\n# Title\n",
        b"MZ is a film by Z. RIFF, ID3 and BM are words.\n",
        "the miller sang\n".encode("utf-16-le") * 9,
        "Мельник пел\n".encode("utf-16-be") * 9,
        "the miller sang\n".encode("utf-32-le") * 9,
        b"\x1b[31mred\x1b[0m\n" * 99,
        b"a\0b and more text",
    ],
)
def test_source_code_subtitles_mail_and_other_lines_are_texts(data):
    assert document_kind(io.BytesIO(data)) is None


@pytest.mark.parametrize("data", [TEXT, b"<p>hello</p>", b"# <html>", b"%", b"{\\r", b"", zipped(a=b"x")])
def test_what_only_resembles_a_document_is_a_text(data):
    assert document_kind(io.BytesIO(data)) is None


@pytest.mark.parametrize("data", [PAGE, b"%PDF-1.7\n", zipped(word__document_dot_xml=b"<w/>")])
def test_as_bytes_a_document_is_read_as_it_is(tmp_path, data):
    path = tmp_path / "a"
    path.write_bytes(data)
    assert read(path, as_bytes=True) == ({str(path): data}, ())


def test_damaged_empty_and_nested_archives_are_refused(tmp_path):
    path = tmp_path / "a"
    for data, message in (
        (gzip.compress(TEXT)[:-9], "damaged gzip file"),
        (zipped(a=TEXT)[:-30], "damaged zip file"),
        (zipped(), "an archive without a file"),
        (gzip.compress(gzip.compress(TEXT)), "an archive in an archive"),
        (zipped(a=gzip.compress(TEXT)), "no text in it"),
    ):
        path.write_bytes(data)
        with pytest.raises(DataError, match=message):
            read(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: zipped(a=data)])
def test_how_much_of_a_packed_file_is_unpacked_is_reported(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(packed, "CHUNK", 1 << 14)
    monkeypatch.setattr(text_files, "CHUNK", 1 << 14)
    path, told = tmp_path / "a.txt", []
    path.write_bytes(pack(random.Random(1).randbytes(1 << 20).hex().encode()))
    with open_texts([str(path)], progress=lambda done, total: told.append((done, total))):
        pass
    size = path.stat().st_size
    assert len(told) > 9 and told == sorted(told) and {total for _, total in told} == {size}
    assert told[0][0] < size / 4 and size / 2 < told[-1][0] <= size


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zipped(a=zipped(b=TEXT)), "no text in it; left out: .*an archive in an archive"),
        (gzip.compress(zipped(a=TEXT)), "an archive in an archive"),
        (bz2.compress(gzip.compress(TEXT)), "an archive in an archive"),
        (gzip.compress(tarred()), "a tar archive, not a text"),
        (zipped(a=tarred()), "no text in it; left out: .*a tar archive"),
    ],
    ids=["zip in zip", "zip in gzip", "gzip in bzip2", "tar in gzip", "tar in zip"],  # their bytes hold the time
)
def test_an_archive_in_an_archive_is_refused_by_name(tmp_path, data, message):
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(DataError, match=message) as caught:
        read(path)
    assert caught.value.hint.startswith(("unpack it", "name a text file"))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(a=data), lambda data: zipped(a=data, b=data)])
def test_a_text_that_unpacks_to_far_more_than_its_size_is_refused(tmp_path, monkeypatch, pack):
    path = tmp_path / "bomb"
    path.write_bytes(pack(bytes(1 << 20)))
    monkeypatch.setattr(packed, "FREE", 1 << 16)
    with pytest.raises(DataError, match="unpack to more than"):
        read(path)


class Full:
    """A temporary file on a disk without room."""

    def write(self, data):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("name", ["standard input", "a.gz"])
def test_no_room_for_a_copy_is_no_fault_of_the_data(name):
    with pytest.raises(ResourceError, match=f"{name}: no room for a copy in .*No space left") as caught:
        packed.keep(Full(), b"x", name)
    assert caught.value.exit_code == 6 and "TMPDIR" in caught.value.hint


def test_no_room_for_a_pipe_is_told_by_open_texts(tmp_path, monkeypatch):
    monkeypatch.setattr("rnncli.data.files.tempfile.SpooledTemporaryFile", lambda **_: ExitStackFull())
    (tmp_path / "a").write_bytes(TEXT)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT)))
    with pytest.raises(ResourceError, match="standard input: no room"):
        read("-")


class ExitStackFull(ExitStack, Full):
    pass


def test_a_part_of_a_spool_ends_where_the_part_ends():
    source = Source("a", 3, spool=io.BytesIO(b"abcdefgh"), begin=2)
    for _ in range(2):
        with source.open() as file:
            assert (file.read(2), file.read(), file.read()) == (b"cd", b"e", b"")


def test_standard_input_from_a_device_that_never_ends_is_refused(monkeypatch):
    with open("/dev/zero") as endless:
        monkeypatch.setattr("sys.stdin", endless)
        with pytest.raises(DataError, match="standard input is a device"), open_sources(["-"]):
            pass


def test_a_text_of_another_encoding_is_not_taken_for_damaged_utf8(tmp_path):
    chinese = ("中文的小说是这样开始的。" * 20).encode("gb18030")
    path = tmp_path / "zh.txt"
    path.write_bytes(chinese)
    with pytest.raises(DataError) as found:
        load_corpus(DataConfig(files=(str(path),)))
    assert "--encoding gb18030" in found.value.hint and "damaged" not in found.value.hint
