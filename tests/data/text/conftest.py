"""What the tests of texts share."""

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The cache folder, for each test its own: none touches the user's."""
    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def write(tmp_path):
    """write(data, name) -> path; text is written in UTF-8, bytes as they are."""

    def written(data, name="text.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    return written
