"""Commands of rnncli that the fault plan starts, breaks and judges.

with Commands() as commands:
    ended = commands.run(["train", "a.txt"], folder, signals=[(0.1, signal.SIGKILL)])
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import rnncli

from .rows import Ended, Skipped

ROOT = Path(rnncli.__file__).resolve().parents[1]
BESIDE = Path(__file__).parent
LIMIT = 60.0  # seconds that a command may take on a busy machine; it takes less than one
SETTING = "RNNCLI_"  # begins the names of variables that change a command


class Commands:
    """A warm process that starts commands, one at a time; shim: the shared library of shim.c, for faults."""

    def __init__(self, shim: Path | None = None):
        self.scratch = Path(tempfile.mkdtemp(prefix="faults-"))
        self.seen, self.name = 0, ""  # calls that the last command made, and the call at which a fault struck
        argv = [sys.executable, "-m", f"{__package__}.warm", *([str(shim)] if shim else [])]
        env = environment(self.scratch / "cache") | ({"LD_PRELOAD": str(shim)} if shim else {})
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, bufsize=0)

    def run(self, argv: Sequence[str], folder: Path, *, limit: float = LIMIT, **how: Any) -> Ended:
        """Run a command in `folder` to its end.

        how: signals [(seconds, number), ...]; env {name: value, or None to remove it}; stdin, stdout, stderr: paths, or
        "closed"; memory: bytes of its address space; group: the file to which a control group's members are written;
        cold: as a new interpreter, that of this process or `python`; user: the number of the user it runs as;
        rehearsed: a folder in which the warm process runs it first, so as to import all; fault: (number of the call,
        kind of shim.c, bytes of room, or -1).
        """
        streams = {name: str(self.scratch / name) for name in ("stdout", "stderr")}
        for path in streams.values():
            Path(path).write_bytes(b"")
        request = {"argv": [*map(str, argv)], "folder": str(folder.resolve()), "limit": limit, **streams, **how}
        orders, answers = self._process.stdin, self._process.stdout
        assert orders is not None and answers is not None  # both are pipes
        orders.write(json.dumps(request).encode() + b"\n")
        answer = json.loads(answers.readline())
        self.seen, self.name = answer.pop("seen", 0), answer.pop("name", "")
        out, err = (Path(path).read_bytes() for path in streams.values())
        return Ended(out=out, err=err, **answer)

    def __enter__(self) -> "Commands":
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.communicate()
        shutil.rmtree(self.scratch, ignore_errors=True)


def environment(cache: Path) -> dict[str, str]:
    """The environment of a command: no settings of the user, one thread, a cache of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTING) and name != "COLUMNS"}
    path = os.pathsep.join(map(str, dict.fromkeys((ROOT, BESIDE.parents[1], BESIDE.parent))))
    return kept | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", f"{SETTING}CACHE": str(cache)}


def options(settings: Mapping[str, Any]) -> list[str]:
    """Settings as options of the command line."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in settings.items()}
    return [part for name, text in texts.items() for part in ("--set", f"{name}={text}")]


def built_shim(folder: Path) -> Path:
    """The shared library of shim.c, built in `folder`; raises Skipped without Linux or a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        raise Skipped("needs Linux and a C compiler")
    library = folder / "shim.so"
    source = str(BESIDE / "shim.c")
    argv = [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", str(library), source, "-ldl"]
    built = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT)
    if built.returncode:
        raise Skipped(f"shim.c cannot be built here: {built.stderr.strip()[:100]}")
    return library


def started(argv: list[str], **options: Any) -> subprocess.Popen:
    """A process whose end `reaped` waits for, with a limit."""
    return subprocess.Popen(argv, **options)


def reaped(process: subprocess.Popen, begun: float, out: bytes = b"", errors: BinaryIO | None = None) -> Ended:
    """The end of a process that was started at `begun`, and is killed after LIMIT; errors: what it wrote to stderr."""
    hung = False
    while not (found := os.wait4(process.pid, os.WNOHANG))[0]:
        if not hung and time.monotonic() > begun + LIMIT:
            os.kill(process.pid, signal.SIGKILL)  # Popen.kill() would reap it
            hung = True
        time.sleep(0.01)
    _, status, usage = found
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if errors is not None:
        errors.seek(0)
    written = errors.read() if errors is not None else b""
    seconds, peak = time.monotonic() - begun, usage.ru_maxrss * 1024
    return Ended(abs(code) + 128 * (code < 0), out, written, seconds, peak, hung, code < 0)
