"""What a model file says of itself, checked before anything is built from it: the one gate of stored descriptions.

A file may be whole and sealed and yet describe what no version ever wrote. Types, ranges, and the agreement of the
configuration, the encoder and the tensors are checked here, in this order; each task declares the form of its encoder
and of its own tensors (`Task.check_stored_encoder`, `Task.check_stored_tensors`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..config import Config, Draft, stored_draft
from ..config.values import safe_name
from ..errors import ConfigError, ModelFileError, shell_name
from ..nn.cells import CELLS
from ..tasks.registry import TASKS
from .checkpoint import AVERAGE, THETA, check_shapes, one_line
from .declared import Fields, Malformed, Maybe, Number, Rows, Section, Table, Text, Tuple, Whole, check, require

LONGEST_NAME, MOST_NAMES = 200, 3  # most characters of a name of stored code, and most names, in an error
OF_TRAINING = ("theta/", "opt/", "state/")
VERSION = "use the version of rnncli that wrote it, or train again"
WRONG = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)  # from malformed values

DATA = Fields({"digest": Text(), "files": Rows(Text())})
SCALAR = Maybe(Number())
COUNTS = ("step", "epoch", "batch", "tokens", "best_step", "stale", "good", "rejections", "rejected_step")
POSITION = Fields(  # training.trainer.Progress
    {name: Whole() for name in COUNTS}
    | {"evaluated": Maybe(Whole()), "best": SCALAR, "rate_scale": Number(above=0.0), "schedule": Table(SCALAR)},
    optional={"clips": Whole()},  # versions before 0.3 did not count them
)
MODEL = Fields({"config": Section(), "encoder": Section(), "progress": Section(), "data": DATA}, open=True)
CHECKPOINT = Fields(
    {"progress": POSITION, "elapsed": Number(0), "home": Text(), "log_size": Whole()},
    optional={"layouts": Table(Tuple(Whole(1), Whole(1))), "moved": Rows(Text())},
    open=True,
)


@dataclass(frozen=True)
class Description:
    """What a checked model file describes. draft: the Draft of its settings; model: built for `encoder`, with the
    parameters of `store`; extra: tensors that the task stores besides the weights, by name; record: the task's metadata
    of them."""

    draft: Draft
    encoder: Any
    model: Any
    store: Any
    extra: dict[str, np.ndarray]
    record: Any


def described(path: str | Path, arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> Description:
    """The Description in the `arrays` and the `meta` of a file; `path` is its name in messages.

    Raises ModelFileError where it is malformed or contradicts itself, and ConfigError for a cell that this command has
    not loaded.
    """
    try:
        return _described(path, arrays, meta)
    except Malformed as error:
        raise ModelFileError(f"{path} is malformed: {error}", VERSION) from None


def check_checkpoint(path: str | Path, meta: Mapping[str, Any]) -> None:
    """Raise ModelFileError unless the `meta` of a file is that of a checkpoint, from which a run continues."""
    try:
        check(meta, MODEL, "")
        check(meta, CHECKPOINT, "")
        check(meta["config"].get("seed"), Whole(), "config.seed")
    except Malformed as error:
        raise _not_to_continue(path, error) from None


def check_position(
    path: str | Path, progress: Mapping[str, Any], batches: Callable[[int], int], schedule: Mapping[str, Any]
) -> None:
    """Raise ModelFileError where the `progress` of a checkpoint is no place in the data of its run, of which
    `batches(epoch)` is the length of an epoch, or lacks what the state of its `schedule` has at the start."""
    step, epoch, batch = (progress[name] for name in ("step", "epoch", "batch"))
    try:
        require(epoch + batch <= step, f"progress: epoch {epoch:,} and batch {batch:,} need more than {step:,} steps")
        if batch and batch >= (length := batches(epoch)):
            raise Malformed(f"progress.batch: found {batch:,}, but epoch {epoch:,} of its data has {length:,} batches")
        for name, value in schedule.items():
            known = progress["schedule"].get(name) is not None or (value is None and name in progress["schedule"])
            require(known, f"progress.schedule.{name} is missing")
    except Malformed as error:
        raise _not_to_continue(path, error) from None


def _not_to_continue(path: str | Path, error: Malformed) -> ModelFileError:
    return ModelFileError(f"{path} is malformed: {error}", "continue from another checkpoint")


def _described(path, arrays, meta):
    check(meta, MODEL, "")
    check(meta["progress"].get("step"), Maybe(Whole()), "progress.step")
    draft = stored_settings(meta, path)
    config = draft.view()
    check_cell(config, path)
    task = TASKS[config.task].load()
    encoder = _encoder(task, meta["encoder"], config)
    model = _model(task, config, encoder)
    store = model.store()
    for prefix in (THETA, AVERAGE):
        if prefix == THETA or any(name.startswith(AVERAGE) for name in arrays):
            check_weights(store, prefix, arrays, path)
    extra = {name: array for name, array in arrays.items() if not name.startswith(OF_TRAINING)}
    try:
        task.check_stored_tensors(config, encoder, extra, meta.get("record"))
    except (OverflowError, MemoryError):
        raise Malformed("its tensors are larger than any of a model") from None
    return Description(draft, encoder, model, store, extra, meta.get("record"))


def _encoder(task, values, config):
    """The encoder of stored values; raises Malformed."""
    task.check_stored_encoder(values, config)
    try:
        encoder = task.encoder_from_dict(values)
        encoder.size  # noqa: B018 (computed from its parts, which must go together)
    except (ConfigError, ModelFileError) as error:
        raise Malformed(f"encoder: {one_line(error)}") from None
    except WRONG as error:  # parts that no check knows, of a later version
        raise Malformed(f"encoder: {type(error).__name__}: {one_line(error)}") from None
    return encoder


def _model(task, config, encoder):
    """The model of a Config for an encoder; raises Malformed."""
    try:
        return task.build(config, encoder.size)
    except (ConfigError, ArithmeticError) as error:  # a size of 0, by which initial weights are divided
        raise Malformed(f"config: {one_line(error)}") from None


def check_weights(store: Any, prefix: str, arrays: Mapping[str, np.ndarray], path: str | Path) -> None:
    """Raise ModelFileError unless `arrays` hold every parameter of a store under `prefix`, in its shape, as finite
    float32 numbers, and no others. Nothing is allocated before."""
    shapes = {f"{prefix}{layer}.{spec.name}": spec.shape for layer, specs in store.specs.items() for spec in specs}
    found = {name: array for name, array in arrays.items() if name.startswith(prefix)}
    check_shapes(shapes, found, path)
    for name, array in found.items():
        if not np.isfinite(array).all():
            raise ModelFileError(
                f"{path}: {safe_name(name)} holds numbers that are not finite: the network diverged",
                "use another checkpoint of its run folder, or train again with a lower --lr",
            )


def stored_settings(meta: Mapping[str, Any], path: Any) -> Draft:
    """The Draft in the `meta` of the file `path`; raises ModelFileError if this version cannot read it."""
    try:
        draft = stored_draft(meta["config"])
    except (ConfigError, LookupError, RecursionError) as error:
        raise ModelFileError(f"{path}: {one_line(error)}", "use the version of rnncli that wrote it") from error
    if "task" not in meta["config"] or any(draft[name] is None for name in ("model.cell", "model.hidden_size")):
        raise ModelFileError(f"{path} is malformed: its configuration has no task, cell or size", VERSION)
    return draft


def check_cell(config: Config, path: str | Path) -> None:
    """Raise ConfigError if the cell of the Config in the file `path` comes from code that is not loaded, and
    ModelFileError if no code is named.

    Stored names of code are printed and never loaded: a model file must not decide which code runs.
    """
    model = config.model
    if model.cell in CELLS:
        return
    unknown = f"{path}: unknown cell '{safe_name(model.cell)}'"
    if not model.code:
        raise ModelFileError(unknown, f"known: {', '.join(sorted(CELLS))}; a cell of your own needs --code FILE")
    files = " ".join(
        f"--code {shell_name(file[:LONGEST_NAME])}" + "..." * (len(file) > LONGEST_NAME)
        for file in model.code[:MOST_NAMES]
    )
    raise ConfigError(unknown, f"the model was trained with {files}; if you trust that file, add --code again")
