"""Where files of a user's cache lie."""

import os
from pathlib import Path

import pytest

from rnncli import resources
from rnncli.resources import cache_folder


@pytest.fixture
def homeless(monkeypatch):
    """A user whom the system does not know: no ~ can be expanded."""
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    resources.passing_folder.cache_clear()
    yield
    resources.passing_folder.cache_clear()


def test_without_a_home_the_cache_is_a_folder_of_this_process_alone_and_none_called_tilde(homeless, apart):
    folder = cache_folder({})
    assert folder.is_absolute() and folder == cache_folder({}) and folder.stat().st_mode & 0o777 == 0o700
    assert not Path("~").exists() and os.listdir(folder) == []


def test_a_relative_cache_folder_of_the_desktop_counts_for_nothing(monkeypatch):
    assert cache_folder({"XDG_CACHE_HOME": "here"}) == Path("~/.cache/rnncli").expanduser()
