"""What the tests of language models share."""

import numpy as np
import pytest
from scorings import loaded_with

from rnncli.config import DataConfig
from rnncli.data.text.corpus import load_corpus


@pytest.fixture
def text_file(tmp_path):
    words = np.random.default_rng(4).choice(["to be", "or not", "the sea", "night", "o"], 900)
    path = tmp_path / "play.txt"
    path.write_text("\n".join(" ".join(line) for line in words.reshape(-1, 5)) + "\n", "utf-8")
    return path


@pytest.fixture
def char_run(text_file):
    config = DataConfig(files=(str(text_file),), test_frac=0.2)
    corpus = load_corpus(config)
    return loaded_with(corpus.encoder, config.files, digest=corpus.digest, test_frac=0.2), corpus
