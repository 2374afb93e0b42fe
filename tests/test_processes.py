"""Tests end: no process that one starts can keep it waiting."""

import ast
import signal
import subprocess
import sys
from pathlib import Path

import processes
import pytest
from processes import child

TESTS = Path(__file__).parent
STARTERS = ("processes.py", "faults/commands.py")  # each ends what it starts
SLEEPER = (
    "import sys, time\n"
    "try:\n    print('here', flush=True); time.sleep(600)\n"
    "except KeyboardInterrupt:\n    sys.exit(130)"
)


def test_ctrl_c_reaches_a_process_where_the_tests_ignore_it():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with child(sys.executable, "-c", SLEEPER, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "here\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_process_that_takes_too_long_is_killed_so_that_reading_ends(monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.01)
    with child(sys.executable, "-c", SLEEPER, stdout=subprocess.PIPE) as process:
        process.stdout.read()
        assert process.wait(60) == -signal.SIGKILL


def test_a_process_ends_with_its_block():
    with pytest.raises(ZeroDivisionError), child(sys.executable, "-c", SLEEPER, stdout=subprocess.PIPE) as process:
        raise ZeroDivisionError
    assert process.returncode == -signal.SIGKILL and process.stdout.closed


@pytest.mark.parametrize("name", sorted(str(path.relative_to(TESTS)) for path in TESTS.rglob("*.py")))
def test_every_process_that_a_test_starts_has_a_timeout(name):
    code = (TESTS / name).read_text(encoding="utf-8")
    for call in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)):
        function = ast.unparse(call.func)
        if function == "subprocess.Popen":
            assert name in STARTERS, f"{name}:{call.lineno}: use processes.child"
        elif function.startswith("subprocess."):
            assert any(word.arg == "timeout" for word in call.keywords), f"{name}:{call.lineno}: no timeout"
