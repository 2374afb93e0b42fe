"""Training as a generator of events. Nothing here draws, prints or knows that a terminal exists."""

import json
import math
import platform
import shlex
import time
from dataclasses import replace

import numpy as np

from .. import __version__
from ..errors import Diverged, Interrupted
from ..events import (
    CheckpointSaved,
    EvalDone,
    Notice,
    RunFinished,
    RunStarted,
    Sampled,
    StepDone,
    StepRejected,
    event_record,
)
from ..storage.run_folder import MODEL, SUMMARY

REJECTIONS = 3  # in a row, and the run ends


def train(run):
    """Train until the budget is spent, patience is over or a signal comes; yields the events of `events.py`.

    Raises Diverged after three rejected steps in a row, Interrupted once a requested stop is saved, and what the
    file system raises. The run's folder holds a valid checkpoint at any moment.
    """
    yield from Session(run).events()


class Session:
    """One session of a run: from its start or its last stop to its end or the next."""

    def __init__(self, run):
        self.run, self.task, self.trainer, self.config = run, run.task, run.trainer, run.config.train
        self.begun = time.monotonic() - run.elapsed
        self.feed = Feed(run.batches, self.trainer)
        self.saved = self.progress.step  # the checkpoint on the disk says all there is to say of this step

    @property
    def progress(self):
        return self.trainer.progress

    def elapsed(self):
        return time.monotonic() - self.begun

    def events(self):
        yield self._started()
        yield from (Notice(text, warning=True) for text in (*self.task.batches.notes, *self.trainer.notes))
        yield from (Notice(text) for text in (*self.run.notes, *self.task.data.notes))
        reason = self._reason()
        if reason and self.progress.evaluated == self.progress.step:
            yield Notice(f"nothing is left to do ({reason}): a larger --max-steps, --epochs or --max-seconds goes on")
        while reason is None:
            yield from self._step()
            if self.run.signal is not None:
                yield from self._interrupt()
            reason = self._reason()
        yield from self._finish(reason)

    def _started(self):
        run, task, kind = self.run, self.task, self.task.kind
        score = kind.metric(kind.score)
        started = RunStarted(
            run=str(run.folder.path),
            task=kind.name,
            description=run.describe(),
            seed=run.config.seed,
            parameters=self.trainer.store.size,
            memory=run.nbytes,
            step=self.progress.step,
            total_steps=run.budget.steps(self.feed.batches),
            max_seconds=run.budget.max_seconds,
            chars_per_token=task.chars_per_token,
            tokens_per_step=task.targets_per_step,
            unit=kind.unit,
            score=kind.score,
            score_label=score.label if score else kind.score,
            norms_every=self.config.norms_every,
            needs=task.needs,
        )
        return replace(started, next=tuple(kind.next_commands(shlex.quote(started.run), started)))

    def _reason(self):
        """Why the run is over, or None."""
        patience = self.config.patience
        stale = "early stopping" if patience and self.progress.stale >= patience else None
        return stale or self.run.budget.reached(self.progress, self.elapsed())

    def _fraction(self):
        return self.run.budget.fraction(self.progress, self.feed.batches, self.elapsed())

    def _step(self):
        config, number = self.config, self.progress.step + 1
        want_norms = number % (config.norms_every or config.eval_every) == 0
        result = self.trainer.step(self.feed.next(), self._fraction(), want_norms)
        if result.rejected:
            yield self._reject(number, result)
            return
        if (number - 1) % config.checkpoint_every == 0 and result.loss < self.task.hopeless:
            self.progress.good = number - 1  # only the next step shows what a checkpoint is worth
        self.feed.advance()
        epoch = self.progress.epoch + self.progress.batch / self.feed.batches
        yield StepDone(
            step=number,
            epoch=epoch,
            loss=result.loss,
            grad_norm=result.grad_norm,
            clipped=result.clipped,
            rate=result.rate,
            tokens=result.tokens,
            elapsed=self.elapsed(),
            fraction=self._fraction(),
            norms=result.norms,
        )
        if number % config.eval_every == 0:
            yield from self._evaluate()
        if number % config.checkpoint_every == 0:
            yield self._checkpoint()

    def _reject(self, number, result):
        """Go back to the last good state with a smaller step; the third time in a row, give up."""
        progress, folder = self.progress, self.run.folder
        progress.rejections = progress.rejections + 1 if number <= progress.rejected_step else 1
        progress.rejected_step = max(number, progress.rejected_step)
        folder.drop_checkpoints(after=progress.good)
        if progress.rejections >= REJECTIONS:
            where = f" of {result.parameter}" if result.rejected == "gradient" and result.parameter else ""
            raise Diverged(
                f"training diverged: the {result.rejected}{where} was not finite at step {number:,}, "
                f"{REJECTIONS} times in a row",
                f"lower --lr or --clip-norm; the last good checkpoint, step {progress.good:,}, is intact "
                f"in {folder.path}",
            )
        self.run.go_back()
        self.saved = None
        self.feed.seek()
        return StepRejected(
            step=number,
            what=result.rejected,
            parameter=result.parameter,
            back_to=self.progress.step,
            rate_scale=self.progress.rate_scale,
        )

    def _evaluate(self):
        """Score the validation part and keep the weights if they are the best so far; then a sample."""
        progress, weights = self.progress, self.trainer.store.views(self.trainer.weights)
        progress.evaluated = progress.step
        metrics = self.run.evaluator.score(weights)
        if metrics is None:
            progress.best_step = progress.step
            self.run.save_model()
        else:
            yield EvalDone(progress.step, metrics, self._observe(metrics[self.task.kind.score]), self.elapsed())
        if self.config.sample_length and (sample := self.run.evaluator.sample(weights)):
            yield Sampled(progress.step, sample)

    def _observe(self, score):
        """Take in a score of the validation part and keep the weights if it is the best; returns whether."""
        progress = self.progress
        best = math.isfinite(score) and (progress.best is None or score < progress.best)
        if best:
            progress.best, progress.best_step, progress.stale = score, progress.step, 0
            self.run.save_model()
        else:
            progress.stale += 1
        self.trainer.schedule.observe(score)
        return best

    def _checkpoint(self):
        self.saved = self.progress.step
        return CheckpointSaved(self.progress.step, str(self.run.save_checkpoint(self.elapsed())))

    def _interrupt(self):
        if self.saved != self.progress.step:
            yield self._checkpoint()
        self._ensure_model()
        raise Interrupted(
            f"stopped at step {self.progress.step:,}, everything is saved",
            f"go on with: rnncli train --resume {shlex.quote(str(self.run.folder.path))}",
            exit_code=128 + self.run.signal,
        )

    def _finish(self, reason):
        if self.progress.evaluated != self.progress.step:
            yield from self._evaluate()
            self.saved = None
        if self.saved != self.progress.step:
            yield self._checkpoint()
        self._ensure_model()
        progress, best = self.progress, self.trainer.store.views(self.run.best_weights())
        finished = RunFinished(
            step=progress.step,
            reason=reason,
            best_step=progress.best_step,
            best=progress.best,
            elapsed=self.elapsed(),
            tokens=progress.tokens,
            sample=self.run.evaluator.sample(best),
        )
        self._summarise(finished)
        yield finished

    def _ensure_model(self):
        """A run that ends before its first evaluation leaves a model all the same."""
        if not (self.run.folder.path / MODEL).exists():
            self.run.save_model()

    def _summarise(self, finished):
        run, record = self.run, event_record(finished)
        record[f"best_{self.task.kind.score}"] = record.pop("best")
        del record["event"]
        summary = (
            record
            | self.task.summary()
            | {
                "task": self.task.kind.name,
                "seed": run.config.seed,
                "parameters": self.trainer.store.size,
                "data": run.data,
                "versions": {"rnncli": __version__, "numpy": np.__version__, "python": platform.python_version()},
            }
        )
        run.folder.write(SUMMARY, json.dumps(summary, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


class Feed:
    """The batches from where the trainer's progress says on, pass after pass."""

    def __init__(self, source, trainer):
        self.source, self.trainer = source, trainer
        self.seek()

    def seek(self):
        """Stand where the progress says."""
        progress = self.trainer.progress
        self.batches = self.source.batches(progress.epoch)
        self.iterator = self.source.epoch(progress.epoch, progress.batch)

    def next(self):
        return next(self.iterator)

    def advance(self):
        """The step on the last batch was taken: move on, perhaps to the next pass."""
        progress = self.trainer.progress
        progress.batch += 1
        if progress.batch == self.batches:
            progress.epoch, progress.batch = progress.epoch + 1, 0
            self.seek()
