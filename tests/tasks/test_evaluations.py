"""`rnncli eval` of every kind of task: its report on paper, options that belong to others, the help of one run."""

import json
import os
import subprocess
import sys

import pytest
import runs
from untrained import waves, write_long

from rnncli.cli.main import main
from rnncli.cli.task_options import options_of, settled
from rnncli.errors import ConfigError
from rnncli.storage.model_files import load_model
from rnncli.tasks.registry import TASKS
from rnncli.ui.report import SCHEMA, WIDTH

TRAINED = {  # one small run of each kind of task, named as its task
    "language": ("text.txt", "--seq-length", "10", "--test-frac", "0.1"),
    "forecast": (
        "waves.csv",
        "--horizon",
        "4",
        "--window",
        "8",
        "--season",
        "6",
        "--val-size",
        "24",
        "--test-size",
        "12",
    ),
    "classify": ("moods.tsv", "--test-frac", "0.2"),
    "regress": ("rows.csv", "--task", "regress", "--target", "y", "--test-frac", "0.4"),
    "label": ("tags.conll", "--test-frac", "0.2"),
    "describe": ("things.csv", "--task", "describe", "--target", "text", "--test-frac", "0.3"),
    "translate": ("pairs.tsv", "--task", "translate", "--test-frac", "0.3"),
}
EVERYTHING = {  # options that make the report as full as it can be
    "language": ("--context", "8", "--dynamic", "auto", "--per-line", "--per-token"),
    "forecast": ("--per-series", "--per-step"),
    "classify": ("--confusion", "--per-class", "--per-example", "--by-length", "--worst", "3"),
    "regress": ("--per-example", "--worst", "3", "--split", "test"),
    "label": ("--confusion", "--per-class", "--show", "3"),
    "describe": ("--per-example", "--by-length", "--worst", "3"),
    "translate": ("--per-example", "--by-length", "--worst", "3", "--beam", "2"),
}
CHECKS = {
    "language": ("--max", "context_nats_per_token=1", "--beat-baseline"),
    "forecast": ("--max", "coverage_80=1", "--beat-baseline", "seasonal_naive"),
    "classify": ("--max", "nats=1", "--beat-baseline", "majority"),
    "regress": ("--max", "rmse=1", "--beat-baseline", "mean"),
    "label": ("--max", "nats=1", "--beat-baseline", "frequent"),
    "describe": ("--max", "nats_per_symbol=1", "--beat-baseline", "nearest"),
    "translate": ("--max", "nats_per_symbol=1", "--beat-baseline", "copy"),
}
LISTS = {
    "language": ["parts", "lines", "tokens"],
    "forecast": ["series", "steps"],
    "classify": ["classes", "confusion", "calibration", "lengths", "most_wrong", "examples"],
    "regress": ["targets", "deciles", "most_wrong", "examples"],
    "label": ["tags", "confusion"],
    "describe": ["lengths", "most_wrong", "examples"],
    "translate": ["lengths", "most_wrong", "examples"],
}
KINDS = sorted(TRAINED)
OF_PAIRS = ("classify", "regress", "label", "describe", "translate")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a run of each kind."""
    place, before = tmp_path_factory.mktemp("kinds"), os.getcwd()
    os.chdir(place)
    try:
        (place / "text.txt").write_text(runs.a_text())
        write_long(place / "waves.csv", waves())
        for example in (TASKS[name].load().example() for name in OF_PAIRS):
            (place / example.name).write_text(example.text)
        for name, arguments in TRAINED.items():
            small = (
                "--hidden-size",
                "6",
                "--max-steps",
                "6",
                "--workers",
                "1",
                "--sample-length",
                "0",
                "--seed",
                "1",
                "-q",
            )
            assert main(["train", *arguments, *small, "-o", name]) == 0
    finally:
        os.chdir(before)
    return place


@pytest.fixture(autouse=True)
def here(folder, monkeypatch):
    monkeypatch.chdir(folder)


def evaluated(capsys, task, *options):
    """What `rnncli eval` writes to standard output."""
    main(["eval", task, *EVERYTHING[task], *options])
    return capsys.readouterr().out


def strictly(text):
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_every_kind_of_task_is_here():
    assert sorted(TASKS) == KINDS


@pytest.mark.parametrize("task", KINDS)
def test_no_line_of_a_text_report_is_wider_than_80_columns(task, capsys):
    lines = evaluated(capsys, task, *CHECKS[task]).splitlines()
    assert len(lines) > 20 and max(map(len, lines)) <= WIDTH == 80
    assert lines == [line.rstrip() for line in lines] and "" not in (lines[0], lines[-1])


@pytest.mark.parametrize("task", KINDS)
def test_the_json_of_a_report_is_whole_and_in_order(task, capsys):
    found = strictly(evaluated(capsys, task, "--format", "json", *CHECKS[task]))
    keys, lists = list(found), LISTS[task]
    assert keys[:2] == ["schema", "task"] and (found["schema"], found["task"]) == (SCHEMA, task)
    assert keys[-len(lists) - 1 :] == ["checks", *lists] and all(found[name] for name in lists)
    assert [check["name"].partition(" ")[0] for check in found["checks"]] == ["max", "beat-baseline"]
    kind = TASKS[task]
    options = settled(kind, "eval", {"context": 8, "dynamic": "auto"} if task == "language" else {}, task)
    assert set(kind.load().metric_names(load_model(task), options)) == found["metrics"].keys()
    assert all(kind.metric(name) for name in found["metrics"])
    assert found["baselines"] and [name for name in kind.baselines if name in found["baselines"]] == list(
        found["baselines"]
    )
    assert all("skill_percent" in figures for figures in found["baselines"].values())


@pytest.mark.parametrize("task", KINDS)
def test_json_lines_hold_what_json_holds_each_record_once_and_the_total_last(task, capsys):
    whole = strictly(evaluated(capsys, task, "--format", "json"))
    lines = [strictly(line) for line in evaluated(capsys, task, "--format", "jsonl").splitlines()]
    total = lines.pop()
    assert total.pop("record") == "total"
    assert {name: whole.pop(name) for name in total} == total
    by_kind = {}
    for line in lines:
        by_kind.setdefault(line.pop("record"), []).append(line)
    assert sorted(by_kind.values(), key=str) == sorted(whole.values(), key=str) and len(whole) == len(by_kind) > 1


FOREIGN = [
    (kind, option)
    for kind in TASKS.values()
    for other in TASKS.values()
    for option in options_of(other, "eval")
    if option not in options_of(kind, "eval")
]


@pytest.mark.parametrize("kind, option", FOREIGN, ids=[f"{kind.name} {option.name}" for kind, option in FOREIGN])
def test_an_option_of_another_task_is_refused_by_one_wording(kind, option, capsys):
    with pytest.raises(ConfigError) as error:
        settled(kind, "eval", {option.key: "1"}, kind.name)
    name = option.name.partition("/")[0]
    assert str(error.value) == f"{name}: not for the task '{kind.name}' of {kind.name}"
    if option.type is bool:
        assert main(["eval", kind.name, name]) == 2
        assert str(error.value) in capsys.readouterr().err


@pytest.mark.parametrize("task", KINDS)
def test_the_help_of_a_run_shows_the_options_and_examples_of_its_task_alone(task, capsys):
    for arguments in ((task, "-h"), ("--help", "--format", "json", f"{task}/model.safetensors")):
        assert main(["eval", *arguments]) == 0
        shown = capsys.readouterr().out
        assert "--max-regress-from" in shown and "--progress" in shown
        for kind in TASKS.values():
            for option in options_of(kind, "eval"):
                assert (f"  {option.name.partition('/')[0]} " in shown) is (option in options_of(TASKS[task], "eval"))
            assert (kind.examples["eval"][0] in shown) is (kind.name == task)


@pytest.mark.parametrize("arguments", [("-h",), ("missing", "-h"), ("text.txt", "-h"), ("waves.csv", "--help")])
def test_the_help_of_no_run_shows_the_options_of_all_tasks(arguments, capsys):
    assert main(["eval", *arguments]) == 0
    shown = capsys.readouterr().out
    for kind in TASKS.values():
        assert all(f"  {option.name.partition('/')[0]} " in shown for option in options_of(kind, "eval"))


def test_the_help_of_a_run_imports_no_numpy():
    program = (
        "import sys; from rnncli.cli.main import main; code = main(['eval', 'forecast', '-h']);"
        "sys.exit(code or 'numpy' in sys.modules or 'rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "--n-windows" in done.stdout
