"""Code comes from the command alone: the names of code that a model stores are shown and never loaded."""

import sys
from pathlib import Path

import pytest
from runs import killed
from test_plugins import PLAIN
from untrained import waves, write_long

from rnncli.cli.main import main
from rnncli.nn.cells import CELLS
from rnncli.plugins import PREFIX, load_code
from rnncli.storage.checkpoint import load, save
from rnncli.storage.run_folder import checkpoints

EVIL = PLAIN + "\nopen('evil-ran', 'w').close()\n"
MODEL = ["--cell", "plain", "--hidden-size", "6", "--workers", "2", "--batch-size", "8", "--seed", "5", "-q"]
TEXT = ["train", "text.txt", *MODEL, "--max-steps", "3", "-o", "r"]
SERIES = [
    "train",
    "waves.csv",
    "--horizon",
    "4",
    "--window",
    "8",
    "--season",
    "6",
    "--val-size",
    "12",
    *MODEL,
    "--max-steps",
    "4",
    "-o",
    "r",
]


@pytest.fixture(autouse=True)
def command(apart, monkeypatch):
    """command(arguments): the exit code of a command in a process that has loaded no code before."""
    builtin = dict(CELLS._things)
    monkeypatch.setattr(CELLS, "_things", dict(builtin))

    def run(arguments):
        CELLS._things = dict(builtin)
        for name in [name for name in sys.modules if name.startswith(PREFIX)]:
            del sys.modules[name]
        return main(arguments)

    Path("evil.py").write_text(EVIL)
    Path("mine.py").write_text(PLAIN)
    write_long(Path("waves.csv"), waves())
    return run


def store_code(folder, *files):
    """Let every model file of a run say that it was trained with the code of `files`."""
    for path in (*checkpoints(folder), Path(folder, "model.safetensors")):
        if path.exists():
            arrays, meta = load(path)
            meta["config"]["model"]["code"] = list(files)
            save(path, arrays, {key: value for key, value in meta.items() if key != "seal"})


def test_the_code_of_a_test_is_seen_to_run():
    load_code(["evil.py"])
    assert Path("evil-ran").exists()


def test_a_resumed_run_loads_no_code_that_its_checkpoint_names(command):
    killed("r", 25, {"train.workers": "2"})
    store_code("r", "evil.py")
    assert command(["train", "--resume", "r", "-q"]) == 0
    assert not Path("evil-ran").exists()


def test_a_refit_loads_no_code_that_the_model_names(command):
    assert command([part.replace("plain", "gru") for part in SERIES]) == 0
    store_code("r", "evil.py")
    assert command(["eval", "r", "--refit", "--n-windows", "1", "-q"]) == 0
    assert not Path("evil-ran").exists()


def test_workers_of_a_resumed_run_load_the_code_of_the_command_wherever_it_lies_now(command):
    assert command([*TEXT, "--code", "mine.py"]) == 0
    store_code("r", "evil.py")
    Path("mine.py").rename("moved.py")
    assert command(["train", "--resume", "r", "--max-steps", "6", "--code", "moved.py", "-q"]) == 0
    assert load(checkpoints("r")[-1])[1]["progress"]["step"] == 6 and not Path("evil-ran").exists()


def test_a_refit_loads_the_code_of_the_command_wherever_it_lies_now(command):
    assert command([*SERIES, "--code", "mine.py"]) == 0
    Path("mine.py").rename("moved.py")
    assert command(["eval", "r", "--refit", "--n-windows", "1", "--code", "moved.py", "-q"]) == 0


def test_a_configuration_runs_no_code_that_the_command_does_not_name(command, capsys):
    Path("mine.yaml").write_text("model: {code: [mine.py]}\n")
    assert command([*TEXT, "-c", "mine.yaml"]) == 2
    assert "model.code: found mine.py; code runs only when --code names it" in capsys.readouterr().err
    assert command([*TEXT, "-c", "mine.yaml", "--code", "mine.py"]) == 0


@pytest.mark.parametrize(
    "arguments", [["train", "--resume", "r"], ["generate", "r"], ["eval", "r"], ["gradcheck", "r"]]
)
def test_an_unknown_cell_is_said_with_the_code_that_it_came_from(command, capsys, arguments):
    assert command([*TEXT, "--code", "mine.py"]) == 0
    store_code("r", "evil.py", "line\nbreak.py")
    assert command(arguments) == 2
    assert capsys.readouterr().err.splitlines()[-2:] == [
        f"error: {checkpoints('r')[-1] if arguments[0] == 'train' else 'r/model.safetensors'}: unknown cell 'plain'",
        "hint: the model was trained with --code evil.py --code $'line\\nbreak.py'; if you trust that file, add "
        "--code again",
    ]
    assert not Path("evil-ran").exists()


def test_the_commands_after_a_run_name_the_code_that_its_cell_needs(command, capsys):
    Path("mine.py").rename("my cell.py")
    assert command([*(part for part in TEXT if part != "-q"), "--code", "my cell.py"]) == 0
    printed = capsys.readouterr().err.partition("next:\n")[2].splitlines()
    assert [line.partition("  #")[0] for line in printed] == [
        "rnncli generate r --code 'my cell.py'",
        "rnncli eval r --code 'my cell.py'",
        "rnncli inspect r --code 'my cell.py'",
        "rnncli train --resume r --code 'my cell.py' --max-steps 6",
    ]
    assert command(["generate", "r", "--code", "my cell.py", "--length", "3"]) == 0
