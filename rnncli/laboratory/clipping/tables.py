"""Clipping for people: tables, charts, heat maps and sentences."""

from collections.abc import Iterator, Sequence
from math import acos, degrees, isnan

import numpy as np

from ...phrases import counted
from ...tasks.base import Table
from ..drawings import Curve, Curves, Element, Heat
from .figures import SPIKE, VANISHED, RunClips, median

DRIVERS, MOST_SPIKES = 3, 20  # parameters of a run in the summary; rows of the table of spikes
MOST_COLUMNS, MOST_ROWS = 120, 60  # of a heat map
USUALLY = 0.5  # a clip that acts in more steps decides the length of most of them
HOW = "train with --norms-every 10 to log the norm of each parameter"


def table_of_norms(runs: Sequence[RunClips]) -> Table:
    """A row for each run: the global norms before clipping."""
    header = ["norm", "logged", "median", "90 %", "99 %", "largest", "at step", "spikes", "rejected"]
    return Table([header, *map(row_of_norms, runs)])


def row_of_norms(run: RunClips) -> list[str]:
    """The row of a run in the table of norms."""
    quantiles = [shown(run.quantiles[name]) for name in ("median", "90%", "99%", "largest")]
    largest = run.log.steps[int(np.nan_to_num(run.norms, nan=-1).argmax())].step
    counts = [f"{largest:,}", f"{len(run.spikes):,}", f"{run.log.rejections:,}"]
    return [run.label, f"{len(run.log.steps):,}", *quantiles, *counts]


def table_of_clips(runs: Sequence[RunClips]) -> Iterator[Table]:
    """A row for each run: its limits, and how often each acted."""
    if any(run.limits.norm or run.limits.value for run in runs):
        header = ["", "--clip-norm", "acted in", "--clip-value", "acted in", "cosine"]
        yield Table([header, *map(row_of_clips, runs)])


def row_of_clips(run: RunClips) -> list[str]:
    """The row of a run in the table of clips."""
    limits = run.limits
    return [
        run.label,
        shown(limits.norm) if limits.norm else "off",
        percent(acted(run)) if limits.norm else "-",
        shown(limits.value) if limits.value else "off",
        percent(run.value_share),
        shown(median(run.cosines)),
    ]


def acted(run: RunClips) -> float:
    """The share of the steps that were clipped by norm, of all steps; in logs without counts, of those logged."""
    clipped, steps = run.counted
    return clipped / steps if steps else run.logged_share


def conclusions(runs: Sequence[RunClips]) -> Iterator[str]:
    """What the figures of each run say."""
    for run in runs:
        sentences = [by_norm(run), by_value(run), spikes(run), rejected(run), vanished(run), drivers(run)]
        yield f"{run.label}: " + "; ".join(filter(None, sentences)) + "."
    if any(sparse(run) for run in runs):
        yield "A log holds every tenth step: a spike between two of them is not in it. --norms-every 1 logs every step."


def by_norm(run: RunClips) -> str:
    """How often clipping by norm acted, in words."""
    limit, share, largest = run.limits.norm, acted(run), shown(run.quantiles["largest"])
    clipped, steps = run.counted
    if not limit:
        return f"nothing is clipped by norm; the largest norm is {largest}"
    if isnan(share):
        return f"the log does not say how often --clip-norm {limit:g} acted; the largest norm is {largest}"
    of = f"of {counted(steps, 'step')}" if steps else f"of {counted(len(run.log.steps), 'logged step')}"
    if not share:
        return f"--clip-norm {limit:g} acted in none {of}; the largest norm is {largest}"
    if share > USUALLY:
        most = shown(run.quantiles["99%"])
        return (
            f"--clip-norm {limit:g} acted in {percent(share)} {of}: it sets the length of most steps; as a guard "
            f"against spikes alone, --clip-norm {most} would leave 99 % of the steps as they are"
        )
    return f"--clip-norm {limit:g} acted in {percent(share)} {of}, the largest ones"


def by_value(run: RunClips) -> str:
    """What clipping by value did, in words."""
    if not run.limits.value:
        return ""
    if not run.value_tables:
        return f"the log does not say what --clip-value {run.limits.value:g} did: {HOW}"
    if not run.value_share:
        return f"--clip-value {run.limits.value:g} never acted in {counted(len(run.value_tables), 'table')} of norms"
    turned = median(run.cosines)
    angle = f" and turned the gradient by {degrees(acos(turned)):.2g} degrees (median)" if abs(turned) <= 1 else ""
    return f"--clip-value {run.limits.value:g} acted in {percent(run.value_share)} of the tables{angle}"


def spikes(run: RunClips) -> str:
    """The spikes in words."""
    if not run.spikes:
        return ""
    worst = max(run.spikes, key=lambda each: each.times)
    where = f", most of it in {worst.parameter}" if worst.parameter else ""
    return (
        f"{counted(len(run.spikes), 'spike')} above {SPIKE} times the running median, the worst at step {worst.step:,} "
        f"({shown(worst.times)} times{where})"
    )


def rejected(run: RunClips) -> str:
    """The rejected steps in words."""
    if not run.log.rejections:
        return ""
    return f"{counted(run.log.rejections, 'step')} not taken, as the loss or the gradient was not finite"


def vanished(run: RunClips) -> str:
    """The parameters without a gradient worth the name."""
    names = run.vanished
    if not names:
        return ""
    more = f" and {len(names) - DRIVERS} more" if len(names) > DRIVERS else ""
    least = f"{VANISHED:g}".replace("e-0", "e-")
    return f"vanished, below {least} of the largest gradient: {', '.join(names[:DRIVERS])}{more}"


def drivers(run: RunClips) -> str:
    """The parameters that make up most of the norm."""
    if not run.tables:
        return f"no norm of a single parameter is in the log: {HOW}"
    first, *others = run.shares[:DRIVERS]
    more = "".join(f", {each.name} ({percent(each.share)})" for each in others)
    what, clipped, tables = f"{first.name} ({percent(first.share)}){more}", run.clipped_tables, len(run.tables)
    if clipped:
        return f"{counted(clipped, 'clipped step')} with a table of norms, most of the squared norm in {what}"
    none = ", none of a clipped step" if acted(run) > 0 and run.tables_tell else ""
    return f"in {counted(tables, 'table')} of norms{none}, most of the squared norm is in {what}"


def sparse(run: RunClips) -> bool:
    """Whether steps are missing between those logged."""
    return any(later.step > step.step + 1 for step, later in zip(run.log.steps, run.log.steps[1:]))


def table_of_parameters(runs: Sequence[RunClips]) -> Iterator[Element]:
    """A row for each parameter of each run."""
    body = [
        [run.label, each.name, percent(each.share), shown(each.relative), percent(each.cut)]
        for run in runs
        for each in run.shares[:MOST_ROWS]
    ]
    if body:
        yield Table([["", "parameter", "share", "of the largest", "cut"], *body], left=2)
        yield (
            "share: of the squared norm, mean over the tables of steps that were clipped, or of all where none was. of "
            "the largest: its norm over that of the largest parameter, median. cut: elements changed by value."
        )


def table_of_spikes(runs: Sequence[RunClips]) -> Iterator[Table]:
    """A row for each spike, the highest first."""
    found = sorted(((each, run.label) for run in runs for each in run.spikes), key=lambda pair: -pair[0].times)
    body = [
        [label, f"{each.step:,}", shown(each.norm), shown(each.times), each.parameter or "-"]
        for each, label in found[:MOST_SPIKES]
    ]
    if body:
        yield Table([["spikes", "step", "norm", "times the median", "largest in"], *body])


def charts(runs: Sequence[RunClips]) -> Iterator[Curves]:
    """The norms of all runs by step."""
    lines: dict[str, Curve] = {}
    groups = {f"{run.label} {name}": run.label for run in runs for name in ("before", "after", "undone")}
    for run in runs:
        steps = np.array([step.step for step in run.log.steps], float)
        undone = np.array([step.undone for step in run.log.steps])
        kept = ~undone
        lines[f"{run.label} before"] = Curve(steps[kept], run.norms[kept])
        if run.limits.norm or run.limits.value:
            lines[f"{run.label} after"] = Curve(steps[kept], run.after[kept])
        if undone.any():
            lines[f"{run.label} undone"] = Curve(steps[undone], run.norms[undone])
    yield Curves("", "step", "norm of the gradient", lines, log_y=True, groups=groups if len(runs) > 1 else {})


def heats(runs: Sequence[RunClips]) -> Iterator[Heat]:
    """A map of every run: the norm of each parameter by step."""
    for run in runs:
        if run.tables:
            rows = [k for k, name in enumerate(run.names) if name in {each.name for each in run.shares[:MOST_ROWS]}]
            first, values = condensed(run.by_parameter[rows])
            columns = [f"{run.tables[column].step}" for column in first]
            names = [run.names[k] for k in rows]
            yield Heat(f"{run.label}: norm of each parameter", names, columns, values, "step", "norm", log=True)


def condensed(values: np.ndarray) -> tuple[list[int], np.ndarray]:
    """(first column of each group, largest value of each row in it): values (P, n) in at most MOST_COLUMNS groups."""
    edges = np.linspace(0, values.shape[1], min(values.shape[1], MOST_COLUMNS) + 1).astype(int)
    groups = [values[:, start:stop] for start, stop in zip(edges, edges[1:])]
    peaks = [np.where(np.isfinite(group), group, -1).max(axis=1) for group in groups]
    return edges[:-1].tolist(), np.where(np.array(peaks).T < 0, np.nan, np.array(peaks).T)


def shown(number: float) -> str:
    """Three digits; "-" for a number that is not known."""
    return "-" if isnan(number) else f"{number:.3g}"


def percent(share: float) -> str:
    """A share in percent; "-" for one that is not known."""
    return "-" if isnan(share) else f"{100 * share:.3g} %"
