"""YAML into trees of Written: only mappings, lists and scalars, and every value with its line and column.

What makes YAML dangerous is refused and never expanded: tags (objects), anchors, aliases and merge keys (a 431-byte
merge bomb takes 30 s and 700 MB), deep nesting and large files. Nothing is resolved here: `no` and `1e-3` stay text
until the wanted type is known.
"""

import sys
from pathlib import Path

import yaml

from .values import Problem, Written, safe_name, shown

LARGEST_FILE = 262_144  # bytes: the pure Python parser reads some 100 KB a second
LONGEST_NAME = 4096  # characters of a file name repeated in an error
DEEPEST = 4  # lists and mappings inside one another; settings need 2

FILE_ADVICE = "give a readable YAML file (-c FILE)"
YAML_ADVICE = "write 'name: value' lines, indented with spaces, and quote a value that has one of : # [ ] { } & * !"
PIPE_ADVICE = "check the command that writes it, or leave it out to train with the defaults"
PLAIN_ADVICE = "write the value out: no tags, anchors, aliases or merge keys"


def read_file(path, problems):
    """The tree of a YAML file, "-" being standard input; None if it is empty or cannot be read.

    Adds a Problem for everything that is wrong with the file. Raises nothing for what a file may hold.
    """
    name = "standard input" if str(path) == "-" else safe_name(str(path), LONGEST_NAME)
    try:
        raw = read_bytes(path)
    except (OSError, ValueError) as error:  # ValueError: a zero character in the name
        reason = getattr(error, "strerror", None) or str(error)
        problems.append(Problem(f"{name}: cannot be read: {reason}", FILE_ADVICE))
        return None
    if not raw and is_piped(path):  # that command failed: its settings would be missing unnoticed
        problems.append(Problem(f"{name}: is empty", PIPE_ADVICE))
        return None
    if len(raw) > LARGEST_FILE:
        problems.append(Problem(f"{name}: is larger than a configuration may be ({LARGEST_FILE:,} bytes)", FILE_ADVICE))
        return None

    def place(line, column):
        return f"{name}:{line}:{column}"

    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        where = place(*line_and_column(raw[: error.start].decode("utf-8").removeprefix("\ufeff")))
        problems.append(Problem(f"{where}: byte 0x{raw[error.start]:02x} is not UTF-8", FILE_ADVICE))
        return None
    return read_text(text.removeprefix("\ufeff"), place, problems)


def read_bytes(path):
    """At most one byte more than the largest configuration; raises OSError, ValueError."""
    if str(path) == "-":
        if sys.stdin is None:
            raise OSError("it is closed")
        return sys.stdin.buffer.read(LARGEST_FILE + 1)
    with open(path, "rb") as file:
        return file.read(LARGEST_FILE + 1)


def is_piped(path):
    """Whether another program writes what is read there."""
    return str(path) == "-" or Path(path).is_fifo()


def line_and_column(before):
    """Place, counted from 1, of the character that follows the text `before`."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def read_text(text, place, problems, path=()):
    """The tree of the one YAML document in `text`; None if it is empty or not valid.

    place(line, column) names a place in it, counted from 1; path is the names of the sections around it. Adds a
    Problem for everything that is wrong.
    """
    builder = TreeBuilder(yaml.parse(text, Loader=yaml.SafeLoader), place, problems)
    try:
        return builder.document(path)
    except yaml.reader.ReaderError as error:
        where, reason = place(*line_and_column(text[: error.position])), f"character {shown(chr(error.character))}"
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where, reason = place(mark.line + 1, mark.column + 1), error.problem or error.context
    except (ValueError, OverflowError) as error:  # the scanner's own chr() and int() of absurd escapes and versions
        where, reason = builder.last_place, str(error)
    builder.report(path, "not valid YAML", where, f": {safe_name(reason, LONGEST_NAME)}", YAML_ADVICE)
    return None


class TreeBuilder:
    """Turns the events of one YAML document into a Written, refusing on the way what a configuration must not have.

    `path` is the names of the sections around a value, so that every problem can name its setting.
    """

    def __init__(self, events, place, problems):
        self.events, self.place, self.problems = events, place, problems
        self.last_place = place(1, 1)

    def next(self):
        event = next(self.events)
        self.last_place = self.place(event.start_mark.line + 1, event.start_mark.column + 1)
        return event

    def report(self, path, what, where, rest, advice=PLAIN_ADVICE):
        name = ".".join(safe_name(part) for part in path) or "configuration"
        self.problems.append(Problem(f"{name}: {what} ({where}){rest}", advice))

    def document(self, path):
        """The whole tree, its own path given; None for an empty document."""
        self.next()  # start of the stream
        if isinstance(self.next(), yaml.StreamEndEvent):
            return None
        tree = self.value(self.next(), path)
        self.next()  # end of the document
        if not isinstance(self.next(), yaml.StreamEndEvent):
            self.report(path, "a second YAML document", self.last_place, "; allowed: one", YAML_ADVICE)
        return None if tree is None or tree.is_null else tree

    def value(self, event, path):
        """The Written that begins with `event`; None for an alias, which is refused."""
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

    def items(self, path):
        """A tuple of Written up to the end of the list."""
        parts = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            parts.append(self.value(event, (*path, str(len(parts)))))
        return tuple(part for part in parts if part is not None)

    def section(self, path):
        """A dict of name -> Written up to the end of the mapping."""
        parts = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            name, key_place = self.key(event, path, parts)
            part = self.value(self.next(), (*path, name or "?"))
            if name is not None and part is not None:
                parts[name] = Written(part.value, part.where, part.plain, named_at=key_place)
        return parts

    def key(self, event, path, earlier):
        """The name that a key of the section `path` gives, None where it is refused, and its place."""
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
            self.report((*path, key.value), "duplicate key", key_place, rest, "keep one of two equal keys")
        else:
            return key.value, key_place
        return None, key_place
