"""The gradient-check cases of forecasters: whole forecasters of every kind, with every likelihood and cell."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...config import Config, ModelConfig
from ...gradcheck.cases import SOME, TIMES, N, counts, present
from ...gradcheck.models import ModelCase, as_many_as_fit, model_case, random_stream, random_theta, saved_theta
from ...nn.likelihoods import LIKELIHOODS
from .building import build_forecaster
from .kind import ForecastConfig

SIZE, HORIZON = (5, 2, 2), 3  # (D, Q, K) inputs, future covariates, targets; the last input is a past covariate
RECURSIVE = (5, 3, 2)  # without past covariates
MODEL = ModelConfig(hidden_size=4, dropout=0.3, dropout_recurrent=0.3)
KINDS = {
    "highway": {"highway": 2, "loss": "quantile"},
    "segments": {"segment": 2, "loss": "gaussian", "highway": 1},
    "recursive": {"mode": "recursive", "loss": "student-t"},
}


def cases(cell: str, seed: int) -> Iterator[ModelCase]:
    """One registered cell in a forecaster of two layers, and in one by segments."""
    T, model = TIMES[-1], replace(MODEL, cell=cell)
    yield made_case(cell, "forecast", T, seed, replace(model, num_layers=2, residual=True, layer_norm=True))
    yield made_case(cell, "forecast by segments", T, seed, model, segment=2)


def shared_cases(seed: int) -> Iterator[ModelCase]:
    """Every likelihood in a forecaster, and every kind of forecaster."""
    for T in TIMES:
        for name in LIKELIHOODS:
            yield made_case(name, "forecast", T, seed, loss=name)
        for kind, settings in KINDS.items():
            fitting = settings | ({"highway": min(T, settings["highway"])} if "highway" in settings else {})
            yield made_case(kind, "forecast", T, seed, replace(MODEL, cell="gru", layer_norm=True), **fitting)


def saved_case(loaded: Any, seed: int) -> ModelCase:
    """The case of a stored forecaster: its own architecture and weights; its windows are as short as its parts allow.

    loaded: a `storage.model_files.Loaded`.
    """
    forecast = loaded.config.forecast
    T = max(TIMES[-1], forecast.highway, 2 * forecast.segment + 1)
    few, name = as_many_as_fit(loaded), f"T={T}, saved model"
    return forecast_case(loaded.config.model.cell, name, loaded.model, saved_theta(loaded), T, seed, few)


def made_case(cell: str, name: str, T: int, seed: int, model: ModelConfig = MODEL, **forecast: Any) -> ModelCase:
    """The case of the forecaster that the settings `forecast` describe, for windows of T steps."""
    settings = ForecastConfig(window=T, horizon=HORIZON, **forecast)
    # Config is made at run time, with the sections of all tasks.
    config = Config(task="forecast", model=model, forecast=settings)  # pyright: ignore[reportCallIssue]
    forecaster = build_forecaster(config, RECURSIVE if config.forecast.mode == "recursive" else SIZE)
    theta = random_theta(cell, name, forecaster, seed)
    return forecast_case(cell, f"T={T}, {name}", forecaster, theta, T, seed)


def forecast_case(
    cell: str, name: str, model: Any, theta: Mapping[str, np.ndarray], T: int, seed: int, one_by_one: int = SOME
) -> ModelCase:
    """A ModelCase with the parameters `theta` {name: array}, N random windows of T steps and missing targets."""
    rng = random_stream(cell, name, seed)
    batch = {each: random_part(each, shape, rng) for each, (shape, *_) in model.batch((T,), N).items()}
    return model_case(cell, name, model, theta, batch, T, seed, rng, one_by_one)


def random_part(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """An array of a batch; targets are counts, so that every likelihood takes them, and one in four is missing."""
    if name in ("real", "following_real"):
        return present(shape)
    if name in ("targets", "following"):
        return counts(shape, rng)
    return rng.normal(size=shape)
