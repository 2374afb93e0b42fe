"""Compressed files and archives are read by their contents, and none takes more than its share of memory."""

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from rnncli.data import packed
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.reading import Reading
from rnncli.errors import ConfigError, DataError

SALES = b"ds,y\n2024-01-01,1\n2024-01-02,2\n"
OTHER = b"ds,y\n2024-01-01,3\n2024-01-02,4\n"


def zipped(**files):
    """The bytes of a zip of files {name: data}; __ within a name stands for a slash, _ for a dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name if "/" in name else name.replace("__", "/").replace("_", "."), data)
    return packed.getvalue()


@pytest.fixture
def read(tmp_path):
    """read(data, sheet) -> (values of y, notes), under a name that says nothing."""

    def values(data, sheet=None):
        path = tmp_path / "table"
        path.write_bytes(data)
        frame = read_frame([str(path)], Reading(sheet=sheet))
        return frame.columns["y"].tolist(), frame.notes

    return values


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(SALES),
        bz2.compress(SALES),
        lzma.compress(SALES),
        zipped(a_csv=SALES),
        zipped(folder__a_csv=SALES),
        zipped(a_csv_gz=gzip.compress(SALES)),
        gzip.compress(zipped(a_csv=SALES)),
        gzip.compress(SALES[:7]) + gzip.compress(SALES[7:]),
    ],
    ids=["gzip", "bzip2", "xz", "zip", "zip with a folder", "gzip in zip", "zip in gzip", "two gzips"],
)
def test_a_table_comes_out_of_every_wrapping(read, data):
    assert read(data) == (["1", "2"], ())


def test_the_first_table_of_an_archive_is_read_and_the_others_are_named(read):
    several = zipped(readme_txt=b"Two tables,\nby us.\n", a_csv=SALES, b_csv=OTHER)
    values, notes = read(several)
    assert values == ["1", "2"]
    assert notes == ("a.csv read from the archive; other tables: b.csv; to choose: --sheet NAME",)
    for sheet in ("b.csv", "3"):
        assert read(several, sheet) == (["3", "4"], ())


def test_hidden_files_of_an_archive_do_not_count(read):
    assert read(zipped(**{"__MACOSX/._a.csv": b"\0\1", "folder/.hidden": b"x", "a_csv": SALES})) == (["1", "2"], ())


@pytest.mark.parametrize(
    ("data", "sheet", "found", "hint"),
    [
        (zipped(), None, "an archive without a file", "name another file"),
        (zipped(a_txt=b"Some words.\n", b_txt=b"More.\n"), None, "none of the 2 files", "a.txt, b.txt"),
        (zipped(a_csv=SALES), "b.csv", "no file 'b.csv' in the archive", "a.csv"),
        (zipped(a=zipped(b=zipped(c=SALES))), None, "an archive in an archive in an archive", "unpack it"),
        (zipped(a_csv=SALES)[:-30], None, "damaged zip file", "download"),
        (bz2.compress(SALES)[:-9], None, "damaged bzip2 file", "download"),
        (lzma.compress(SALES)[:-9], None, "damaged xz file", "download"),
        (b"7z\xbc\xaf\x27\x1c12", None, "a 7z archive, not a table", "unpack it"),
        (b"\x28\xb5\x2f\xfd12", None, "a file compressed by zstd", "zstd -d"),
        (b"%PDF-1.7\n", None, "a PDF, not a table", "CSV"),
    ],
)
def test_what_cannot_be_unpacked_is_named_with_a_remedy(read, data, sheet, found, hint):
    with pytest.raises(DataError, match=found) as caught:
        read(data, sheet)
    assert hint in caught.value.hint


def test_an_archive_with_a_password_is_refused(read):
    data = bytearray(zipped(a_csv=SALES))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1  # the flag of encryption
    with pytest.raises(DataError, match="password"):
        read(bytes(data))


def test_a_sheet_of_a_plain_file_is_refused(read):
    with pytest.raises(ConfigError, match="--sheet is for"):
        read(SALES, "1")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: zipped(a_csv=data)])
def test_a_file_that_unpacks_to_far_more_than_its_size_is_refused_before_it_is_read(read, monkeypatch, pack):
    monkeypatch.setattr(packed, "FREE", 1 << 16)
    monkeypatch.setattr(packed, "RATIO", 2)
    monkeypatch.setattr(packed, "CHUNK", 1 << 12)
    data = pack(b"ds,y\n" + b"2024-01-01,1\n" * 20_000)
    with pytest.raises(DataError, match=r"that unpack to more than 65\.5 kB"):
        read(data)
    monkeypatch.setattr(packed, "FREE", 1 << 19)
    assert len(read(data)[0]) == 20_000


def test_no_file_may_unpack_to_more_than_two_gigabytes(read, monkeypatch):
    monkeypatch.setattr(packed, "MOST", 100)
    monkeypatch.setattr(packed, "CHUNK", 10)
    with pytest.raises(DataError, match="that unpack to more than 100 bytes"):
        read(gzip.compress(SALES * 9))
