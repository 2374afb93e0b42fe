"""What tests of tables share."""

import pytest

from rnncli.data.tables.frame import read_frame


@pytest.fixture
def read(tmp_path, monkeypatch):
    """read(lines): the Frame of a table in t.csv."""
    monkeypatch.chdir(tmp_path)

    def frame(lines):
        (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
        return read_frame(["t.csv"])

    return frame
