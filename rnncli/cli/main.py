"""The console entry `rnncli`, and the one place where exceptions become exit codes."""

import os
import sys

DECIDES_ITSELF = "generate"  # by the task of its model
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
BUG, BROKEN_PIPE, USAGE, RESOURCES = 70, 141, 2, 6
INTERRUPTED = 130, 143  # by Ctrl-C, by SIGTERM


def main(argv=None):
    """Run one command line; returns its exit code. Everything that goes wrong is two lines on stderr."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if sys.stderr is None:  # closed: print(file=None) would write to standard output
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (open until the process ends)
    try:
        code = run(argv)
        if sys.stdout is not None:
            sys.stdout.flush()  # a reader that has gone away is met here, not while Python shuts down
        return code
    except (Exception, KeyboardInterrupt) as error:
        return tell(error, argv)


def run(argv):
    """Run one command line; returns its exit code or raises."""
    if argv[:1] == ["--version"]:
        from .. import __version__

        print(f"rnncli {__version__}")
        return 0
    if argv[:1] != [DECIDES_ITSELF]:
        use_one_thread()
    from .app import invoke

    return invoke(argv)


def use_one_thread():
    """Products take one thread, so that results do not depend on the number of cores; before NumPy is imported."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")


def tell(error, argv):
    """Say on stderr, if there is one, what went wrong and what to do; returns the exit code."""
    code, message, hint = explain(error, argv)
    try:
        if sys.stderr is not None:
            write_traceback(error, argv)
            write("interrupted" if code in INTERRUPTED else "error", message, hint, argv)
    except BrokenPipeError:
        code = BROKEN_PIPE
    except OSError:
        pass  # standard error is full or closed: the exit code has to say it all
    if code == BROKEN_PIPE:
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
        return INTERRUPTED[0], None, None
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE, None, None
    if isinstance(error, MemoryError):
        return RESOURCES, f"not enough memory{detail(error)}", "use a smaller model, batch or sequence length"
    if isinstance(error, OSError):
        return RESOURCES, operating_system(error), "check the name, the permissions and the free space of the disk"
    usage = usage_problem(error, argv)
    if usage:
        return USAGE, *usage
    return BUG, f"a bug of ours: {type(error).__name__}{detail(error)}", debug_hint(argv)


def hint_for(argv, error):
    """The hint of an error without options that the command lacks, and the command with those that cure it."""
    if not error.hint:
        return error.hint
    from .advice import advice_for, cure

    return advice_for(argv[0] if argv else "", error.hint) + cure(argv, error.options)


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


def operating_system(error):
    """What the operating system refused, and for which file."""
    names = " -> ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    reason = error.strerror or str(error) or type(error).__name__
    return one_line(f"{names}: {reason}" if names else reason)


def debug_hint(argv):
    if "--debug" in argv:
        return "report it with the traceback above"
    return "run it again with --debug and report it with the traceback"


def write(label, message, hint, argv):
    """The two lines of an error; a message of several lines keeps them."""
    from ..phrases import safe_text
    from ..ui.console import wants_color

    colored = wants_color(sys.stderr, chosen_color(argv))
    for name, color, text in ((label, 31, message), ("hint", 36, hint)):
        if text:
            start, end = (f"\x1b[1;{color}m", "\x1b[0m") if colored else ("", "")
            print(f"{start}{name}:{end} {safe_text(text)}", file=sys.stderr)
    sys.stderr.flush()


def chosen_color(argv):
    """What --color says, read by hand: an error may have come before the options were parsed."""
    for option, value in zip(argv, [*argv[1:], ""]):
        value = option.removeprefix("--color=") if option.startswith("--color=") else value
        if option.startswith("--color") and value in ("always", "never"):
            return value
    return "auto"


def discard_output():
    """Point both streams to nowhere, so that Python's own last flush does not complain about a broken pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
