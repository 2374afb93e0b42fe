"""The frequency that stamps have: candidates from their most common step, tried on all rows of all series."""

from collections.abc import Iterator, Sequence

import numpy as np

from .clock import DAY, HOUR, MINUTE, WITHOUT_ZONE, Clock
from .closed import WEEKDAYS, Closed
from .frequency import NAMES, Frequency, frequency_named
from .offsets import LAST_DAY, month_day_length

FITTING = 0.5  # least share of the stamps on one grid
NEXT = 0.25  # least share of single steps between them, so that no grid fits by chance
FAR = 3000 * DAY, 3, 100  # of a stamp far from all others: least distance, in spans of the others, in their gaps
FEW = 3, 0.01  # stamps that can be far from all others, and their share of all
BLOCK = 1 << 18  # rows that are looked at together: what is computed of all at once takes ten times their memory
WEEKS = 2  # in which no stamp lies on a weekday or at an hour, before it is taken to be closed


def find_frequency(
    groups: Sequence[np.ndarray], kind: str, clock: Clock = WITHOUT_ZONE, closed: str | None = None
) -> Frequency | None:
    """The Frequency of S series with the stamps `groups` [(R_s,) int64], of `kind` "time" or "index", in any order.

    Every row counts the same, so that long series decide. The step is the most common difference, read as days, weeks,
    months, quarters, years, business days or days of the month if these fit at least as many stamps; `closed` steps are
    no gaps. None if it cannot be determined: no series with two different stamps, less than half of them on the grids
    of their series, or less than a quarter of the steps single. ConfigError as for `frequency_named`.
    """
    values, series = _distinct(groups)
    same = series[1:] == series[:-1]
    if not same.any():
        return None
    if kind == "index":
        steps, counts = _steps(values, same)
        names = [f"{steps[counts.argmax()]}index"]
    else:
        names = _names(values, same, clock)
    best, most = None, 0.0
    for name in dict.fromkeys(names):
        frequency = frequency_named(name, clock, closed)
        share, single = _overall(frequency, values, series)
        if share >= FITTING and single >= NEXT and share > most:
            best, most = frequency, share
        if most == 1.0:
            break
    return best


def fits(frequency: Frequency, groups: Sequence[np.ndarray]) -> np.ndarray:
    """(S,) bool, whether each series with the stamps `groups` [(R_s,) int64] fits a frequency: half of its stamps on
    one grid, a quarter of the steps single."""
    values, series = _distinct(groups)
    rows, there, ones, steps = _counts(frequency, values, series, len(groups))
    return (there >= FITTING * rows) & (ones >= NEXT * steps)


def _distinct(groups):
    """The distinct stamps of every series, rising, (R,) int64, and the series of each, (R,)."""
    values = np.concatenate([np.zeros(0, np.int64), *groups])
    series = np.repeat(np.arange(len(groups), dtype=np.int32), [len(group) for group in groups])
    if not ((np.diff(values) > 0) | (np.diff(series) > 0)).all():
        order = np.lexsort((values, series))
        values, series = values[order], series[order]
        new = np.concatenate([[True], (np.diff(values) > 0) | (np.diff(series) > 0)])[: len(values)]
        values, series = values[new], series[new]
    return values, series


def _overall(frequency, values, series):
    """The share of stamps on the most common grid of their series, and the share of single steps between these."""
    rows, there, ones, steps = (each.sum() for each in _counts(frequency, values, series, int(series[-1]) + 1))
    return there / rows, ones / steps if steps else 0.0


def _counts(frequency, values, series, count):
    """(4, S): of each of `count` series its stamps, those on its grid, the single steps between these, all steps."""
    found = np.zeros((4, count), np.intp)
    for some in blocks_of(series):
        own = series[some]
        on, single, pairs = _on_grids(frequency, values[some], own - own[0])
        for total, each in zip(found, (own - own[0], (own - own[0])[on], pairs[single], pairs)):
            more = np.bincount(each)
            total[own[0] : own[0] + len(more)] += more
    return found


def blocks_of(series: np.ndarray) -> list[slice]:
    """The slices of `series` (R,), rising, that hold whole series and about BLOCK rows each."""
    edges = np.searchsorted(series, series[BLOCK::BLOCK]) if len(series) else []
    edges = np.unique([0, *edges, len(series)])
    return [slice(*pair) for pair in zip(edges.tolist(), edges[1:].tolist())]


def _on_grids(frequency, values, series):
    """(R,) bool: stamps on the grid of their series; of each step between two of these whether it is single, (P,) bool;
    and its series (P,)."""
    ordinal, phase = frequency.cut(values)
    on = frequency.on_grid(values, ordinal, phase, usual_phase(phase, series)[series])
    same = np.diff(series[on]) == 0
    return on, (np.diff(ordinal[on]) == 1)[same], series[on][1:][same]


def usual_phase(phase: np.ndarray, series: np.ndarray) -> np.ndarray:
    """(S,) the most common phase (R,) of each of `series` (R,), rising; the smallest of equally common ones, and -1 for
    a series without a phase of 0 or more."""
    usual = np.full(series[-1] + 1 if len(series) else 0, -1, np.int64)
    if len(phase) and (phase == phase[0]).all():
        usual[series] = phase[0]
        return usual
    order = np.lexsort((phase, series))
    phase, series = phase[order], series[order]
    begins = np.flatnonzero(np.concatenate([[True], (np.diff(phase) != 0) | (np.diff(series) != 0)])[: len(phase)])
    counts = np.diff(np.append(begins, len(phase)))
    counts[phase[begins] < 0] = 0
    ranked = begins[np.lexsort((phase[begins], -counts, series[begins]))]
    owners = series[ranked]
    first = np.concatenate([[True], np.diff(owners) != 0])[: len(owners)]
    usual[owners[first]] = phase[ranked[first]]
    return usual


def _steps(values, same):
    """(steps, counts), both (n,), of the differences of `values` (R,) where `same` (R - 1,), rising."""
    found: dict[int, int] = {}
    for k in range(0, len(same), BLOCK):
        steps, counts = np.unique(np.diff(values[k : k + BLOCK + 1])[same[k : k + BLOCK]], return_counts=True)
        for step, count in zip(steps.tolist(), counts.tolist()):
            found[step] = found.get(step, 0) + count
    return np.array([*zip(*sorted(found.items()))], np.int64).reshape(2, -1)


def _commonest(numbers):
    """The most common of some integers; the smallest of equally common ones."""
    found, counts = np.unique(numbers, return_counts=True)
    return int(found[counts.argmax()])


# ---- candidates


def _names(values: np.ndarray, same: np.ndarray, clock: Clock) -> Iterator[str]:
    """Names of the frequencies that stamps (R,) may have, the likelier first; same (R - 1,): of the series before."""
    local = clock.local(values)
    steps, counts = _steps(local, same)
    step = int(steps[counts.argmax()])
    if step < DAY or step % DAY:
        steps, counts = _steps(values, same)
        often = steps[counts >= NEXT * counts.sum()]
        yield f"{steps[counts.argmax()]}us"
        yield from (f"{shorter}us" for shorter in often if steps[counts.argmax()] % shorter == 0)
        return
    date = np.empty(len(local), np.int32)
    np.floor_divide(local, DAY, out=date, casting="unsafe")
    days, weekdays = step // DAY, ((date + 3) % 7).astype(np.int8)
    if days == 1 and weekdays.max() < 5 and (np.diff((date + 3) // 7)[same] > 0).any():
        yield "B"
    if 13 <= days <= 17:
        yield from _twice_a_month(date)
    if days >= 27:
        yield from _monthly(date, same, weekdays)
    if days % 7 == 0:
        yield f"{days // 7}W-{WEEKDAYS[_commonest(weekdays)]}"
        yield f"{days // 7}W"
    yield f"{days}D"
    yield f"{24 * days}h"


def _twice_a_month(date):
    """The two most common days of the month, the last day counted as the 31st and as itself."""
    _, day, length = month_day_length(date)
    for each in (np.where(day == length, 31, day), day):
        found, counts = np.unique(each, return_counts=True)
        first, second = [*sorted(found[np.argsort(-counts, kind="stable")[:2]].tolist()), 0][:2]
        if 1 == first < second < LAST_DAY:
            yield f"SMS-{second}"
        elif 1 < first < LAST_DAY and second == 31:
            yield f"SME-{first}"
        elif first <= LAST_DAY and second:
            yield f"M-{first}-{second}"


def _monthly(date, same, weekdays):
    """Months, quarters and years by their last and first days, a day of the month, business days and weekdays."""
    month, day, length = month_day_length(date)
    steps = np.diff(month)[same]
    if not (steps > 0).any():
        return
    months = _commonest(steps[steps > 0])
    base, letter = next((base, letter) for base, letter in ((12, "Y"), (3, "Q"), (1, "M")) if months % base == 0)
    count, usual, rest = months // base, _commonest(day), _commonest(month % base)
    first = f"-{NAMES[rest]}" if base > 1 else ""
    last = f"-{NAMES[rest + 12 - base]}" if base > 1 else ""
    yield from (f"{count}{letter}E{'' if rest == base - 1 else last}", f"{count}{letter}E")
    yield from (f"{months}M-{usual}",) if 1 < usual < 31 else ()
    yield from (f"{count}{letter}S{'' if rest == 0 else first}", f"{count}{letter}S")
    yield from (f"{count}B{letter}E{last}", f"{count}B{letter}S{first}")
    if months == 1:
        weekday = WEEKDAYS[_commonest(weekdays)]
        yield f"WOM-{min(4, _commonest((day - 1) // 7) + 1)}{weekday}"
        if _commonest(length - day) < 7:
            yield f"LWOM-{weekday}"


# ---- what else stamps tell


def far_off(values: np.ndarray) -> np.ndarray:
    """(n,) the rows of `values` (R,) int64, all stamps of a table, that are years away from all others: a slip in a
    year, or a date that stands for none."""
    there = _rising(values)
    gaps = np.diff(there)
    for k in range(1, min(FEW[0], max(1, int(FEW[1] * len(there)))) + 1):
        if _is_wide(gaps[-k:][:1], gaps[:-k]):
            return np.flatnonzero(values >= there[-k])
        if _is_wide(gaps[k - 1 : k], gaps[k:]):
            return np.flatnonzero(values < there[k])
    return np.zeros(0, np.intp)


def _rising(values):
    """The distinct ones of `values` (R,), rising: ten times as fast as np.unique, which hashes them."""
    there = np.sort(values)
    return there[np.append(True, np.diff(there) > 0)] if len(there) else there


def _is_wide(gap, others):
    """Whether a gap (1,) is far wider than `others` (n,), of which there must be some to tell."""
    return len(others) > 2 and int(gap[0]) > max(FAR[0], min(FAR[1] * int(others.sum()), FAR[2] * int(others.max())))


def usual_closed(frequency: Frequency, values: np.ndarray) -> Closed:
    """The Closed of the weekdays and hours at which none of `values` (R,) lies, all stamps of a table; nothing where it
    has too few, or a frequency without closed steps."""
    if frequency.unit not in ("time", "day") or frequency.closed or DAY % (size := int(frequency.length)):
        return Closed()
    days, clock = np.divmod(frequency.clock.local(_rising(values)), DAY)
    if not len(days) or days.max() - days.min() < 7 * WEEKS:
        return Closed()
    weekdays = frozenset(range(7)) - set(np.unique((days + 3) % 7).tolist())
    times = np.unique(clock // size * size)
    gap, hours = np.diff(times, append=times[0] + DAY), ()
    if size <= HOUR and (gap > size).sum() == 1 and gap.max() >= 2 * HOUR:
        start = times[gap.argmax()] + size
        hours = (
            (int(start // MINUTE * MINUTE % DAY), int((start + gap.max() - size) // MINUTE * MINUTE % DAY or DAY)),
        )
    return Closed(weekdays if len(weekdays) < 6 else frozenset(), hours)
