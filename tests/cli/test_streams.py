"""Standard streams that are closed, full, not read, in an encoding without the letters of a text."""

import errno
import fcntl
import io
import json
import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from processes import PATIENCE
from test_plugins import PLAIN

from rnncli.cli.main import main, settle_environment
from rnncli.ui.streams import Audience, Output

RUN = ["train", "text.txt", "--hidden-size", "8", "--seq-length", "8", "--batch-size", "4", "--seed", "1"]
SHORT = [*RUN, "--max-steps", "4", "--sample-length", "0", "--workers", "1"]
FULL = Path("/dev/full")


def shell(arguments, redirected="", **env):
    """The finished process of a command line with redirections of the shell."""
    line = f"{shlex.join([sys.executable, '-m', 'rnncli', *arguments])} {redirected}"
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=os.environ | env, timeout=PATIENCE)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["-h"],
        ["train", "--help"],
        [*SHORT, "--dry-run"],
        ["gradcheck", "--cell", "rnn", "-q"],
        ["gradcheck", "--cell", "rnn", "--format", "json"],
        ["gradcheck", "--cell", "rnn", "--format", "jsonl"],
    ],
)
def test_what_cannot_be_written_to_a_closed_output_is_an_error(apart, arguments):
    found = shell(arguments, ">&-")
    assert found.returncode == 6
    assert found.stderr.splitlines()[-2:] == [
        "error: standard output: closed, so that nothing can be written to it",
        "hint: send standard output to a file with room, to a program, or to /dev/null",
    ]


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_a_full_disk_under_the_output_is_named_once(apart):
    found = shell(["train", "-h"], ">/dev/full")
    assert found.returncode == 6
    assert (
        found.stderr.startswith("error: standard output: No space left on device\n") and "ignored" not in found.stderr
    )


@pytest.mark.parametrize(
    "redirected",
    [
        "2>&1 | head -n 1",
        "2>&-",
        pytest.param("2>/dev/full", marks=pytest.mark.skipif(not FULL.exists(), reason="none")),
    ],
)
def test_training_outlives_its_audience(apart, redirected):
    shell([*RUN, "--max-steps", "300", "--eval-every", "10", "--workers", "1", "-o", "r"], redirected)
    assert json.loads(Path("r/summary.json").read_text())["step"] == 300


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are not listed here")
def test_without_any_stream_no_file_of_a_run_gets_the_number_of_one(apart):
    program = "import os; print([os.path.realpath(f'/proc/self/fd/{n}') for n in range(3)], file=open('seen', 'w'))"
    Path("cell.py").write_text(f"{PLAIN}\n{program}\n")
    found = shell([*SHORT, "--code", "cell.py", "--cell", "plain", "-o", "r"], "<&- >&- 2>&-")
    assert found.returncode == 0
    assert Path("seen").read_text() == str(["/dev/null"] * 3) + "\n"


def test_letters_that_an_output_lacks_are_escapes(apart):
    Path("text.txt").rename("é.txt")
    found = shell(["train", "é.txt", *SHORT[2:], "--dry-run"], PYTHONIOENCODING="ascii")
    assert found.returncode == 0 and r"data: \xe9.txt" in found.stdout


@pytest.mark.parametrize("name", ["COLUMNS", "LINES"])
@pytest.mark.parametrize("text", ["0", "-1", "9999999999", "9" * 5000, "ten"])
def test_a_size_that_no_terminal_has_is_not_believed(name, text):
    environ = {name: text, "TERM": "xterm"}
    settle_environment(environ)
    assert environ == {"TERM": "xterm"}


def test_a_usual_size_of_a_terminal_is_kept():
    environ = {"COLUMNS": "60", "LINES": "24"}
    settle_environment(environ)
    assert environ == {"COLUMNS": "60", "LINES": "24"}


def test_the_error_of_a_run_that_is_watched_is_a_line_of_json(apart, capsys):
    assert main(["train", "none.txt", "--progress", "jsonl"]) == 3
    record = json.loads(capsys.readouterr().err)
    assert (record["event"], record["exit_code"]) == ("error", 3) and "none.txt" in record["message"]


def test_an_audience_that_is_gone_takes_everything_and_an_output_says_its_name():
    reading, writing = os.pipe()
    os.close(reading)
    assert Audience(writing).write(b"abc") == 3
    with pytest.raises(BrokenPipeError) as caught:
        Output(writing).write(b"abc")
    os.close(writing)
    assert (caught.value.errno, caught.value.filename) == (errno.EPIPE, "standard output")


def test_a_pipe_that_does_not_block_gets_every_byte():
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETFL, fcntl.fcntl(writing, fcntl.F_GETFL) | os.O_NONBLOCK)
    got = []

    def read():
        while data := os.read(reading, 65536):
            got.append(data)

    reader = threading.Timer(0.1, read)  # by then the pipe is full
    reader.start()
    with io.BufferedWriter(Output(writing)) as out:
        out.write(b"x" * 300_000)
    os.close(writing)
    reader.join(PATIENCE)
    os.close(reading)
    assert len(b"".join(got)) == 300_000
