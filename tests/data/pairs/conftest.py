"""What the tests of pairs share."""

from pathlib import Path

import pytest

from rnncli.data.pairs.examples import read_examples
from rnncli.errors import DataError


@pytest.fixture
def write(tmp_path, monkeypatch):
    """write(data, name) -> name: a file in the current folder, which is empty; text is written in UTF-8."""
    monkeypatch.chdir(tmp_path)

    def written(data, name="pairs.tsv"):
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return name

    return written


@pytest.fixture
def refusal():
    """refusal(files, answers, **options) -> (message, hint) of the DataError."""

    def refused(files, answers="class", **options):
        with pytest.raises(DataError) as caught:
            read_examples([files] if isinstance(files, str) else files, answers, **options)
        assert caught.value.hint
        return str(caught.value), caught.value.hint

    return refused
