"""Errors and notes advise only options that the command has: whoever reads data does not know for which command."""

import ast
import errno
import re
import shlex
from pathlib import Path

import pytest
from runs import done

import rnncli
from rnncli.cli.advice import OPTION, RESUMING, advice_for, clauses_of, command_of, cure, foreign, options_of, owner_of
from rnncli.cli.app import COMMANDS
from rnncli.cli.main import main

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


# Which commands print the hints of a module: the longest path that its own begins with counts.
ALL = (*COMMANDS, RESUMING)
PRINTED_BY = {
    "cli/train.py": ["train"],
    "cli/eval.py": ["eval"],
    "cli/generate.py": ["generate"],
    "cli/gradcheck.py": ["gradcheck"],
    "cli/inspect": ["inspect"],
    "gradcheck/": ["gradcheck"],
    "laboratory/": ["inspect"],
    "generation/": ["generate"],
    "storage/": ALL,
    "storage/atomic_files.py": ["train", RESUMING],
    "storage/folder_lock.py": ["train", RESUMING],
    "storage/run_folder.py": ["train"],
    "storage/stored_data.py": ["eval", "inspect"],
    "training/": ["train", RESUMING],
    "ui/inspection.py": ["inspect"],
    "ui/pictures/": ["inspect"],
    "tasks/metric_checks.py": ["eval"],
    "tasks/picture_files.py": ["eval", "generate", "inspect"],
    "tasks/classify/": ["eval", "generate", "inspect"],
    "tasks/describe/evaluate.py": ["eval"],
    "tasks/describe/generate.py": ["generate"],
    "tasks/forecast/asked.py": ["generate"],
    "tasks/forecast/evaluate.py": ["eval"],
    "tasks/forecast/evaluation_data.py": ["eval"],
    "tasks/forecast/future_covariates.py": ["generate"],
    "tasks/forecast/generate.py": ["generate"],
    "tasks/forecast/refit.py": ["eval"],
    "tasks/forecast/scoring.py": ["eval"],
    "tasks/forecast/table_files.py": ["generate"],
    "tasks/forecast/table_output.py": ["generate"],
    "tasks/language/evaluate.py": ["eval"],
    "tasks/language/generate.py": ["generate"],
    "tasks/language/reading.py": ["inspect"],
    "tasks/pairs/baselines.py": ["eval"],
    "tasks/pairs/given.py": ["generate"],
    "tasks/pairs/inspecting.py": ["inspect"],
    "tasks/pairs/scored.py": ["eval"],
    "tasks/texts/answering.py": ["generate", "eval"],
    "tasks/translate/attention.py": ["inspect"],
    "tasks/translate/generate.py": ["generate"],
}
RAISES = re.compile(r"(Error|RunInUse|Interrupted|Diverged|CheckFailed|NotReadAgain)$")


def hints_in(path):
    """(line, hint) for each hint that is written in a module: the second text of an error, or a constant for it; `{}`
    in the place of what is filled in."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and RAISES.search(getattr(node.func, "id", getattr(node.func, "attr", ""))):
            yield from ((node.lineno, text) for part in node.args[1:] for text in texts_of(part))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").isupper():
            yield from ((node.lineno, text) for text in texts_of(node.value))


def texts_of(node):
    """The texts that an expression can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)]
    if isinstance(node, ast.IfExp):
        return [*texts_of(node.body), *texts_of(node.orelse)]
    if isinstance(node, ast.BinOp):
        return [one + other for one in texts_of(node.left) or ["{}"] for other in texts_of(node.right) or ["{}"]]
    return []


def printed_by(path):
    """The commands that print the hints of a module; () where the table does not say."""
    name = str(path.relative_to(PACKAGE))
    return PRINTED_BY.get(max((each for each in PRINTED_BY if name.startswith(each)), key=len, default=""), ())


HINTS = [
    pytest.param(hint, command, id=f"{path.relative_to(PACKAGE)}:{line} in {command}")
    for path in sorted(PACKAGE.rglob("*.py"))
    for line, hint in hints_in(path)
    if OPTION.search(hint) and path.parts[-2] not in ("pictures", "datasets")
    for command in printed_by(path)
]


@pytest.mark.parametrize("hint, command", HINTS)
def test_a_hint_names_only_options_of_the_command_that_prints_it(hint, command):
    advised = [each for each in clauses_of(advice_for(command, hint)) if not each.startswith("in another run: ")]
    assert not foreign(command, "; ".join(advised))


@pytest.mark.parametrize(
    "argv, command",
    [
        ("train a.txt -o r", "train"),
        ("train --resume r", RESUMING),
        ("train --resume=r -q", RESUMING),
        ("train --resume auto -o r a.txt", "train"),
        ("eval --resume r", "eval"),
        ("", ""),
    ],
)
def test_resuming_a_run_is_a_command_with_options_of_its_own(argv, command):
    assert command_of(argv.split()) == command


def test_what_a_resumed_run_cannot_take_is_advised_for_another_run():
    assert advice_for(RESUMING, "free space; or choose another folder with --output") == "free space"
    lower = "lower --lr; the last good checkpoint is in r"
    assert advice_for(RESUMING, lower) == "the last good checkpoint is in r; in another run: lower --lr"
    assert advice_for("train", lower) == lower
    assert advice_for(RESUMING, "raise --max-steps") == "raise --max-steps"
    assert cure(["train", "--resume", "r", "a.csv"], "--decimal ,") == ""


def test_a_run_that_cannot_be_written_is_not_to_be_resumed_in_another_folder(apart, capsys, monkeypatch):
    done("r", {"train.max_steps": 1})

    def refused(path, mode):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("rnncli.storage.folder_lock.opened", refused)
    for argv, hint in (
        (["--resume", "r"], "get the permission to write there"),
        (["text.txt", "-o", "s"], "get the permission to write there; or choose another folder with --output"),
    ):
        assert main(["train", *argv]) == 6
        assert capsys.readouterr().err.splitlines()[-1] == f"hint: {hint}"


def test_resuming_takes_the_options_that_are_advised_for_it_and_refuses_the_others(apart, capsys):
    done("r", {"train.max_steps": 1})
    values = {"--max-steps": "2", "--epochs": "1", "--max-seconds": "9", "--show": "none", "--progress": "none"}
    values |= {"--color": "never", "--code": "missing.py"}
    taken = options_of("train") & options_of(RESUMING)
    for option in sorted(taken - {"--resume", "--help"}):
        main(["train", "--resume", "r", option, *filter(None, [values.get(option)])])
        assert "takes no" not in capsys.readouterr().err, option
    for option in sorted(options_of("train") - taken):
        if not option.startswith("--") or option == "--synthetic":
            continue  # -o is --output; and synthetic data are data
        told = ""
        for value in ([], ["1"]):
            main(["train", "--resume", "r", option, *value])
            told += capsys.readouterr().err
        assert "takes no" in told, option


def test_the_table_of_hints_is_as_long_as_expected():
    assert len(HINTS) > 60 and {hint.values[1] for hint in HINTS} == set(ALL)
