"""The rows of the fault plan, by name."""

from typing import NamedTuple

from .damage import data_bits, header_bits, malformed_models, truncations
from .io_calls import each_call_fails, full_disks, unsynced_bytes_are_lost
from .kills import kills_and_resumes
from .other_user import another_user
from .rows import Maker
from .signalled import failing_workers, signals_in_every_phase
from .surroundings import environments, group_limits, growth, memory_limits
from .terminals import closed_streams, escapes, resizes
from .together import in_one_cache, in_one_folder


class Kind(NamedTuple):
    """A row: what makes it, its cases in the short form and in the long one, and the minutes that the latter takes."""

    make: Maker
    short: int
    long: int
    minutes: float


ROWS = {
    "kills": Kind(kills_and_resumes, 5, 1000, 26),
    "calls": Kind(each_call_fails, 9, 1200, 26),
    "power cuts": Kind(unsynced_bytes_are_lost, 8, 500, 10),
    "full disks": Kind(full_disks, 3, 100, 4),
    "truncations": Kind(truncations, 150, 10**6, 4),
    "header bits": Kind(header_bits, 150, 10**6, 8),
    "data bits": Kind(data_bits, 150, 10_000, 4),
    "malformed models": Kind(malformed_models, 18, 1500, 20),
    "signals": Kind(signals_in_every_phase, 8, 500, 12),
    "workers": Kind(failing_workers, 1, 60, 10),
    "streams": Kind(closed_streams, 5, 108, 3),
    "resizes": Kind(resizes, 60, 900, 2),
    "escapes": Kind(escapes, 4, 81, 3),
    "memory": Kind(memory_limits, 6, 200, 8),
    "growth": Kind(growth, 2, 9, 1),
    "control groups": Kind(group_limits, 3, 100, 4),
    "environments": Kind(environments, 4, 87, 3),
    "another user": Kind(another_user, 12, 108, 3),
    "one folder": Kind(in_one_folder, 2, 24, 5),
    "one cache": Kind(in_one_cache, 1, 12, 2),
}
