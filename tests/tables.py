"""What the tests of series share: tables in a folder of their own, and the windows behind their ends."""

from pathlib import Path

import numpy as np
import pytest

SHOPS = Path(__file__).resolve().parents[1] / "datasets" / "shops.csv"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """write(text, name): a file in the current folder, which is empty."""
    monkeypatch.chdir(tmp_path)

    def written(text, name="a.csv"):
        Path(name).write_text(text)
        return name

    return written


def last_windows(data):
    """The windows that forecast after the end of every series."""
    return data.windows.take(np.arange(len(data.ids)), data.windows.lengths)
