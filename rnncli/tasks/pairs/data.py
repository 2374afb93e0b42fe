"""The examples of a run: read from its files, and shared out to training, validation and test."""

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...data.files import Undecodable
from ...data.pairs.examples import Examples, read_examples
from ...data.pairs.splits import overlap, split
from ...data.tables.reading import Reading
from ...errors import ConfigError, DataError
from ...phrases import counted

NAMED = 3  # files that a message names
MANY = 0.1  # of the held-out examples stand in training: a warning rather than a note
REPEATED = 10  # examples with the same features on average, where each split gets its share of them
SHARES = {"val": "val_frac", "test": "test_frac"}


@dataclass(frozen=True)
class PairData:
    """The examples of each split; without held-out examples a split is missing."""

    splits: Mapping[str, Examples]  # "train", and perhaps "val" and "test"
    where: Mapping[str, str]  # where each split comes from, in words
    reading: Mapping[str, Any]  # what was found out about the files, to read others alike
    digest: str
    files: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def train(self) -> Examples:
        return self.splits["train"]


def load_pairs(
    config: Any,
    answers: str,
    reading: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PairData:
    """The PairData of a Config; answers: see `read_examples`; reading: of a stored model.

    Files for validation and test are read as the training files were. Otherwise a share of the examples is held out,
    the same for the same seed, with its part of every class; equal sources stay together, of descriptions equal texts.
    DataError for files that cannot be read, and where nothing is left to train on.
    """
    pairs = config.pairs
    main = read_pairs(config.data.files, config, answers, reading, progress, group=pairs.group)
    given = {name: files for name in SHARES if (files := getattr(pairs, name))}
    shares = {name: 0.0 if name in given else getattr(config.data, share) for name, share in SHARES.items()}
    parts, title = _shared_out(main, pairs, shares, config.seed), titled(main.files)
    found = {name: main.take(rows) for name, rows in parts.items() if len(rows)}
    where = {name: f"{counted(len(rows), 'example')} of {title}" for name, rows in parts.items() if len(rows)}
    if "train" not in found:
        raise DataError(f"{title}: no example is left to train on", "lower --val-frac and --test-frac")
    notes, digests = list(main.notes), [main.digest]
    for name, files in given.items():
        found[name] = read_pairs(files, config, answers, main.choices, progress)
        where[name] = f"{counted(len(found[name]), 'example')} of {titled(found[name].files)}"
        notes += [f"{note} ({name})" for note in found[name].notes]
        digests.append(found[name].digest)
    warnings = list(_nothing_held_out(found, shares, len(set(_groups(main))), main.answers))
    for text, is_large in _overlaps(found, given):
        (warnings if is_large else notes).append(text)
    described = [digests, shares, config.seed if any(shares.values()) else None, pairs.group]
    digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()
    order = {name: found[name] for name in ("train", "val", "test") if name in found}
    return PairData(order, where, main.choices, digest, main.files, tuple(notes), tuple(warnings))


def read_pairs(
    files: Sequence[str],
    config: Any,
    answers: str,
    reading: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | None = None,
    target_required: bool = True,
    group: str | None = None,
) -> Examples:
    """The Examples of files; reading: how the training files were read, None to find it out. group: their column."""
    pairs = config.pairs
    how = reading or {
        "source": pairs.source,
        "target": pairs.target,
        "condition": pairs.condition,
        "format": pairs.format,
        "header": {"yes": True, "no": False}.get(pairs.header),
    }
    table = Reading.of(config.table, config.data.encoding)
    if reading is not None and table.sep == reading.get("separator"):
        table = replace(table, sep=None)  # another separator is no error then
    try:
        return read_examples(
            files,
            answers,
            **how,
            group=group,
            table=table,
            target_required=target_required,
            to_learn=reading is None and target_required,
            progress=progress,
        )
    except Undecodable as error:
        if reading is None:
            raise
        raise DataError(str(error), error.hint, error.options) from error


def titled(files: Sequence[str]) -> str:
    """The first files by name, and the number of the others."""
    more = f" and {len(files) - NAMED:,} more" if len(files) > NAMED else ""
    return ", ".join(files[:NAMED]) + more


def key(source: Any) -> Hashable:
    """A source as something that equals itself in another example."""
    return source.tobytes() if isinstance(source, np.ndarray) else source


def overlap_note(count: int, total: int, noun: str) -> str:
    """A sentence on held-out examples whose source stands in training too."""
    return f"{count:,} of {counted(total, noun)} also {'stands' if count == 1 else 'stand'} in training"


def keys(examples: Examples) -> list[Hashable]:
    """What is asked in each example, as something that equals itself in another one: its source, with its conditions;
    of a description, whose source asks for many, its text."""
    if examples.answers == "description" and examples.targets is not None:
        return list(examples.targets)
    sources = [key(source) for source in examples.sources]
    return list(zip(sources, examples.conditions)) if examples.conditions else sources


def _shared_out(examples, pairs, shares, seed):
    """{split: rows} of the main files."""
    if not any(shares.values()):
        return {"train": np.arange(len(examples))}
    if pairs.group is not None and examples.groups is None:
        raise ConfigError("pairs.group: these files have no columns", "leave --group out")
    return split(_groups(examples), _strata(examples), shares["val"], shares["test"], seed)


def _strata(examples):
    """The class of each example: its answer, or the features of a description where they repeat; one for all else."""
    if examples.answers == "class":
        return examples.targets
    repeated = examples.answers == "description" and len(set(examples.sources)) * REPEATED <= len(examples)
    return examples.sources if repeated else [None] * len(examples)


def _groups(examples):
    """What stays in one split, of each example."""
    if examples.groups:
        return examples.groups
    return examples.targets if examples.answers == "description" else [key(source) for source in examples.sources]


def _nothing_held_out(found, shares, groups, answers):
    """A note for each share that is too small for even one group of examples."""
    together = "texts" if answers == "description" else "sources"
    for name, share in shares.items():
        if share and name not in found:
            total = counted(len(found["train"]), "example")
            yield (
                f"no {name} examples: equal {together} stay together, and {100 * share:.3g} % of {total} is less than "
                f"half of any of the {groups:,} groups; raise --{name}-frac, or name a file with --{name}"
            )


def _overlaps(found, given):
    """Notes on held-out sources that stand in training: for files, which may overlap, also that none does."""
    training, notes = keys(found["train"]), []
    for name in ("val", "test"):
        if name in found:
            count = overlap(keys(found[name]), training)
            if count or name in given:
                is_large = count > MANY * len(found[name])
                notes.append((overlap_note(count, len(found[name]), f"{name} example"), is_large))
    return notes
