"""Which zone a table's clock stands in: told by offsets that change with it, by days that begin at its midnight."""

from collections.abc import Iterator, Sequence

import numpy as np

from .clock import DAY, HOUR, MINUTE, Clock

ABBREVIATIONS = {  # minutes from UTC
    **{"Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120},
    **{"EET": 120, "EEST": 180, "MSK": 180, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420},
    **{"MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "JST": 540, "KST": 540},
    **{"AEST": 600, "AEDT": 660, "AWST": 480, "NZST": 720, "NZDT": 780, "SGT": 480, "HKT": 480},
}
USUAL = (  # looked at first: many zones have the same clock
    *("Europe/Berlin", "Europe/London", "Europe/Helsinki", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "America/Halifax", "America/St_Johns", "America/Anchorage", "America/Sao_Paulo"),
    *("Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland", "Asia/Jerusalem", "Africa/Cairo"),
)
SAMPLED = 200  # stamps that a zone is tried on before all are
SHORTEST_DAY = 23 * HOUR
NEARLY = 0.9  # of the midnights of a column


def offset_name(offset: int) -> str:
    """The zone of a fixed offset in microseconds: UTC, +02:00."""
    if offset == 0:
        return "UTC"
    hours, minutes = divmod(abs(offset) // MINUTE, 60)
    return f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def _zones() -> Iterator[Clock]:
    from zoneinfo import available_timezones

    rest = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    yield from map(Clock, dict.fromkeys([*USUAL, *rest]))


def zone_of_offsets(instants: np.ndarray, offsets: np.ndarray) -> str | None:
    """The zone whose clock has the offsets (R,) at the instants (R,); None if no zone has them."""
    order = np.argsort(instants, kind="stable")
    changes = np.flatnonzero(np.diff(offsets[order]))
    near = np.unique(np.concatenate([order[changes], order[changes + 1], order[[0, -1]]]))
    few = near[np.linspace(0, len(near) - 1, min(SAMPLED, len(near))).astype(int)]
    for clock in _zones():
        if has_offsets(clock, instants[few], offsets[few]) and has_offsets(clock, instants, offsets):
            return clock.zone
    return None


def has_offsets(clock: Clock, instants: np.ndarray, offsets: np.ndarray) -> bool:
    """Whether a clock has these offsets at these instants."""
    few = slice(None, None, max(1, len(instants) // SAMPLED))
    return all(
        bool((clock.local(instants[rows]) - instants[rows] == offsets[rows]).all()) for rows in (few, slice(None))
    )


def zone_of_midnights(instants: np.ndarray) -> str | None:
    """The zone at whose midnights all instants (R,) lie, or nearly all with the rest an hour from one, where they are
    days at two hours of UTC, such as 22:00 and 23:00; None otherwise."""
    hours = np.unique(instants[:SAMPLED] % DAY)
    if len(hours) > 2:
        return None
    hours, distinct = np.unique(instants % DAY), np.unique(instants)
    apart = len(hours) == 2 and (hours[1] - hours[0]) % (DAY - 2 * HOUR) == HOUR
    if not apart or np.diff(distinct).min() < SHORTEST_DAY:
        return None
    few = distinct[np.linspace(0, len(distinct) - 1, min(SAMPLED, len(distinct))).astype(int)]
    for clock in _zones():
        if not (clock.local(few) % DAY).any() and not (clock.local(distinct) % DAY).any():
            return clock.zone
    return next((zone for zone in USUAL if _is_nearly_midnight(Clock(zone).local(distinct))), None)


def _is_nearly_midnight(local):
    """Whether nearly all of some wall clocks (n,) are midnights and the others an hour from one: programs that apply
    the rules of summer time of other years write such stamps."""
    off = np.abs((local + DAY // 2) % DAY - DAY // 2)
    return bool((off <= HOUR).all() and (off == 0).mean() >= NEARLY)


def zone_of_changes(skipped: np.ndarray, twice: np.ndarray) -> str | None:
    """The zone of USUAL whose clock skips the hours (n,) of a wall clock and shows others (m,) twice, or most of them;
    None if no clock does."""
    best, most = None, 0.5 * (len(skipped) + len(twice))
    for clock in map(Clock, USUAL):
        gone = clock.local(clock.instants(skipped)) != skipped
        double = clock.instants(np.repeat(twice, 2))
        share = gone.sum() + (double[1::2] != double[::2]).sum()
        if share > most:
            best, most = clock.zone, share
    return best


def instants_of(local: np.ndarray, clock: Clock, groups: Sequence[np.ndarray] | None = None) -> np.ndarray:
    """The instants (R,) of a wall clock (R,), the rows of each group in order of time, or all the other way round.

    An hour that the clock shows twice is the first of the two, unless the rows show that it is the second.
    """
    if clock.zone is None or not len(local):
        return local
    distinct, ranks = np.unique(local, return_inverse=True)
    first = clock.instants(distinct)
    second = clock.instants(np.repeat(distinct, 2))[1::2]
    if np.array_equal(first, second):
        return first[ranks]
    return np.where(_is_second(ranks, groups), second[ranks], first[ranks])


def _is_second(ranks, groups):
    """(R,) bool: whether a row is not later than all rows before it in its group, by the ranks (R,) of their times."""
    groups = [np.arange(len(ranks))] if groups is None else groups
    order = np.concatenate([rows[::-1] if _falls(ranks[rows]) else rows for rows in groups])
    number = np.repeat(np.arange(len(groups)), [len(rows) for rows in groups])
    later = number * (len(ranks) + 1) + ranks[order]
    found = np.zeros(len(ranks), bool)
    found[order[1:]] = later[1:] <= np.maximum.accumulate(later)[:-1]
    return found


def _falls(values):
    """Whether most steps between values fall."""
    return len(values) > 1 and 2 * np.count_nonzero(values[1:] < values[:-1]) > len(values)
