"""What the tests of the text data share: files to read, and corpora of them."""

from rnncli.config import DataConfig
from rnncli.data.text.corpus import load_corpus

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three people joined by zero-width joiners: one emoji


def load(*files, chunk=1 << 20, **settings):
    """The corpus of `files`; settings are those of DataConfig."""
    return load_corpus(DataConfig(files=files, **settings), chunk=chunk)


def whole(*files, **settings):
    """The text that training would see, of a corpus that is not split."""
    corpus = load(*files, val_frac=0.0, **settings)
    return corpus.encoder.decode(corpus.train.tokens)
