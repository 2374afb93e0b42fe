"""The pages of the laboratory show what their commands print today, and every demonstration has one.

Figures are compared to three digits, or to one unit of the last digit shown: rounding differs between machines. The
points of charts, whose cells may differ by rounding too, are not compared.
"""

import importlib.util
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rnncli.laboratory.demos.registry import DEMOS, run
from rnncli.laboratory.drawings import Curves

DOCS = Path(__file__).resolve().parents[1] / "docs"
LAB = DOCS / "lab"
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
DOTS = re.compile("[\u2800-\u28ff]")  # of a chart
DIGITS = 1e-3  # three digits
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def pages():
    """The module docs/lab_pages.py."""
    spec = importlib.util.spec_from_file_location("lab_pages", DOCS / "lab_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name):
    return (LAB / f"{name}.md").read_text(encoding="utf-8")


def words(text):
    """The words and figures of an output, without the lines of charts."""
    return [word for line in text.splitlines() if not DOTS.search(line) for word in line.split()]


def alike(shown, found):
    """Whether two words are equal, or are so but for the last digits of their numbers."""
    if shown == found:
        return True
    if NUMBER.split(shown) != NUMBER.split(found):
        return False
    return all(map(close, NUMBER.findall(shown), NUMBER.findall(found)))


def close(shown, found):
    one, other = (float(text.replace(",", "")) for text in (shown, found))
    return abs(one - other) <= max(DIGITS * abs(one), 1.001 * unit(shown))


def unit(text):
    """One unit of the last digit of a number as written: 0.01 of 2.97, 10 of 1.2e+02."""
    digits, _, power = text.partition("e")
    places = len(digits.partition(".")[2])
    return 10.0 ** (int(power or 0) - places)


@pytest.mark.parametrize("name", DEMOS)
def test_a_page_shows_what_its_command_prints(name, pages):
    shown = pages.shown(page(name))
    found = run(name, lambda activity, done, total: None)
    printed = pages.output(found)
    assert len(words(shown)) == len(words(printed)), f"out of date: run python docs/lab_pages.py {name}"
    wrong = [pair for pair in zip(words(shown), words(printed)) if not alike(*pair)]
    assert not wrong, f"out of date: run python docs/lab_pages.py {name}"
    assert len(shown.splitlines()) == len(printed.splitlines())
    if f"](pictures/{name}.svg)" in page(name):
        curves = {line for each in found for part in each.brief if isinstance(part, Curves) for line in part.lines}
        assert curves <= picture_texts(name), f"the picture is out of date: run python docs/lab_pages.py {name}"


def picture_texts(name):
    """The texts in the picture of a page."""
    root = ElementTree.parse(LAB / "pictures" / f"{name}.svg")
    return {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}


def test_every_demonstration_has_a_page_and_a_row_in_the_index():
    names = {path.stem for path in LAB.glob("*.md")} - {"README"}
    assert names == set(DEMOS)
    index = page("README")
    assert all(f"({name}.md)" in index for name in DEMOS)


@pytest.mark.parametrize("name", [*DEMOS, "README"])
def test_every_link_of_a_page_leads_somewhere(name):
    targets = re.findall(r"\]\(([^)\s]+)\)", page(name))
    assert all((LAB / target.partition("#")[0]).exists() for target in targets if "://" not in target)


@pytest.mark.parametrize("name", DEMOS)
def test_a_page_has_an_equation_before_its_command_and_its_sources_last(name):
    text = page(name)
    assert text.index("```text") < text.index(f"```sh\nrnncli inspect --demo {name}\n```")
    headings = re.findall(r"^## (.*)$", text, re.M)
    assert "What to see" in headings and headings[-1] == "Sources"


def test_figures_that_differ_by_rounding_are_alike_and_others_are_not():
    assert alike("0.53", "0.54") and alike("1.04e-05", "1.041e-05") and alike("20,959.2", "20,959.1")
    assert not alike("0.53", "0.55") and not alike("1.04e-05", "1.04e-04") and not alike("97%", "99%")
    assert not alike("lstm,", "gru,") and not alike("<", "0.1")
