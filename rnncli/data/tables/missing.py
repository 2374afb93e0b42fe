"""The words that mark a missing value in a column of numbers. Imports no NumPy: files are recognised with it."""

from collections.abc import Collection

PANDAS = ("", "#n/a", "#n/a n/a", "#na", "-1.#ind", "-1.#qnan", "-nan", "1.#ind", "1.#qnan", "<na>", "n/a", "na")
PANDAS += ("null", "nan", "none")  # what `pandas.read_csv` takes as missing, in lower case
SIGNS = (
    "-",
    "--",
    "---",
    "\u2013",
    "\u2014",
    "?",
    ".",
    "..",
    "...",
    ":",
    "*",
    "**",
    "***",
    "****",
)  # statistical offices write : and ..
WORDS = ("n.a.", "n.a", "n/d", "n.d.", "k.a.", "nat", "nil", "missing", "no data", "(null)", "\\n", "+nan")
ERRORS = ("#value!", "#div/0!", "#ref!", "#name?", "#num!", "#null!")  # of a spreadsheet
FLAGGED = tuple(f":{blank}{flag}" for flag in "bcdefinprsuz" for blank in ("", " "))  # missing, for a reason
MISSING = frozenset((*PANDAS, *SIGNS, *WORDS, *ERRORS, *FLAGGED))


def is_missing(text: str, na: Collection[str] = ()) -> bool:
    """Whether a cell marks a missing value: empty, one of MISSING, or one of `na`, in any case and with any outer
    blanks. Never asked of ids: NA is Namibia."""
    word = text.strip().lower()
    return word in MISSING or word in missing_words(na)


def missing_words(na: Collection[str]) -> frozenset[str]:
    """The words of `--na` as `is_missing` compares them."""
    return frozenset(word.strip().lower() for word in na)
