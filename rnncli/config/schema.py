"""Trees of Written into a dataclass of dataclasses: names, types and limits of settings, and rules between them.

Knows nothing of recurrent networks: `loading` defines the settings.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from typing import Any

from ..registry import nearest
from ..settings import Implied, Rule
from ..tasks.base import TaskKind
from .values import MOST_PROBLEMS, Problem, Unreadable, Written, allowed, raise_if_any, read_as, safe_name, shortened


class Schema:
    """The settings of a dataclass whose fields are settings or, one level down, sections of settings.

    sections: name -> dataclass, "" being the top. names: section -> names in it. settings: "model.cell" -> its field.
    kinds: name -> TaskKind, each with its own rules, defaults and settings; `rules` and `implied` hold for all kinds.
    renamed: old path -> new path, for the error about an old one.
    """

    def __init__(
        self,
        top: Any,
        kinds: Mapping[str, TaskKind],
        rules: Sequence[Rule] = (),
        implied: Mapping[str, Implied] | None = None,
        renamed: Mapping[str, str] | None = None,
    ):
        self.kinds, self.rules, self.implied, self.renamed = kinds, rules, dict(implied or {}), dict(renamed or {})
        own: dict[str, Any] = {entry.name: entry.type for entry in fields(top) if is_dataclass(entry.type)}
        self.sections: dict[str, Any] = {"": top} | own
        self.names = {section: tuple(entry.name for entry in fields(kind)) for section, kind in self.sections.items()}
        self.settings: dict[str, Field] = {
            join(section, entry.name): entry
            for section, kind in self.sections.items()
            for entry in fields(kind)
            if entry.name not in self.sections
        }
        self.shared = {path for kind in kinds.values() for path in kind.uses}

    def foreign(self, kind: TaskKind, path: str) -> bool:
        """Whether a setting does not apply to a kind of task."""
        section = path.rpartition(".")[0]
        of_others = section not in kind.sections and any(section in other.sections for other in self.kinds.values())
        return of_others or (path in self.shared and path not in kind.uses)

    def option(self, path: str) -> str:
        """The option of a setting: "--hidden-size" for "model.hidden_size"."""
        return self.settings[path].metadata["option"] or "--" + path.rpartition(".")[2].replace("_", "-")

    def with_option(self, path: str) -> tuple[str, ...]:
        """All settings, of sections of different kinds of task, that have the option of this one."""
        own = {section for kind in self.kinds.values() for section in kind.sections}
        alike = (other for other in self.settings if self.option(other) == self.option(path))
        return tuple(other for other in alike if other == path or {section_of(other), section_of(path)} <= own)

    def applies(self, kind: TaskKind, path: str) -> bool:
        """Whether a setting, or another with its option, applies to a kind of task."""
        return any(not self.foreign(kind, each) for each in self.with_option(path))

    def used(self, kind: TaskKind) -> tuple[str, ...]:
        """The names of the settings that apply to a kind of task."""
        return tuple(path for path in self.settings if not self.foreign(kind, path))

    def build(self, values: Mapping[str, Any]) -> Any:
        """The dataclass of values {path: value}."""
        parts: dict[str, dict[str, Any]] = {section: {} for section in self.sections}
        for path, value in values.items():
            section, _, name = path.rpartition(".")
            parts[section][name] = value
        made = {section: kind(**parts[section]) for section, kind in self.sections.items() if section}
        return self.sections[""](**parts[""], **made)

    def meant(self, section: str, name: str) -> list[tuple[str, str]]:
        """[(section, name)] of the settings that an unknown key of a section was probably meant to be."""
        everywhere = [(before, known) for before, _, known in (path.rpartition(".") for path in self.settings)]
        last = name.rpartition(".")[2].lower().replace("-", "_")
        exact = [(other, known) for other, known in everywhere if known == last]
        if exact:
            return exact
        if guess := nearest(last, self.names[section]):
            return [(section, guess)]
        guess = nearest(last, [known for _, known in everywhere])
        return [(other, known) for other, known in everywhere if known == guess]


def section_of(path: str) -> str:
    return path.rpartition(".")[0]


def join(section: str, name: str) -> str:
    return f"{section}.{name}" if section else name


def nest(names: Sequence[str], item: Written) -> Written:
    """Written sections around an item: ["model", "cell"] gives {model: {cell: item}}."""
    for name in reversed(names):
        item = Written({name: item}, item.where)
    return item


def from_text(names: Sequence[str], text: str, where: str, problems: list[Problem]) -> Written | None:
    """Text from a shell, nested in the sections `names`: a YAML list if it starts with [, otherwise a plain value.

    None for an invalid list.
    """
    if not text.startswith("["):
        return nest(names, Written(text, where, plain=True))
    from .yaml_files import read_text

    item = read_text(text, lambda line, column: where, problems, tuple(names))
    return nest(names, item) if item else None


OPTION = "option "  # begins the place of a setting from an option
BY_SET = "--set"
SURE = 0.5  # of a kind of task that files are its own
LENIENT = ("environment variable", "stored configuration")  # places of settings that may be meant for other tasks


class Reading:
    """The settings chosen so far, each with its place, and the problems found so far.

    Rules are checked only on settings without problems, and on none if a whole source could not be read.
    """

    def __init__(self, schema: Schema, problems: list[Problem]):
        self.schema, self.problems = schema, problems
        self.kind: TaskKind | None = None
        self.notes: tuple[str, ...] = ()
        self.doubts: tuple[str, ...] = ()  # notes on the kind of task
        self.chosen: dict[str, tuple[Any, str]] = {}  # path -> (value, where)
        self.waiting: list[tuple[str, Written]] = []  # options that kinds of task share: each is a setting of one kind
        self.doubtful: set[str] = set(schema.settings) if problems else set()

    def take(self, tree: Written, section: str = "") -> None:
        """Read every setting of a section; it overrides earlier sources."""
        if section and tree.is_null:
            return  # an empty section is fine
        if not isinstance(tree.value, dict):
            names = ", ".join(self.schema.names[section])
            self.complain(f"{section or 'configuration'}: found {tree} ({tree.where}); allowed: a section with {names}")
            return
        for name, item in tree.value.items():
            path = join(section, name)
            if name not in self.schema.names[section]:
                self.refuse(section, name, item)
            elif (
                path in self.schema.settings
                and item.where.startswith(OPTION)
                and len(self.schema.with_option(path)) > 1
            ):
                self.waiting.append((path, item))
            elif path in self.schema.settings:
                self.choose(path, item)
            else:
                self.take(item, name)

    def choose(self, path: str, item: Written) -> None:
        """Read one setting by the type of its field."""
        entry = self.schema.settings[path]
        try:
            self.chosen[path] = read_as(entry.type, entry.metadata, item), item.where
        except Unreadable as error:
            choices = entry.metadata["choices"]
            guess = nearest(item.value, choices) if choices and isinstance(item.value, str) else None
            line = f"{path}: found {error.found} ({error.where}); allowed: {allowed(entry.type, entry.metadata)}"
            self.complain(line + did_you_mean([repr(guess)] if guess else []), path)

    def refuse(self, section: str, name: str, item: Written) -> None:
        """Report an unknown key."""
        if (path := join(section, name)) in self.schema.renamed:
            self.complain(f"{path}: is now called {self.schema.renamed[path]} ({item.named_at or item.where})")
            return
        meant = self.schema.meant(section, name) if len(self.problems) < MOST_PROBLEMS else []  # else nobody sees it
        names = [f"{known!r}" + ("" if other == section else place_of(other)) for other, known in meant]
        line = f"{join(section, safe_name(name))}: unknown key ({item.named_at or item.where}); known: "
        line += ", ".join(self.schema.names[section]) + did_you_mean(names)
        self.complain(line, *(join(*pair) for pair in meant))

    def complain(self, text: str, *doubtful: str) -> None:
        self.problems.append(Problem(text))
        self.doubtful.update(doubtful)

    def current(self, path: str) -> tuple[Any, str]:
        """(value, place) of a setting: as chosen, as implied by another setting, or the task's default."""
        if path in self.chosen:
            return self.chosen[path]
        implied = self.schema.implied | (dict(self.kind.implied) if self.kind else {})
        if path in implied:
            value, where = self.current(implied[path].by)
            if (found := implied[path].value(value)) is not None:
                return found, where
        if self.kind and path in self.kind.defaults:
            return self.kind.defaults[path], f"default for {self.kind.name}"
        return self.schema.settings[path].default, "default"

    def settle(self, detect: Callable[[Sequence[str]], TaskKind]) -> TaskKind:
        """The kind of task: as chosen, or detected from the names of the data files."""
        names, _ = self.current("data.files")
        task, where = self.current("task")
        kind = self.kind = self.schema.kinds[task] if task in self.schema.kinds else self.meant(detect(names), names)
        if task != kind.name:
            where = f"{safe_name(names[0])} is read as {kind.data}" if names else "default"
            self.chosen["task"] = kind.name, where
            self.doubts = self.other_readings(kind, names)
        return kind

    def other_readings(self, kind: TaskKind, files: Sequence[str]) -> tuple[str, ...]:
        """Notes on other kinds of task that files may be meant for, where the one that was chosen is not sure."""
        if not files or kind.accepts(files) > SURE:
            return ()
        others = [each for each in self.schema.kinds.values() if each is not kind and each.accepts(files) > 0]
        name = safe_name(files[0])
        return tuple(f"{name} is read as {kind.data}; as {each.data}: --task {each.name}" for each in others)

    def meant(self, kind: TaskKind, files: Sequence[str]) -> TaskKind:
        """The kind detected for files, or the surest of those that the options of this command leave, if it is sure."""
        given = [path for path, (_, where) in self.chosen.items() if by_hand(where)]
        given += [path for path, _ in self.waiting]
        left = [each for each in self.schema.kinds.values() if all(self.schema.applies(each, path) for path in given)]
        if kind in left or not left:
            return kind
        best = max(left, key=lambda each: each.accepts(files))
        return best if best.accepts(files) > SURE else kind

    def refuse_foreign(self, kind: TaskKind) -> None:
        """Report settings of this command that do not apply to the task; only note those of files, which may serve
        several tasks, and ignore those of the environment and of stored runs."""
        unused: dict[str, list[str]] = {}
        for path, (value, where) in list(self.chosen.items()):
            if not self.schema.foreign(kind, path):
                continue
            del self.chosen[path]
            if by_hand(where):
                task = self.chosen["task"][1]
                line = f"{path}: found {shown_value(value)} ({where}); not for the task '{kind.name}' ({task})"
                owners = [each.name for each in self.schema.kinds.values() if not self.schema.foreign(each, path)]
                hint = f"add --task {' or '.join(owners)}, or remove it"
                own = [each for each in self.schema.settings if not self.schema.foreign(kind, each)]
                longer = [each for each in own if each.rpartition(".")[2].startswith(f"{path.rpartition('.')[2]}_")]
                hint = f"did you mean {self.schema.option(longer[0])}? Otherwise {hint}" if len(longer) == 1 else hint
                self.problems.append(Problem(line, hint))
            elif value != self.schema.settings[path].default and not where.startswith(LENIENT):
                unused.setdefault(where.partition(":")[0], []).append(path)
        self.notes = tuple(
            f"{file}: not used by the task '{kind.name}': {', '.join(paths)}" for file, paths in unused.items()
        )

    def check(self, rule: Rule) -> None:
        """Report a broken rule."""
        values, places = zip(*map(self.current, rule.paths))
        if self.doubtful.isdisjoint(rule.paths) and rule.broken(*values):
            found = zip(rule.paths, values, places)
            texts = [f"{path}: found {shown_value(value)} ({where})" for path, value, where in found]
            self.complain(f"{', '.join(texts)}; allowed: {rule.allowed}")

    def result(self, detect: Callable[[Sequence[str]], TaskKind]) -> "Draft":
        """The Draft of all settings; raises one ConfigError for all problems. detect: kind of task for data files."""
        if "task" not in self.doubtful:
            kind = self.settle(detect)
            for path, item in self.waiting:
                own = (each for each in self.schema.with_option(path) if not self.schema.foreign(kind, each))
                self.choose(next(own, path), item)
            self.refuse_foreign(kind)
        for rule in (*self.schema.rules, *(self.kind.rules if self.kind else ())):
            self.check(rule)
        raise_if_any(self.problems)
        assert self.kind is not None  # without a problem the task was beyond doubt
        values = {path: self.current(path)[0] for path in self.schema.settings}
        return Draft(self.schema, self.kind, values, frozenset(self.chosen), (*self.doubts, *self.notes))


class Draft:
    """A Config in the making: settings that were read, and settings that a task, its data and the machine decide.

    kind: the TaskKind; notes: remarks on the settings, one sentence each. `draft["model.cell"]` is the current value;
    `freeze` makes the Config, once.
    """

    def __init__(
        self,
        schema: Schema,
        kind: TaskKind,
        values: Mapping[str, Any],
        given: Iterable[str],
        notes: tuple[str, ...] = (),
    ):
        self.kind, self.notes, self._schema, self._values = kind, notes, schema, dict(values)
        self._given, self._made = given, None

    def __getitem__(self, path: str) -> Any:
        return self._values[path]

    def given(self, path: str) -> bool:
        """Whether a source sets this setting, rather than its default."""
        return path in self._given

    def decide(self, path: str, value: Any) -> None:
        """Set a setting that depends on the data or the machine; raises KeyError for an unknown one."""
        if self._made is not None:
            raise RuntimeError(f"{path}: the configuration is frozen")
        if path not in self._values:
            raise KeyError(path)
        self._values[path] = value

    def view(self) -> Any:
        """The current settings in the form of a Config, for reading the data that decide the others."""
        return self._schema.build(self._values)

    def freeze(self) -> Any:
        """The Config."""
        if self._made is None:
            self._made = self.view()
        return self._made


def by_hand(where: str) -> bool:
    """Whether the place of a setting is an option of this command."""
    return where == BY_SET or where.startswith(OPTION)


def shown_value(value: Any) -> str:
    return shortened(json.dumps(value))


def did_you_mean(names: Sequence[str]) -> str:
    return f". Did you mean {' or '.join(names)}?" if names else ""


def place_of(section: str) -> str:
    return f" in section {section}" if section else " at the top level"
