"""Examples in archives, workbooks and Parquet files: found, and read as the same examples as CSV."""

import io
import zipfile

import pandas as pd
import pytest

from rnncli.data.pairs.detection import sniff
from rnncli.data.pairs.examples import read_examples
from rnncli.data.tables.reading import Reading

TEXTS = [f"{word} {k} times, {word!r} said" for word in ("good", "bad", "fine") for k in range(10)]
LABELS = ["glad", "sad", "glad"] * 10
FRAME = pd.DataFrame({"text": TEXTS, "label": LABELS})


def zipped(**files):
    """The bytes of a zip archive; _ in a name stands for a point."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def written(frame, how, **options):
    """The bytes of a table as pandas writes it, with the method `how`."""
    out = io.BytesIO()
    getattr(frame, how)(out, index=False, **options)
    return out.getvalue()


def of_two_sheets():
    """A workbook whose first sheet has no table."""
    out = io.BytesIO()
    with pd.ExcelWriter(out) as book:
        pd.DataFrame({"Made by hand": []}).to_excel(book, sheet_name="about", index=False)
        FRAME.assign(stars=range(30)).to_excel(book, sheet_name="data", index=False)
    return out.getvalue()


FILES = {
    "a.xlsx": written(FRAME, "to_excel"),
    "b.xlsx": of_two_sheets(),
    "a.parquet": written(FRAME, "to_parquet"),
    "a.csv.zip": zipped(a_csv=written(FRAME, "to_csv")),
    "a.zip": zipped(a_jsonl=FRAME.to_json(orient="records", lines=True)),
}


@pytest.mark.parametrize("name", FILES)
def test_a_packed_table_has_the_examples_of_its_csv(write, name):
    examples = read_examples([write(FILES[name], name)], "class", source=["text"], target=["label"])
    assert (examples.sources, examples.targets) == (TEXTS, LABELS)
    assert examples.columns == ("text",) and examples.target_names == ("label",)


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet", "a.csv.zip", "a.zip"])
def test_a_packed_table_is_recognised(write, name):
    found = sniff([write(FILES[name], name)])
    assert found is not None and found.answers == "class" and found.sure > 0.9


def test_a_packed_table_that_changes_is_looked_at_again(write):
    write(FILES["a.xlsx"], "a.xlsx")
    assert sniff(["a.xlsx"]) is not None
    write(written(pd.DataFrame({"ds": range(30), "y": range(30)}), "to_excel"), "a.xlsx")
    assert sniff(["a.xlsx"]) is None


def test_numbers_in_a_workbook_are_read_as_they_are_typed(write):
    table = pd.DataFrame({"width": [1.5, 2.0] * 5, "height": range(10), "area": [3.25 * k for k in range(10)]})
    examples = read_examples([write(written(table, "to_excel"), "a.xlsx")], "number", target=["area"])
    assert examples.form == "features" and examples.targets[:3] == [(0.0,), (3.25,), (6.5,)]
    assert [tuple(map(float, source)) for source in examples.sources[:2]] == [(1.5, 0.0), (2.0, 1.0)]


def test_the_place_of_a_row_of_a_workbook_is_that_of_its_row(write, refusal):
    table = FRAME.copy()
    table.loc[4, "label"] = None
    assert refusal(write(written(table, "to_excel"), "a.xlsx"))[0] == "a.xlsx:6: the answer is empty"


@pytest.mark.parametrize("sheet", ["data", "2"])
def test_a_sheet_is_chosen_by_name_or_number(write, refusal, sheet):
    name = write(FILES["b.xlsx"], "b.xlsx")
    examples = read_examples([name], "class", source=["text"], target=["label"], table=Reading(sheet=sheet))
    assert examples.sources == TEXTS and not any("--sheet" in note for note in examples.notes)
    assert refusal(name, table=Reading(sheet="none"))[0] == "b.xlsx: no sheet 'none'"


def test_a_file_of_an_archive_is_chosen_and_the_first_one_told(write):
    other = FRAME.assign(label=FRAME["label"].str.upper())
    name = write(zipped(train_csv=written(FRAME, "to_csv"), test_csv=written(other, "to_csv")), "a.zip")
    examples = read_examples([name], "class")
    assert examples.targets == LABELS and "train.csv read from the archive" in " ".join(examples.notes)
    chosen = read_examples([name], "class", table=Reading(sheet="test.csv"))
    assert chosen.targets == [label.upper() for label in LABELS]
