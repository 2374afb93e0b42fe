"""`rnncli eval`: what a trained model pays for a text, beside a baseline, and checks on it for CI."""

import sys
from typing import Annotated, Literal

import typer

from .options import OUTPUT, Code, Color, Debug, Format, Progress, Quiet, RunArgument

TEXT, FIGURES, CHECKS = "Text", "Figures", "Checks"


def option(kind, name, help, panel, metavar=None, **limits):
    """The type of an option of this command."""
    return Annotated[kind, typer.Option(name, help=help, rich_help_panel=panel, metavar=metavar, **limits)]


Files = Annotated[list[str] | None, typer.Argument(
    metavar="[FILE]...", help="Texts to score instead of the run's own; - is standard input.", show_default=False)]
MoreFiles = option(list[str] | None, "--file", "The same as FILE; repeatable.", TEXT, "FILE")
SplitName = option(Literal["val", "test"] | None, "--split",
                   "Which part of the data the run was trained on. [default: val]", TEXT)
Unknown = option(Literal["error", "skip"], "--unknown", "What to do with a character that the model has never seen.",
                 TEXT)
Baseline = option(bool, "--baseline/--no-baseline", "A Kneser-Ney n-gram fitted on the run's training split.", FIGURES)
Order = option(int | None, "--order", "Length of its n-grams. [default: 7; words: 3]", FIGURES, "N", min=1)
Context = option(int | None, "--context", "Score windows of N tokens from an empty context as well.", FIGURES, "N",
                 min=1)
PerLine = option(bool, "--per-line", "Also a figure for each line.", FIGURES)
PerToken = option(bool, "--per-token", "Also the nats of each token.", FIGURES)
Max = option(list[str] | None, "--max", "Exit 1 if the metric is larger; repeatable.", CHECKS, "NAME=VALUE")
Min = option(list[str] | None, "--min", "Exit 1 if the metric is smaller; repeatable.", CHECKS, "NAME=VALUE")
Beat = option(bool, "--beat-baseline", "Exit 1 unless nats_per_char is below that of the baseline.", CHECKS)
Regress = option(list[str] | None, "--max-regress-from",
                 "Exit 1 if a metric, nats_per_char if none is named, is so much larger than in the JSON of an earlier "
                 "eval: base.json:1%, base.json:perplexity=1%; repeatable.", CHECKS, "JSON:[NAME=]P%")


def eval_(
    run: RunArgument, files: Files = None, more: MoreFiles = None, split: SplitName = None, unknown: Unknown = "error",
    baseline: Baseline = True, order: Order = None, context: Context = None, per_line: PerLine = False,
    per_token: PerToken = False, maxima: Max = None, minima: Min = None, beat_baseline: Beat = False,
    regress: Regress = None, code: Code = None, format: Format = "text", progress: Progress = "auto",
    quiet: Quiet = False, color: Color = "auto", debug: Debug = False,
):
    """Score a text with a trained model: nats and bits per character, perplexity, beside a Kneser-Ney n-gram.

    Examples:
      rnncli eval RUN
      rnncli eval RUN other.txt --format json --max bits_per_char=2.1

    Every character after the first of a document is scored once, given all that came before it.
    """
    from ..checkpoint import load_model
    from ..evaluate import metric_names, report
    from ..gates import apply_gates, parse_gates, raise_if_failed
    from ..plugins import load_code, user_code
    from ..ui.console import stderr_console
    from ..ui.evaluation import ProgressDisplay, render

    files = [*(files or ()), *(more or ())]
    check_together(files, split, baseline, beat_baseline)
    load_code(code or ())
    loaded = load_model(run)
    known = metric_names(loaded.encoder.level, context)
    gates = parse_gates(known, maxima or (), minima or (), beat_baseline, regress or ())
    with user_code(), ProgressDisplay(stderr_console(color), "none" if quiet else progress) as shown:
        if files:
            splits = read_files(loaded, files, unknown, shown, quiet)
            train = training_split(loaded, beat_baseline, shown) if baseline else None
        else:
            splits, train = read_own(loaded, split or "val", shown)
        found = report(loaded, splits, train if baseline else None, order, context, shown)
    checks = apply_gates(gates, found.metrics(), found.baselines())
    records = [name for name, wanted in (("lines", per_line), ("tokens", per_token)) if wanted]
    write(render(found, loaded.encoder, checks, format, records))
    raise_if_failed(checks)


def check_together(files, split, baseline, beat_baseline):
    """Raises ConfigError for options that exclude each other."""
    from ..errors import ConfigError

    if files and split:
        raise ConfigError("--split and FILE exclude each other", "name files, or a split of the run's own data")
    if beat_baseline and not baseline:
        raise ConfigError("--beat-baseline and --no-baseline exclude each other", "give one of them")
    if files.count("-") > 1:
        raise ConfigError("- is named more than once", "standard input can be read only once")


def read_own(loaded, name, progress):
    """(splits, training split) of the data that the run was trained on."""
    from ..evaluate import held_out, stored_corpus

    corpus = stored_corpus(loaded, reading(progress))
    return [held_out(loaded, corpus, name)], corpus.train


def read_files(loaded, files, unknown, progress, quiet):
    """A Split for each file; what was changed in reading is told on stderr."""
    from ..evaluate import other_text

    splits = [other_text(loaded, name, unknown, reading(progress)) for name in files]
    for split in splits:
        for note in () if quiet else split.notes:
            tell(f"note: {split.name}: {note}")
    return splits


def training_split(loaded, required, progress):
    """The training split of the run for the baseline; None, with a warning, where its data is not to be had.

    Where it is `required` the DataError is raised: a check that cannot be made has not failed.
    """
    from ..errors import DataError
    from ..evaluate import stored_corpus

    try:
        return stored_corpus(loaded, reading(progress)).train
    except DataError as error:
        if required:
            raise
        tell(f"warning: no baseline: {error}")
        return None


def reading(progress):
    return lambda done, total: progress("reading", done, total)


def tell(line):
    from ..ui.safe import safe_text

    print(safe_text(line), file=sys.stderr, flush=True)


def write(lines):
    """Lines to standard output: exact UTF-8 to a pipe, made safe for a terminal."""
    from ..ui.console import is_terminal
    from ..ui.safe import safe_text

    terminal = is_terminal(sys.stdout)
    for line in lines:
        sys.stdout.buffer.write((safe_text(line) if terminal else line).encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()
