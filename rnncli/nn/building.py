"""Configuration -> objects."""

from dataclasses import replace

from ..errors import ConfigError
from .initialisers import BlockBias, Glorot, Identity, Normal, Orthogonal, Uniform
from .cells import CELLS
from .compose import Residual, Stack, WeightDrop
from .dense import Dense
from .dropout import Dropout
from ..tasks.forecast.model import Forecaster, LastOutput
from ..tasks.forecast.linear_skip import Highway
from .likelihoods import LIKELIHOODS
from ..tasks.language.model import LanguageModel
from .norm import LayerNorm
from .recurrent import Recurrent, Starts
from ..tasks.forecast.recursive import RecursiveForecaster
from ..tasks.forecast.segments import Segments
from .tokens import Embedding


def build(config, size):
    """The model of a task: `config` is the whole Config; size: the symbols V of a text, or (D, Q, K) of series.

    Raises ConfigError as `build_model` and `build_forecaster` do.
    """
    return build_forecaster(config, size) if config.task == "forecast" else build_model(config.model, size)


def build_model(config, V):
    """The LanguageModel that `config` (ModelConfig) describes, for a vocabulary of V tokens.

    Raises ConfigError for an unknown cell, or a residual or chrono option that nothing could carry.
    """
    E = config.embedding_size
    layers = {"embedding": Embedding(V, E, Uniform(E ** -0.5) if config.tie_embeddings else Normal(1.0))} if E else {}
    if config.dropout_input:
        layers["drop_input"] = Dropout(E, config.dropout_input, config.dropout_kind == "variational")
    layers |= _layers(config, E or V, not E, "embedding_size the size of the first layer")
    return LanguageModel(Stack(layers), Dense(config.sizes[-1], V), config.tie_embeddings)


def build_forecaster(config, size):
    """The Forecaster or RecursiveForecaster that `config`, a whole Config with horizon and window, describes.

    size: (D, Q, K), the columns of the inputs, those known ahead and the targets. Of a recursive model all inputs but
    the targets are known ahead, whatever Q. Raises ConfigError for an unknown cell and for settings that do not go
    together.
    """
    (D, Q, K), forecast = size, config.forecast
    L, h, H, likelihood = forecast.window, forecast.horizon, config.model.sizes[-1], _likelihood(forecast)
    _check_forecast(config)
    if forecast.mode == "recursive":
        return RecursiveForecaster(_body(config.model, D), likelihood, H, L, h, K, D)
    if forecast.segment:
        core = _segments(config.model, forecast, D, Q, likelihood.outputs(K))
    else:
        core = LastOutput(_body(config.model, D), H, h, Q, likelihood.outputs(K))
    highway = Highway(forecast.highway, h, K) if forecast.highway else None
    return Forecaster(core, likelihood, L, h, K, Q, D, highway)


def _likelihood(forecast):
    likelihood = LIKELIHOODS[forecast.loss]
    if forecast.loss == "quantile" and forecast.quantiles:
        return replace(likelihood, levels=tuple(sorted(set(forecast.quantiles))))
    return likelihood


def _check_forecast(config):
    """Raises ConfigError for settings that do not go together in a forecast."""
    model, forecast, recursive = config.model, config.forecast, config.forecast.mode == "recursive"
    rules = (
        (model.embedding_size or model.tie_embeddings or model.dropout_input,
         "model.embedding_size: series are numbers, which have no embedding",
         "set embedding_size and dropout_input to 0, and tie_embeddings to false"),
        (forecast.segment and len(model.sizes) > 1,
         f"forecast.segment: reads with one layer; model.num_layers is {len(model.sizes)}",
         "set num_layers to 1, or segment to 0"),
        (forecast.highway > forecast.window,
         f"forecast.highway: {forecast.highway} steps; forecast.window is {forecast.window}",
         "make the window longer or the highway shorter"),
        (recursive and (forecast.segment or forecast.highway),
         "forecast.segment and forecast.highway are for direct forecasts; forecast.mode is recursive",
         "set both to 0, or mode to direct"),
        (recursive and config.series.past_cols,
         "series.past_cols: nobody knows them ahead, where forecast.mode recursive would read them",
         "leave them out, or set mode to direct"))
    for is_wrong, message, hint in rules:
        if is_wrong:
            raise ConfigError(message, hint)


def _body(model, D):
    return Stack(_layers(model, D, False, "set residual to false"))


def _segments(model, forecast, D, Q, outputs):
    """The core of SegRNN: its cell reads what the segment layer puts out, of the size of its own outputs."""
    layers, H = _layers(model, model.sizes[0], False, "set residual to false"), model.sizes[0]
    body, after = Stack({"layer0": layers.pop("layer0")}), Stack(layers)
    return Segments(body, after, D, H, forecast.horizon, Q, forecast.segment, outputs)


def _layers(config, D, tokens, remedy):
    """{name: layer}, the recurrent layers with what follows each, for inputs of D columns, or ids below D; remedy: what
    else to do where no layer can be residual."""
    layers, cell = {}, CELLS[config.cell]
    for k, H in enumerate(config.sizes):
        layers[f"layer{k}"] = _recurrent(config, cell, config.sizes[k - 1] if k else D, H, tokens and k == 0)
        if config.layer_norm:
            layers[f"norm{k}"] = LayerNorm(H)
        if config.dropout:
            layers[f"drop{k}"] = Dropout(H, config.dropout, config.dropout_kind == "variational")
    if config.residual and not any(isinstance(layer, Residual) for layer in layers.values()):
        raise ConfigError("model.residual: no layer has an input of the size of its output",
                          f"give neighbouring layers one hidden_size, or {remedy}")
    return layers


def _recurrent(config, cell, D, H, tokens):
    layer = Recurrent(cell, D, H, tokens, _starts(config, cell, H, tokens))
    if config.dropout_recurrent:
        layer = WeightDrop(layer, config.dropout_recurrent)
    return Residual(layer) if config.residual and D == H and not tokens else layer


def _starts(config, cell, H, tokens):
    """How a layer's parameters begin: the matrices by `config.init`, the bias by forget bias or chrono.

    A token picks one row of W_x, so that its fan-in is 1, not V: uniform in 1/sqrt(1). Measured on an LSTM of 256
    after 750,000 characters: 1.65 nats per character against 1.81 with 1/sqrt(H).
    """
    uniform = Uniform(H ** -0.5)
    W_x, W_h = {"uniform": (uniform, uniform), "glorot": (Glorot(H), Glorot(H)),
                "orthogonal": (Glorot(H), Orthogonal(H)), "identity": (Normal(0.001), Identity())}[config.init]
    if tokens and config.init != "identity":        # which is meant to begin as almost nothing but its own memory
        W_x = Uniform(1.0)
    position = {block.name: k for k, block in enumerate(cell.blocks)}
    if config.chrono_max:
        if cell.keep is None:
            raise ConfigError(f"model.chrono_max: cell '{config.cell}' has no gate that keeps its state",
                              "chrono initialisation is for lstm and gru")
        values = [(position[cell.keep], "keep")] + ([(position[cell.write], "write")] if cell.write else [])
    else:
        values = [(position[cell.keep], config.forget_bias)] if cell.keep else []
    return Starts(W_x, W_h, BlockBias(H, tuple(values), config.chrono_max))
