"""Small files of pairs of every form, and the options of a run of three steps, for the tests of the commands."""

import json
import random

SMALL = ("--hidden-size", "4", "--max-steps", "3", "--workers", "1", "--seed", "1", "-q")
GLAD, SAD = "a good day and a kind word", "a bad night and a cold wind"


def moods(count=30):
    """[(text, class)]"""
    return [(f"{(GLAD, SAD)[k % 2]} {k}", ("glad", "sad")[k % 2]) for k in range(count)]


def curves(count=30, D=2, seed=1):
    """[(channels as text, class)] of rising and falling series, 5 to 9 steps long."""
    rng = random.Random(seed)
    found = []
    for k in range(count):
        T, way = 5 + k % 5, 1 if k % 2 else -1
        channels = [",".join(f"{way * t + rng.gauss(0, 0.3):.3f}" for t in range(T)) for _ in range(D)]
        found.append((":".join(channels), ("down", "up")[k % 2]))
    return found


def features(count=40, seed=2):
    """[(length, width, colour, species, height)] as texts."""
    rng = random.Random(seed)
    rows = []
    for k in range(count):
        x, y = k % 2 + rng.random(), rng.random()
        rows.append((f"{x:.3f}", f"{y:.3f}", "rgb"[k % 3], ("lily", "rose")[k % 2], f"{2 * x - y:.3f}"))
    return rows


def table(rows, *names, separator=","):
    return "".join(separator.join(row) + "\n" for row in (names, *rows) if row)


SENTENCES = ("the DET\ndog NOUN\nran VERB\n", "a DET\nred ADJ\nfox NOUN\nran VERB\n", "dogs NOUN\nran VERB\n")
TAGGED = "".join(f"{SENTENCES[k % 3]}x{k} NOUN\n\n" for k in range(30)).replace(" ", "\t")
SERIES = "@univariate false\n@classLabel true down up\n@data\n" + "".join(f"{s}:{y}\n" for s, y in curves())
FILES = {  # name of the run: (file, its text, options)
    "text": ("moods.tsv", "".join(f"{text}\t{label}\n" for text, label in moods()), ()),
    "header": (
        "moods.csv",
        table([(f'"{text}, so"', y) for text, y in moods()], "review", "mood"),
        ("--source", "review"),
    ),
    "numbers": (
        "scores.tsv",
        "".join(f"{text}\t{k / 2}\n" for k, (text, _) in enumerate(moods())),
        ("--task", "regress"),
    ),
    "series": ("curves.ts", SERIES, ()),
    "features": (
        "flowers.csv",
        table(features(), "length", "width", "colour", "species", "height"),
        ("--task", "regress", "--source", "length,width,colour", "--target", "height"),
    ),
    "words": ("tags.conll", TAGGED, ("--spelling-size", "4", "--embedding-size", "4")),
    "jsonl": ("moods.jsonl", "".join(json.dumps({"text": a, "label": y}) + "\n" for a, y in moods()), ()),
}
