"""What several test files share."""

import csv
import os
from pathlib import Path

import pytest
import runs
from hypothesis import settings

settings.register_profile("shared machine", deadline=None)  # a machine that others use too is slow at any moment
settings.load_profile("shared machine")


@pytest.fixture
def real_data():
    """The folder with the real data sets: $RNNCLI_DATA, else shared/data beside the repository; skips where absent."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("RNNCLI_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set RNNCLI_DATA to where it is")
    return folder


@pytest.fixture
def real_column(real_data):
    """real_column(name): the cells [R] of the first column of a real series, without its header; skips where absent."""

    def read(name):
        file = real_data / "series" / name
        if not file.is_file():
            pytest.skip(f"{file} is not there")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return [row[0] for row in csv.reader(lines) if row][1:]

    return read


@pytest.fixture
def apart(tmp_path, monkeypatch):
    """A folder of its own for each test, with a text in it; the user's cache is not touched, no disk waited for."""
    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "fsync", lambda file: None)
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text(runs.a_text())
    return tmp_path
