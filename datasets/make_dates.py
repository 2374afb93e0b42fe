"""Write dates.tsv: a day as people write it, and the same day as YYYY-MM-DD, a pair a line.

    python make_dates.py [OUTPUT] [--count N] [--seed N]          (default: dates.tsv beside this file)

Standard library only, seeded, from the stream of the tales.
"""

from datetime import date, timedelta

from date_spellings import SPELLINGS, is_clear, spelt
from make_tales import Book
from script_options import parser_of

SEED = 1582
PAIRS, MOST = 20_000, 100_000
FIRST, LAST = date(1900, 1, 1), date(2099, 12, 31)
TIMES = (1, 2, 3)  # how often a day comes, each time in another spelling


def spread_days(book, count):
    """`count` days from FIRST to LAST in no order: one from each of `count` equal parts of that time."""
    days = (LAST - FIRST).days + 1
    edges = [part * days // count for part in range(count + 1)]
    return book.shuffled(FIRST + timedelta(book.number(low, high - 1)) for low, high in zip(edges, edges[1:]))


def spellings(book, day):
    """One to three different spellings of a day."""
    chosen, times = {}, book.draw("times", TIMES)
    while len(chosen) < times:
        spelling = book.draw("spellings", SPELLINGS)
        if is_clear(spelling, day):
            chosen[spelt(spelling, day)] = None
    return list(chosen)


def write_dates(seed=SEED, pairs=PAIRS):
    """The whole file; the spellings of a day follow one another, so that a cut between two days divides none."""
    book, lines = Book(seed, {}), ["source\ttarget"]
    for day in spread_days(book, -(-pairs // 2) + len(TIMES)):
        lines += [f"{source}\t{day.isoformat()}" for source in spellings(book, day)]
    return "".join(f"{line}\n" for line in lines[: pairs + 1])


if __name__ == "__main__":
    given = parser_of(__doc__, "dates.tsv", SEED, PAIRS, MOST, "pairs").parse_args()
    given.output.write_bytes(write_dates(given.seed, given.count).encode("ascii"))
