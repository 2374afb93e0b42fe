"""Events as lines of text, the same for every reporter. The lines are not yet safe for a terminal."""

from collections.abc import Mapping
from typing import Any

from ..events import EvalDone, RunFinished, RunStarted, StepRejected
from ..phrases import bits_per_char, counted, duration, size, speed
from .meter import Meter

IN_BITS = "nats/char"  # label of a score that is shown in bits as well


def validation(metrics: Mapping[str, float], started: RunStarted) -> str:
    """The metrics of an evaluation; if the score is in nats per character, only that."""
    if started.score_label == IN_BITS:
        return bits_per_char(metrics[started.score])
    return "  ".join(f"{name} {value:.4g}" for name, value in metrics.items())


def loss(nats_per_token: float, meter: Meter) -> str:
    """A training loss: in bits per character and nats for a text, otherwise in its own unit."""
    if meter.started.chars_per_token is None:
        return f"{nats_per_token:.4g}"
    unit = "char" if meter.started.chars_per_token == 1 else "token"
    return f"{meter.bits(nats_per_token):.3f} bits/char ({nats_per_token:.3f} nats/{unit})"


def start_lines(started: RunStarted) -> list[str]:
    """The run that starts: its description, size, seed, folder and limits."""
    limits = [counted(started.total_steps, "step")] if started.total_steps is not None else []
    limits += [duration(started.max_seconds)] if started.max_seconds is not None else []
    lines = list(started.description)
    lines.append(f"{counted(started.parameters, 'parameter')}, {size(started.memory)} of arrays, seed {started.seed}")
    begin = f"continues from step {started.step:,}, " if started.step else ""
    return lines + [f"run folder {started.run}: {begin}{' or '.join(limits) or 'no limit'}"]


def step_line(meter: Meter) -> str:
    """The latest step: number, epoch, loss, gradient norm, speed, time left."""
    step, total, left = meter.latest, meter.started.total_steps, meter.seconds_left
    first = f"step {step.step:,}" + (f"/{total:,}" if total is not None else "")
    return "  ".join([first, *figures(meter), *([f"{duration(left)} left"] if left is not None else [])])


def figures(meter: Meter) -> tuple[str, ...]:
    """Epoch, loss, gradient norm and speed, each with its unit."""
    step, pace = meter.latest, meter.tokens_per_second
    parts = [
        f"epoch {step.epoch:.2f}",
        f"loss {loss(meter.loss, meter)}",
        f"grad norm {step.grad_norm:.3g}" + (" clipped" if step.clipped else ""),
    ]
    return (*parts, speed(pace, meter.started.unit)) if pace is not None else tuple(parts)


def evaluation_line(event: EvalDone, started: RunStarted) -> str:
    """One evaluation; * marks the best so far."""
    figures = validation(event.metrics, started)
    return f"{'*' if event.best else ' '} step {event.step:,}  val {figures}  {duration(event.elapsed)}"


def rejection_line(event: StepRejected) -> str:
    """A rejected step."""
    where = {"gradient": " of {}", "loss": ", and the gradient of {},"}[event.what] if event.parameter else ""
    return (
        f"step {event.step:,} rejected: its {event.what}{where.format(event.parameter)} is not finite; "
        f"continuing from step {event.back_to:,} with {event.rate_scale:g} times the learning rate"
    )


REASONS = {
    "max_steps": "step limit reached",
    "epochs": "epoch limit reached",
    "max_seconds": "time limit reached",
    "early stopping": "validation no longer improves: stopped early",
}


def finish_lines(finished: RunFinished, started: RunStarted) -> list[str]:
    """The end of a run: reason, steps, tokens, time and best score."""
    lines = [
        f"{REASONS.get(finished.reason, finished.reason)} after {counted(finished.step, 'step')}, "
        f"{counted(finished.tokens, started.unit)} in {duration(finished.elapsed)}"
    ]
    if finished.best is not None:
        label, score = started.score_label, finished.best
        best = bits_per_char(score) if label == IN_BITS else f"{label} {score:.4g}"
        lines.append(f"best validation {best} at step {finished.best_step:,}")
    return lines


def next_lines(finished: RunFinished, started: RunStarted) -> list[str]:
    """Command lines that can follow a run, each with its purpose as a shell comment."""
    longer = {
        "max_steps": f"--max-steps {2 * finished.step}",
        "max_seconds": f"--max-seconds {2 * (started.max_seconds or 0):g}",
    }
    commands = [
        (arguments, purpose)
        for arguments, purpose in started.next
        if finished.best is not None or not arguments.startswith("eval ")  # no held-out data to score
    ]
    if finished.reason in longer:
        resume = f"train --resume {started.resume} {longer[finished.reason]}"
        commands.append((resume, "train twice as long"))
    return [f"rnncli {arguments}  # {purpose}" for arguments, purpose in commands]


def plan_lines(plan: Any) -> list[str]:
    """The findings of a `training.dry_run.DryRun`."""
    lines = [
        *plan.description,
        f"{counted(plan.parameters, 'parameter')}, {size(plan.arrays)} of arrays, "
        f"{size(plan.memory)} of memory in total",
    ]
    pace = f"{plan.seconds_per_step * 1e3:.3g} ms per step"
    if plan.steps is not None:
        lines.append(f"{counted(plan.steps, 'step')}, {pace}: about {duration(plan.seconds)}")
    else:
        lines.append(f"{pace}: about {duration(plan.seconds)}" if plan.seconds is not None else pace)
    return lines + ["files to be written:", *(f"  {name}" for name in plan.files)]
