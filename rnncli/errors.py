"""The errors of rnncli, each with the exit code of its command, and names in the commands that their hints advise."""

import os
import re

# Patterns are compiled where they are used: hardly any command needs them.
PLAIN = r"[a-zA-Z0-9_@%+=:,./-]+"  # words that no shell takes for anything else
QUOTED = r"""\$'([^']*)'|'([^']*)'|"([^"]*)\""""
WORDS = rf"""(?:{QUOTED.replace("(", "(?:")}|[^\s'"])+"""
SPELLED = rb"\\(?:x([0-9a-f]{2})|n)"  # a byte or a newline between $' and '


class RnncliError(Exception):
    """An error in two lines: the problem with its place, and the remedy.

    `str(error)` is the first line; `error.hint` the second, or None. `error.options`: what added to the command cures
    it, as in "--decimal , --thousands .", if options do.
    """

    exit_code = 70  # a bug in rnncli, unless a subclass sets another

    def __init__(self, message: str, hint: str | None = None, options: str = ""):
        super().__init__(message)
        self.hint, self.options = hint, options


class CheckFailed(RnncliError):
    """A metric check or a gradient check failed: the command worked, the answer is no."""

    exit_code = 1


class ConfigError(RnncliError):
    """Invalid options or configuration."""

    exit_code = 2


class DataError(RnncliError):
    """A data file that is missing, unreadable or invalid."""

    exit_code = 3


class ModelFileError(RnncliError):
    """A checkpoint or run folder that is missing, damaged or of another architecture."""

    exit_code = 4


class Diverged(RnncliError):
    """Training produced non-finite values repeatedly."""

    exit_code = 5


class ResourceError(RnncliError):
    """The disk, the memory or a permission does not suffice."""

    exit_code = 6


class RunInUse(RnncliError):
    """The run folder is used by another process or another run."""

    exit_code = 7


class Interrupted(RnncliError):
    """Stopped by a signal after saving; 130 for SIGINT, 143 for SIGTERM."""

    def __init__(self, message: str, hint: str | None = None, exit_code: int = 130):
        super().__init__(message, hint)
        self.exit_code = exit_code


def shell_name(path: str | os.PathLike[str]) -> str:
    """The name of a file as it stands in a command that one is asked to type: ./-x for -x, which would be an option."""
    name = os.fspath(path)
    return shell_word(f"./{name}" if name.startswith("-") and name != "-" else name)


def shell_word(word: str) -> str:
    r"""A word for bash, on one line and safe for a terminal: plain, in quotes, or $'\x1b' where it cannot be shown."""
    if re.fullmatch(PLAIN, word):
        return word
    if word.isprintable():
        return "'" + word.replace("'", "'\"'\"'") + "'"
    return "$'" + "".join(map(_spelled, word)) + "'"


def shell_words(line: str) -> list[str]:
    """The words of a line that `shell_word` or `shlex.quote` wrote each."""
    return [re.sub(QUOTED, _meant, word) for word in re.findall(WORDS, line)]


def _meant(found: re.Match[str]) -> str:
    spelled, plain, name = found.groups()
    if spelled is None:
        return name if plain is None else plain
    return os.fsdecode(re.sub(SPELLED, lambda code: bytes([int(code[1] or b"0a", 16)]), os.fsencode(spelled)))


def _spelled(letter: str) -> str:
    r"""A letter between $' and ': as it is, or its bytes, \xe2\x80\xae, which mean the same in every locale."""
    if letter.isprintable() and letter not in "\\'!":
        return letter
    if letter == "\n":
        return r"\n"
    try:
        code = os.fsencode(letter)
    except UnicodeEncodeError:  # no name of a file here: half a character, or one that the locale lacks
        code = letter.encode("utf-8", "surrogatepass")
    return "".join(f"\\x{byte:02x}" for byte in code)
