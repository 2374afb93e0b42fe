"""Figures and events in words, the same for every reporter. Nothing here is safe for a terminal yet."""

import shlex

from ..phrases import bits_per_char, counted, duration, size, speed

IN_BITS = "nats/char"  # label of a score that is shown in bits, too


def validation(metrics, started):
    """The metrics of an evaluation: a score in nats per character stands for all."""
    if started.score_label == IN_BITS:
        return bits_per_char(metrics[started.score])
    return "  ".join(f"{name} {value:.4g}" for name, value in metrics.items())


def loss(nats_per_token, meter):
    """A loss of training: of a text in bits per character and in nats, of anything else in its own unit."""
    if meter.started.chars_per_token is None:
        return f"{nats_per_token:.4g}"
    unit = "char" if meter.started.chars_per_token == 1 else "token"
    return f"{meter.bits(nats_per_token):.3f} bits/char ({nats_per_token:.3f} nats/{unit})"


def start_lines(started):
    """What begins, a line of words each."""
    limits = [counted(started.total_steps, "step")] if started.total_steps is not None else []
    limits += [duration(started.max_seconds)] if started.max_seconds is not None else []
    lines = list(started.description)
    lines.append(f"{counted(started.parameters, 'parameter')}, {size(started.memory)} of arrays, seed {started.seed}")
    begin = f"from step {started.step:,} on, " if started.step else ""
    return lines + [f"run folder {started.run}: {begin}{' or '.join(limits) or 'no limit'}"]


def step_line(meter):
    """Where training is: step, loss, gradient norm, speed, time left."""
    step, total, left = meter.last, meter.started.total_steps, meter.seconds_left
    first = f"step {step.step:,}" + (f"/{total:,}" if total is not None else "")
    return "  ".join([first, *figures(meter), *([f"{duration(left)} left"] if left is not None else [])])


def figures(meter):
    """Epoch, loss, gradient norm and speed, each with its unit."""
    step, pace = meter.last, meter.tokens_per_second
    parts = [
        f"epoch {step.epoch:.2f}",
        f"loss {loss(meter.loss, meter)}",
        f"grad norm {step.grad_norm:.3g}" + (" clipped" if step.clipped else ""),
    ]
    return (*parts, speed(pace, meter.started.unit)) if pace is not None else tuple(parts)


def evaluation_line(event, started):
    """One evaluation; * marks the best so far."""
    figures = validation(event.metrics, started)
    return f"{'*' if event.best else ' '} step {event.step:,}  val {figures}  {duration(event.elapsed)}"


def rejection_line(event):
    """A step that was not taken."""
    where = {"gradient": " of {}", "loss": ", and the gradient of {},"}[event.what] if event.parameter else ""
    return (
        f"step {event.step:,} was not taken: its {event.what}{where.format(event.parameter)} is not finite; "
        f"going on from step {event.back_to:,} with {event.rate_scale:g} of the learning rate"
    )


REASONS = {
    "max_steps": "all steps are done",
    "epochs": "all epochs are done",
    "max_seconds": "the time is used up",
    "early stopping": "stopped early: validation no longer improves",
}


def finish_lines(finished, started):
    """What came of the run."""
    lines = [
        f"{REASONS.get(finished.reason, finished.reason)}: {counted(finished.step, 'step')}, "
        f"{counted(finished.tokens, started.unit)} in {duration(finished.elapsed)}"
    ]
    if finished.best is not None:
        label, score = started.score_label, finished.best
        best = bits_per_char(score) if label == IN_BITS else f"{label} {score:.4g}"
        lines.append(f"best validation {best} at step {finished.best_step:,}")
    return lines


def next_lines(finished, started):
    """Command lines that may follow a run, each with what it does as a comment of the shell."""
    longer = {
        "max_steps": f"--max-steps {2 * finished.step}",
        "max_seconds": f"--max-seconds {2 * (started.max_seconds or 0):g}",
    }
    commands = [
        (arguments, purpose)
        for arguments, purpose in started.next
        if finished.best is not None or not arguments.startswith("eval ")  # nothing was held back that it could score
    ]
    if finished.reason in longer:
        resume = f"train --resume {shlex.quote(started.run)} {longer[finished.reason]}"
        commands.append((resume, "train on, twice as long"))
    return [f"rnncli {arguments}  # {purpose}" for arguments, purpose in commands]


def plan_lines(plan):
    """What a dry run found out."""
    lines = [
        *plan.description,
        f"{counted(plan.parameters, 'parameter')}, {size(plan.arrays)} of arrays, {size(plan.memory)} of memory in all",
    ]
    pace = f"{plan.seconds_per_step * 1e3:.3g} ms a step"
    if plan.steps is not None:
        lines.append(f"{counted(plan.steps, 'step')}, {pace}: about {duration(plan.seconds)}")
    else:
        lines.append(f"{pace}: about {duration(plan.seconds)}" if plan.seconds is not None else pace)
    return lines + ["files it would write:", *(f"  {name}" for name in plan.files)]
