"""What two runs must share: one that is continued with other options, one that begins with the weights of another."""

from operator import attrgetter

from ..config import schema
from ..errors import ConfigError, ModelFileError
from ..tasks.registry import AUTO, TASKS

LIMITS = ("train.max_steps", "train.epochs", "train.max_seconds")
ARCHITECTURE = ("task", "model.cell", "model.sizes", "model.residual", "model.layer_norm")  # of every kind of task


def check_architecture(initial, config):
    """Raise ModelFileError where the model `initial` (Loaded) is not of the architecture of a Config."""
    names = ARCHITECTURE + (TASKS[config.task].architecture if config.task == initial.config.task else ())
    if other := differences(names, initial.config, config):
        raise ModelFileError(
            f"{initial.path} has another architecture: {other}",
            "begin with a model of the same architecture, or give the settings of this one",
        )


def check_shapes(initial, run):
    """Raise ModelFileError where a parameter of the model `initial` (Loaded) has not the shape that it has in a Run."""
    found, here = (
        {f"{layer}.{spec.name}": spec.shape for layer, specs in store.specs.items() for spec in specs}
        for store in (initial.store, run.trainer.store)
    )
    name = next((name for name in found | here if found.get(name) != here.get(name)), None)
    if name is not None:
        other = differences(run.task.kind.shapes, initial.config, run.config) or "it may read other columns"
        raise ModelFileError(
            f"{initial.path}: its parameter {name} is {found.get(name)}, here {here.get(name)}",
            f"begin with a model of the same settings and columns; it has {other}",
        )


def check_same(wanted, stored, path):
    """Raise ConfigError where a run, of the Config `stored`, has other settings than the Draft `wanted`; its limits may
    differ, and so may a seed, a task and a number of processes that were not asked for and what is left to data."""
    free = [*LIMITS, *(["seed"] if wanted["seed"] is None else []), *(() if wanted.given("task") else ["task"])]
    free += ["train.workers"] if wanted["train.workers"] == AUTO else []
    free += [name for name in wanted.kind.left_to_data if wanted[name] is None]
    used = set(schema().used(wanted.kind)) | set(schema().used(TASKS[stored.task]))
    other = differences(
        [name for name in schema().settings if name in used and name not in free], stored, wanted.view()
    )
    if other:
        raise ConfigError(
            f"{path} was begun with other settings: {other}",
            f"continue with its own: --resume {path}; or begin another run with another -o",
        )


def differences(names, found, here):
    """The settings `names` that two Configs do not share, in words; empty if there are none."""
    values = ((name, attrgetter(name)(found), attrgetter(name)(here)) for name in names)
    return ", ".join(
        f"{name} {_shown(theirs)} (here {_shown(ours)})" for name, theirs, ours in values if theirs != ours
    )


def _shown(value):
    """A setting in words."""
    return " ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
