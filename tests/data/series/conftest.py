"""What the tests of series share."""

from pathlib import Path

import pytest


@pytest.fixture
def write(tmp_path, monkeypatch):
    """write(text, name): a file in the current folder, which is empty."""
    monkeypatch.chdir(tmp_path)

    def written(text, name="a.csv"):
        Path(name).write_text(text)
        return name

    return written
