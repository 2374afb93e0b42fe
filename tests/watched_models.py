"""Small Subjects for tests of the laboratory: one recurrent layer or more on noise, and models of every kind."""

from itertools import islice

import numpy as np

from rnncli.gradcheck.pair_models import pair_cases
from rnncli.gradcheck.text_models import text_cases
from rnncli.laboratory.subjects import Subject
from rnncli.nn.aligned import Aligned
from rnncli.nn.categorical import Categorical
from rnncli.nn.cell import Block, Cell, Vector, at_every_step
from rnncli.nn.cells import CELLS
from rnncli.nn.compose import Residual, Stack, WeightDrop
from rnncli.nn.dense import Dense
from rnncli.nn.likelihoods import LIKELIHOODS
from rnncli.nn.recurrent import Recurrent
from rnncli.tasks.forecast.checks import cases, shared_cases

D, V = 2, 5  # columns of the inputs, which are the targets too; symbols


class Reservoir(Cell):
    """A cell as a user may write it, with a peephole and three states, each of which reads the others:

    k_t = sigma(a^k_t),  a_t = tanh(a^a_t + p c_{t-1})
    h_t = a_t + c_{t-1} m_{t-1} / 2
    c_t = k_t c_{t-1} + (1 - k_t) h_{t-1}
    m_t = 0.9 m_{t-1} + k_t a_t
    """

    blocks = (Block("k", "logistic"), Block("a"))
    state = ("h", "c", "m")
    slopes = ("d",)
    vectors = (Vector("p", "a", "c_prev"),)

    @at_every_step
    def step(self, xp, s):
        xp.copyto(s.a, xp.tanh(s.a + s.p * s.c_prev))
        xp.copyto(s.h, s.a + 0.5 * s.c_prev * s.m_prev)
        xp.copyto(s.c, s.k * s.c_prev + (1 - s.k) * s.h_prev)
        xp.copyto(s.m, 0.9 * s.m_prev + s.k * s.a)

    @at_every_step
    def local_derivatives(self, xp, s, slope):
        a = s.h - 0.5 * s.c_prev * s.m_prev  # what a cell may read: the states after the step, too
        xp.copyto(slope.d, 1 - a * a)

    @at_every_step
    def step_backward(self, xp, s, slope, d, da):
        dh, dc, dm = d.h.copy(), d.c.copy(), d.m.copy()
        xp.copyto(da.a, (dh + dm * s.k) * slope.d)
        xp.copyto(da.k, (dc * (s.c_prev - s.h_prev) + dm * s.a) * s.k * (1 - s.k))
        xp.copyto(d.h, dc * (1 - s.k))
        xp.copyto(d.c, dc * s.k + 0.5 * dh * s.m_prev + da.a * s.p)
        xp.copyto(d.m, 0.9 * dm + 0.5 * dh * s.c_prev)


def cell_named(name):
    """A registered cell, or "user": one that is not."""
    return Reservoir() if name == "user" else CELLS[name]


EVERY_CELL = [*CELLS, "user"]


def on_noise(cell, T=6, N=3, H=3, layers=1, lengths=None, seed=0, spread=0.4, carries=True):
    """Vectors -> numbers at each step, the squared error. lengths: real steps of each row. carries: as in Aligned."""
    names = {f"layer{k}": Recurrent(cell_named(cell), H if k else D, H) for k in range(layers)}
    likelihood = LIKELIHOODS["mse"]
    head = Dense(H, likelihood.outputs(D))
    model = Aligned(Stack(names), head, likelihood=likelihood, D=D, carries=carries)
    rng = np.random.default_rng(seed)
    x, mask = rng.normal(size=(T + 1, N, D)), None if lengths is None else np.arange(T)[:, None] < np.array(lengths)
    batch = {"inputs": x[:-1], "targets": x[1:], "real": None, "mask": mask}
    return Subject("noise", model, rng.normal(0, spread, model.store().size), batch, (T,), N)


def on_symbols(cell, T=6, N=3, H=4, seed=0, spread=0.4, deep=False):
    """Symbols -> the next symbol. deep: two more layers, wrapped."""
    names = {"layer0": Recurrent(cell_named(cell), V, H, tokens=True)}
    if deep:
        names |= {"layer1": Residual(Recurrent(cell_named(cell), H, H))}
        names |= {"layer2": WeightDrop(Recurrent(cell_named(cell), H, H), 0.3)}
    model, rng = Aligned(Stack(names), Dense(H, V), likelihood=Categorical(V)), np.random.default_rng(seed)
    ids = rng.integers(0, V, (T + 1, N))
    batch = {"inputs": ids[:-1], "targets": ids[1:], "mask": None}
    return Subject("symbols", model, rng.normal(0, spread, model.store().size), batch, (T,), N)


def of_every_kind():
    """{name: Subject} of models of every task, in which cells take turns, dropout left out: those that `gradcheck`
    checks."""
    found = {}
    for k, cell in enumerate(("lstm", "gru-before", "rnn", "lstm-peephole", "gru")):
        made = [*islice(pair_cases(cell, k), k, None, 9), *islice(text_cases(cell, k), k, None, 9), *cases(cell, k)]
        for case in [*made, *(islice(shared_cases(k), 3) if k == 0 else ())]:
            found[f"{cell}: {case.name}"] = of_case(case)
    return found


def of_case(case):
    """The Subject of a gradcheck case of a whole model."""
    store, (size, N) = case.model.store(), case.size
    theta = np.concatenate([case.arrays[name].reshape(-1) for name in store.spans])
    return Subject(case.name, case.model, theta, vars(case.batch), size, N)


def sequence_of(subject, row, start, stop):
    """The steps start .. stop-1 of one row of `on_noise`, whose loss is that of the last of them."""
    batch = {name: subject.batch[name][start:stop, row : row + 1] for name in ("inputs", "targets")}
    real = np.zeros(batch["targets"].shape, bool)
    real[-1] = True
    return Subject("cut", subject.model, subject.theta, batch | {"real": real, "mask": None}, (stop - start,), 1)


def nothing(*_):
    """Progress that nobody watches."""
