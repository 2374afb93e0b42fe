"""Encodings of tables: byte order marks, UTF-8, and the Windows encoding that Excel writes unasked."""

import gzip
from io import BytesIO

import pytest

from rnncli.data.tables import encodings
from rnncli.data.tables.encodings import surveyed
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.reading import Reading
from rnncli.errors import ConfigError, DataError

TEXT = "Datum;Größe in €\r\n2024-01-01;1,5\r\n2024-01-02;2,5\r\n"


def text_in(found):
    with found.open() as stream:
        return stream.read()


@pytest.fixture
def read(tmp_path):
    """read(data, encoding) -> Frame."""

    def frame(data, encoding="utf-8"):
        path = tmp_path / "a.csv"
        path.write_bytes(data)
        return read_frame([str(path)], Reading(encoding=encoding))

    return frame


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_unicode_is_read_without_being_asked(read, encoding, pack):
    frame = read(pack(TEXT.encode(encoding)))
    assert list(frame.columns) == ["Datum", "Größe in €"] and frame.columns["Datum"].tolist()[0] == "2024-01-01"
    assert frame.written.bom == (encoding != "utf-8") and frame.written.crlf and not frame.notes
    assert frame.written.encoding == encoding.removesuffix("-sig")


def test_what_is_not_utf8_is_read_as_windows_text_and_this_is_reported(read):
    frame = read(TEXT.encode("cp1252"))
    assert list(frame.columns) == ["Datum", "Größe in €"] and frame.written.encoding == "cp1252"
    assert frame.notes == ("not UTF-8 in line 1: read as cp1252; for another encoding: --encoding",)
    later = "ds;y\r\n" + "2024-01-03;3,5\r\n" * 100_000 + "2024-01-04;é\r\n"
    assert (
        read(later.replace("ö", "o").replace("€", "E").encode("cp1252"))
        .notes[0]
        .startswith("not UTF-8 in line 100,002")
    )


def test_an_encoding_that_is_named_counts(read):
    assert list(read(TEXT.replace("€", "EUR").encode("latin-1"), "latin-1").columns) == ["Datum", "Größe in EUR"]
    assert list(read("дата,y\n1,2\n".encode("cp1251"), "cp1251").columns) == ["дата", "y"]
    with pytest.raises(DataError, match=":1: byte 0xf6 at offset 8 is not ASCII") as caught:
        read(TEXT.encode("latin-1", "replace"), "ascii")
    assert caught.value.options == "--encoding utf-8"
    with pytest.raises(ConfigError, match="not a text encoding"):
        read(b"a,b\n1,2\n", "rot13")


def test_damaged_utf8_is_not_taken_for_windows_text(read):
    with pytest.raises(DataError, match=":3: byte 0xff at offset 27 is not UTF-8") as caught:
        read("Größe,y\n2024-01-01,1\nabcd".encode() + b"\xff,2\n")
    assert caught.value.options == "--encoding latin-1"


def test_a_line_that_is_no_row_is_refused_before_it_is_read_to_its_end(read, monkeypatch):
    monkeypatch.setattr(encodings, "CHUNK", 1 << 10)
    monkeypatch.setattr(encodings, "LONGEST", 5000)
    with pytest.raises(DataError, match=":2: a line of more than 5,000 characters") as caught:
        read(b"ds,y\n" + b"1,2.5," * 5000)
    assert "--task language" in str(caught.value.hint)
    assert len(read(b"ds,y\n" + b"1,2.5\n" * 5000).line) == 5000


def test_a_long_array_of_objects_may_be_one_line(read, monkeypatch):
    monkeypatch.setattr(encodings, "LONGEST", 50)
    assert len(read(b"[" + b", ".join([b'{"ds": "2024-01-01", "y": 1}'] * 50) + b"]").line) == 50


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Rok;Wartość\nstyczeń;1\npaździernik;2\n", "cp1250"),
        ("Měsíc;Tržby\nříjen;1\n", "cp1250"),
        ("Дата;Выручка\nМосква;1\n", "cp1251"),
        ("Дата;Выручка\nМосква;1\n", "koi8_r"),
        ("Ημερομηνία;Πωλήσεις\n1;2\n", "cp1253"),
        ("Tarih;Satış\nşişe;1\n", "cp1254"),
        ("Datum;Umsatz für Köln\n1;2,50 €\n", "cp1252"),
        ("Date;Température °C\nété;1\n", "cp1252"),
        ("Fecha;Año\nniño;1\n", "cp1252"),
        ("Datum;Umsatz für Köln\n1;2\n", "cp850"),
        ("Datum;Umsatz für Köln\n1;2\n", "mac_roman"),
        ("日付,売上\n1,2\n", "cp932"),
        ("日期,销售额\n1,2\n", "gb18030"),
        ("날짜,매출\n1,2\n", "cp949"),
        ("日期,銷售額\n1,2\n", "big5"),
    ],
)
def test_an_encoding_is_guessed_by_the_words_that_it_makes(text, encoding):
    found = surveyed(BytesIO(text.encode(encoding)), "a.csv")
    assert text_in(found) == text and "--encoding" in found.notes[0]


UNITS = ("Temp °C", "Temp [°C]", "Umsatz T€", "(T€)", "Coût k€", "Druck µbar", "m²", "£", "½")


@pytest.mark.parametrize("unit", UNITS)
def test_signs_of_units_are_those_of_windows(unit):
    found = surveyed(BytesIO(f"Datum;{unit};x\n1;2;3\n".encode("cp1252")), "a.csv")
    assert unit in text_in(found)


def test_a_reading_that_a_signal_ended_has_nothing_to_give_back():
    found = surveyed(BytesIO(b"ds,y\n2024-01-01,1\n"), "a.csv")
    with found.open() as stream:
        assert next(stream) == "ds,y\n"
        found.file.close()  # as the outer block does while an exception passes
    again = surveyed(BytesIO(b"ds,y\n2024-01-01,1\n"), "a.csv")
    with again.open() as stream:
        next(stream)
    assert not again.file.closed
