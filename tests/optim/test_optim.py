"""Optimizers equal their published formulas, written here once more for one number at a time."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from rnncli.config import OptimConfig
from rnncli.errors import ConfigError
from rnncli.optim import optimizer as module
from rnncli.optim.optimizer import UPDATE_RULES, Optimizer, build_optimizer, clip_factor, default_rate, global_norm
from rnncli.optim.transforms import Adagrad, Adam, ClipValue, Momentum, RMSProp, WeightAverage, WeightDecay

STEPS, SIZE = 6, 11
WEIGHTS = (slice(2, 5), slice(7, 10))  # the other elements are biases


# Nothing at its default, so that no field can be mistaken for another.
Config = partial(OptimConfig, momentum=0.8, beta1=0.7, beta2=0.95, rho=0.85, epsilon=1e-3)


def problem(size=SIZE, dtype=np.float64, seed=1):
    """theta (size,) and the gradients (STEPS, size) that it meets."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(size).astype(dtype), rng.standard_normal((STEPS, size)).astype(dtype)


def run(optimizer, theta, gradients, rate=0.05):
    """theta after all steps."""
    theta = theta.copy()
    for step, g in enumerate(gradients, 1):
        optimizer.update(theta, g.copy(), step, rate)
    return theta


def sgd(g, state, t):
    return g


def momentum(g, state, t):
    state["v"] = 0.8 * state.get("v", 0.0) + g
    return state["v"]


def nesterov(g, state, t):
    return g + 0.8 * momentum(g, state, t)


def adagrad(g, state, t):
    state["s"] = state.get("s", 0.0) + g * g
    return g / (math.sqrt(state["s"]) + 1e-3)


def rmsprop(g, state, t):
    state["s"] = 0.85 * state.get("s", 0.0) + 0.15 * g * g
    return g / (math.sqrt(state["s"]) + 1e-3)


def adam(g, state, t):
    state["m"] = 0.7 * state.get("m", 0.0) + 0.3 * g
    state["v"] = 0.95 * state.get("v", 0.0) + 0.05 * g * g
    return state["m"] / (1 - 0.7**t) / (math.sqrt(state["v"] / (1 - 0.95**t)) + 1e-3)


REFERENCE = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adam,
}


def expected(name, theta, gradients, rate=0.05, decay=0.0, limit=math.inf):
    """The textbook, a number at a time; adamw decays decoupled, the others by an L2 penalty, biases never."""
    result = []
    for k in range(len(theta)):
        x, state = float(theta[k]), {}
        own = decay if any(span.start <= k < span.stop for span in WEIGHTS) else 0.0
        for t, g in enumerate(gradients[:, k].tolist(), 1):
            g = min(max(g, -limit), limit)
            if name == "adamw":
                x = x * (1 - rate * own) - rate * REFERENCE[name](g, state, t)
            else:
                x = x - rate * REFERENCE[name](g + own * x, state, t)
        result.append(x)
    return result


@pytest.mark.parametrize("name", sorted(UPDATE_RULES))
@pytest.mark.parametrize("decay, limit", [(0.0, 0.0), (0.3, 0.0), (0.3, 0.5)])
def test_an_optimizer_equals_its_formula_a_number_at_a_time(name, decay, limit):
    theta, gradients = problem()
    config = Config(name, weight_decay=decay, clip_value=limit)
    got = run(build_optimizer(config, SIZE, np.float64, WEIGHTS), theta, gradients)
    wanted = expected(name, theta, gradients, decay=decay, limit=limit or math.inf)
    np.testing.assert_allclose(got, wanted, rtol=1e-13, atol=1e-15)  # float64 rounding of a few operations


@pytest.mark.parametrize("name", sorted(UPDATE_RULES))
@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_an_optimizer_equals_that_of_torch(name, decay):
    torch = pytest.importorskip("torch")
    theta, gradients = problem()
    x = torch.nn.Parameter(torch.tensor(theta))
    own = dict(params=[x], lr=0.05, weight_decay=decay)
    theirs = {
        "sgd": lambda: torch.optim.SGD(**own),
        "momentum": lambda: torch.optim.SGD(momentum=0.8, **own),
        "nesterov": lambda: torch.optim.SGD(momentum=0.8, nesterov=True, **own),
        "adagrad": lambda: torch.optim.Adagrad(eps=1e-3, **own),
        "rmsprop": lambda: torch.optim.RMSprop(alpha=0.85, eps=1e-3, **own),
        "adam": lambda: torch.optim.Adam(betas=(0.7, 0.95), eps=1e-3, **own),
        "adamw": lambda: torch.optim.AdamW(betas=(0.7, 0.95), eps=1e-3, **own),
    }[name]()
    for g in gradients:
        x.grad = torch.tensor(g)
        theirs.step()
    ours = run(build_optimizer(Config(name, weight_decay=decay), SIZE, np.float64, (slice(0, SIZE),)), theta, gradients)
    np.testing.assert_allclose(ours, x.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize("name", sorted(UPDATE_RULES))
def test_float32_stays_near_float64(name):
    theta, gradients = problem(dtype=np.float32)
    single = run(build_optimizer(Config(name), SIZE, np.float32), theta, gradients)
    double = run(build_optimizer(Config(name), SIZE, np.float64), theta.astype(float), gradients.astype(float))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, double, rtol=3e-6, atol=1e-6)  # a few units of 6e-8 at theta of about 1


@pytest.mark.parametrize("name", sorted(UPDATE_RULES))
def test_parts_updated_in_any_order_give_the_bytes_of_the_whole(name, monkeypatch):
    size = 1000
    theta, gradients = problem(size, np.float32)
    config = Config(name, weight_decay=0.1, clip_value=0.7, average=0.9)
    spans = (slice(100, 417), slice(600, 1000))
    whole = build_optimizer(config, size, np.float32, spans)
    wanted = run(whole, theta, gradients)
    monkeypatch.setattr(module, "BLOCK", 64)
    parts = build_optimizer(config, size, np.float32, spans)
    for step, g in enumerate(gradients, 1):
        for start, stop in [(333, 1000), (0, 128), (128, 333)]:
            parts.update(theta, g, step, 0.05, start, stop)
    assert theta.tobytes() == wanted.tobytes()
    assert all(parts.slots[key].tobytes() == vector.tobytes() for key, vector in whole.slots.items())


def test_the_gradient_vector_leaves_as_the_step_taken():
    theta, gradients = problem()
    before, g = theta.copy(), gradients[0].copy()
    build_optimizer(Config("adamw", weight_decay=0.1), SIZE, np.float64, WEIGHTS).update(theta, g, 1, 0.05)
    np.testing.assert_allclose(before - theta, g, rtol=1e-13, atol=1e-16)


def test_a_part_leaves_the_rest_alone():
    theta, gradients = problem()
    before, g = theta.copy(), gradients[0].copy()
    optimizer = build_optimizer(Config(average=0.9), SIZE, np.float64)
    optimizer.update(theta, g, 1, 0.05, start=3, stop=6)
    outside = np.r_[0:3, 6:SIZE]
    assert np.array_equal(theta[outside], before[outside]) and np.array_equal(g[outside], gradients[0][outside])
    assert not any(vector[outside].any() for vector in optimizer.slots.values())
    assert (theta[3:6] != before[3:6]).all()


@pytest.mark.parametrize("name", sorted(UPDATE_RULES))
def test_slots_put_back_into_a_new_optimizer_go_on_exactly(name):
    config = Config(name, average=0.9)
    theta, gradients = problem()
    unbroken = run(build_optimizer(config, SIZE, np.float64), theta, gradients)
    first, second = (build_optimizer(config, SIZE, np.float64) for _ in range(2))
    halfway = run(first, theta, gradients[:3])
    for key, vector in first.slots.items():
        second.slots[key][...] = vector
    for step, g in enumerate(gradients[3:], 4):
        second.update(halfway, g, step, 0.05)
    assert halfway.tobytes() == unbroken.tobytes()


def test_the_average_of_the_weights_is_without_bias_and_never_counts_the_first():
    decay = 0.9
    theta, gradients = problem()
    optimizer = build_optimizer(Config("sgd", average=decay), SIZE, np.float64)
    path = []
    for step, g in enumerate(gradients, 1):
        optimizer.update(theta, g.copy(), step, 0.05)
        path.append(theta.copy())
        shares = decay ** np.arange(step - 1, -1, -1.0)
        np.testing.assert_allclose(optimizer.slots["average"], shares @ path / shares.sum(), rtol=1e-13)
    assert optimizer.average == WeightAverage(decay)


def test_the_slots_are_named_after_what_they_hold():
    slots = {name: set(build_optimizer(Config(name), SIZE, np.float32).slots) for name in UPDATE_RULES}
    assert slots == {
        "sgd": set(),
        "momentum": {"velocity"},
        "nesterov": {"velocity"},
        "adagrad": {"squares"},
        "rmsprop": {"squares"},
        "adam": {"m", "v"},
        "adamw": {"m", "v"},
    }
    assert set(build_optimizer(Config("sgd", average=0.9), SIZE, np.float32).slots) == {"average"}
    with pytest.raises(ValueError, match="share a slot name: squares, squares"):
        Optimizer([Adagrad(1e-8), RMSProp(0.9, 1e-8)], SIZE, np.float32)


def test_slots_come_from_the_given_allocator():
    made = []
    build_optimizer(Config(average=0.9), SIZE, np.float32, allocate=lambda *a: made.append(a) or np.zeros(*a))
    assert made == [(SIZE, np.float32)] * 3


def test_a_chain_runs_in_the_order_given():
    theta, gradients = problem()
    outer = run(Optimizer([Momentum(0.8), ClipValue(0.5)], SIZE, np.float64), theta, gradients)
    inner = run(Optimizer([ClipValue(0.5), Momentum(0.8)], SIZE, np.float64), theta, gradients)
    assert np.abs(outer - theta).max() <= STEPS * 0.05 * 0.5 + 1e-12 < np.abs(inner - theta).max()


def test_only_adamw_decays_after_its_core():
    def kinds(name):
        config = Config(name, weight_decay=0.1, clip_value=1.0)
        return [type(part) for part in build_optimizer(config, SIZE, np.float32).transforms]

    assert kinds("adam") == [ClipValue, WeightDecay, Adam]
    assert kinds("adamw") == [ClipValue, Adam, WeightDecay]


def test_the_global_norm_is_summed_in_float64():
    g = np.random.default_rng(3).standard_normal(300_001).astype(np.float32)
    exact = math.sqrt(math.fsum(x * x for x in g.tolist()))
    assert global_norm(g) == pytest.approx(exact, rel=1e-6)
    ones = np.ones(20_000_001, np.float32)  # a running float32 sum stops at 2^24 = 16,777,216
    assert global_norm(ones) == pytest.approx(math.sqrt(20_000_001), rel=1e-12)
    assert global_norm(np.arange(6.0).reshape(2, 3)) == pytest.approx(math.sqrt(55))
    assert global_norm(np.zeros(0, np.float32)) == 0


@pytest.mark.filterwarnings("error")
def test_the_global_norm_is_finite_exactly_where_the_gradient_is():
    g = np.full(100_000, 1e30, np.float32)
    assert global_norm(g) == pytest.approx(1e30 * math.sqrt(100_000), rel=1e-6)
    g[99_999] = np.inf
    assert global_norm(g) == math.inf
    g[7] = np.nan
    assert math.isnan(global_norm(g))


def test_clipping_brings_the_norm_to_the_limit_and_leaves_small_gradients():
    g = np.array([3.0, 4.0])
    assert global_norm(g * clip_factor(global_norm(g), 2.0)) == pytest.approx(2.0, rel=1e-6)
    assert clip_factor(1.9, 2.0) == 1.0
    assert clip_factor(1e9, 0.0) == 1.0  # 0 turns it off
    assert clip_factor(0.0, 2.0) == 1.0


def test_a_given_rate_goes_before_the_optimizers_own():
    assert default_rate(Config(lr=0.25)) == 0.25
    for name, rule in UPDATE_RULES.items():
        assert default_rate(Config(name)) == rule.rate > 0


def test_an_unknown_optimizer_is_named_with_the_known_ones():
    config = replace(Config(), optimizer="adm")
    for call in (lambda: build_optimizer(config, SIZE, np.float32), lambda: default_rate(config)):
        with pytest.raises(ConfigError, match="unknown optimizer 'adm'; known: sgd, momentum, ") as error:
            call()
        assert error.value.hint == "did you mean 'adam'?"
