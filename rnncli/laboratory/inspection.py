"""What `inspect` does: the findings of stored runs and of untrained networks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from ..config import changed
from ..errors import ConfigError, DataError, ModelFileError, RnncliError, shell_name
from ..phrases import counted
from ..storage.model_files import Loaded, load_model
from ..tasks.base import Output
from ..tasks.registry import TASKS
from .drawings import Finding
from .loading import Extent, check_runs, folder_of, fresh_subjects, short_names, subjects_of_run
from .parts import CLIPPING, OF_SUBJECTS, look
from .subjects import Subject


@dataclass(frozen=True)
class Fresh:
    """Untrained networks: see `loading.fresh_subjects`."""

    settings: Mapping[str, Any]
    choices: Mapping[str, Sequence[str]]
    configs: Sequence[str] = ()
    assignments: Sequence[str] = ()


@dataclass(frozen=True)
class Request:
    """What is to be looked at. parts: () for all that apply; runs: () for `fresh` networks."""

    runs: Sequence[str]
    files: Sequence[str]
    parts: Sequence[str]
    extent: Extent
    fresh: Fresh
    units: Sequence[str] = ()
    symbols: int | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)  # {setting: value} by which runs read the files
    trusted: bool = False  # whether to follow the paths of data that models name, wherever they come from


@dataclass(frozen=True)
class Inspection:
    """One Finding for each part, in the order of the request, and what the networks are that were looked at."""

    findings: list[Finding]
    subjects: list[dict[str, Any]]


def inspect(request: Request, out: Output) -> Inspection:
    """Look at what is requested. Raises ConfigError, DataError and ModelFileError."""
    check_runs(request.runs)
    loaded = {run: load_run(run, request.trusted).noting(out.note) for run in request.runs}
    if request.reading:
        loaded = {run: replace(each, config=changed(each.config, request.reading)) for run, each in loaded.items()}
    parts = request.parts or available(loaded)
    subjects = _looked_at(request, loaded, out) if any(part in OF_SUBJECTS for part in parts) else []
    found: list[Finding] = []
    for part in parts:
        if part in OF_SUBJECTS:
            found += [look(part)(subjects, out.progress)] if subjects else []
        elif part == CLIPPING:
            found += _clipping(request, out)
        else:
            found += _of_tasks(part, request, loaded, out)
    return Inspection(found if request.parts else without_repeats(found), [about(subject) for subject in subjects])


def without_repeats(found: Sequence[Finding]) -> list[Finding]:
    """The findings but those that only repeat the sentences of an earlier one: why there is nothing to show."""
    kept: dict[Any, Finding] = {}
    for each in found:
        only_words = all(isinstance(element, str) for element in each.brief)
        kept.setdefault(tuple(each.brief) if only_words else each.part, each)
    return list(kept.values())


def load_run(run: str, trusted: bool = False) -> Loaded:
    """The stored model of a RUN; raises as `load_model` does, and ConfigError for a file that is data."""
    try:
        return load_model(run, trusted)
    except ModelFileError as error:
        if Path(run).is_file() and not run.endswith(".safetensors"):
            raise ConfigError(
                f"{run} is not a trained model", f"if it is data: rnncli inspect --data {shell_name(run)}"
            ) from error
        raise


def about(subject: Subject) -> dict[str, Any]:
    """What a network is and how much of its data is looked at, for JSON."""
    lengths = dict(zip(subject.model.lengths, subject.size))
    return {"subject": subject.label, "parameters": len(subject.theta), "rows": subject.N, "lengths": lengths}


def _looked_at(request: Request, loaded: Mapping[str, Loaded], out: Output) -> list[Subject]:
    """The subjects; none, with a note, where the data of a run cannot be read and no part was asked for."""
    try:
        subjects = list(_subjects(request, loaded, out))
    except DataError as error:
        if request.parts or request.files or not loaded:
            raise
        out.note(f"note: without {', '.join(OF_SUBJECTS)}: {error}" + (f" ({error.hint})" if error.hint else ""))
        return []
    steps = max(subject.size[0] for subject in subjects)
    if request.extent.steps and steps < request.extent.steps:
        out.note(f"note: {counted(steps, 'step')} of each row instead of {request.extent.steps:,}: as long as the data")
    return subjects


def available(loaded: Mapping[str, Loaded]) -> list[str]:
    """The parts that apply to some runs; without one, those of untrained networks."""
    own = dict.fromkeys(part for each in loaded.values() for part in TASKS[each.config.task].inspect_parts)
    return [*OF_SUBJECTS, *([CLIPPING] if loaded else []), *own]


def _subjects(request: Request, loaded: Mapping[str, Loaded], out: Output) -> Iterator[Subject]:
    """The subjects of all runs, or of the untrained networks."""
    reading, fresh = partial(out.progress, "reading"), request.fresh
    for name, each in zip(short_names(request.runs), loaded.values()):
        yield from subjects_of_run(name, each, request.files, request.extent, reading)
    if not loaded:
        yield from fresh_subjects(
            fresh.settings, fresh.choices, fresh.configs, fresh.assignments, request.files, request.extent, reading
        )


def _clipping(request: Request, out: Output) -> Iterator[Finding]:
    """The part "clipping"; nothing where it was not asked for and a run has no log of norms."""
    from .clipping.finding import clipping

    if not request.runs:
        raise ConfigError("--show clipping reads the log of a run, and no RUN is named", "rnncli inspect RUN")
    try:
        names = short_names(request.runs)
        yield clipping({name or run: folder_of(run) for name, run in zip(names, request.runs)})
    except (ConfigError, ModelFileError) as error:
        yield from _skipped(CLIPPING, error, request, out)


def _of_tasks(part: str, request: Request, loaded: Mapping[str, Loaded], out: Output) -> Iterator[Finding]:
    """A part that belongs to kinds of task, for each run of such a kind."""
    options = {
        "files": list(request.files),
        "units": tuple(request.units),
        "symbols": request.symbols,
        "seed": request.extent.seed,
    }
    own = {run: each for run, each in loaded.items() if part in TASKS[each.config.task].inspect_parts}
    if not own:
        raise _no_run_for(part, loaded)
    for name, each in zip(short_names(list(own)), own.values()):
        try:
            found = TASKS[each.config.task].load().inspect(each, part, options, out)
        except (ConfigError, DataError) as error:
            yield from _skipped(part, error, request, out)
            continue
        yield replace(found, part=f"{part} {name}", title=f"{name}: {found.title}") if name else found


def _no_run_for(part: str, loaded: Mapping[str, Loaded]) -> ConfigError:
    """The error for a part that none of the runs has."""
    owners = [kind.name for kind in TASKS.values() if part in kind.inspect_parts]
    if not loaded:
        return ConfigError(
            f"--show {part} looks at a trained model, and no RUN is named",
            f"train one, then rnncli inspect RUN --show {part}",
        )
    run, each = next(iter(loaded.items()))
    return ConfigError(
        f"--show {part}: not for the task '{each.config.task}' of {run}", f"it is for the tasks {', '.join(owners)}"
    )


def _skipped(part: str, error: RnncliError, request: Request, out: Output) -> Iterator[Finding]:
    """Raise the error of a part that was asked for; a note for one that was not."""
    if part in request.parts:
        raise error
    out.note(f"note: without {part}: {error}")
    return iter(())
