"""The page of findings: what stands in it, and that no text of a stranger is more than text."""

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from drawn_findings import HOSTILE, curves, finding, heat, histogram, shaded, whole

from rnncli.phrases import UNSAFE
from rnncli.tasks.base import Table
from rnncli.ui.drawing.shades import ONE_SIDED, letters_on
from rnncli.ui.pictures.html_page import LEVELS, page

VOID = {"meta"}
OURS = {  # tag: attributes
    "html": {"lang"},
    "head": set(),
    "meta": {"charset", "http-equiv", "content", "name"},
    "title": set(),
    "style": set(),
    "body": set(),
    "h1": set(),
    "h2": set(),
    "section": set(),
    "p": set(),
    "figure": set(),
    "figcaption": set(),
    "div": {"class"},
    "table": set(),
    "thead": set(),
    "tbody": set(),
    "tr": set(),
    "th": {"class"},
    "td": {"class"},
    "pre": set(),
    "span": {"class", "title"},
    "svg": {"width", "height", "viewbox"},
    "g": {"clip-path", "transform", "style"},
    "defs": set(),
    "path": {"d", "style", "id", "clip-path", "transform"},
    "rect": {"x", "y", "width", "height", "style"},
    "clippath": {"id"},
    "use": {"href", "x", "y", "style"},
    "text": {"style", "x", "y", "transform"},
    "tspan": {"style", "x", "y"},
}
ESCAPED = "\x00\x07\r\x1b\x9b\u200b\u200f\u202e\u2066\u2069\ufeff\u2028\u2029\uffff\ud800\udfff"


class Page(HTMLParser):
    """A page as a browser reads it: (tag, attributes) of all elements, and the texts by the tags around them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open = [], [], []
        self.declared, self.comments = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def handle_decl(self, decl):
        self.declared.append(decl)

    def handle_comment(self, data):
        self.comments.append(data)

    def inside(self, tag):
        """The texts directly inside elements `tag`."""
        return [text for around, text in self.texts if around == tag]

    def shaded(self):
        """The text of all shaded texts, without the signs for its line ends."""
        return "".join(text for around, text in self.texts if around in ("pre", "span")).replace("↵\n", "\n")


@pytest.fixture(params=[True, False], ids=["matplotlib", "no matplotlib"])
def drawable(request, monkeypatch):
    """Whether matplotlib is there."""
    if request.param:
        pytest.importorskip("matplotlib")
    else:
        for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "matplotlib", None)
    return request.param


def escaped(text):
    """`text` as it is shown on a line."""
    text = text.replace("\t", "\\t")
    for sign in ESCAPED:
        text = text.replace(sign, f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}")
    return text


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_of_a_stranger_is_more_than_text(name, drawable):
    text = page([whole(name)], True)
    assert not UNSAFE.search(text) and "\t" not in text
    text.encode("utf-8")
    found = Page(text)
    for tag, attributes in found.elements:
        assert tag in OURS and set(attributes) <= OURS[tag], (tag, attributes)
        assert re.fullmatch(r"#[\w-]+", attributes.get("href", "#a"))
        assert "url(" not in attributes.get("style", "") or re.search(r"url\(#[\w-]+\)", attributes["style"])
    assert found.open == [] and found.comments == [] and found.declared == ["DOCTYPE html"]
    assert found.shaded() == escaped(name)
    line = escaped(" ".join(name.split()))
    assert escaped(" ".join(f"A sentence on {name}.".split())) in found.inside("p")
    assert f"Title of {line}" in found.inside("h2")
    assert found.inside("figcaption") == [line] * 4
    assert escaped(name).replace("\n", "↵") in found.inside("td")


def test_a_page_loads_nothing_and_runs_nothing(drawable):
    text = page([whole()], True)
    found = Page(text)
    policies = [attributes for tag, attributes in found.elements if attributes.get("http-equiv")]
    assert [each["http-equiv"] for each in policies] == ["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policies[0]["content"].split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "<script" not in text and "http:" not in text and "https:" not in text and "@import" not in text
    assert [tag for tag, _ in found.elements].index("style") > [tag for tag, _ in found.elements].index("meta")


def test_each_drawing_is_a_picture_or_without_matplotlib_a_table_of_its_values(drawable):
    found = Page(page([finding(brief=[curves(), heat(), histogram()])], False))
    tags = [tag for tag, _ in found.elements]
    assert (tags.count("svg"), tags.count("table")) == ((3, 0) if drawable else (0, 3))
    hints = [text for text in found.inside("p") if "pip install matplotlib" in text]
    assert len(hints) == (0 if drawable else 3)
    if not drawable:
        assert [text.split(" (")[0] for text in hints] == ["lstm share", "norm", "share of the values in each bin"]
        cells = found.inside("td")
        assert cells[:4] == ["0", "1", "1", "nan"] and "0.25 to 0.5" in cells and "75 %" in cells
        assert found.inside("th")[:4] == ["lstm steps", "lstm", "lstm, other", "nothing"]


def test_a_summary_is_a_part_of_the_whole():
    found = finding(brief=["Brief."], more=["More."])
    assert Page(page([found], False)).inside("p") == ["Brief."]
    assert Page(page([found], True)).inside("p") == ["Brief.", "More."]


def test_a_symbol_has_its_colour_and_its_value_in_a_tooltip():
    drawing = replace(shaded("abc"), values=np.array([0, np.nan, 6.12345]), low=0, high=8)
    text = page([finding(brief=[drawing])], False)
    spans = [attributes for tag, attributes in Page(text).elements if tag == "span" and "title" in attributes]
    assert spans == [{"class": "one0", "title": "0"}, {"class": f"one{round(LEVELS * 6.12345 / 8)}", "title": "6.123"}]
    assert Page(text).texts.count(("pre", "b")) == 1  # without a value
    for k in (0, 31):
        color = ONE_SIDED.color(k / LEVELS)
        assert f".one{k} {{ background: {color}; color: {letters_on(color)} }}" in text


def test_the_header_and_the_left_columns_of_a_table_are_marked():
    table = Table([["", "layer", "r"], ["lstm", "layer0", "0.5"]], left=2)
    found = Page(page([finding(brief=[table])], False))
    cells = [(tag, attributes.get("class")) for tag, attributes in found.elements if tag in ("th", "td")]
    assert cells == [("th", "left"), ("th", "left"), ("th", None), ("td", "left"), ("td", "left"), ("td", None)]


def test_a_text_without_values_says_so():
    drawing = replace(shaded("ab"), values=np.full(2, np.nan), low=np.nan, high=np.nan)
    found = Page(page([finding(brief=[drawing])], False))
    assert found.shaded() == "ab" and "activation: no values" in found.inside("div")


def test_pictures_take_the_ink_of_the_page_and_the_page_has_two_schemes(drawable):
    text = page([finding(brief=[curves("#000000")])], False)
    assert "prefers-color-scheme: dark" in text and "color-scheme: light dark" in text
    if drawable:
        styles = " ".join(attributes.get("style", "") for _, attributes in Page(text).elements)
        assert "#000000" not in styles and "currentColor" in styles
        assert "#000000 share" in Page(text).inside("text")  # a name is no colour


def test_the_same_findings_are_the_same_page(drawable):
    assert page([whole()], True) == page([whole()], True)
