"""From a configuration to a run that is ready for its first step, or for the next one after a stop."""

import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from secrets import randbits

from .build import build_model, layer_sizes
from .checkpoint import fill, load, load_model
from .config import from_dict, to_dict, to_yaml
from .data.batches import Streams
from .data.corpus import load_corpus
from .data.encoders import encoder_from_dict
from .data.splits import shortened
from .errors import DataError, ModelFileError
from .scoring import Scorer
from .runfolder import MODEL, RunFolder, checkpoints, claim, latest_checkpoint
from .trainer import Trainer

DEFAULT_EPOCHS = 10         # when nothing says how long


@dataclass(frozen=True)
class Budget:
    """How long a run lasts. None means no limit; the first limit that is met ends it."""

    max_steps: int | None
    epochs: int | None
    max_seconds: float | None

    def reached(self, progress, elapsed):
        """The name of the limit that is met, or None."""
        limits = (("max_steps", progress.step, self.max_steps), ("epochs", progress.epoch, self.epochs),
                  ("max_seconds", elapsed, self.max_seconds))
        return next((name for name, value, limit in limits if limit is not None and value >= limit), None)

    def fraction(self, progress, batches, elapsed):
        """0..1 of the budget, for the schedule. Steps and epochs count where they are given, so that a time limit
        beside them changes nothing; seconds alone drive the schedule by the clock."""
        parts = [progress.step / self.max_steps] if self.max_steps else []
        parts += [(progress.epoch + progress.batch / max(batches, 1)) / self.epochs] if self.epochs else []
        return min(1.0, max(parts) if parts else elapsed / self.max_seconds if self.max_seconds else 0.0)

    def steps(self, batches):
        """About how many steps that is, with `batches` an epoch; None where only time limits it."""
        limits = [self.max_steps] if self.max_steps else []
        limits += [self.epochs * batches] if self.epochs else []
        return min(limits, default=None)


class Run:
    """Everything that training needs, and the folder it writes to. A context manager: leaving it frees the folder.

    config: Config, its seed drawn and its length decided; corpus: Corpus; folder: RunFolder, or None for a dry run.
    """

    def __init__(self, config, corpus, folder=None):
        train = config.train
        self.config, self.corpus, self.folder = config, corpus, folder
        self.streams = Streams(corpus.train, train.seq_length, train.batch_size, train.shuffle, config.seed)
        self.model = build_model(config.model, corpus.encoder.size)
        self.trainer = Trainer(config, self.model, self.streams.N)
        self.validation = corpus.val and shortened(corpus.val, train.eval_tokens)
        self.scorer = self.validation and Scorer(self.model, self.streams.N, self.streams.T)
        self.budget = Budget(train.max_steps, train.epochs, train.max_seconds)
        self.elapsed, self.signal = 0.0, None       # seconds of earlier sessions; the signal to stop, once it came

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.folder:
            self.folder.close()

    def stop(self, signal_number):
        """Ask training to finish its step, save and end."""
        self.signal = signal_number

    def meta(self):
        """What a model file says besides its tensors; nothing that depends on the clock or on the folder's name."""
        return {"config": to_dict(self.config), "encoder": self.corpus.encoder.to_dict(),
                "data": {"digest": self.corpus.digest, "files": list(self.corpus.files)}}

    def save_checkpoint(self, elapsed):
        """Write everything that the next step depends on; returns the path."""
        progress = self.trainer.capture_progress()
        meta = self.meta() | {"progress": progress, "elapsed": elapsed}
        return self.folder.save_checkpoint(progress["step"], self.trainer.arrays(), meta,
                                           self.config.train.keep_checkpoints)

    def save_model(self):
        """Write the weights as they are now as model.safetensors."""
        progress = self.trainer.progress
        told = {"step": progress.step, "epoch": progress.epoch, "tokens": progress.tokens,
                "best_nats_per_char": progress.best, "best_step": progress.best_step}
        self.folder.save_model(self.trainer.model_arrays(), self.meta() | {"progress": told})

    def best_weights(self):
        """theta (size,) of model.safetensors."""
        best = self.trainer.memory(self.trainer.store.size)
        fill(self.trainer.store, "theta/", best, load(self.folder.path / MODEL)[0], MODEL)
        return best

    def describe(self):
        """The data, the splits and the model, a line of words each."""
        model, sizes = self.config.model, layer_sizes(self.config.model)
        inside = f"embedding {model.embedding_size}" if model.embedding_size else "one-hot input"
        splits = (self.corpus.train, self.corpus.val, self.corpus.test)
        return (f"data: {', '.join(self.corpus.files)}",
                *(f"{split.name}: {split.where}" for split in splits if split is not None),
                f"model: {model.cell} {' + '.join(map(str, sizes))}, {inside}, {self.corpus.encoder.size} symbols",
                f"batches: {self.streams.N} streams of {self.streams.T} steps, "
                f"{self.streams.batches(0):,} batches an epoch")


def prepare(config, output, resume=None, init_from=None, extend=None, progress=None):
    """A Run, its folder claimed and its first checkpoint written.

    resume: a run folder to go on with, exactly, with its stored configuration; "auto" means `output` where it holds
    a run, and a new run there otherwise. extend: {"max_steps", "epochs", "max_seconds"} of the resumed run that are
    to be larger, None where they stay. init_from: a model whose weights a new run begins with. progress(done, total)
    is called while data is read, in bytes. Raises DataError, ConfigError, ModelFileError, ResourceError, RunInUse.
    """
    if resume == "auto":
        resume = output if checkpoints(output) else None
    if resume is not None:
        return _resumed(resume, extend or {}, progress)
    config = completed(config)
    initial = load_model(init_from) if init_from else None
    corpus = load_corpus(config.data, initial and initial.encoder, progress)
    folder = claim(output)
    try:
        run = Run(config, corpus, folder)
        if initial:
            _begin_with(run, initial)
        run.save_checkpoint(0.0)
        folder.write("config.yaml", to_yaml(config))
    except BaseException:
        folder.discard()
        raise
    return run


def completed(config):
    """`config` with a seed and a length, drawn and taken by default where it has none."""
    train = config.train
    if train.max_steps is None and train.epochs is None and train.max_seconds is None:
        train = replace(train, epochs=DEFAULT_EPOCHS)
    return replace(config, seed=randbits(31) if config.seed is None else config.seed, train=train)


def _begin_with(run, initial):
    """Take over the weights of another model; its architecture must be the same."""
    arrays = {f"theta/{name}": array for name, array in initial.store.named(initial.theta).items()}
    fill(run.trainer.store, "theta/", run.trainer.theta, arrays, initial.path)


def _resumed(path, extend, progress):
    checkpoint = latest_checkpoint(path)
    folder = RunFolder(path)
    try:
        arrays, meta = load(checkpoint)
        config = _extended(from_dict(meta["config"]), extend)
        corpus = load_corpus(config.data, encoder_from_dict(meta["encoder"]), progress)
        if corpus.digest != meta["data"]["digest"]:
            raise DataError(f"cannot resume {path}: its data has changed ({', '.join(corpus.files)})",
                            "restore the files, or start another run with --init-from")
        run = Run(config, corpus, folder)
        run.trainer.restore(arrays, meta["progress"], checkpoint)
        run.elapsed = meta["elapsed"]
        folder.rewind_log(run.trainer.progress.step)
    except BaseException:
        folder.close()
        raise
    return run


def _extended(config, extend):
    return replace(config, train=replace(config.train, **{k: v for k, v in extend.items() if v is not None}))


@dataclass(frozen=True)
class DryRun:
    """What a run would be, before it writes anything."""

    description: tuple[str, ...]
    parameters: int
    memory: int                     # bytes of parameters, optimizer, plans
    seconds_per_step: float         # measured on the real first batch
    steps: int | None               # None where only time limits the run
    seconds: float | None
    files: tuple[str, ...]          # that it would write


def dry_run(config, output):
    """DryRun of `config`: builds everything, takes three steps in memory, writes nothing."""
    run = Run(completed(config), load_corpus(config.data))
    batches = iter(run.streams.epoch(0))
    first = next(batches)
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        run.trainer.step(first, 0.0)
        times.append(time.perf_counter() - begun)
    steps, limit = run.budget.steps(run.streams.batches(0)), run.budget.max_seconds
    seconds = [steps * min(times)] if steps else []
    return DryRun(run.describe(), run.trainer.store.size, run.trainer.memory.nbytes, min(times), steps,
                  min(seconds + ([limit] if limit else []), default=None),
                  tuple(os.path.join(output, name) for name in
                        ("config.yaml", "model.safetensors", "checkpoints/", "log.jsonl", "summary.json")))
