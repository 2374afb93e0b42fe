"""Writing step by step, for several candidates of several sources, gives what a model gives for whole sequences."""

from types import SimpleNamespace

import numpy as np
import pytest
from laws import relative
from writing_models import CASES, EVERY, PADDED, ROUNDING, cut, lengths, make_plan, parameters

from rnncli.gradcheck.text_models import WRITTEN
from rnncli.nn.cells import CELLS
from rnncli.nn.memory import Memory


@pytest.fixture(params=list(CASES))
def case(request):
    return CASES[request.param]


@pytest.fixture(params=PADDED)
def padded(request):
    return CASES[request.param]


def write(case, K, symbols, batch=None, size=None, plan=None):
    """Scores (U, K, N, V) and weights (U, K, N, T) of candidates that are given `symbols` (U, K, N), step by step."""
    (*T, _), N = size or case.size
    plan = plan or case.model.writing_plan(T[0] if T else 1, N, K, Memory("f8", forward_only=True))
    case.model.load(parameters(case), plan)
    ids = np.zeros((1, K * N), np.intp)
    calls, scores, _ = case.model.stream(ids, case.model.read(batch or case.batch, plan), plan)
    found, weights = [], []
    for given in symbols:
        ids[...] = given.reshape(-1)
        for each in calls:
            each()
        found.append(scores.reshape(K, N, -1).copy())
        looked = case.model.attended(plan)
        weights.append(None if looked is None else looked.copy())
    return np.array(found), weights


@pytest.mark.parametrize("cell", list(CELLS))
def test_step_by_step_a_model_scores_as_it_does_at_once(cell):
    for case in EVERY[cell].values():
        plan = make_plan(case)
        at_once = case.model.forward(case.batch, plan).reshape(*case.batch.inputs.shape, -1)
        scores, weights = write(case, 1, case.batch.inputs[:, None])
        assert relative(scores[:, 0], at_once) < ROUNDING
        if case.model.attention:
            assert relative(np.array(weights)[:, 0].swapaxes(0, 1), plan.attention.alpha) < ROUNDING
        else:
            assert weights == [None] * len(scores)


def test_candidates_of_a_source_are_scored_as_each_of_them_alone(case):
    K, rng = 3, np.random.default_rng(0)
    symbols = rng.integers(0, WRITTEN, (4, K, case.size[1]))
    together, _ = write(case, K, symbols)
    for k in range(K):
        alone, _ = write(case, 1, symbols[:, k : k + 1])
        assert relative(together[:, k], alone[:, 0]) < ROUNDING


def test_a_source_alone_is_written_as_in_a_batch_and_its_weights_in_padding_are_zero(padded):
    symbols = np.random.default_rng(0).integers(0, WRITTEN, (4, 2, padded.size[1]))
    scores, weights = write(padded, 2, symbols)
    for row in range(padded.size[1]):
        batch, size = cut(padded, slice(row, row + 1), lengths(padded, row))
        alone, _ = write(padded, 2, symbols[:, :, row : row + 1], batch, size)
        assert relative(scores[:, :, row], alone[:, :, 0]) < ROUNDING
        if padded.model.attention:
            own = np.array(weights)[:, :, row]
            assert np.allclose(own.sum(axis=-1), 1) and not own[..., size[0][0] :].any()


def test_the_state_may_be_reordered_between_rounds(case):
    model, N, K = case.model, case.size[1], 3
    (*T, _), rng = case.size[0], np.random.default_rng(0)
    before, after, origin = rng.integers(0, WRITTEN, (2, K, N)), rng.integers(0, WRITTEN, (K, N)), np.array([2, 0, 2])
    plan = model.writing_plan(T[0] if T else 1, N, K, Memory("f8", forward_only=True))
    model.load(parameters(case), plan)
    ids = np.zeros((1, K * N), np.intp)
    calls, scores, state = model.stream(ids, model.read(case.batch, plan), plan)
    for given in before:
        ids[...] = given.reshape(-1)
        for each in calls:
            each()
    for layer in state:
        for array in layer:
            array[...] = array.reshape(K, N, -1)[origin].reshape(K * N, -1)
    ids[...] = after.reshape(-1)
    for each in calls:
        each()
    expected, _ = write(case, K, np.concatenate([before[:, origin], after[None]]))
    assert relative(scores.reshape(K, N, -1), expected[-1]) < ROUNDING


def test_a_plan_writes_for_one_source_after_another(case):
    (*T, _), N = case.size
    plan = case.model.writing_plan(*(T or [1]), N, 2, Memory("f8", forward_only=True))
    symbols = np.random.default_rng(0).integers(0, WRITTEN, (3, 2, N))
    first, _ = write(case, 2, symbols, plan=plan)
    other = SimpleNamespace(
        **{name: None if array is None else array[..., ::-1] for name, array in vars(case.batch).items()}
    )
    if not T:
        other.features = -case.batch.features
    write(case, 2, symbols, other, plan=plan)
    again, _ = write(case, 2, symbols, plan=plan)
    assert np.array_equal(first, again)
