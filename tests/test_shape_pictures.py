"""The pictures of the five shapes are those that docs/shape_pictures.py draws, and can be read on any background."""

import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = "#ffffff", "#0d1117"  # the backgrounds of a light and of a dark page
SVG = "{http://www.w3.org/2000/svg}"
COLUMN = 8  # pixels that a letter takes at most on average


@pytest.fixture(scope="module")
def pictures():
    """The module docs/shape_pictures.py."""
    spec = importlib.util.spec_from_file_location("shape_pictures", DOCS / "shape_pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pictures_are_those_that_the_script_writes(pictures, tmp_path):
    pictures.write(tmp_path / "new")
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "new").iterdir()}
    stored = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "pictures").iterdir()}
    assert len(written) == 5
    assert stored == written, "out of date: run python docs/shape_pictures.py"


def test_the_page_shows_every_picture(pictures):
    page = (DOCS / "shapes.md").read_text(encoding="utf-8")
    missing = [shape.name for shape in pictures.SHAPES if f"](pictures/{shape.name}.svg)" not in page]
    assert not missing


def test_a_picture_has_a_title_and_its_texts_fit_into_their_boxes(pictures):
    for shape in pictures.SHAPES:
        root = ElementTree.fromstring(pictures.svg(shape))
        width, height = (float(root.get(name)) for name in ("width", "height"))
        assert root.findtext(f"{SVG}title") == shape.title
        for rect in root.iter(f"{SVG}rect"):
            left, top = float(rect.get("x")), float(rect.get("y"))
            assert 0 <= left <= width - pictures.WIDTH and 0 <= top <= height - pictures.HEIGHT
        texts = [text.text for text in root.iter(f"{SVG}text")]
        assert texts and all(len(text) * COLUMN <= pictures.WIDTH + 2 for text in texts), texts


def test_boxes_and_lines_stand_out_from_light_and_dark_pages_and_letters_from_their_boxes(pictures):
    for color in (pictures.READ, pictures.STATE, pictures.WRITTEN, pictures.LINE):
        assert all(contrast(color, page) >= 3 for page in PAGES), color
    for color in (pictures.READ, pictures.STATE, pictures.WRITTEN):
        assert contrast(color, pictures.WHITE) >= 4.5, color


def contrast(one, other):
    """The contrast ratio of two colours #rrggbb, by WCAG 2.1: 3 for graphics, 4.5 for text."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color):
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
