"""What the tests of series share: tables in a folder of their own, and the windows behind their ends."""

from pathlib import Path

import numpy as np

SHOPS = Path(__file__).resolve().parents[1] / "datasets" / "shops.csv"


def last_windows(data):
    """The windows that forecast after the end of every series."""
    return data.windows.take(np.arange(len(data.ids)), data.windows.lengths)
