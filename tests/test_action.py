"""The GitHub Action does what docs/ci.md says: its scripts run as the runner would run them, in a copy of the tree."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from action_runner import BASH, INPUT, Action
from processes import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
(CELL,) = re.findall(r"`ugrnn\.py`:\n\n```python\n(.*?)```", README, re.S)
WRONG_CELL = CELL.replace("slope.n -= slope.n * s.z", "slope.n *= s.z")
HOSTILE = "a b' \"; touch pwned; $(touch pwned) `touch pwned` ${{ x }} | > pwned && touch pwned #"
RECORDER = """#!/bin/bash
# a stand-in for Python: each call adds the folder and the arguments to a file
if [[ $2 == -c ]]; then echo token; exit; fi
{ printf '%s\\0' "$PWD" "$@"; printf '\\n\\0'; } >> "$RUNNER_TEMP/calls"
if [[ $2 == venv ]]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi
"""

pytestmark = [
    pytest.mark.docs,
    pytest.mark.skipif(not BASH, reason="the action needs bash, which is not here"),
]


def train(folder, arguments):
    """Train a model of two steps there."""
    argv = [sys.executable, "-m", "rnncli", "train", *shlex.split(arguments), "--max-steps", "2", "--workers", "1"]
    env = os.environ | {"PYTHONPATH": str(ROOT), "RNNCLI_CACHE": str(folder / "cache")}
    subprocess.run(argv, cwd=folder, env=env, check=True, capture_output=True, timeout=PATIENCE)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree, with a model of two steps in `model`."""
    copy = tmp_path_factory.mktemp("action") / "tree"
    junk = shutil.ignore_patterns(".git", ".venv", "venv", "runs", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=junk)
    (copy / "novel.txt").write_text((copy / "datasets/tales.txt").read_text(encoding="utf-8")[:9000], encoding="utf-8")
    train(copy, "novel.txt -o model --seed 1")
    return copy


@pytest.fixture
def action(tree, tmp_path):
    """The Action in an empty folder with `model` and its `novel.txt`."""
    workspace, temporary = tmp_path / "workspace", tmp_path / "runner temp"
    workspace.mkdir()
    temporary.mkdir()
    shutil.copytree(tree / "model", workspace / "model")
    shutil.copy(tree / "novel.txt", workspace)
    return Action(tree, workspace, temporary)


@pytest.fixture
def recorded(action):
    """recorded(**inputs): what the action calls when a stand-in takes the place of Python: [folder, argument, ...]."""
    stand_in = action.temporary / "recorder"
    stand_in.write_text(RECORDER)
    stand_in.chmod(0o755)

    def calls(**inputs):
        action(**inputs, python=str(stand_in))
        return [call.split("\0")[:-1] for call in (action.temporary / "calls").read_text().split("\n\0") if call]

    return calls


def test_a_gate_that_holds_passes_with_its_figures_in_the_summary_and_the_report(action):
    done = action(command="eval", run="model", max="bits_per_char=9\nperplexity=500\n", min="characters=10")
    assert done.code == 0 and done.errors == [] and done.outputs["passed"] == "true"
    figure = done.report["metrics"]["bits_per_char"]
    assert 2 < figure < 9
    assert f"| bits_per_char | {figure:.6g} | " in done.summary
    assert f"| max bits_per_char | &lt;= 9 | {figure:.6g} | {9 - figure:.6g} | passed |" in done.summary
    assert f"| bits_per_char | {figure:.6g} | " in done.log
    assert done.summary.startswith("### rnncli eval: passed\n") and done.summary.count("| passed |") == 3


def test_a_gate_that_fails_ends_with_1_an_annotation_for_each_failed_check_and_the_report(action):
    done = action(command="eval", run="model", max="bits_per_char=1\nbits_per_char=9", beat_baseline="kneser_ney")
    assert done.code == 1 and done.outputs["passed"] == "false"
    limit, baseline = done.errors
    assert limit.startswith("max bits_per_char: found ") and ", expected <= 1, margin -" in limit
    assert baseline.startswith("beat-baseline nats_per_char: found ")
    assert [check["passed"] for check in done.report["checks"]] == [False, True, False]
    assert done.summary.count("**FAILED**") == 3 and "<pre>error: 2 of 3 checks failed" in done.summary


def test_files_and_an_earlier_report_are_taken_one_per_line(action):
    (action.workspace / "a b.txt").write_text("The soup. " * 20)
    (action.workspace / "base.json").write_text('{"metrics": {"nats_per_char": 1.0, "perplexity": 1e9}}')
    base = "base.json:5%\nbase.json:perplexity=5%"
    done = action(command="eval", run="model", files="a b.txt\nnovel.txt", max_regress_from=base)
    assert [part["part"] for part in done.report["parts"]] == ["a b.txt", "novel.txt"]
    assert [check["expected"] for check in done.report["checks"]] == [1.05, 1.05e9]
    assert done.code == 1 and len(done.errors) == 1


def test_a_forecaster_has_a_column_for_each_baseline_of_its_task(action):
    (action.workspace / "sales.csv").write_text("y\n" + "".join(f"{n % 7}\n" for n in range(120)))
    train(action.workspace, "sales.csv -o sales --horizon 3")
    done = action(command="eval", run="sales")
    names = list(done.report["baselines"])
    assert {"naive", "drift"} <= set(names) and done.code == 0
    assert f"|  | model | {' | '.join(names)} |\n" in done.summary
    assert "| skill_percent | - | " in done.summary


def test_a_right_cell_passes_gradcheck_and_is_one_row_of_the_summary_whatever_its_name(action):
    (action.workspace / "cell.py").write_text(CELL.replace("    blocks", "    name = 'a|b<i>'\n    blocks"))
    done = action(command="gradcheck", code="cell.py")
    assert done.code == 0 and done.errors == [] and done.outputs["passed"] == "true"
    assert done.report["metrics"]["failed"] == 0 and done.report["metrics"]["checked"] > 100
    (row,) = re.findall(r"^\| (.*) \| [\d,]+ \| \d\.\de-1\d \| 1e-10 \| .* \| passed \|$", done.summary, re.M)
    assert row == "a&#124;b&lt;i&gt;"


@pytest.mark.parametrize("run", ["wrong model", pytest.param("", marks=pytest.mark.slow)])
def test_a_wrong_cell_ends_with_1_and_annotations_and_the_summary_says_where_to_start(run, action):
    (action.workspace / "cell.py").write_text(WRONG_CELL)
    train(action.workspace, f"novel.txt -o '{run or 'x'}' --code cell.py --cell ugrnn --hidden-size 4")
    done = action(command="gradcheck", run=run, code="cell.py", args="--seed=3")
    assert done.code == 1 and done.outputs["passed"] == "false"
    assert done.report["metrics"]["failed"] > 3 and done.report["seed"] == 3
    assert len(done.errors) > 3 and all(message.startswith("gradient of 'ugrnn': ") for message in done.errors)
    worst = done.report["metrics"]["worst_relative_error"]
    assert f" | {worst:.1e} | " in done.summary and f"worst relative error: {worst:.1e}" in done.log, "the same seed"
    assert "| **FAILED** |" in done.summary and "the backward pass is wrong" in done.summary


def test_every_other_failure_keeps_its_exit_code_and_is_annotated_with_its_hint(action):
    done = action(command="eval", run="no model")
    assert done.code == 4 and done.outputs["passed"] == "false"
    (message,) = done.errors
    assert message.startswith("no model at no model%0Ahint: ") and "name a run folder" in message
    assert not message.endswith("%0A")
    assert "### rnncli eval: **FAILED**" in done.summary and "<pre>error: no model at no model" in done.summary


@pytest.mark.parametrize("inputs", [{"command": "gradcheck", "max": "mae=1"}, {"command": "eval", "cell": "gru"}])
def test_an_input_that_the_command_does_not_have_is_refused(inputs, action):
    done = action(**inputs)
    assert done.code == 2 and "no such option" in done.errors[0]


@pytest.mark.parametrize("command", ["train", "", "eval; touch pwned", "--version", "eval\n::set-output name=a::b"])
def test_another_command_is_not_run(command, recorded, action):
    with pytest.raises(FileNotFoundError):
        recorded(command=command)
    done = action(command=command)
    assert done.code == 2 and done.outputs == {"report": "", "passed": ""}
    assert done.errors[0].startswith("command: found ") and done.errors[0].endswith("expected eval or gradcheck")


def test_every_line_of_an_input_is_one_argument_whatever_is_in_it(recorded, action):
    several = {"args": "", "max": "--max=", "min": "--min=", "code": "--code=", "files": "--file="}
    several |= {"beat_baseline": "--beat-baseline=", "max_regress_from": "--max-regress-from="}
    given = {name: f"{HOSTILE}\n\n-x {name}\r\n  two  words  \\" for name in several}
    (call,) = (call for call in recorded(command="eval", run=HOSTILE, cell=HOSTILE, **given) if "--format=json" in call)
    for name, prefix in several.items():
        for line in (HOSTILE, f"-x {name}", "  two  words  \\"):
            assert prefix + line in call
    assert call[1:5] == ["-P", "-m", "rnncli", "eval"] and call[-2:] == ["--", HOSTILE]
    assert f"--cell={HOSTILE}" in call and len(call) == 5 + 3 * len(several) + 5
    assert not any(path.name == "pwned" for path in action.workspace.parent.rglob("*"))


@pytest.mark.parametrize("name", ["run", "files", "max", "beat_baseline", "max_regress_from", "code", "args"])
def test_a_hostile_value_runs_nothing_and_says_nothing_to_the_runner(name, action):
    hostile = f"{HOSTILE}\n::set-output name=passed::true\n##[add-path]x\n::error::forged"
    done = action(**({"command": "eval", "run": "model"} | {name: hostile}))
    assert done.code in (2, 3, 4) and done.outputs["passed"] == "false"
    assert len(done.errors) == 1 and done.errors != ["forged"]
    assert not any(path.name == "pwned" for path in action.workspace.parent.rglob("*"))


def test_nothing_is_imported_from_the_folder_of_the_job(action):
    for name in ("json.py", "numpy.py", "rnncli.py", "html.py", "secrets.py"):
        (action.workspace / name).write_text("raise SystemExit(9)")
    assert action(command="eval", run="model").code == 0


def test_a_python_without_rnncli_and_code_that_prints_are_not_taken_for_failed_checks(action, tmp_path):
    (action.workspace / "cell.py").write_text(f"print('hello')\n{CELL}")
    done = action(command="gradcheck", run="model", code="cell.py", args="--tolerance=1e-99")
    assert done.code == 2 and "`code` prints to standard output" in done.errors[-1]
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nunset PYTHONPATH\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    done = action(command="eval", run="model", python=str(bare))
    assert done.code == 2 and "the log ends: " in done.errors[0] and "rnncli" in done.errors[0]


def test_the_summary_is_left_out_where_it_is_not_wanted(action):
    done = action(command="eval", run="model", max="bits_per_char=1", summary="false")
    assert done.code == 1 and done.summary == "" and len(done.errors) == 1


def test_two_uses_in_a_job_keep_both_reports(action):
    one, two = (action(command="eval", run="model", max=f"bits_per_char={limit}") for limit in (8, 9))
    assert [done.report["checks"][0]["expected"] for done in (one, two)] == [8, 9]


def test_the_installation_goes_into_an_environment_of_its_own_whose_python_runs_the_command(recorded, action):
    venv, pip, run, _ = recorded(command="eval", run="model", install=f".[parquet]\n--pre {HOSTILE}\n")
    environment = Path(venv[3])
    assert venv[0] == pip[0] == str(action.tree) and venv[1:3] == ["-m", "venv"]
    assert environment.parent == action.temporary and environment.is_dir()
    assert pip[1:4] == ["-m", "pip", "install"] and pip[-3:] == ["--", ".[parquet]", f"--pre {HOSTILE}"]
    assert run[0] == str(action.workspace) and run[1:5] == ["-P", "-m", "rnncli", "eval"]
    assert not (action.workspace / "pwned").exists()


def test_by_default_the_action_installs_its_own_copy(action):
    about = action.definition["inputs"]
    assert about["install"]["default"] == "." and about["python"]["default"] == "python3"


def test_scripts_hold_no_expressions_and_use_every_variable_that_they_are_given(action):
    for step in action.definition["runs"]["steps"]:
        assert step.keys() <= {"id", "name", "if", "shell", "env", "run"} and step["shell"] == "bash"
        assert "${{" not in step["run"]
        for name in step["env"]:
            assert re.search(rf"\b{name}\b", step["run"]), name


def test_every_input_is_used_and_every_input_that_is_used_is_declared(action):
    texts = json.dumps([step.get("env") for step in action.definition["runs"]["steps"]])
    assert set(INPUT.findall(texts)) == set(action.definition["inputs"])


def rows(title):
    """{name: the other cells} of the table below a line of the page that begins so."""
    below = PAGE.partition(f"\n{title}")[2].partition("\n\n")[2].partition("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in below.splitlines()[2:]]
    return {name.strip("`"): rest for name, *rest in cells}


def test_the_page_lists_the_inputs_and_outputs_with_their_defaults(action):
    inputs = {
        name: [f"`{about['default']}`" if about.get("default") else "", about["description"]]
        for name, about in action.definition["inputs"].items()
    }
    assert len(inputs) > 10 and rows("Inputs") == inputs
    assert rows("Outputs") == {name: [about["description"]] for name, about in action.definition["outputs"].items()}


def workflow_steps():
    """The steps of the workflows on the page."""
    documents = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S)]
    jobs = [job for document in documents if "jobs" in document for job in document["jobs"].values()]
    return [step for job in jobs for step in job["steps"]]


def test_the_workflows_of_the_page_give_inputs_that_the_action_has(action):
    used = [step["with"] for step in workflow_steps() if "rnncli" in step.get("uses", "")]
    assert {step["command"] for step in used} == {"eval", "gradcheck"}
    assert all(step.keys() <= action.definition["inputs"].keys() for step in used)


def test_the_lines_of_the_examples_for_other_systems_are_run_with_those_of_the_page():
    run = set(re.findall(r"^(?:rnncli|printf) .*", "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.S)), re.M))
    shown = [line for text in re.findall(r"```(?:yaml|make)\n(.*?)```", PAGE, re.S) for line in text.splitlines()]
    lines = [found[1] for line in shown if (found := re.match(r"(?:\s*(?:- )?(?:run: )?|\t)(rnncli .*)", line))]
    assert len(lines) >= 4 and set(lines) <= run
