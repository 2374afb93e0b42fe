"""The texts that `generate` writes: how they are found, and their lines."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...errors import ConfigError
from ...generation.sampling import Sampling
from ...generation.search import Written
from ...phrases import counted
from ..base import Output
from ..options import SAMPLING_OPTIONS
from ..pairs.given import json_line, text_line
from .writing import Manner, Writer

EMPTY = Written((), 0.0, 0.0, True)
SAMPLING = tuple(option.key for option in SAMPLING_OPTIONS)
SEARCHING = ("beam", "n_best", "length_penalty")


def manner_of(options: Mapping[str, Any], sampled: bool, keep_attention: bool = False) -> Manner:
    """How texts are found by the options of `generate`; sampled: whether they are samples where no option says it.

    Raises ConfigError for options that exclude each other.
    """
    samples = options["num_samples"]
    drawing, searching = given_of(options, (*SAMPLING, "num_samples")), given_of(options, SEARCHING)
    if drawing and searching:
        raise ConfigError(
            f"{searching[0]} finds the most probable texts, and {drawing[0]} is for samples", "leave one of them out"
        )
    if drawing or sampled and not searching:
        given = {name: options[name] for name in SAMPLING if options[name] is not None}
        if samples is not None and samples < 1:
            raise ConfigError(f"--num-samples is {samples}", "give 1 or more")
        return Manner(samples or 1, samples or 1, 1.0, Sampling(**given), options["seed"], keep_attention)
    return search_of(options, keep_attention)


def given_of(options: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
    """The options with these keys that were given, as they are typed."""
    return [f"--{key.replace('_', '-')}" for key in keys if options[key] is not None]


def search_of(options: Mapping[str, Any], keep_attention: bool = False) -> Manner:
    """The search of the most probable texts by the options of `eval` and `generate`; raises ConfigError."""
    beam, n_best = options["beam"] or 1, options.get("n_best") or 1
    if n_best > 1 and options["beam"] is None:
        raise ConfigError("--n-best is for a search with --beam", f"add --beam {n_best} or more")
    if n_best > beam:
        raise ConfigError(
            f"--n-best {n_best} of --beam {beam}: so many texts are not followed", f"use --beam {n_best} or more"
        )
    penalty = options["length_penalty"]
    return Manner(beam, n_best, 1.0 if penalty is None else penalty, keep_attention=keep_attention)


def written_texts(
    loaded: Any, coded: Any, manner: Manner, out: Output, some: Sequence[int] | None = None
) -> list[list[Written]]:
    """The texts of a stored model (Loaded) for coded sources, or for some of them; a warning where they were cut."""
    writer = Writer(loaded.model, loaded.encoder.target, coded, candidates=manner.candidates)
    with np.errstate(all="ignore"):  # diverged weights: an error tells
        found = writer.texts(loaded.store.views(loaded.theta), manner, partial(out.progress, "writing"), some)
    if cut := sum(not each.ended for best in found for each in best):
        total = counted(sum(map(len, found)), "text")
        out.warn(f"warning: {cut:,} of {total} had no end after {loaded.encoder.target.longest:,} symbols")
    return found


def answers_of(loaded: Any, coded: Any, blank: Sequence[bool], manner: Manner, out: Output) -> list[list[Written]]:
    """The texts of a stored model (Loaded) for coded sources; for a blank one the empty text."""
    filled = [k for k, nothing in enumerate(blank) if not nothing]
    written = dict(zip(filled, written_texts(loaded, coded, manner, out, filled)))
    return [written.get(k, [EMPTY] * (manner.n_best if manner.sampling else 1)) for k in range(len(blank))]


def warn_of_lines(examples: Any, rows: Sequence[int], what: str, out: Output) -> None:
    """A warning on the first of the examples `rows`, and how many more there are; nothing for none."""
    if rows:
        more = f", and {len(rows) - 1:,} more" if len(rows) > 1 else ""
        out.warn(f"warning: {examples.where(rows[0])}: {what}{more}")


def answer_lines(
    side: Any, fields: Mapping[str, Any], best: Sequence[Written], manner: Manner, format: str
) -> Iterator[str]:
    """The lines of one source: of several best texts one line, each followed by its score; of samples a line each.

    fields: of the JSON line, before the answer.
    """
    texts = [side.decode(each.tokens) for each in best]
    if format == "text":
        if manner.sampling is not None:
            yield from (text_line((text,)) for text in texts)
        elif manner.n_best > 1:
            yield text_line(cell for text, each in zip(texts, best) for cell in (text, f"{each.score:.4f}"))
        else:
            yield text_line(texts[:1] or ("",))
        return
    if manner.sampling is None:
        more = {"n_best": [record(*pair) for pair in zip(texts, best)]} if manner.n_best > 1 else {}
        yield json_line(dict(fields) | record(texts[0], best[0]) | more)
        return
    for k, pair in enumerate(zip(texts, best)):
        yield json_line(dict(fields) | {"sample": k} | record(*pair))


def record(text: str, written: Written) -> dict[str, Any]:
    """The JSON of one text; its attention has a row of weights for each symbol and for the end."""
    values: dict[str, Any] = {
        "answer": text,
        "score": written.score,
        "log_probability": written.log_probability,
        "ended": written.ended,
    }
    if written.attention is not None:
        values["attention"] = [[round(float(weight), 4) for weight in row] for row in written.attention]
    return values
