"""Signals in every phase of a command: words, exit codes, no tracebacks."""

import os
import signal
import subprocess
import sys
import time

import pytest
from processes import PATIENCE, child

from rnncli.cli.interruption import IMPORTING, SIGNALS, Stopped, interruptible
from rnncli.cli.stopping import stopping
from rnncli.errors import Interrupted

HERE = "import os, signal, sys, time; signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
HERE += "import rnncli.cli.app as app, rnncli.cli.main as main\n"
END = "\nsys.exit(main.main())"


def ended(program):
    """(exit code, standard error) of a program that sends itself signals; Ctrl-C reaches it."""
    with child(sys.executable, "-c", HERE + program + END, stderr=subprocess.PIPE, text=True) as process:
        err = process.stderr.read()
        return process.wait(PATIENCE), err


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("SIGINT", 130, ""),
        ("SIGTERM", 143, "interrupted: stopped by SIGTERM\n"),
        ("SIGHUP", 129, "interrupted: stopped by SIGHUP\n"),
    ],
)
def test_a_signal_before_anything_is_trained_ends_a_command_with_its_code(name, code, said):
    assert ended(f"app.invoke = lambda argv: (os.kill(os.getpid(), signal.{name}), time.sleep(60))") == (code, said)


def test_a_second_ctrl_c_ends_a_command_that_still_explains_the_first_without_a_traceback():
    program = (
        "app.invoke = lambda argv: (os.kill(os.getpid(), signal.SIGINT), time.sleep(60))\n"
        "main.explain = lambda error, argv: (os.kill(os.getpid(), signal.SIGINT), time.sleep(60))"
    )
    assert ended(program) == (-signal.SIGINT, "")


def test_a_signal_during_an_import_is_heeded_after_it():
    seen = []
    code = compile("signal.raise_signal(signal.SIGTERM); seen.append('whole')", "<frozen importlib._bootstrap>", "exec")
    with pytest.raises(Stopped) as caught, interruptible(alone=False):
        exec(code, {"signal": signal, "seen": seen})
        time.sleep(PATIENCE)  # ended by the signal
    assert (caught.value.number, seen) == (signal.SIGTERM, ["whole"])


def test_handlers_from_before_come_back_and_a_hangup_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible(alone=False):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            with stopping(None, None):
                assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


class Seen:
    """A run and its sinks, which note what they are told."""

    resume, wants_checkpoint = "r", False

    def __init__(self):
        self.stops = []

    def stop(self, number):
        self.stops.append(number)

    def stopping(self):
        pass


@pytest.fixture
def restored():
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_hangup_is_never_the_second_signal(restored):
    run = Seen()
    with stopping(run, run):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGHUP):
            signal.raise_signal(number)
        assert run.stops == [signal.SIGTERM]
        with pytest.raises(Interrupted, match="stopped at once"):
            signal.raise_signal(signal.SIGTERM)


def test_sigusr1_asks_for_a_checkpoint_and_stops_nothing(restored):
    run = Seen()
    with stopping(run, run):
        signal.raise_signal(signal.SIGUSR1)
    assert run.wants_checkpoint and not run.stops


@pytest.mark.parametrize("path", [None, os.pathsep])
def test_no_command_takes_a_module_from_the_current_folder(apart, path):
    for name in ("json", "random", "decimal", "typer", "rnncli_x"):
        (apart / f"{name}.py").write_text("open('taken', 'a').close()\n")
    argv = [sys.executable, "-m", "rnncli", "train", "text.txt", "--max-steps", "2", "--workers", "2", "-q", "-o", "r"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    # an empty part of PYTHONPATH is the current folder
    env |= {} if path is None else {"PYTHONPATH": path}
    assert subprocess.run(argv, env=env, timeout=PATIENCE).returncode == 0
    assert not (apart / "taken").exists()


def test_a_signal_that_waits_for_the_end_of_an_import_does_not_outlive_the_command():
    importing = compile("signal.raise_signal(signal.SIGTERM)", f"{IMPORTING}._bootstrap>", "exec")
    with interruptible(alone=False):
        exec(importing)  # the command ends before the signal is looked at again
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
