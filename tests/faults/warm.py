"""A process that has imported rnncli and forks a child for each command: the command starts in milliseconds.

    python -m tests.faults.warm [SHIM]

It reads a JSON request a line from standard input and answers with one: {code, seconds, peak, hung, seen, name}. The
child is the command as the shell starts it, but for the imports; with "cold" it is a new interpreter.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys
import time

from rnncli.cli import app, main
from rnncli.storage import checkpoint
from rnncli.tasks.registry import TASKS
from rnncli.training import loop, run

IMPORTED = app, checkpoint, loop, run
STREAMS = {"stdin": os.O_RDONLY, "stdout": os.O_WRONLY | os.O_CREAT, "stderr": os.O_WRONLY | os.O_CREAT}
CLOSED = "closed"


def serve(shim: str | None) -> None:
    """Answer requests until standard input ends; in a child, return so that the process ends as a command does."""
    for kind in TASKS.values():
        kind.load()
    library = ctypes.CDLL(shim) if shim else None
    if library:
        library.rnncli_arm.argtypes = ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_long
        library.rnncli_seen.restype, library.rnncli_name.restype = ctypes.c_long, ctypes.c_char_p
    orders, answers = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0)
    for number in range(3):
        redirect(number, os.devnull, os.O_RDWR)
    while line := orders.readline():
        request = json.loads(line)
        if request.get("rehearsed"):
            rehearse(request)
        begun, child = time.monotonic(), os.fork()
        if not child:
            orders.close()
            answers.close()
            become(request, library)
        answer = ended(child, request, begun)
        if library:
            answer |= {"seen": library.rnncli_seen(), "name": library.rnncli_name().decode()}
        answers.write(json.dumps(answer).encode() + b"\n")


def rehearse(request):
    """Run the command in this process, so that all is imported that it needs."""
    here = os.getcwd()
    os.chdir(request["rehearsed"])
    main.main(request["argv"])
    os.chdir(here)


def become(request, library):
    """Turn this process into the command of a request; does not return."""
    os.setsid()
    for number, name in enumerate(STREAMS):
        redirect(number, request.get(name, os.devnull), STREAMS[name])
    os.chdir(request["folder"])
    for name, value in request.get("env", {}).items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    if "group" in request:
        with open(request["group"], "a") as members:
            members.write("0")  # this process
    if "memory" in request:
        resource.setrlimit(resource.RLIMIT_AS, (request["memory"],) * 2)
    if "user" in request:
        os.setgroups([])
        os.setgid(request["user"])
        os.setuid(request["user"])
    sys.argv = ["rnncli", *request["argv"]]
    if request.get("cold"):
        python = request.get("python", sys.executable)
        os.execve(python, [python, "-m", "rnncli", *request["argv"]], os.environ)
    if library and "fault" in request:
        number, how, room = request["fault"]
        library.rnncli_arm(request["folder"].encode(), number, how, room)
    sys.exit(main.main())


def redirect(number, path, flags):
    if path == CLOSED:
        return os.close(number)
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, number)
    os.close(opened)


def ended(child, request, begun):
    """Send the child its signals, [[seconds, number], ...], wait for its end, and kill it if it takes too long."""
    plan = [*request.get("signals", []), [request["limit"], signal.SIGKILL]]
    handle, hung = os.pidfd_open(child), True
    for at, number in plan:
        if select.select([handle], [], [], max(0, begun + at - time.monotonic()))[0]:
            hung = False
            break
        signal.pidfd_send_signal(handle, number)
        hung = number == signal.SIGKILL and at == request["limit"]
    _, status, usage = os.wait4(child, 0)
    os.close(handle)
    code = os.waitstatus_to_exitcode(status)
    seconds, peak = time.monotonic() - begun, usage.ru_maxrss * 1024
    return {"code": abs(code) + 128 * (code < 0), "seconds": seconds, "peak": peak, "hung": hung, "killed": code < 0}


if __name__ == "__main__":
    serve(*sys.argv[1:2] or [None])
