"""What `gradcheck` differentiates of forecasts: every likelihood by itself, and whole forecasters of every kind.

The special functions of student-t and negative-binomial are analytic here, so that the complex step serves for all.
T steps read, h ahead, N windows, D input columns, Q of the steps ahead, K targets.
"""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np

from ...config import Config, ModelConfig
from ...gradcheck.cases import EVERY, SOME, TIMES, ModelCase, N, as_many_as_fit, random_states
from ...nn.likelihood import Likelihood
from ...nn.likelihoods import LIKELIHOODS
from ...random_streams import Noise, stream
from .building import build_forecaster
from .kind import ForecastConfig

SIZE, HORIZON = (5, 2, 2), 3  # (D, Q, K): a column is of the past alone
RECURSIVE = (5, 3, 2)  # nothing is
MODEL = ModelConfig(hidden_size=4, dropout=0.3, dropout_recurrent=0.3)
KINDS = {
    "highway": {"highway": 2, "loss": "quantile"},
    "segments": {"segment": 2, "loss": "gaussian", "highway": 1},
    "recursive": {"mode": "recursive", "loss": "student-t"},
}


@dataclass(frozen=True)
class LikelihoodCase:
    """L = the loss of M rows of scores, some of whose targets are missing; its array is the scores (M, P K)."""

    cell: str
    name: str
    likelihood: Likelihood
    arrays: dict[str, np.ndarray]
    targets: np.ndarray  # (M, K)
    real: np.ndarray  # (M, K) bool
    one_by_one, blocks, jointly = EVERY, (), False

    def plan(self, dtype):
        """None: the loss works on the scores themselves."""

    def value(self, arrays, plan):
        return self.likelihood.loss(arrays["scores"].copy(), self.targets, self.real)

    def gradient(self):
        scores = self.arrays["scores"].copy()
        self.likelihood.loss(scores, self.targets, self.real)
        return {"scores": scores}


class ForecastCase(ModelCase):
    """L = loss + sum(sT dsT) of a forecaster; its arrays are the parameters and the state s0."""

    def dscores(self, plan):
        return plan.scores


def forecast_case(cell, name, model, theta, T, seed, one_by_one=SOME):
    """A ForecastCase with the parameters `theta` {name: array}, windows of T steps, random states, dropout and missing
    targets."""
    rng = stream(seed, f"gradcheck {cell} {name}")
    batch = {each: random_part(each, shape, rng) for each, (shape, *_) in model.batch((T,), N).items()}
    states, dsT = random_states(model, rng)
    return ForecastCase(cell, name, model, theta | states, SimpleNamespace(**batch), dsT, Noise(seed, T), one_by_one)


def random_part(name, shape, rng):
    """An array of a batch; targets are counts, so that every likelihood takes them, and one in four is missing."""
    if name in ("real", "following_real"):
        return there(shape)
    if name in ("targets", "following"):
        return counts(shape, rng)
    return rng.normal(size=shape)


def there(shape):
    """Which targets there are."""
    return np.arange(np.prod(shape)).reshape(shape) % 4 != 1


def counts(shape, rng):
    """Whole numbers, nan where a target is missing."""
    return np.where(there(shape), rng.poisson(3, shape), np.nan)


def made_case(cell, name, T, seed, model=MODEL, **forecast):
    """A ForecastCase of what the settings `forecast` build, for windows of T steps."""
    config = Config(task="forecast", model=model, forecast=ForecastConfig(window=T, horizon=HORIZON, **forecast))
    forecaster = build_forecaster(config, RECURSIVE if config.forecast.mode == "recursive" else SIZE)
    store = forecaster.store()
    theta = stream(seed, f"gradcheck theta {cell} {name}").normal(0, 0.4, store.size)
    return forecast_case(cell, f"T={T}, {name}", forecaster, store.named(theta), T, seed)


def cell_forecasts(cell, seed):
    """One registered cell in a forecaster of either kind."""
    T, model = TIMES[-1], replace(MODEL, cell=cell)
    yield made_case(cell, "forecast", T, seed, replace(model, num_layers=2, residual=True, layer_norm=True))
    yield made_case(cell, "forecast by segments", T, seed, model, segment=2)


def shared_forecasts(seed):
    """Every likelihood, alone and in a forecaster, and every kind of forecaster."""
    for name, likelihood in LIKELIHOODS.items():
        rng, shape = stream(seed, f"gradcheck {name}"), (4 * N, SIZE[-1])
        scores = rng.normal(0, 2, (len(there(shape)), likelihood.outputs(SIZE[-1])))
        yield LikelihoodCase(name, "missing targets", likelihood, {"scores": scores}, counts(shape, rng), there(shape))
    for T in TIMES:
        for name in LIKELIHOODS:
            yield made_case(name, "forecast", T, seed, loss=name)
        for kind, settings in KINDS.items():
            fitting = settings | ({"highway": min(T, settings["highway"])} if "highway" in settings else {})
            yield made_case(kind, "forecast", T, seed, replace(MODEL, cell="gru", layer_norm=True), **fitting)


def saved_forecaster_case(loaded, seed):
    """The case of a saved forecaster, as `saved_model_case`; its windows are as short as its parts allow."""
    forecast, theta = loaded.config.forecast, loaded.store.named(loaded.theta.astype(np.float64))
    T = max(TIMES[-1], forecast.highway, 2 * forecast.segment + 1)
    return forecast_case(
        loaded.config.model.cell, f"T={T}, saved model", loaded.model, theta, T, seed, as_many_as_fit(loaded.theta.size)
    )
