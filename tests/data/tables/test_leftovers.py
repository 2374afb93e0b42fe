"""What spreadsheets and portals leave around a table is found, left out and reported; what is a mistake stays one."""

import pytest

from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.reading import Reading
from rnncli.errors import DataError

DAYS = [f"2024-01-{k:02}" for k in range(1, 11)]


@pytest.fixture
def read(tmp_path):
    """read(text, **options) -> Frame."""

    def frame(text, **options):
        path = tmp_path / "export.dat"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_frame([str(path)], Reading(**options))

    return frame


def rows(*columns, separator=","):
    """Rows of days and further columns: functions of the number of the day."""
    return "".join(
        separator.join([day, *(str(column(k)) for column in columns)]) + "\n" for k, day in enumerate(DAYS, 1)
    )


def double(k):
    return 2 * k


def ends(frame):
    """{column: (first cell, last cell)}."""
    return {name: (column[0], column[-1]) for name, column in frame.columns.items()}


PLAIN = {"ds": (DAYS[0], DAYS[-1]), "y": ("2", "20")}
LEFTOVERS = {  # text, line of the first row, what the notes say
    "the separator for Excel": (
        "sep=;\nds;y\n" + rows(double, separator=";"),
        3,
        ["separator ';' from the first line, sep=;"],
    ),
    "the separator for Excel in quotes": (
        '"sep=|"\nds|y\n' + rows(double, separator="|"),
        3,
        ["separator '|' from the first line"],
    ),
    "a title": ("Sales of the shop\n\nds,y\n" + rows(double), 4, ["1 line above the header left out"]),
    "titles with commas": ("Sales, in EUR\nby day\n\nds,y\n" + rows(double), 5, ["2 lines above the header"]),
    "a padded title": ("Sales;\n;\nds;y\n" + rows(double, separator=";"), 4, ["1 line above the header left out"]),
    "comments above": ("# a\n# b, c\nds,y\n" + rows(double), 4, ["2 lines above the header left out"]),
    "a header in a comment": ("# a note\n# ds  y\n" + rows(double, separator="   "), 3, ["the last comment above"]),
    "a source below": ("ds,y\n" + rows(double) + "\nSource: the shop\n", 2, ["1 line below the table left out"]),
    "a padded source": ("ds,y\n" + rows(double) + "Source,\nPrinted on paper,\n", 2, ["2 lines below", "'Source'"]),
    "a total": ("ds,y\n" + rows(double) + "Total,110\n", 2, ["1 line below the table left out, from 'Total' on"]),
    "a sum without a stamp": ("ds,y\n" + rows(double) + ",110.00\n", 2, ["1 line below the table", "from '110.00' on"]),
    "widths of columns": ("ds\ty\n20d\t14n\n" + rows(double, separator="\t"), 3, ["1 line of column widths below"]),
    "separators alone": ("ds,y\n,\n" + rows(double) + ",\n,\n", 3, ["3 rows of separators alone left out"]),
    "an empty column": ("ds,y,\n" + rows(double, lambda k: ""), 2, ["1 column without name and value left out"]),
    "a separator at the end of rows": ("ds,y\n" + rows(double, lambda k: ""), 2, ["10 rows with a separator at"]),
    "units": ("ds,y\n,EUR\n" + rows(double), 3, ["1 line of words below the header left out"]),
    "remarks": ("ds;y\nUnit;EUR\nAs of;today\n" + rows(double, separator=";"), 4, ["2 lines of words below"]),
    "files laid end to end": ("ds,y\n" + rows(double) + "ds,y\n" + f"{DAYS[-1]},20\n", 2, ["comes again 1 time"]),
    "a table of Markdown": (
        "| ds | y |\n|----|---:|\n" + "".join(f"|{day}|{2 * k}|\n" for k, day in enumerate(DAYS, 1)),
        3,
        [],
    ),
    "quotes behind blanks": ('"ds", "y"\n' + rows(double).replace(",", ", "), 2, []),
}


@pytest.mark.parametrize("kind", LEFTOVERS)
def test_leftovers_are_left_out_and_reported(read, kind):
    text, line, told = LEFTOVERS[kind]
    frame = read(text)
    assert ends(frame) == PLAIN and frame.line[0] == line
    assert len(frame.notes) == (len(told) > 0)
    assert all(part in " ".join(frame.notes) for part in told)
    for option in ("--skip-rows",):
        assert ("above the header" in " ".join(frame.notes)) <= (option in " ".join(frame.notes))


def test_the_same_leftovers_are_found_with_windows_line_ends(read):
    for text, line, _ in LEFTOVERS.values():
        frame = read(text.replace("\n", "\r\n"))
        assert ends(frame) == PLAIN and frame.line[0] == line and frame.written.crlf


def test_the_lines_below_the_names_and_codes_of_a_bank_are_left_out(read):
    frame = read(
        '"";X.A;X.A_FLAGS\n"";"Sales, in all";\nUnit;%;\nAs of;06.05.2024 15:00 h;\n'
        + rows(double, lambda k: "", separator=";")
    )
    assert ends(frame) == {"Unnamed: 0": (DAYS[0], DAYS[-1]), "X.A": ("2", "20"), "X.A_FLAGS": ("", "")}
    assert frame.line[0] == 5


def test_row_names_of_r_get_a_column_without_a_name(read):
    text = '"ds" "y"\n' + "".join(f'"{k}" "{day}" {2 * k}\n' for k, day in enumerate(DAYS, 1))
    frame = read(text)
    assert ends(frame) == {"Unnamed: 0": ("1", "10"), **PLAIN}
    assert frame.written.sep == " "


def test_a_nameless_column_with_cells_is_kept(read):
    assert list(read(",y\n1,2\n2,4\n").columns) == ["Unnamed: 0", "y"]


# ---- the header


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (rows(double), ["column1", "column2"]),
        ("".join(f"A{k % 3},{day},{k}.5\n" for k, day in enumerate(DAYS)), ["column1", "column2", "column3"]),
        ("1,2.5,-3e4\n1,2,3\n", ["column1", "column2", "column3"]),
    ],
)
def test_a_first_line_of_data_is_no_header(read, text, names):
    frame = read(text)
    assert list(frame.columns) == names and len(frame.line) == text.count("\n") and frame.line[0] == 1
    assert frame.notes == (f"no header: columns called column1 to {names[-1]}; add one as the first line to name them",)


@pytest.mark.parametrize(
    "header",
    [
        "name,2019,2020,2021",
        "name,2024-01-01,2024-01-02,2024-01-03",
        ",0,1,2",
        "State,Lat,1/22/20,1/23/20",
        "2020,2021,2022,x",
    ],
)
def test_years_and_dates_may_be_the_names_of_columns(read, header):
    frame = read(header + "\n" + "".join(f"{k},{k}.5,{k},7\n" for k in range(5)))
    assert list(frame.columns) == [name or "Unnamed: 0" for name in header.split(",")] and len(frame.line) == 5


# ---- the separator


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Datum;Umsatz, netto\n" + rows(lambda k: f"{k},5", separator=";"), ["Datum", "Umsatz, netto"]),
        ("Datum;Umsatz, netto;Kosten, netto\n" + rows(lambda k: f"{k},5", lambda k: f"{k},7", separator=";"), None),
        ("ds\ta,b\n" + rows(lambda k: f"{k},5", separator="\t"), ["ds", "a,b"]),
        ("ds|a;b\n" + rows(double, separator="|"), ["ds", "a;b"]),
        ("ds   y  x\n" + rows(double, double, separator="    "), ["ds", "y", "x"]),
        ("date time,y\n" + rows(double).replace(",", " 00:00,"), ["date time", "y"]),
        ('Month,"Sales, in all"\n' + rows(double), ["Month", "Sales, in all"]),
        ("Heart rate\n84,2\n83,1\n82,5\n", ["Heart rate"]),
        ("y\n1 234,5\n2 345,5\n", ["y"]),
    ],
)
def test_the_separator_is_found_from_the_rows(read, text, columns):
    frame = read(text)
    assert list(frame.columns) == (columns or text.split("\n")[0].split(";"))
    assert len(frame.line) == text.count("\n") - 1


def test_a_separator_that_is_given_is_taken(read):
    assert list(read("a;b,c\n1;2,3\n", sep=",").columns) == ["a;b", "c"]
    assert list(read("a;b,c\n1;2,3\n", sep=";").columns) == ["a", "b,c"]
    assert list(read("a~b\n1~2\n", sep="~").columns) == ["a", "b"]


# ---- options


def test_lines_that_are_skipped_are_counted(read):
    frame = read("x,y,z\nsome title\nds,y\n" + rows(double), skip_rows=2)
    assert ends(frame) == PLAIN and frame.line.tolist() == list(range(4, 14)) and not frame.notes


def test_comments_are_left_out_wherever_they_stand_and_lines_keep_their_numbers(read):
    frame = read("# first\nds,y\n2024-01-01,2\n# third, of all\n2024-01-02,4\n  # last\n2024-01-03,6\n", comment="#")
    assert frame.columns["y"].tolist() == ["2", "4", "6"] and frame.line.tolist() == [3, 5, 7]
    with pytest.raises(DataError, match=":5: 3 cells"):
        read("# first\nds,y\n2024-01-01,2\n# third, of all\n2024-01-02,4,5\n", comment="#")


# ---- what stays an error


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ds,y\n" + rows(double) + "2024-01-11\n", ":12: 1 cell, but the header has 2"),
        ("ds,y\n" + rows(double) + "note\n" + rows(double), ":12: 1 cell"),
        ("shop,y\na,1\nb,2\nc,3\nnote\n", ":5: 1 cell"),
        ("ds,y,x\n" + rows(double), ":2: 2 cells, but the header has 3"),
        ("ds,y\n" + rows(double, double), ":2: 3 cells, but the header has 2"),
        ("A report, in parts, of all\n" + rows(double), ":2: 2 cells, but the header has 3"),
        ("a,b,a\n1,2,3\n", ":1: more than one column is called 'a'"),
        ("\n\na,b,a\n1,2,3\n", ":3: more than one column is called 'a'"),
    ],
)
def test_a_row_that_may_be_a_mistake_is_refused(read, text, found):
    with pytest.raises(DataError, match=found) as caught:
        read(text)
    assert caught.value.hint


def test_a_table_that_begins_below_other_lines_is_refused_with_the_option_that_skips_them(read):
    with pytest.raises(DataError) as caught:
        read("A report, in parts, of all\n" + rows(double))
    assert "--skip-rows" in str(caught.value.hint)
    assert read("A report, in parts, of all\n" + rows(double), skip_rows=1).line[0] == 2


def test_a_last_row_with_words_stays_where_the_first_column_holds_words(read):
    frame = read("shop,y\na,1\nb,2\nc,3\nd,\n")
    assert frame.columns["shop"].tolist() == ["a", "b", "c", "d"] and not frame.notes


def test_comments_with_as_many_words_as_the_table_has_columns_are_no_header(read):
    lines = "".join(f"{1990 + k // 12:6d}{k % 12 + 1:4d}{300 + k / 4:10.2f}\n" for k in range(60))
    for last in ("", "#   decimal   average\n"):
        frame = read("# of words\n" * 30 + last + lines)
        assert list(frame.columns) == ["column1", "column2", "column3"] and len(frame.line) == 60
        assert frame.line[0] == 31 + bool(last) and frame.columns["column3"][-1] == "314.75"


def test_only_a_last_row_with_a_sum_may_lack_its_stamp(read):
    assert read("ds,y\n" + rows(double) + ",109\n").columns["y"][-1] == "109"
    assert (
        read("ds;y\n" + rows(lambda k: f"1.{100 + k},5", separator=";") + ";11.060,0\n").columns["y"][-1] == "1.110,5"
    )
    assert read("ds,y\n" + rows(double) + ",5\n,6\n").columns["ds"].tolist() == [*DAYS, "", ""]
    assert read("y,z\n1,2\n2,3\n3,4\n,5\n").columns["z"][-1] == "5"


def test_rows_to_be_forecast_are_no_footer(read):
    frame = read("ds,y,price\n" + rows(double, double) + "2024-01-11,,3\n2024-01-12,,\n")
    assert frame.columns["ds"][-1] == "2024-01-12" and frame.columns["y"][-2:].tolist() == ["", ""]


@pytest.mark.parametrize("before", [0, 1, 500])
def test_a_quote_that_stays_open_in_a_long_file_is_named_with_its_line(read, before):
    text = "ds,y\n" + "2024-01-01,1\n" * before + '2024-01-02,"2\n' + "2024-01-03,3\n" * 20_000
    with pytest.raises(DataError, match=f":{before + 2}: not a valid row"):
        read(text)
    with pytest.raises(DataError, match=":1: not a valid row"):
        read('"ds' + ("x" * 1000 + "\n") * 300)


# ---- below a blank line, and codes below the header


def places(k):
    """Three rows of a table of words and numbers."""
    return "".join(f"{name},c{k},{k}.5\n" for name in ("Albania", "Austria", "Andorra"))


@pytest.mark.parametrize(
    ("below", "lines", "first"),
    [
        ("\nfnSeqID,Footnote\n1,Excludes one of them\n2,By the office\n", 3, "fnSeqID"),
        ("fnSeqID,Footnote\n1,Excludes one of them\n2,By the office\n", 3, "fnSeqID"),
        ("\n\n\nData from the bank\nLast Updated: 06/28/2024\n", 2, "Data from the bank"),
        ("\nData from the bank,\n\nLast Updated: 06/28/2024,\n", 2, "Data from the bank"),
        ("\nData from the bank,,\nLast Updated,,\n", 2, "Data from the bank"),
    ],
)
def test_footnotes_below_a_table_of_words_are_left_out_and_reported(read, below, lines, first):
    frame = read("place,code,y\n" + places(1) + places(2) + below)
    assert frame.columns["place"].tolist() == ["Albania", "Austria", "Andorra"] * 2
    assert frame.columns["y"].tolist() == ["1.5"] * 3 + ["2.5"] * 3
    assert frame.notes == (f"{lines} lines below the table left out, from {first!r} on",)


@pytest.mark.parametrize(
    ("below", "line"),
    [
        ("Austria,c3\n", 5),  # a row cut short
        ("\nAustria,c3\n", 6),
        ("\nNotes\nSpain,c3,3.5\n", 6),  # the table goes on
        ("\nyear,sum\n2024,5\n", 6),  # another table
        ("name,sum\n2,5\n", 5),
    ],
)
def test_short_rows_that_are_no_footnotes_are_refused(read, below, line):
    with pytest.raises(DataError, match=rf":{line}: \d cells?, but the header has 3"):
        read("place,code,y\n" + places(1) + below)


def test_the_last_row_of_a_table_of_words_stays_without_a_blank_line_before_it(read):
    assert len(read("place,code,y\n" + places(1) + "Spain,,\n").line) == 4
    assert len(read("place,code,y\n" + places(1) + "\nAlbania,,\n").line) == 4


@pytest.mark.parametrize("codes", ["Transform:,5\n", "factors,1\nTransform,5\n", "Unit,EUR\nTransform:,5\n"])
@pytest.mark.parametrize("times", [DAYS, [str(year) for year in range(1990, 2000)]])
def test_lines_of_codes_below_the_header_are_left_out(read, codes, times):
    frame = read("ds,y\n" + codes + "".join(f"{time},{2 * k}\n" for k, time in enumerate(times, 1)))
    assert ends(frame) == {"ds": (times[0], times[-1]), "y": ("2", "20")}
    count = codes.count("\n")
    assert frame.notes == (f"{count} line{'s' * (count > 1)} of words below the header left out, such as codes",)


@pytest.mark.parametrize("first", ["2024-13-45x,5\n", "5x,5\n"])
def test_a_misspelt_time_in_the_first_row_is_no_line_of_codes(read, first):
    assert read("ds,y\n" + first + rows(double)).line[0] == 2


def test_words_above_numbers_that_are_no_times_are_no_line_of_codes(read):
    frame = read("x,y\nnone at all,5\n" + "".join(f"{(7 * k) % 10},{k}\n" for k in range(10)))
    assert frame.line[0] == 2 and not frame.notes


def test_comments_within_a_table_are_left_out_with_a_note(tmp_path):
    (tmp_path / "a.csv").write_text(
        "ds,y\n2024-01-01,1\n# calibrated\n2024-01-02,2\n# by us, twice, and more\n2024-01-03,3\n"
    )
    frame = read_frame([str(tmp_path / "a.csv")])
    assert frame.columns["y"].tolist() == ["1", "2", "3"] and frame.line.tolist() == [2, 4, 6]
    assert frame.notes == ("2 comments within the table left out, the first one in line 3",)


def test_blank_lines_below_the_header_are_no_widths_and_no_words(tmp_path):
    (tmp_path / "a.csv").write_text("ds;y\n\n2024-01-01;1.5\n2024-01-02;2.5\n2024-01-03;3.5\n")
    assert read_frame([str(tmp_path / "a.csv")]).notes == ()


def test_rules_of_a_drawn_table_are_left_out_and_lines_keep_their_numbers(read):
    rule = "+-----+-----+\n"
    rows = "".join(f"| 2024-01-{day:02} | {day} |\n" for day in range(1, 6))
    table = read((rule + "| day | y |\n" + rule + rows + rule).encode())
    assert list(table.line) == [4, 5, 6, 7, 8]
    assert [str(cell).strip() for cell in table.columns["y"]] == ["1", "2", "3", "4", "5"]


def test_a_sentence_right_below_the_rows_is_left_out_but_not_a_row_cut_off(read):
    rows = "name,amount,day\n" + "".join(f"Deal {k},{k}.5,2024-01-{k:02}\n" for k in range(1, 9))
    table = read((rows + "Confidential Information - Do Not Distribute\nBy Ann\n").encode())
    assert len(table.line) == 8 and "from 'Confidential" in table.notes[-1]
    with pytest.raises(DataError, match=":10: 1 cell"):
        read((rows + "Deal 9\n").encode())


def test_a_title_padded_with_separators_above_months_is_left_out(read):
    months = ";".join(f"{month} 22" for month in ("Jan", "Feb", "M\u00e4r", "Apr"))
    table = read(f"GuV 2022;;;;\n;{months}\nUmsatz;1,5;2,5;3,5;4,5\nKosten;1,5;2,5;3,5;4,5\n".encode())
    assert list(table.columns)[1:] == months.split(";") and len(table.line) == 2
