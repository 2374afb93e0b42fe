"""Lower rooms never import higher ones, nothing is imported in a circle, and there are few rooms and few arrows."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "rnncli"

LEVELS = [  # a room: a module at the root, or a package with all that is in it; `kinds` is the light half of `tasks`
    {"__init__", "errors", "events", "registry", "random_streams", "phrases", "resources", "settings"},
    {"config", "nn", "optim", "data", "kinds"},
    {"plugins", "storage", "training", "gradcheck", "generation", "laboratory"},
    {"tasks"},
    {"ui"},
    {"cli", "__main__"},
]
KINDS = (
    {"tasks.base", "tasks.options", "tasks.reading", "tasks.metric_checks", "tasks.registry", "tasks.__init__"}
    | {f"tasks.pairs.{name}" for name in ("settings", "options", "accepting", "metric_names")}
    | {f"tasks.texts.{name}" for name in ("settings", "options", "metric_names")}
)
MOST_ROOMS, MOST_ARROWS = 23, 94
ALLOWED = {"numpy", "rich", "yaml", "pandas"}  # what is not the standard library or ours
EXTRAS = {"pyarrow", "matplotlib", "openpyxl", "python_calamine"}  # asked for where they are used, and nowhere else


@cache
def modules():
    """{dotted name below rnncli: path}"""
    return {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}


def room(module):
    if module in KINDS or (module.startswith("tasks.") and module.endswith((".kind", ".__init__"))):
        return "kinds"
    return module.split(".")[0]


def level(module):
    """The level of a module; fails for one that has no place yet."""
    places = [k for k, names in enumerate(LEVELS) if room(module) in names]
    assert len(places) == 1, f"{module} has no place among the levels: give it one in {Path(__file__).name}"
    return places[0]


def imports(module, text):
    """Full dotted names of everything that a module imports, inside functions too; relative ones resolved."""
    tree, here = ast.parse(text), ["rnncli", *module.split(".")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


@cache
def own_imports(module):
    """Modules of ours that a module imports: of "rnncli.nn.cell.Cell" what is a file or a folder."""
    known, found = modules(), set()
    for name in imports(module, known[module].read_text()):
        if not (name + ".").startswith("rnncli."):
            continue
        parts = name.split(".")[1:]
        candidates = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
        found.add(
            next(
                (c if c in known else f"{c}.__init__" for c in candidates if c in known or f"{c}.__init__" in known),
                "__init__",
            )
        )
    return found - {module}


def arrows():
    """{(room, room)} of all imports from one room to another."""
    pairs = {(room(module), room(other)) for module in modules() for other in own_imports(module)}
    return {(one, other) for one, other in pairs if one != other}


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_nothing_from_a_higher_level(module):
    higher = {f"{other} (level {level(other)})" for other in own_imports(module) if level(other) > level(module)}
    assert not higher, f"{module} (level {level(module)}) imports {', '.join(sorted(higher))}"


def test_rooms_are_few_and_so_are_the_arrows_between_them():
    assert len({room(module) for module in modules()}) <= MOST_ROOMS
    assert len(arrows()) <= MOST_ARROWS


def circle(graph):
    """The first circle of a graph {node: nodes} as a list of its nodes, or None."""
    done, path = set(), []

    def visit(node):
        if node in path:
            return [*path[path.index(node) :], node]
        if node not in done:
            path.append(node)
            for other in sorted(graph.get(node, ())):
                if found := visit(other):
                    return found
            done.add(path.pop())

    return next(filter(None, map(visit, graph)), None)


def test_no_modules_import_each_other_in_a_circle():
    found = circle({module: own_imports(module) for module in modules()})
    assert found is None, " -> ".join(found)


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None


def test_only_the_dependencies_that_are_declared_are_imported():
    known = set(sys.stdlib_module_names) | {"rnncli"}
    for module, path in modules().items():
        allowed = ALLOWED | EXTRAS | ({"typer"} if room(module) == "cli" else set())
        foreign = {name.split(".")[0] for name in imports(module, path.read_text())} - known - allowed
        assert not foreign, f"{module} imports {', '.join(sorted(foreign))}"


def test_the_reading_of_imports_sees_relative_absolute_and_late_ones():
    source = (
        "import rnncli.memory\nfrom ..errors import ConfigError\nfrom .nn import cell\n"
        "def f():\n    from rnncli.ui.safe import safe_text\n"
    )
    assert set(imports("nn.some", source)) == {
        "rnncli.memory",
        "rnncli.errors.ConfigError",
        "rnncli.nn.nn.cell",
        "rnncli.ui.safe.safe_text",
    }
