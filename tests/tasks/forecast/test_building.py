"""What a configuration builds, and which ones it refuses."""

from dataclasses import replace

import numpy as np
import pytest
from forecasters import D, K, Q, configured

from rnncli.config import Config, ModelConfig
from rnncli.errors import ConfigError
from rnncli.nn.aligned import Aligned
from rnncli.nn.likelihoods import LIKELIHOODS
from rnncli.tasks.forecast.kind import SeriesConfig
from rnncli.tasks.forecast.model import Forecaster, LastOutput
from rnncli.tasks.forecast.recursive import RecursiveForecaster
from rnncli.tasks.forecast.segments import Segments
from rnncli.tasks.registry import build

SIZE = (D, Q, K)


def test_the_task_says_what_is_built_and_the_settings_of_which_kind():
    assert isinstance(build(Config(task="language", model=ModelConfig(hidden_size=4)), 9), Aligned)
    assert isinstance(build(configured(), SIZE), Forecaster)
    assert isinstance(build(configured(), SIZE).core, LastOutput)
    assert isinstance(build(configured(segment=3), SIZE).core, Segments)
    assert isinstance(build(configured(mode="recursive"), (D, D - K, K)), RecursiveForecaster)


@pytest.mark.parametrize("settings", [{}, {"segment": 3}, {"mode": "recursive"}], ids=str)
def test_a_forecaster_knows_its_sizes(settings):
    size = (D, D - K, K) if settings.get("mode") else SIZE
    model = build(configured(window=9, horizon=4, **settings), list(size))
    assert (model.L, model.h, model.D, model.Q, model.K) == (9, 4, *size)


@pytest.mark.parametrize("loss", list(LIKELIHOODS))
def test_every_loss_has_its_likelihood(loss):
    assert build(configured(loss=loss), SIZE).likelihood is LIKELIHOODS[loss]


def test_quantiles_are_those_of_the_configuration_in_order():
    likelihood = build(configured(loss="quantile", quantiles=(0.9, 0.05, 0.5)), SIZE).likelihood
    assert likelihood.levels == (0.05, 0.5, 0.9) and likelihood.places == 3


def test_layers_norms_and_dropout_are_those_of_the_configuration():
    model = build(configured(hidden_size=(8, 6), num_layers=2, layer_norm=True, dropout=0.1), SIZE)
    assert list(model.body.layers) == ["layer0", "norm0", "drop0", "layer1", "norm1", "drop1"]
    assert model.store().specs["layer1"][0].shape == (8, 24)
    segments = build(configured(segment=2, layer_norm=True, dropout=0.1), SIZE).core
    assert [list(stack.layers) for stack in (segments.body, segments.after)] == [["layer0"], ["norm0", "drop0"]]


def test_a_forecaster_starts_with_the_forget_bias_and_small_weights():
    model = build(configured(forget_bias=2.5, init="orthogonal"), SIZE)
    store = model.store()
    theta = np.zeros(store.size)
    store.initialise(theta, 1)
    layer = store.views(theta)["layer0"]
    assert set(np.unique(layer.b)) == {0, 2.5}
    assert np.allclose(layer.W_h[:, :6].T @ layer.W_h[:, :6], np.eye(6))


@pytest.mark.parametrize(
    "settings, found",
    [
        ({"segment": 2, "num_layers": 2}, r"forecast.segment: works with one layer; model.num_layers is 2"),
        ({"segment": 2, "hidden_size": (4, 4), "num_layers": 2}, "forecast.segment"),
        ({"highway": 8}, "forecast.highway: 8 steps; forecast.window is 7"),
        ({"mode": "recursive", "highway": 2}, "forecast.mode is recursive"),
        ({"mode": "recursive", "segment": 2}, "forecast.mode is recursive"),
        ({"cell": "lstmm"}, "unknown cell 'lstmm'"),
        ({"residual": True, "hidden_size": 8}, "model.residual"),
        ({"loss": "quantile", "quantiles": (0.8, 0.9)}, "quantile levels"),
        ({"cell": "rnn", "chrono_max": 9}, "model.chrono_max"),
    ],
    ids=str,
)
def test_settings_that_do_not_go_together_are_refused(settings, found):
    with pytest.raises(ConfigError, match=found) as error:
        build(configured(**settings), SIZE)
    assert error.value.hint


def test_a_recursive_model_reads_nothing_that_is_not_known_ahead():
    config = replace(configured(mode="recursive"), series=SeriesConfig(past_cols=("load",)))
    with pytest.raises(ConfigError, match="series.past_cols"):
        build(config, (D, D - K, K))
    assert SIZE[0] - SIZE[2] == build(configured(mode="recursive"), SIZE).Q
