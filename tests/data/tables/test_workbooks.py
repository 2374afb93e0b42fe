"""Workbooks: sheets are chosen, and typed cells come out as one would export them."""

import io
import sys
import zipfile
from datetime import date, datetime, time

import pytest

from rnncli.data.tables import workbooks
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.reading import Reading
from rnncli.errors import ConfigError, DataError

openpyxl = pytest.importorskip("openpyxl")
ENGINES = ["openpyxl"]
try:
    import python_calamine  # noqa: F401 (whether it is there)

    ENGINES.append("python_calamine")
except ImportError:
    pass


def workbook(**sheets):
    """The bytes of a workbook with sheets {name: rows}."""
    book, packed = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(packed)
    return packed.getvalue()


@pytest.fixture(params=ENGINES)
def read(tmp_path, monkeypatch, request):
    """read(data, **options) -> Frame, with each package that reads workbooks."""
    monkeypatch.setattr(workbooks, "find_spec", lambda name: name == request.param or None)

    def frame(data, **options):
        path = tmp_path / "book.bin"
        path.write_bytes(data)
        return read_frame([str(path)], Reading(**options))

    return frame


def cells(frame):
    return {name: column.tolist() for name, column in frame.columns.items()}


ROWS = [
    ["day", "at", "hour", "y", "n", "open", "name", "mixed"],
    [datetime(2024, 1, 1), datetime(2024, 1, 1, 6, 30), time(6, 30), 1.5, 3, True, "NA", datetime(2024, 1, 1)],
    [datetime(2024, 1, 2), datetime(2024, 1, 1, 7, 30), time(7, 30), None, 4.0, False, " b", 5],
    [date(2024, 1, 3), datetime(2024, 1, 1, 8, 29, 59, 999_700), time(8, 30), -0.25, 5, True, "00123", None],
]


def test_typed_cells_become_the_text_of_an_export(read):
    frame = read(workbook(Sales=ROWS))
    assert cells(frame) == {
        "day": ["2024-01-01", "2024-01-02", "2024-01-03"],
        "at": ["2024-01-01 06:30:00", "2024-01-01 07:30:00", "2024-01-01 08:30:00"],
        "hour": ["06:30:00", "07:30:00", "08:30:00"],
        "y": ["1.5", "", "-0.25"],
        "n": ["3", "4", "5"],
        "open": ["true", "false", "true"],
        "name": ["NA", " b", "00123"],
        "mixed": ["2024-01-01", "5", ""],
    }
    assert frame.line.tolist() == [2, 3, 4] and frame.written.format == "xlsx" and not frame.notes
    assert frame.where(2, "y").endswith(":4, column y")


def test_titles_empty_rows_and_sources_are_left_out(read):
    rows = [["Sales"], [], [None, "day", "y"], *([None, date(2024, 1, k), k] for k in range(1, 6)), [None, None, None]]
    frame = read(workbook(A=[*rows, [None, date(2024, 1, 6), 6]]))
    assert cells(frame)["y"] == ["1", "2", "3", "4", "5", "6"] and frame.line.tolist() == [4, 5, 6, 7, 8, 10]
    assert list(frame.columns) == ["day", "y"]
    assert any("1 line above the header" in note for note in frame.notes)
    assert read(workbook(A=rows), skip_rows=2).line[0] == 4


def test_the_first_sheet_with_a_table_is_read_and_the_others_are_named(read):
    book = workbook(Info=[["written by us"]], Sales=ROWS, More=[["ds", "y"], ["2024-01-01", 7], ["2024-01-02", 8]])
    frame = read(book)
    assert len(frame.line) == 3 and frame.notes[0] == "sheet 'Sales' read; others: Info, More; to choose: --sheet NAME"
    for sheet in ("More", "3"):
        assert cells(read(book, sheet=sheet)) == {"ds": ["2024-01-01", "2024-01-02"], "y": ["7", "8"]}
    with pytest.raises(DataError, match="no sheet 'Less'") as caught:
        read(book, sheet="Less")
    assert "Info, Sales, More" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (workbook(A=[["words"]], B=[]), "no sheet with a table"),
        (workbook(A=ROWS)[:-200], "damaged zip file"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "unreadable workbook"),
    ],
)
def test_a_workbook_without_a_table_is_refused(read, data, found):
    with pytest.raises(DataError, match=found) as caught:
        read(data)
    assert caught.value.hint


def test_without_a_package_for_workbooks_the_command_that_installs_one_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "find_spec", lambda name: None)
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(A=ROWS))
    with pytest.raises(ConfigError, match="need the package python-calamine") as caught:
        read_frame([str(path)])
    assert caught.value.hint == "pip install python-calamine"


def test_a_text_table_imports_no_pandas(tmp_path):
    import subprocess

    (tmp_path / "a.csv").write_text("ds,y\n2024-01-01,1\n")
    code = "import sys; from rnncli.data.tables.frame import read_frame; read_frame(['a.csv'])"
    code += "; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, timeout=60).returncode == 0


def test_a_table_in_the_middle_of_a_sheet_loses_its_title_and_its_sum(read):
    days = [[None, datetime(2021, 1, k), k / 2] for k in range(1, 11)]
    sheet = [["Sales 2021"], [], [None, None], [None, "Day", "EUR"], *days, [], [None, "Summe", 27.5]]
    frame = read(workbook(report=sheet))
    assert cells(frame) == {
        "Day": [f"2021-01-{k:02}" for k in range(1, 11)],
        "EUR": [str(k / 2).removesuffix(".0") for k in range(1, 11)],
    }
    assert frame.line[0] == 5 and "1 line below the table left out, from 'Summe' on" in frame.notes


def with_cell(place, value=b"<v>1</v>"):
    """A workbook of three rows whose sheet has one more cell at a place."""
    packed = workbook(Sheet=[["ds", "y"], ["2024-01-01", 1], ["2024-01-02", 2]])
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(changed, "w") as new:
        for each in old.namelist():
            data = old.read(each)
            if each.endswith("sheet1.xml"):
                row = int("".join(filter(str.isdigit, place)))
                data = data.replace(
                    b"</sheetData>", b'<row r="%d"><c r="%s">%s</c></row></sheetData>' % (row, place.encode(), value)
                )
            new.writestr(each, data)
    return changed.getvalue()


@pytest.mark.parametrize(
    ("place", "said"),
    [("NANA9", "a cell in column 247,105 of row 9"), ("XFD1048576", "reach to column 16,384 and row 1,048,576")],
)
def test_a_cell_far_beyond_the_table_does_not_fill_the_memory(read, place, said):
    with pytest.raises(DataError, match=said):
        read(with_cell(place))


def test_a_cell_somewhat_beyond_the_table_is_read_as_ever(read):
    assert cells(read(with_cell("B9")))["y"][:2] == ["1", "2"]
