"""`rnncli eval` of a language model: a text in nats and bits per character, beside a Kneser-Ney n-gram."""

from ..errors import ConfigError, DataError
from ..plugins import user_code
from ..tasks.language.evaluate import held_out, metric_names, other_text, report, stored_corpus
from ..tasks.metric_checks import Task, apply_gates, parse_gates, raise_if_failed
from ..ui.console import stderr_console
from ..ui.evaluation import render
from ..ui.progress_display import ProgressDisplay
from .output import tell, write


def eval_text(loaded, options, files, split, beaten, checks, format, progress, quiet, color):
    """Score `loaded` (Loaded) as the options of the command say; `options` are those for texts, by their names."""
    baseline = options["--baseline"] is not False
    check_together(files, split, baseline, beaten)
    task = Task(
        metric_names(loaded.encoder.level, options["--context"]), "nats_per_char", ("kneser_ney",), "bits_per_char=2.1"
    )
    gates = parse_gates(task, beaten=task.baselines if beaten else (), **checks)
    with user_code(), ProgressDisplay(stderr_console(color), progress) as shown:
        if files:
            splits = read_files(loaded, files, options["--unknown"] or "error", shown, quiet)
            train = training_split(loaded, bool(beaten), shown) if baseline else None
        else:
            splits, train = read_own(loaded, split or "val", shown)
        found = report(loaded, splits, train if baseline else None, options["--order"], options["--context"], shown)
    made = apply_gates(gates, found.metrics(), found.baselines())
    records = [name for name in ("lines", "tokens") if options[f"--per-{name.removesuffix('s')}"]]
    write(render(found, loaded.encoder, made, format, records))
    raise_if_failed(made)


def check_together(files, split, baseline, beaten):
    """Raises ConfigError for options that exclude each other."""
    if files and split:
        raise ConfigError("--split and FILE exclude each other", "name files, or a split of the run's own data")
    if beaten and not baseline:
        raise ConfigError("--beat-baseline and --no-baseline exclude each other", "give one of them")
    named = [name for name in beaten if name]
    if named:
        raise ConfigError(
            f"--beat-baseline {named[0]}: a baseline of series; a text has one, the Kneser-Ney n-gram",
            "give --beat-baseline alone",
        )


def read_own(loaded, name, progress):
    """(splits, training split) of the data that the run was trained on."""
    corpus = stored_corpus(loaded, reading(progress))
    return [held_out(loaded, corpus, name)], corpus.train


def read_files(loaded, files, unknown, progress, quiet):
    """A Split for each file; what was changed in reading is told on stderr."""
    splits = [other_text(loaded, name, unknown, reading(progress)) for name in files]
    for split in splits:
        for note in () if quiet else split.notes:
            tell(f"note: {split.name}: {note}")
    return splits


def training_split(loaded, required, progress):
    """The training split of the run for the baseline; None, with a warning, where its data is not to be had.

    Where it is `required` the DataError is raised: a check that cannot be made has not failed.
    """
    try:
        return stored_corpus(loaded, reading(progress)).train
    except DataError as error:
        if required:
            raise
        tell(f"warning: no baseline: {error}")
        return None


def reading(progress):
    return lambda done, total: progress("reading", done, total)
