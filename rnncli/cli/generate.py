"""`rnncli generate`: text from a trained model on standard output."""

import json
import sys
from time import monotonic
from typing import Annotated, Literal

import typer

from .options import OUTPUT, Code, Debug, Quiet, RunArgument
from ..ui.console import is_terminal
from ..ui.safe import safe_text

BLOCK = 512         # characters that a pipe waits for, at most
PAUSE = 0.05        # seconds that it waits, at most


def option(kind, name, help, panel, metavar=None):
    """The type of an option of this command."""
    return Annotated[kind, typer.Option(name, help=help, rich_help_panel=panel, metavar=metavar)]


TEXT, SAMPLING = "Text", "Sampling"

Prompt = option(str | None, "--prompt", "Text to go on from; without one, the text after a newline.", TEXT, "TEXT")
PromptFile = option(str | None, "--prompt-file", "File with the text to go on from, its last newline too; -: stdin.",
                    TEXT, "FILE")
Unknown = option(Literal["error", "skip", "replace"], "--unknown",
                 "What to do with a character of the prompt that the model has never seen.", TEXT)
Length = option(int, "--length", "Tokens to write: characters, bytes or words, as the model was trained; 0: no end.",
                TEXT, "N")
Stop = option(list[str] | None, "--stop", "End before this text; repeatable. $'\\n' is a newline in most shells.", TEXT,
              "TEXT")
NumSamples = option(int, "--num-samples", "Texts to write, each ended by a newline.", TEXT, "N")
Echo = option(bool, "--echo/--no-echo", "Write the prompt before each text.", TEXT)
Temperature = option(float, "--temperature", "Below 1: safer, above 1: wilder; 0: always the most probable token.",
                     SAMPLING, "X")
TopK = option(int, "--top-k", "Only the K most probable tokens; 0: all.", SAMPLING, "K")
TopP = option(float, "--top-p", "Only the most probable tokens that together hold this probability; 1: all.", SAMPLING,
              "P")
MinP = option(float, "--min-p", "Only tokens at least this probable, relative to the most probable; 0: all.", SAMPLING,
              "P")
Penalty = option(float, "--repetition-penalty", "Above 1: fewer of the latest 64 tokens again; 1: off.", SAMPLING, "X")
Seed = option(int | None, "--seed", "The same seed gives the same text; without one, one is drawn and told.", SAMPLING,
              "N")
Format = option(Literal["text", "jsonl"], "--format", "jsonl: an object for each text, once it is complete.", OUTPUT)


def generate(
    run: RunArgument, prompt: Prompt = None, prompt_file: PromptFile = None, unknown: Unknown = "error",
    length: Length = 1000, stop: Stop = None, num_samples: NumSamples = 1, echo: Echo = False,
    temperature: Temperature = 1.0, top_k: TopK = 0, top_p: TopP = 1.0, min_p: MinP = 0.0,
    repetition_penalty: Penalty = 1.0, seed: Seed = None, format: Format = "text", code: Code = None,
    quiet: Quiet = False, debug: Debug = False,
):
    """Write text with a trained model, as it is sampled.

    Examples:
      rnncli generate RUN --length 500 --temperature 0.8
      rnncli generate RUN --prompt "ROMEO:" --num-samples 3 --seed 7

    Standard output holds the text alone; the seed and the headings of several texts go to standard error.
    """
    from ..checkpoint import load_model
    from ..generate import generate as write
    from ..generate import in_order
    from ..plugins import load_code
    from ..sampling import Sampling

    stop = tuple(stop or ())
    check_together(prompt, prompt_file, length, format)
    sampling = Sampling(temperature, top_k, top_p, min_p, repetition_penalty)
    load_code(code or ())
    loaded = load_model(run)
    if prompt_file is not None:
        prompt = read_prompt(prompt_file, loaded.encoder.level, loaded.config.data.encoding)
    drawn = drawn_seed() if seed is None else seed
    pieces = in_order(write(loaded, prompt or "", length, sampling, drawn, num_samples, stop, unknown))
    if seed is None and not quiet:
        print(f"seed {drawn}", file=sys.stderr)
    preface = prompt if echo and prompt else ""
    if format == "jsonl":
        write_lines(pieces, preface)
    else:
        # One text to a line needs no headings.
        write_text(pieces, preface, several=num_samples > 1, headed=not quiet and "\n" not in stop)


def check_together(prompt, prompt_file, length, format):
    """Raises ConfigError for options that exclude each other."""
    from ..errors import ConfigError

    if prompt is not None and prompt_file is not None:
        raise ConfigError("--prompt and --prompt-file exclude each other", "give one of them")
    if length == 0 and format == "jsonl":
        raise ConfigError("--length 0 has no end, and --format jsonl writes a text once it is complete",
                          "give a length, or use --format text")


def drawn_seed():
    """A seed that nobody chose."""
    from secrets import randbelow

    return randbelow(1 << 32)


def read_prompt(name, level, encoding):
    """The text of the file `name` as training would have read it; raises DataError where it cannot be."""
    from ..data.reading import Meter, Reader, open_sources
    from ..errors import DataError

    with open_sources((name,)) as sources:
        data = b"".join(part for source in sources for part in Reader("utf-8", Meter(None, 0)).bytes(source))
    if level == "byte":
        return data.decode("utf-8", "surrogateescape")      # exactly these bytes, which the encoder turns back
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        place = "standard input" if name == "-" else name
        raise DataError(f"{place}: byte 0x{data[error.start]:02x} at offset {error.start} is not {encoding.upper()}",
                        "write the prompt in the encoding of the data that the model was trained on") from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


class Stream:
    """Standard output for text: to a terminal each piece at once and made safe, to a pipe exact and in small blocks."""

    def __init__(self):
        self.out, self.terminal = sys.stdout.buffer, is_terminal(sys.stdout)
        self.held, self.size, self.flushed, self.ending = [], 0, monotonic(), ""

    def write(self, text):
        self.held.append(text)
        self.size += len(text)
        self.ending = text[-1:] or self.ending
        if self.terminal or self.size >= BLOCK or monotonic() - self.flushed >= PAUSE:
            self.flush()

    def end_line(self):
        """A newline, unless there was one last."""
        if self.ending != "\n":
            self.write("\n")

    def flush(self):
        text = "".join(self.held)
        self.held, self.size, self.flushed = [], 0, monotonic()
        data = safe_text(text).encode() if self.terminal else text.encode("utf-8", "surrogateescape")
        self.out.write(data)
        self.out.flush()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        """What was sampled before an interruption is shown too; a pipe that is broken gets nothing more."""
        if kind is not None and issubclass(kind, BrokenPipeError):
            return
        if self.terminal:
            self.end_line()
        self.flush()


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
    preface = preface.encode("utf-8", "surrogateescape").decode("utf-8", "replace")     # JSON holds no lone surrogates
    with Stream() as stream:
        text = preface
        for piece in pieces:
            text += piece.text
            if piece.last:
                line = {"schema": 1, "sample": piece.sample, "text": text}
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
                stream.flush()
                text = preface
