"""Errors and notes advise only options that the command has: whoever reads data does not know for which command."""

import ast
import re
import shlex
from pathlib import Path

import pytest

import rnncli
from rnncli.cli.advice import OPTION, advice_for, cure, options_of, owner_of
from rnncli.cli.app import COMMANDS

PACKAGE = Path(rnncli.__file__).parent


@pytest.mark.parametrize(
    "command, text, advised",
    [
        ("train", "values are masked; --fill ffill fills them", "values are masked; --fill ffill fills them"),
        ("generate", "values are masked; --fill ffill fills them", "values are masked"),
        ("eval", "name it with --target-col; or give another table", "or give another table"),
        ("eval", "name it with --target-col", "name it with --target-col (rnncli train has --target-col)"),
        (
            "generate",
            "give --fill, --val-size or --min-p",
            "give --fill, --val-size or --min-p (rnncli train has --fill, --val-size)",
        ),
        ("train", "give --future FILE", "give --future FILE (rnncli generate has --future)"),
        ("generate", "train with a larger --val-size", "train with a larger --val-size"),
        ("eval", "write `--decimal ,`; or --sep ';'", "write `--decimal ,`; or --sep ';'"),
        ("", "name it with --target-col", "name it with --target-col"),
    ],
)
def test_a_clause_with_an_option_that_the_command_lacks_is_left_out_or_says_whose_it_is(command, text, advised):
    assert advice_for(command, text) == advised


@pytest.mark.parametrize(
    "argv, options, run",
    [
        ("train t.csv -o r", "--id-col 'Row ID,b'", "train t.csv -o r --id-col 'Row ID,b'"),
        ("train t.csv --id-col a --freq D", "--id-col 'a,Unnamed: 0'", "train t.csv --freq D --id-col 'a,Unnamed: 0'"),
        ("train --id-col=a t.csv", "--id-col b", "train t.csv --id-col b"),
        ("train t.csv --na x --na=y", "--na 'no sale'", "train t.csv --na 'x,y,no sale'"),
        ("train t.csv --wide", "--wide --time-col d", "train t.csv --wide --wide --time-col d"),
        ("train 'my t.csv' --sep ';'", "--duplicates sum", "train 'my t.csv' --sep ';' --duplicates sum"),
    ],
)
def test_an_option_that_cures_stands_quoted_in_the_place_of_what_was_given(argv, options, run):
    assert cure(shlex.split(argv), options) == f"; run: rnncli {run}"


def test_no_command_is_printed_without_a_cure_or_with_one_that_the_command_lacks():
    assert cure(["train", "t.csv"], "") == cure(["generate", "r"], "--id-col a") == cure([], "--id-col a") == ""


def options_in(path):
    """{option: line} of every option named in a text of a module, docstrings left out."""
    tree = ast.parse(path.read_text())
    documented = [
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None
    ]
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {option: node.lineno for node in texts if node not in documented for option in OPTION.findall(node.value)}


def test_every_option_that_a_text_of_ours_names_is_an_option_of_some_command():
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parts[-2] in ("pictures", "datasets"):
            continue  # styles begin with dashes too, and the scripts that make data have options of their own
        for option, line in options_in(path).items():
            known = any(option in options_of(name) for name in COMMANDS)
            prefix = any(each.startswith(option) for name in COMMANDS for each in options_of(name))
            assert known or (option.endswith("-") and prefix) or option == "--version", f"{path}:{line}: {option}"


def test_an_option_has_an_owner_and_help_belongs_to_all():
    assert (owner_of("--fill"), owner_of("--future"), owner_of("--nothing")) == ("train", "generate", None)
    assert all("--help" in options_of(name) for name in COMMANDS)


def test_every_command_that_reads_other_files_has_the_options_of_reading_them():
    wanted = re.findall(r"--[\w-]+", "--encoding --sep --decimal --thousands --na --skip-rows --comment --sheet")
    for name in ("train", "generate", "eval", "inspect"):
        assert options_of(name).issuperset([*wanted, "--time-format", "--time-zone"]), name
