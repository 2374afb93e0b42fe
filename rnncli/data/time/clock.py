"""Instants and the clocks that show them. An instant is an int64, microseconds since 1970-01-01 00:00 UTC.

The wall clock of a zone is an int64 too, microseconds since 1970-01-01 00:00 on that clock. Without a zone the two are
the same. Days, weeks and months are days, weeks and months of the wall clock; hours and shorter steps are instants.
"""

from dataclasses import dataclass
from datetime import UTC

import numpy as np

from ...errors import ConfigError

SECOND = 1_000_000
MINUTE, HOUR, DAY, WEEK = 60 * SECOND, 3600 * SECOND, 86400 * SECOND, 604800 * SECOND


@dataclass(frozen=True)
class Clock:
    """The clock of a zone: an IANA name such as Europe/Berlin, an offset such as +02:00, or None for a table without
    zones. ConfigError for an unknown zone."""

    zone: str | None = None

    def __post_init__(self) -> None:
        if self.zone is not None:
            checked_zone(self.zone)

    def local(self, instants: np.ndarray) -> np.ndarray:
        """The wall clock (R,) int64 at instants (R,) int64."""
        instants = np.asarray(instants, np.int64)
        if self.zone is None or not len(instants):
            return instants
        import pandas

        aware = pandas.DatetimeIndex(instants.view("M8[us]")).tz_localize("UTC").tz_convert(checked_zone(self.zone))
        return aware.tz_localize(None).to_numpy().astype("M8[us]").astype(np.int64)

    def instants(self, local: np.ndarray) -> np.ndarray:
        """The instants (R,) int64 of a wall clock (R,) int64. An hour that the clock shows twice is the first of the
        two, unless the hour before it was just that; one that it skips is the end of the gap."""
        local = np.asarray(local, np.int64)
        if self.zone is None or not len(local):
            return local
        import pandas

        naive, zone = pandas.DatetimeIndex(local.view("M8[us]")), checked_zone(self.zone)
        aware = naive.tz_localize(zone, ambiguous=_is_first(local), nonexistent="shift_forward")
        return aware.tz_convert("UTC").tz_localize(None).to_numpy().astype("M8[us]").astype(np.int64)


WITHOUT_ZONE = Clock()


def _is_first(local):
    """(R,) bool: False for the second of two equal hours in a row that rises otherwise."""
    highest = np.maximum.accumulate(np.concatenate([local[:1] - 1, local[:-1]]))
    return local > highest


def checked_zone(zone: str):
    """The zone as pandas takes it, a tzinfo. ConfigError for an unknown one."""
    import re
    from datetime import timedelta, timezone
    from zoneinfo import ZoneInfo

    if zone in ("UTC", "Z"):
        return UTC
    if found := re.fullmatch(r"([+-])(\d\d):?(\d\d)?", zone):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-offset if sign == "-" else offset)
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ConfigError(
            f"the time zone {zone!r} is not known",
            "name it as in Europe/Berlin, UTC or +02:00; where every name is unknown, pip install tzdata",
        ) from None
