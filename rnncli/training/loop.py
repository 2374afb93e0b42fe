"""Training as a generator of events. Nothing here draws, prints or depends on a terminal."""

import json
import math
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

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
from ..tasks.base import Next
from .feed import Feed
from .run import Abandoned, Run
from .trainer import Progress, StepResult

Result = TypeVar("Result")
REJECTIONS = 3  # rejected steps in a row that end the run
OTHER_DATA = {"eval": "FILE", "inspect": "--data FILE"}  # commands that read the data of a run, with others instead


def train(run: Run) -> Iterator[Any]:
    """Train until a limit is reached, patience runs out or a signal arrives; yields the events of `events.py`.

    Raises Diverged after three rejected steps in a row, Interrupted after the checkpoint of a requested stop, and the
    errors of the file system. The run's folder holds a valid checkpoint at any moment.
    """
    yield from Session(run).events()


class Session:
    """One session of a run: from its start or last stop to its end or next stop."""

    def __init__(self, run: Run):
        self.run, self.task, self.trainer, self.config = run, run.task, run.trainer, run.config.train
        self.begun = time.monotonic() - run.elapsed
        self.feed = Feed(run.batches, self.trainer)
        self.saved: int | None = self.progress.step  # the step whose complete checkpoint is on the disk

    @property
    def progress(self) -> Progress:
        return self.trainer.progress

    def elapsed(self) -> float:
        return time.monotonic() - self.begun

    def events(self) -> Iterator[Any]:
        yield self._started()
        warnings = (*self.run.warnings, *self.task.batches.notes, *self.trainer.notes)
        yield from (Notice(text, warning=True) for text in warnings)
        yield from (Notice(text) for text in (*self.run.notes, *self.task.data.notes))
        if self.run.watch is not None and self.progress.step:
            yield from self.run.watch.past_norms(self.run.folder.path)
        reason = self._reason()
        if reason and self.progress.evaluated == self.progress.step:
            yield Notice(f"already finished ({reason}); raise --max-steps, --epochs or --max-seconds to continue")
        if self._owes_evaluation():
            yield from self._evaluate()
        while reason is None:
            yield from self._step()
            if remarks := self.trainer.team.remarks():
                yield from (Notice(text, warning=True) for text in remarks)
            if self.run.is_asked:
                yield from self._heed_signals()
            reason = self._reason()
        yield from self._finish(reason)

    def _owes_evaluation(self) -> bool:
        """Whether a stop cut the evaluation of the present step short."""
        progress = self.progress
        due = progress.step and progress.step % self.config.eval_every == 0
        return bool(due) and progress.evaluated != progress.step

    def _heed_signals(self) -> Iterator[Any]:
        """Stop or save, if that was asked for from outside."""
        if self.run.signal is not None:
            yield from self._interrupt(self.run.signal)
        if self.run.wants_checkpoint:
            self.run.wants_checkpoint = False
            yield self._checkpoint()
            yield Notice(f"saved at step {self.progress.step:,}, as asked by a signal")

    def _started(self) -> RunStarted:
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
            spelling_nats_per_char=task.spelling_nats_per_char,
            unit=kind.unit,
            score=kind.score,
            score_label=score.label if score else kind.score,
            norms_every=self.config.norms_every,
            show=self.config.show,
            needs=task.needs,
            arguments=run.arguments,
            resume=run.resume,
        )
        inside = Next(f"inspect {started.arguments}", "what goes on inside it, before and after training")
        commands = (*kind.next_commands(started.arguments, started), inside)
        return replace(started, next=commands if run.is_readable_again else tuple(map(_on_other_data, commands)))

    def _reason(self) -> str | None:
        """The reason why the run has ended, or None."""
        patience = self.config.patience
        stale = "early stopping" if patience and self.progress.stale >= patience else None
        return stale or self.run.budget.reached(self.progress, self.elapsed())

    def _fraction(self) -> float:
        return self.run.budget.fraction(self.progress, self.feed.batches, self.elapsed())

    def _step(self) -> Iterator[Any]:
        config, number = self.config, self.progress.step + 1
        want_norms = number % (config.norms_every or config.eval_every) == 0
        if number == self.run.budget.max_steps and not config.norms_every:
            want_norms = True  # the last step is evaluated too
        result = self.trainer.step(self.feed.next(), self._fraction(), want_norms)
        if result.rejected:
            yield self._reject(number, result)
            return
        if (number - 1) % config.checkpoint_every == 0 and result.loss < self.task.hopeless:
            self.progress.good = number - 1  # only the next step shows whether a checkpoint is sound
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
            clips=self.progress.clips,
        )
        if number % config.eval_every == 0:
            yield from self._evaluate()
        if number % config.checkpoint_every == 0:
            yield self._checkpoint()

    def _reject(self, number: int, result: StepResult) -> StepRejected:
        """Go back to the last good checkpoint with a lower learning rate; raise Diverged the third time in a row."""
        progress, folder = self.progress, self.run.folder
        progress.rejections = progress.rejections + 1 if number <= progress.rejected_step else 1
        progress.rejected_step = max(number, progress.rejected_step)
        folder.drop_checkpoints(after=progress.good)
        if progress.rejections >= REJECTIONS:
            where = f" of {result.parameter}" if result.rejected == "gradient" and result.parameter else ""
            raise Diverged(
                f"training diverged: the {result.rejected}{where} was not finite at step {number:,}, "
                f"{REJECTIONS} times in a row",
                f"lower --lr or --clip-norm; the last good checkpoint, of step {progress.good:,}, is in {folder.path}",
            )
        self.run.go_back()
        self.saved = None
        self.feed.seek()
        return StepRejected(
            step=number,
            what=str(result.rejected),
            parameter=result.parameter,
            back_to=self.progress.step,
            rate_scale=self.progress.rate_scale,
        )

    def _evaluate(self) -> Iterator[Any]:
        """Score the validation split and keep the weights if they are the best so far; then sample and, if asked for,
        look at the gradient by lag. A stop ends it early: a resumed run repeats a score that was cut short."""
        self.saved = None
        with suppress(Abandoned):
            yield from self._evaluation()

    def _evaluation(self) -> Iterator[Any]:
        progress, weights, run = self.progress, self.trainer.store.views(self.trainer.weights), self.run
        metrics = self._unless_stopped(lambda: run.evaluator.score(weights))
        progress.evaluated = progress.step
        if metrics is None:
            progress.best_step = progress.step
            run.save_model()
        else:
            yield EvalDone(progress.step, metrics, self._observe(metrics[self.task.kind.score]), self.elapsed())
        if self.config.sample_length and (sample := self._unless_stopped(lambda: run.evaluator.sample(weights))):
            yield Sampled(progress.step, sample)
        if (watch := run.watch) is not None:
            yield self._unless_stopped(lambda: watch.look(progress.step, self.trainer.weights))

    def _unless_stopped(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, which changes nothing; raises Abandoned where a stop is requested before its end."""
        if self.run.signal is not None:
            raise Abandoned
        self.run.may_abandon = True
        try:
            return work()
        finally:
            self.run.may_abandon = False

    def _observe(self, score: float) -> bool:
        """Record a validation score and keep the weights if it is the best so far; returns whether it is."""
        progress = self.progress
        best = math.isfinite(score) and (progress.best is None or score < progress.best)
        if best:
            progress.best, progress.best_step, progress.stale = score, progress.step, 0
            self.run.save_model()
        else:
            progress.stale += 1
        self.trainer.schedule.observe(score)
        return best

    def _checkpoint(self) -> CheckpointSaved:
        self.saved = self.progress.step
        return CheckpointSaved(self.progress.step, str(self.run.save_checkpoint(self.elapsed())))

    def _interrupt(self, signal_number: int) -> Iterator[Any]:
        if self.saved != self.progress.step:
            yield self._checkpoint()
        self._ensure_model()
        raise Interrupted(
            f"stopped and saved at step {self.progress.step:,}",
            f"resume with: rnncli train --resume {self.run.resume}",
            exit_code=128 + signal_number,
        )

    def _finish(self, reason: str) -> Iterator[Any]:
        if self.progress.evaluated != self.progress.step:
            yield from self._evaluate()
        if self.progress.evaluated != self.progress.step and self.run.signal is not None:
            yield from self._interrupt(self.run.signal)
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
            sample=self._last_sample(best),
        )
        self._summarise(finished)
        yield finished

    def _last_sample(self, best: Any) -> Any:
        """The sample of the `best` weights, or None: a run that is whole does not await it to stop."""
        try:
            return self._unless_stopped(lambda: self.run.evaluator.sample(best))
        except Abandoned:
            return None

    def _ensure_model(self) -> None:
        """Save the model of a run that ends before its first evaluation."""
        if not (self.run.folder.path / MODEL).exists():
            self.run.save_model()

    def _summarise(self, finished: RunFinished) -> None:
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


def _on_other_data(command: Next) -> Next:
    """A command that can follow a run whose own data nothing can read again."""
    others = OTHER_DATA.get(command.arguments.partition(" ")[0])
    return command._replace(arguments=f"{command.arguments} {others}") if others else command
