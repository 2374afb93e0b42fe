"""Advice that holds for the command that is running: whoever reads data does not know for which command it is."""

import re
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from ..config import option_name
from ..errors import shell_word, shell_words
from .app import COMMANDS, command

OPTION = re.compile(r"(?<![\w/-])--[a-z][a-z-]*")
QUOTED = re.compile(r"""(?<!\w)\$?'(?!--)[^']*'|(?<!\w)"[^"]*\"""")  # names, whatever they hold
TRAINING = re.compile(r"\btrain(s|ed|ing)?\b")  # a clause with this word in front of an option says whose it is
ADDRESS = re.compile(r"(?<![^=])[A-Za-z][A-Za-z0-9+.-]*://.+", re.DOTALL)  # alone, or the value of an option
MISSING = re.compile("no such file|^no model at|^cannot resume: .* does not exist", re.IGNORECASE)
BETWEEN = "; "  # clauses of a hint or note, each of which stands alone
RESUMING = "train --resume"  # has fewer options than `train`: most settings are those of the run
GENERAL = ("resume", "profile", "progress", "quiet", "verbose", "color", "debug", "help")  # that it has too
ELSEWHERE = ["--output"]  # a resumed run has no other folder
ADDED = "--na"  # of the options that cure an error the one whose words come to those that were given


def command_of(argv: Sequence[str]) -> str:
    """The name of the command of a command line, RESUMING for a `train --resume RUN`."""
    name = argv[0] if argv else ""
    if name != "train":
        return name
    runs = _without(argv, ["--resume"])[1].get("--resume")
    return RESUMING if runs and runs[-1] != "auto" else name


def advice_for(name: str, text: str) -> str:
    """A hint or note for the command called `name`.

    Clauses with options that this command lacks are left out; where none remains, the text says whose they are. For
    RESUMING, settings can be those of another run.
    """
    if not is_command(name) or not OPTION.search(text):
        return text
    clauses = clauses_of(text)
    kept = [clause for clause in clauses if not foreign(name, clause)]
    if name == RESUMING:
        others = [clause for clause in clauses if foreign(name, clause) not in ([], ELSEWHERE)]
        kept += [f"in another run: {clause.removeprefix('or ')}" for clause in others]
    if kept:
        return BETWEEN.join(kept)
    lacking = dict.fromkeys(option for clause in clauses for option in foreign(name, clause))
    owners = {owner: [each for each in lacking if owner_of(each) == owner] for owner in map(owner_of, lacking)}
    return text + "".join(f" (rnncli {owner} has {', '.join(each)})" for owner, each in owners.items() if owner)


def about_address(argv: Sequence[str], error: Exception) -> str:
    """The hint of an error about a missing file, which is an address on the command line; "" for any other error."""
    text = str(error)
    found = [match.group() for match in map(ADDRESS.search, argv) if match] if MISSING.search(text) else []
    if any(name in text for each in found for name in (each, str(Path(each)))):  # a path has no two slashes in a row
        return "addresses are not read: download the file first, then name it"
    return ""


def clauses_of(text: str) -> list[str]:
    """The clauses of a hint; what stands in quotes, as the name of a file does, ends none."""
    places = [found.start() for found in re.finditer(re.escape(BETWEEN), hidden(text))]
    begins, ends = [0, *(place + len(BETWEEN) for place in places)], [*places, len(text)]
    return [text[begin:end] for begin, end in zip(begins, ends)]


def hidden(text: str) -> str:
    """A text with blanks for all that stands in quotes."""
    return QUOTED.sub(lambda found: " " * len(found.group()), text)


def cure(argv: Sequence[str], options: str) -> str:
    """The end of a hint: the command line with `options` that cure an error, instead of what was given for the same
    options; "" without any, and where the command does not have them."""
    name = command_of(argv)
    if not options or not is_command(name) or foreign(name, options):
        return ""
    words = shell_words(options)
    named = [word for word in words if OPTION.fullmatch(word)]
    kept, given = _without(argv, set(named) - _flags(argv[0]))
    for place, option in enumerate(words[:-1]):
        if option == ADDED and given.get(option):
            words[place + 1] = ",".join([*given[option], words[place + 1]])
    return f"{BETWEEN}run: rnncli {' '.join(map(shell_word, [*kept, *words]))}"


def _without(argv: Sequence[str], options: Collection[str]) -> tuple[list[str], dict[str, list[str]]]:
    """(a command line without these options and their values, {option: its values})."""
    kept, given = [], {}
    rest = iter(argv)
    for word in rest:
        option, sign, value = word.partition("=")
        if option not in options:
            kept.append(word)
        else:
            given.setdefault(option, []).append(value if sign else next(rest, ""))
    return kept, given


@cache
def _flags(name: str) -> frozenset[str]:
    """The options of a command that take no value."""
    flags = [param for param in command().commands[name].params if getattr(param, "is_flag", False)]
    return frozenset(option for param in flags for option in (*param.opts, *param.secondary_opts))


def foreign(name: str, clause: str) -> list[str]:
    """The options in a clause that the command lacks, without those that it says belong to `train`."""
    return [
        found.group()
        for found in OPTION.finditer(hidden(clause))
        if found.group() not in options_of(name) and not TRAINING.search(clause[: found.start()])
    ]


@cache
def options_of(name: str) -> frozenset[str]:
    """All options of a command."""
    if name == RESUMING:
        from .train import EXTENDING

        return frozenset((*map(option_name, (*EXTENDING, "model.code")), *(f"--{each}" for each in GENERAL)))
    params = command().commands[name].params
    return frozenset(option for param in params for option in (*param.opts, *param.secondary_opts)) | {"--help"}


def is_command(name: str) -> bool:
    return name in COMMANDS or name == RESUMING


def owner_of(option: str) -> str | None:
    """The first command that has an option; None if there is none."""
    return next((name for name in COMMANDS if option in options_of(name)), None)
