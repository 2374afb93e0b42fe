"""The data that a stored model was trained on, read again."""

from collections.abc import Callable
from typing import Any

from ..errors import DataError


def read_again(loaded: Any, read: Callable[[], Any]) -> Any:
    """What `read()` gives, if it has the digest of the data that `loaded` was trained on; raises DataError if not."""
    files = loaded.config.data.files
    advice = f"evaluate another file: rnncli eval {loaded.path} FILE"
    if "-" in files:
        raise DataError(f"{loaded.path} was trained on standard input, which cannot be read again", advice)
    try:
        data = read()
    except DataError as error:
        raise DataError(
            f"the data that {loaded.path} was trained on: {error}",
            f"work in the folder where it was trained, or {advice}",
        ) from error
    if data.digest != loaded.data["digest"]:
        raise DataError(
            f"{', '.join(files)}: not the data that {loaded.path} was trained on: its digest is "
            f"{data.digest[:12]}..., that of the run {loaded.data['digest'][:12]}...",
            f"bring the files back as they were, or {advice}",
        )
    return data
