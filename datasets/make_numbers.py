"""Write numbers.tsv: a number in digits and in English words, a pair a line.

    python make_numbers.py [OUTPUT] [--count N] [--seed N] [--reverse]          (default: numbers.tsv beside this file)

Standard library only, seeded, from the stream of the tales. With --reverse the words are the source.
"""

from make_tales import Book
from number_words import in_words
from script_options import parser_of

SEED = 1202
PAIRS, MOST = 6000, 100_000
SMALL = 1000  # each number below it comes
ZEROS = 4  # one digit in so many is made a zero: most mistakes are made there


def large_number(book):
    """A number of four, five or six digits, each as often as the others."""
    number = book.number(1, 9)
    for _ in range(book.draw("digits", (3, 4, 5))):
        number = 10 * number + (book.number(0, 9) if book.number(1, ZEROS) > 1 else 0)
    return number


def chosen_numbers(book, count):
    """`count` different numbers from 0 to 999,999 in no order, the small ones among them."""
    numbers = dict.fromkeys(range(min(SMALL, count)))
    while len(numbers) < count:
        numbers[large_number(book)] = None
    return book.shuffled(numbers)


def write_numbers(seed=SEED, pairs=PAIRS, reverse=False):
    """The whole file; no number comes twice."""
    lines = ["source\ttarget"]
    for number in chosen_numbers(Book(seed, {}), pairs):
        pair = f"{number:,}", in_words(number)
        lines.append("\t".join(reversed(pair) if reverse else pair))
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    parser = parser_of(__doc__, "numbers.tsv", SEED, PAIRS, MOST, "pairs")
    parser.add_argument("--reverse", action="store_true", help="the words as the source, the digits as the target")
    given = parser.parse_args()
    given.output.write_bytes(write_numbers(given.seed, given.count, given.reverse).encode("ascii"))
