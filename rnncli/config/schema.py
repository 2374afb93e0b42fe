"""Trees of Written into a dataclass of dataclasses: which names exist, what they hold, what must agree.

Knows nothing of recurrent networks: `config.py` says which settings there are.
"""

import json
from dataclasses import fields, is_dataclass

from .values import Problem, Unreadable, Written, allowed, nearest, raise_if_any, read_as, safe_name, shortened


class Schema:
    """The settings of a dataclass whose fields are settings or, one level down, sections of settings.

    sections: name -> dataclass, "" being the top. names: section -> names in it. settings: "model.cell" -> its field.
    implied: path -> (path of another setting, function): what the value of the other makes of a setting that is not
    given; None leaves it its default.
    """

    def __init__(self, top, rules=(), implied=()):
        self.rules, self.implied = rules, dict(implied)
        self.sections = {"": top} | {entry.name: entry.type for entry in fields(top) if is_dataclass(entry.type)}
        self.names = {section: tuple(entry.name for entry in fields(kind)) for section, kind in self.sections.items()}
        self.settings = {
            join(section, entry.name): entry
            for section, kind in self.sections.items()
            for entry in fields(kind)
            if entry.name not in self.sections
        }

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


class Reading:
    """The settings chosen so far, each with its place, and the problems met on the way.

    A rule is checked only on settings that are beyond doubt: if anything could not be read before, on none.
    """

    def __init__(self, schema, problems):
        self.schema, self.problems = schema, problems
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
        meant = self.schema.meant(section, name)
        names = [f"{known!r}" + ("" if other == section else place_of(other)) for other, known in meant]
        line = f"{join(section, safe_name(name))}: unknown key ({item.named_at or item.where}); known: "
        line += ", ".join(self.schema.names[section]) + did_you_mean(names)
        self.complain(line, *(join(*pair) for pair in meant))

    def complain(self, text, *doubtful):
        self.problems.append(Problem(text))
        self.doubtful.update(doubtful)

    def current(self, path):
        """Value and place of a setting: as chosen, as another setting implies it, or by default."""
        if path in self.chosen:
            return self.chosen[path]
        if path in self.schema.implied:
            other, implied_by = self.schema.implied[path]
            value, where = self.current(other)
            if (implied := implied_by(value)) is not None:
                return implied, where
        return self.schema.settings[path].default, "default"

    def check(self, rule):
        """Report a rule that is broken."""
        values, places = zip(*map(self.current, rule.paths))
        if self.doubtful.isdisjoint(rule.paths) and rule.broken(*values):
            found = zip(rule.paths, values, places)
            texts = [f"{path}: found {shortened(json.dumps(value))} ({where})" for path, value, where in found]
            self.complain(f"{', '.join(texts)}; allowed: {rule.allowed}")

    def result(self):
        """The dataclass with all that was taken; raises one ConfigError for all problems."""
        for rule in self.schema.rules:
            self.check(rule)
        raise_if_any(self.problems)
        values = {section: {} for section in self.schema.sections}
        for path in self.schema.settings:
            section, _, name = path.rpartition(".")
            values[section][name], _ = self.current(path)
        parts = {section: kind(**values[section]) for section, kind in self.schema.sections.items() if section}
        return self.schema.sections[""](**values[""], **parts)


def did_you_mean(names):
    return f". Did you mean {' or '.join(names)}?" if names else ""


def place_of(section):
    return f" in section {section}" if section else " at the top level"
