"""From a configuration to a run that is ready for its first step, or for the next one after a stop."""

import os
from contextlib import ExitStack
from secrets import randbits

import numpy as np

from ..config import to_dict, to_yaml
from ..errors import DataError
from ..nn.matmul_tiling import Layouts
from ..nn.memory import Memory
from ..storage.checkpoint import THETA, fill, load
from ..storage.model_files import check_cell, load_model, stored_settings
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
from ..tasks.registry import load_task
from .comparisons import check_architecture, check_same, check_shapes
from .limits import Budget
from .shard import DTYPE
from .trainer import Trainer
from .workers import choose_workers

LIMITS = ("max_steps", "epochs", "max_seconds")
NAMED = 3  # files that a line of words names


class Run:
    """Everything that training needs, and the folder it writes to. A context manager: leaving it frees the folder.

    draft: the Draft of its settings, of which the number of processes is decided here and the Config made; task: the
    Task of that draft; folder: RunFolder, or None for a dry run; layouts: Layouts that the run began with, if it goes
    on; xp: NumPy, or NumPy with a stopwatch. All memory of training and evaluation is made here.
    """

    def __init__(self, draft, task, folder=None, layouts=None, xp=np):
        self.task, self.folder, self.batches = task, folder, task.batches
        self.workers = choose_workers(draft["train.workers"], task.model, self.batches.T, self.batches.N)
        draft.decide("train.workers", str(self.workers))
        self.config, self.notes, self.layouts = draft.freeze(), draft.notes, layouts or known_layouts()
        self.trainer = Trainer(
            self.config,
            task.model,
            self.batches.sizes,
            self.batches.N,
            task.encoder.size,
            self.workers,
            Memory(DTYPE, xp, layouts=self.layouts),
        )
        self.memory = Memory(DTYPE, forward_only=True, layouts=self.layouts)
        self.evaluator = task.evaluator(self.memory)
        self.budget = Budget(*(draft[f"train.{name}"] for name in LIMITS))
        self.data = {"digest": task.data.digest, "files": list(task.data.files)}
        self.home = os.getcwd()  # where the names of data files start from
        self.elapsed, self.signal = 0.0, None  # seconds of earlier sessions; the signal to stop, once it came

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
        if self.folder:
            self.folder.close()

    def close(self):
        """End the processes that share the batches."""
        self.trainer.team.close()

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
        record = self.task.extra_record()
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
            self.trainer.arrays() | self.task.extra_tensors(),
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
        told[f"best_{self.task.kind.score}"] = progress["best"]
        arrays = self.trainer.model_arrays() | self.task.extra_tensors() | self.evaluator.findings()
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


def prepare(draft, output, resume=None, init_from=None, extend=None, progress=None, xp=np):
    """A Run, its folder claimed and its first checkpoint written.

    draft: the Draft of a new run, None with a run folder in `resume`. resume: a run folder to continue, exactly, with
    its stored configuration; extend: {"max_steps", "epochs", "max_seconds"} of it that change, None where they stay.
    "auto" continues the run in `output` if there is one, which must have the settings of `draft` and takes its limits
    from there, and begins a new run there otherwise. init_from: a model whose weights a new run begins with.
    progress(done, total) is called while data is read, in bytes. xp: NumPy, or NumPy with a stopwatch.
    Raises DataError, ConfigError, ModelFileError, ResourceError, RunInUse.
    """
    if resume == "auto" and checkpoints(output):
        limit_length(draft)
        return _resumed(output, {name: draft[f"train.{name}"] for name in LIMITS}, progress, xp, draft)
    if resume not in (None, "auto"):
        longer = {name: limit for name, limit in (extend or {}).items() if limit is not None}
        return _resumed(resume, longer, progress, xp)
    complete(draft)
    initial = load_model(init_from) if init_from else None
    if initial:
        check_architecture(initial, draft.view())
    with ExitStack() as undo:
        folder = claim(output)
        undo.callback(folder.discard)
        run = Run(draft, load_task(draft, initial and initial.encoder, progress), folder, xp=xp)
        undo.callback(run.close)
        if initial:
            check_shapes(initial, run)
            run.trainer.theta[...] = initial.theta
        run.save_checkpoint(0.0)
        keep_layouts(run.layouts)
        folder.write(CONFIG, to_yaml(run.config))
        undo.pop_all()  # nothing went wrong
    return run


def complete(draft):
    """The Draft with a seed and a length decided where there is none."""
    limit_length(draft)
    if draft["seed"] is None:
        draft.decide("seed", randbits(31))
    return draft


def limit_length(draft):
    """Decide the usual length of the task where no limit is given."""
    if all(draft[f"train.{name}"] is None for name in LIMITS):
        for name, limit in draft.kind.length.items():
            draft.decide(f"train.{name}", limit)


def _resumed(path, limits, progress, xp, wanted=None):
    """The Run in `path`, ready to continue up to other `limits`; `wanted`: the Draft it must equal, those apart."""
    latest_checkpoint(path)  # before anything is made there
    with ExitStack() as undo:
        folder = RunFolder(path)
        undo.callback(folder.close)
        newest, arrays, meta = load_latest(path)
        draft = stored_settings(meta, newest)
        stored = draft.view()
        check_cell(stored, newest)
        if wanted is not None:
            check_same(wanted, stored, path)
        for name, limit in limits.items():
            draft.decide(f"train.{name}", limit)
        layouts = Layouts(meta.get("layouts"))
        run = Run(draft, _same_task(path, draft, meta, progress), folder, layouts, xp)
        undo.callback(run.close)
        run.restore(newest, arrays, meta)
        if run.config != stored:  # a longer run stays longer, even if it is killed before its next checkpoint
            run.save_checkpoint(run.elapsed)
            folder.write(CONFIG, to_yaml(run.config))
        undo.pop_all()
    return run


def _same_task(path, draft, meta, progress):
    """The task that the run in `path` was begun with; raises DataError where its data has changed or is gone."""
    names, hint = draft["data.files"], "give it the data that it was begun with, or begin another run with --init-from"
    there = tuple(name if name == "-" else os.path.join(meta["home"], name) for name in names)
    if not _all_there(names) and _all_there(there):
        draft.decide("data.files", there)  # resumed in another folder than it was begun in
    try:
        task = load_task(draft, draft.kind.load().encoder_from_dict(meta["encoder"]), progress)
    except DataError as error:
        raise DataError(f"cannot resume {path}: {error}", hint) from error
    if task.data.digest != meta["data"]["digest"]:
        raise DataError(f"cannot resume {path}: its data has changed ({', '.join(task.data.files[:NAMED])})", hint)
    draft.decide("data.files", names)
    return task


def _all_there(names):
    return all(name == "-" or os.path.exists(name) for name in names)
