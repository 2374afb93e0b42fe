"""Training as a generator of events. Nothing here draws, prints or knows that a terminal exists."""

import json
import math
import platform
import time
from dataclasses import asdict

import numpy as np

from . import __version__
from .errors import Diverged, Interrupted
from .events import (CheckpointSaved, EvalDone, Notice, RunFinished, RunStarted, Sampled, StepDone,
                     StepRejected)
from .generate import sample_text
from .runfolder import MODEL
from .trainer import SMALLER

REJECTIONS = 3              # in a row, and the run ends
LOG_EVERY = 10              # steps between two lines of log.jsonl


def train(run):
    """Train until the budget is spent, patience is over or a signal comes; yields the events of `events.py`.

    Raises Diverged after three rejected steps in a row, Interrupted once a requested stop is saved, and what the
    file system raises. The run's folder holds a valid checkpoint at any moment.
    """
    session = Session(run)
    for event in session.events():
        session.log(event)
        yield event


class Session:
    """One session of a run: from its start or its last stop to its end or the next."""

    def __init__(self, run):
        self.run, self.trainer, self.config = run, run.trainer, run.config.train
        self.begun = time.monotonic() - run.elapsed
        self.chars_per_token = run.corpus.chars_per_token
        self.good = self.trainer.capture()      # what a rejected step goes back to: as of the last checkpoint
        self.rejections = self.rejected_step = 0
        self.feed = Feed(run.streams, self.trainer)
        self.evaluated, self.saved = -1, self.progress.step     # steps that were; the checkpoint of this one is there

    @property
    def progress(self):
        return self.trainer.progress

    def elapsed(self):
        return time.monotonic() - self.begun

    def events(self):
        yield self._started()
        yield from (Notice(text, warning=True) for text in self.run.streams.notes)
        yield from (Notice(text) for text in self.run.corpus.notes)
        reason = self._reason()
        while reason is None:
            yield from self._step()
            if self.run.signal is not None:
                yield from self._interrupt()
            reason = self._reason()
        yield from self._finish(reason)

    def _started(self):
        run = self.run
        self.trainer.plan(run.streams.T, run.streams.N)
        limit = run.budget.max_seconds
        return RunStarted(str(run.folder.path), "language", run.describe(), run.config.seed, self.trainer.store.size,
                          self.trainer.memory.nbytes, self.progress.step, run.budget.steps(self.feed.batches), limit,
                          self.chars_per_token, run.streams.T * run.streams.N)

    def _reason(self):
        """Why the run is over, or None."""
        patience = self.config.patience
        stale = "early stopping" if patience and self.progress.stale >= patience else None
        return stale or self.run.budget.reached(self.progress, self.elapsed())

    def _step(self):
        config, number = self.config, self.progress.step + 1
        fraction = self.run.budget.fraction(self.progress, self.feed.batches, self.elapsed())
        every = config.norms_every or config.eval_every
        result = self.trainer.step(self.feed.next(), fraction, want_norms=number % every == 0)
        if result.rejected:
            yield self._reject(number, result)
            return
        self.feed.advance()
        epoch = self.progress.epoch + self.progress.batch / self.feed.batches
        yield StepDone(number, epoch, result.loss, result.grad_norm, result.clipped, result.rate, result.tokens,
                       self.elapsed(), fraction, result.norms)
        if number % config.eval_every == 0:
            yield from self._evaluate()
        if number % config.checkpoint_every == 0:
            yield self._checkpoint()

    def _reject(self, number, result):
        """Go back to the last good state with a smaller step; the third time in a row, give up."""
        self.rejections = self.rejections + 1 if number <= self.rejected_step else 1
        self.rejected_step = max(number, self.rejected_step)
        where = f" of {result.parameter}" if result.rejected == "gradient" and result.parameter else ""
        if self.rejections >= REJECTIONS:
            raise Diverged(f"training diverged: the {result.rejected}{where} was not finite at step {number}, "
                           f"{REJECTIONS} times in a row",
                           f"lower --lr or --clip-norm; the last good checkpoint, step {self.good[1]['step']}, is "
                           f"intact in {self.run.folder.path}")
        scale = self.progress.rate_scale * SMALLER
        self.trainer.restore(*self.good)
        self.progress.rate_scale = scale
        self.feed.seek()
        return StepRejected(number, result.rejected, result.parameter, self.progress.step, scale)

    def _evaluate(self):
        """Score the validation part and keep the weights if they are the best so far; then a sample."""
        run, progress, weights = self.run, self.progress, self.trainer.store.views(self.trainer.weights)
        self.evaluated = progress.step
        if run.validation is None:
            progress.best_step = progress.step
            run.save_model()
        else:
            nats = float(run.scorer.nats(weights, run.validation).sum())
            per_char = (nats + run.validation.spelling_nats) / run.validation.characters
            best = math.isfinite(per_char) and (progress.best is None or per_char < progress.best)
            if best:
                progress.best, progress.best_step, progress.stale = per_char, progress.step, 0
                run.save_model()
            else:
                progress.stale += 1
            self.trainer.schedule.observe(per_char)
            yield EvalDone(progress.step, nats / run.validation.targets, per_char, best, self.elapsed())
        if self.config.sample_length:
            yield Sampled(progress.step, self._sample(weights))

    def _sample(self, weights):
        run = self.run
        return sample_text(run.model, weights, run.corpus.encoder, self.config.sample_length, run.config.seed,
                           by_line=run.config.data.documents == "line")

    def _checkpoint(self):
        self.saved = self.progress.step
        path = self.run.save_checkpoint(self.elapsed())
        self.good = self.trainer.capture()
        return CheckpointSaved(self.progress.step, str(path))

    def _interrupt(self):
        if self.saved != self.progress.step:
            yield self._checkpoint()
        self._ensure_model()
        folder, number = self.run.folder.path, self.run.signal
        raise Interrupted(f"stopped at step {self.progress.step:,}, everything is saved",
                          f"rnncli train --resume {folder} goes on from here", exit_code=128 + number)

    def _finish(self, reason):
        if self.evaluated != self.progress.step:
            yield from self._evaluate()
        if self.saved != self.progress.step:
            yield self._checkpoint()
        self._ensure_model()
        progress, best = self.progress, self.run.best_weights()
        finished = RunFinished(progress.step, reason, progress.best_step, progress.best, self.elapsed(),
                               progress.tokens, self._sample(self.trainer.store.views(best)))
        self._summarise(finished)
        yield finished

    def _ensure_model(self):
        """A run that ends before its first evaluation leaves a model all the same."""
        if not (self.run.folder.path / MODEL).exists():
            self.run.save_model()

    def _summarise(self, finished):
        run, encoder = self.run, self.run.corpus.encoder
        summary = asdict(finished) | {
            "schema": 1, "task": "language", "seed": run.config.seed, "level": encoder.level, "symbols": encoder.size,
            "parameters": self.trainer.store.size, "data": run.meta()["data"],
            "versions": {"rnncli": __version__, "numpy": np.__version__, "python": platform.python_version()}}
        run.folder.write("summary.json", json.dumps(summary, indent=2, sort_keys=True, ensure_ascii=False) + "\n")

    def log(self, event):
        """A line of log.jsonl for what belongs to a step: every evaluation, every tenth step."""
        if isinstance(event, StepDone) and event.step % LOG_EVERY and not event.norms:
            return
        if isinstance(event, (StepDone, EvalDone, StepRejected, Sampled)):
            record = {key: value for key, value in asdict(event).items()
                      if value != () and not (isinstance(value, float) and not math.isfinite(value))}
            self.run.folder.log({"event": type(event).__name__} | record)


class Feed:
    """The batches from where the trainer's progress says on, pass after pass."""

    def __init__(self, streams, trainer):
        self.streams, self.trainer = streams, trainer
        self.seek()

    def seek(self):
        """Stand where the progress says."""
        progress = self.trainer.progress
        self.batches = self.streams.batches(progress.epoch)
        self.iterator = self.streams.epoch(progress.epoch, progress.batch)

    def next(self):
        return next(self.iterator)

    def advance(self):
        """The step on the last batch was taken: move on, perhaps to the next pass."""
        progress = self.trainer.progress
        progress.batch += 1
        if progress.batch == self.batches:
            progress.epoch, progress.batch = progress.epoch + 1, 0
            self.seek()
