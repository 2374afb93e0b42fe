"""Timings of matrix products on this machine, kept beside the token cache from run to run."""

import json
import platform
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ResourceError
from ..nn.matmul_tiling import Layouts
from ..resources import cache_folder
from .atomic_files import write_atomically

FILE = "layouts.json"  # {machine: {name of a product: [parts, width]}}


def machine() -> str:
    """The processor and the version of NumPy, on which the speed of a product depends."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return f"{line.partition(':')[2].strip()}, NumPy {np.__version__}"
    return f"{platform.processor() or platform.machine()}, NumPy {np.__version__}"


def known_layouts() -> Layouts:
    """The Layouts that earlier runs on this machine have found; unknown ones are timed."""
    return Layouts(_stored().get(machine()), timed=True)


def keep_layouts(layouts: Layouts) -> None:
    """Store the known `layouts` for later runs; do nothing if the disk refuses."""
    stored, here = _stored(), machine()
    if layouts.known != stored.get(here, {}):
        folder = cache_folder()
        with suppress(OSError, ResourceError):  # a later run times again
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            text = json.dumps(stored | {here: stored.get(here, {}) | layouts.known}, sort_keys=True)
            write_atomically(folder / FILE, text.encode())


def _stored() -> dict[str, dict[str, Any]]:
    """The contents of the file; empty if it is missing or not ours."""
    try:
        stored = json.loads((cache_folder() / FILE).read_bytes())
        return {
            name: {product: [int(parts), int(width)] for product, (parts, width) in known.items()}
            for name, known in stored.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
