"""The layers of a language model read a source: what a large text taught serves a small set of pairs.

Dai and Le 2015, "Semi-supervised sequence learning", arXiv:1511.01432v1, section 2: the weights of the layers and the
vectors of the symbols are taken, and all of them are trained further.
"""

from typing import Any

import numpy as np

from ...data.pairs.sides import TextSide
from ...errors import ConfigError
from ...nn.model import Views
from ...storage.model_files import Loaded, load_model

SETTINGS = ("cell", "sizes", "embedding_size", "layer_norm", "residual")


def start_from(path: str, config: Any, side: TextSide, views: Views) -> str:
    """Copy the weights of the model at `path` into `views`, initial weights by layer; returns a note.

    Symbols that it does not know keep their initial vectors. Raises ModelFileError for a file that cannot be read, and
    ConfigError for a model that reads other symbols or has other layers.
    """
    loaded = load_model(path)
    _check(path, loaded, config, side)
    own = loaded.store.views(loaded.theta)
    for name, view in views.items():
        if name in own and name.startswith(("layer", "norm")):
            for part, array in vars(view).items():
                if array.shape == vars(own[name])[part].shape:
                    array[...] = vars(own[name])[part]
    known = _places(loaded.encoder, side)
    layer, part = ("embedding", "E") if config.model.embedding_size else ("layer0", "W_x")
    vars(views[layer])[part][known >= 0] = vars(own[layer])[part][known[known >= 0]]
    return f"layers of {path}: it knows {(known >= 0).sum():,} of {len(known):,} symbols"


def _check(path, loaded: Loaded, config, side):
    level = getattr(loaded.encoder, "level", None)
    if level != side.tokens or not hasattr(loaded.model, "body"):
        raise ConfigError(
            f"reader.body_from: {path} reads {f'{level}s' if level else 'no text'}, and the source is read by its "
            f"{side.tokens}s",
            f"name a language model; for one of {level}s add --tokens {level}" if level else "name a language model",
        )
    theirs, ours = loaded.config.model, config.model
    other = [name for name in SETTINGS if getattr(theirs, name) != getattr(ours, name)]
    if other:
        differ = ", ".join(f"{name} {getattr(theirs, name)} (here {getattr(ours, name)})" for name in other)
        raise ConfigError(f"reader.body_from: {path} has other layers: {differ}", "use the settings of that model")
    if config.reader.bidirectional:
        raise ConfigError(
            "reader.body_from: a language model reads in one direction, and reader.bidirectional is on",
            "add --no-bidirectional",
        )


def _places(encoder, side):
    """(V,) the id of each symbol of a side in the encoder of a language model, -1 for unknown ones."""
    found = np.full(len(side.symbols), -1, np.intp)
    for k, symbol in enumerate(side.symbols[1:], 1):
        if side.tokens == "byte":
            found[k] = int(symbol, 16)
            continue
        for spelt in (f" {symbol}", symbol) if side.tokens == "word" else (symbol,):
            ids = encoder.encode(spelt, "skip")
            if len(ids) == 1:
                found[k] = ids[0]
                break
    return found
