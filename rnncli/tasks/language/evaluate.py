"""The nats that a language model and its baseline need for a text; `scoring` describes the protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import nan
from typing import Any

from ...data.text.splits import Split, target_counts
from ...errors import ConfigError, DataError
from ..base import Output, Progress
from .baselines import KneserNey, default_order
from .dynamic import Dynamic
from .evaluation_data import held_out, other_text, stored_corpus
from .report import LINES, TOKENS, ScoredSplit, TextReport, names_of_metrics
from .scoring import split_nats


def metric_names(loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
    """See `tasks.base.Task.metric_names`."""
    return names_of_metrics(loaded.encoder.level, options["context"], options["dynamic"])


def evaluate(loaded: Any, options: Mapping[str, Any], out: Output) -> TextReport:
    """See `tasks.base.Task.evaluate`."""
    check_together(options)
    wants_baseline, adapts = options["baseline"] is not False, options["dynamic"] is not None
    rate = asked_rate(options["dynamic"])
    if options["files"]:
        splits = read_files(loaded, options["files"], options["unknown"], options["config"], out)
        required = adapts or bool(options["beaten"])
        train = training_split(loaded, required, out) if wants_baseline or adapts else None
    else:
        corpus = stored_corpus(loaded, partial(out.progress, "reading"))
        splits, train = [held_out(loaded, corpus, options["split"] or "val")], corpus.train
    dynamic = Dynamic(loaded, train, rate, out.progress) if adapts and train else None
    baseline = train if wants_baseline else None
    found = report(loaded, splits, baseline, options["order"], options["context"], dynamic, out.progress)
    shown = {LINES: options["per_line"], TOKENS: options["per_token"]}
    return replace(found, shown=tuple(name for name, wanted in shown.items() if wanted))


def check_together(options: Mapping[str, Any]) -> None:
    """Raises ConfigError for options that exclude each other."""
    if options["files"] and options["split"]:
        raise ConfigError("--split and FILE exclude each other", "name files, or a split of the run's own data")
    if options["beaten"] and options["baseline"] is False:
        raise ConfigError("--beat-baseline and --no-baseline exclude each other", "give only one of them")


def asked_rate(dynamic: str | None) -> float | None:
    """The learning rate of `--dynamic`; None for auto or where it is not given. Raises ConfigError."""
    if dynamic in (None, "auto"):
        return None
    try:
        rate = float(dynamic)
    except ValueError:
        rate = nan
    if not 0 < rate <= 1:
        raise ConfigError(f"--dynamic is {dynamic!r}", "allowed: auto, or a learning rate up to 1, such as 0.001")
    return rate


def read_files(loaded: Any, files: list[str], unknown: str | None, config: Any, out: Output) -> list[Split]:
    """A Split for each file, read by a Config; notes report changes made while reading."""
    splits = [other_text(loaded, name, unknown, partial(out.progress, "reading"), config) for name in files]
    for split in splits:
        for note in split.notes:
            out.note(f"note: {split.name}: {note}")
    return splits


def training_split(loaded: Any, required: bool, out: Output) -> Split | None:
    """The training split of the run for the baseline; None, with a warning, where its data is not available.

    With `required` the DataError is raised instead: a check that cannot be made has not failed.
    """
    try:
        return stored_corpus(loaded, partial(out.progress, "reading")).train
    except DataError as error:
        if required:
            raise
        out.warn(f"warning: no baseline: {error}")
        return None


def report(
    loaded: Any,
    splits: Sequence[Split],
    train: Split | None = None,
    order: int | None = None,
    context: int | None = None,
    dynamic: Dynamic | None = None,
    progress: Progress | None = None,
) -> TextReport:
    """The TextReport of `loaded` (Loaded) on `splits`, beside a Kneser-Ney n-gram fitted on the Split `train`.

    train None: no baseline. order: of the n-gram; None: the default for the kind of token. dynamic: to score with
    weights that adapt, too. progress: called with (activity, done, total), total None where it is not known. Raises
    DataError for a split without targets.
    """
    progress = progress or (lambda what, done, total: None)
    for split in splits:
        if not (split.targets and split.characters):
            raise DataError(f"{split.name}: nothing to score: a text needs at least two tokens", "give more text")
    baseline = None
    if train is not None:
        baseline = KneserNey(order or default_order(loaded.encoder.level))
        progress(f"counting {baseline.order}-grams", 0, None)
        baseline.fit(train.tokens, train.pieces, loaded.encoder.size)
    parts = tuple(_scored(loaded, split, baseline, context, dynamic, progress) for split in splits)
    order, used = (baseline.order, baseline.used) if baseline else (None, None)
    return TextReport(parts, loaded.encoder, context, order, used, dynamic and dynamic.how)


def _scored(loaded, split, baseline, context, dynamic, progress):
    score = partial(split_nats, loaded.model, loaded.store.views(loaded.theta), split)
    model = score(progress=partial(progress, f"scoring {split.name}"))
    windows = kneser_ney = adapted = None
    if context:
        windows = score(context=context, progress=partial(progress, f"scoring {split.name}, windows of {context}"))
    if dynamic:
        adapted = dynamic.nats(split, partial(progress, f"scoring {split.name}, adapting"))
    if baseline:
        progress(f"scoring {split.name} with {baseline.order}-grams", 0, None)
        kneser_ney = baseline.nats(split.tokens, split.pieces)
    word = loaded.encoder.level == "word"
    unknown = int(target_counts(split.tokens, split.pieces, loaded.encoder.size)[0]) if word else 0
    return ScoredSplit(split, unknown, model, windows, kneser_ney, adapted)
