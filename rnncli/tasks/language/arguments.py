"""What `generate` of a language model can be asked for."""

import math
from collections.abc import Mapping
from typing import Any

from ...errors import ConfigError
from ..options import BEAM, LENGTH_PENALTY, N_BEST, NUM_SAMPLES, SAMPLING_OPTIONS

UNKNOWN = ("error", "skip", "replace")


def check_arguments(length: int, seed: int, num_samples: int, stop: tuple[str, ...], unknown: str) -> None:
    """Raises ConfigError, naming the option, for arguments that `write_texts` cannot use."""
    for wrong, found, hint in (
        (length < 0, f"--length is {length}", "give the number of tokens, or 0 for no end"),
        (seed < 0, f"--seed is {seed}", "give 0 or more"),
        (num_samples < 1, f"--num-samples is {num_samples}", "give 1 or more"),
        (
            length == 0 and num_samples > 1,
            f"--length 0 generates one text without end, but --num-samples is {num_samples}",
            "give a length, or --num-samples 1",
        ),
        ("" in stop, "--stop is empty", "give the text to stop before"),
        (unknown not in UNKNOWN, f"--unknown is '{unknown}'", f"allowed: {', '.join(UNKNOWN)}"),
    ):
        if wrong:
            raise ConfigError(found, hint)


def check_search(options: Mapping[str, Any]) -> None:
    """Raises ConfigError for options that a search cannot use, and for those that exclude it."""
    beam, n_best, length = options[BEAM.key], options[N_BEST.key] or 1, options["length"]
    drawing = [option.name for option in SAMPLING_OPTIONS if options[option.key] is not None]
    drawing += [NUM_SAMPLES.name] if options[NUM_SAMPLES.key] not in (None, 1) else []
    for wrong, found, hint in (
        (
            bool(drawing),
            f"{BEAM.name} and {', '.join(drawing)} exclude each other: a search draws no samples",
            f"leave out {BEAM.name} to sample; {N_BEST.name} writes several texts of a search",
        ),
        (length == 0, f"{BEAM.name} finds complete texts, but --length 0 has no end", "give a length"),
        (n_best > beam, f"{N_BEST.name} is {n_best}, but {BEAM.name} is {beam}", f"allowed: up to {beam}"),
        (
            math.isnan(options[LENGTH_PENALTY.key] or 0),
            f"{LENGTH_PENALTY.name} is nan",
            f"allowed: {LENGTH_PENALTY.min} to {LENGTH_PENALTY.max}",
        ),
    ):
        if wrong:
            raise ConfigError(found, hint)
