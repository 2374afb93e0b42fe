"""Write names/: the names of six invented languages, a file a language, a name a line.

    python make_names.py [OUTPUT] [--count N] [--seed N]          (default: the folder names beside this file)

Standard library only, seeded, from the stream of the tales.
"""

from make_tales import Book
from name_sounds import LANGUAGES
from script_options import parser_of

SEED = 1786
MOST = 800
LETTERS = range(3, 15)  # of a name


def names_of(language, seed, count):
    """`count` different names of a language, in no order."""
    grammar = {symbol: tuple(sounds.split()) for symbol, sounds in language.grammar.items()}
    book, names = Book(seed, grammar), {}
    while len(names) < count:
        name = book.tell("{^name}", {})
        if len(name) in LETTERS:
            names[name] = None
    return list(names)


def write_names(seed=SEED, count=None):
    """{file name: its text}; with `count`, so many names of each language instead of its own number."""
    return {
        f"{language.name}.txt": "".join(f"{name}\n" for name in names_of(language, seed + k, count or language.names))
        for k, language in enumerate(LANGUAGES)
    }


if __name__ == "__main__":
    given = parser_of(__doc__, "names", SEED, None, MOST, "names of each language").parse_args()
    given.output.mkdir(exist_ok=True)
    for name, text in write_names(given.seed, given.count).items():
        (given.output / name).write_bytes(text.encode())
