"""What stands at the ends of series: rows that are to be forecast, ends that differ, windows without a value."""

from collections.abc import Iterator

import numpy as np

from ...data.series.panel import Panel

MOST = 0.5  # share of the series above which as many rows at the end of each are meant for all
NAMED = 3  # series that a note names


def rows_ahead(panel: Panel) -> int:
    """The number of steps that a Panel asks to forecast: its rows after the last target; 0 for none.

    Where a series has as many missing values in a row elsewhere, and nothing is known ahead, those at its end are no
    more than that. Series that end before others may have such rows only because the others go on, as in a wide table.
    So they count where most series have the same number of them, else those after the last target of all series.
    """
    own = np.array([_rows_after(each) for each in panel.series])
    some = own[own > 0]
    if not len(some):
        return 0
    if (some == some[0]).all() and len(some) > MOST * len(own):
        return int(some[0])
    if panel.stamps is None:
        return 0
    last = max(each.stamps[len(each) - 1] for each in panel.series)
    return max(int((each.stamps[len(each) :] > last).sum()) for each in panel.series if _rows_after(each))


def _rows_after(series):
    """The rows after the last target of a Series, 0 where they are but missing values as there are others."""
    L = len(series)
    after = len(series.stamps) - L
    if not after or not np.isnan(series.known[L:]).all():
        return after
    observed = np.flatnonzero(series.real.any(axis=1))
    return after if after >= np.diff(observed).max(initial=1) else 0


def notes_on_ends(panel: Panel, window: int) -> Iterator[str]:
    """Notes on series that end before others, and on targets without a value among the last `window` steps."""
    yield from early_ends(panel)
    for k, name in enumerate(panel.roles.targets):
        empty = [each.id for each in panel.series if not each.real[-window:, k].any()]
        if empty:
            of = f"no value of {name}" if len(panel.roles.targets) > 1 else "no value"
            yield (
                f"{_counted(empty, panel)} {of} in the last {window:,} steps, all that the model reads: "
                f"the forecast is a guess{_listed(empty, panel)}"
            )


def early_ends(panel: Panel) -> Iterator[str]:
    """A note on series that end before the last one, or none."""
    if panel.stamps is None:
        return
    ends = np.array([each.stamps[len(each) - 1] for each in panel.series])
    early = np.flatnonzero(ends < ends.max())
    if not len(early):
        return
    first = early[ends[early].argmin()]
    earliest, latest = panel.text(np.array([ends[first], ends.max()]))
    yield (
        f"{len(early):,} of {len(ends):,} series end before {latest}, first '{panel.series[first].id}' at {earliest}: "
        "each is forecast from its own end"
    )


def _counted(ids, panel):
    """ "2 of 9 series have", "the series has"."""
    if len(panel.series) == 1:
        return "the series has"
    return f"{len(ids):,} of {len(panel.series):,} series {'has' if len(ids) == 1 else 'have'}"


def _listed(ids, panel):
    """The first ids, if there are several series."""
    if len(panel.series) == 1:
        return ""
    return f" ({', '.join(ids[:NAMED])}{', ...' if len(ids) > NAMED else ''})"
