"""The networks of the tasks of pairs, as a configuration describes them."""

from typing import Any

from ...data.pairs.sides import SourceSize
from ...errors import ConfigError
from ...nn.aligned import Aligned
from ...nn.bidirectional import Bidirectional
from ...nn.building import recurrent_layers
from ...nn.cells import CELLS
from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.dropout import Dropout
from ...nn.initialisers import Normal
from ...nn.layer import Layer
from ...nn.pool import pool_named
from ...nn.pooled import Pooled
from ...nn.recurrent import Recurrent
from ...nn.sparse_linear import SparseLinear
from ...nn.tokens import Embedding
from ...nn.words import WordReader


def build_pooled(config: Any, source: SourceSize, likelihood: Any, K: int) -> Pooled:
    """The Pooled model of a Config for a source of this size and K classes or numbers; raises ConfigError."""
    H, outputs = config.model.sizes[-1], likelihood.outputs(K)
    linear = config.pool.linear
    return Pooled(
        Stack(source_layers(config, source)),
        pool_named(config.pool.kind, H, config.reader.bidirectional),
        Dense(H, outputs),
        likelihood,
        SparseLinear(source.grams, K) if linear and source.grams else None,
        source.summary if linear else 0,
        source.columns,
    )


def build_labeller(config: Any, source: SourceSize, likelihood: Any, K: int) -> Aligned:
    """The Aligned model of a Config for sentences of this size and K classes; raises ConfigError."""
    model, spelling = config.model, config.spelling
    E, H = model.embedding_size, model.sizes[-1]
    if not source.characters:
        layers = source_layers(config, source)
        return Aligned(Stack(layers), Dense(H, K), likelihood=likelihood, D=source.columns, carries=False)
    check_spelling(spelling, E)
    way = [Recurrent(CELLS[model.cell], spelling.width, spelling.size // 2) for _ in range(2)]
    words = WordReader(source.symbols, E, source.characters, spelling.width, Bidirectional(*way), source.word)
    layers: dict[str, Layer] = {}
    if model.dropout_input:
        layers["drop_input"] = Dropout(E + spelling.size, model.dropout_input, model.dropout_kind == "variational")
    layers |= recurrent_layers(model, E + spelling.size, False, "set residual to false", config.reader.bidirectional)
    return Aligned(Stack(layers), Dense(H, K), likelihood=likelihood, words=words, carries=False)


def check_spelling(spelling: Any, E: int) -> None:
    """Raises ConfigError for a reader of characters that cannot be built."""
    if spelling.size % 2:
        raise ConfigError(
            f"spelling.size: {spelling.size} units cannot be shared by two directions", "give an even number"
        )
    if not E:
        raise ConfigError(
            "model.embedding_size: 0, but words whose characters are read need vectors",
            "give --embedding-size, or --spelling-size 0 to read no characters",
        )


def source_layers(config: Any, source: SourceSize) -> dict[str, Layer]:
    """The layers that read ids, with an embedding or without one, or vectors."""
    model, ids = config.model, source.symbols > 0
    E = model.embedding_size if ids else 0
    layers: dict[str, Layer] = {"embedding": Embedding(source.symbols, E, Normal(1.0))} if E else {}
    if E and model.dropout_input:
        layers["drop_input"] = Dropout(E, model.dropout_input, model.dropout_kind == "variational")
    return layers | recurrent_layers(
        model,
        E or source.symbols or source.columns,
        ids and not E,
        "set residual to false",
        config.reader.bidirectional,
    )
