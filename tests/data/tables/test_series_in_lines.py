"""Series that a file holds in a line each: .tsf files, objects of JSON with a list of values, years of months."""

import gzip
import json
import zipfile

import pytest

from rnncli.data.series.first_stamps import with_stamps
from rnncli.data.tables.detection import is_table, looks_like_table
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.near_tables import is_near_table
from rnncli.errors import DataError

HEAD = """# some remarks, of words
@relation Wards
@attribute series_name string
@attribute ward string
@attribute start_timestamp date
@frequency {}
@horizon 2
@missing true
@data
"""
VALUES = [1.5, 2, 3, 4]


def tsf(frequency, *lines):
    return HEAD.format(frequency) + "".join(f"{line}\n" for line in lines)


def stamps(write, frequency, start):
    """Those of a series of three values."""
    name = write(tsf(frequency, f"T1:a:{start}:1,2,3"), "a.x")
    assert is_table([name])
    return with_stamps(read_frame([name]), None).columns["timestamp"].tolist()


def rows(frame, *names):
    return list(zip(*(frame.columns[name].tolist() for name in names)))


def refusal(name, asked=None):
    with pytest.raises(DataError) as error:
        with_stamps(read_frame([name]), asked)
    return str(error.value), str(error.value.hint)


def test_a_line_of_a_tsf_file_becomes_rows_with_its_attributes_and_what_is_missing_is_empty(write):
    name = write(tsf("monthly", "T1:a:1990-11-01 00-00-00:1,?,3.5", "", "T2:b:1991-01-01 00-00-00:4,5"), "wards")
    frame = with_stamps(read_frame([name]), None)
    assert rows(frame, "series_name", "ward", "timestamp", "value") == [
        ("T1", "a", "1990-11-01", "1"),
        ("T1", "a", "1990-12-01", ""),
        ("T1", "a", "1991-01-01", "3.5"),
        ("T2", "b", "1991-01-01", "4"),
        ("T2", "b", "1991-02-01", "5"),
    ]
    assert frame.where(3, "value") == f"{name}:12, column value"
    assert frame.notes == ("a .tsf file of 2 series", "the stamps of each series follow from its first one: monthly")


@pytest.mark.parametrize(
    ("frequency", "start", "found"),
    [
        ("4_seconds", "2020-01-01 00-00-00", ["2020-01-01 00:00:00", "2020-01-01 00:00:04", "2020-01-01 00:00:08"]),
        ("minutely", "2020-01-01 00-00-00", ["2020-01-01 00:00", "2020-01-01 00:01", "2020-01-01 00:02"]),
        ("10_minutes", "2020-01-01 00-00-00", ["2020-01-01 00:00", "2020-01-01 00:10", "2020-01-01 00:20"]),
        ("half_hourly", "2020-01-01 23-00-00", ["2020-01-01 23:00", "2020-01-01 23:30", "2020-01-02 00:00"]),
        ("hourly", "2020-01-01 22-00-00", ["2020-01-01 22:00", "2020-01-01 23:00", "2020-01-02 00:00"]),
        ("daily", "2020-02-28 00-00-00", ["2020-02-28", "2020-02-29", "2020-03-01"]),
        ("weekly", "2020-02-24 00-00-00", ["2020-02-24", "2020-03-02", "2020-03-09"]),
        ("monthly", "2020-01-31 00-00-00", ["2020-01-31", "2020-02-29", "2020-03-31"]),
        ("monthly", "2020-01-15 00-00-00", ["2020-01-15", "2020-02-15", "2020-03-15"]),
        ("quarterly", "2020-03-31 00-00-00", ["2020-03-31", "2020-06-30", "2020-09-30"]),
        ("yearly", "1750-12-31 00-00-00", ["1750-12-31", "1751-12-31", "1752-12-31"]),
    ],
)
def test_stamps_follow_from_the_first_by_the_step_that_the_file_names(write, frequency, start, found):
    assert stamps(write, frequency, start) == found


def test_series_without_a_first_stamp_are_numbered(write):
    text = tsf("monthly", "T1:a:7,8", "T2:b:9").replace("@attribute start_timestamp date\n", "")
    frame = with_stamps(read_frame([write(text, "a.tsf")]), None)
    assert rows(frame, "series_name", "step", "value") == [("T1", "1", "7"), ("T1", "2", "8"), ("T2", "1", "9")]


def test_a_line_with_too_few_attributes_is_refused_with_its_number(write):
    name = write(tsf("daily", "T1:a:2020-01-01 00-00-00:1,2", "T2:1,2"), "a.tsf")
    assert refusal(name) == (
        f"{name}:11: 1 attribute before the values, but the head has 3",
        "write the line as in series_name:ward:start_timestamp:1.5,2,?,3",
    )


def test_an_unknown_step_of_a_file_is_refused(write):
    name = write(tsf("sometimes", "T1:a:2020-01-01 00-00-00:1,2"), "a.tsf")
    assert refusal(name)[0] == f"{name}: frequency 'sometimes' is not known"


@pytest.mark.parametrize("text", ["@relation a\n@attribute x numeric\n@data\n1,2\n3,4\n", "# @data\n@data\n"])
def test_other_files_with_such_marks_are_no_tsf_files(text):
    assert not looks_like_table(text.encode())


def objects(**more):
    return [{"start": "2020-01-30", "target": VALUES, "item_id": name, **more} for name in ("a", "b")]


FORMS = {
    "lines": lambda some: "".join(f"{json.dumps(each)}\n" for each in some),
    "an array": json.dumps,
    "an array in lines": lambda some: json.dumps(some, indent=2),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", [False, True])
def test_objects_with_a_list_of_values_are_series(tmp_path, form, packed):
    path, data = tmp_path / "data.json", FORMS[form](objects(feat_static_cat=[7])).encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    frame = with_stamps(read_frame([str(path)]), "D")
    assert is_table([str(path)])
    own = [("2020-01-30", "1.5"), ("2020-01-31", "2"), ("2020-02-01", "3"), ("2020-02-02", "4")]
    assert rows(frame, "item_id", "feat_static_cat", "timestamp", "target") == [
        (name, "7", *each) for name in "ab" for each in own
    ]


def test_the_step_stands_in_the_objects_or_is_asked_for(write):
    own = write(FORMS["lines"](objects(freq="1H")), "own.json")
    assert with_stamps(read_frame([own]), None).columns["timestamp"].tolist()[:2] == [
        "2020-01-30 00:00",
        "2020-01-30 01:00",
    ]
    bare = write(FORMS["lines"](objects()), "bare.json")
    message, hint = refusal(bare)
    assert message == f"{bare}: each series has a first stamp (2020-01-30) and values, but no step between them"
    assert hint.startswith("name the step, as in --freq D; ")
    assert with_stamps(read_frame([bare]), "W").columns["timestamp"].tolist()[:2] == ["2020-01-30", "2020-02-06"]


@pytest.mark.parametrize(("asked", "found", "wanted"), [("M", "ME", "M-30"), ("W-SUN", "W-SUN", "W")])
def test_a_step_that_a_first_stamp_does_not_suit_is_refused_with_one_that_it_does(write, asked, found, wanted):
    bare = write(FORMS["lines"](objects()), "bare.json")
    message, hint = refusal(bare, asked)
    assert message == f"{bare}: a series begins at 2020-01-30, which is not a stamp of {found}"
    assert hint == f"name a step that all first stamps suit, as in --freq {wanted}"
    assert with_stamps(read_frame([bare]), wanted).columns["timestamp"][0] == "2020-01-30"


def test_the_name_of_a_file_makes_its_step_likely(write):
    name = write(FORMS["lines"](objects()), "wards_monthly_train.json")
    assert "--freq MS;" in refusal(name)[1]


def test_lists_as_long_as_the_values_are_columns_and_series_without_a_name_are_numbered(write):
    some = [{"start": "2020-01-30", "target": VALUES, "feat_dynamic_real": [[5, 6, 7, 8]], "past": [[1]]}] * 2
    frame = read_frame([write(FORMS["lines"](some), "a.json")])
    assert rows(frame, "series", "feat_dynamic_real", "target")[3:5] == [("1", "8", "4"), ("2", "5", "1.5")]
    assert "lists left out: past" in frame.notes


def test_an_object_of_another_form_among_series_is_refused_with_its_line(write):
    name = write(FORMS["lines"]([*objects(), {"a": 1}]), "a.json")
    assert refusal(name, "D")[0].startswith(f"{name}:3: no object with a first stamp and a list of values")


YEARS = """ 2001 2003
 2001  1.0  2.0  3.0  4.0  5.0  6.0  7.0  8.0  9.0 10.0 11.0 12.0
 2002 13.0 14.0 15.0 16.0 17.0 18.0 19.0 20.0 21.0 22.0 23.0 24.0
 2003 25.0 -9.9 27.0 28.0 29.0 -9.90 -9.90 -9.90 -9.90 -9.90 -9.90 -9.90
  -9.9
  an index, http://example.org
"""


def test_years_below_their_first_and_last_have_months_and_the_lone_number_means_missing(write):
    name = write(YEARS, "index.data")
    frame = read_frame([name])
    assert is_table([name]) and frame.line.tolist() == [2, 3, 4]
    assert rows(frame, "year", "Jan", "Feb", "Dec") == [
        ("2001", "1.0", "2.0", "12.0"),
        ("2002", "13.0", "14.0", "24.0"),
        ("2003", "25.0", "", ""),
    ]
    assert "-9.9, which stands alone below the years, read as a missing value" in frame.notes


def test_a_year_without_twelve_numbers_is_refused_with_its_line(write):
    name = write(YEARS.replace(" 14.0", ""), "index.data")
    assert refusal(name)[0].startswith(f"{name}:3: no year with one number for each of its twelve months: '2002 13.0")


def test_seasons_of_three_months_are_the_month_in_the_middle(write):
    seasons = ["DJF", "JFM", "FMA", "MAM", "AMJ", "MJJ", "JJA", "JAS", "ASO", "SON", "OND", "NDJ"]
    text = " SEAS  YR   TOTAL\n" + "".join(f"  {name}  1950  {20 + k}.5\n" for k, name in enumerate(seasons))
    name = write(text, "index.txt")
    frame = read_frame([name])
    assert is_table([name])
    assert " ".join(frame.columns["SEAS"].tolist()) == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


def test_words_beside_a_season_stay_words(write):
    frame = read_frame([write("code,n\nDJF,1\nABC,2\nMAM,3\nJJA,4\nSON,5\n", "a.csv")])
    assert frame.columns["code"].tolist() == ["DJF", "ABC", "MAM", "JJA", "SON"]


def test_texts_in_a_folder_that_begin_like_tables_with_one_header_are_a_table(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(
            "<TICKER>,<DATE>,<CLOSE>\n" + f"{name},20240101,1\n{name},20240102,2\n" * 3
        )
    (tmp_path / ".hidden").write_text("no table")
    assert is_table([str(tmp_path)])
    assert read_frame([str(tmp_path)]).columns["<TICKER>"].tolist() == [*"aaaaaabbbbbb"]
    (tmp_path / "c.txt").write_text("Another header\n" * 5)
    assert not is_table([str(tmp_path)])


def test_records_and_rows_that_are_no_table_for_sure_are_near_one_and_prose_is_not(write):
    records = "".join(json.dumps({"who": f"word {k}", "n": k}) + "\n" for k in range(9))
    rows_of_words = "words,n\n" + "".join(f"a long sentence of words that go on and on to {k},{k}\n" for k in range(9))
    prose = "It was late, and he went.\nNobody, as far as I know, was there.\nThe end.\n" * 5
    found = [is_near_table([write(text, "a.txt")]) for text in (records, rows_of_words, prose)]
    assert found == [True, True, False] and not is_near_table(["missing.txt"])


def test_a_first_series_that_is_longer_than_what_is_looked_at_is_recognised(tmp_path):
    path, values = tmp_path / "a.x", ",".join(["1.25"] * 20_000)
    path.write_text(tsf("hourly", f"T1:a:2020-01-01 00-00-00:{values}", "T2:b:2020-01-01 00-00-00:1,2"))
    assert is_table([str(path)]) and len(read_frame([str(path)]).line) == 20_002
    path.write_text(json.dumps({"target": [1.25] * 20_000, "start": "2020-01-30", "freq": "D"}) + "\n")
    assert is_table([str(path)])
    assert with_stamps(read_frame([str(path)]), None).columns["timestamp"][1] == "2020-01-31"


def test_a_tsf_file_in_an_archive_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("wards.tsf", tsf("daily", "T1:a:2020-01-01 00-00-00:1,2"))
    frame = with_stamps(read_frame([str(tmp_path / "a.zip")]), None)
    assert is_table([str(tmp_path / "a.zip")]) and frame.columns["timestamp"].tolist() == ["2020-01-01", "2020-01-02"]
