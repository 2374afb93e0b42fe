"""Draws the five shapes of docs/shapes.md as SVG: python docs/shape_pictures.py

Standard library only. A test says when a picture in docs/pictures/ is not the one that is drawn here.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path

PICTURES = Path(__file__).resolve().parent / "pictures"
# Each is told from the others by every kind of colour vision, seen on white and on black, and bears white letters.
READ, STATE, WRITTEN, LINE = "#0a6ebd", "#656d76", "#bd4a15", "#7d858e"
WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 62, 26, 18, 24, 6  # of a box, between boxes, around the picture
OVER = 30  # above the boxes, for attention
WHITE = "#ffffff"
NOTHING = ""


@dataclass(frozen=True)
class Shape:
    """A shape: for each step, from the left, the text that is read and the text that is written, "" for none.

    weights: how much the writer's step `looks` looks at each of the first steps, those of the reader; () for no
    attention.
    """

    name: str  # of the file
    title: str
    read: tuple[str, ...]
    written: tuple[str, ...]
    weights: tuple[float, ...] = ()
    looks: int = 0


SHAPES = (
    Shape("one-to-one", "One to one: the features of a flower, its species", ("5.1, 3.5",), ("lily",)),
    Shape(
        "one-to-many",
        "One to many: a language, a name in it",
        ("Dorgun", "G", "r", "a", "k"),
        ("G", "r", "a", "k", "end"),
    ),
    Shape("many-to-one", "Many to one: a review, its mood", ("the", "soup", "was", "cold"), ("", "", "", "bad")),
    Shape(
        "step-by-step",
        "Many to many, step by step: words, a tag for each",
        ("they", "saw", "her", "duck"),
        ("PRON", "VERB", "PRON", "NOUN"),
    ),
    Shape(
        "two-lengths",
        "Many to many, of two lengths: a sentence, its translation",
        ("Es", "regnet", "nicht", "start", "It", "is", "not", "raining"),
        ("", "", "", "It", "is", "not", "raining", "end"),
        weights=(0.1, 0.8, 0.1),
        looks=6,
    ),
)


def svg(shape):
    """The picture of a Shape: what is read below, the states between, what is written above."""
    steps = len(shape.read)
    width = 2 * EDGE + steps * WIDTH + (steps - 1) * ACROSS
    over = OVER if shape.weights else 0
    height = 2 * EDGE + 3 * HEIGHT + 2 * DOWN + over
    top, middle, bottom = (EDGE + over + k * (HEIGHT + DOWN) for k in range(3))
    parts = []
    for k, (read, written) in enumerate(zip(shape.read, shape.written, strict=True)):
        left, centre = EDGE + k * (WIDTH + ACROSS), EDGE + k * (WIDTH + ACROSS) + WIDTH / 2
        if k:
            parts.append(arrow(left - ACROSS, middle + HEIGHT / 2, left, middle + HEIGHT / 2))
        parts.append(box(left, middle, STATE, f"h{'₀₁₂₃₄₅₆₇₈₉'[k + 1]}"))
        if read:
            parts += [arrow(centre, bottom, centre, middle + HEIGHT), box(left, bottom, READ, read)]
        if written:
            parts += [arrow(centre, middle, centre, top + HEIGHT), box(left, top, WRITTEN, written)]
    parts += attention(shape, top, middle)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="13" text-anchor="middle">\n'
        f"<title>{escape(shape.title)}</title>\n"
        f'<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{LINE}"/></marker></defs>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def box(left, top, color, text):
    """A rounded box with a text in white."""
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{color}"/>'
        f'<text x="{left + WIDTH / 2:g}" y="{top + HEIGHT / 2 + 4.5:g}" fill="{WHITE}">{escape(text)}</text>'
    )


def arrow(x, y, to_x, to_y):
    """A straight arrow."""
    return (
        f'<path d="M{x:g} {y:g}L{to_x:g} {to_y:g}" stroke="{LINE}" stroke-width="1.5" fill="none" '
        f'marker-end="url(#head)"/>'
    )


def attention(shape, top, middle):
    """Curves from the states of the reader over to the box that is written with them, as thick as their weights."""
    goal = EDGE + shape.looks * (WIDTH + ACROSS) + WIDTH / 2
    curves = []
    for k, weight in enumerate(shape.weights):
        x, high = EDGE + k * (WIDTH + ACROSS) + WIDTH / 2, top - OVER
        curves.append(
            f'<path d="M{x:g} {middle}V{top}C{x:g} {high:g} {x:g} {high:g} {(x + goal) / 2:g} {high:g}'
            f'S{goal:g} {high:g} {goal:g} {top:g}" stroke="{LINE}" stroke-width="{0.8 + 4 * weight:g}" '
            f'stroke-dasharray="6 3" fill="none"/>'
        )
    return curves


def write(folder=PICTURES):
    """Write NAME.svg of every shape."""
    folder.mkdir(exist_ok=True)
    for shape in SHAPES:
        (folder / f"{shape.name}.svg").write_text(svg(shape), encoding="utf-8")


if __name__ == "__main__":
    write()
