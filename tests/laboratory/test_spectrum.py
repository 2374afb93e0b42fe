"""Spectra: closed forms of linear networks, bounds of simple ones, and what is said of the others."""

from math import inf, log, log10, nan

import numpy as np
import pytest
from watched_models import nothing, of_every_kind, on_noise, on_symbols

from rnncli.config import ModelConfig
from rnncli.laboratory.spectrum.finding import meaning, power, spectrum
from rnncli.laboratory.spectrum.jacobians import StepJacobians
from rnncli.laboratory.spectrum.step_spectra import (
    Extent,
    LayerSpectra,
    Spectrum,
    averaged,
    spectra_of,
    spread,
    typical,
)
from rnncli.laboratory.subjects import noise_subject
from rnncli.laboratory.watching import watch

SUBJECTS = of_every_kind()
SIMPLE = {"rnn": 1, "rnn-logistic": 0.25, "rnn-relu": 1, "rnn-identity": 1}


def spectra(subject):
    return [spectra_of(subject.label, layer, nothing) for layer in watch(subject).layers.values()]


def set_W_h(subject, values):
    subject.model.store().named(subject.theta)["layer0.W_h"][...] = values


def test_in_a_linear_network_every_figure_is_that_of_W_h_and_its_powers():
    subject = on_noise("rnn-identity", T=60, N=2, H=4)
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    W = basis @ np.diag([0.98, 0.7, 0.5, 0.3]) @ basis.T
    W[0, 1] += 0.2  # no longer symmetric: singular values and eigenvalues differ
    set_W_h(subject, W)
    (found,) = spectra(subject)
    values, roots = np.linalg.svd(W, compute_uv=False), np.sort(np.abs(np.linalg.eigvals(W)))[::-1]
    assert found.gates["a"] == pytest.approx((values[0], values[-1], roots[0]), rel=1e-12)
    for step in found.steps:
        assert step[:2] == pytest.approx((values[0], values[-1]), rel=1e-10)
        assert np.isnan(step.radius) or step.radius == pytest.approx(roots[0], rel=1e-10)
    assert sum(not np.isnan(step.radius) for step in found.steps) == 2 * found.extent.radii
    for k in (1, 2, 5, 10):
        power_values = np.linalg.svd(np.linalg.matrix_power(W, k), compute_uv=False)
        expected = log10(power_values[0]), log10(power_values[-1]), k * log10(roots[0])
        assert found.products[k] == pytest.approx(expected, abs=1e-9)
    assert found.bound == pytest.approx(values[0], rel=1e-12)
    assert found.exponents[0] == pytest.approx(log(roots[0]), abs=1e-3)
    assert found.extent.steps == 60 and found.extent.rows == 2


@pytest.mark.parametrize("length", [9, 7])
def test_products_are_those_of_the_last_real_steps_in_their_order(length):
    (layer,) = watch(on_noise("lstm", T=9, N=1, lengths=(length,), spread=0.7)).layers.values()
    found, jacobians = spectra_of("", layer, nothing), StepJacobians(layer)
    single = [jacobians.at(t, 0) for t in range(length)][::-1]  # the last step first
    for k in (1, 2, 5, length):
        values = np.linalg.svd(np.linalg.multi_dot([np.eye(6), *single[:k]]), compute_uv=False)
        assert found.products[k].largest == pytest.approx(log10(values[0]), abs=1e-9)
    steps = [np.linalg.norm(jacobian, 2) for jacobian in single]
    assert [step.largest for step in found.steps] == pytest.approx(steps, rel=1e-10)
    gates = np.log10(layer.plan.values["f"][length - 5 : length, 0]).sum(axis=0)
    assert found.own[5] == pytest.approx(gates.max(), abs=1e-12)


@pytest.mark.parametrize("cell", SIMPLE)
def test_no_step_and_no_product_of_a_simple_network_exceeds_the_bound(cell):
    (found,) = spectra(on_noise(cell, T=30, N=4, H=5, spread=0.7))
    assert found.bound == pytest.approx(SIMPLE[cell] * found.norm_of_W_h, rel=1e-12)
    assert found.of_steps("largest", np.max) <= found.bound * (1 + 1e-12)
    assert all(product.largest <= k * log10(found.bound) + 1e-9 for k, product in found.products.items())
    assert not found.own


@pytest.mark.parametrize("cell", ["lstm", "lstm-1997", "lstm-peephole", "gru", "gru-before", "user"])
def test_a_gated_cell_has_no_such_bound_but_a_path_of_its_own(cell):
    (found,) = spectra(on_noise(cell, T=30, N=4, H=5))
    assert np.isnan(found.bound) and "bound" not in meaning(found)
    assert list(found.own) == list(found.products) == [1, 2, 5, 10, 20, 30]
    if cell == "lstm-1997":
        assert all(value == 0 for value in found.own.values()) and "its own path alone carries 1 in" in meaning(found)


def test_an_open_forget_gate_carries_the_gradient_at_the_edge():
    subject = on_noise("lstm", T=40, H=4, spread=0.01)
    subject.model.store().named(subject.theta)["layer0.b"][8:12] = 30  # o, i, f, g
    (found,) = spectra(subject)
    assert found.exponents[:4] == pytest.approx(np.zeros(4), abs=3e-3)
    assert found.own[40] == pytest.approx(0, abs=1e-6) and "the edge" in meaning(found)


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_kind_of_model_has_spectra_of_each_of_its_layers(name):
    subject = SUBJECTS[name]
    for found, layer in zip(spectra(subject), watch(subject).layers.values()):
        assert found.extent.steps == layer.real.sum(axis=0).max()
        assert sum(values.largest > 0 for values in found.gates.values()) == layer.p.W_h.shape[1] // layer.layer.H
        longest = sorted(layer.real.sum(axis=0).tolist(), reverse=True)[: found.extent.rows]
        assert np.isfinite(found.of_steps("largest")) and list(found.products)[-1] == longest[(len(longest) - 1) // 2]


def test_steps_that_are_not_finite_end_the_way_back_and_are_said():
    subject = on_noise("rnn-relu", T=400, N=1, H=3)
    set_W_h(subject, 1e6 * np.ones((3, 3)))
    store = subject.model.store().named(subject.theta)
    store["layer0.W_x"][...], store["layer0.b"][...] = 0, 1
    (found,) = spectra(subject)
    assert np.isfinite(found.products[5].largest)  # the slopes of units that are on stay 1
    set_W_h(subject, np.full((3, 3), nan))
    (found,) = spectra(subject)
    assert not found.products and "not finite" in meaning(found)
    assert spectrum([subject], nothing).rows[0]["largest"] is not None


def test_a_smallest_singular_value_that_float64_does_not_resolve_is_left_out():
    subject = on_noise("rnn-identity", T=12, N=1, H=2)
    set_W_h(subject, np.diag([1.0, 0.01]))
    (found,) = spectra(subject)
    assert found.products[5].smallest == pytest.approx(-10, abs=1e-9) and np.isnan(found.products[10].smallest)
    assert found.products[10].largest == pytest.approx(0, abs=1e-12)


def test_a_dead_network_has_products_of_zero():
    subject = on_noise("rnn-relu", T=12, N=1, H=2)
    subject.model.store().named(subject.theta)["layer0.b"][...] = -100
    (found,) = spectra(subject)
    assert found.products[2].largest == -inf and found.exponents[0] == -inf
    assert "|J...J| is 0" in meaning(found) and "a step hands nothing back" in meaning(found)


def test_chaos_is_told_from_forgetting():
    large = noise_subject("", ModelConfig(hidden_size=64, cell="rnn"), 128, 2, 0)
    set_W_h(large, np.random.default_rng(0).normal(0, 2 / 8, (64, 64)))  # gain 2
    (found,) = spectra(large)
    assert found.exponents[0] > 0.05 and "chaos" in meaning(found)
    set_W_h(large, np.random.default_rng(0).normal(0, 0.5 / 8, (64, 64)))
    (found,) = spectra(large)
    assert found.exponents[0] < -0.3 and "it forgets" in meaning(found)


def test_numbers_far_beyond_floats_are_written_as_powers_of_ten():
    assert [power(log) for log in (-2000.0, 0.0, 1.3010299957, 400.5)] == ["1.0e-2000", "1", "20", "3.2e+400"]
    assert [power(log) for log in (log10(9.9999999e-8), nan, -inf, inf)] == ["1.0e-07", "-", "0", "inf"]


def test_a_large_layer_is_looked_at_more_briefly():
    assert Extent.of(512).steps == 64 and Extent.of(512).rows == 1
    small, large = Extent.of(32), Extent.of(2048)
    assert small.rows == 4 and small.steps == 200 and large.steps == 8 and large.radii == 1
    assert spread(10, 3) == [0, 4, 9] and spread(3, 9) == [0, 1, 2] and spread(5, 1) == [0]


def test_means_over_rows_are_those_of_the_numbers_and_leave_out_what_is_not_known():
    found = averaged([Spectrum(0, nan, -2000), Spectrum(-inf, 4, -2000)])
    assert found == pytest.approx((log10(0.5), 4, -2000), abs=1e-12)
    assert averaged([Spectrum(-inf, nan, -inf)])[::2] == (-inf, -inf)
    assert np.isnan(averaged([Spectrum(1, nan, 3)]).smallest)


def test_the_exponent_is_that_of_the_middle_row_of_those_that_are_long_enough():
    rows = [np.array([-0.1, -0.2]), np.array([-inf, -inf]), np.array([-0.3, -0.4]), np.array([nan, nan])]
    assert typical(rows).tolist() == [-0.3, -0.4]
    assert np.isnan(typical(rows[3:])).all()


def test_the_part_shows_layers_side_by_side_with_bounds_beside_what_was_measured():
    found = spectrum([on_noise("rnn", T=24), on_noise("lstm", T=12, layers=2), on_symbols("gru", T=9)], nothing)
    words, table, chart = found.brief
    assert [row[1] for row in table.rows[1:]] == ["layer0", "layer0", "layer1", "layer0"]
    assert "noise layer0, bound" in chart.lines and "bound of |J|" in words and "beside W_h" in words
    sentences = [element for element in found.more if isinstance(element, str) and "|J...J|" in element]
    assert len(sentences) == 4
    assert len({tuple(row) for row in found.rows}) == 1
    assert found.record["metrics"]["noise/layer1/W_h.f_largest"] > 0
    first = found.record["layers"][0]
    assert first["products_log10"][-1]["largest"] <= first["products_log10"][-1]["bound"]
    assert "the mean of 3 rows; the bound is " in sentences[0] and "the gate f alone carries" in sentences[1]


def test_few_layers_have_their_meaning_beside_the_table_and_bounds_only_where_there_are_some():
    found = spectrum([on_noise("gru", T=24)], nothing)
    words, table, _, sentence = found.brief
    assert "bound" not in words.replace("bounds", "") and table.rows[0][-1] == "exponent"
    assert sentence.startswith("noise layer0: exponent -") and sentence not in found.more
    alone = spectrum([on_noise("rnn", T=24)], nothing).brief
    assert "beside W_h" not in alone[0] and alone[1].rows[0][-1] == "bound"


def test_a_few_steps_have_no_exponent():
    (found,) = spectra(on_noise("gru", T=9))
    assert np.isnan(found.exponent) and meaning(found).startswith(
        "noise layer0: too few steps for an exponent. Over 9 steps, "
    )
    assert found.keep == "z" and isinstance(found, LayerSpectra)
