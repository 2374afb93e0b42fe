"""From a configuration to a run that is ready for its first step, or for the next one after a stop."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from secrets import randbits
from typing import Any

import numpy as np

from ..config import Draft, to_dict, to_yaml
from ..errors import ResourceError, shell_name
from ..nn.cells import CELLS
from ..nn.matmul_tiling import Layouts
from ..nn.memory import Memory
from ..plugins import is_user_code, loaded_files
from ..storage.checkpoint import THETA, fill, load
from ..storage.description import check_checkpoint, check_position, described
from ..storage.model_files import load_model
from ..storage.run_folder import (
    CONFIG,
    MODEL,
    RunFolder,
    checkpoint,
    checkpoints,
    claim,
    claim_first,
    latest_checkpoint,
    load_latest,
)
from ..storage.tuning_cache import keep_layouts, known_layouts
from ..tasks.base import Task
from ..tasks.registry import load_task
from .comparisons import adopt_findings, check_architecture, check_shapes, rate_notes
from .limits import Budget
from .resuming import StoredData, check_same_run, check_wanted, warnings_on_settings
from .shard import DTYPE
from .trainer import Trainer
from .workers import check_room, choose_workers

LIMITS = ("max_steps", "epochs", "max_seconds")
SHOW, GRADIENTS = "train.show", "gradients"


class Abandoned(BaseException):
    """A stop was requested during work that the resumed run can repeat; no error, and nobody else's to catch."""


class Engine:
    """Everything that training needs in memory, without a folder. A context manager: leaving it ends the workers.

    draft: the Draft of its settings, whose number of workers is decided here and which is frozen into the Config;
    task: the Task of that draft; layouts: the Layouts that a resumed run started with; xp: NumPy, or NumPy with a
    stopwatch. All memory of training and evaluation is allocated here; ResourceError where there is too little.
    """

    def __init__(self, draft: Draft, task: Task, layouts: Layouts | None = None, xp: Any = np):
        self.task, self.batches = task, task.batches
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
        self.watch = gradient_watch(task, self.trainer.store.size) if self.config.train.show == GRADIENTS else None
        self.budget = Budget(*(draft[f"train.{name}"] for name in LIMITS))
        self._check_room()

    def _check_room(self):
        """Before any step: until then, hardly any page of the plans is there. Ends the workers with its error."""
        try:
            check_room(self.nbytes - self.trainer.theta.nbytes)
        except ResourceError:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that share the batches."""
        self.trainer.team.close()

    @property
    def nbytes(self) -> int:
        """Bytes of parameters, optimizer and plans, of all processes."""
        return self.trainer.team.nbytes + self.memory.nbytes + (self.watch.nbytes if self.watch else 0)

    def describe(self) -> tuple[str, ...]:
        """The data, the splits and the model, a line each."""
        return self.task.describe(self.workers)


def gradient_watch(task: Task, size: int) -> Any:
    """The GradientWatch of a task; imported here, since most runs have none and should start soon."""
    from .gradient_watch import GradientWatch

    return GradientWatch(task, size)


class Run(Engine):
    """An Engine with the folder it writes to; leaving it releases the folder as well."""

    def __init__(self, draft: Draft, task: Task, folder: RunFolder, layouts: Layouts | None = None, xp: Any = np):
        super().__init__(draft, task, layouts, xp)
        self.folder = folder
        self.data = {"digest": task.data.digest, "files": list(task.data.files)}
        self.home = os.getcwd()  # relative names of data files start here
        self.moved: tuple[str, ...] = ()  # where a resume was told to find them
        self.elapsed = 0.0  # seconds of earlier sessions
        self.warnings: tuple[str, ...] = ()  # about a resumed run
        self.signal: int | None = None  # the signal to stop, once it has arrived
        self.may_abandon = False  # whether the present work can be repeated after a resume: a stop need not await it
        self.wants_checkpoint = False  # whether one was asked for from outside

    def __exit__(self, *_: Any) -> None:
        super().__exit__()
        self.folder.close()

    @property
    def arguments(self) -> str:
        """What names this run after a command, quoted: its folder, and the --code that its cell needs."""
        code = loaded_files() if is_user_code(CELLS[self.config.model.cell]) else []
        return " ".join([shell_name(self.folder.path), *(f"--code {shell_name(file)}" for file in code)])

    @property
    def resume(self) -> str:
        """What continues this run after `train --resume`: DATA too where they were read from standard input."""
        return self.arguments if self.is_readable_again else f"{self.arguments} DATA"

    @property
    def is_readable_again(self) -> bool:
        """Whether another command can read the data of this run: not those of standard input."""
        return "-" not in self.config.data.files or bool(self.moved)

    @property
    def is_asked(self) -> bool:
        """Whether a stop or a checkpoint was asked for from outside."""
        return self.signal is not None or self.wants_checkpoint

    def stop(self, signal_number: int) -> None:
        """Ask training to finish its step, save and end; raises Abandoned in the midst of an evaluation."""
        self.signal = signal_number
        if self.may_abandon:
            raise Abandoned

    def meta(self) -> dict[str, Any]:
        """The metadata of a model file, independent of the clock and of the folder's name."""
        about = {"config": to_dict(self.config), "encoder": self.task.encoder.to_dict(), "data": self.data}
        record = self.task.extra_record()
        return about if record is None else about | {"record": record}

    def save_checkpoint(self, elapsed: float) -> Path:
        """Write everything that the next step depends on; returns the path."""
        progress = self.trainer.progress_dict()
        meta = self.meta() | {
            "progress": progress,
            "elapsed": elapsed,
            "home": self.home,
            "log_size": self.folder.log_size(),
            "layouts": self.layouts.known,
            **({"moved": list(self.moved)} if self.moved else {}),
        }
        return self.folder.save_checkpoint(
            progress["step"],
            self.trainer.arrays() | self.task.extra_tensors(),
            meta,
            self.config.train.keep_checkpoints,
            progress["good"],
        )

    def restore(self, path: Path, arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> None:
        """Continue from the checkpoint `path`, read as `arrays` and `meta`."""
        self._check_position(path, meta)
        self.trainer.restore(arrays, meta["progress"], path)
        self.data, self.home, self.elapsed = meta["data"], meta["home"], meta["elapsed"]
        self.folder.rewind_log(meta["log_size"])
        progress = self.trainer.progress
        if not checkpoint(self.folder.path, progress.good).exists():
            progress.good = progress.step
        self.folder.prune(self.config.train.keep_checkpoints, progress.good)

    def go_back(self) -> None:
        """Return to the last good checkpoint after a rejected step."""
        path = checkpoint(self.folder.path, self.trainer.progress.good)
        arrays, meta = load(path)
        check_checkpoint(path, meta)
        self._check_position(path, meta)
        self.trainer.go_back(arrays, meta["progress"], path)

    def _check_position(self, path: Path, meta: dict[str, Any]) -> None:
        check_position(path, meta["progress"], self.batches.batches, self.trainer.schedule.to_dict())

    def save_model(self) -> None:
        """Write the current weights as model.safetensors."""
        progress = self.trainer.progress_dict()
        stored = {name: progress[name] for name in ("step", "epoch", "tokens", "best_step")}
        stored[f"best_{self.task.kind.score}"] = progress["best"]
        arrays = self.trainer.model_arrays() | self.task.extra_tensors() | self.evaluator.findings()
        self.folder.save_model(arrays, self.meta() | {"progress": stored})

    def best_weights(self) -> np.ndarray:
        """theta (size,) of model.safetensors."""
        store, path = self.trainer.store, self.folder.path / MODEL
        best = np.empty(store.size, self.trainer.theta.dtype)
        fill(store, THETA, best, load(path)[0], path)
        return best


def prepare(
    draft: Draft | None,
    output: str | Path | Iterable[str] | None,
    resume: str | None = None,
    init_from: str | None = None,
    extend: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | None = None,
    xp: Any = np,
    files: Sequence[str] = (),
) -> Run:
    """A Run whose folder is claimed and whose first checkpoint is written.

    draft, output: the Draft of a new run and its folder, or many names of which the first free one is taken; None if
    `resume` names a run folder, whose data are in `files` now, () where they were. resume: a run folder,
    resumed exactly with its stored configuration; extend: its new limits {"max_steps", "epochs", "max_seconds"} and
    "show", None for those that stay. "auto" resumes the run in `output` if there is one, which must have the settings
    of `draft` and gets its limits, and starts a new run there otherwise. init_from: a model whose weights a new run
    starts from.
    progress(done, total): called while data is read, in bytes. xp: NumPy, or NumPy with a stopwatch.
    Raises DataError, ConfigError, ModelFileError, ResourceError, RunInUse.
    """
    if resume not in (None, "auto"):
        changed = {name: value for name, value in (extend or {}).items() if value is not None}
        return _resumed(resume, changed, progress, xp, files=files)
    if draft is None or output is None:
        raise TypeError("a new run needs a draft and an output folder")
    if resume == "auto" and isinstance(output, str | Path) and checkpoints(output):
        limit_length(draft)
        names = (*LIMITS, "show") if draft.given(SHOW) else LIMITS
        return _resumed(str(output), {name: draft[f"train.{name}"] for name in names}, progress, xp, draft)
    return _new(complete(draft), output, init_from, progress, xp)


def _new(
    draft: Draft,
    output: str | Path | Iterable[str],
    init_from: str | None,
    progress: Callable[[int, int], None] | None,
    xp: Any,
) -> Run:
    """The Run of a complete Draft in a folder of its own; if something goes wrong the folder is taken away again."""
    initial = load_model(init_from) if init_from else None
    if initial:
        adopt_findings(initial, draft)
        check_architecture(initial, draft.view())
    with ExitStack() as undo:
        folder = claim(output) if isinstance(output, str | Path) else claim_first(output)
        undo.callback(folder.discard)
        run = Run(draft, load_task(draft, initial and initial.encoder, progress), folder, xp=xp)
        undo.callback(run.close)
        run.notes = (*run.notes, *run.task.start(run.trainer.store.views(run.trainer.theta)))
        if initial:
            check_shapes(initial, run)
            run.trainer.theta[...] = initial.theta
        run.save_checkpoint(0.0)
        keep_layouts(run.layouts)
        folder.write(CONFIG, to_yaml(run.config))
        undo.pop_all()  # nothing went wrong
    return run


def complete(draft: Draft) -> Draft:
    """The Draft, with a seed and limits decided if it has none."""
    limit_length(draft)
    if draft["seed"] is None:
        draft.decide("seed", randbits(31))
    return draft


def limit_length(draft: Draft) -> None:
    """Decide the task's usual limits if none is given."""
    if all(draft[f"train.{name}"] is None for name in LIMITS):
        for name, limit in draft.kind.length.items():
            draft.decide(f"train.{name}", limit)


def _resumed(
    path: str,
    changed: Mapping[str, Any],
    progress: Callable[[int, int], None] | None,
    xp: Any,
    wanted: Draft | None = None,
    files: Sequence[str] = (),
) -> Run:
    """The Run in `path`, ready to continue with `changed` settings of the section train; `wanted`: a Draft that it must
    equal otherwise; files: where its data are now, () for where they were."""
    latest_checkpoint(path)  # before anything is created there
    with ExitStack() as undo:
        folder = RunFolder(path)
        undo.callback(folder.close)
        newest, arrays, meta = load_latest(path)
        check_checkpoint(newest, meta)
        check_same_run(folder.path, newest, meta)
        description = described(newest, arrays, meta)
        draft, stored = description.draft, description.draft.view()
        if wanted is not None:
            files = check_wanted(wanted, stored, path, meta["home"])
        warnings = warnings_on_settings(folder.path, draft)
        before = Budget(*(draft[f"train.{name}"] for name in LIMITS))
        for name, value in changed.items():
            draft.decide(f"train.{name}", value)
        layouts, data = Layouts(meta.get("layouts")), StoredData(path, description.encoder, meta, tuple(files))
        run = Run(draft, data.task(draft, progress), folder, layouts, xp)
        undo.callback(run.close)
        run.restore(newest, arrays, meta)
        run.moved = data.moved(stored.data.files)
        places = data.notes(draft) if wanted is None else ()
        run.warnings, run.notes = warnings, (*places, *run.notes, *rate_notes(run, before))
        news = run.config != stored or list(run.moved) != meta.get("moved", [])
        if news:  # lasts, even if the run is killed before its next checkpoint
            run.save_checkpoint(run.elapsed)
        if run.config != stored or not (folder.path / CONFIG).exists():  # absent: killed before it was written
            folder.write(CONFIG, to_yaml(run.config))
        undo.pop_all()
    return run
