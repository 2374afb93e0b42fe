"""The recipes of CONTRIBUTING.md lead where they say: each is carried out to the letter in a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in re.split(r"^## ", TEXT, flags=re.M)[1:]}
BLOCK = re.compile(r"([^\n]*\n[^\n]*\n)?\n```(python|sh)\n(.*?)```", re.S)
SAVE = re.compile(r"ave (?:it )?as `(?P<path>[^`]+)`:")
PLACE = re.compile(r"[Ii]n `(?P<path>[^`]+)`, (?P<how>below|in front of|in place of) `(?P<text>[^`]+)`:")

pytestmark = pytest.mark.docs


@pytest.fixture
def tree(tmp_path):
    """A copy of the tree, in which rnncli, python and pytest are those that run this test."""
    copy, bin = tmp_path / "tree", tmp_path / "bin"
    junk = shutil.ignore_patterns(".git", ".venv", "venv", "runs", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=junk)
    bin.mkdir()
    for name, module in {"rnncli": "-m rnncli", "pytest": "-m pytest", "python": ""}.items():
        (bin / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (bin / name).chmod(0o755)
    return copy


def shell(tree, command):
    """Run a command line in the tree; its output, also of standard error."""
    path = f"{tree.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("RNNCLI_", "PYTEST_"))}
    env = inherited | {"PATH": path, "PYTHONPATH": str(tree), "RNNCLI_CACHE": str(tree.parent / "cache")}
    done = subprocess.run(command, shell=True, cwd=tree, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def edited(lines, how, text, block):
    """The lines of a file with a block below, in front of or in place of the one line that has `text` in it."""
    (found,) = [number for number, line in enumerate(lines) if text in line]
    first, last = {"below": (found + 1, found + 1), "in front of": (found, found), "in place of": (found, found + 1)}[
        how
    ]
    return [*lines[:first], *block.splitlines(keepends=True), *lines[last:]]


def carry_out(recipe, tree):
    """Do what a recipe says, block by block."""
    for before, kind, block in BLOCK.findall(recipe):
        before = " ".join(before.split())
        if kind == "sh":
            for command in block.splitlines():
                shell(tree, command)
        elif place := PLACE.search(before):
            path = tree / place["path"]
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            path.write_text("".join(edited(lines, place["how"], place["text"], block)), encoding="utf-8")
        else:
            path = tree / SAVE.search(before)["path"]
            assert not path.exists()
            path.write_text(block, encoding="utf-8")


def test_the_recipe_for_a_cell_ends_with_one_that_passes_its_laws_and_is_listed(tree):
    carry_out(SECTIONS["A new cell"], tree)
    assert "| `ugrnn` | z n | z n | z n |" in (tree / "docs/checkpoint.md").read_text(encoding="utf-8")


def test_the_recipe_for_a_setting_ends_with_one_that_is_read_offered_and_documented(tree):
    carry_out(SECTIONS["A new setting"], tree)
    assert "--hold" in shell(tree, "rnncli train --help")
    assert "| `schedule.hold` | `0.0` |" in (tree / "docs/configuration.md").read_text(encoding="utf-8")


def test_the_recipe_for_a_task_ends_with_one_that_is_trained_evaluated_and_offered(tree):
    carry_out(SECTIONS["A new task"], tree)
    assert "--letters" in shell(tree, "rnncli train --help")
    assert "--digits" in shell(tree, "rnncli generate runs/vowels -h")


def test_what_the_recipes_write_is_formatted_as_the_rest(tree):
    ruff = shutil.which("ruff") or shutil.which("ruff", path=str(Path(sys.executable).parent))
    if ruff is None:
        pytest.skip("ruff is not installed")
    for title in ("A new cell", "A new task", "A new setting"):
        carry_out(re.sub(r"```sh.*?```", "", SECTIONS[title], flags=re.S), tree)
    names = re.findall(r"`((?:rnncli|tests)/[\w/]+\.py)`(?=, (?:below|in )|:\n)", TEXT)
    assert len(set(names)) > 6
    shell(tree, f"{ruff} check {' '.join(names)} && {ruff} format --check {' '.join(names)}")


def test_every_file_and_page_that_is_named_is_there():
    for path in re.findall(r"\]\(([\w./]+)\)", TEXT):
        assert (ROOT / path).exists(), path


def test_make_without_a_target_explains_every_target():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):(.*)$", text, re.M)
    assert len(targets) > 8 and all(rest.startswith("  ## ") for _, rest in targets)
    assert set(re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split()) == {name for name, _ in targets}
