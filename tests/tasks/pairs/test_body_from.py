"""A classifier whose layers begin as those of a language model."""

import numpy as np
import pytest

from rnncli.config import read_settings
from rnncli.errors import ConfigError
from rnncli.storage.model_files import load_model
from rnncli.training.loop import train
from rnncli.training.run import prepare

pytestmark = pytest.mark.usefixtures("apart")
LAYERS = {"model.cell": "gru", "model.hidden_size": 8, "model.embedding_size": 5, "train.max_steps": 3}
PAIRS = {"data.files": ["moods.tsv"], "task": "classify", "reader.bidirectional": False, "reader.body_from": "lm"}


@pytest.fixture
def moods(tmp_path):
    """Pairs, and a text with most of their characters and words."""
    lines = [f"{word} day {k}" for k in range(30) for word in ("a good", "an odd")]
    (tmp_path / "moods.tsv").write_text("".join(f"{line}\t{line.split()[1]}\n" for line in lines))
    (tmp_path / "text.txt").write_text("a good day and a bad one, or so they say\n" * 20)


def as_keywords(settings):
    return {name.replace(".", "__"): value for name, value in settings.items()}


def run(folder, **settings):
    """A Run that is ready for its first step."""
    overrides = {name.replace("__", "."): value for name, value in settings.items()}
    return prepare(read_settings(overrides=LAYERS | {"seed": 1, "train.workers": "1"} | overrides), folder)


def pretrained(tokens):
    with run("lm", data__files=["text.txt"], data__tokens=tokens, train__seq_length=8) as made:
        list(train(made))
    return load_model("lm")


@pytest.mark.parametrize("tokens", ["char", "word", "byte"])
def test_layers_and_vectors_of_known_symbols_are_those_of_the_language_model(moods, tokens):
    lm = pretrained(tokens)
    own = lm.store.views(lm.theta)
    spelt, symbol = {"char": ("d", "d"), "word": (" day", "day"), "byte": ("d", "64")}[tokens]
    (token,) = lm.encoder.encode(spelt, "skip")
    with run("c", **as_keywords(PAIRS | {"data.tokens": tokens})) as made:
        views, symbols = made.trainer.store.views(made.trainer.theta), made.task.encoder.source.symbols
        assert np.array_equal(views["layer0"].W_h, own["layer0"].W_h)
        assert np.array_equal(views["layer0"].W_x, own["layer0"].W_x)
        assert np.array_equal(views["embedding"].E[symbols.index(symbol)], own["embedding"].E[token])
        assert made.notes[-1].startswith("layers of lm: it knows ")
        list(train(made))
        assert not np.array_equal(views["layer0"].W_h, own["layer0"].W_h)  # and is trained further


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"data.tokens": "word"}, "reads chars, and the source is read by its words"),
        ({"model.hidden_size": 6}, "has other layers: sizes"),
        ({"reader.bidirectional": True}, "reads in one direction"),
    ],
)
def test_a_language_model_that_does_not_fit_is_refused(moods, settings, message):
    pretrained("char")
    wanted = PAIRS | {"data.tokens": "char"} | settings
    with pytest.raises(ConfigError, match=message):
        run("c", **as_keywords(wanted))
