"""Findings as text, JSON and CSV, and what `draw` refuses."""

import csv
import json
import sys

import numpy as np
import pytest
from drawn_findings import HOSTILE, curves, finding, shaded, whole

from rnncli.errors import ConfigError, ResourceError
from rnncli.phrases import UNSAFE
from rnncli.tasks.base import Table
from rnncli.tasks.pairs.texts import columns
from rnncli.ui.inspection import check_drawing, draw, render


def text(findings, width=80, unicode=True, color=False, whole=False):
    return "".join(render(findings, "text", width, unicode, color, whole, {}))


def rows(findings):
    return list(csv.reader(render(findings, "csv", 80, True, False, False, {})))


@pytest.fixture
def no_matplotlib(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)


def test_text_has_each_title_then_its_summary():
    table = Table([("unit", "r"), ("17", "0.93")])
    found = [finding(brief=["One.", "Two.", table, "Three."]), finding(name="gru", brief=[table], more=["More."])]
    assert text(found) == (
        "Title of lstm\n─────────────\nOne.\nTwo.\n\nunit     r\n17    0.93\n\nThree.\n\n"
        "Title of gru\n────────────\n\nunit     r\n17    0.93\n"
    )


def test_the_whole_has_what_the_summary_leaves_out():
    found = finding(brief=["Brief."], more=["More.", shaded("ab")])
    assert "More." not in text([found]) and text([found], whole=True).startswith(text([found]) + "More.\n\nactivation")


def test_titles_are_bold_in_colour_and_underlined_without():
    assert text([finding()], color=True) == "\x1b[1mTitle of lstm\x1b[0m\n"
    assert text([finding()], unicode=False) == "Title of lstm\n-------------\n"


@pytest.mark.parametrize("width", [40, 80, 120])
def test_sentences_and_tables_keep_to_the_width(width):
    table = Table([["name", *(f"k = {k}" for k in range(30))], ["lstm", *("1.0e-01" for _ in range(30))]])
    lines = text([finding(brief=["a sentence of words " * 20, table, curves()])], width).splitlines()
    assert max(map(columns, lines)) <= width
    assert max(map(columns, lines)) > width - 12
    assert sum("1.0e-01" in line for line in lines) == -(-30 // ((width - 4) // 9))


def test_wide_characters_in_a_table_take_two_columns():
    assert text([finding(brief=[Table([["", "n"], ["日本", "1"], ["ab", "2"]])])]).splitlines()[-2:] == [
        "日本  1",
        "ab    2",
    ]


def test_json_names_the_part_in_each_metric_and_has_null_for_what_is_not_finite():
    (found,) = render([finding(), finding("lag", "gru")], "json", 80, True, False, False, {"seed": 3})
    assert json.loads(found) == {
        "schema": 1,
        "task": "inspect",
        "seed": 3,
        "metrics": {
            "units/lstm/r": 0.5,
            "units/lstm/half_life": None,
            "lag/gru/r": 0.5,
            "lag/gru/half_life": None,
        },
        "parts": {
            "units": {"metrics": {"lstm/r": 0.5, "lstm/half_life": None}, "list": [None, 1]},
            "lag": {"metrics": {"gru/r": 0.5, "gru/half_life": None}, "list": [None, 1]},
        },
    }


def test_csv_has_one_header_and_empty_cells_for_what_a_part_lacks():
    other = finding("lag", "gru")
    other.rows[0] |= {"lag": 0, "norm": np.float64(1e-7)}
    assert rows([finding(), other]) == [
        ["part", "subject", "r", "n", "lag", "norm"],
        ["units", "lstm", "0.5", "3", "", ""],
        ["units", "lstm", "", "", "", ""],
        ["lag", "gru", "0.5", "3", "0", "1e-07"],
        ["lag", "gru", "", "", "", ""],
    ]
    assert all(line.endswith("\n") and "\r" not in line for line in render([other], "csv", 80, True, False, False, {}))


def test_an_unknown_format_is_an_error():
    with pytest.raises(ValueError, match="format is 'xml', expected text, json or csv"):
        next(render([], "xml", 80, True, False, False, {}))


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_strangers_control_no_terminal(name, unicode):
    shown = text([whole(name)], unicode=unicode, whole=True)
    assert not UNSAFE.search(shown) and "\t" not in shown
    assert unicode or shown.isascii()
    for format in ("json", "csv"):
        data = "".join(render([whole(name)], format, 80, unicode, False, True, {}))
        assert not UNSAFE.search(data)
        data.encode("utf-8")


@pytest.mark.parametrize("name", HOSTILE)
def test_json_keeps_every_name_as_it_is(name):
    (found,) = render([whole(name)], "json", 80, True, False, False, {})
    assert f"units/{name}/r" in json.loads(found)["metrics"]


@pytest.mark.parametrize("path, found", [("a.pdf", ".pdf"), ("a", "no extension"), (".", "no extension")])
def test_another_ending_is_refused_with_those_that_are_known(path, found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for act in (lambda: check_drawing(path), lambda: draw([finding(brief=[curves()])], path, False)):
        with pytest.raises(ConfigError, match=rf"a picture ends in .png, .svg or .html, found {found}") as caught:
            act()
        assert caught.value.hint in ("name it a.png", "name it picture.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.png", "a.svg"])
def test_a_picture_of_findings_without_drawings_is_refused_and_a_page_of_them_is_not(name, tmp_path):
    found = finding(brief=["A sentence."], more=[curves()])
    with pytest.raises(ConfigError, match="units has no drawing") as caught:
        draw([found], str(tmp_path / name), False)
    assert caught.value.hint.startswith("name it .html")
    draw([found], str(tmp_path / "a.HTML"), False)
    assert "A sentence." in (tmp_path / "a.HTML").read_text(encoding="utf-8")


def test_without_matplotlib_a_png_is_refused_before_anything_is_computed(no_matplotlib, tmp_path):
    with pytest.raises(ConfigError, match="needs matplotlib") as caught:
        check_drawing("a.png")
    assert caught.value.hint == "pip install matplotlib"
    check_drawing("a.html")
    check_drawing("a.svg")  # texts need none
    with pytest.raises(ConfigError, match="needs matplotlib"):
        draw([whole()], str(tmp_path / "a.svg"), True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["page.html", "text.svg"])
def test_a_file_is_written_whole_or_not_at_all(name, tmp_path, monkeypatch):
    (tmp_path / name).write_text("old")
    found = finding(brief=[shaded()])

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rnncli.storage.atomic_files.os.fsync", full)
    with pytest.raises(ResourceError, match="No space left"):
        draw([found], str(tmp_path / name), False)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "old")]
    with pytest.raises(ResourceError, match="cannot write"):
        draw([found], str(tmp_path / "absent" / name), False)


def test_drawing_twice_gives_the_same_page(tmp_path):
    for name in ("one.html", "other.html"):
        draw([finding(brief=[shaded("some text")])], str(tmp_path / name), False)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "other.html").read_bytes()
