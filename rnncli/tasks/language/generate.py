"""`rnncli generate` for a language model: texts, sampled and written token by token."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...data.files import Meter, Reader
from ...data.text_files import open_texts
from ...errors import ConfigError, shell_name
from ...generation.prompts import without_open_end
from ...generation.sampling import Sampling
from ...generation.writing import Piece, Voice, in_order
from ...nn.memory import Memory
from ...phrases import json_text
from ..base import Output
from ..options import BEAM, LENGTH_PENALTY, N_BEST, SAMPLING_OPTIONS
from .arguments import check_arguments, check_search

ROWS = 64  # samples written side by side, at most
PLAIN = Sampling()  # the model's own distribution, unchanged
SCHEMA = 1


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """Write texts of a model (Loaded) to an Output as they are sampled; see `tasks.base.Task.generate`."""
    if options["beam"] is not None:
        return generate_best(loaded, options, out)
    if needless := [option.name for option in (N_BEST, LENGTH_PENALTY) if options[option.key] is not None]:
        raise ConfigError(f"{', '.join(needless)}: only for a beam search", f"add {BEAM.name} N, or leave it out")
    length, stop = options["length"], tuple(options["stop"] or ())
    num_samples = 1 if options["num_samples"] is None else options["num_samples"]
    given = {option.key: options[option.key] for option in SAMPLING_OPTIONS if options[option.key] is not None}
    sampling = Sampling(**given)
    prompt = chosen_prompt(loaded, options, out)
    pieces = in_order(
        write_texts(loaded, prompt, length, sampling, options["seed"], num_samples, stop, options["unknown"])
    )
    if options["drawn"]:
        out.note(f"seed {options['seed']}")
    preface = prompt if options["echo"] else ""
    if out.format == "jsonl":
        stream_records(pieces, preface, out)
    else:
        # Texts that end at a newline are one per line and need no headings.
        stream_text(pieces, preface, num_samples > 1, "\n" not in stop, out)


def generate_best(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """Write the most probable texts of a model (Loaded) to an Output."""
    from .beam import best_texts  # not imported for samples, whose first character should come soon

    check_search(options)
    stop, n_best = tuple(options["stop"] or ()), options["n_best"] or 1
    alpha = 1.0 if options["length_penalty"] is None else options["length_penalty"]
    prompt = chosen_prompt(loaded, options, out)
    if not options["drawn"]:
        out.note("--seed has no effect: a search draws no samples")
    if options["length_penalty"] is not None and not stop:
        out.note(f"{LENGTH_PENALTY.name} has no effect without --stop: all texts have the same length")
    found = best_texts(
        loaded, prompt, options["length"], options["beam"], n_best, alpha, stop, options["unknown"], out.progress
    )
    preface = prompt if options["echo"] else ""
    for k, (text, score) in enumerate(found):
        if out.format == "jsonl":
            write_record(k, in_json(preface) + text, out, score=score)
        else:
            write_best(preface + text, f"text {k + 1}, score {score:.4f}" if n_best > 1 else None, out)


def write_best(text: str, heading: str | None, out: Output) -> None:
    """Write a text; one with a heading, which goes to standard error, ends with a newline."""
    if heading:
        out.flush()
        out.note(f"--- {heading} ---")
    out.write(text)
    if heading and not text.endswith("\n"):
        out.write("\n")


def chosen_prompt(loaded: Any, options: Mapping[str, Any], out: Output) -> str:
    """The text to continue, "" for none. Raises ConfigError for options that exclude each other, and DataError."""
    prompt, file = options["prompt"], options["prompt_file"]
    if prompt is not None and file is not None:
        raise ConfigError("--prompt and --prompt-file exclude each other", "give only one of them")
    if options["length"] == 0 and out.format == "jsonl":
        raise ConfigError(
            "--length 0 generates without end, but --format jsonl writes only complete texts",
            "give a length, or use --format text",
        )
    if file is None and options["config"] != loaded.config:
        raise ConfigError("--encoding: for reading --prompt-file, which is not given", "name the file, or leave it out")
    level = loaded.encoder.level
    found = (prompt or "") if file is None else read_prompt(file, level, options["config"].data.encoding)
    shown = without_open_end(found, level)
    if shown != found:
        out.note(
            "note: the space at the end of the prompt is left out: where words are tokens, the next brings its own"
        )
    return shown


def read_prompt(name: str, level: str, encoding: str) -> str:
    """The text of the file `name` as training would have read it. Raises ConfigError for a folder, whose files are no
    one text, and DataError where it cannot be read."""
    if os.path.isdir(name):
        raise ConfigError(f"--prompt-file: {shell_name(name)} is a folder", "name a file, or - for standard input")
    with open_texts((name,), level == "byte") as files:
        sources, meter = files.sources, Meter(None, 0)
        if level == "byte":
            data = b"".join(part for source in sources for part in Reader("utf-8", meter).bytes(source))
            return data.decode("utf-8", "surrogateescape")  # the encoder restores exactly these bytes
        return "".join(part for source in sources for part in Reader(encoding, meter).text(source))


def stream_text(pieces: Iterable[Piece], preface: str, several: bool, headed: bool, out: Output) -> None:
    """Write `preface` and the text of each sample; each of several samples ends with a newline, `headed` or not."""
    begun, ending = -1, ""
    for piece in pieces:
        if piece.sample > begun:
            begun, ending = piece.sample, preface[-1:]
            if several and headed:
                out.flush()
                out.note(f"--- sample {begun + 1} ---")
            out.write(preface)
        out.write(piece.text)
        ending = piece.text[-1:] or ending
        if piece.last and several and ending != "\n":
            out.write("\n")


def stream_records(pieces: Iterable[Piece], preface: str, out: Output) -> None:
    """Write a record of each sample."""
    text = preface = in_json(preface)
    for piece in pieces:
        text += piece.text
        if piece.last:
            write_record(piece.sample, text, out)
            text = preface


def write_record(sample: int, text: str, out: Output, **more: Any) -> None:
    """Write {"schema": 1, "sample": 0, "text": ...} with `more`, on a line."""
    record = {"schema": SCHEMA, "sample": sample, "text": text} | more
    out.write(json_text(record) + "\n")
    out.flush()


def in_json(text: str) -> str:
    """`text` with U+FFFD in place of bytes that are no text: JSON holds no lone surrogates."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def write_texts(
    loaded: Any,
    prompt: str = "",
    length: int = 1000,
    sampling: Sampling = PLAIN,
    seed: int = 0,
    num_samples: int = 1,
    stop: tuple[str, ...] = (),
    unknown: str = "error",
) -> Iterator[Piece]:
    """Iterator of Piece: the text that the model `loaded` (Loaded) continues `prompt` with, as it is sampled.

    length      tokens per sample, 0 for no end; with byte tokens, up to 3 more bytes complete a character
    num_samples samples written side by side, their pieces mixed; sample k has its own random stream, keyed (seed, k)
    stop        strings; a sample ends before the first that it completes
    unknown     how to treat a character or word of the prompt outside the vocabulary: "error", "skip" or "replace"

    Without a prompt the text follows a newline, or the first token where the vocabulary has no newline. Where each line
    was a document in training, the text starts from the zero state and a newline. Raises, at once, ConfigError for
    arguments that cannot be used and DataError for what is outside the vocabulary; while writing, ModelFileError
    where the scores are not finite.
    """
    check_arguments(length, seed, num_samples, stop, unknown)
    memory = Memory(loaded.theta.dtype, forward_only=True)
    voice = Voice(
        loaded.model, loaded.store.views(loaded.theta), loaded.encoder, by_line=loaded.config.data.documents == "line"
    )
    context = voice.context(prompt, unknown)

    def pieces():
        state = voice.read(context[:-1], memory)
        for first in range(0, num_samples, ROWS):
            samples = range(first, min(first + ROWS, num_samples))
            room = Memory(memory.dtype, forward_only=True)
            yield from voice.write(context, state, samples, length, sampling, seed, stop, room)

    return pieces()
