"""Runs that write texts: killed and resumed, begun from other weights, and planned without being run."""

import re
import shutil
import signal
import sys
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE

import numpy as np
import pytest
from processes import child
from text_files import TINY, lines, numbers, things

from rnncli.config import read_settings
from rnncli.storage.model_files import load_model
from rnncli.storage.run_folder import checkpoints
from rnncli.training.run import prepare

pytestmark = pytest.mark.usefixtures("apart")
STEPS = 20  # several passes, checkpoints in the middle of them
OFTEN = ("--max-steps", str(STEPS), "--eval-every", "5", "--checkpoint-every", "2", "--dropout", "0.3")
TRANSLATE, DESCRIBE = ("pairs.tsv",), ("things.csv", "--task", "describe")
SAME = ("--tokens", "char", "--target-tokens", "char")


@pytest.fixture(autouse=True)
def files(apart):
    Path("pairs.tsv").write_text(lines(numbers()))
    Path("things.csv").write_text(lines(things(), "size", "colour", "text", separator=","))
    Path("text.txt").write_text("one two three\nfour five six seven\neight nine zero\n" * 20)


def killed(*arguments):
    """Start `rnncli train` and kill it after its checkpoint of step 4, if it has not ended by then."""
    with child(sys.executable, "-m", "rnncli", "train", *arguments, stdout=DEVNULL, stderr=PIPE) as process:
        folder = Path(arguments[arguments.index("-o") + 1])
        while process.poll() is None and not list(folder.glob("checkpoints/step-*[4-9].safetensors")):
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize("data, workers", [(TRANSLATE, "1"), (TRANSLATE, "2"), (DESCRIBE, "1")])
def test_killed_and_resumed_equals_never_stopped_byte_for_byte(data, workers, command):
    arguments = (*data, *TINY, *OFTEN, "--workers", workers)
    assert command("train", *arguments, "-o", "straight")[0] == 0
    killed(*arguments, "-o", "stopped")
    assert command("train", "--resume", "stopped", "-q")[0] == 0
    last = [load_model(checkpoints(run)[-1]) for run in ("straight", "stopped")]
    assert last[1].progress["step"] == STEPS and last[0].theta.tobytes() == last[1].theta.tobytes()
    assert Path("straight/model.safetensors").read_bytes() == Path("stopped/model.safetensors").read_bytes()


def test_a_run_of_two_files_that_were_exchanged_is_not_resumed(command, saved):
    saved("a.en", lines([[one] for one, _ in numbers()])), saved("a.es", lines([[other] for _, other in numbers()]))
    assert command("train", "a.en", "a.es", *TINY, "-o", "r")[0] == 0
    assert command("train", "--resume", "r", "--max-steps", "8", "-q")[0] == 0
    one, other = Path("a.en").read_text(), Path("a.es").read_text()
    saved("a.en", other), saved("a.es", one)
    code, _, err = command("train", "--resume", "r", "--max-steps", "10", "-q")
    assert code == 3 and err.startswith("error: cannot resume r: its data changed")


def settings_of(file, **more):
    """The Draft of a small run."""
    settings = {"data.files": [file], "task": "translate", "data.tokens": "char", "writer.tokens": "char", "seed": 2}
    settings |= {"model.hidden_size": 6, "model.embedding_size": 4, "train.workers": "1"}
    return read_settings(overrides=settings | {name.replace("__", "."): value for name, value in more.items()})


def test_a_run_begins_with_the_weights_and_the_symbols_of_another(command, saved):
    assert command("train", "pairs.tsv", *TINY, "-o", "first")[0] == 0
    first = load_model("first")
    saved("more.tsv", lines([("two nine", "dos nueve"), ("ten !", "diez !"), ("ten", "diez")] * 4))
    with prepare(settings_of("more.tsv"), "second", init_from="first") as run:
        assert np.array_equal(run.trainer.theta, first.theta)
        assert run.task.encoder.target == first.encoder.target and run.task.encoder.source == first.encoder.source
    assert command("train", "more.tsv", "--task", "translate", *SAME, *TINY, "--init-from", "first", "-o", "r")[0] == 0
    code, _, err = command("train", "pairs.tsv", *SAME, *TINY, "--attention", "none", "--init-from", "first", "-o", "x")
    assert code == 4 and "has another architecture: attention.kind dot (here none)\n" in err
    assert command("train", *DESCRIBE, *TINY, "--init-from", "first", "-o", "x")[0] == 4 and not Path("x").exists()


def test_the_reader_begins_with_the_layers_of_a_language_model(command):
    options = ("--cell", "gru", "--hidden-size", "6", "--embedding-size", "4", "--workers", "1", "--max-steps", "4")
    assert command("train", "text.txt", "--task", "language", "--tokens", "char", *options, "-q", "-o", "lm")[0] == 0
    lm = load_model("lm")
    theirs = lm.store.views(lm.theta)
    with prepare(settings_of("pairs.tsv", reader__body_from="lm", reader__bidirectional=False), "r") as run:
        views, symbols = run.trainer.store.views(run.trainer.theta), run.task.encoder.source.symbols
        for part in ("W_x", "W_h"):
            assert np.array_equal(getattr(views["reader_layer0"], part), getattr(theirs["layer0"], part))
            assert not np.array_equal(getattr(views["writer_layer0"], part), getattr(theirs["layer0"], part))
        (token,) = lm.encoder.encode("t", "error")
        assert np.array_equal(views["reader_embedding"].E[symbols.index("t")], theirs["embedding"].E[token])
    code, _, err = command("train", "pairs.tsv", *TINY[:-1], "--no-bidirectional", "--body-from", "lm", "-o", "s")
    assert code == 0 and "note: layers of lm: it knows " in err
    assert command("eval", "s")[0] == 0


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("pairs.tsv", "--body-from", "lm"), "a language model reads in one direction, and reader.bidirectional is on"),
        (("pairs.tsv", "--body-from", "s", "--no-bidirectional"), "s reads no text, and the source is read by its"),
        ((*DESCRIBE, "--body-from", "lm"), "not for the task 'describe'"),
    ],
)
def test_layers_that_do_not_fit_the_reader_are_refused(arguments, message, command):
    lm = ("--task", "language", "--cell", "gru", "--tokens", "char", *TINY, "--max-steps", "2")
    assert command("train", "text.txt", *lm, "-o", "lm")[0] == 0
    assert command("train", "pairs.tsv", *TINY, "--max-steps", "1", "-o", "s")[0] == 0
    code, _, err = command("train", *arguments, *TINY, "-o", "x")
    assert code == 2 and message in err and "hint: " in err and not Path("x").exists()


def arrays_of(command, *arguments):
    """The bytes of all arrays that a dry run prints."""
    code, out, err = command("train", *arguments, "--dry-run", "-o", "x")
    assert (code, err) == (0, "") and re.search(r"[\d.]+ [kMG]?B of memory in total", out) and not Path("x").exists()
    number, unit = re.search(r"([\d.]+) ([kMG]?)B of arrays", out).groups()
    return float(number) * {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[unit]


@pytest.mark.parametrize("data", [TRANSLATE, DESCRIBE])
def test_a_dry_run_prints_the_memory_and_writes_nothing(data, command):
    small, large = (arrays_of(command, *data, *TINY, "--hidden-size", size) for size in ("8", "64"))
    assert 1e4 < small < large


def test_a_run_starts_from_another_without_the_options_that_the_data_decided(command):
    for data in (TRANSLATE, DESCRIBE):
        assert command("train", *data, *TINY, "-o", "first")[0] == 0
        code, _, err = command("train", *data, *TINY, "--init-from", "first", "-o", "second")
        assert code == 0, err
        for run in ("first", "second"):
            shutil.rmtree(run)


def test_texts_of_which_only_the_beginning_is_learnt_are_told(command):
    code, out, _ = command("train", *TRANSLATE, *TINY, "--set", "writer.longest=4", "--dry-run")
    assert code == 0 and "only the first 3 symbols are learnt; --set writer.longest for more" in out
