"""The networks of the tasks that write texts, as a configuration describes them."""

from typing import Any

from ...data.pairs.sides import SourceSize
from ...nn.attention import ATTENTIONS
from ...nn.bridge import Bridge
from ...nn.building import recurrent_layers
from ...nn.categorical import Categorical
from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.dropout import Dropout
from ...nn.encoder_decoder import EncoderDecoder, Features, Reader
from ...nn.initialisers import Normal
from ...nn.layer import Layer
from ...nn.tokens import Embedding
from ..pairs.building import source_layers


def build_translator(config: Any, source: SourceSize, V: int) -> EncoderDecoder:
    """The EncoderDecoder of a Config that reads ids and writes V symbols; raises ConfigError."""
    H = config.model.sizes[-1]
    kind = ATTENTIONS.get(config.attention.kind)
    return EncoderDecoder(
        Reader(Stack(source_layers(config, source))),
        _embedding(config, V),
        _writer(config, config.model.embedding_size),
        Dense(H, V),
        kind and kind(H, H),
        _likelihood(config, V),
    )


def build_describer(config: Any, source: SourceSize, V: int) -> EncoderDecoder:
    """The EncoderDecoder of a Config that is given features and writes V symbols; raises ConfigError."""
    F, model, every_step = source.columns, config.model, config.conditions.every_step
    writer = _writer(config, model.embedding_size + F * every_step)
    return EncoderDecoder(
        Features(Bridge.into(writer, F), F, every_step),
        _embedding(config, V),
        writer,
        Dense(model.sizes[-1], V),
        None,
        _likelihood(config, V),
    )


def _embedding(config, V):
    return Embedding(V, config.model.embedding_size, Normal(1.0))


def _writer(config, D):
    """The layers between the embedding, D columns with the condition, and the head."""
    model = config.model
    layers: dict[str, Layer] = {}
    if model.dropout_input:
        layers["drop_input"] = Dropout(D, model.dropout_input, model.dropout_kind == "variational")
    return Stack(layers | recurrent_layers(model, D, False, "set residual to false"))


def _likelihood(config, V):
    return Categorical(V, smoothing=config.writer.smoothing)
