"""What several test files share."""

import csv
import os
from pathlib import Path

import pytest
import runs
from hypothesis import settings

# No deadline: a machine that others use too is slow at any moment. CI draws more examples than one waits for.
settings.register_profile("quick", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=100)
settings.load_profile("thorough" if os.environ.get("CI") else "quick")

MOST_PROCESSES = 8


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Share the whole suite among processes, as `-n` would, where pytest-xdist is installed; `-n 0` for one."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    chosen = not config.pluginmanager.hasplugin("xdist") or config.option.numprocesses is not None
    if whole and not chosen and not hasattr(config, "workerinput") and not config.option.usepdb:
        config.option.numprocesses = min(os.cpu_count() or 1, MOST_PROCESSES)


def pytest_collection_modifyitems(config, items):
    """Leave out the slow tests where -m says nothing of them, and begin with the long ones of the documentation.

    The order lets processes that share the suite end at about the same time.
    """
    marks = config.option.markexpr
    left_out = [item for item in items if item.get_closest_marker("slow")] if marks and "slow" not in marks else []
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    kept = [item for item in items if item not in left_out]
    items[:] = sorted(kept, key=lambda item: item.get_closest_marker("docs") is None)


@pytest.fixture
def real_data():
    """The folder with the real data sets: $RNN_TEST_DATA, else shared/data beside the repository; skips if absent."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("RNN_TEST_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set RNN_TEST_DATA to where it is")
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


@pytest.fixture
def write(tmp_path, monkeypatch):
    """write(text, name): a file in the current folder, which is empty."""
    monkeypatch.chdir(tmp_path)

    def written(text, name="a.csv"):
        Path(name).write_text(text)
        return name

    return written
