"""Write reviews.tsv: a short review and its verdict a line, good, bad or mixed.

    python make_reviews.py [OUTPUT]          (default: reviews.tsv beside this file)

Standard library only, seeded; the stream and the grammar are those of the tales.
"""

import re
import sys
from pathlib import Path

from make_tales import Book
from review_phrases import DOMAINS, GRAMMAR, PLAIN, TURNED

SEED = 1851
REVIEWS = 1500
FORMS = {verdict: PLAIN[verdict] * 5 + TURNED[verdict] for verdict in PLAIN}
VERDICTS = ("good",) * 3 + ("bad",) * 3 + ("mixed",) * 2
WORDS = 25  # of the longest review
NOISE = 200  # one label in so many is drawn anew


def aspect_facts(book, letter, aspect):
    """What a form may say of an aspect: a, a.good, a.bad and the verb and pronoun that agree with it."""
    was, now, it = ("were", "are", "they") if aspect.plural else ("was", "is", "it")
    good, bad = book.draw(f"good {aspect.name}", aspect.good), book.draw(f"bad {aspect.name}", aspect.bad)
    facts = {"good": good, "bad": bad, "was": was, "is": now, "it": it}
    return {letter: aspect.name, **{f"{letter}.{fact}": value for fact, value in facts.items()}}


def scene_of(book, domain):
    """The facts of one review: the thing, two of its aspects, and what happens when it is so good."""
    a, b = book.several(domain.wholes, domain.aspects, 2)
    return {
        **aspect_facts(book, "a", a),
        **aspect_facts(book, "b", b),
        "whole": book.draw(domain.wholes[0], domain.wholes),
        "joy": book.draw(domain.joy, domain.joy),
        "irony": book.draw(domain.irony, domain.irony),
    }


def written(book, parts):
    """Sentences as somebody types them: most with capitals and stops, some with neither, some excited."""
    text = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", ". ".join(part[0].upper() + part[1:] for part in parts))
    habit = book.number(1, 8)
    if habit == 1:
        return text.lower().replace(". ", ", ")
    return text + ("!" if habit == 2 else ".")


def review(book):
    """(text, verdict): one in four has an opener that says nothing, one in four a closing sentence."""
    verdict = book.draw("verdicts", VERDICTS)
    scene = scene_of(book, book.draw("domains", DOMAINS))
    parts = [book.draw(verdict, FORMS[verdict])]
    if book.number(1, 4) == 1:
        parts.insert(0, "{opener}")
    if book.number(1, 4) == 1:
        parts.append(f"{{{verdict}.end}}")
    text = written(book, [book.tell(part, scene) for part in parts])
    return text, verdict if book.number(1, NOISE) > 1 else book.draw("noise", tuple(FORMS))


def write_reviews(seed=SEED, reviews=REVIEWS):
    """The whole file: no review comes twice, in whatever capitals."""
    book, found = Book(seed, GRAMMAR), {}
    while len(found) < reviews:
        text, verdict = review(book)
        if 4 <= len(text.split()) <= WORDS:
            found.setdefault(text.lower().rstrip(".!"), f"{text}\t{verdict}\n")
    return "".join(found.values())


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("reviews.tsv")
    target.write_bytes(write_reviews().encode("ascii"))
