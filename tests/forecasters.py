"""What the tests of forecasters share: a model of a configuration with everything that it is called with."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnncli.config import Config, ModelConfig
from rnncli.nn.memory import Memory
from rnncli.nn.parameters import ParamStore
from rnncli.random_streams import Noise
from rnncli.tasks.forecast.kind import ForecastConfig
from rnncli.tasks.registry import build

T, N, AHEAD, D, Q, K = 7, 4, 5, 6, 2, 2


def configured(**settings):
    """A Config of a forecast: settings of `forecast` and `model`, small where nothing is said."""
    settings = {"window": T, "horizon": AHEAD, "hidden_size": 6} | settings
    forecast = {name: settings.pop(name) for name in list(settings) if name in ForecastConfig.__dataclass_fields__}
    return Config(task="forecast", forecast=ForecastConfig(**forecast), model=ModelConfig(**settings))


@dataclass
class Problem:
    """A forecaster with random parameters, a batch in which targets are missing and states that are not zero."""

    model: Any
    store: ParamStore
    theta: np.ndarray
    batch: SimpleNamespace
    ahead: np.ndarray  # (AHEAD, N, Q), in the batch too where the model trains with it
    s0: tuple

    def plan(self, dtype="f8", noise=None, size=None, **options):
        """(plan full of NaN, its memory) for `size` (T, N), of the whole batch where it is not given."""
        memory = Memory(dtype, **options)
        T, N = size or self.batch.inputs.shape[:2]
        plan = self.model.plan((T,), N, memory)
        for array in memory.arrays:
            array.fill(np.nan)
        if noise:
            self.model.draw(noise, plan)
        return plan, memory

    def call(self, plan=None, batch=None, s0=None, g=None, theta=None):
        """(loss, gradient, last states flattened) of one `loss_and_grad`."""
        theta = self.theta if theta is None else theta
        g, plan = np.zeros_like(theta) if g is None else g, plan or self.plan(noise=Noise(8))[0]
        loss, sT = self.model.loss_and_grad(
            self.store.views(theta), self.store.views(g), batch or self.batch, s0 or self.s0, plan
        )
        return loss, g, np.concatenate([s.reshape(-1) for layer in sT for s in layer])

    def predict(self, plan=None, **arrays):
        """Scores (AHEAD, N, outputs) of the batch, or of other arrays."""
        plan = plan or self.plan()[0]
        self.model.load(self.store.views(self.theta), plan)
        given = {"inputs": self.batch.inputs, "ahead": self.ahead, "s0": self.s0} | arrays
        return self.model.predict(given["inputs"], given["ahead"], given["s0"], plan)


def make_problem(seed=0, N=N, size=None, **settings):
    rng, config = np.random.default_rng(seed), configured(**settings)
    size = size or ((D, D - K, K) if config.forecast.mode == "recursive" else (D, Q, K))
    model = build(config, size)
    store = model.store()
    parts = {name: part(name, shape, rng) for name, (shape, *_) in model.batch((config.forecast.window,), N).items()}
    ahead = parts.get("ahead", rng.normal(size=(config.forecast.horizon, N, size[1])))
    s0 = tuple(tuple(rng.normal(size=s.shape) for s in layer) for layer in model.initial_state(N, Memory("f8")))
    return Problem(model, store, rng.normal(0, 0.4, store.size), SimpleNamespace(**parts), ahead, s0)


def part(name, shape, rng):
    """A random array of a batch; a third of the targets is missing."""
    if "real" in name:
        return rng.random(shape) < 0.67
    return rng.poisson(3, shape).astype(float) if name in ("targets", "following") else rng.normal(size=shape)
