"""Model files of versions before 0.3: stamps in seconds, and a digest of the data over other settings."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ...data.time.clock import SECOND

UNIT, MICROSECONDS = "unit", "us"  # of the stamps: an entry of the record that goes with them
LATER = ("time_zone", "closed", "words")  # settings of `series` that older versions did not have


def stamps_of(stored: np.ndarray, record: dict[str, Any], kind: str | None) -> np.ndarray:
    """(n,) int64: the stamps in the arrays of a model file, those of dates in microseconds."""
    return stored if UNIT in record or kind != "time" else stored * SECOND


def older_digest(digests: Sequence[str], config: Any) -> str:
    """What `data.digest_of` was for the same files and settings."""
    series = {name: value for name, value in asdict(config.series).items() if name not in LATER}
    series |= {"decimal": config.table.decimal, "thousands": config.table.thousands}
    series |= {name: series[name] and ",".join(series[name]) for name in ("id_col", "time_col")}
    settings = [series, asdict(config.forecast), config.data.encoding]
    return hashlib.sha256(json.dumps([settings, digests], sort_keys=True).encode()).hexdigest()
