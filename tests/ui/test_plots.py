"""Pictures of findings: what stands in them, that they come out the same, and that any number and text can be drawn."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_findings import HOSTILE, curves, finding, heat, histogram, shaded, whole

import rnncli
from rnncli.laboratory.drawings import Curve, Curves, Heat, Shaded
from rnncli.phrases import UNSAFE
from rnncli.ui.drawing.shades import ONE_SIDED, TWO_SIDED, shades_of_text
from rnncli.ui.pictures.plots import figure_of, plotted
from rnncli.ui.pictures.shaded_svg import svg_of

SVG = "{http://www.w3.org/2000/svg}"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def matplotlib():
    return pytest.importorskip("matplotlib")


def svg(*drawings):
    return plotted([finding(brief=drawings)], ".svg", False)


def written(data):
    """All text in an SVG, a string each; its being read proves that it is whole XML."""
    return ["".join(each.itertext()) for each in ElementTree.fromstring(data).iter() if each.tag == f"{SVG}text"]


def test_a_picture_has_a_panel_for_each_drawing_below_the_title_of_its_finding(matplotlib):
    found = [whole("lstm"), whole("gru"), finding("time", "none")]
    texts = written(plotted(found, ".svg", False))
    assert [text for text in texts if text.startswith("Title")] == ["Title of lstm", "Title of gru"]
    assert {"lstm", "lstm share", "lstm steps", "lstm, other", "nothing: no value above 0"} <= set(texts)
    assert "value of lstm; the highest bar is 75 %" not in texts
    texts = written(plotted(found, ".svg", True))
    assert "value of lstm; the highest bar is 75 %" in texts
    assert "lstm step; lstm, grey: no value; a cell is the geometric mean of 1 x 2" in texts
    assert {"lstm 0", "lstm 1", "lstm 2", "empty: no value"} <= set(texts)


def test_matplotlib_says_nothing_where_it_has_no_folder_for_its_fonts(matplotlib, tmp_path):
    home = {"HOME": os.devnull, "RNNCLI_CACHE": str(tmp_path), "PYTHONPATH": str(Path(rnncli.__file__).parents[1])}
    kept = {name: value for name, value in os.environ.items() if name not in ("MPLCONFIGDIR", "XDG_CONFIG_HOME")}
    argv = [sys.executable, "-m", "rnncli", "inspect", "--cell", "rnn", "--steps", "4", "--show", "lag", "--seed", "1"]
    argv += ["--plot", "x.svg"]
    result = subprocess.run(argv, cwd=tmp_path, env=kept | home, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0 and result.stderr == "wrote x.svg\n"
    assert (tmp_path / "x.svg").stat().st_size > 1000


def test_a_logarithmic_axis_has_the_figures_of_the_terminal(matplotlib):
    texts = written(svg(curves()))
    assert {"1", "1e-2", "1e-4", "1e-6", "1e-8"} <= set(texts)
    texts = written(svg(curves(log_y=False)))
    assert {"0", "20", "0.2", "0.8"} <= set(texts)


@pytest.mark.parametrize("kind", [".png", ".svg"])
def test_the_same_findings_are_the_same_bytes_whatever_the_user_has_set(matplotlib, kind):
    one = plotted([whole()], kind, True)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": None}):
        assert plotted([whole()], kind, True) == one
    assert b"<dc:date>" not in one
    assert one.startswith(PNG if kind == ".png" else b"<?xml")


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_strangers_are_text_and_nothing_else(matplotlib, name):
    data = plotted([whole(name)], ".svg", True)
    tree = ElementTree.fromstring(data)
    texts = written(data)
    assert any(text.startswith("Title of ") for text in texts)
    tags = {each.tag.replace(SVG, "") for each in tree.iter() if each.tag.startswith(SVG)}
    assert tags <= {"svg", "metadata", "defs", "style", "g", "path", "use", "text", "tspan", "rect", "clipPath"}
    assert not any(value.lower().startswith("javascript") for each in tree.iter() for value in each.attrib.values())
    assert not any(UNSAFE.search(text) for text in texts)


def test_a_dollar_is_no_formula_and_a_name_with_an_underscore_is_in_the_legend(matplotlib):
    texts = written(svg(curves("_hidden", "cost in $ or $")))
    assert {"cost in $ or $", "_hidden", "_hidden, other"} <= set(texts)


def test_any_numbers_can_be_drawn(matplotlib):
    odd = np.array([np.nan, np.inf, -np.inf, 0, -1, 5e-324, 1e-300, 1, 1e300, 1.7e308])
    for log in (False, True):
        lines = {"all": Curve(np.arange(10.0), odd), "one": Curve(np.array([3.0]), np.array([2.0]))}
        assert svg(Curves("", "x", "y", lines, log, log))
        assert svg(Heat("", ["a", "b"], ["c"] * 10, np.stack([odd, odd[::-1]]), "", "", log))
        assert svg(Heat("", ["a"], ["b"], np.array([[np.nan]]), "", "", log), curves())
    assert svg(Curves("", "", "", {}), replace(histogram(), shares={}))
    assert svg(shaded("", ""), shaded("ab", label="x"), curves())
    assert svg(replace(shaded("ab"), low=np.nan), curves())


def test_a_long_text_is_cut_in_a_panel_which_says_so(matplotlib):
    texts = written(svg(curves(), shaded("abcdefghi\n" * 70)))
    assert any("the first 600 of 700 symbols" in text for text in texts)


@pytest.mark.parametrize("others", [(), (curves(),), (curves("a name that is very long, of a line"), heat())])
def test_the_cells_of_a_text_are_as_wide_as_a_letter_whatever_else_is_in_the_picture(matplotlib, others):
    from matplotlib.figure import Figure

    figure = figure_of(["title", *others, shaded("ab cd\nef", "text", "bits")], Figure)
    figure.draw_without_rendering()
    axes = next(each for each in figure.axes if [text.get_text() for text in each.texts][:2] == ["a", "b"])
    (left, _), (right, _) = axes.transData.transform([(0, 0), (1, 0)])
    (_, top), (_, bottom) = axes.transData.transform([(0, 0), (0, 1)])
    letter = axes.texts[0].get_window_extent()
    assert right - left == pytest.approx(axes.texts[0].get_size() * 0.602 / 72 * figure.dpi, rel=0.01)
    assert top - bottom == pytest.approx(1.42 * axes.texts[0].get_size() / 72 * figure.dpi, rel=0.02)
    assert [text.get_position()[0] for text in axes.texts] == [0, 1, 3, 4, 5, 0, 1]
    assert letter.width <= right - left + 1


def test_a_panel_says_that_the_letters_of_arabic_do_not_join(matplotlib):
    assert any("from left to right" in text for text in written(svg(curves(), shaded("سلام"))))
    assert not any("from left to right" in text for text in written(svg(curves(), shaded("salam"))))


def test_words_of_an_svg_keep_their_distance_without_the_blanks_between_them():
    drawing = Shaded("", ["good: ", "no ", "complaints ", "\n"], np.array([np.nan, 0.1, 0.9, np.nan]), 0, 1, "v")
    texts = [
        each for each in ElementTree.fromstring(svg_of([drawing])).iter(f"{SVG}text") if each.get("pointer-events")
    ]
    assert [each.text for each in texts] == ["good:", "no", "complaints", "↵"]
    starts, lengths = [float(each.get("x")) for each in texts], [float(each.get("textLength", 0)) for each in texts]
    assert np.allclose((np.array(starts) - starts[0]) / 8.4, [0, 6, 9, 20])
    assert np.allclose(np.array(lengths) / 8.4, [5, 2, 10, 0])


def test_lines_of_a_group_share_a_colour_and_differ_in_their_dashes(matplotlib):
    from matplotlib.figure import Figure

    drawing = replace(curves(log_y=False), groups={"lstm": "net", "lstm, other": "net", "nothing": "none"})
    one, other, nothing = figure_of([drawing], Figure).axes[0].get_lines()
    assert one.get_color() == other.get_color() != nothing.get_color()
    assert one.get_linestyle() != other.get_linestyle() and one.get_marker() != other.get_marker()


def test_the_boxes_of_a_text_in_a_panel_have_its_colours(matplotlib):
    drawing = replace(shaded("xyz"), values=np.array([-1, np.nan, 1]))
    found = svg(curves(), drawing).decode()
    boxes = found[found.index("PatchCollection") :].split("</g>")[0]
    assert boxes.count("<path") == 2
    assert f"fill: {TWO_SIDED.colors[0]}" in boxes and f"fill: {TWO_SIDED.colors[-1]}" in boxes


def test_texts_alone_make_an_svg_without_matplotlib(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    tree = ElementTree.fromstring(svg(replace(shaded("xyz"), values=np.array([-1, np.nan, 0.5]))))
    boxes = [each for each in tree.iter(f"{SVG}rect") if each.find(f"{SVG}title") is not None]
    assert [each.findtext(f"{SVG}title") for each in boxes] == ["-1", "0.5"]
    assert boxes[0].get("fill") == TWO_SIDED.colors[0] and boxes[1].get("fill") == TWO_SIDED.color(0.75)
    assert [each.text for each in tree.iter(f"{SVG}text")] == ["Title of lstm", "-1", "1 activation", "x", "y", "z"]


def test_the_symbols_of_an_svg_stand_in_columns_and_lines():
    tree = ElementTree.fromstring(svg_of([shaded("a日b\nc", label="v")]))
    places = [(each.get("x"), each.get("y")) for each in tree.iter(f"{SVG}text") if each.text in tuple("a日b↵c")]
    (x, y), *others = [(float(x), float(y)) for x, y in places]
    assert [(round((left - x) / 8.4, 6), (top - y) / 20) for left, top in others] == [(1, 0), (3, 0), (4, 0), (0, 1)]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_svg_of_a_hostile_text_has_our_tags_alone_and_the_text_as_it_is(text):
    tree = ElementTree.fromstring(svg_of([text, shaded(text, text, text)]).encode("utf-8"))
    allowed = {"svg", "rect", "title", "text", "defs", "linearGradient", "stop"}
    assert {each.tag.replace(SVG, "") for each in tree.iter()} <= allowed
    assert not any(name.startswith("on") or "href" in name for each in tree.iter() for name in each.attrib)
    cells = [each.text for each in tree.iter(f"{SVG}text") if each.get("pointer-events")]
    expected = text.translate({10: "↵", 9: "\\t", 0x2028: "\\u2028", 0x2029: "\\u2029", 0xFFFF: "\\uffff"})
    for code in (0, 7, 0x0D, 0x1B, 0x9B, 0x200B, 0x200F, 0x202E, 0x2066, 0x2069, 0xFEFF, 0xD800, 0xDFFF):
        expected = expected.replace(chr(code), f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
    assert "".join(cells) == expected.replace(" ", "")  # a blank is a box without letters


def test_a_text_with_values_on_one_side_of_zero_has_one_colour():
    drawing = replace(shaded("ab"), values=np.array([0, 8]), low=0, high=8)
    assert shades_of_text(drawing).ramp is ONE_SIDED
    assert ONE_SIDED.colors[-1] in svg_of([drawing])


def test_a_heat_map_is_drawn_as_vectors(matplotlib):
    assert b"<image" not in svg(heat())
