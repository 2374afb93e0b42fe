"""The language model: scores of the next token."""

from typing import Any

from ...nn.aligned import Aligned
from ...nn.building import recurrent_layers
from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.dropout import Dropout
from ...nn.initialisers import Normal, Uniform
from ...nn.layer import Layer
from ...nn.tokens import Embedding


def build_model(config: Any, V: int) -> Aligned:
    """The Aligned model that `config` (ModelConfig) describes, for a vocabulary of V tokens.

    Raises ConfigError for an unknown cell, or a residual or chrono option that does not fit it.
    """
    E = config.embedding_size
    layers: dict[str, Layer] = {}
    layers |= {"embedding": Embedding(V, E, Uniform(E**-0.5) if config.tie_embeddings else Normal(1.0))} if E else {}
    if config.dropout_input:
        layers["drop_input"] = Dropout(E, config.dropout_input, config.dropout_kind == "variational")
    layers |= recurrent_layers(config, E or V, not E, "embedding_size the size of the first layer")
    return Aligned(Stack(layers), Dense(config.sizes[-1], V), config.tie_embeddings)
