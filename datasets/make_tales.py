"""Write tales.txt: short tales of the Wend valley, the text that the quick start learns.

    python make_tales.py [OUTPUT]          (default: tales.txt beside this file)

Standard library only. The same file comes out byte for byte on every machine: all chance comes from
`random.Random(SEED).random()`, the one stream that Python promises not to change.
"""

import random
import re
import sys
from pathlib import Path

from tale_forms import FORMS
from tale_phrases import GRAMMAR

SEED = 1807
TALES = 29 * len(FORMS)  # each form as often as any other
WIDTH = 70  # characters of the longest line
CLOSING = "So they say along the Wend:"
RULE = "* * *"
SYMBOL = re.compile(r"\{(\^?)([a-z_.]+)\}")
SMALL_WORDS = {"a", "an", "and", "at", "by", "for", "in", "of", "on", "the", "to"}
BREAKS = (  # where a line that is too long may be broken, best first
    r"(?<=[.?!]) | (?=\"[A-Z])",
    r"(?<=[,;:]) |(?<=[,.?!]\") ",
    r" (?=and |that |who |when |as )",
    r" (?=in |on |at |by |under |over |behind |below |beside |beyond |above )",
)


class Book:
    """Draws everything in the tales that is left to chance."""

    def __init__(self, seed, grammar=GRAMMAR):
        self.grammar = grammar
        self._random = random.Random(seed).random
        self._decks = {}

    def number(self, low, high):
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def shuffled(self, items):
        """The items as a new list in random order (Fisher and Yates)."""
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.number(0, last)
            items[last], items[other] = items[other], items[last]
        return items

    def draw(self, deck, items):
        """The next card of a shuffled deck: none comes again before all have come."""
        if not self._decks.get(deck):
            self._decks[deck] = self.shuffled(items)
        return self._decks[deck].pop()

    def several(self, deck, items, count):
        """`count` different cards of a deck."""
        chosen = []
        while len(chosen) < count:
            card = self.draw(deck, items)
            if card not in chosen:
                chosen.append(card)
        return chosen

    def tell(self, phrase, scene):
        """The phrase with each symbol replaced by the scene's fact, or else by a phrase drawn for it.

        `scene` maps symbols to text. KeyError for a symbol that neither the scene nor the grammar knows.
        """

        def replace(match):
            capital, symbol = match.groups()
            text = scene[symbol] if symbol in scene else self.draw(symbol, self.grammar[symbol])
            text = self.tell(text, scene)
            return text[0].upper() + text[1:] if capital else text

        return SYMBOL.sub(replace, phrase)


def title_case(title):
    """The title with a capital on every word but the small ones inside it."""
    words = title.split()
    return " ".join(
        word if place and word in SMALL_WORDS else word[0].upper() + word[1:] for place, word in enumerate(words)
    )


def broken(line):
    """The line as lines of at most WIDTH characters, each break as near the middle as the best kind allows.

    ValueError where the line offers no break: the phrase needs a `|` of its own.
    """
    if len(line) <= WIDTH:
        return [line]
    for kind in BREAKS:
        places = [found.start() for found in re.finditer(kind, line)]
        if places:
            place = min(places, key=lambda place: abs(2 * place - len(line)))
            return broken(line[:place]) + broken(line[place + 1 :])
    raise ValueError(f"no place to break: {line}")


def page(tale):
    """A tale as it stands in the file: title, paragraphs, moral and rule, with empty lines between."""
    blocks = [title_case(tale.title), *tale.paragraphs, f"{CLOSING}|{tale.moral}", RULE]
    laid_out = ("\n".join(part for line in block.split("|") for part in broken(line)) for block in blocks)
    return "\n\n".join(laid_out) + "\n"


def write_book(seed=SEED, tales=TALES):
    """The whole text. The forms come in shuffled rounds, so that any dozen tales or two hold all of them."""
    book = Book(seed)
    return "\n".join(page(book.draw("forms", FORMS)(book)) for _ in range(tales))


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("tales.txt")
    target.write_bytes(write_book().encode("ascii"))
