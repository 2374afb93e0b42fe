"""What the parts say of layers whose figures would mean nothing, and what they leave out."""

import numpy as np
import pytest
from watched_models import nothing, of_case, of_every_kind, on_noise, on_symbols

from rnncli.gradcheck.pair_models import pair_cases
from rnncli.laboratory.gates.finding import gates
from rnncli.laboratory.lag import lag
from rnncli.laboratory.parts import OF_SUBJECTS, look
from rnncli.laboratory.remarks import DIRECT, NO_GRADIENT, NO_STEP, NO_UNIT, SINGLE
from rnncli.laboratory.spectrum.finding import spectrum
from rnncli.laboratory.time.finding import time
from rnncli.laboratory.truncation import truncation
from rnncli.laboratory.watching import watch

EVERY_PART = [look(part) for part in OF_SUBJECTS]


def parameters(subject):
    """{"layer0.W_h": view of theta}"""
    return subject.model.store().named(subject.theta)


def without_gradient():
    """A network whose answers do not depend on its layers."""
    subject = on_symbols("gru")
    parameters(subject)["head.W"][...] = 0
    return subject


def saturated(cell, scale=1e4):
    """A network as it is after it has diverged."""
    subject = on_noise(cell, T=20, seed=1)
    parameters(subject)["layer0.b"][...] = scale
    return subject


def sentences(found):
    return [each for each in found.brief if isinstance(each, str)]


@pytest.mark.parametrize("part", EVERY_PART)
def test_a_network_without_any_gradient_is_one_sentence_in_every_part(part):
    found = part([without_gradient()], nothing)
    assert list(found.brief) == [f"symbols: {NO_GRADIENT}."] and not found.more and not found.rows
    assert found.record["metrics"] == {}


@pytest.mark.parametrize("part", EVERY_PART)
def test_a_network_of_one_step_is_one_sentence_in_every_part(part):
    found = part([on_noise("lstm", T=1), on_noise("gru", T=1)], nothing)
    assert list(found.brief) == [f"noise layer0, noise layer0: {SINGLE}."] and not found.more and not found.rows


@pytest.mark.parametrize("part", EVERY_PART)
def test_beside_another_network_one_without_a_gradient_is_left_out_of_every_figure(part):
    found = part([without_gradient(), on_noise("lstm", T=12)], nothing)
    assert {row["subject"] for row in found.rows} == {"noise"}
    assert f"symbols: {NO_GRADIENT}." in found.brief and len(found.brief) > 2


@pytest.mark.parametrize("part", EVERY_PART)
@pytest.mark.parametrize("name", list(of_every_kind())[::7])
def test_every_part_copes_with_every_kind_of_model(part, name):
    assert part([of_every_kind()[name]], nothing).brief


@pytest.mark.parametrize("cell", ["rnn", "rnn-logistic"])
@pytest.mark.parametrize("part", [lag, gates, spectrum, truncation, time])
def test_a_network_of_saturated_units_is_called_dead_and_gets_no_advice(cell, part):
    said = sentences(part([saturated(cell)], nothing))
    assert f"noise layer0: {NO_UNIT}." in said
    assert not any("--seq-length" in each for each in said)


def test_an_lstm_is_saturated_only_when_all_its_gates_are():
    subject = on_noise("lstm", T=20, H=2)
    b = parameters(subject)["layer0.b"]
    b[...] = 1e4
    assert f"noise layer0: {NO_UNIT}." in sentences(gates([subject], nothing))
    b[:2] = 0  # the output gates
    assert not any(NO_UNIT in each for each in sentences(gates([subject], nothing)))


def test_rectified_units_that_are_all_off_are_dead_though_not_saturated():
    said = sentences(lag([saturated("rnn-relu", -1e4)], nothing))
    assert f"noise layer0: {NO_STEP}." in said


def test_curves_end_where_fewer_than_half_of_the_rows_have_a_step():
    subject = on_noise("gru", T=30, N=4, lengths=(30, 8, 8, 3))
    found = lag([subject], nothing)
    assert len(found.record["curves"][0]["norms"]) == 8 == max(row["lag"] for row in found.rows) + 1
    assert "noise layer0: lags up to 7: half of the rows are that long, the longest has 29." in found.brief
    (path,) = gates([subject], nothing).record["paths"]
    assert len(path["total"]) == 8
    products = spectrum([subject], nothing).record["layers"][0]["products_log10"]
    assert [each["steps"] for each in products] == [1, 2, 5, 8]
    (layer,) = watch(subject, at_last=True).layers.values()
    assert layer.lags == 8 and np.isfinite(layer.by_lag("h")).sum() == 30


def test_rows_without_a_gradient_do_not_count_among_those_that_are_long():
    subject = on_noise("gru", T=10, N=4, lengths=(10, 0, 0, 0))
    (layer,) = watch(subject, at_last=True).layers.values()
    assert layer.lags == 10


def test_gradient_that_enters_at_earlier_steps_is_said():
    deep = sentences(lag([on_noise("lstm", T=12, layers=2)], nothing))
    assert f"noise layer0: {DIRECT}." in deep
    assert not any(DIRECT in each for each in sentences(lag([on_noise("lstm", T=12)], nothing)))
    name = "T=5, classes: one layer, one way, full"
    pooled = of_case(next(each for each in pair_cases("gru", 0) if each.name == name))
    assert f"{name} layer0: {DIRECT}." in sentences(lag([pooled], nothing))


def test_rows_for_csv_have_the_figures_of_their_curve():
    found = lag([on_noise("lstm", T=30)], nothing)
    curve = found.record["curves"][0]
    assert [found.rows[3][name] for name in ("half_life", "factor", "reach_99")] == [
        curve["half_life"],
        curve["factor"],
        curve["reach_99"],
    ]
    assert found.rows[3]["lag"] == 3 and 0 < curve["half_life"] < 20
