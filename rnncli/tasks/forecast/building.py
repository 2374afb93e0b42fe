"""Builds the forecaster that a configuration describes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...errors import ConfigError
from ...nn.building import recurrent_layers
from ...nn.compose import Stack
from ...nn.likelihoods import LIKELIHOODS, Quantiles
from .linear_skip import LinearSkip
from .model import Forecaster, LastOutput
from .recursive import RecursiveForecaster
from .segments import Segments


def build_forecaster(config: Any, size: Sequence[int]) -> Forecaster | RecursiveForecaster:
    """The Forecaster or RecursiveForecaster that `config`, a whole Config with horizon and window, describes.

    size: (D, Q, K): inputs, future covariates and targets. In a recursive model all inputs but the targets are future
    covariates, whatever Q is. Raises ConfigError for an unknown cell and for settings that do not go together.
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
    highway = LinearSkip(forecast.highway, h, K) if forecast.highway else None
    return Forecaster(core, likelihood, L, h, K, Q, D, highway)


def _likelihood(forecast):
    likelihood = LIKELIHOODS[forecast.loss]
    if isinstance(likelihood, Quantiles) and forecast.quantiles:
        return replace(likelihood, levels=tuple(sorted(set(forecast.quantiles))))
    return likelihood


def _check_forecast(config):
    """Raises ConfigError for settings that do not go together in a forecast."""
    model, forecast, recursive = config.model, config.forecast, config.forecast.mode == "recursive"
    rules = (
        (
            forecast.segment and len(model.sizes) > 1,
            f"forecast.segment: works with one layer; model.num_layers is {len(model.sizes)}",
            "set num_layers to 1, or segment to 0",
        ),
        (
            forecast.highway > forecast.window,
            f"forecast.highway: {forecast.highway} steps; forecast.window is {forecast.window}",
            "make the window longer or the highway shorter",
        ),
        (
            recursive and (forecast.segment or forecast.highway),
            "forecast.segment, forecast.highway: only for direct forecasts; forecast.mode is recursive",
            "set both to 0, or mode to direct",
        ),
        (
            recursive and config.series.past_cols,
            "series.past_cols: with forecast.mode recursive all covariates must be known in advance",
            "leave them out, or set mode to direct",
        ),
    )
    for is_wrong, message, hint in rules:
        if is_wrong:
            raise ConfigError(message, hint)


def _body(model, D):
    return Stack(recurrent_layers(model, D, False, "set residual to false"))


def _segments(model, forecast, D, Q, outputs):
    """The core of SegRNN: its cell reads the outputs of the segment layer, which have the size of its own outputs."""
    layers, H = recurrent_layers(model, model.sizes[0], False, "set residual to false"), model.sizes[0]
    body, after = Stack({"layer0": layers.pop("layer0")}), Stack(layers)
    return Segments(body, after, D, H, forecast.horizon, Q, forecast.segment, outputs)
