"""From a configuration to a run that is ready for its first step, or for the next one after a stop."""

import os
from contextlib import ExitStack
from dataclasses import replace
from operator import attrgetter
from secrets import randbits

import numpy as np

from ..config import SETTINGS, to_dict, to_yaml
from ..errors import ConfigError, DataError, ModelFileError
from ..nn.matmul_tiling import Layouts
from ..nn.memory import Memory
from ..storage.checkpoint import THETA, fill, load
from ..storage.model_files import check_cell, load_model, stored_config
from ..storage.run_folder import (
    CONFIG,
    MODEL,
    RunFolder,
    checkpoint,
    checkpoints,
    claim,
    latest_checkpoint,
    load_latest,
)
from ..storage.tuning_cache import keep_layouts, known_layouts
from ..tasks.registry import TASKS, detect, load_task
from .limits import Budget
from .shard import DTYPE
from .trainer import Trainer
from .workers import AUTO, choose_workers

DEFAULT_LENGTH = {"language": {"epochs": 10}, "forecast": {"max_steps": 2000}}  # when nothing says how long
NAMED = 3  # files that a line of words names
LIMITS = ("max_steps", "epochs", "max_seconds")
ARCHITECTURE = (
    "task",
    "data.level",
    "forecast.mode",
    "forecast.segment",
    "forecast.highway",
    "model.cell",
    "model.sizes",
    "model.embedding_size",
    "model.residual",
    "model.tie_embeddings",
    "model.layer_norm",
)
SHAPING = (
    "forecast.horizon",
    "forecast.loss",
    "forecast.quantiles",
    "forecast.calendar",
    "forecast.fourier",
    "series.target_col",
    "series.past_cols",
    "series.future_cols",
    "series.static_cols",
)
LEFT_TO_DATA = ("series.val_size", "forecast.horizon", "forecast.window", "forecast.season")


class Run:
    """Everything that training needs, and the folder it writes to. A context manager: leaving it frees the folder.

    task: what is learnt (see `tasks`), the seed of its Config drawn and its length decided; folder: RunFolder, or None
    for a dry run; layouts: Layouts that the run began with, if it goes on; xp: NumPy, or NumPy with a stopwatch.
    All memory of training and evaluation is made here.
    """

    def __init__(self, task, folder=None, layouts=None, xp=np):
        train, self.task, self.folder, self.batches = task.config.train, task, folder, task.batches
        self.workers = choose_workers(train.workers, task.model, self.batches.T, self.batches.N)
        self.config = replace(task.config, train=replace(train, workers=str(self.workers)))
        self.layouts = layouts or known_layouts()
        self.trainer = Trainer(
            self.config,
            task.model,
            self.batches.sizes,
            self.batches.N,
            task.size,
            self.workers,
            Memory(DTYPE, xp, layouts=self.layouts),
        )
        self.memory = Memory(DTYPE, forward_only=True, layouts=self.layouts)
        task.get_ready(self.memory)
        self.budget = Budget(train.max_steps, train.epochs, train.max_seconds)
        self.data = {"digest": task.data.digest, "files": list(task.data.files)}
        self.home = os.getcwd()  # where the names of data files start from
        self.elapsed, self.signal = 0.0, None  # seconds of earlier sessions; the signal to stop, once it came

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.trainer.team.close()
        if self.folder:
            self.folder.close()

    @property
    def nbytes(self):
        """Bytes of parameters, optimizer and plans, of all processes."""
        return self.trainer.team.nbytes + self.memory.nbytes

    def stop(self, signal_number):
        """Ask training to finish its step, save and end."""
        self.signal = signal_number

    def meta(self):
        """What a model file says besides its tensors; nothing that depends on the clock or on a folder's name."""
        about = {"config": to_dict(self.config), "encoder": self.task.encoder.to_dict(), "data": self.data}
        record = self.task.record()
        return about if record is None else about | {"record": record}

    def save_checkpoint(self, elapsed):
        """Write everything that the next step depends on; returns the path."""
        progress = self.trainer.progress_dict()
        meta = self.meta() | {
            "progress": progress,
            "elapsed": elapsed,
            "home": self.home,
            "log_size": self.folder.log_size(),
            "layouts": self.layouts.known,
        }
        return self.folder.save_checkpoint(
            progress["step"],
            self.trainer.arrays() | self.task.arrays(),
            meta,
            self.config.train.keep_checkpoints,
            progress["good"],
        )

    def restore(self, path, arrays, meta):
        """Go on where the checkpoint `path`, read as `arrays` and `meta`, was written."""
        self.trainer.restore(arrays, meta["progress"], path)
        self.data, self.home, self.elapsed = meta["data"], meta["home"], meta["elapsed"]
        self.folder.rewind_log(meta["log_size"])
        progress = self.trainer.progress
        if not checkpoint(self.folder.path, progress.good).exists():
            progress.good = progress.step

    def go_back(self):
        """Return to the last good checkpoint after a rejected step."""
        path = checkpoint(self.folder.path, self.trainer.progress.good)
        arrays, meta = load(path)
        self.trainer.go_back(arrays, meta["progress"], path)

    def save_model(self):
        """Write the weights as they are now as model.safetensors."""
        progress = self.trainer.progress_dict()
        told = {name: progress[name] for name in ("step", "epoch", "tokens", "best_step")}
        told[f"best_{self.task.score}"] = progress["best"]
        arrays = self.trainer.model_arrays() | self.task.arrays() | self.task.findings()
        self.folder.save_model(arrays, self.meta() | {"progress": told})

    def best_weights(self):
        """theta (size,) of model.safetensors."""
        store, path = self.trainer.store, self.folder.path / MODEL
        best = np.empty(store.size, self.trainer.theta.dtype)
        fill(store, THETA, best, load(path)[0], path)
        return best

    def describe(self):
        """The data, the splits and the model, a line of words each."""
        return self.task.describe(self.workers)


def prepare(config, output, resume=None, init_from=None, extend=None, progress=None, xp=np):
    """A Run, its folder claimed and its first checkpoint written.

    resume: a run folder to go on with, exactly, with its stored configuration; extend: {"max_steps", "epochs",
    "max_seconds"} of it that change, None where they stay. "auto" goes on in `output` where that holds a run, which
    must have the settings of `config` and takes its limits from there, and begins a new run there otherwise.
    init_from: a model whose weights a new run begins with. progress(done, total) is called while data is read, in
    bytes. xp: NumPy, or NumPy with a stopwatch.
    Raises DataError, ConfigError, ModelFileError, ResourceError, RunInUse.
    """
    if resume == "auto":
        if checkpoints(output):
            return _resumed(output, _limits(completed(config)), progress, xp, config)
    elif resume is not None:
        longer = {name: limit for name, limit in (extend or {}).items() if limit is not None}
        return _resumed(resume, longer, progress, xp)
    config = completed(config)
    initial = load_model(init_from) if init_from else None
    if initial:
        _check_architecture(initial, config)
    with ExitStack() as undo:
        folder = claim(output)
        undo.callback(folder.discard)
        run = Run(load_task(config, initial and initial.encoder, progress), folder, xp=xp)
        undo.callback(run.trainer.team.close)
        if initial:
            _check_shapes(initial, run)
            run.trainer.theta[...] = initial.theta
        run.save_checkpoint(0.0)
        keep_layouts(run.layouts)
        folder.write(CONFIG, to_yaml(run.config))
        undo.pop_all()  # nothing went wrong
    return run


def completed(config):
    """`config` with a task, a seed and a length, found, drawn and taken by default where it has none."""
    train, task = config.train, detect(config.data.files).name if config.task == "auto" else config.task
    if train.max_steps is None and train.epochs is None and train.max_seconds is None:
        train = replace(train, **DEFAULT_LENGTH[task])
    return replace(config, task=task, seed=randbits(31) if config.seed is None else config.seed, train=train)


def _check_architecture(initial, config):
    """Raise ModelFileError where the model `initial` (Loaded) is not of the architecture of `config`."""
    other = _differences(ARCHITECTURE, initial.config, config)
    if other:
        raise ModelFileError(
            f"{initial.path} has another architecture: {other}",
            "begin with a model of the same architecture, or give the settings of this one",
        )


def _check_shapes(initial, run):
    """Raise ModelFileError where a parameter of the model `initial` (Loaded) has not the shape that it has in a Run."""
    found, here = (
        {f"{layer}.{spec.name}": spec.shape for layer, specs in store.specs.items() for spec in specs}
        for store in (initial.store, run.trainer.store)
    )
    name = next((name for name in found | here if found.get(name) != here.get(name)), None)
    if name is not None:
        other = _differences(SHAPING, initial.config, run.config) or "it may read other columns"
        raise ModelFileError(
            f"{initial.path}: its parameter {name} is {found.get(name)}, here {here.get(name)}",
            f"begin with a model of the same settings and columns; it has {other}",
        )


def _limits(config):
    return {name: getattr(config.train, name) for name in LIMITS}


def _resumed(path, limits, progress, xp, wanted=None):
    """The Run in `path`, ready to go on up to other `limits`; `wanted`: the Config that it must have, those apart."""
    latest_checkpoint(path)  # before anything is made there
    with ExitStack() as undo:
        folder = RunFolder(path)
        undo.callback(folder.close)
        newest, arrays, meta = load_latest(path)
        stored = stored_config(meta, newest)
        if wanted is not None:
            _check_same(wanted, stored, path)
        check_cell(stored, newest)
        config = replace(stored, train=replace(stored.train, **limits))
        layouts = Layouts(meta.get("layouts"))
        run = Run(_same_task(path, config, meta, progress), folder, layouts, xp)
        undo.callback(run.trainer.team.close)
        run.restore(newest, arrays, meta)
        if config != stored:  # a longer run stays longer, even if it is killed before its next checkpoint
            run.save_checkpoint(run.elapsed)
            folder.write(CONFIG, to_yaml(run.config))
        undo.pop_all()
    return run


def _check_same(wanted, stored, path):
    """Raise ConfigError where a run has other settings than are asked for; its limits and a drawn seed may differ."""
    free = [f"train.{name}" for name in LIMITS] + (["seed"] if wanted.seed is None else [])
    free += [name for name in ("task", "train.workers") if attrgetter(name)(wanted) == AUTO]
    free += [name for name in LEFT_TO_DATA if attrgetter(name)(wanted) is None]
    other = _differences([name for name in SETTINGS if name not in free], stored, wanted)
    if other:
        raise ConfigError(
            f"{path} was begun with other settings: {other}",
            f"go on with its own: --resume {path}; or begin another run with another -o",
        )


def _differences(names, found, here):
    """The settings `names` that two Configs do not share, in words; empty if there are none."""
    values = ((name, attrgetter(name)(found), attrgetter(name)(here)) for name in names)
    return ", ".join(f"{name} {_said(theirs)} (here {_said(ours)})" for name, theirs, ours in values if theirs != ours)


def _said(value):
    """A setting in words."""
    return " ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def _same_task(path, config, meta, progress):
    """The task that the run in `path` was begun with; raises DataError where its data has changed or is gone."""
    names, hint = config.data.files, "give it the data that it was begun with, or begin another run with --init-from"
    there = [name if name == "-" else os.path.join(meta["home"], name) for name in names]
    if not _all_there(names) and _all_there(there):
        names = there  # resumed in another folder than it was begun in
    here = replace(config, data=replace(config.data, files=tuple(names)))
    try:
        task = load_task(here, TASKS[config.task].load().encoder_from_dict(meta["encoder"]), progress)
    except DataError as error:
        raise DataError(f"cannot resume {path}: {error}", hint) from error
    if task.data.digest != meta["data"]["digest"]:
        raise DataError(f"cannot resume {path}: its data has changed ({', '.join(task.data.files[:NAMED])})", hint)
    task.config = replace(task.config, data=config.data)
    return task


def _all_there(names):
    return all(name == "-" or os.path.exists(name) for name in names)
