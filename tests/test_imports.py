"""Lower rooms never import higher ones, and nothing is imported in a circle."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "rnncli"

LEVELS = [                                                          # a folder stands for all that is in it
    {"__init__", "errors", "events", "plain"},
    {"registry", "backend"},
    {"params", "memory", "layouts", "init", "noise"},
    {"nn", "data", "optim", "config", "config_reading", "config_sections", "config_values", "config_yaml"},
    {"build", "plugins"},
    {"parallel", "shard", "checkpoint", "runfolder", "evaluate", "scoring", "generate", "sampling", "gates",
     "gradcheck", "gradcheck_cases", "gradcheck_forecasts", "gradcheck_report", "gradflow", "baselines", "resources",
     "budget", "machine", "profiling", "tasks", "forecasting"},
    {"run", "dryrun", "train", "trainer", "refit"},
    {"ui"},
    {"cli", "__main__"},
]
APART = [("nn", "data"), ("nn", "optim"), ("nn", "config"), ("data", "nn"), ("data", "optim"), ("optim", "nn"),
         ("optim", "data"), ("config", "nn"), ("config", "data"), ("config", "optim")]    # rooms side by side
ALLOWED_BELOW_CLI = {"numpy", "rich", "yaml", "safetensors"}        # what is not the standard library or ours
EXTRAS = {"pyarrow", "matplotlib"}                                  # asked for where they are used, and nowhere else


def modules():
    """{dotted name below rnncli: path}"""
    return {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}


def room(module):
    return module.split(".")[0]


def level(module):
    """The level of a module; fails for one that has no place yet."""
    places = [k for k, names in enumerate(LEVELS) if room(module) in names]
    assert len(places) == 1, f"{module} has no place among the levels: give it one in {Path(__file__).name}"
    return places[0]


def imports(module, path):
    """Full dotted names of everything that a module imports, inside functions too; relative ones resolved."""
    tree, here = ast.parse(path.read_text()), ["rnncli", *module.split(".")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[:len(here) - node.level] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def own_imports(module, path):
    """Modules of ours that a module imports: of "rnncli.nn.cell.Cell" what is a file or a folder."""
    known = modules()
    for name in imports(module, path):
        if not (name + ".").startswith("rnncli."):
            continue
        parts = name.split(".")[1:]
        candidates = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
        found = next((c for c in candidates if c in known or f"{c}.__init__" in known), "__init__")
        yield found


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_nothing_from_a_higher_level(module):
    higher = {f"{other} (level {level(other)})" for other in own_imports(module, modules()[module])
              if level(other) > level(module)}
    assert not higher, f"{module} (level {level(module)}) imports {', '.join(sorted(higher))}"


def test_rooms_side_by_side_do_not_import_each_other():
    found = {(room(module), room(other)) for module, path in modules().items() for other in own_imports(module, path)}
    assert not found & set(APART)


def test_no_modules_import_each_other_in_a_circle():
    graph = {module: {other if other in modules() else f"{other}.__init__" for other in own_imports(module, path)}
             - {module} for module, path in modules().items()}
    done, path = set(), []

    def visit(module):
        assert module not in path, " -> ".join([*path[path.index(module):], module])
        if module in done:
            return
        path.append(module)
        for other in sorted(graph.get(module, ())):
            visit(other)
        done.add(path.pop())

    for module in graph:
        visit(module)


def test_only_the_dependencies_that_are_declared_are_imported():
    import sys

    known = set(sys.stdlib_module_names) | {"rnncli"}
    for module, path in modules().items():
        allowed = ALLOWED_BELOW_CLI | EXTRAS | ({"typer"} if room(module) == "cli" else set())
        foreign = {name.split(".")[0] for name in imports(module, path)} - known - allowed
        assert not foreign, f"{module} imports {', '.join(sorted(foreign))}"


def test_the_reading_of_imports_sees_relative_absolute_and_late_ones(tmp_path):
    source = tmp_path / "some.py"
    source.write_text("import rnncli.memory\nfrom ..errors import ConfigError\nfrom .nn import cell\n"
                      "def f():\n    from rnncli.ui.safe import safe_text\n")
    assert set(imports("nn.some", source)) == {"rnncli.memory", "rnncli.errors.ConfigError", "rnncli.nn.nn.cell",
                                               "rnncli.ui.safe.safe_text"}
