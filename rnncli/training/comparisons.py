"""Settings that two runs must share: to resume a run, or to start from the weights of another."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from ..config import Config, Draft
from ..config.loading import schema
from ..config.values import in_yaml
from ..errors import ConfigError, ModelFileError, shell_name
from ..storage.model_files import Loaded
from ..tasks.registry import AUTO, TASKS
from .limits import Budget

NOTICED = 1.5  # a rise of the learning rate by this factor is worth a note
LOW = 0.1  # of a learning rate: low beside it, where the one before is so near zero that nothing would be learnt
LIMITS = ("train.max_steps", "train.epochs", "train.max_seconds")
ARCHITECTURE = ("task", "model.cell", "model.sizes", "model.residual", "model.layer_norm")  # of every kind of task
NAMES = {"model.sizes": "model.hidden_size"}  # of what is compared, where no setting has its name


def adopt_findings(initial: Loaded, draft: Draft) -> None:
    """Decide in a Draft the settings left to the data as they were for the model `initial`, whose encoder is used."""
    if initial.config.task == draft.kind.name:
        for name in draft.kind.left_to_data:
            if draft[name] is None:
                draft.decide(name, attrgetter(name)(initial.config))


def check_architecture(initial: Loaded, config: Config) -> None:
    """Raise ModelFileError if the model `initial` has another architecture than a Config."""
    names = ARCHITECTURE + (TASKS[config.task].architecture if config.task == initial.config.task else ())
    if other := differences(names, initial.config, config):
        raise ModelFileError(
            f"{initial.path} has another architecture: {other}",
            "start from a model of the same architecture, or use the settings of this one",
        )


def check_shapes(initial: Loaded, run: Any) -> None:
    """Raise ModelFileError if a parameter of the model `initial` has another shape in the Run `run`."""
    found, here = (
        {f"{layer}.{spec.name}": spec.shape for layer, specs in store.specs.items() for spec in specs}
        for store in (initial.store, run.trainer.store)
    )
    name = next((name for name in found | here if found.get(name) != here.get(name)), None)
    if name is not None:
        other = differences(run.task.kind.shapes, initial.config, run.config)
        has = f"; it has {other}" if other else "; here the model has other inputs, as for gaps or dates in the data"
        raise ModelFileError(
            f"{initial.path}: parameter {name} has shape {found.get(name)}, here {here.get(name)}",
            f"start from a model of the same settings and columns{has}",
        )


def check_same(wanted: Draft, stored: Config, path: Any, besides: Iterable[str] = ()) -> None:
    """Raise ConfigError if a run, of the Config `stored`, has other settings than the Draft `wanted`. Limits may
    differ, and what is followed live, and the settings `besides`; so may a seed, a task and a number of workers that
    were not chosen, and settings left to the data."""
    free = [
        *besides,
        *LIMITS,
        *(["seed"] if wanted["seed"] is None else []),
        *(() if wanted.given("task") else ["task"]),
    ]
    free += ["train.show"]
    free += ["train.workers"] if wanted["train.workers"] == AUTO else []
    free += [name for name in wanted.kind.left_to_data if wanted[name] is None]
    used = set(schema().used(wanted.kind)) | set(schema().used(TASKS[stored.task]))
    other = differences(
        [name for name in schema().settings if name in used and name not in free], stored, wanted.view()
    )
    if other:
        raise ConfigError(
            f"{path} was started with other settings: {other}",
            f"resume it with its own: --resume {shell_name(path)}; or start another run with another -o",
        )


def rate_notes(run: Any, before: Budget) -> tuple[str, ...]:
    """A note if new limits of a resumed run raise its learning rate from where the Budget `before` had brought it."""
    trainer = run.trainer
    progress, scale = trainer.progress, trainer.rate * trainer.progress.rate_scale
    old, new = (
        scale * trainer.schedule.factor(progress.step, each.fraction(progress, run.batches.batches(0), run.elapsed))
        for each in (before, run.budget)
    )
    if not progress.step or new <= old * NOTICED:
        return ()
    low = max(old, LOW * new)
    return (
        f"the {run.config.schedule.kind} schedule spans the new limit: the learning rate rises from {old:.2g} to "
        f"{new:.2g} and falls again; to keep it low, start another run with --init-from and --lr {low:.2g}",
    )


def differences(names: Iterable[str], found: Config, here: Config) -> str:
    """The settings among `names` that differ between two Configs, in words; empty if none does."""
    values = ((name, attrgetter(name)(found), attrgetter(name)(here)) for name in names)
    return ", ".join(
        f"{NAMES.get(name, name)} {_shown(theirs)} (here {_shown(ours)})"
        for name, theirs, ours in values
        if theirs != ours
    )


def _shown(value: Any) -> str:
    """A setting in words."""
    return " ".join(map(str, value)) or "none" if isinstance(value, tuple) else in_yaml(value)
