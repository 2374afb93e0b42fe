"""No module outside tasks/NAME/ names that task, its settings or its arrays: a sixth task is a folder and a line."""

import ast
from pathlib import Path

import pytest

from rnncli.config import schema
from rnncli.tasks.registry import TASKS, load_task
from rnncli.training.run import complete

pytestmark = pytest.mark.usefixtures("apart")
PACKAGE = Path(__file__).resolve().parents[2] / "rnncli"
REGISTRY = "tasks/registry.py"  # a line for each task
COMMON = {"inputs", "targets", "mask"}  # names of arrays that are words of the field
SHARED = {"ahead", "real", "weight", "summary", "grams", "gram_values", "spelled", "characters", "character_mask"}
SHARED |= {"source", "source_mask", "features"}
TASKS_FOLDER = "rnncli.tasks"  # whose own modules belong to no task
IN_NN = ("nn/", "gradcheck/")  # where the models that several tasks share name those


def modules_outside(name):
    """{path below the package: syntax tree} of every module that does not belong to the task."""
    paths = (path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py")))
    return {path: ast.parse((PACKAGE / path).read_text()) for path in paths if not path.startswith(f"tasks/{name}/")}


def texts(tree):
    """Every string constant of a module but its docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    first = [node.body[0] for node in ast.walk(tree) if isinstance(node, documented) and node.body]
    docstrings = {id(node.value) for node in first if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings)
    return [node.value for node in constants if isinstance(node.value, str)]


def attributes(tree):
    """{"train.seq_length"} for every config.train.seq_length: what is read of which name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            yield f"{owner}.{node.attr}"


def imported(tree):
    """Every module that is imported, as it is written."""
    return [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def own_sections(kind):
    """The sections of a kind without those that several kinds share and that are declared beside all tasks' folders."""
    beside = {name for name, section in kind.sections.items() if section.__module__.rpartition(".")[0] == TASKS_FOLDER}
    others = {name for other in TASKS.values() if other is not kind for name in other.sections}
    return {*kind.sections} - (beside & others)


@pytest.mark.parametrize("name", list(TASKS))
def test_no_module_outside_its_folder_names_a_task_or_imports_it(name):
    for path, tree in modules_outside(name).items():
        assert name not in texts(tree), path
        if path != REGISTRY:
            assert not any(f"{name}." in f"{module}." for module in imported(tree)), path


@pytest.mark.parametrize("name", list(TASKS))
def test_no_module_outside_its_folder_names_a_setting_of_a_task(name):
    kind, others = TASKS[name], [kind for other, kind in TASKS.items() if other != name]
    own = own_sections(kind)
    alone = {path for path in kind.uses if not any(path in other.uses for other in others)}
    alone |= {path for path in schema().settings if path.partition(".")[0] in own}
    sharing = {"pairs", "texts", *(other.name for other in others if set(other.sections) & own)}
    for path, tree in modules_outside(name).items():
        if path.startswith(tuple(f"tasks/{each}/" for each in sharing)):
            continue  # settings that tasks share, and those of the others, which a test of their own looks after
        assert not alone & set(texts(tree)), path
        assert not {f"config.{section}" for section in own} & set(attributes(tree)), path
        if not path.startswith(("data/text/", "nn/")):  # readers of texts, and layers, are handed a section
            assert not alone & set(attributes(tree)), path


@pytest.mark.parametrize("name", list(TASKS))
def test_no_module_outside_its_folder_names_an_array_of_a_task(name):
    from rnncli.config import read_settings

    example = TASKS[name].load().example()
    Path(example.name).write_text(example.text)
    settings = {"task": name, "data.files": [example.name]} | example.settings
    task = load_task(complete(read_settings(overrides=settings)))
    N = task.batches.N
    names = {*task.model.batch(task.batches.sizes[0], N), *task.extra_tensors()} - COMMON
    prefixes = tuple({f"{array.partition('/')[0]}/" for array in task.extra_tensors()}) or ("no such prefix",)
    for path, tree in modules_outside(name).items():
        if not path.startswith(("data/", "tasks/")):  # whose batchers and tasks make them
            assert not names - (SHARED if path.startswith(IN_NN) else set()) & set(texts(tree)), path
            assert not [text for text in texts(tree) if text.startswith(prefixes)], path
