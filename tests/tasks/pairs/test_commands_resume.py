"""A run of pairs that is killed in the middle of an epoch and resumed ends as if it had never stopped."""

import signal
import sys
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pytest
from pair_files import FILES
from processes import child

from rnncli.storage.model_files import load_model
from rnncli.storage.run_folder import checkpoints

pytestmark = pytest.mark.usefixtures("apart")
STEPS = 24  # several passes, checkpoints in the middle of them
OPTIONS = ("--hidden-size", "4", "--batch-size", "4", "--max-steps", str(STEPS), "--seed", "1", "-q")
OFTEN = ("--eval-every", "5", "--checkpoint-every", "2")
UNEQUAL = ["text", "series", "words"]  # lengths


def killed(*arguments):
    """Start `rnncli train` and kill it after its checkpoint of step 4, if it has not ended by then."""
    with child(sys.executable, "-m", "rnncli", "train", *arguments, stdout=DEVNULL, stderr=PIPE) as process:
        folder = Path(arguments[arguments.index("-o") + 1])
        while process.poll() is None and not list(folder.glob("checkpoints/step-*[4-9].safetensors")):
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()


def equal(one, other):
    """Whether two runs have the same best model and the same last weights."""
    last = [load_model(checkpoints(run)[-1]).theta.tobytes() for run in (one, other)]
    best = [Path(run, "model.safetensors").read_bytes() for run in (one, other)]
    return last[0] == last[1] and best[0] == best[1]


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("form", UNEQUAL)
def test_killed_and_resumed_equals_never_stopped_byte_for_byte(form, workers, command, saved):
    file, text, options = FILES[form]
    saved(file, text)
    arguments = (file, *options, *OPTIONS, *OFTEN, "--workers", workers)
    assert command("train", *arguments, "-o", "straight")[0] == 0
    killed(*arguments, "-o", "stopped")
    assert command("train", "--resume", "stopped", "-q")[0] == 0
    assert load_model(checkpoints("stopped")[-1]).progress["step"] == STEPS and equal("straight", "stopped")


def test_a_run_with_files_of_its_own_for_each_split_is_resumed_from_another_folder(command, saved, monkeypatch):
    text = FILES["text"][1]
    saved("data/a.tsv", text), saved("data/v.tsv", "a good day\tglad\nnew\tsad\n"), saved("data/t.tsv", "x\tsad\n")
    files = ("data/a.tsv", "--val", "data/v.tsv", "--test", "data/t.tsv", "--schedule", "constant")
    assert command("train", *files, *OPTIONS, "-o", "straight")[0] == 0
    assert command("train", *files, *OPTIONS, "--max-steps", "8", "-o", "stopped")[0] == 0
    saved("elsewhere/x", "")
    monkeypatch.chdir("elsewhere")
    assert command("train", "--resume", "../stopped", "--max-steps", str(STEPS), "-q")[0] == 0
    monkeypatch.chdir("..")
    one, other = (load_model(checkpoints(run)[-1]).theta.tobytes() for run in ("straight", "stopped"))
    assert one == other and command("eval", "stopped", "--split", "test")[0] == 0


@pytest.mark.parametrize("changed", ["data/a.tsv", "data/v.tsv"])
def test_a_run_whose_data_changed_is_not_resumed(changed, command, saved):
    saved("data/a.tsv", FILES["text"][1]), saved("data/v.tsv", "a good day\tglad\nnew\tsad\n")
    assert command("train", "data/a.tsv", "--val", "data/v.tsv", *OPTIONS, "-o", "r")[0] == 0
    saved(changed, Path(changed).read_text() + "more\tsad\n")
    code, _, err = command("train", "--resume", "r", "--max-steps", "99")
    assert code == 3 and err.startswith("error: cannot resume r: its data changed") and "hint: restore the data" in err
