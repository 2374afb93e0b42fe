"""Pictures of written texts: what stands in them, fonts of other scripts, and that they come out the same."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from text_reports import HOSTILE, text_report

from rnncli.tasks import glyphs
from rnncli.tasks.pairs.pictures import save_picture
from rnncli.tasks.texts.attention_matrix import Attended
from rnncli.tasks.texts.pictures import save_attention

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def matplotlib():
    return pytest.importorskip("matplotlib")


def looked(source, written, seed=0):
    weights = np.random.default_rng(seed).dirichlet([0.1] * len(source), len(written) + 1)
    return Attended(tuple(source), tuple(written), weights)


def texts_of(path):
    """All text in an SVG file, a string each; its being read proves that it is whole XML."""
    return [
        "".join(element.itertext()).strip()
        for element in ElementTree.parse(path).iter()
        if element.tag.endswith("}text")
    ]


def test_a_heat_map_has_both_texts_and_per_cents(tmp_path):
    example = looked("a <&$", "xy")
    save_attention(tmp_path / "a.svg", [example])
    texts = texts_of(tmp_path / "a.svg")
    assert {"a", "␣", "<", "&", "$", "x", "y", "</s>", "weight"} <= set(texts)
    assert f"{100 * example.weights.max():.0f}" in texts


def test_long_texts_have_positions_in_place_of_symbols(tmp_path):
    save_attention(tmp_path / "a.svg", [looked("q" * 100, "x")])
    texts = texts_of(tmp_path / "a.svg")
    assert "q" not in texts and {"x", "10", "100"} <= set(texts)


def test_several_examples_stand_in_one_picture_and_six_at_most(tmp_path):
    save_attention(tmp_path / "a.svg", [looked("ab", chr(97 + k)) for k in range(8)])
    texts = texts_of(tmp_path / "a.svg")
    assert texts.count("</s>") == 6 and "f" in texts and "g" not in texts


def test_a_sign_without_a_font_is_escaped_and_one_of_another_font_is_drawn_with_it(monkeypatch, tmp_path):
    monkeypatch.setattr(glyphs, "OTHERS", ("No Such Font", "STIXGeneral"))
    found = glyphs.Glyphs(["a\u1d81", "\U00013000", "b"])  # STIX has the letter, no font has the hieroglyph
    assert found.families == ["DejaVu Sans", "STIXGeneral"]
    assert found.shown("a\u1d81\U00013000") == "a\u1d81\\U00013000"
    save_attention(tmp_path / "a.png", [looked("\U00013000名\u1d81", HOSTILE[:5])], dpi=30)  # no sign is missing


def test_the_error_by_length_has_the_figures_of_the_report(tmp_path):
    report = text_report()
    save_picture(tmp_path / "a.svg", report)
    texts = texts_of(tmp_path / "a.svg")
    assert {"symbol error rate", "share of exact texts", "test: 60 dates"} <= set(texts)
    assert {f"{one['symbol_error_rate']:.3f}" for one in report.length_groups()} <= set(texts)


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_same_data_are_the_same_bytes_whatever_the_user_has_set(matplotlib, tmp_path, ending):
    for draw in (
        lambda path: save_attention(path, [looked("abc", "xy"), looked("名前", "é")], dpi=40),
        lambda path: save_picture(path, text_report(), dpi=40),
    ):
        one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending}"
        draw(one)
        with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": None}):
            draw(other)
        assert one.read_bytes() == other.read_bytes()


def test_what_is_hardly_there_can_be_drawn(tmp_path):
    broken = Attended(("a",), ("x",), np.full((1, 1), np.nan))
    for draw in (
        lambda path: save_attention(path, [], dpi=30),
        lambda path: save_attention(path, [broken], dpi=30),
        lambda path: save_picture(path, text_report(E=1), dpi=30),
        lambda path: save_picture(path, text_report(E=0, given={}), dpi=30),
    ):
        draw(tmp_path / "a.png")
        assert (tmp_path / "a.png").read_bytes().startswith(PNG)
