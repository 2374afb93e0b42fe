"""A picture of matplotlib inside a page: without anything but shapes and texts, in the colours of the page."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any
from xml.etree import ElementTree

from ...laboratory.drawings import Drawing
from ...tasks.picture_files import picture
from .plots import figure_of

TAGS = {"svg", "g", "path", "text", "tspan", "rect", "defs", "clipPath", "use"}
ATTRIBUTES = {"d", "style", "transform", "x", "y", "width", "height", "viewBox", "clip-path", "href", "id"}
NAMED = {"path", "clipPath"}  # others have ids that nobody refers to
INK, PAGE = "#000000", "currentColor"


def inline_svg(drawing: Drawing) -> str:
    """The <svg> of a drawing without its title. Raises ConfigError where matplotlib is not installed."""
    contents = [replace(drawing, title="")]
    return serialised(ElementTree.fromstring(picture(".svg", lambda Figure: clear(figure_of(contents, Figure)))))


def clear(figure: Any) -> Any:
    """The Figure without a ground of its own, but for the grey of a heat map."""
    figure.patch.set_visible(False)
    for axes in figure.axes:
        axes.patch.set_visible(axes.get_facecolor()[:3] != (1.0, 1.0, 1.0))
    return figure


def serialised(element: ElementTree.Element) -> str:
    """An element of SVG with what is in TAGS and ATTRIBUTES; nothing for another element."""
    tag = local(element.tag)
    if tag not in TAGS:
        return ""
    kept = "".join(f' {name}="{escape(value)}"' for name, value in attributes(element, tag))
    inside = escape(element.text or "") if tag in ("text", "tspan") else ""
    return f"<{tag}{kept}>{inside}{''.join(map(serialised, element))}</{tag}>"


def attributes(element: ElementTree.Element, tag: str) -> Iterator[tuple[str, str]]:
    """(name, value) of what is kept of an element; black is the ink of the page."""
    for full, value in element.items():
        name = local(full)
        if name == "style":
            yield name, value.replace(INK, PAGE)
        elif name == "href" and not value.startswith("#"):
            continue
        elif name in ATTRIBUTES and (name != "id" or tag in NAMED):
            yield name, value


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rsplit("}", 1)[-1]
