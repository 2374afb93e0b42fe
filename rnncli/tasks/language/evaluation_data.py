"""The texts on which a language model is evaluated: a split of those that it was trained on, or others."""

from dataclasses import replace

from ...data.text.corpus import load_corpus, load_split
from ...data.text.encoders import UnseenCharacter
from ...errors import ConfigError, DataError
from ...phrases import counted
from ..stored_data import read_again


def stored_corpus(loaded, progress=None):
    """The Corpus that `loaded` (Loaded) was trained on, read again.

    progress: called with (bytes done, all bytes). Raises DataError where the files are gone or have changed.
    """
    return read_again(loaded, lambda: load_corpus(loaded.config.data, loaded.encoder, progress))


def held_out(loaded, corpus, name):
    """The split "val" or "test" of a corpus; raises ConfigError where the run set none aside."""
    split = getattr(corpus, name)
    if split is None:
        raise ConfigError(
            f"--split {name}: {loaded.path} was trained with --{name}-frac 0, so there is no such split",
            f"name the other split, or evaluate another text: rnncli eval {loaded.path} FILE",
        )
    return split


def other_text(loaded, path, unknown="error", progress=None):
    """The Split of another file, folder or "-"; its notes say what was changed.

    unknown: at character level, "error" raises DataError for a character that the model has never seen; "skip" leaves
    such characters out and says how many. progress: called with (bytes done, all bytes).
    """
    encoder = Skipping(loaded.encoder) if unknown == "skip" and loaded.encoder.level == "char" else loaded.encoder
    try:
        split = load_split(path, encoder, loaded.config.data, progress)
    except UnseenCharacter as error:
        raise DataError(
            str(error), "--unknown skip leaves such characters out; --level byte trains a model that knows every text"
        ) from error
    if encoder is loaded.encoder or not encoder.skipped:
        return split
    note = f"{counted(encoder.skipped, 'character')} that the model has never seen left out"
    return replace(split, notes=(*split.notes, note))


class Skipping:
    """An encoder that leaves out the characters it does not know, and counts them in `skipped`."""

    def __init__(self, encoder):
        self.encoder, self.skipped = encoder, 0

    def __getattr__(self, name):
        return getattr(self.encoder, name)

    def encode(self, text, unknown="error"):
        ids = self.encoder.encode(text, "skip")
        self.skipped += len(text) - len(ids)
        return ids

    def to_dict(self):
        """Unlike the encoder's own: tokens cached for one are not those of the other."""
        return self.encoder.to_dict() | {"unknown": "skip"}
