"""An invented evaluation of written texts, for the tests of its report and its pictures."""

import numpy as np

from rnncli.tasks.texts.text_report import TextReport

HOSTILE = "\x1b[31mred\x07 \u202e and\na second line"


def noisy(text, rng, rate):
    """`text` with some characters left out, doubled or replaced."""
    return "".join(
        sign if rng.random() > rate else ("", 2 * sign, chr(97 + rng.integers(26)))[rng.integers(3)] for sign in text
    )


def text_report(E=60, seed=4, sources=None, **fields):
    """A model that writes dates nearly right, beside two simple methods."""
    rng = np.random.default_rng(seed)
    truth = [f"{rng.integers(1900, 2000)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}" for _ in range(E)]
    if sources is None:
        sources = [f"{date[8:]} {'of ' * (k % 4)}{date[5:7]} {date[:4]}" for k, date in enumerate(truth)]
    made = {
        "heading": f"test: {E} dates",
        "truth": truth,
        "written": [noisy(text, rng, 0.08) for text in truth],
        "sources": sources,
        "split": list,
        "lengths": np.array([len(source) for source in sources], int),
        "where": lambda k: f"dates.tsv:{k + 1}",
        "nats": rng.random(E),
        "symbols": np.array([len(text) + 1 for text in truth], int),
        "given": {"copy": sources, "nearest": [noisy(text, rng, 0.4) for text in truth]},
        "titles": {"copy": "copy (the source)", "nearest": "nearest (source)"},
        "unit": "character",
    }
    return TextReport(**(made | fields))
