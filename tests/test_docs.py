"""The documentation is true: its commands run, its tables are those of the code, its links lead somewhere.

Commands are run as they are shown, in bash, in a folder with small stand-ins for the files that they name. Settings in
the environment make them short: SHORT ends every training after two steps of one process. A command may end with
`# exit code 2`; one with a check on a figure may find a network of two steps too bad for it, and end with 1; one that
draws a picture without matplotlib ends with 2.
"""

import csv
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from processes import PATIENCE

import rnncli
from rnncli import errors
from rnncli.resources import folder

pytestmark = pytest.mark.docs

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
README = DOCUMENTS["README.md"]
SHORT = {
    "RNNCLI_TRAIN__MAX_STEPS": "2",
    "RNNCLI_TRAIN__EVAL_TOKENS": "500",
    "RNNCLI_TRAIN__SAMPLE_LENGTH": "20",
    "RNNCLI_TRAIN__WORKERS": "1",
}
IN_FULL = {"RNNCLI_TRAIN__WORKERS": "1"}
LONG = "gradcheck --all"  # what the settings cannot shorten; run with the slow tests
MEASURED = ("docs/figures.md",)  # much of the other documents once more: run with the slow tests
SETUP = "python3 -m venv"  # begins the two lines that .ci/run runs
CHECKS = ("--max", "--min", "--beat-baseline")  # of eval
PICTURE = "--plot"  # needs matplotlib, without which it ends with an error of the command
EXIT_CODE = re.compile(r"# exit code (\d+)$")
FILE_KINDS = {"yaml": ".yaml", "python": ".py"}
ONEGIN = """Мой дядя самых честных правил,
Когда не в шутку занемог,
Он уважать себя заставил
И лучше выдумать не мог.
"""


@dataclass(frozen=True)
class Block:
    """A piece of code in a document. name: the file that it is to be saved as, or None."""

    kind: str  # "sh", "yaml", "python", "text" ...; "" for an indented one
    text: str
    name: str | None = None

    @property
    def commands(self):
        """The command lines in it."""
        lines = [line.strip() for line in self.text.splitlines()]
        if self.kind == "sh":
            return [line for line in lines if line and not line.startswith("#")]
        return [line for line in lines if not self.kind and line.startswith("rnncli ")]


def blocks(text):
    """The Blocks of a document, in order: fenced ones and indented ones.

    One that follows a line with the name of a file of its kind in backticks is that file.
    """
    kind, name, lines, before = None, None, [], ""
    for line in [*re.sub(r"<!-- table.*?<!-- end -->", "", text, flags=re.S).splitlines(), ""]:
        fence = line.startswith("```")
        indented = line.startswith("    ") and kind in (None, "")
        if kind is not None and (fence or kind == "" and not indented):
            yield Block(kind, "".join(lines), name)
            kind, lines = None, []
        elif fence or (indented and kind is None):
            kind = line.removeprefix("```") if fence else ""
            name = file_name(before, kind)
        if kind is not None and not fence:
            lines.append(line + "\n")
        before = before if fence or kind is not None or not line.strip() else line


def file_name(line, kind):
    """The last name in backticks that is one of a file of this kind, or None."""
    names = [name for name in re.findall(r"`([\w.-]+)`", line) if name.endswith(FILE_KINDS.get(kind, "\0"))]
    return names[-1] if names else None


FILES = {block.name: block.text for text in DOCUMENTS.values() for block in blocks(text) if block.name}


@pytest.fixture
def shell(tmp_path):
    """shell(command, **settings) -> CompletedProcess, in a folder with everything that the documentation names.

    settings: variables of the environment, by default SHORT.
    """
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("the commands are shown for bash, which is not here")
    here, bin = tmp_path / "here", tmp_path / "bin"
    here.mkdir()
    bin.mkdir()
    (bin / "rnncli").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rnncli "$@"\n')
    (bin / "rnncli").chmod(0o755)
    for name, text in (stand_ins() | FILES).items():
        (here / name).write_text(text, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith("RNNCLI_")}
    env |= {
        "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}",
        "RNNCLI_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(Path(rnncli.__file__).resolve().parents[1]),
    }  # the rnncli that is tested

    def run(command, **settings):
        argv = [bash, "-c", command] if isinstance(command, str) else command
        return subprocess.run(
            argv,
            cwd=here,
            env=env | (settings or SHORT),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )

    return run


def stand_ins():
    """{name: text} for the files of users that the commands name."""
    tales = (folder("datasets") / "tales.txt").read_text(encoding="utf-8")
    names = sorted({word for word in re.findall(r"\w+", tales) if word.istitle()})
    return {
        "novel.txt": tales[:20_000],
        "tinyshakespeare.txt": tales[:20_000],
        "other.txt": tales[20_000:21_000],
        "names.txt": "\n".join(names) + "\n",
        "russian_onegin.txt": ONEGIN * 20,
        "new.txt": "a fine soup, and kind people\n\nnever again\n",
    } | tables_of_series()


def tables_of_series():
    """{name: text} for the tables of users: the last days of three shops, one below the other, and side by side."""
    header, *rows = csv.reader((folder("datasets") / "shops.csv").read_text(encoding="utf-8").splitlines())
    kept = [header.index(name) for name in ("unique_id", "ds", "y", "promotion", "price", "region")]
    shops = [[row for row in rows if row[0] == name][-120:] for name in ("ambry", "bridge", "ferry")]
    days = sorted({row[1] for shop in shops for row in shop})
    sold = [{row[1]: row[2] for row in shop} for shop in shops]
    wide = [["ds", "a", "b", "c"], *([day, *(values.get(day, "") for values in sold)] for day in days)]
    tables = {
        "sales.csv": [[row[k] for k in kept] for row in (header, *(row for shop in shops for row in shop))],
        "wide.csv": wide,
        "m4.csv": list(zip(*wide))[1:],
    }
    tables["m4.csv"].insert(0, ["id", *range(1, len(days) + 1)])
    texts = {name: "".join(",".join(map(str, row)) + "\n" for row in table) for name, table in tables.items()}
    return texts | {"umsatz.csv": exported_sheet(days)}


def exported_sheet(days):
    """The table of two shops as a German spreadsheet exports it."""
    begin = "sep=;\nUmsatzbericht 2023;;;\nDatum;Filiale;Umsatz, netto;Feiertag\n"
    dates = [".".join(reversed(day.split("-"))) for day in days]
    rows = (f"{date};{shop};1.{200 + 5 * (k % 7)},50 €;\n" for shop in ("Nord", "Süd") for k, date in enumerate(dates))
    return begin + "".join(rows) + "Summe;;99.999,00 €;\n"


def expected_codes(command):
    """The exit codes that a command may have."""
    if not isinstance(command, str):
        return {0}
    told = EXIT_CODE.search(command)
    if PICTURE in command and importlib.util.find_spec("matplotlib") is None:
        return {errors.ConfigError.exit_code}
    may_fail = "rnncli eval" in command and any(check in command for check in CHECKS)
    return {int(told[1])} if told else {0, 1} if may_fail else {0}


def in_words(command, done):
    return f"{command}\nended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def steps(text):
    """What a document tells to run, in order: command lines, and Python programs as argument lists."""
    for block in blocks(text):
        yield from block.commands
        if block.kind == "python" and block.name is None and can_run(block.text):
            yield [sys.executable, "-c", block.text]


def can_run(program):
    """Whether the libraries that a program of the documentation imports are installed."""
    return "import torch" not in program or importlib.util.find_spec("torch") is not None


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in MEASURED else [])
        for name, text in DOCUMENTS.items()
        if any(steps(text))
    ],
)
def test_every_command_and_program_of_a_document_runs(name, shell):
    for command in steps(DOCUMENTS[name]):
        if isinstance(command, str) and (command.startswith(SETUP) or LONG in command):
            continue
        done = shell(command)
        assert done.returncode in expected_codes(command), in_words(command, done)
        assert "Traceback" not in done.stderr, in_words(command, done)


@pytest.mark.slow
def test_the_long_commands_of_the_documents_run(shell):
    long = {command for text in DOCUMENTS.values() for command in steps(text) if LONG in command}
    assert long
    for command in sorted(long):
        done = shell(command)
        assert done.returncode == 0, in_words(command, done)


def test_the_readme_begins_with_its_purpose_and_two_lines_that_set_themselves_up():
    setup = [command for block in blocks(README) for command in block.commands if command.startswith(SETUP)]
    assert len(setup) == 2
    assert "rnncli train" in setup[0] and "pytest" in setup[1] and "[test,plot,parquet,excel]" in setup[1]
    before = README[: README.index(setup[0])]
    assert before.startswith("# rnncli\n") and len(before) < 1000, "only what it is for comes before"


def test_the_screen_of_the_readme_begins_as_the_quick_start_does(shell):
    shown = next(block.text for block in blocks(README) if block.kind == "text" and "data: " in block.text)
    begin = [line for line in shown.splitlines() if line.startswith(("train: ", "val: ", "model: ", "batches: "))]
    found = shell("rnncli train --progress lines").stderr.splitlines()
    assert len(begin) == 4
    assert set(begin) <= set(found)


@pytest.mark.slow
def test_the_gradient_norms_on_the_page_for_students_are_those_that_its_commands_print(shell):
    page = DOCUMENTS["docs/vanishing.md"]
    tables = re.findall(r"```sh\n([^\n]*)\n```\n\n```text\n(.*?)```", page, re.S)
    row = re.search(r"^\| `lstm-1997` \| ([\d.]+) \| .* \| ([\d.]+) \|$", page, re.M)
    over_time = [command for command in steps(page) if "lstm-1997" in command]
    assert len(tables) == 3 and len(over_time) == 2
    for command, shown in tables:
        found, shown = norms(shell(command, **IN_FULL).stderr), norms(shown)
        assert len(shown) == 5
        for name, figures in shown.items():
            assert found[name] == pytest.approx(figures, rel=0.02), name  # rounding differs between machines
    for command, told in zip(over_time, row.groups()):
        assert norms(shell(command, **IN_FULL).stderr)["layer0.W_h"][0] == pytest.approx(float(told), rel=0.02)


@pytest.mark.slow
def test_the_live_gradients_on_the_page_for_students_are_those_that_its_command_prints(shell):
    section = DOCUMENTS["docs/vanishing.md"].partition("## Live")[2]
    (command,) = steps(section)
    found = shell(command, **IN_FULL).stderr
    shown = re.sub("[│╭╮╰╯]", "", section)
    last = found[found.rindex("gradient norms at step") :]
    for row in (r"(\w+\.\w+) +(\S+e\S+) +(\S+e\S+) +(\S+e\S+)  \S+", r"(layer0 [hc]) +x (\S+) +(\S+) "):
        ours, theirs = ({name: figures for name, *figures in re.findall(row, text)} for text in (shown, last))
        assert ours and ours.keys() == theirs.keys()
        for name, figures in ours.items():
            expected = [float(figure) for figure in theirs[name]]
            assert [float(figure) for figure in figures] == pytest.approx(expected, rel=0.4), name  # 400 steps amplify


def norms(text):
    """{parameter: its three figures} of a gradient-norm table."""
    rows = re.findall(r"^(\w+\.\w+) +(\S+e\S+) +(\S+e\S+) +(\S+e\S+)$", text, re.M)
    return {name: [float(figure) for figure in figures] for name, *figures in rows}


def test_the_error_of_a_wrong_configuration_is_shown_word_for_word(shell):
    shown = next(block.text for block in blocks(DOCUMENTS["docs/configuration.md"]) if "error: model.cel" in block.text)
    assert shell("rnncli train novel.txt -c wrong.yaml").stderr == shown


def test_pytorch_gives_the_nats_that_eval_gives(shell):
    pytest.importorskip("torch")
    commands = [
        command
        for command in steps(DOCUMENTS["docs/checkpoint.md"])
        if "runs/one" in command or not isinstance(command, str) and "torch" in command[-1]
    ]
    outputs = [shell(command).stdout for command in commands]
    theirs = json.loads(outputs[-1].rpartition(": ")[2])
    evaluated = shell(
        "printf 'One morning' > one.txt && rnncli eval runs/one one.txt --no-baseline --per-token --format json"
    ).stdout
    ours = [token["nats"] for token in json.loads(evaluated)["tokens"]]
    assert len(ours) == len("One morning") - 1
    assert theirs == pytest.approx(ours, rel=1e-5)  # float32 on both sides


@pytest.mark.parametrize("data", ["novel.txt", "sales.csv"])
def test_every_key_and_tensor_of_a_checkpoint_is_explained(data, shell):
    """Of parameters, moments and states the first part of the name, of series all of it."""
    assert shell(f"rnncli train {data} --set optim.average=0.9 -o r").returncode == 0
    program = (
        "import glob, json, safetensors\n"
        "for path in (glob.glob('r/checkpoints/*2.safetensors')[0], 'r/model.safetensors'):\n"
        "    with safetensors.safe_open(path, 'numpy') as file:\n"
        "        meta = json.loads(file.metadata()['rnncli'])\n"
        "        tensors = {n if n[:2] == 'se' else n.split('/')[0] + '/' for n in file.keys()}\n"
        "        print(*meta, *tensors, *(name for name in meta['progress'] if name[:5] == 'best_'))"
    )
    names = shell([sys.executable, "-c", program]).stdout.split()
    assert len(names) > 10 and ("record" in names and "series/y" in names) == (data == "sales.csv")
    for name in names:
        assert f"`{name}" in DOCUMENTS["docs/checkpoint.md"], name


@pytest.mark.parametrize(
    "page, data, gate",
    [
        ("docs/cli.md", "novel.txt", "bits_per_char=2.1"),
        ("docs/forecasting.md", "datasets/airline.csv -c series", "mae=30"),
    ],
)
def test_the_json_of_eval_has_the_keys_that_are_shown(page, data, gate, shell):
    shown = json.loads(next(block.text for block in blocks(DOCUMENTS[page]) if block.kind == "json"))
    assert shell(f"rnncli train {data} -o r").returncode == 0
    found = json.loads(shell(f"rnncli eval r --format json --max {gate}").stdout)

    def same_keys(shown, found):
        if isinstance(shown, dict) and shown:
            assert shown.keys() == found.keys()
            for name in shown:
                same_keys(shown[name], found[name])
        elif isinstance(shown, list) and shown:
            same_keys(shown[0], found[0])

    same_keys(shown, found)


@pytest.fixture(scope="module")
def tables():
    """The module docs/tables.py."""
    spec = importlib.util.spec_from_file_location("tables", ROOT / "docs" / "tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_those_of_the_code(tables):
    for name, text in DOCUMENTS.items():
        up_to_date = tables.filled(text) == text
        assert up_to_date, f"{name} is out of date: run python docs/tables.py"


def test_every_option_and_every_setting_stands_in_a_table(tables):
    from rnncli.cli.app import COMMANDS
    from rnncli.config import settings

    for command in COMMANDS:
        for param, _ in tables.records(command):
            missing = [option for option in param.opts if option not in DOCUMENTS["docs/cli.md"]]
            assert not missing, f"{command}: {missing}"
    missing = [path for path in settings() if f"| `{path}` |" not in DOCUMENTS["docs/configuration.md"]]
    assert not missing, missing


def test_every_exit_code_of_an_error_is_explained():
    rows = re.findall(r"^\| ([\d, ]+) \|", DOCUMENTS["docs/cli.md"], re.M)
    told = {int(code) for row in rows for code in row.split(",")}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.RnncliError)]
    assert {kind.exit_code for kind in kinds} | {0, 129, 130, 143, 141} == told


def test_every_module_has_its_room_in_the_architecture():
    names = [
        path.stem
        for path in sorted((ROOT / "rnncli").iterdir())
        if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
    ]
    rows = dict(re.findall(r"^\| [\d, ]+ \| `(\w+)` \| (.*) \|$", DOCUMENTS["docs/architecture.md"], re.M))
    assert all(text.endswith(".") and ". " not in text for text in rows.values()), "a row is one sentence"
    missing = [name for name in names if name not in rows]
    assert len(names) > 15 and not missing, f"docs/architecture.md has no room for {missing}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name):
    for target in re.findall(r"\]\(([^)\s]+)\)", DOCUMENTS[name]):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = (ROOT / name).parent / path if path else ROOT / name
        assert found.exists(), f"{name}: {target}"
        if anchor:
            titles = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.M)
            assert anchor in [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles], target


def test_a_name_in_front_of_a_block_makes_it_a_file_and_indented_commands_are_found():
    found = list(
        blocks(
            "Save it as `a.py`:\n\n```python\nx = 1\n```\n\nThen\n\n    rnncli train\n    no command\n\n"
            "```sh\n# no\nls\n```\n"
        )
    )
    assert [(block.kind, block.name) for block in found] == [("python", "a.py"), ("", None), ("sh", None)]
    assert [block.commands for block in found] == [[], ["rnncli train"], ["ls"]]
