"""The rows of the fault plan, by name."""

from typing import NamedTuple

from .damage import data_bits, header_bits, malformed_models, truncations
from .io_calls import each_call_fails, full_disks, unsynced_bytes_are_lost
from .kills import kills_and_resumes
from .other_user import another_user
from .rows import Maker
from .signalled import failing_workers, signals_in_every_phase
from .surroundings import environments, memory_limits
from .terminals import closed_streams, escapes, resizes
from .together import in_one_cache, in_one_folder


class Kind(NamedTuple):
    """A row: what makes it, and its cases in the short form and in the long one."""

    make: Maker
    short: int
    long: int


ROWS = {
    "kills": Kind(kills_and_resumes, 5, 1000),
    "calls": Kind(each_call_fails, 9, 2000),
    "power cuts": Kind(unsynced_bytes_are_lost, 8, 600),
    "full disks": Kind(full_disks, 3, 100),
    "truncations": Kind(truncations, 150, 10**6),
    "header bits": Kind(header_bits, 150, 10**6),
    "data bits": Kind(data_bits, 150, 10_000),
    "malformed models": Kind(malformed_models, 18, 4500),
    "signals": Kind(signals_in_every_phase, 8, 600),
    "workers": Kind(failing_workers, 1, 100),
    "streams": Kind(closed_streams, 5, 108),
    "resizes": Kind(resizes, 60, 900),
    "escapes": Kind(escapes, 4, 81),
    "memory": Kind(memory_limits, 6, 300),
    "environments": Kind(environments, 4, 87),
    "another user": Kind(another_user, 12, 108),
    "one folder": Kind(in_one_folder, 1, 36),
    "one cache": Kind(in_one_cache, 1, 20),
}
