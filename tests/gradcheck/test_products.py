"""Random inner products see one wrong entry among a million, name it, and raise no false alarm."""

from dataclasses import replace

import numpy as np
import pytest
from gradient_cases import FunctionCase, make_saved

from rnncli.gradcheck.check import check, select_cases
from rnncli.gradcheck.derivatives import Differentiator
from rnncli.gradcheck.inspector import TOLERANCES
from rnncli.gradcheck.models import ModelCase
from rnncli.gradcheck.probes import DIRECTIONS, Products, along, direction
from rnncli.gradcheck.report import WRONG, failure
from rnncli.random_streams import stream

SEED, TRIALS = 1, 100
SMALL = {"cell": "lstm", "hidden_size": (40, 40), "num_layers": 2, "embedding_size": 24, "dropout": 0.2}
MILLION = {"cell": "lstm", "hidden_size": (300, 300), "num_layers": 2, "embedding_size": 64}


def saved_case(settings):
    (case,) = select_cases(loaded=make_saved(**settings), seed=SEED)
    return case


@pytest.fixture(scope="module")
def small():
    """The case of a stored model of 25,000 parameters."""
    return saved_case(SMALL)


class Spoilt(ModelCase):
    """A ModelCase with a backward pass that is wrong in some places, {parameter: {flat position: factor}}."""

    faults = {}

    def gradient(self):
        g = super().gradient()
        for name, factors in self.faults.items():
            for k, factor in factors.items():
                g[name].flat[k] *= factor
        return g


def spoilt(case, **faults):
    """The case with `faults`, the dots of a parameter's name written as __."""
    found = Spoilt(**{name: getattr(case, name) for name in ModelCase.__dataclass_fields__})
    object.__setattr__(found, "faults", {name.replace("__", "."): factors for name, factors in faults.items()})
    return found


# The direction


def test_no_entry_has_a_weight_near_zero_and_half_of_the_signs_are_negative():
    v = direction((300, 40), np.random.default_rng(SEED))
    assert np.abs(v).min() >= 1 and np.abs(v).max() <= 2 and abs((v < 0).mean() - 0.5) < 0.02
    assert len(np.unique(np.abs(v))) == v.size


def test_two_wrong_entries_that_have_changed_places_do_not_cancel():
    """With weights of 1 and -1 alone they would, every other time."""
    for seed in range(TRIALS):
        rng = np.random.default_rng(seed)
        right = rng.normal(size=50)
        swapped = right.copy()
        swapped[[3, 8]] = right[[8, 3]]
        products = Products(("w",), {"w": swapped}, rng)
        numeric = np.array([along({"w": right}, probe) for probe in products])
        assert products.distance(products.analytic, numeric) > 1e-6  # allowed: 1e-10


def test_an_error_is_counted_against_the_norm_of_the_terms_and_not_against_a_sum_that_is_zero_by_chance():
    products = Products(("w",), {"w": np.array([3.0, 4.0])}, np.random.default_rng(SEED))
    products.norms, products.analytic = np.full(DIRECTIONS, 5.0), np.array([1e-9, 2.0])
    assert products.distance(products.analytic, np.array([2e-9, 2.0])) == pytest.approx(1e-9 / 5)
    assert products.distance(products.analytic, np.array([1e-9, 20.0])) == pytest.approx(18 / 20)


# Which arrays


def test_arrays_up_to_a_size_are_checked_entry_by_entry_and_larger_ones_by_products(small):
    for case in (replace(small, one_by_one=160), replace(small, one_by_one=159)):
        for found in check(case, seed=SEED):
            size = case.arrays[found.parameter].size if found.parameter in case.arrays else np.inf
            by_entries = size <= case.one_by_one
            assert (found.method, found.numbers) == (("complex", size) if by_entries else ("products", DIRECTIONS))
    assert {array.size for array in small.arrays.values()} > {160}


def test_the_method_products_takes_no_array_entry_by_entry(small):
    checks = list(check(small, "products", seed=SEED))
    assert failure(checks) is None and {found.method for found in checks} == {"products"}
    assert {found.numbers for found in checks} == {DIRECTIONS}


def test_the_larger_a_stored_model_the_smaller_the_arrays_that_are_checked_entry_by_entry():
    sizes = [saved_case({"cell": "gru", "hidden_size": H}).one_by_one for H in (8, 160, 600)]
    assert sizes[0] == 256 > sizes[1] > sizes[2] > 0


# Faults


def caught(case, name, trials):
    """[of 1 % of an entry, of the usual size of an entry in any place]: how many of the trials show each fault in one
    array; and the errors without any fault."""
    g, numbers, found, clean = case.gradient()[name], Differentiator(case), np.zeros(2, int), []
    nonzero, usual = np.flatnonzero(g), np.sqrt(np.square(g[g != 0]).mean())
    for trial in range(trials):
        rng = stream(trial, f"catching {name}")
        products = Products((name,), {name: g}, rng)
        numeric = numbers.complex_step(products).values
        clean.append(products.distance(products.analytic, numeric))
        one, any_place = rng.choice(nonzero), rng.integers(g.size)
        for kind, (k, fault) in enumerate(((one, 0.01 * g.flat[one]), (any_place, usual))):
            off = np.array([fault * probe[name].flat[k] for probe in products])
            found[kind] += products.distance(products.analytic + off, numeric) > TOLERANCES["products"]
    return found, clean


def test_one_wrong_entry_is_caught_in_every_trial_and_none_of_them_is_a_false_alarm(small):
    for name in small.arrays:
        found, clean = caught(small, name, 20)
        assert (found == 20).all() and max(clean) < 1e-13, name


@pytest.mark.slow
def test_among_a_million_parameters_one_wrong_entry_is_caught_in_99_of_100_trials_of_every_array():
    case = saved_case(MILLION)
    assert sum(array.size for name, array in case.arrays.items() if not name.startswith("s0.")) > 1_000_000
    assert sum(found.numbers for found in check(case, seed=SEED)) < 100  # forward passes, a few for each array
    for name in case.arrays:
        found, clean = caught(case, name, TRIALS)
        assert (found >= 99).all() and max(clean) < 1e-13, name


@pytest.mark.parametrize("name", ["embedding.E", "layer0.W_x", "layer1.W_h", "head.W", "s0.layer0.c"])
def test_the_wrong_entry_is_named_with_both_values_and_its_block(small, name):
    g = small.gradient()[name]
    k = int(np.flatnonzero(g)[7 * np.count_nonzero(g) // 11])
    checks = list(check(spoilt(small, **{name.replace(".", "__"): {k: 1.01}}), "products", seed=SEED))
    (found,) = [each for each in checks if not each.passed and each.parameter == name]
    (entry,) = found.worst
    assert found.verdict == WRONG and entry.index == tuple(map(int, np.unravel_index(k, g.shape)))
    assert entry.analytic == pytest.approx(1.01 * g.flat[k]) and entry.numeric == pytest.approx(g.flat[k], rel=1e-9)
    blocks = {"layer0.W_x": "oifg", "layer1.W_h": "oifg"}.get(name)
    assert entry.block == (blocks[entry.index[1] // 40] if blocks else None)


def test_several_wrong_entries_are_found_the_worst_first(small):
    g = small.gradient()["layer0.W_h"]
    one, two, three = np.argsort(-np.abs(g), axis=None)[[0, 50, 100]].tolist()
    faults = {one: 1.5, two: 1.01, three: 1 + 1e-5}
    (found,) = [each for each in check(spoilt(small, layer0__W_h=faults), seed=SEED) if each.worst and not each.passed]
    assert [entry.index for entry in found.worst] == [tuple(np.unravel_index(k, g.shape)) for k in faults]


def test_every_array_that_is_wrong_names_at_least_one_entry_however_large_the_model(small, monkeypatch):
    monkeypatch.setattr("rnncli.gradcheck.inspector.LOCATING", 0)
    faults = {name.replace(".", "__"): {k: 2.0 for k in range(array.size)} for name, array in small.arrays.items()}
    checks = list(check(spoilt(small, **faults), "products", seed=SEED))
    assert not any(found.passed for found in checks)
    assert [len(found.worst) for found in checks] == [1] * len(small.arrays) + [0]


def test_a_gradient_that_was_forgotten_is_seen_although_its_norm_is_zero():
    case = FunctionCase(lambda arrays: (arrays["w"] ** 2).sum(), {"w": np.zeros(50)}, {"w": np.arange(1.0, 51.0)}, 10)
    (found,) = check(case, seed=SEED)
    assert (found.method, found.verdict, found.error) == ("products", WRONG, 1.0) and len(found.worst) == 3
