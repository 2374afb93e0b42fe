"""The texts on which a language model is evaluated: a split of its own data, or other files."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...data.text.corpus import Corpus, load_corpus, load_split
from ...data.text.encoders import UnseenCharacter
from ...data.text.splits import Split, TooShort, target_counts
from ...errors import ConfigError, DataError, shell_name
from ...phrases import counted
from ...storage.stored_data import read_again

SPELLED = "their loss includes their spelling"  # in the note on words outside the vocabulary
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
            f"name the other split, or evaluate another text: rnncli eval {shell_name(loaded.path)} FILE",
        )
    return split


def other_text(
    loaded: Any, path: str, unknown: str | None = None, progress: BytesRead | None = None, config: Any = None
) -> Split:
    """The Split of another file, folder or "-"; its notes report changes made while reading.

    config: the Config by which it is read, None for that of the model.

    unknown: "error" raises DataError for a character or word that the model has never seen; "skip" leaves such out and
    counts them; None: an error for characters, while words are spelled out.
    """
    skips = unknown == "skip" and loaded.encoder.level == "char"
    encoder = Skipping(loaded.encoder) if skips else loaded.encoder
    data = (config or loaded.config).data
    try:
        # Skipping delegates to the encoder what it does not define itself.
        split = load_split(path, encoder, data, progress)  # pyright: ignore[reportArgumentType]
    except UnseenCharacter as error:
        raise DataError(
            str(error), "--unknown skip leaves such characters out; a model trained with --tokens byte reads every text"
        ) from error
    except TooShort as error:
        if skips and encoder.skipped:
            raise strange(path, encoder.skipped, encoder.skipped + encoder.kept, "characters") from error
        raise
    if loaded.encoder.level == "word" and unknown:
        return without_strangers(split, loaded.encoder, unknown == "skip")
    if encoder is loaded.encoder or not encoder.skipped:
        return split
    return noted(split, counted(encoder.skipped, "character"))


def without_strangers(split: Split, encoder: Any, skip: bool) -> Split:
    """The Split without words outside the vocabulary if `skip`; otherwise DataError if there is one."""
    known = split.tokens != 0
    strangers = len(known) - int(known.sum())
    if not strangers:
        return split
    if not skip:
        raise DataError(
            f"{split.name}: {strangers:,} of {len(known):,} tokens are words that the model has never seen",
            "--unknown skip leaves them out; without --unknown they count with their spelling",
        )
    place = np.append(0, np.cumsum(known))
    pieces = place[split.pieces]
    tokens, pieces = split.tokens[known], pieces[pieces[:, 1] - pieces[:, 0] >= 2]
    if not len(pieces):
        raise strange(split.name, strangers, len(known), "words")
    lengths = encoder.char_counts(np.arange(encoder.size))
    characters = int(target_counts(tokens, pieces, encoder.size) @ lengths)
    notes = tuple(note for note in split.notes if SPELLED not in note)
    kept = replace(split, tokens=tokens, pieces=pieces, characters=characters, spelling_nats=0.0, notes=notes)
    return noted(kept, counted(strangers, "word"))


def strange(name: str, unknown: int, total: int, unit: str) -> DataError:
    """The error for a text of which nothing to score is left without what the model has never seen."""
    many = f"all {total:,} {unit}" if unknown == total else f"{unknown:,} of {total:,} {unit}"
    return DataError(
        f"{name}: {many} are unknown to the model, so that nothing to score is left",
        "name a text in the letters of the training data; a model trained with --tokens byte reads every text",
    )


def noted(split: Split, what: str) -> Split:
    """The Split with a note on what was left out."""
    return replace(split, notes=(*split.notes, f"{what} left out, unknown to the model"))


class Skipping:
    """An encoder that leaves out the characters it does not know. Counts them in `skipped`, the others in `kept`."""

    def __init__(self, encoder: Any) -> None:
        self.encoder, self.skipped, self.kept = encoder, 0, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.encoder, name)

    def encode(self, text: str, unknown: str = "error") -> Any:
        """The ids of the known characters of `text`."""
        ids = self.encoder.encode(text, "skip")
        self.skipped += len(text) - len(ids)
        self.kept += len(ids)
        return ids

    def to_dict(self) -> dict[str, Any]:
        """Differs from the encoder's own, so that the two do not share cached tokens."""
        return self.encoder.to_dict() | {"unknown": "skip"}
