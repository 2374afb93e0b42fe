"""Writes the tables of the documentation from the code that they describe: python docs/tables.py

A table stands between <!-- table NAME --> and <!-- end -->. A test says when one is out of date.
"""

import json
import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
TABLE = re.compile(r"(<!-- table (?P<name>[\w.]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text):
    """`text` with every table in it written anew."""
    return TABLE.sub(lambda match: f"{match[1]}{table(match['name'])}\n{match[3]}", text)


def table(name):
    """The table called `name`: "options.train", "settings.model", "settings.top", "rates" or "blocks"."""
    kind, _, what = name.partition(".")
    return {"options": options, "settings": settings, "rates": rates, "blocks": blocks}[kind](*filter(None, [what]))


def markdown(titles, rows):
    """Rows of texts as a table; a | inside a text is escaped."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(text.replace("|", r"\|") for text in line) + " |" for line in lines)


def code(text):
    return f"`{text}`"


def options(command):
    """A table for each group of options of a command, with the words of its help."""
    from rnncli.cli.app import param_group

    groups = {}
    for param, (names, help) in records(command):
        groups.setdefault(param_group(param), []).append([code(names), " ".join(help.split())])
    return "\n\n".join(f"**{title}**\n\n{markdown(['', 'meaning'], rows)}" for title, rows in groups.items())


def records(command):
    """(parameter, (names, help)) of everything that a command takes."""
    from rnncli.cli.app import command as whole

    root = whole()
    single, outer = root.commands[command], root.make_context("rnncli", [command], resilient_parsing=True)
    context = single.make_context(command, ["x"], parent=outer, resilient_parsing=True)
    found = ((param, param.get_help_record(context)) for param in single.get_params(context))
    return [(param, record) for param, record in found if record]


def settings(section):
    """The settings of a section of the configuration; "top" stands for those outside of any."""
    from rnncli.cli.train import SETTINGS as ON_COMMAND_LINE
    from rnncli.config import option_name, schema
    from rnncli.config.values import allowed

    rows = []
    for path, entry in schema().settings.items():
        if path.rpartition(".")[0] == (section if section in schema().sections else ""):
            short = code(option_name(path)) if path in ON_COMMAND_LINE or path == "data.files" else ""
            rows.append(
                [
                    code(path),
                    code(json.dumps(entry.default)),
                    allowed(entry.type, entry.metadata),
                    short,
                    entry.metadata["help"],
                ]
            )
    return markdown(["key", "default", "allowed", "option of `train`", "meaning"], rows)


def rates():
    """The learning rate of every optimizer where none is given."""
    from rnncli.optim.optimizer import UPDATE_RULES

    rows = [[code(name), f"{rule.rate:g}"] for name, rule in UPDATE_RULES.items()]
    return markdown(["optimizer", "default of `optim.lr`"], rows)


def blocks():
    """The blocks of every cell in the order of their columns."""
    from rnncli.nn.blocks import Shares
    from rnncli.nn.cells import CELLS

    rows = []
    for name, cell in CELLS.items():
        if type(cell).__module__.startswith("rnncli.nn."):
            names, shares = [block.name for block in cell.blocks], Shares.of(cell.blocks)
            rows.append(
                [
                    code(name),
                    " ".join(names[shares.x]),
                    " ".join(names[shares.h] + names[shares.u]),
                    " ".join(names),
                    ", ".join(vector.name for vector in cell.vectors),
                    ", ".join(cell.state),
                ]
            )
    return markdown(["cell", "W_x", "W_h", "b", "vectors", "state"], rows)


if __name__ == "__main__":
    sys.path.insert(0, str(DOCS.parent))
    for path in sorted(DOCS.glob("*.md")):
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
