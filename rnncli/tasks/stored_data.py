"""The data that a stored model was trained on, read again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import DataError


def read_again(loaded: Any, read: Callable[[], Any]) -> Any:
    """The result of `read()`, checked to have the digest of the data that `loaded` was trained on; else DataError."""
    files = loaded.config.data.files
    advice = f"evaluate another file: rnncli eval {loaded.path} FILE"
    if "-" in files:
        raise DataError(f"{loaded.path} was trained on standard input, which cannot be read again", advice)
    try:
        data = read()
    except DataError as error:
        raise DataError(
            f"the data that {loaded.path} was trained on: {error}",
            f"run the command in the folder where it was trained, or {advice}",
        ) from error
    if data.digest != loaded.data["digest"]:
        raise DataError(
            f"{', '.join(files)}: not the data that {loaded.path} was trained on: the digest is "
            f"{data.digest[:12]}..., expected {loaded.data['digest'][:12]}...",
            f"restore the files as they were, or {advice}",
        )
    return data


@contextmanager
def inspecting() -> Iterator[None]:
    """Gives a DataError of the data of a run the remedy that `inspect` has."""
    try:
        yield
    except DataError as error:
        raise DataError(
            str(error), "run the command in the folder where it was trained, or name other data with --data FILE"
        ) from error
