"""What the tests of configuration share."""

import pytest


@pytest.fixture
def write(tmp_path, monkeypatch):
    """write(text, name) makes a file in the current folder and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="a.yaml"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return write
