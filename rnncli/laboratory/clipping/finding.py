"""Clipping over a run, from its log: norms before and after, how often each clip acted, which parameter drove it."""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan, nan
from pathlib import Path
from typing import Any

from ...errors import ConfigError
from ...storage.run_log import LoggedStep, read_limits, read_log
from ..drawings import Finding
from .figures import RunClips, cosine, median
from .tables import (
    charts,
    conclusions,
    heats,
    table_of_clips,
    table_of_norms,
    table_of_parameters,
    table_of_spikes,
)


def clipping(runs: Mapping[str, Path]) -> Finding:
    """The Finding of the part "clipping" for run folders {label: folder}, side by side.

    Raises ConfigError for a folder without a log or without a step in it, and ModelFileError for a damaged file.
    """
    found = [clips_of(label, Path(folder)) for label, folder in runs.items()]
    return Finding(
        part="clipping",
        title="Clipping: the norm of the gradient before and after, and what drove it",
        record={"metrics": metrics(found), "runs": [record(each) for each in found]},
        rows=[row for each in found for row in rows(each)],
        brief=[table_of_norms(found), *table_of_clips(found), *conclusions(found), *charts(found)],
        more=[*table_of_parameters(found), *table_of_spikes(found), *heats(found)],
    )


def clips_of(label: str, folder: Path) -> RunClips:
    """The RunClips of a run folder."""
    limits, log = read_limits(folder), read_log(folder)
    if not log.steps and log.normless:
        raise ConfigError(
            f"the log of {folder} has no norm of a gradient, as those of older versions",
            "train the run anew, or name another run",
        )
    if not log.steps:
        raise ConfigError(
            f"the log of {folder} has no step yet: every tenth is logged",
            "train longer, or log every step: --norms-every 1",
        )
    return RunClips(label, limits, log)


def metrics(found: Sequence[RunClips]) -> dict[str, float]:
    """{"RUN/NAME": number}"""
    numbers: dict[str, float] = {}
    for run in found:
        numbers |= {f"{run.label}/{name}": figure for name, figure in figures(run).items() if not isnan(figure)}
        numbers |= {f"{run.label}/{each.name}/share": each.share for each in run.shares}
    return numbers


def figures(run: RunClips) -> dict[str, float]:
    """The numbers of a run: quantiles of the norm, shares of steps, tables and elements that were clipped."""
    clipped, steps = run.counted
    return {
        **{f"norm_{name.strip('%')}": norm for name, norm in run.quantiles.items()},
        "clipped_share_of_logged": run.logged_share,
        "clipped_share_of_all": clipped / steps if steps else nan,
        "value_clipped_share_of_tables": run.value_share,
        "value_cosine_median": median(run.cosines),
        "spikes": float(len(run.spikes)),
        "rejections": float(run.log.rejections),
    }


def record(run: RunClips) -> dict[str, Any]:
    """Everything about a run for JSON."""
    clipped, steps = run.counted
    return {
        "run": run.label,
        "clip_norm": run.limits.norm,
        "clip_value": run.limits.value,
        "counted": {"steps": steps, "clipped": clipped},
        **figures(run),
        "steps": [
            {"step": step.step, "norm": step.grad_norm, "after": after, "clipped": step.clipped, "undone": step.undone}
            for step, after in zip(run.log.steps, run.after.tolist())
        ],
        "parameters": [each._asdict() for each in run.shares],
        "tables": {
            "steps": [step.step for step in run.tables],
            "norms": dict(zip(run.names, run.by_parameter.tolist())),
            "value_cosines": [cosine(step) for step in run.value_tables],
        },
        "spikes_found": [each._asdict() for each in run.spikes],
        "vanished": run.vanished,
    }


def rows(run: RunClips) -> Iterator[Mapping[str, Any]]:
    """A row for each logged step, and one for each parameter of its table."""
    for step, after in zip(run.log.steps, run.after.tolist()):
        yield row(run, step, "", step.grad_norm, after)
        for each in step.norms:
            yield row(run, step, each.name, each.norm, each.clipped, each.cut, each.cosine, each.update_ratio)


def row(
    run: RunClips,
    step: LoggedStep,
    parameter: str,
    norm: float,
    after: float,
    cut: float | None = None,
    cosine: float | None = None,
    update_ratio: float | None = None,
) -> dict[str, Any]:
    """One row; parameter "" stands for the whole gradient, which has only the first two figures."""
    about = {"run": run.label, "step": step.step, "undone": step.undone, "clipped": step.clipped}
    figures = {"norm": norm, "after": after, "cut": cut, "cosine": cosine, "update_ratio": update_ratio}
    return about | {"parameter": parameter} | figures
