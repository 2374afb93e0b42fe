"""Write phrases.csv: how many animals of which size and colour do what, when and where, and a phrase that says so.

    python make_phrases.py [OUTPUT] [--count N] [--seed N]          (default: phrases.csv beside this file)

Standard library only, seeded, from the stream of the tales.
"""

from typing import NamedTuple

from make_tales import Book
from phrase_words import ACTIONS, ANIMALS, COLOURS, COUNTS, FORMS, PLACES, SIZES, TIMES, Action, Animal, Place
from script_options import parser_of

SEED = 1894
PHRASES, MOST = 3000, 100_000
COLUMNS = "count,size,colour,animal,action,time,place,begin,phrase"
AGAIN = 3  # one scene in so many is said a second time: often in the same words, and then it stays one row


class Scene(NamedTuple):
    """What a phrase tells, and what it begins with."""

    count: int
    size: str
    colour: str
    animal: Animal
    action: Action
    time: str
    place: Place
    begin: str

    def cells(self):
        """The attributes as they stand in the table."""
        return [part.name if isinstance(part, (Animal, Action, Place)) else str(part) for part in self]


def scene_of(book):
    """A Scene whose parts are drawn independently."""
    parts = (range(1, len(COUNTS) + 1), SIZES, COLOURS, ANIMALS, ACTIONS, TIMES, PLACES, FORMS)
    return Scene(*(book.draw(name, choices) for name, choices in zip(Scene._fields, parts)))


def group_of(scene, size):
    """ "two small red foxes", "an owl": the noun and the article agree with the words. size: its word, or ""."""
    noun = scene.animal.name if scene.count == 1 else scene.animal.many
    words = " ".join(filter(None, (size, COLOURS[scene.colour], noun)))
    article = "an" if words[0] in "aeiou" else "a"
    return f"{article if scene.count == 1 else COUNTS[scene.count - 1]} {words}"


def phrase(scene, size):
    """The phrase of a Scene. size: the word for its size, or ""."""
    one, action, place = scene.count == 1, scene.action, scene.place
    do = {"past": action.past, "now": action.it if one else action.name, "future": f"will {action.name}"}
    be = {"past": "was" if one else "were", "now": "is" if one else "are", "future": "will be"}
    return FORMS[scene.begin].format(
        who=group_of(scene, size),
        do=do[scene.time],
        be=be[scene.time],
        doing=action.doing,
        where=f"{place.way if action.moves else place.at} the {place.name}",
    )


def write_phrases(seed=SEED, phrases=PHRASES):
    """The whole table; no row comes twice."""
    book, rows = Book(seed), {}
    while len(rows) < phrases:
        scene = scene_of(book)
        for _ in range(2 if book.number(1, AGAIN) == 1 else 1):
            size = book.draw(f"size {scene.size}", SIZES[scene.size])
            rows[",".join([*scene.cells(), phrase(scene, size)])] = None
    return "".join(f"{row}\n" for row in [COLUMNS, *list(rows)[:phrases]])


if __name__ == "__main__":
    given = parser_of(__doc__, "phrases.csv", SEED, PHRASES, MOST, "phrases").parse_args()
    given.output.write_bytes(write_phrases(given.seed, given.count).encode("ascii"))
