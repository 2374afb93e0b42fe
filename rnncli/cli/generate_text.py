"""`rnncli generate` for text: sampled and streamed."""

import json
import sys

from ..data.files import Meter, Reader, open_sources
from ..errors import ConfigError, DataError
from ..generation.writing import generate, in_order
from .stream import Stream


def stream_texts(
    loaded, prompt, prompt_file, unknown, length, stop, num_samples, echo, sampling, seed, told, format, quiet
):
    """Write texts of a model to standard output as they are sampled.

    sampling: a Sampling; told: whether the seed was drawn and has to be told; the others as the options of the command.
    """
    check_together(prompt, prompt_file, length, format)
    if prompt_file is not None:
        prompt = read_prompt(prompt_file, loaded.encoder.level, loaded.config.data.encoding)
    pieces = in_order(generate(loaded, prompt or "", length, sampling, seed, num_samples, stop, unknown))
    if told:
        print(f"seed {seed}", file=sys.stderr)
    preface = prompt if echo and prompt else ""
    if format == "jsonl":
        write_lines(pieces, preface)
    else:
        # One text to a line needs no headings.
        write_text(pieces, preface, several=num_samples > 1, headed=not quiet and "\n" not in stop)


def check_together(prompt, prompt_file, length, format):
    """Raises ConfigError for options that exclude each other."""
    if prompt is not None and prompt_file is not None:
        raise ConfigError("--prompt and --prompt-file exclude each other", "give one of them")
    if length == 0 and format == "jsonl":
        raise ConfigError(
            "--length 0 has no end, and --format jsonl writes a text once it is complete",
            "give a length, or use --format text",
        )


def read_prompt(name, level, encoding):
    """The text of the file `name` as training would have read it; raises DataError where it cannot be."""
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


def write_text(pieces, preface, several, headed):
    """The text of each sample after `preface`; each of several ends with a newline and may have a heading on stderr."""
    begun = -1
    with Stream() as stream:
        for piece in pieces:
            if piece.sample > begun:
                begun, stream.ending = piece.sample, ""
                if several and headed:
                    stream.flush()
                    print(f"--- sample {begun + 1} ---", file=sys.stderr, flush=True)
                stream.write(preface)
            stream.write(piece.text)
            if piece.last and several:
                stream.end_line()


def write_lines(pieces, preface):
    """{"schema": 1, "sample": 0, "text": ...} for each sample, a line each."""
    preface = preface.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # JSON holds no lone surrogates
    with Stream() as stream:
        text = preface
        for piece in pieces:
            text += piece.text
            if piece.last:
                line = {"schema": 1, "sample": piece.sample, "text": text}
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
                stream.flush()
                text = preface
