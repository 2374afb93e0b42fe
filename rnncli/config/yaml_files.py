"""YAML into trees of Written: only mappings, lists and scalars, each value with its line and column.

The dangerous parts of YAML are refused and never expanded: tags (objects), anchors, aliases and merge keys (a 431-byte
merge bomb takes 30 s and 700 MB), deep nesting and large files. Nothing is resolved here: `no` and `1e-3` stay text
until the type of their setting is known.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from ..registry import nearest
from ..resources import bundled_configs
from .values import Problem, Written, safe_name, shown

Sections = tuple[str, ...]  # names of the sections around a value

LARGEST_FILE = 262_144  # bytes: the pure Python parser reads some 100 KB a second
LONGEST_NAME = 4096  # characters of a file name repeated in an error
DEEPEST = 4  # nested lists and mappings; settings need 2

FILE_ADVICE = "name a readable YAML file (-c FILE)"
YAML_ADVICE = "write 'name: value' lines, indented with spaces, and quote a value that contains : # [ ] { } & * or !"
PIPE_ADVICE = "check the command that writes it, or remove -c to train with the defaults"
PLAIN_ADVICE = "write the value out: no tags, anchors, aliases or merge keys"


def read_file(path: str | os.PathLike, problems: list[Problem]) -> Written | None:
    """The tree of a YAML file, "-" being standard input; None if it is empty or cannot be read.

    Adds a Problem for everything that is wrong with the file; no contents of a file raise an error here.
    """
    name = "standard input" if str(path) == "-" else safe_name(str(path), LONGEST_NAME)
    try:
        raw = read_bytes(path)
    except (OSError, ValueError) as error:  # ValueError: a zero character in the name
        reason = getattr(error, "strerror", None) or str(error)
        problems.append(Problem(f"{name}: cannot be read: {reason}", missing_advice(error, str(path))))
        return None
    if not raw and is_piped(path):  # the command before the pipe failed: its settings would be missing unnoticed
        problems.append(Problem(f"{name}: is empty", PIPE_ADVICE))
        return None
    if len(raw) > LARGEST_FILE:
        problems.append(
            Problem(f"{name}: is larger than {LARGEST_FILE:,} bytes, the limit of a configuration", FILE_ADVICE)
        )
        return None

    def place(line: int, column: int) -> str:
        return f"{name}:{line}:{column}"

    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        where = place(*line_and_column(raw[: error.start].decode("utf-8").removeprefix("\ufeff")))
        problems.append(Problem(f"{where}: byte 0x{raw[error.start]:02x} is not UTF-8", FILE_ADVICE))
        return None
    return read_text(text.removeprefix("\ufeff"), place, problems)


def missing_advice(error: Exception, path: str) -> str:
    """The remedy for a file that cannot be read: for a missing one, the bundled configuration of a similar name."""
    if isinstance(error, FileNotFoundError):
        meant = nearest(path.removeprefix("configs/").removesuffix(".yaml"), bundled_configs())
        if meant is not None:
            return f"did you mean '{meant}'? -c takes a YAML file or a bundled name: {', '.join(bundled_configs())}"
    return FILE_ADVICE


def read_bytes(path: str | os.PathLike) -> bytes:
    """At most one byte more than the largest configuration; raises OSError, ValueError."""
    if str(path) == "-":
        if sys.stdin is None:
            raise OSError("it is closed")
        return sys.stdin.buffer.read(LARGEST_FILE + 1)
    with open(path, "rb") as file:
        return file.read(LARGEST_FILE + 1)


def is_piped(path: str | os.PathLike) -> bool:
    """Whether another program writes to `path`."""
    return str(path) == "-" or Path(path).is_fifo()


def line_and_column(before: str) -> tuple[int, int]:
    """(line, column), from 1, of the character after the text `before`."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def read_text(
    text: str, place: Callable[[int, int], str], problems: list[Problem], path: Sections = ()
) -> Written | None:
    """The tree of the one YAML document in `text`; None if it is empty or not valid.

    place(line, column), counted from 1, names a place in it; path: the names of the sections around it. Adds a Problem
    for everything that is wrong.
    """
    builder = TreeBuilder(yaml.parse(text, Loader=yaml.SafeLoader), place, problems)
    try:
        return builder.document(path)
    except yaml.reader.ReaderError as error:
        where, reason = place(*line_and_column(text[: error.position])), f"character {shown(chr(error.character))}"
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = place(mark.line + 1, mark.column + 1) if mark else builder.last_place
        reason = error.problem or error.context
    except (ValueError, OverflowError) as error:  # the scanner's own chr() and int() of absurd escapes and versions
        where, reason = builder.last_place, str(error)
    builder.report(path, "not valid YAML", where, f": {safe_name(str(reason), LONGEST_NAME)}", YAML_ADVICE)
    return None


class TreeBuilder:
    """Turns the events of one YAML document into a Written and refuses constructs that a configuration must not have.

    `path`: the names of the sections around a value, so that every problem names its setting.
    """

    def __init__(self, events: Iterator[Any], place: Callable[[int, int], str], problems: list[Problem]):
        self.events, self.place, self.problems = events, place, problems
        self.last_place = place(1, 1)

    def next(self) -> Any:
        event = next(self.events)
        self.last_place = self.place(event.start_mark.line + 1, event.start_mark.column + 1)
        return event

    def report(self, path: Sections, what: str, where: str, rest: str, advice: str = PLAIN_ADVICE) -> None:
        name = ".".join(safe_name(part) for part in path) or "configuration"
        self.problems.append(Problem(f"{name}: {what} ({where}){rest}", advice))

    def document(self, path: Sections) -> Written | None:
        """The whole tree, found at `path`; None for an empty document."""
        self.next()  # start of the stream
        if isinstance(self.next(), yaml.StreamEndEvent):
            return None
        tree = self.value(self.next(), path)
        self.next()  # end of the document
        if not isinstance(self.next(), yaml.StreamEndEvent):
            self.report(path, "a second YAML document", self.last_place, "; allowed: one", YAML_ADVICE)
        return None if tree is None or tree.is_null else tree

    def value(self, event: Any, path: Sections) -> Written | None:
        """The Written that starts with `event`; None for an alias, which is refused."""
        where = self.last_place
        if isinstance(event, yaml.AliasEvent):
            return self.report(path, f"alias *{safe_name(event.anchor)}", where, " is not allowed")
        if event.anchor is not None:
            self.report(path, f"anchor &{safe_name(event.anchor)}", where, " is not allowed")
        if event.tag is not None:
            self.report(path, f"tag {shown(event.tag)}", where, " is not allowed")
        if isinstance(event, yaml.ScalarEvent):
            return Written(event.value, where, plain=event.style is None)
        if len(path) == DEEPEST:  # stop here: deeper, the scanner itself gets slow
            raise yaml.MarkedYAMLError(problem=f"nested more than {DEEPEST} deep", problem_mark=event.start_mark)
        read = self.items if isinstance(event, yaml.SequenceStartEvent) else self.section
        return Written(read(path), where)

    def items(self, path: Sections) -> tuple[Written, ...]:
        """A tuple of Written up to the end of the list."""
        parts = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            parts.append(self.value(event, (*path, str(len(parts)))))
        return tuple(part for part in parts if part is not None)

    def section(self, path: Sections) -> dict[str, Written]:
        """A dict of name -> Written up to the end of the mapping."""
        parts = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            name, key_place = self.key(event, path, parts)
            part = self.value(self.next(), (*path, name or "?"))
            if name is not None and part is not None:
                parts[name] = Written(part.value, part.where, part.plain, named_at=key_place)
        return parts

    def key(self, event: Any, path: Sections, earlier: dict[str, Written]) -> tuple[str | None, str]:
        """(name, place) of a key in the section `path`; the name is None if the key is refused."""
        key_place = self.last_place
        key = self.value(event, (*path, "?"))
        if key is None:
            return None, key_place
        if not isinstance(key.value, str):
            self.report(path, f"{key} as a key", key_place, "; allowed: a name", YAML_ADVICE)
        elif key.plain and key.value == "<<":
            self.report(path, "merge key <<", key_place, " is not allowed")
        elif key.value in earlier:
            rest = f"; the first is at {earlier[key.value].named_at}"
            self.report((*path, key.value), "duplicate key", key_place, rest, "remove one of the two equal keys")
        else:
            return key.value, key_place
        return None, key_place
