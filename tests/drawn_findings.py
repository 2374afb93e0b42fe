"""Findings with every kind of drawing, and texts that try to be more than text."""

import numpy as np

from rnncli.laboratory.drawings import Curve, Curves, Finding, Heat, Histogram, Shaded
from rnncli.tasks.base import Table
from rnncli.ui.report import sentence_lines, table_lines

K = np.arange(101.0)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</span></pre></svg>",
    "javascript:alert(1)",
    "<!-- ]]> &amp; &#x3c; ${x} $x^2$",
    "_hidden",
    "nul \x00 esc \x1b[2J\x9b31m bell \x07",
    "lone \ud800 \udfff surrogates",
    "bidi \u202eexe.txt\u2066 \u2069 marks \u200f \u200b \ufeff",
    "no character \uffff, line \u2028 paragraph \u2029",
    "two\nlines\tand a tab\r",
    "' style='color:red' x='",
)


def curves(name="lstm", title="", **axes):
    lines = {name: Curve(K, 0.9**K), f"{name}, other": Curve(K, 0.8**K), "nothing": Curve(K, np.full(101, np.nan))}
    return Curves(title, f"{name} steps", f"{name} share", lines, **({"log_y": True} | axes))


def heat(name="norm", title=""):
    values = np.outer([1.0, 10.0, 1000.0], np.linspace(1, 2, 300))
    values[1, 7:20] = np.nan
    rows = [f"{name} {k}" for k in range(3)]
    return Heat(title, rows, [f"{k}" for k in range(300)], values, f"{name} step", name, log=True)


def histogram(name="gate", title=""):
    shares = {name: np.array([0.25, 0.75, 0, 0]), f"{name}, other": np.full(4, 0.25), "empty": np.full(4, np.nan)}
    return Histogram(title, f"value of {name}", np.linspace(0, 1, 5), shares)


def shaded(text='a "quote"\n', title="", label="activation"):
    values = np.linspace(-1, 1, len(text))
    values[1:2] = np.nan
    return Shaded(title, list(text), values, -1, 1, label)


def finding(part="units", name="lstm", brief=(), more=()):
    metrics = {f"{name}/r": 0.5, f"{name}/half_life": np.inf}
    rows = [{"subject": name, "r": 0.5, "n": 3}, {"subject": name, "r": np.nan, "n": None}]
    return Finding(part, f"Title of {name}", {"metrics": metrics, "list": [np.nan, 1]}, rows, brief, more)


def whole(name="lstm"):
    """A finding with sentences, a table and every drawing, all of them named `name`."""
    table = Table([["", name, "r"], [name, "x", "0.5"]], left=2)
    return finding(
        name=name,
        brief=[f"A sentence on {name}.", table, curves(name, name), shaded(name, name, name)],
        more=[heat(name, name), histogram(name, name), "The end."],
    )


def text_of(elements):
    """The tables and sentences among the elements, as a terminal shows them."""
    lines = []
    for element in elements:
        if isinstance(element, Table):
            lines += table_lines(element)
        elif isinstance(element, str):
            lines += sentence_lines(element)
    return "".join(lines)
