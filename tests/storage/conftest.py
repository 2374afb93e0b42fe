"""What the tests of stored runs share."""

from pathlib import Path

import pytest
from runs import a_text, done


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run folder, in the current folder, of a text that lies there too."""
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text(a_text())
    done("r", {"train.max_steps": 2, "train.eval_every": 2})
    return tmp_path / "r"
