"""Processes that tests start: none outlives its test, none is waited for without end."""

import signal
import subprocess
import threading
from contextlib import contextmanager

PATIENCE = 300  # seconds; a test that needs a fraction of it on a busy machine is not cut off


@contextmanager
def child(*argv, **options):
    """A process, Popen, that has ended when the block ends. It is killed after PATIENCE, so that reading what it writes
    ends too. Ctrl-C reaches it even where whoever started the tests ignores it, as a shell does for `pytest &`."""
    with heeding_ctrl_c():
        process = subprocess.Popen(argv, **options)
    guard = threading.Timer(PATIENCE, process.kill)
    guard.daemon = True
    with process:  # closes its pipes
        guard.start()
        try:
            yield process
        finally:
            guard.cancel()
            process.kill()


@contextmanager
def heeding_ctrl_c():
    """While it lasts SIGINT is not ignored: what is ignored stays so in a program that is started."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
