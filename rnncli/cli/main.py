"""The console entry `rnncli`, and the one place where exceptions become exit codes."""

import errno
import os
import sys

from ..ui.streams import OUTPUT, settle_streams

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DECIDES_ITSELF = "generate"  # by the task of its model
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
BUG, BROKEN_PIPE, USAGE, RESOURCES = 70, 141, 2, 6
CTRL_C = 2  # the number of SIGINT
SIGNAL = 128  # and its number: the exit code of a command that a signal ended
INTERRUPTED = SIGNAL + 1, SIGNAL + 2, SIGNAL + 15  # by SIGHUP, by Ctrl-C, by SIGTERM
SMALLER = "use a smaller model, batch or sequence length"
LOCALE = "run it again with PYTHONUTF8=1 in front, or with a locale such as LC_ALL=C.UTF-8"
NARROWEST, WIDEST = 20, 1000  # columns or lines of a terminal that COLUMNS and LINES may claim


def main(argv=None):
    """Run one command line; returns its exit code. Everything that goes wrong is two lines on stderr."""
    alone, argv = argv is None, list(sys.argv[1:] if argv is None else argv)
    settle_streams()
    try:
        if argv[:1] == ["--version"]:
            return ended(version, argv)
        from .interruption import interruptible

        with interruptible(alone):
            return ended(run, argv)
    except KeyboardInterrupt:  # before the first line of `interruptible`, or after the last one
        return SIGNAL + CTRL_C


def ended(command, argv):
    """The exit code of a command line after all that it writes is written."""
    try:
        code = command(argv)
        sys.stdout.flush()  # a reader that has gone away is met here, not while Python shuts down
        return code
    except (Exception, KeyboardInterrupt) as error:
        return tell(error, argv)


def version(argv):
    """Print the version, with nothing imported; returns the exit code."""
    from .. import __version__

    print(f"rnncli {__version__}")
    return 0


def run(argv):
    """Run one command line; returns its exit code or raises."""
    settle_environment(os.environ)
    if argv[:1] != [DECIDES_ITSELF]:
        use_one_thread()
    from .app import invoke

    return invoke(argv)


def settle_environment(environ):
    """Remove a width or height of the terminal that no terminal has: at 0 nothing would be shown, and a huge one would
    take the memory. The current folder is searched for modules only if PYTHONPATH names it: an empty part, as a colon
    at its end leaves one, names nothing."""
    for name in ("COLUMNS", "LINES"):
        text = environ.get(name, "")
        if text and not (text.isdecimal() and len(text) < 5 and NARROWEST <= int(text) <= WIDEST):
            del environ[name]
    path = environ.get("PYTHONPATH")
    if path and "" in path.split(os.pathsep):
        leave_out_current_folder()


def leave_out_current_folder():
    """Import no module from the current folder, in which a file beside a user's data may be called json.py; unless
    rnncli itself lies there."""
    try:
        here = os.getcwd()
    except OSError:  # it is deleted
        here = ""
    if here != os.path.dirname(PACKAGE):
        sys.path[:] = [entry for entry in sys.path if entry not in ("", here)]


def use_one_thread():
    """Products take one thread, so that results do not depend on the number of cores; before NumPy is imported."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")


def tell(error, argv):
    """Say on stderr what went wrong and what to do; returns the exit code. A signal now ends the process at once."""
    from .interruption import heed_no_more

    heed_no_more()
    try:
        code, message, hint = explain(error, argv)
    except MemoryError:  # what would explain the error cannot be imported either
        code, message, hint = RESOURCES, "not enough memory", SMALLER
    write_traceback(error, argv)
    write("interrupted" if code in INTERRUPTED else "error", code, message, hint, argv)
    if isinstance(error, OSError):
        discard_output()
    return code


def write_traceback(error, argv):
    if "--debug" in argv:
        import traceback

        traceback.print_exception(error)


def explain(error, argv):
    """(exit code, message, hint) for an exception; None where nothing is to be said."""
    from ..errors import ConfigError, RnncliError

    if isinstance(error, ConfigError):
        return error.exit_code, str(error), hint_for(argv, error)  # a line for each problem
    if isinstance(error, RnncliError):
        return error.exit_code, one_line(error), hint_for(argv, error)
    if isinstance(error, KeyboardInterrupt):
        return explain_signal(getattr(error, "number", CTRL_C))
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE, None, None
    if is_out_of_memory(error):
        return RESOURCES, f"not enough memory{detail(error)}", SMALLER
    if isinstance(error, OSError):
        return RESOURCES, operating_system(error), system_hint(error)
    if isinstance(error, UnicodeEncodeError) and not is_utf8():
        return USAGE, f"{error.object!a}: this locale has no such letters for the name of a file", LOCALE
    usage = usage_problem(error, argv)
    if usage:
        return USAGE, *usage
    return BUG, f"a bug of ours: {type(error).__name__}{detail(error)}", debug_hint(argv)


def is_out_of_memory(error):
    """Whether memory did not suffice, in any of the ways in which Python says so: a thread could not start, or a module
    of ours could not be parsed, of which there is one of each version that we support."""
    if isinstance(error, SyntaxError):
        return (error.filename or "").startswith(PACKAGE)
    no_thread = isinstance(error, RuntimeError) and "start new thread" in str(error)
    return isinstance(error, MemoryError) or no_thread or isinstance(error, OSError) and error.errno == errno.ENOMEM


def hint_for(argv, error):
    """The hint of an error without options that the command lacks, and the command with those that cure it; of an
    address in place of a file, that it is none."""
    if not error.hint:
        return error.hint
    from .advice import about_address, advice_for, command_of, cure

    return about_address(argv, error) or advice_for(command_of(argv), error.hint) + cure(argv, error.options)


def usage_problem(error, argv):
    """(message, hint) for a command line that Typer did not understand, or None for another exception."""
    if "typer" not in sys.modules:
        return None
    from .usage import usage_problem

    return usage_problem(error, argv)


def one_line(text):
    """Text on one line: a name of a file may hold a newline."""
    return str(text).replace("\n", r"\n")


def detail(error):
    return f": {one_line(error)}" if str(error) else ""


def is_utf8():
    """Whether names of files, and so the words of a command line, are in UTF-8."""
    return sys.getfilesystemencoding().lower().replace("-", "") == "utf8"


def explain_signal(number):
    """(exit code, message, hint) for a signal; Ctrl-C needs no words."""
    import signal

    return SIGNAL + number, None if number == CTRL_C else f"stopped by {signal.Signals(number).name}", None


def system_hint(error):
    """What to do about an OSError."""
    if error.filename == OUTPUT:
        return "send standard output to a file with room, to a program, or to /dev/null"
    return "check the name, the permissions and the free space of the disk"


def operating_system(error):
    """What the operating system refused, and for which file."""
    names = " -> ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    reason = error.strerror or str(error) or type(error).__name__
    return one_line(f"{names}: {reason}" if names else reason)


def debug_hint(argv):
    if "--debug" in argv:
        return "report it with the traceback above"
    return "run it again with --debug and report it with the traceback"


def write(label, code, message, hint, argv):
    """The two lines of an error, or its JSON line with --progress jsonl; a message of several lines keeps them."""
    from ..phrases import safe_text
    from ..ui.console import wants_color

    if message and chosen(argv, "--progress", ("jsonl", "auto", "bar", "lines", "none")) == "jsonl":
        return write_json(label, code, message, hint)
    colored = wants_color(sys.stderr, chosen(argv, "--color", ("always", "never")))
    for name, color, text in ((label, 31, message), ("hint", 36, hint)):
        if text:
            start, end = (f"\x1b[1;{color}m", "\x1b[0m") if colored else ("", "")
            print(f"{start}{name}:{end} {safe_text(text)}", file=sys.stderr)
    sys.stderr.flush()


def write_json(label, code, message, hint):
    """An error as the last event of --progress jsonl."""
    import json

    record = {"schema": 1, "event": label, "exit_code": code, "message": message, "hint": hint}
    print(json.dumps(record), file=sys.stderr, flush=True)


def chosen(argv, name, values):
    """The first of `values` that an option has, read by hand, as an error may have come before the options were parsed;
    "auto" without one."""
    for option, value in zip(argv, [*argv[1:], ""]):
        value = option.removeprefix(f"{name}=") if option.startswith(f"{name}=") else value
        if option.startswith(name) and value in values:
            return value
    return "auto"


def discard_output():
    """Point both streams to nowhere, so that Python's own last flush does not complain about a broken pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
