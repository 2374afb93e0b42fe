"""Pictures of reports: what stands in them, that they come out the same, and what is said where none can be made."""

import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
from pair_reports import class_report, number_report, tag_report

from rnncli.errors import ConfigError, ResourceError
from rnncli.tasks.pairs.pictures import MOST, frequent, save_picture

PNG = b"\x89PNG\r\n\x1a\n"
REPORTS = {"classes": class_report, "tags": tag_report, "numbers": number_report}


@pytest.fixture
def matplotlib():
    return pytest.importorskip("matplotlib")


def written(path):
    """All text in an SVG file, a string each; its being read proves that it is whole XML."""
    return [
        "".join(element.itertext()).strip()
        for element in ElementTree.parse(path).iter()
        if element.tag.endswith("}text")
    ]


def test_a_heat_map_has_the_names_and_the_counts_of_the_report(matplotlib, tmp_path):
    report = class_report(3, names=("a & <b>", "cost in $ or $", "c"))
    save_picture(tmp_path / "a.svg", report)
    texts = written(tmp_path / "a.svg")
    assert {"a & <b>", "cost in $ or $", "truth", "answer", "test: 300 names"} <= set(texts)  # a $ is no formula
    assert {f"{n:,}" for n in report.counts.counts.flat if n} <= set(texts)
    assert any(text.startswith("reliability: expected calibration error") for text in texts)


def test_many_classes_have_per_cents_and_long_names_that_begin_alike_have_numbers(matplotlib, tmp_path):
    names = [f"a long name of a class of names, number {k}" for k in range(30)]
    save_picture(tmp_path / "a.svg", class_report(30, 900, names))
    texts = written(tmp_path / "a.svg")
    assert "confusion: per cent of the row" in texts and "a long name of a class …  30" in texts


def test_no_more_than_forty_classes_are_drawn_the_most_frequent():
    confusion, note = frequent(class_report(60, 3000).counts)
    assert len(confusion.names) == MOST and note == "; the 40 most frequent of 60 classes"
    assert confusion.n.min() >= np.sort(class_report(60, 3000).counts.n)[-MOST]


def test_tags_have_bars_and_numbers_have_residuals(matplotlib, tmp_path):
    save_picture(tmp_path / "a.svg", tag_report())
    assert "F1 of each tag, with its words" in written(tmp_path / "a.svg")
    save_picture(tmp_path / "a.svg", number_report(K=3))
    texts = written(tmp_path / "a.svg")
    assert texts.count("residuals") == 3 and "water: 60 examples" in texts and "mean of each tenth" in texts


@pytest.mark.parametrize("ending", ["svg", "png"])
@pytest.mark.parametrize("kind", REPORTS)
def test_the_same_report_is_the_same_bytes_whatever_the_user_has_set(matplotlib, tmp_path, kind, ending):
    one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending.upper()}"
    save_picture(one, REPORTS[kind](), dpi=40)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": None}):
        save_picture(other, REPORTS[kind](), dpi=40)
    assert one.read_bytes() == other.read_bytes()
    assert b"<dc:date>" not in one.read_bytes()


def test_a_single_example_and_answers_that_are_not_numbers_can_be_drawn(matplotlib, tmp_path):
    nothing = class_report(3, 2)
    nothing = replace(nothing, probabilities=np.full((2, 3), np.nan))
    for report in (class_report(2, 1), nothing, tag_report(S=1), number_report(E=1), number_report(E=0)):
        save_picture(tmp_path / "a.png", report, dpi=30)
        assert (tmp_path / "a.png").read_bytes().startswith(PNG)


def test_the_new_picture_takes_the_place_of_the_old_and_leaves_nothing_else(matplotlib, tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")
    save_picture(tmp_path / "a.png", number_report(), dpi=30)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes().startswith(PNG)


def test_a_folder_that_is_not_there_is_an_error_of_resources(matplotlib, tmp_path):
    with pytest.raises(ResourceError, match="cannot write .*a.svg"):
        save_picture(tmp_path / "nowhere" / "a.svg", number_report())


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch, tmp_path):
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ConfigError, match="needs matplotlib") as caught:
        save_picture(tmp_path / "a.png", number_report())
    assert caught.value.hint == "pip install matplotlib"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name, found", [("plot.pdf", ".pdf"), ("plot", "no extension")])
def test_another_ending_is_refused_with_the_ones_that_are_known(name, found):
    with pytest.raises(ConfigError, match=f"{name}: a picture ends in .png or .svg, found {found}") as caught:
        save_picture(name, number_report())
    assert caught.value.hint == "name it plot.png"
