"""What the tests of the text data share: files to read, and corpora of them."""

import pytest

from rnncli.config import DataConfig
from rnncli.data.text.corpus import load_corpus

FAMILY = "\U0001F468\u200D\U0001F469\u200D\U0001F467"      # three people joined by zero-width joiners: one emoji


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


def load(*files, chunk=1 << 20, **settings):
    """The corpus of `files`; settings are those of DataConfig."""
    return load_corpus(DataConfig(files=files, **settings), chunk=chunk)


def whole(*files, **settings):
    """The text that training would see, of a corpus that is not split."""
    corpus = load(*files, val_frac=0.0, **settings)
    return corpus.encoder.decode(corpus.train.tokens)
