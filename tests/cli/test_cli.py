"""The command line as a user or a script meets it: help, errors, exit codes, streams, and whole runs of `train`."""

import json
import os
import shlex
import signal
import subprocess
import sys

import pytest
from processes import PATIENCE, child

import rnncli
from rnncli import errors, resources
from rnncli.cli.app import COMMANDS, command, split_examples
from rnncli.cli.main import chosen, main
from rnncli.cli.train import fresh_folder, groups
from rnncli.config import settings

TINY = ("--hidden-size", "8", "--eval-every", "3", "--sample-length", "5", "--batch-size", "4", "--seq-length", "10")
TEXT = "".join(f"{number} sheep went over the hill, and then {number * 7} more.\n" for number in range(60))


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    """A current folder with one small text and nothing else; no variable of the environment that would matter."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "sheep.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(capfd):
    """Calls one command line; returns (exit code, standard output, standard error)."""

    def call(*argv):
        code = main(argv)
        return code, *capfd.readouterr()

    return call


def python(code, env=None):
    """Standard output of Python code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env, timeout=PATIENCE
    ).stdout


def contexts():
    """The context of `rnncli` and of each command."""
    root = command()
    outer = root.make_context("rnncli", ["train"], resilient_parsing=True)
    yield root, outer
    for name in COMMANDS:
        single = root.commands[name]
        yield single, single.make_context(name, ["x"], parent=outer, resilient_parsing=True)


def test_every_option_has_help_and_every_command_begins_with_two_examples():
    for single, context in contexts():
        assert all(param.help for param in single.get_params(context)), single.name
        assert len([*split_examples(single.help)[0], *single.more_examples(context)]) >= 2, single.name
        assert context.get_help().startswith("Examples:\n  rnncli"), single.name


def test_the_list_of_commands_says_what_each_says_of_itself():
    for name, (_, _, summary) in COMMANDS.items():
        assert " ".join(command().commands[name].help.partition("\n\n")[0].split()) == summary


def test_the_examples_of_every_help_are_command_lines_that_parse():
    for single, context in contexts():
        for line in [*split_examples(single.help)[0], *single.more_examples(context)]:
            program, name, *arguments = shlex.split(line)
            assert program == "rnncli"
            command().commands[name].make_context(name, arguments)  # raises a usage error otherwise


@pytest.mark.parametrize("width", ["60", "80"])
def test_help_fits_its_terminal(width, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", width)
    code, out, _ = run("train", "-h")
    assert code == 0
    text = out.partition("Usage:")[2]  # examples are never wrapped, so that they can be copied
    assert max(map(len, text.splitlines())) <= int(width)


@pytest.mark.parametrize("argv", [["--version"], ["--help"], *([name, "--help"] for name in COMMANDS)])
def test_numpy_and_rich_are_not_imported_for_help(argv):
    code = f"import sys; from rnncli.cli.main import main; main({argv}); print({{'numpy', 'rich'}} & set(sys.modules))"
    assert python(code).endswith("set()\n")


def test_typer_is_not_imported_for_the_version():
    code = "import sys; from rnncli.cli.main import main; main(['--version']); print('typer' in sys.modules)"
    assert python(code) == f"rnncli {rnncli.__version__}\nFalse\n"


def test_python_m_rnncli_is_the_same_command():
    found = subprocess.run(
        [sys.executable, "-m", "rnncli", "--version"], capture_output=True, text=True, timeout=PATIENCE
    )
    assert (found.returncode, found.stdout) == (0, f"rnncli {rnncli.__version__}\n")


def test_without_a_command_the_help_is_shown(run):
    assert run()[:2] == run("--help")[:2]


def test_the_settings_of_train_take_help_default_and_choices_from_the_configuration(run):
    text = " ".join(run("train", "--help")[1].split())
    for path in (path for paths in groups().values() for path in paths):
        words = settings()[path].metadata["help"].partition("; null: ")[0].rstrip(".")
        assert words in text, path
    by_data = "; ".join(f"{task}: chosen by the data" for task in ("classify", "regress", "translate"))
    assert "--tokens char|byte|word|symbol Unit of a token; symbol: what stands between blanks" in text
    assert f"[default: char; {by_data}]" in text
    assert "Update rule: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw. [default: adam]" in text
    assert "Update steps. [default: no limit]" in text


@pytest.mark.parametrize(
    "argv, code, message, hint",
    [
        (["trian"], 2, "rnncli: no such command 'trian'", "did you mean 'train'?"),
        (["train", "--hiden-size", "3"], 2, "rnncli train: no such option --hiden-size", "did you mean --hidden-size?"),
        (["train", "--lr"], 2, "rnncli train: option '--lr' requires an argument", "rnncli train --help"),
        (["train", "--color", "pink"], 2, "rnncli train: invalid value for '--color': 'pink' is not one of", "--help"),
        (["generate"], 2, "rnncli generate: missing argument 'RUN'", "rnncli generate --help"),
        (["train", "nothere.txt"], 3, "nothere.txt", ""),
        (["train", "sheep.txt", "--cell", "lstmm"], 2, "unknown cell 'lstmm'", "did you mean 'lstm'?"),
        (["train", "sheep.txt", "--code", "none.py"], 2, "none.py", ""),
        (["train", "-c", "none.yaml"], 2, "none.yaml", ""),
        (["train", "-c", "empty.yaml"], 2, "no data: neither the command nor empty.yaml names a file", "train FILE"),
        (["train", "--resume", "nowhere"], 4, "nowhere", ""),
        (["train", "sheep.txt", "--resume", "x", "--lr", "1", "-q"], 2, "takes no --lr", "--max-steps"),
        (["train", "sheep.txt", "--resume", "auto"], 2, "-o is missing", "-o RUN"),
        (["train", "sheep.txt", "--resume", "auto", "-o", "x", "--dry-run"], 2, "--dry-run", "remove --dry-run"),
        (["train", "sheep.txt", "-o", "sheep.txt"], 6, "sheep.txt is a file, not a folder", "-o"),
        (["train", "no\x1b[31mfile\n"], 3, r"no\x1b[31mfile\n", ""),
    ],
)
def test_an_error_is_two_lines_on_stderr_and_nothing_on_stdout(argv, code, message, hint, run, empty_folder):
    (empty_folder / "empty.yaml").write_text("", encoding="utf-8")
    found, out, err = run(*argv)
    assert (found, out) == (code, "")
    lines = err.splitlines()
    assert len(lines) == 2, err
    assert lines[0].startswith("error: ") and message in lines[0]
    assert lines[1].startswith("hint: ") and hint in lines[1]


def test_all_problems_of_a_configuration_are_told_at_once_with_one_hint(run):
    code, out, err = run("train", "sheep.txt", "--lr", "-3", "--optimizer", "adm", "--set", "model.sell=4")
    *problems, hint = err.splitlines()
    assert (code, out, len(problems)) == (2, "", 3)
    assert "model.sell: unknown key" in err and "optim.lr: found '-3' (option --lr)" in err
    assert "Did you mean 'adam'?" in err and hint.startswith("hint: ")


@pytest.mark.parametrize(
    "error, code, lines",
    [
        (errors.CheckFailed("too large", "train longer"), 1, ["error: too large", "hint: train longer"]),
        (errors.Diverged("not finite"), 5, ["error: not finite"]),
        (errors.RunInUse("in use", "wait"), 7, ["error: in use", "hint: wait"]),
        (errors.Interrupted("stopped", "resume", 143), 143, ["interrupted: stopped", "hint: resume"]),
        (MemoryError("Unable to allocate 3 GiB"), 6, ["error: not enough memory: Unable to allocate 3 GiB", "hint: "]),
        (PermissionError(13, "Permission denied", "a/b"), 6, ["error: a/b: Permission denied", "hint: "]),
        (OSError(28, "No space left on device"), 6, ["error: No space left on device", "hint: "]),
        (KeyboardInterrupt(), 130, []),
        (ValueError("x\ny"), 70, [r"error: a bug of ours: ValueError: x\ny", "hint: run it again with --debug"]),
    ],
)
def test_every_exception_has_its_exit_code_and_no_traceback(error, code, lines, run, monkeypatch):
    def fail(argv):
        raise error

    monkeypatch.setattr("rnncli.cli.app.invoke", fail)
    found, out, err = run("train")
    assert (found, out) == (code, "")
    assert len(err.splitlines()) == len(lines)
    assert all(line.startswith(expected) for line, expected in zip(err.splitlines(), lines))


def test_debug_shows_the_traceback_before_the_two_lines(run):
    code, _, err = run("train", "nothere.txt", "--debug")
    assert code == 3 and err.startswith("Traceback") and err.splitlines()[-1].startswith("hint: ")


def test_errors_are_coloured_only_when_asked(run, monkeypatch):
    assert "\x1b" not in run("trian")[2]
    assert run("train", "--color=always", "nothere.txt")[2].startswith("\x1b[1;31merror:\x1b[0m nothere.txt")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run("trian")[2].startswith("\x1b[1;31merror:\x1b[0m")
    assert "\x1b" not in run("train", "nothere.txt", "--color", "never")[2]
    assert chosen(["--prompt", "--color", "never"], "--color", ("always", "never")) == "never"


@pytest.mark.parametrize(
    "arguments", [["train", "-h"], ["gradcheck", "--cell", "rnn", "--seed", "1", "--progress", "none"]]
)
def test_a_reader_that_goes_away_is_met_with_silence_and_141(arguments):
    """Neither the help nor a table, which Rich writes, ends with the exit code of a failed check."""
    code = f"import sys, rnncli.cli.main as m; sys.argv = ['rnncli', *{arguments}]; sys.exit(m.main())"
    with child(sys.executable, "-c", code, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as closed:
        closed.stdout.close()
        assert closed.stderr.read() == b""
        assert closed.wait() == 141


def test_a_run_goes_to_a_fresh_folder_and_says_where(run, empty_folder):
    for name in ("runs/sheep-gru", "runs/sheep-gru-2"):
        code, out, err = run("train", "sheep.txt", "--cell", "gru", "--max-steps", "3", "--seed", "5", *TINY)
        assert (code, out) == (0, "")
        assert f"run folder {name}: 3 steps" in err and "seed 5" in err
        assert f"rnncli generate {name}" in err
        files = {path.name for path in (empty_folder / name).iterdir()}
        assert {"config.yaml", "model.safetensors", "checkpoints", "log.jsonl", "summary.json"} <= files
    assert fresh_folder("sheep-gru") == "runs/sheep-gru-3"


def test_a_seed_is_drawn_told_and_stored_where_none_is_given(run, empty_folder):
    err = run("train", "sheep.txt", "-o", "r", "--max-steps", "1", *TINY)[2]
    seed = next(line.rpartition("seed ")[2] for line in err.splitlines() if "parameters" in line)
    assert f"\nseed: {seed}\n" in (empty_folder / "r/config.yaml").read_text(encoding="utf-8")


def test_short_options_win_over_assignments_and_those_over_files(run, empty_folder):
    (empty_folder / "a.yaml").write_text("optim: {lr: 1e-3}\nmodel: {hidden_size: 4}\nseed: 1\n", encoding="utf-8")
    code, _, err = run(
        "train",
        "sheep.txt",
        "-c",
        "a.yaml",
        "--set",
        "optim.lr=1e-2",
        "--set",
        "seed=2",
        "--seed",
        "3",
        "--max-steps",
        "1",
        "-o",
        "r",
        "-q",
    )
    assert (code, err) == (0, "")
    stored = (empty_folder / "r/config.yaml").read_text(encoding="utf-8")
    assert "lr: 0.01" in stored and "hidden_size: 4" in stored and "seed: 3" in stored


def test_a_dry_run_tells_what_would_be_on_stdout_and_writes_nothing(run, empty_folder):
    code, out, err = run("train", "sheep.txt", "--dry-run", "--max-steps", "40", *TINY)
    assert (code, err) == (0, "")
    for part in ("parameters", "memory", "40 steps", "runs/sheep-lstm/model.safetensors"):
        assert part in out
    assert [path.name for path in empty_folder.iterdir()] == ["sheep.txt"]


def test_json_lines_of_a_run_are_events(run):
    err = run("train", "sheep.txt", "--progress", "jsonl", "--max-steps", "3", *TINY)[2]
    names = [json.loads(line)["event"] for line in err.splitlines()]
    assert names[0] == "run_started" and names[-1] == "run_finished" and names.count("step_done") == 3


def test_gradient_norms_are_shown_with_norms_every_or_verbose_and_not_otherwise(run):
    budget = ("--max-steps", "2", *TINY, "--eval-every", "100")
    assert "gradient norms" not in run("train", "sheep.txt", *budget)[2]
    assert run("train", "sheep.txt", "--norms-every", "1", *budget)[2].count("gradient norms at step") == 2


def test_resume_extends_a_run_and_auto_starts_or_goes_on(run):
    repeated = ("train", "sheep.txt", "--resume", "auto", "-o", "r", *TINY, "--max-steps")
    assert "run folder r: 2 steps" in run(*repeated, "2")[2]
    assert "run folder r: continues from step 2, 4 steps" in run(*repeated, "4")[2]
    code, _, err = run("train", "--resume", "r", "--max-steps", "6")
    assert code == 0 and "continues from step 4, 6 steps" in err


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_that_can_be_resumed(number, code, run, empty_folder):
    argv = ["train", "sheep.txt", "-o", "r", "--max-steps", "1000000", "--progress", "lines", *TINY]
    with child(sys.executable, "-m", "rnncli", *argv, stderr=subprocess.PIPE, text=True) as process:
        assert any("run folder" in line for line in process.stderr)
        process.send_signal(number)
        lines = process.communicate()[1].splitlines()
    assert process.returncode == code
    assert lines[-2].startswith("interrupted: ") and "rnncli train --resume r" in lines[-1]
    assert run("train", "--resume", "r", "--max-steps", "1")[0] == 0


def test_the_quick_start_runs_anywhere_without_arguments(run, empty_folder):
    code, out, err = run("train", "--max-steps", "2", "--batch-size", "4")
    assert (code, out) == (0, "")
    assert "tales.txt" in err and "run folder runs/quickstart: " in err and "rnncli generate runs/quickstart" in err


def test_embedded_data_and_configurations_are_found_and_files_of_the_user_come_first(empty_folder):
    for name in ("tales.txt", "names"):  # a file, a folder
        assert resources.find_data(f"datasets/{name}") == str(resources.folder("datasets") / name)
    assert resources.find_config("quickstart") == str(resources.folder("configs") / "quickstart.yaml")
    for name in ("datasets/none.txt", "datasets/../rnncli/errors.py", "tales.txt", "-"):
        assert resources.find_data(name) == name
    (empty_folder / "datasets").mkdir()
    (empty_folder / "datasets/tales.txt").write_text("mine", encoding="utf-8")
    assert resources.find_data("datasets/tales.txt") == "datasets/tales.txt"


def test_shell_completion_knows_commands_options_cells_runs_and_configurations(empty_folder):
    def complete(words):
        code = "from rnncli.cli.main import main; main([])"
        env = {"_RNNCLI_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        return python(code, os.environ | env).split()

    assert complete("rnncli tr") == ["train"]
    assert "--hidden-size" in complete("rnncli train --hid")
    assert "gru" in complete("rnncli train --cell g")
    assert complete("rnncli train --tokens w") == ["word"]
    assert complete("rnncli train -c qu") == ["quickstart"]
    assert complete("rnncli train --set model.forg") == ["model.forget_bias="]
    (empty_folder / "runs/one/checkpoints").mkdir(parents=True)
    (empty_folder / "runs/two").mkdir()
    (empty_folder / "my.yaml").touch()
    assert complete("rnncli eval ") == ["runs/one", "runs/", "runs/two/"]
    assert complete("rnncli train --resume runs/o") == ["runs/one"]
    assert complete("rnncli train -c my") == ["my.yaml"]


@pytest.mark.parametrize(
    "option, meant",
    [
        ("--learning-rate", "--lr"),
        ("--level", "--tokens"),
        ("--steps", "--max-steps"),
        ("--num-layer", "--num-layers"),
        ("--batchsize", "--batch-size"),
        ("--device", None),
        ("--gpu", None),
        ("--fp16", None),
    ],
)
def test_an_unknown_option_gets_a_sensible_suggestion_or_none(option, meant, run):
    hint = run("train", "sheep.txt", option, "x")[2].splitlines()[1]
    assert hint == f"hint: did you mean {meant}?" if meant else hint == "hint: see rnncli train --help"


@pytest.mark.parametrize("argv", [["train"], ["eval", "r"], ["generate", "r"]])
@pytest.mark.parametrize("name, word", [("-dash.txt", "-dash.txt"), ("--a b.csv", "'--a b.csv'"), ("-qzz", "-qzz")])
def test_a_file_whose_name_begins_with_a_dash_is_told_from_an_option(argv, name, word, run, empty_folder):
    (empty_folder / name).touch()
    hint = run(*argv, name)[2].splitlines()[1]
    assert hint == f"hint: if the file {word} is meant: {word.replace('-', './-', 1)}"
    assert run(*argv, name, "--quiet", "--hiden")[2] != run(*argv, "--quiet", "--hiden")[2]
    assert "is meant" not in run(*argv, f"./{name}", "--hiden")[2]


@pytest.mark.parametrize(
    "argv",
    [
        ["train", "{}/a.txt"],
        ["train", "{}/a.csv"],
        ["train", "quickstart.txt", "-c", "{}/a.yaml"],
        ["train", "--resume", "{}/r"],
        ["train", "sheep.txt", "--init-from", "{}/r"],
        ["eval", "{}/m.safetensors"],
        ["inspect", "--data={}/a.txt"],
    ],
)
@pytest.mark.parametrize("address", ["https://a.example", "ftp://a.example"])
def test_an_address_in_place_of_a_file_is_called_that(argv, address, run, empty_folder):
    (empty_folder / "sheep.txt").write_text("sheep " * 100, encoding="utf-8")
    code, _, err = run(*(word.format(address) for word in argv))
    assert code in (2, 3, 4)
    assert err.splitlines()[-1] == "hint: addresses are not read: download the file first, then name it"


@pytest.mark.parametrize(
    "arguments, meant",
    [
        (["--cell", "LSTM"], "did you mean 'lstm'?"),
        (["-c", "sereis"], "did you mean 'series'? -c takes a YAML file or a bundled name: byte-rnn, char-lstm, "),
        (["-c", "configs/sereis.yaml"], "did you mean 'series'?"),
        (["-c", "mine.yaml"], "name a readable YAML file (-c FILE)"),
        (["--cell", "transformer"], "choose one of the known cells"),
    ],
)
def test_a_wrong_name_gets_a_sensible_suggestion_or_none(arguments, meant, run, empty_folder):
    (empty_folder / "sheep.txt").write_text("sheep " * 100, encoding="utf-8")
    assert run("train", "sheep.txt", *arguments)[2].splitlines()[1].startswith(f"hint: {meant}")


@pytest.mark.parametrize("task, threads", [("language", "None"), ("forecast", "1")])
def test_generate_takes_the_threads_that_the_task_of_its_model_gains_from(task, threads):
    code = (
        "import os; from rnncli.cli import generate, main; from rnncli.storage import header; "
        f"[os.environ.pop(name, None) for name in main.ONE_THREAD]; header.stored_task = lambda run: {task!r}; "
        "generate.choose_threads('run'); print(os.environ.get('OPENBLAS_NUM_THREADS'))"
    )
    assert python(code) == f"{threads}\n"
