"""The words of a command line: names of files and runs that can be none, and texts in an encoding of their own."""

import os
import re
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from ..errors import ConfigError, shell_name

NAMES = re.compile(r"\b(FILE|RUN|DATA)\b")  # in the placeholder of what is a file or a folder
NOT_READ = ("--output", "--plot", "--config")  # - is standard output, or has an error of its own
PLACES = re.compile("[\udc80-\udcff]")  # bytes that the encoding of the locale does not know


def check_names(params: Sequence[Any], values: MutableMapping[str, Any]) -> None:
    """Raise ConfigError for an empty name of a file or run, and where standard input is named twice."""
    read = 0
    for param in params:
        if not NAMES.search(param.metavar or ""):
            continue
        found = list(words(values.get(param.name)))
        if "" in found:
            raise ConfigError(
                f"{called(param)} is empty", "name a file or folder, or leave it out; is a shell variable unset?"
            )
        read += 0 if set(param.opts) & set(NOT_READ) else found.count("-")
    if read > 1:
        raise ConfigError(
            "- is named more than once", "standard input can be read only once; name a file for one of them"
        )


def check_order(command: str, values: MutableMapping[str, Any]) -> None:
    """Raise ConfigError where a trained model stands among the FILEs and something else in its place."""
    run, files = values.get("run"), values.get("files")
    if not files or not isinstance(run, str):
        return
    from ..storage.header import stored_task

    if stored_task(run) is None and (model := next((each for each in files if stored_task(each)), None)):
        right = " ".join(map(shell_name, [model, run, *(each for each in files if each != model)]))
        raise ConfigError(f"{run} is no trained model, but {model} is", f"name the run first: rnncli {command} {right}")


def decode(params: Sequence[Any], values: MutableMapping[str, Any]) -> None:
    """Read texts that the locale cannot, such as those of the C locale beyond ASCII, as UTF-8; names of files, by which
    the system finds them, stay."""
    for param in params:
        value = values.get(param.name)
        if NAMES.search(param.metavar or "") or param.name == "assignments":
            continue
        if isinstance(value, str):
            values[param.name] = decoded(value)
        elif isinstance(value, list | tuple):
            values[param.name] = type(value)(decoded(each) for each in value)


def decoded(word: Any) -> Any:
    """A word in UTF-8 that the locale could not decode; any other as it is."""
    if not isinstance(word, str) or not PLACES.search(word):
        return word
    try:
        return os.fsencode(word).decode()
    except UnicodeError:
        return word


def words(value: Any) -> Iterator[str]:
    """The words that are the value of one parameter."""
    yield from [value] if isinstance(value, str) else (value if isinstance(value, list | tuple) else ())


def called(param: Any) -> str:
    """What a user calls a parameter: its option, or its placeholder."""
    return param.opts[0] if param.param_type_name == "option" else param.metavar.strip("[].")
