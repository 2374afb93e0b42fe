"""`rnncli generate` for a language model: texts, sampled token by token and written as they come."""

import json

from ...data.files import Meter, Reader, open_sources
from ...errors import ConfigError, DataError
from ...generation.sampling import Sampling
from ...generation.writing import Voice, in_order
from ...nn.memory import Memory

ROWS = 64  # samples written side by side, at most
UNKNOWN = ("error", "skip", "replace")
SAMPLING = ("temperature", "top_k", "top_p", "min_p", "repetition_penalty")
PLAIN = Sampling()  # the model's own distribution
SCHEMA = 1


def generate(loaded, options, out):
    """Write texts of a model (Loaded) to an Output as they are sampled; see `tasks.base.Task.generate`."""
    length, stop = options["length"], tuple(options["stop"] or ())
    num_samples = 1 if options["num_samples"] is None else options["num_samples"]
    sampling = Sampling(**{name: options[name] for name in SAMPLING})
    prompt = chosen_prompt(loaded, options, out.format)
    pieces = in_order(
        write_texts(loaded, prompt, length, sampling, options["seed"], num_samples, stop, options["unknown"])
    )
    if options["drawn"]:
        out.note(f"seed {options['seed']}")
    preface = prompt if options["echo"] else ""
    if out.format == "jsonl":
        stream_records(pieces, preface, out)
    else:
        # One text to a line needs no headings.
        stream_text(pieces, preface, num_samples > 1, "\n" not in stop, out)


def chosen_prompt(loaded, options, format):
    """The text to continue, "" for none. Raises ConfigError for options that exclude each other, and DataError."""
    prompt, file = options["prompt"], options["prompt_file"]
    if prompt is not None and file is not None:
        raise ConfigError("--prompt and --prompt-file exclude each other", "give one of them")
    if options["length"] == 0 and format == "jsonl":
        raise ConfigError(
            "--length 0 has no end, and --format jsonl writes a text once it is complete",
            "give a length, or use --format text",
        )
    return (prompt or "") if file is None else read_prompt(file, loaded.encoder.level, loaded.config.data.encoding)


def read_prompt(name, level, encoding):
    """The text of the file `name` as training would have read it. Raises DataError where it cannot be read."""
    with open_sources((name,)) as sources:
        data = b"".join(part for source in sources for part in Reader("utf-8", Meter(None, 0)).bytes(source))
    if level == "byte":
        return data.decode("utf-8", "surrogateescape")  # exactly these bytes, which the encoder turns back
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        place = "standard input" if name == "-" else name
        raise DataError(
            f"{place}: byte 0x{data[error.start]:02x} at offset {error.start} is not {encoding.upper()}",
            "write the prompt in the encoding of the data that the model was trained on",
        ) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def stream_text(pieces, preface, several, headed, out):
    """The text of each sample after `preface`; each of several ends with a newline and may have a heading."""
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


def stream_records(pieces, preface, out):
    """{"schema": 1, "sample": 0, "text": ...} for each sample, a line each."""
    preface = preface.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # JSON holds no lone surrogates
    text = preface
    for piece in pieces:
        text += piece.text
        if piece.last:
            record = {"schema": SCHEMA, "sample": piece.sample, "text": text}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
            out.flush()
            text = preface


def write_texts(loaded, prompt="", length=1000, sampling=PLAIN, seed=0, num_samples=1, stop=(), unknown="error"):
    """Iterator of Piece: what the model `loaded` (Loaded) writes after `prompt`, as it is sampled.

    length      tokens of the model's level per sample, 0 for no end; at byte level a character begun is finished,
                with up to 3 bytes more
    num_samples written side by side, their pieces mixed; sample k has a random stream of its own, keyed (seed, k)
    stop        strings; a sample ends before the first that it completes
    unknown     what to do with a character of the prompt outside the alphabet: "error", "skip" or "replace"

    Without a prompt the text follows a newline, or the first token where the model knows no newline. Where each line
    was a document in training, a line is begun from the zero state and a newline. Raises, at once, ConfigError for
    arguments that cannot be used and DataError for a character not in the alphabet; while writing, ModelFileError
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


def check_arguments(length, seed, num_samples, stop, unknown):
    """Raises ConfigError, by the name of the option, for what `write_texts` cannot use."""
    for wrong, found, hint in (
        (length < 0, f"--length is {length}", "give the number of tokens, or 0 for no end"),
        (seed < 0, f"--seed is {seed}", "give 0 or more"),
        (num_samples < 1, f"--num-samples is {num_samples}", "give 1 or more"),
        (
            length == 0 and num_samples > 1,
            f"--length 0 is an endless text, and --num-samples asks for {num_samples}",
            "give a length, or ask for one sample",
        ),
        ("" in stop, "--stop is an empty text", "name the text to stop before"),
        (unknown not in UNKNOWN, f"--unknown is '{unknown}'", f"allowed: {', '.join(UNKNOWN)}"),
    ):
        if wrong:
            raise ConfigError(found, hint)
