"""Write tags.tsv: a word and its tag a line, an empty line after each sentence (the columns of CoNLL).

    python make_tags.py [OUTPUT]          (default: tags.tsv beside this file)

Standard library only, seeded; the stream and the way a phrase is drawn are those of the tales.
"""

import sys
from pathlib import Path

from make_tales import Book
from tag_words import BEGINNINGS, BOTH, ENDS, GRAMMAR, VOWELS

SEED = 1911
SENTENCES = 800
TOKENS = (3, 15)  # of a sentence
INVENTED = 400  # words of each kind: a deck that is not used up, so that most of them come once
RARE = 6  # places for invented words in a deck of nouns or verbs, beside about 30 words


def invented(book):
    """INVENTED different stems, such as "grompt" and "skoobble"."""
    stems = {}
    while len(stems) < INVENTED:
        stems[book.draw("begin", BEGINNINGS) + book.draw("vowel", VOWELS) + book.draw("end", ENDS)] = None
    return list(stems)


def with_suffix(stem, suffix):
    """The stem and the suffix: -ed, -ing and -y replace a final e, -s adds an e after x."""
    if stem.endswith("e") and suffix in ("ed", "ing", "y"):
        return stem[:-1] + suffix
    return stem + ("es" if suffix == "s" and stem.endswith("x") else suffix)


def full_grammar(book):
    """The grammar with words for each deck of nouns and verbs, and with decks of invented words."""

    def deck(name, tag, column, *rare):
        words = [f"{word}/{tag}" for word in GRAMMAR[name]]
        both = [f"{forms[column]}/{tag}" for forms in BOTH] if column is not None else []
        return tuple(words + both + [f"{{{symbol}}}" for symbol in rare] * (RARE // len(rare)))

    def coined(suffix, tag):
        return tuple(f"{with_suffix(stem, suffix)}/{tag}" for stem in book.shuffled(stems))

    stems = invented(book)
    return {
        **GRAMMAR,
        "noun": deck("noun", "NOUN", 0, "new_noun", "new_ness"),
        "nouns": deck("nouns", "NOUN", 1, "new_nouns"),
        "verb": deck("verb", "VERB", 0, "new_verb"),
        "verbs": deck("verbs", "VERB", 1, "new_verbs"),
        "past": deck("past", "VERB", 2, "new_ed"),
        "doing": deck("doing", "VERB", None, "new_ing"),
        "digits": tuple(f"{number}/NUM" for number in (4, 7, 9, 12, 15, 20, 36, 40, 64, 99, 120, 365, 1807)),
        "new_noun": coined("", "NOUN"),
        "new_ness": coined("ness", "NOUN"),
        "new_nouns": coined("s", "NOUN"),
        "new_verb": coined("", "VERB"),
        "new_verbs": coined("s", "VERB"),
        "new_ed": coined("ed", "VERB"),
        "new_ing": coined("ing", "VERB"),
        "new_ly": coined("ly", "ADV"),
        "new_y": coined("y", "ADJ"),
    }


def sentence(book):
    """A list of (word, tag): a capital at the start, "an" before a vowel."""
    pairs = [token.rsplit("/", 1) for token in book.tell("{sentence}", {}).split()]
    words, tags = zip(*pairs)
    words = ["an" if word == "a" and after[0] in "aeiou" else word for word, after in zip(words, [*words[1:], "."])]
    words[0] = words[0][0].upper() + words[0][1:]
    return list(zip(words, tags))


def write_tags(seed=SEED, sentences=SENTENCES):
    """The whole file; no sentence comes twice."""
    book, found = Book(seed, full_grammar(Book(seed, {}))), {}
    while len(found) < sentences:
        pairs = sentence(book)
        if TOKENS[0] <= len(pairs) <= TOKENS[1]:
            found[tuple(pairs)] = None
    return "".join("".join(f"{word}\t{tag}\n" for word, tag in pairs) + "\n" for pairs in found)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("tags.tsv")
    target.write_bytes(write_tags().encode("ascii"))
