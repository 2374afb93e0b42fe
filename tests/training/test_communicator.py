"""A step on any batch a model describes: arrays of every name, shape and size, alone or shared by several shards."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from rnncli.config import load_config
from rnncli.nn.initialisers import ONES
from rnncli.nn.memory import Memory
from rnncli.nn.model import Model, Part
from rnncli.nn.parameters import ParamSpec, ParamStore
from rnncli.training.communicator import Alone, carry_out
from rnncli.training.shard import DTYPE, Layout, Shard

N, SIZES = 5, ((2, 4), (3, 1), (6, 2))


@dataclass(frozen=True)
class Weighted(Model):
    """L = w0 sum(source) + w1 sum(target) + w2 sum(label), masked sums. A source and a target of their own lengths, a
    mask for each, one label a row, and names that the machine uses too."""

    lengths = ("T", "U")

    def store(self):
        return ParamStore({"layer": (ParamSpec("w", (3,), ONES),)})

    def batch(self, size, N):
        T, U = size
        return {
            "theta": Part((T, N), "f4"),
            "order": Part((T, N), "?"),
            "loss": Part((U, N), "f4", length="U"),
            "turns": Part((U, N), "?", length="U"),
            "norm": Part((N,), "i8", rows=0, length=None),
        }

    def initial_state(self, N, memory):
        return ()

    def plan(self, size, N, memory):
        return SimpleNamespace(size=size, N=N, p=None, scores=None)

    def draw(self, noise, plan):
        pass

    def load(self, p, plan):
        plan.p = p

    def loss(self, batch, s0, plan):
        assert batch.theta.shape == (plan.size[0], plan.N) and batch.loss.shape == (plan.size[1], plan.N)
        source = batch.theta if batch.order is None else batch.theta[batch.order]
        target = batch.loss if batch.turns is None else batch.loss[batch.turns]
        plan.scores = np.array([source.sum(), target.sum(), batch.norm.sum()])
        return plan.p["layer"].w @ plan.scores, ()

    def backward(self, g, dscores, dsT, plan):
        g["layer"].w += dscores
        return ()


def batch_of(size, masked, seed=0):
    """A batch of whole numbers, which sum up exactly; masked: names of the masks it has."""
    rng, (T, U) = np.random.default_rng(seed), size
    arrays = {
        "theta": rng.integers(-9, 9, (T, N)),
        "order": rng.random((T, N)) < 0.5 if "order" in masked else None,
        "loss": rng.integers(-9, 9, (U, N)),
        "turns": rng.random((U, N)) < 0.5 if "turns" in masked else None,
        "norm": rng.integers(-9, 9, N),
    }
    return SimpleNamespace(size=size, arrays=arrays, fresh=np.zeros(N, bool), count=N)


def sums(batch):
    """What the gradient of a batch is, from the batch itself."""
    a = batch.arrays
    source, target = (
        a[name][... if a[mask] is None else a[mask]] for name, mask in (("theta", "order"), ("loss", "turns"))
    )
    return np.array([source.sum(), target.sum(), a["norm"].sum()], float)


CONFIG = load_config(overrides={"task": "language", "seed": 1, "optim.optimizer": "sgd", "data.files": ["-"]})
BATCHES = [(size, masked) for size in SIZES for masked in ((), ("order",), ("turns",), ("order", "turns"))]


def alone():
    model = Weighted()
    team = Alone(Layout(CONFIG, model, SIZES, N, 1), CONFIG, model, Memory(DTYPE))
    team.theta[...] = (1, 2, 3)
    return team


def test_arrays_of_a_batch_may_have_the_names_that_the_machine_uses():
    team = alone()
    for seed, (size, masked) in enumerate(BATCHES):
        batch = batch_of(size, masked, seed)
        team.gradient(batch, seed + 1)
        team.reduce()
        assert np.array_equal(team.summed, sums(batch)) and team.loss == team.theta @ sums(batch)
        assert team.norm == pytest.approx(np.linalg.norm(sums(batch))) and team.theta.tolist() == [1, 2, 3]


def test_a_batch_that_is_shorter_along_one_length_leaves_nothing_of_the_longer_one_behind():
    team, last = alone(), batch_of(SIZES[0], ())
    for size in (SIZES[2], SIZES[0]):
        team.gradient(batch_of(size, ()), 1)
    assert team.loss == team.theta @ sums(last)


def test_the_step_taken_is_what_was_subtracted():
    team, batch = alone(), batch_of(SIZES[0], ())
    team.gradient(batch, 1)
    team.reduce()
    team.update(1, 0.5, 0.25)
    assert np.array_equal(team.taken, 0.5 * 0.25 * sums(batch)) and np.array_equal(team.theta, [1, 2, 3] - team.taken)


@pytest.mark.parametrize("count", [2, 3])
def test_shards_cut_every_array_along_its_rows_and_sum_to_the_whole(count):
    model = Weighted()
    layout = Layout(CONFIG, model, SIZES, N, count)
    views = layout.views(np.zeros(layout.nbytes, "u1"))
    shards = [Shard(k, CONFIG, model, layout, views, Memory(DTYPE)) for k in range(count)]
    views["theta"][...] = (1, 2, 3)
    for seed, (size, masked) in enumerate(BATCHES):
        batch, lacking = batch_of(size, masked, seed), 0
        for bit, (name, whole) in enumerate(layout.batch(views, size).items()):
            if batch.arrays[name] is None:
                lacking |= 1 << bit
                whole.fill(False)  # what the batch lacks must not be read
            else:
                whole[...] = batch.arrays[name]
        for phase, order in ((b"g", (SIZES.index(size), lacking, 1)), (b"r", ())):
            for shard in shards:
                carry_out(shard, phase, np.array(order, float))
        assert np.array_equal(views["summed"], sums(batch)) and views["loss"].sum() == views["theta"] @ sums(batch)


def test_there_is_one_plan_for_each_size_and_it_is_made_at_once():
    team = alone()
    assert set(team.shard.plans) == set(SIZES) and all(plan.size == size for size, plan in team.shard.plans.items())
