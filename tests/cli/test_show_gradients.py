"""`rnncli train --show gradients` as a user meets it, on a terminal, in a pipe and in a program."""

import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from processes import child

import rnncli
from rnncli.cli.main import main

TINY = ("--hidden-size", "8", "--eval-every", "3", "--sample-length", "5", "--batch-size", "4", "--seq-length", "10")
SHORT = (*TINY, "--max-steps", "6", "--workers", "1", "--seed", "1")
CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")

pytestmark = pytest.mark.usefixtures("apart")


@pytest.fixture
def run(capfd):
    """Calls one command line; returns (exit code, standard output, standard error)."""

    def call(*argv):
        code = main(argv)
        return code, *capfd.readouterr()

    return call


def test_in_a_pipe_tables_and_lags_are_appended_as_lines(run):
    code, out, err = run("train", "text.txt", *SHORT, "--show", "gradients", "--norms-every", "2", "-o", "r")
    assert (code, out) == (0, "")
    assert [int(step) for step in re.findall(r"gradient norms at step (\d+)\n", err)] == [2, 4, 6]
    assert [int(step) for step in re.findall(r"gradient by lag at step (\d+):", err)] == [3, 6]
    assert len(re.findall(r"^layer0 [hc] +x \d", err, re.MULTILINE)) == 4
    assert "show: gradients" in Path("r/config.yaml").read_text()
    assert "\x1b" not in err


def test_the_same_command_without_it_shows_none_of_it(run):
    _, _, err = run("train", "text.txt", *SHORT, "-o", "r")
    assert "gradient norms" not in err and "by lag" not in err
    assert "gradient_by_lag" not in Path("r/log.jsonl").read_text()


@pytest.mark.parametrize("how", [("--quiet",), ("--progress", "none")])
def test_a_silent_run_keeps_it_in_the_log_alone(how, run):
    assert run("train", "text.txt", *SHORT, "--show", "gradients", *how, "-o", "r") == (0, "", "")
    records = map(json.loads, Path("r/log.jsonl").read_text().splitlines())
    assert [record["step"] for record in records if record["event"] == "gradient_by_lag"] == [3, 6]


def test_json_lines_have_each_event_as_the_log_has_it(run):
    _, _, err = run("train", "text.txt", *SHORT, "--show", "gradients", "--progress", "jsonl", "-o", "r")
    shown = [record for record in map(json.loads, err.splitlines()) if record["event"] == "gradient_by_lag"]
    logged = [json.loads(line) for line in Path("r/log.jsonl").read_text().splitlines()]
    assert shown == [record for record in logged if record["event"] == "gradient_by_lag"] and len(shown) == 2
    assert {(curve["layer"], curve["state"]) for curve in shown[0]["curves"]} == {("layer0", "h"), ("layer0", "c")}


def test_anything_else_to_show_is_refused_with_what_there_is(run):
    code, _, err = run("train", "text.txt", *SHORT, "--show", "gradient", "-o", "r")
    assert code == 2 and "found 'gradient' (option --show)" in err and "none, gradients" in err
    assert not Path("r").exists()


def test_a_resumed_run_can_be_followed_and_remembers_it(run):
    assert run("train", "text.txt", *SHORT, "-q", "-o", "r")[0] == 0
    code, _, err = run("train", "--resume", "r", "--max-steps", "9", "--show", "gradients")
    assert code == 0 and "gradient by lag at step 9" in err
    assert len(re.search(r"layer0.W_h .*  (\S+)\n", err)[1]) == 3  # steps 3 and 6 are in its history
    code, _, err = run("train", "--resume", "r", "--max-steps", "12")
    assert code == 0 and "gradient by lag at step 12" in err
    code, _, err = run("train", "--resume", "r", "--max-steps", "15", "--show", "none")
    assert code == 0 and "gradient" not in err.replace("grad norm", "")


def test_a_dry_run_counts_its_memory(run):
    sizes = []
    for more in ((), ("--show", "gradients")):
        code, out, _ = run("train", "text.txt", *SHORT, "--dry-run", *more)
        sizes.append(float(re.search(r"([\d.]+) kB of arrays", out)[1]))
        assert code == 0
    assert sizes[1] > sizes[0] + 50


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
@pytest.mark.parametrize("size", [(24, 80), (40, 120)])
def test_on_a_terminal_the_panel_stays_below_the_bar_and_its_last_state_on_the_screen(size):
    text = on_a_terminal(size, "train", "text.txt", *SHORT, "--show", "gradients", "--norms-every", "1", "-o", "r")
    assert text.count("\x1b[?2026h") == text.count("\x1b[?2026l") > 0
    plain = CODES.sub("", text)
    last = plain[plain.rindex("─ gradients ─") :]
    assert "gradient norms at step 6" in last and "gradient by lag at step 6" in last
    assert last.index("gradient by lag at step 6") < last.index("step limit reached after 6 steps")
    assert max(map(len, last.splitlines()[:8])) <= size[1]
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # the cursor is back


def on_a_terminal(size, *argv):
    """All that a command writes to a pseudo-terminal of `size` (lines, columns)."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    package = Path(rnncli.__file__).resolve().parents[1]
    env = os.environ | {"PYTHONPATH": str(package), "PYTHONUTF8": "1", "TERM": "xterm-256color"}
    env = {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    found = b""
    with child(sys.executable, "-m", "rnncli", *argv, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        with suppress(OSError):  # Linux: the other end is closed
            while chunk := os.read(ours, 65536):
                found += chunk
        assert process.wait() == 0
    os.close(ours)
    return found.decode()
