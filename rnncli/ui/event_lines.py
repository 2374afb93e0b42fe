"""Figures and events in words, the same for every reporter. Nothing here is safe for a terminal yet."""

import shlex

from ..phrases import bits_per_char, counted, duration, size, speed

UNITS = {"language": "token", "forecast": "value"}  # what a target is called


def validation(metrics):
    """The metrics of an evaluation."""
    if "nats_per_char" in metrics:
        return bits_per_char(metrics["nats_per_char"])
    return "  ".join(f"{name} {value:.4g}" for name, value in metrics.items())


def loss(nats_per_token, meter):
    """A loss of training: of a text in bits per character and in nats, of a series in its own unit."""
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
    return (*parts, speed(pace, UNITS[meter.started.task])) if pace is not None else tuple(parts)


def evaluation_line(event):
    """One evaluation; * marks the best so far."""
    return (
        f"{'*' if event.best else ' '} step {event.step:,}  val {validation(event.metrics)}  {duration(event.elapsed)}"
    )


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
        f"{counted(finished.tokens, UNITS[started.task])} in {duration(finished.elapsed)}"
    ]
    if finished.best is not None:
        best = f"loss {finished.best:.4g}" if started.chars_per_token is None else bits_per_char(finished.best)
        lines.append(f"best validation {best} at step {finished.best_step:,}")
    return lines


NEXT = {
    "language": ("more text", "how good it is"),
    "forecast": ("the forecast, as CSV", "how good it is, beside naive forecasts"),
}


def next_lines(finished, started):
    """Command lines that may follow a run, each with what it does as a comment of the shell."""
    run, (use, score), commands = shlex.quote(started.run), NEXT[started.task], {}
    longer = {
        "max_steps": f"--max-steps {2 * finished.step}",
        "max_seconds": f"--max-seconds {2 * (started.max_seconds or 0):g}",
    }
    if started.ahead:
        commands[f"rnncli generate {run} --future-template > future.csv"] = f"to fill: {', '.join(started.ahead)}"
    commands[f"rnncli generate {run}{' --future future.csv' if started.ahead else ''}"] = use
    if finished.best is not None:  # otherwise nothing was held back that it could score
        commands[f"rnncli eval {run}"] = score
    if finished.reason in longer:
        commands[f"rnncli train --resume {run} {longer[finished.reason]}"] = "train on, twice as long"
    return [f"{command}  # {purpose}" for command, purpose in commands.items()]


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
