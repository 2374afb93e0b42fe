"""The examples that an evaluation scores, and those of training that its simple methods are fitted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...data.pairs.examples import Examples
from ...data.pairs.splits import overlap
from ...errors import ConfigError, DataError, shell_name
from ...storage.stored_data import read_again
from ..base import Output
from ..picture_files import check_picture
from .data import MANY, keys, load_pairs, overlap_note, read_pairs


@dataclass(frozen=True)
class Scored:
    """Examples with their answers, and the training examples where they are wanted and could be read."""

    name: str  # "val", "test" or the names of files
    examples: Examples
    train: Examples | None
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def notes_with(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """The notes, and those of the simple methods `given` {baseline: Answered}, each once."""
        return tuple(dict.fromkeys((*self.notes, *(note for each in given.values() for note in each.notes))))


def examples_to_score(loaded: Any, answers: str, options: Mapping[str, Any], out: Output) -> Scored:
    """The Scored of an evaluation of `loaded` (Loaded) with these options of `eval`.

    Files are read as those of training were. Raises ConfigError for options that exclude each other and for a split
    that the run does not have, DataError for files that cannot be read.
    """
    files, split = options["files"], options["split"]
    if options["plot"]:
        check_picture(options["plot"])  # before the work
    if files and split:
        raise ConfigError("--split and FILE exclude each other", "name files, or a split of the run's own data")
    if options["beaten"] and options["baseline"] is False:
        raise ConfigError("--beat-baseline and --no-baseline exclude each other", "give only one of them")
    reading = loaded.encoder.reading
    progress = partial(out.progress, "reading")

    def own():
        return read_again(loaded, lambda there: load_pairs(there.config, answers, reading, progress))

    if not files:
        data = own()
        name = split or next((each for each in ("test", "val") if each in data.splits), None)
        if name not in data.splits:
            raise ConfigError(
                f"{f'--split {name}' if name else 'nothing to score'}: {loaded.path} has no such held-out examples",
                f"evaluate a file: rnncli eval {shell_name(loaded.path)} FILE",
            )
        return _scored(name, data.splits[name], data.train if options["baseline"] is not False else None, ())
    examples = read_pairs(files, options["config"], answers, reading, progress)
    train = None
    if options["baseline"] is not False:
        try:
            train = own().train
        except DataError as error:
            if options["beaten"]:
                raise  # a check that cannot be made has not failed
            out.warn(f"warning: no simple methods beside the model: {error}")
    return _scored(", ".join(examples.files), examples, train, examples.notes)


def _scored(name, examples, train, notes):
    warnings: tuple[str, ...] = ()
    if train is not None:
        count = overlap(keys(examples), keys(train))
        text = overlap_note(count, len(examples), "example")
        notes, warnings = (notes, (text,)) if count > MANY * len(examples) else ((*notes, text), ())
    return Scored(name, examples, train, notes, warnings)


def shown_source(examples: Examples, k: int) -> str:
    """Source k as a text for people."""
    source = examples.sources[k]
    if isinstance(source, str):
        return source
    if isinstance(source, np.ndarray):
        first = " ".join(f"{value:.4g}" for value in source[:4, 0])
        return f"{len(source):,} steps: {first} ..."
    return " ".join(source) if examples.form == "words" else ", ".join(source)


def words_of(source: Any) -> Sequence[str]:
    """The words of a sentence; of a series (T, D) the numbers of its steps."""
    return [f"{step:,}" for step in range(1, len(source) + 1)] if isinstance(source, np.ndarray) else source
