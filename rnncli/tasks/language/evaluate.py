"""What a language model, and the baseline beside it, pay for a text; see `scoring` for how it is read.

Nats per character count the characters of the text on every level, so that levels and vocabularies compare; at word
level they include the nats of spelling out the words outside the vocabulary, for the model and the baseline alike.
"""

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ...data.text.corpus import load_corpus, load_split
from ...data.text.encoders import UnseenCharacter
from ...data.text.splits import Split, target_counts
from ...errors import ConfigError, DataError
from ...phrases import counted
from .baselines import KneserNey, default_order
from .scoring import Scorer, split_nats

__all__ = [
    "Part",
    "Report",
    "Scorer",
    "held_out",
    "line_records",
    "metric_names",
    "other_text",
    "report",
    "split_nats",
    "stored_corpus",
    "token_records",
]
METRICS = ("nats_per_char", "bits_per_char", "perplexity", "nats_per_token", "tokens", "characters")
WORD_METRICS = ("unknown_share", "spelling_nats_per_char")
CONTEXT_METRICS = ("context_nats_per_char", "context_bits_per_char", "context_perplexity", "context_nats_per_token")
NEWLINE = "\n"


def metric_names(level, context=None):
    """The names of `Report.metrics`."""
    return METRICS + (WORD_METRICS if level == "word" else ()) + (CONTEXT_METRICS if context else ())


@dataclass(frozen=True)
class Part:
    """One split, scored. Arrays are nats per target in the order of the split's pieces, (targets,) float64."""

    split: Split
    unknown: int  # targets that are words outside the vocabulary
    model: np.ndarray
    windows: np.ndarray | None  # by the same model, from an empty context
    kneser_ney: np.ndarray | None


@dataclass(frozen=True)
class Report:
    """Everything that an evaluation found."""

    parts: tuple[Part, ...]
    level: str
    context: int | None  # symbols of a window
    order: int | None  # of the Kneser-Ney n-gram
    fitted_on: int | None  # tokens that it was fitted on

    def metrics(self, *parts):
        """{name: number} of some parts together, by default all; the names are those of `metric_names`."""
        parts = parts or self.parts
        metrics = figures(parts, [part.model for part in parts])
        if self.level == "word":
            metrics["unknown_share"] = sum(part.unknown for part in parts) / metrics["tokens"]
            metrics["spelling_nats_per_char"] = _total(parts, "spelling_nats") / metrics["characters"]
        if self.context:
            windows = figures(parts, [part.windows for part in parts])
            metrics |= {name: windows[name.removeprefix("context_")] for name in CONTEXT_METRICS}
        return metrics

    def baselines(self, *parts):
        """{"kneser_ney": {name: number} or None} for some parts together, by default all.

        skill_percent: by how much the model's nats per character are below the baseline's.
        """
        parts = parts or self.parts
        if self.order is None:
            return {"kneser_ney": None}
        kneser_ney = figures(parts, [part.kneser_ney for part in parts])
        skill = 100 * (1 - self.metrics(*parts)["nats_per_char"] / kneser_ney["nats_per_char"])
        names = ("nats_per_char", "bits_per_char", "perplexity", "nats_per_token")
        return {
            "kneser_ney": {name: kneser_ney[name] for name in names}
            | {"order": self.order, "fitted_on_tokens": self.fitted_on, "skill_percent": skill}
        }


def figures(parts, nats):
    """{name: number} for METRICS, given the `nats` (targets,) of each of the parts."""
    tokens, characters = _total(parts, "targets"), _total(parts, "characters")
    total = float(sum(array.sum() for array in nats))
    per_char = (total + _total(parts, "spelling_nats")) / characters
    per_token = total / tokens
    perplexity = math.exp(per_token) if per_token < 700 else math.inf * per_token  # nan stays nan
    values = (per_char, per_char / math.log(2), perplexity, per_token, tokens, characters)
    return dict(zip(METRICS, values, strict=True))


def _total(parts, name):
    return sum(getattr(part.split, name) for part in parts)


def report(loaded, splits, train=None, order=None, context=None, progress=None):
    """The Report of `loaded` (Loaded) on `splits`, beside a Kneser-Ney n-gram fitted on the Split `train`.

    train None: no baseline. order: of the n-gram; None: what makes it strong at the level. progress: called with
    (what is being done, done, total), total None where it is not known. Raises DataError for a split without targets.
    """
    progress = progress or (lambda what, done, total: None)
    for split in splits:
        if not (split.targets and split.characters):
            raise DataError(f"{split.name}: no symbol follows another, so there is nothing to score", "give more text")
    baseline, level, V = None, loaded.encoder.level, loaded.encoder.size
    if train is not None:
        baseline = KneserNey(order or default_order(level))
        progress(f"counting {baseline.order}-grams", 0, None)
        baseline.fit(train.tokens, train.pieces, V)
    parts = tuple(_scored(loaded, split, baseline, context, progress) for split in splits)
    return Report(parts, level, context, baseline and baseline.order, baseline and baseline.used)


def _scored(loaded, split, baseline, context, progress):
    score = partial(split_nats, loaded.model, loaded.store.views(loaded.theta), split)
    model = score(progress=partial(progress, f"scoring {split.name}"))
    windows = kneser_ney = None
    if context:
        windows = score(context=context, progress=partial(progress, f"scoring {split.name}, windows of {context}"))
    if baseline:
        progress(f"scoring {split.name} with {baseline.order}-grams", 0, None)
        kneser_ney = baseline.nats(split.tokens, split.pieces)
    word = loaded.encoder.level == "word"
    unknown = int(target_counts(split.tokens, split.pieces, loaded.encoder.size)[0]) if word else 0
    return Part(split, unknown, model, windows, kneser_ney)


def stored_corpus(loaded, progress=None):
    """The Corpus that `loaded` (Loaded) was trained on, read again.

    progress: called with (bytes done, all bytes). Raises DataError where the files are gone or have changed.
    """
    return read_again(loaded, lambda: load_corpus(loaded.config.data, loaded.encoder, progress))


def read_again(loaded, read):
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


def line_records(part, encoder):
    """Yield a dict for each line of a part: line (from 1), nats, chars, bits_per_char, tokens, unknown, text.

    What ends a line belongs to it. nats leave out the spelling of unknown words, whose lengths only the text knows, so
    that chars and bits_per_char are None on a line that has one. text begins with a document's first symbol, which is
    given and not scored.
    """
    at = target_positions(part.split.pieces)
    tokens, newline = part.split.tokens, encoder.encode(NEWLINE, "skip")
    given = np.diff(at, prepend=-1) > 1  # what stands before is the first symbol of a document
    after = tokens[at - 1] == newline[0] if len(newline) else np.zeros(len(at), bool)
    starts = np.flatnonzero(given | after)
    for line, (start, stop) in enumerate(zip(starts, np.append(starts[1:], len(at))), 1):
        ids = tokens[at[start] : at[stop - 1] + 1]
        nats, chars = float(part.model[start:stop].sum()), int(encoder.char_counts(ids).sum())
        unknown = int((ids == 0).sum()) if encoder.level == "word" else 0
        whole = tokens[at[start] - 1 : at[stop - 1] + 1] if given[start] and not after[start] else ids
        bits = nats / math.log(2) / chars if chars and not unknown else None
        yield {
            "line": line,
            "nats": nats,
            "chars": None if unknown else chars,
            "bits_per_char": bits,
            "tokens": len(ids),
            "unknown": unknown,
            "text": encoder.decode(whole),
        }


def token_records(part, encoder):
    """Yield a dict for each target of a part: token, id, nats. A byte that is no character is written 0xC3."""
    ids = part.split.tokens[target_positions(part.split.pieces)]
    for token, nats in zip(ids.tolist(), part.model.tolist()):
        alone = encoder.level != "byte" or token < 0x80
        yield {"token": encoder.decode([token]) if alone else encoder.symbol(token), "id": token, "nats": nats}


def target_positions(pieces):
    """(targets,) int64: where each target stands among the tokens, in the order of the pieces."""
    targets = np.maximum(pieces[:, 1] - pieces[:, 0] - 1, 0)
    first = np.cumsum(targets) - targets
    return np.repeat(pieces[:, 0] + 1 - first, targets) + np.arange(targets.sum())
