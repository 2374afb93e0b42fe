"""What is asked of the files of pairs, and what a reader of one format finds in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...errors import DataError
from ..tables.reading import Reading
from ..tables.signs import Signs
from .documents import Document


@dataclass(frozen=True)
class Wanted:
    """The options of reading; see `examples.read_examples`. separator: between cells, given or that of training."""

    answers: str
    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    group: str | None = None
    header: bool | None = None
    table: Reading = Reading()
    separator: str | None = None
    required: bool = True
    form: str | None = None
    condition: tuple[str, ...] = ()
    thousands: str | None = None  # of training

    @property
    def again(self) -> bool:
        """Whether files are read as those of training were, so that there are no options to choose with."""
        return self.form is not None

    @property
    def in_lines(self) -> bool:
        """Whether a line that is not split into columns may be a source: a text, or the class of a description."""
        return self.form != "features" or self.answers == "description" and len(self.source) < 2


@dataclass
class Found:
    """E examples, which a reader adds one by one.

    answers: a tuple of texts each: one, a number for each target column, or a label for each step; None for an example
    without. line: where it begins, from 1. step_lines: (T,) for each example. source, target, condition, header,
    separator: as found, so that the same way of reading can be asked for again. signs: those of the numbers among the
    answers. condition_names: for people; conditions: a cell for each of them, of each example.
    """

    form: str
    sources: list[Any] = field(default_factory=list)
    answers: list[tuple[str, ...] | None] = field(default_factory=list)
    file: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    step_lines: list[tuple[int, ...]] | None = None
    columns: tuple[str, ...] = ("",)
    target_names: tuple[str, ...] = ()
    groups: list[str] | None = None
    rows: list[Any] | None = None
    notes: list[str] = field(default_factory=list)
    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    header: bool | None = None
    separator: str | None = None
    signs: Signs = Signs()
    condition: tuple[str, ...] = ()
    condition_names: tuple[str, ...] = ()
    conditions: list[tuple[str, ...]] | None = None

    def add(self, source: Any, answer: tuple[str, ...] | None, file: int, line: int) -> None:
        """Add an example."""
        self.sources.append(source)
        self.answers.append(answer)
        self.file.append(file)
        self.line.append(line)


def refuse_steps(documents: Sequence[Document], wanted: Wanted, format: str) -> None:
    """DataError where a class for each step is wanted of a format that has one answer an example."""
    if wanted.answers == "step":
        raise DataError(
            f"{documents[0].name}: {format} has one answer an example, not one a step",
            "use --task classify or --task regress; for --task label give CoNLL columns or JSON lines",
        )


def refuse_columns(documents: Sequence[Document], wanted: Wanted, format: str) -> None:
    """DataError where columns are named of a format that has none."""
    chosen = {name: getattr(wanted, name) for name in ("source", "target", "condition", "group")}
    for option, given in chosen.items():
        if given:
            names = given if isinstance(given, str) else ",".join(given)
            raise DataError(
                f"{documents[0].name}: {format} has no columns, found --{option} {names}",
                f"leave out --{option}, or give a table or JSON lines",
            )
