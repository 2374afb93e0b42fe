"""Guesses of a model while it trains: a few fixed validation examples, each with its truth and the answer."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from ...events import finite
from .listing import spread
from .tagged import TagColors, TaggedSentence, colored_lines, plain_lines
from .texts import one_line, padded, quantities, share, widest

GUESSES = 5  # examples shown
NARROWEST = 36  # columns: a terminal of 40 without the frame
NAME = 20  # most columns of a class or a target
BESIDE = 24  # columns of a guess of a class beside its two names, with a word of the source
MARKS = {True: ("✓", "✗"), False: ("ok", "WRONG")}  # right, wrong
COLORS = ("32", "31")  # the same, ANSI


def shown_examples(total: int) -> list[int]:
    """The examples to show, always the same, spread evenly over all."""
    return spread(total, GUESSES)


@dataclass(frozen=True)
class ClassGuess:
    """The source as text, its true class, the answer and its probability; no answer: None and None."""

    text: str
    truth: str
    answer: str | None
    probability: float | None

    @property
    def right(self) -> bool:
        return self.answer == self.truth


@dataclass(frozen=True)
class ClassGuesses:
    """See `tasks.base.Sample`."""

    guesses: tuple[ClassGuess, ...]
    title: ClassVar[str] = "guesses"
    wraps: ClassVar[bool] = False

    def lines(self, width: int, unicode: bool, color: bool) -> list[str]:
        """A line for each guess: a mark, the source, the answer, and the truth where it is another."""
        width = max(width, NARROWEST)
        name = min(NAME, (width - BESIDE) // 2)
        marks = [mark(guess.right, unicode, color) for guess in self.guesses]
        said = [f"{one_line(guess.answer or '-', name, unicode)} {share(guess.probability)}" for guess in self.guesses]
        truth = ["" if guess.right else f"({one_line(guess.truth, name, unicode)})" for guess in self.guesses]
        return _rows(marks, [guess.text for guess in self.guesses], [_left(said), truth], width, unicode)

    def record(self) -> Any:
        return finite([asdict(guess) | {"right": guess.right} for guess in self.guesses])


@dataclass(frozen=True)
class TagGuesses:
    """See `tasks.base.Sample`."""

    sentences: tuple[TaggedSentence, ...]
    title: ClassVar[str] = "guesses"
    wraps: ClassVar[bool] = False

    def lines(self, width: int, unicode: bool, color: bool) -> list[str]:
        """The tagged sentences, coloured with a legend, or word/TAG with the truth of the wrong ones in brackets."""
        width = max(width, NARROWEST)
        if not color:
            plain = [plain_lines(sentence, width - 2, unicode) for sentence in self.sentences]
            return [f"{'  ' * (k > 0)}{line}" for lines in plain for k, line in enumerate(lines)]
        colors = TagColors(tag for sentence in self.sentences for tag in sentence.truth)
        painted = [line for sentence in self.sentences for line in colored_lines(sentence, colors, width, unicode)]
        return [*colors.legend(width, unicode), "", *painted]

    def record(self) -> Any:
        return [
            {"words": list(one.words), "truth": list(one.truth), "answer": list(one.said)} for one in self.sentences
        ]


@dataclass(frozen=True)
class NumberGuess:
    """The source as text, a number for each target: the truth, nan where it is not known, and the answer."""

    text: str
    truth: tuple[float, ...]
    answer: tuple[float, ...]


@dataclass(frozen=True)
class NumberGuesses:
    """names: of the targets. See `tasks.base.Sample`."""

    names: tuple[str, ...]
    guesses: tuple[NumberGuess, ...]
    title: ClassVar[str] = "guesses"
    wraps: ClassVar[bool] = False

    def lines(self, width: int, unicode: bool, color: bool) -> list[str]:
        """A line for each guess and target: the source, the truth, the answer and the error."""
        width = max(width, NARROWEST)
        lines = []
        for k, name in enumerate(self.names):
            truth, answer = ([getattr(guess, part)[k] for guess in self.guesses] for part in ("truth", "answer"))
            error = [theirs - own for own, theirs in zip(truth, answer)]
            heads = ("truth", "answer", "error")
            signs, like = ("", "", "+"), [*truth, *answer]
            written = [quantities(part, sign, like) for part, sign in zip((truth, answer, error), signs)]
            cells = [_right([head, *texts]) for head, texts in zip(heads, written)]
            title = one_line(name, NAME, unicode) if len(self.names) > 1 else ""
            lines += _rows(None, [title, *(guess.text for guess in self.guesses)], cells, width, unicode, quoted=1)
        return lines

    def record(self) -> Any:
        return finite([{"targets": list(self.names)} | asdict(guess) for guess in self.guesses])


def mark(right: bool, unicode: bool, color: bool) -> str:
    """The sign of a right or a wrong guess, both of the same width."""
    text = MARKS[unicode][not right]
    text = padded(text, widest(MARKS[unicode]))
    return f"\x1b[{COLORS[not right]}m{text}\x1b[0m" if color else text


def _left(texts):
    texts = list(texts)
    width = widest(texts)
    return [padded(text, width) for text in texts]


def _right(texts):
    width = widest(texts)
    return [padded(text, width, right=True) for text in texts]


def _rows(marks: Sequence[str] | None, texts, cells, width, unicode, quoted=0):
    """Lines of a mark, a text, in quotes from the `quoted`th on, and cells; the texts are cut to the room left."""
    taken = sum(widest(column) + 2 for column in cells)
    room = width - taken - (widest(MARKS[unicode]) + 1 if marks else 0)
    shown = _left(
        one_line(text, room, unicode) if k < quoted else f'"{one_line(text, room - 2, unicode)}"'
        for k, text in enumerate(texts)
    )
    before = [f"{mark} " for mark in marks] if marks else [""] * len(shown)
    return ["  ".join([f"{mark}{text}", *row]).rstrip() for mark, text, *row in zip(before, shown, *cells)]
