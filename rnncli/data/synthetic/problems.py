"""The problems by name, and the names of their examples: `synthetic:NAME:LENGTH[:COUNT]`. Imports no NumPy."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ...errors import ConfigError
from ...registry import nearest

PREFIX = "synthetic:"
FORM = "synthetic:NAME:LENGTH[:COUNT]"
COUNT = 10_000  # examples, where the name does not say how many
MOST_STEPS = 100_000_000  # of all examples together
NAME = re.compile(r"synthetic:([^:]*)(?::(\d{1,9})(?:-(\d{1,9}))?(?::(\d{1,9}))?)?")


@dataclass(frozen=True)
class Problem:
    """A problem and how its examples are made.

    maker: "module:function" beside this module. The function takes the lengths (E,) and a random generator and gives
    (sources, answers) of E examples.
    """

    name: str
    maker: str
    answers: str  # "class", "number" or "step"
    form: str  # of the sources: "text" (str), "words" (a tuple of symbols) or "series" ((T, D) float64)
    least: int  # the smallest LENGTH
    asks: str
    nothing: str  # how good a guess without memory is
    shortest: int | None = None  # of the lengths up to LENGTH that are equally likely; None: all have LENGTH
    stride: int = 1  # between lengths

    def make(self, lengths: Any, rng: Any) -> tuple[list[Any], list[Any]]:
        """(sources, answers) of examples of these lengths (E,)."""
        module, function = self.maker.split(":")
        return getattr(import_module(f".{module}", __package__), function)(lengths, rng)


@dataclass(frozen=True)
class Asked:
    """The examples that a name stands for: `count` of a problem, of lengths from `shortest` to `longest`."""

    problem: Problem
    shortest: int
    longest: int
    count: int

    def make(self) -> tuple[list[Any], list[Any]]:
        """(sources, answers), the same ones each time; another length or count gives other examples."""
        from ...random_streams import stream  # here: it needs NumPy

        rng = stream(0, self.problem.name, self.shortest, self.longest, self.count)
        steps = (self.longest - self.shortest) // self.problem.stride
        lengths = self.shortest + self.problem.stride * rng.integers(0, steps + 1, self.count)
        return self.problem.make(lengths, rng)


PROBLEMS = {
    problem.name: problem
    for problem in (
        Problem(
            "adding",
            "adding:adding",
            "number",
            "series",
            2,
            "the sum of the two values that are marked",
            "always answering 1 has a mean squared error of 1/6",
        ),
        Problem(
            "anbn",
            "brackets:anbn",
            "step",
            "words",
            1,
            "which symbols may follow in a word of n times a, then n times b",
            "by the last symbol alone no word is right throughout",
            shortest=1,
        ),
        Problem(
            "copy",
            "delays:copy",
            "step",
            "words",
            1,
            "ten symbols, again after LENGTH blanks",
            "guessing the ten costs 10 ln 8 / (LENGTH + 20) nats a step",
        ),
        Problem(
            "dyck",
            "brackets:dyck",
            "step",
            "words",
            2,
            "which symbols may follow in a word of nested brackets of two kinds",
            "by the last symbol alone only words without nesting can be right throughout",
            shortest=2,
            stride=2,
        ),
        Problem(
            "order",
            "delays:order",
            "class",
            "text",
            10,
            "which two of X and Y stand among the other letters, in their order",
            "a guess is right once in 4",
        ),
        Problem(
            "reber",
            "reber:reber",
            "step",
            "words",
            9,
            "which symbols may follow in a word of the embedded Reber grammar",
            "by the last symbol alone hardly any word is right throughout",
            shortest=9,
        ),
        Problem(
            "recall",
            "delays:recall",
            "class",
            "text",
            2,
            "the first letter, asked for at the end",
            "a guess is right once in 8",
        ),
    )
}


def is_synthetic(files: Sequence[str]) -> bool:
    """Whether one of these names stands for made examples."""
    return any(name.startswith(PREFIX) for name in files)


def asked(name: str) -> Asked:
    """What a name such as "synthetic:adding:50:20000" stands for; "synthetic:dyck:52-100" has lengths from 52 on.

    Raises ConfigError for a name of another form, an unknown problem, and lengths and counts that it cannot have.
    """
    found = NAME.fullmatch(name)
    problem = PROBLEMS.get(found[1]) if found else None
    if found and problem is None:
        guess = nearest(found[1], tuple(PROBLEMS))
        hint = f"known: {', '.join(PROBLEMS)}" + (f". Did you mean {guess!r}?" if guess else "")
        raise ConfigError(f"{name}: unknown problem {found[1]!r}", hint)
    if not found or not problem or found[2] is None:
        raise ConfigError(
            f"{name}: expected {FORM}",
            f"write it as in synthetic:adding:50 or synthetic:adding:50:20000; names: {', '.join(PROBLEMS)}",
        )
    longest = int(found[3] or found[2])
    shortest = int(found[2]) if found[3] else problem.shortest or longest
    return _checked(name, Asked(problem, shortest, longest, int(found[4] or COUNT)))


def _checked(name, wanted):
    """`wanted` with lengths that its problem has; ConfigError where it has none, or too many steps in all."""
    problem = wanted.problem
    odd = wanted.longest % problem.stride or wanted.shortest % problem.stride
    if not problem.least <= wanted.shortest <= wanted.longest or odd:
        even = "even numbers, " if problem.stride == 2 else ""
        raise ConfigError(f"{name}: LENGTH is not one of '{problem.name}'", f"allowed: {even}{problem.least} or more")
    if not 0 < wanted.count <= MOST_STEPS // wanted.longest:
        raise ConfigError(
            f"{name}: {wanted.count:,} examples", f"ask for 1 to {MOST_STEPS // wanted.longest:,} of this length"
        )
    return wanted
