"""Small files of texts that are written for others or for features, and short runs of them, for tests of the commands.

The models have learnt something, not everything: their texts differ from line to line, and some have no end.
"""

import json
import random

TINY = ("--hidden-size", "6", "--embedding-size", "4", "--batch-size", "16", "--max-steps", "6", "--workers", "1")
TINY += ("--seed", "1", "-q")
SHORT = ("--hidden-size", "12", "--embedding-size", "6", "--batch-size", "16", "--lr", "0.02", "--max-steps", "100")
SHORT += ("--eval-every", "50", "--workers", "1", "--seed", "1", "-q")
ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SPANISH = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
LEMMAS = ("cat", "dog", "bird", "sheep", "fox", "cow", "hen", "pig", "rat", "owl", "bee", "ant")
LEMMAS += ("lion", "wolf", "deer", "hare", "goat", "duck", "seal", "crab", "moth", "toad", "swan", "lamb")
ENDINGS = {"N;SG": "", "N;PL": "s", "V;PST": "ed", "V;PRS": "ing"}


def numbers(count=60):
    """[(English, Spanish)] of different numbers of two digits."""
    digits = [divmod(37 * k % 100, 10) for k in range(count)]
    return [(f"{ENGLISH[a]} {ENGLISH[b]}", f"{SPANISH[a]} {SPANISH[b]}") for a, b in digits]


def forms():
    """[(word, features, its form)]"""
    return [(lemma, features, lemma + ending) for lemma in LEMMAS for features, ending in ENDINGS.items()]


def things(count=60, seed=3):
    """[(size, colour, text)]"""
    rng, found = random.Random(seed), []
    for k in range(count):
        size, colour = rng.randint(1, 9), ("red", "blue", "green")[k % 3]
        word = rng.choice(["box", "bag", "cup", "hat"])
        found.append((str(size), colour, f"{'big' if size > 5 else 'small'} {colour} {word} {k % 10}"))
    return found


def names(count=40, seed=4):
    """{class: invented names}"""
    rng, syllables = random.Random(seed), {"Elv": ("el", "ith", "wen"), "Oro": ("ka", "to", "mi")}
    return {
        name: ["".join(rng.choices(parts, k=rng.randint(2, 5))) + str(k % 7) for k in range(count)]
        for name, parts in syllables.items()
    }


def lines(rows, *columns, separator="\t"):
    """The text of a table, below the names of its columns if there are some."""
    return "".join(separator.join(row) + "\n" for row in (columns, *rows) if row)


def objects(rows, *keys):
    """The text of JSON lines."""
    return "".join(json.dumps(dict(zip(keys, row))) + "\n" for row in rows)


FILES = {  # name of the run: ({file: its text}, arguments of `train`)
    "plain": ({"numbers.tsv": lines(numbers())}, ("numbers.tsv",)),
    "blind": ({}, ("numbers.tsv", "--attention", "none")),
    "jsonl": ({"numbers.jsonl": objects(numbers(), "source", "target")}, ("numbers.jsonl",)),
    "forms": (
        {"forms.tsv": lines(forms(), "lemma", "features", "form")},
        ("forms.tsv", "--condition", "features"),
    ),
    "things": ({"things.csv": lines(things(), "size", "colour", "text", separator=",")}, ("things.csv",)),
    "names": ({f"peoples/{name}.txt": "\n".join(texts) + "\n" for name, texts in names().items()}, ("peoples",)),
}
FEATURES = ("things", "names")  # runs of texts for features
