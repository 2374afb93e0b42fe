"""Trees of Written into a dataclass of dataclasses: which names exist, what they hold, what must agree.

Knows nothing of recurrent networks: `loading` says which settings there are.
"""

import json
from dataclasses import fields, is_dataclass

from .values import Problem, Unreadable, Written, allowed, nearest, raise_if_any, read_as, safe_name, shortened


class Schema:
    """The settings of a dataclass whose fields are settings or, one level down, sections of settings.

    sections: name -> dataclass, "" being the top. names: section -> names in it. settings: "model.cell" -> its field.
    kinds: name -> TaskKind, each with its own rules, defaults and settings; rules and implied hold for all of them.
    renamed: old path -> new path, for whoever writes the old one.
    """

    def __init__(self, top, kinds, rules=(), implied=(), renamed=()):
        self.kinds, self.rules, self.implied, self.renamed = kinds, rules, dict(implied), dict(renamed)
        self.sections = {"": top} | {entry.name: entry.type for entry in fields(top) if is_dataclass(entry.type)}
        self.names = {section: tuple(entry.name for entry in fields(kind)) for section, kind in self.sections.items()}
        self.settings = {
            join(section, entry.name): entry
            for section, kind in self.sections.items()
            for entry in fields(kind)
            if entry.name not in self.sections
        }
        self.shared = {path for kind in kinds.values() for path in kind.uses}

    def foreign(self, kind, path):
        """Whether a kind of task has no use for a setting."""
        section, owners = path.rpartition(".")[0], (other for other in self.kinds.values() if other is not kind)
        return any(section in other.sections for other in owners) or (path in self.shared and path not in kind.uses)

    def used(self, kind):
        """The names of the settings that a kind of task has a use for."""
        return tuple(path for path in self.settings if not self.foreign(kind, path))

    def build(self, values):
        """The dataclass of values {path: value}."""
        parts = {section: {} for section in self.sections}
        for path, value in values.items():
            section, _, name = path.rpartition(".")
            parts[section][name] = value
        made = {section: kind(**parts[section]) for section, kind in self.sections.items() if section}
        return self.sections[""](**parts[""], **made)

    def meant(self, section, name):
        """Names that an unknown key of a section was probably meant to be, with their sections: [("model", "cell")]."""
        everywhere = [path.rpartition(".")[::2] for path in self.settings]
        last = name.rpartition(".")[2].lower().replace("-", "_")
        exact = [(other, known) for other, known in everywhere if known == last]
        if exact:
            return exact
        if guess := nearest(last, self.names[section]):
            return [(section, guess)]
        guess = nearest(last, [known for _, known in everywhere])
        return [(other, known) for other, known in everywhere if known == guess]


def join(section, name):
    return f"{section}.{name}" if section else name


def nest(names, item):
    """Written sections around an item: ["model", "cell"] gives {model: {cell: item}}."""
    for name in reversed(names):
        item = Written({name: item}, item.where)
    return item


def from_text(names, text, where, problems):
    """Text of a shell, below the sections in `names`: a YAML list if it begins with [, otherwise a plain value.

    None for a list that is not valid.
    """
    if not text.startswith("["):
        return nest(names, Written(text, where, plain=True))
    from .yaml_files import read_text

    item = read_text(text, lambda line, column: where, problems, tuple(names))
    return nest(names, item) if item else None


LENIENT = ("environment variable", "stored configuration")  # places of settings that may be meant for other tasks


class Reading:
    """The settings chosen so far, each with its place, and the problems met on the way.

    A rule is checked only on settings that are beyond doubt: if anything could not be read before, on none.
    """

    def __init__(self, schema, problems):
        self.schema, self.problems, self.kind, self.notes = schema, problems, None, ()
        self.chosen = {}  # path -> (value, where)
        self.doubtful = set(schema.settings) if problems else set()

    def take(self, tree, section=""):
        """Read every setting of a section; it replaces what was chosen earlier."""
        if section and tree.is_null:
            return  # a section with nothing in it is fine
        if not isinstance(tree.value, dict):
            names = ", ".join(self.schema.names[section])
            self.complain(f"{section or 'configuration'}: found {tree} ({tree.where}); allowed: a section with {names}")
            return
        for name, item in tree.value.items():
            path = join(section, name)
            if name not in self.schema.names[section]:
                self.refuse(section, name, item)
            elif path in self.schema.settings:
                self.choose(path, item)
            else:
                self.take(item, name)

    def choose(self, path, item):
        """Read one setting by the type of its field."""
        entry = self.schema.settings[path]
        try:
            self.chosen[path] = read_as(entry.type, entry.metadata, item), item.where
        except Unreadable as error:
            choices = entry.metadata["choices"]
            guess = nearest(item.value, choices) if choices and isinstance(item.value, str) else None
            line = f"{path}: found {error.found} ({error.where}); allowed: {allowed(entry.type, entry.metadata)}"
            self.complain(line + did_you_mean([repr(guess)] if guess else []), path)

    def refuse(self, section, name, item):
        """Report a key that does not exist."""
        if (path := join(section, name)) in self.schema.renamed:
            self.complain(f"{path}: is called {self.schema.renamed[path]} now ({item.named_at or item.where})")
            return
        meant = self.schema.meant(section, name)
        names = [f"{known!r}" + ("" if other == section else place_of(other)) for other, known in meant]
        line = f"{join(section, safe_name(name))}: unknown key ({item.named_at or item.where}); known: "
        line += ", ".join(self.schema.names[section]) + did_you_mean(names)
        self.complain(line, *(join(*pair) for pair in meant))

    def complain(self, text, *doubtful):
        self.problems.append(Problem(text))
        self.doubtful.update(doubtful)

    def current(self, path):
        """Value and place of a setting: as chosen, as another setting implies it, or by default of the task."""
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

    def settle(self, detect):
        """Find the kind of task: as chosen, or by the names of the data files. detect(names) -> TaskKind."""
        names, _ = self.current("data.files")
        task, where = self.current("task")
        self.kind = self.schema.kinds[task] if task in self.schema.kinds else detect(names)
        if task != self.kind.name:
            where = f"{safe_name(names[0])} is read as {self.kind.data}" if names else "default"
            self.chosen["task"] = self.kind.name, where

    def refuse_foreign(self):
        """Report settings that the task does not use, where they were typed for this command; note those of files,
        which may be meant for several tasks. Those of the environment and of stored runs are left aside."""
        unused = {}
        for path, (value, where) in list(self.chosen.items()):
            if not self.schema.foreign(self.kind, path):
                continue
            del self.chosen[path]
            if where == "--set" or where.startswith("option "):
                task = self.chosen["task"][1]
                line = f"{path}: found {shown_value(value)} ({where}); not for the task '{self.kind.name}' ({task})"
                self.problems.append(Problem(line, "leave it out, or choose the task that you mean with --task"))
            elif value != self.schema.settings[path].default and not where.startswith(LENIENT):
                unused.setdefault(where.partition(":")[0], []).append(path)
        self.notes = tuple(
            f"{file}: not used by the task '{self.kind.name}': {', '.join(paths)}" for file, paths in unused.items()
        )

    def check(self, rule):
        """Report a rule that is broken."""
        values, places = zip(*map(self.current, rule.paths))
        if self.doubtful.isdisjoint(rule.paths) and rule.broken(*values):
            found = zip(rule.paths, values, places)
            texts = [f"{path}: found {shown_value(value)} ({where})" for path, value, where in found]
            self.complain(f"{', '.join(texts)}; allowed: {rule.allowed}")

    def result(self, detect):
        """The Draft of all that was taken; raises one ConfigError for all problems. detect(names) -> TaskKind."""
        if "task" not in self.doubtful:
            self.settle(detect)
            self.refuse_foreign()
        for rule in (*self.schema.rules, *(self.kind.rules if self.kind else ())):
            self.check(rule)
        raise_if_any(self.problems)
        values = {path: self.current(path)[0] for path in self.schema.settings}
        return Draft(self.schema, self.kind, values, frozenset(self.chosen), self.notes)


class Draft:
    """Settings on their way to a Config: those that were read, and those that a task, its data and the machine decide.

    kind: the TaskKind; notes: oddities of the settings, one sentence each. `draft["model.cell"]` is a setting as it
    stands; `freeze` makes the Config, once.
    """

    def __init__(self, schema, kind, values, given, notes=()):
        self.kind, self.notes, self._schema, self._values = kind, notes, schema, dict(values)
        self._given, self._made = given, None

    def __getitem__(self, path):
        return self._values[path]

    def given(self, path):
        """Whether somebody chose this setting."""
        return path in self._given

    def decide(self, path, value):
        """Set what nobody could say before; raises KeyError for a setting that does not exist."""
        if self._made is not None:
            raise RuntimeError(f"{path}: the configuration is made already")
        if path not in self._values:
            raise KeyError(path)
        self._values[path] = value

    def view(self):
        """The settings as they stand, in the form of a Config: for reading the data by which the rest is decided."""
        return self._schema.build(self._values)

    def freeze(self):
        """The Config."""
        if self._made is None:
            self._made = self.view()
        return self._made


def shown_value(value):
    return shortened(json.dumps(value))


def did_you_mean(names):
    return f". Did you mean {' or '.join(names)}?" if names else ""


def place_of(section):
    return f" in section {section}" if section else " at the top level"
