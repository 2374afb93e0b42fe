"""The texts on which a language model is evaluated: a split of its own data, or other files."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...data.files import Undecodable
from ...data.text.corpus import Corpus, load_corpus, load_split
from ...data.text.encoders import UnseenCharacter
from ...data.text.splits import Split
from ...errors import ConfigError, DataError
from ...phrases import counted
from ..stored_data import read_again

OTHER_ENCODING = "name the encoding of the file, as in --encoding latin-1"
BytesRead = Callable[[int, int], None]  # (bytes done, all bytes)


def stored_corpus(loaded: Any, progress: BytesRead | None = None) -> Corpus:
    """The Corpus that `loaded` (Loaded) was trained on, read again.

    Raises DataError where the files are gone or have changed.
    """
    return read_again(loaded, lambda there: load_corpus(there.config.data, there.encoder, progress))


def held_out(loaded: Any, corpus: Corpus, name: str) -> Split:
    """The split "val" or "test" of a corpus; raises ConfigError where the run held none out."""
    split = getattr(corpus, name)
    if split is None:
        raise ConfigError(
            f"--split {name}: {loaded.path} was trained with --{name}-frac 0, so there is no such split",
            f"name the other split, or evaluate another text: rnncli eval {loaded.path} FILE",
        )
    return split


def other_text(
    loaded: Any, path: str, unknown: str = "error", progress: BytesRead | None = None, config: Any = None
) -> Split:
    """The Split of another file, folder or "-"; its notes report changes made while reading.

    config: the Config by which it is read, None for that of the model.

    unknown: with character tokens, "error" raises DataError for a character that the model has never seen; "skip"
    leaves such characters out and counts them.
    """
    encoder = Skipping(loaded.encoder) if unknown == "skip" and loaded.encoder.level == "char" else loaded.encoder
    data = (config or loaded.config).data
    try:
        # Skipping delegates to the encoder what it does not define itself.
        split = load_split(path, encoder, data, progress)  # pyright: ignore[reportArgumentType]
    except UnseenCharacter as error:
        raise DataError(
            str(error), "--unknown skip leaves such characters out; a model trained with --tokens byte reads every text"
        ) from error
    except Undecodable as error:
        raise DataError(str(error), OTHER_ENCODING) from error
    if encoder is loaded.encoder or not encoder.skipped:
        return split
    note = f"{counted(encoder.skipped, 'character')} left out, unknown to the model"
    return replace(split, notes=(*split.notes, note))


class Skipping:
    """An encoder that leaves out the characters it does not know, and counts them in `skipped`."""

    def __init__(self, encoder: Any) -> None:
        self.encoder, self.skipped = encoder, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.encoder, name)

    def encode(self, text: str, unknown: str = "error") -> Any:
        """The ids of the known characters of `text`."""
        ids = self.encoder.encode(text, "skip")
        self.skipped += len(text) - len(ids)
        return ids

    def to_dict(self) -> dict[str, Any]:
        """Differs from the encoder's own, so that the two do not share cached tokens."""
        return self.encoder.to_dict() | {"unknown": "skip"}
