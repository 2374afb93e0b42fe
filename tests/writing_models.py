"""What the tests of models that write a sequence share: the models, batches and a call forward and backward."""

from types import SimpleNamespace

import numpy as np

from rnncli.gradcheck.text_models import text_cases
from rnncli.nn.cells import CELLS
from rnncli.nn.memory import Memory

ROUNDING = 1e-11  # float64, sums of some thousand terms of both signs
EVERY = {cell: {case.name: case for case in text_cases(cell, 1)} for cell in CELLS}
CASES = EVERY["gru"] | {
    f"lstm {name}": case for name, case in EVERY["lstm"].items() if "two layers" in name and "unequal" in name
}
PADDED = [name for name in CASES if not name.endswith("full")]


def make_plan(case, size=None, memory=None, noise=None):
    plan = case.model.plan(*(size or case.size), memory or Memory("f8"))
    if noise:
        case.model.draw(noise, plan)
    case.model.load(parameters(case), plan)
    return plan


def parameters(case):
    store = case.model.store()
    return store.views(np.concatenate([case.arrays[name].reshape(-1) for name in store.spans]))


def call(case, batch=None, plan=None, g=None, noise=None, size=None):
    """(loss, gradient vector, scores (U, N, V)) of one call."""
    model, batch, store, size = case.model, batch or case.batch, case.model.store(), size or case.size
    plan = plan or make_plan(case, size, noise=noise)
    g = np.zeros(store.size) if g is None else g
    scores = model.forward(batch, plan).reshape(size[0][-1], size[1], -1).copy()
    loss, sT = model.loss(batch, (), plan)
    assert sT == () and model.backward(store.views(g), plan.scores, (), plan) == ()
    return loss, g, scores


def cut(case, rows, lengths=None):
    """(the batch of some rows, and of the first steps of source and target; its size)."""
    size, N = case.size
    lengths = dict(zip(case.model.lengths, lengths or size))
    arrays = {}
    for name, part in case.model.batch(size, N).items():
        array = getattr(case.batch, name)
        steps = slice(lengths[part.length]) if part.length else slice(None)
        arrays[name] = None if array is None else array[steps, rows]
    return SimpleNamespace(**arrays), (tuple(lengths.values()), len(range(N)[rows]))


def lengths(case, row):
    """The real steps of a row, in the form of a size; of filler, those of the batch."""
    masks = [getattr(case.batch, name, None) for name in ("source_mask", "mask")][-len(case.size[0]) :]
    return tuple(
        steps if mask is None else int(mask[:, row].sum()) or steps for mask, steps in zip(masks, case.size[0])
    )
