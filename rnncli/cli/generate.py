"""`rnncli generate`: text or forecasts from a trained model on standard output."""

from typing import Annotated, Literal

import typer

from .options import OUTPUT, Code, Debug, Quiet, RunArgument, chosen_seed

TEXT, SERIES, SAMPLING = "Text", "Series", "Sampling"


def option(kind, name, help, panel, metavar=None, **limits):
    """The type of an option of this command."""
    return Annotated[kind, typer.Option(name, help=help, rich_help_panel=panel, metavar=metavar, **limits)]


Prompt = option(str | None, "--prompt", "Text to go on from; without one, the text after a newline.", TEXT, "TEXT")
PromptFile = option(
    str | None, "--prompt-file", "File with the text to go on from, its last newline too; -: stdin.", TEXT, "FILE"
)
Unknown = option(
    Literal["error", "skip", "replace"],
    "--unknown",
    "What to do with a character of the prompt that the model has never seen.",
    TEXT,
)
Length = option(
    int, "--length", "Tokens to write: characters, bytes or words, as the model was trained; 0: no end.", TEXT, "N"
)
Stop = option(
    list[str] | None, "--stop", "End before this text; repeatable. $'\\n' is a newline in most shells.", TEXT, "TEXT"
)
Echo = option(bool, "--echo/--no-echo", "Write the prompt before each text.", TEXT)
Temperature = option(
    float, "--temperature", "Below 1: safer, above 1: wilder; 0: always the most probable token.", SAMPLING, "X"
)
TopK = option(int, "--top-k", "Only the K most probable tokens; 0: all.", SAMPLING, "K")
TopP = option(
    float, "--top-p", "Only the most probable tokens that together hold this probability; 1: all.", SAMPLING, "P"
)
MinP = option(
    float, "--min-p", "Only tokens at least this probable, relative to the most probable; 0: all.", SAMPLING, "P"
)
Penalty = option(float, "--repetition-penalty", "Above 1: fewer of the latest 64 tokens again; 1: off.", SAMPLING, "X")
NumSamples = option(
    int | None,
    "--num-samples",
    "Texts to write, each ended by a newline [default: 1]; of series: "
    "paths to draw instead of the forecast, a row for each step of each.",
    SAMPLING,
    "N",
)
Seed = option(
    int | None, "--seed", "The same seed gives the same samples; without one, one is drawn and told.", SAMPLING, "N"
)
Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="Tables with series to go on from instead of those that the run was trained on; -: stdin.",
        show_default=False,
    ),
]
Horizon = option(
    int | None,
    "--horizon",
    "Steps to forecast; more than the model was trained for build on each other. [default: as trained]",
    SERIES,
    "N",
    min=1,
    max=100_000,
)
Level = option(
    str | None,
    "--level",
    "Intervals in per cent, as in 80,95; none: no intervals. [default: 80,95, if the model can tell]",
    SERIES,
    "P,P...",
)
Quantiles = option(str | None, "--quantiles", "Quantiles, as in 0.1,0.5,0.9.", SERIES, "Q,Q...")
Lowest = option(float | None, "--min", "No forecast is lower, as 0 for what cannot be negative.", SERIES, "X")
Future = option(str | None, "--future", "Table of what is known ahead, such as holidays; -: stdin.", SERIES, "FILE")
Template = option(bool, "--future-template", "Write the table to fill in for --future, and no forecast.", SERIES)
Only = option(list[str] | None, "--series", "Only the series of this id; repeatable.", SERIES, "ID")
Plot = option(str | None, "--plot", "Also draw history, forecast and intervals: .png or .svg.", OUTPUT, "FILE")
Format = option(
    Literal["text", "jsonl"],
    "--format",
    "jsonl: an object for each text, once it is complete, or for each row of a forecast, which is CSV otherwise.",
    OUTPUT,
)
FOR_TEXT = (
    "prompt",
    "prompt_file",
    "unknown",
    "length",
    "stop",
    "echo",
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "repetition_penalty",
)
FOR_SERIES = ("files", "horizon", "level", "quantiles", "lowest", "future", "future_template", "only", "plot")


def generate(
    context: typer.Context,
    run: RunArgument,
    files: Files = None,
    prompt: Prompt = None,
    prompt_file: PromptFile = None,
    unknown: Unknown = "error",
    length: Length = 1000,
    stop: Stop = None,
    echo: Echo = False,
    horizon: Horizon = None,
    level: Level = None,
    quantiles: Quantiles = None,
    lowest: Lowest = None,
    future: Future = None,
    future_template: Template = False,
    only: Only = None,
    num_samples: NumSamples = None,
    seed: Seed = None,
    temperature: Temperature = 1.0,
    top_k: TopK = 0,
    top_p: TopP = 1.0,
    min_p: MinP = 0.0,
    repetition_penalty: Penalty = 1.0,
    plot: Plot = None,
    format: Format = "text",
    code: Code = None,
    quiet: Quiet = False,
    debug: Debug = False,
):
    """Write text or forecasts with a trained model.

    Examples:
      rnncli generate RUN --length 500 --temperature 0.8
      rnncli generate RUN --prompt "ROMEO:" --num-samples 3 --seed 7
      rnncli generate RUN --horizon 24 --level 80,95 --plot forecast.png
      rnncli generate RUN --future-template

    Text is streamed as it is sampled. A forecast is a table: unique_id, ds in the form of the data, rnncli, and the
    ends of intervals as rnncli-lo-95 and rnncli-hi-95. Standard output holds nothing else; seeds, headings, notes and
    the plot for the terminal go to standard error.
    """
    from ..plugins import load_code, user_code
    from ..storage.model_files import load_model

    load_code(code or ())
    loaded = load_model(run)
    refuse_others(context, loaded)
    drawn = chosen_seed() if seed is None else seed
    if loaded.config.task == "forecast":
        from .generate_series import Asked, write_forecasts

        asked = Asked(
            tuple(files or ()),
            horizon,
            level,
            quantiles,
            lowest,
            future,
            future_template,
            tuple(only or ()),
            num_samples,
            drawn,
            seed is None,
            plot,
            format,
            quiet,
        )
        with user_code():
            write_forecasts(loaded, asked)
    else:
        from ..generation.sampling import Sampling
        from .generate_text import stream_texts

        sampling = Sampling(temperature, top_k, top_p, min_p, repetition_penalty)
        stream_texts(
            loaded,
            prompt,
            prompt_file,
            unknown,
            length,
            tuple(stop or ()),
            1 if num_samples is None else num_samples,
            echo,
            sampling,
            drawn,
            seed is None and not quiet,
            format,
            quiet,
        )


def refuse_others(context, loaded):
    """Raises ConfigError for options that the task of the model has no use for."""
    from ..errors import ConfigError

    series = loaded.config.task == "forecast"
    others = [
        parameter
        for parameter in context.command.params
        if parameter.name in (FOR_TEXT if series else FOR_SERIES) and given(context, parameter.name)
    ]
    if others:
        names = ", ".join("FILE" if other.name == "files" else other.opts[0] for other in others)
        here, there = ("series", "text") if series else ("text", "series")
        raise ConfigError(
            f"{loaded.path} is a model of {here}; for models of {there} alone: {names}",
            f"leave out {names}; rnncli generate -h lists the options of each",
        )


def given(context, name):
    """Whether a parameter stands on the command line."""
    return context.get_parameter_source(name).name == "COMMANDLINE"
