"""What a user must know of files that are newer than a model: other series, and numbers of another size."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ...data.series.panel import Series

FACTORS = (100, 1000, 1_000_000)  # by which numbers are wrong whose signs are taken for others
NEAR = 0.2  # of a power of ten: a level that differs from one of FACTORS by less
DECIMALS = 3  # of numbers whose thousands are read as decimals, at most
SHOWN = 3  # ids in a note, at most


def other_series(had: Sequence[str], ids: Sequence[str], files: Sequence[str]) -> Iterator[str]:
    """Yield a note where files have series that the model does not know, and lack others of the model."""
    new, gone = ([each for each in one if each not in other] for one, other in ((ids, {*had}), (had, {*ids})))
    told = [f"not in training: {_listed(new)}"] * bool(new) + [f"only in training: {_listed(gone)}"] * bool(gone)
    if told and len(had) + len(ids) > 2:
        yield f"{', '.join(files)}: series {'; '.join(told)}"


def other_size(
    had: Sequence[Series], series: Sequence[Series], targets: Sequence[str], files: Sequence[str]
) -> Iterator[str]:
    """Yield a warning for each target whose level is so many times that of training as signs read wrongly make it:
    numbers that are too small have up to three decimals, those that are too large none."""
    known = {each.id: each for each in had}
    pairs = [(known[each.id], each) for each in series if each.id in known]
    for k, name in enumerate(targets):
        levels = [(_level(old.y[:, k]), _level(new.y[:, k])) for old, new in pairs]
        ratios = [math.log10(new / old) for old, new in levels if old > 0 and new > 0]
        if not ratios:
            continue
        ratio = float(np.median(ratios))
        decimals = DECIMALS if ratio < 0 else 0
        values = np.concatenate([new.y[new.real[:, k], k] for _, new in pairs])
        factor = next((each for each in FACTORS if abs(abs(ratio) - math.log10(each)) < NEAR), None)
        if factor and (np.isnan(values) | np.isclose(values, np.round(values, decimals), rtol=1e-9, atol=0)).all():
            than = "smaller" if ratio < 0 else "larger"
            yield (
                f"{', '.join(files)}: {name} is about {factor:,} times {than} than in training; if its numbers are "
                "written in another way: --decimal, --thousands"
            )


def _level(values):
    """The median size of the values that are not missing and not 0; 0 without any."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    return float(np.median(sizes)) if len(sizes) else 0.0


def _listed(ids):
    return ", ".join(ids[:SHOWN]) + (f", ... ({len(ids):,} in all)" if len(ids) > SHOWN else "")
