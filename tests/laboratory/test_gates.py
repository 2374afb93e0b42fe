"""Gates: their values, the cell's own path and the path through the gates, against sums written out by hand."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from drawn_findings import text_of

from rnncli.config import ModelConfig
from rnncli.events import finite
from rnncli.laboratory.gates.finding import gates
from rnncli.laboratory.gates.own_path import carried, factors, half_lives, own_paths, travelled
from rnncli.laboratory.gates.values import activations_of, gate_names, gate_of, gates_of
from rnncli.laboratory.subjects import noise_subject
from rnncli.laboratory.watching import watch
from rnncli.nn.aligned import Aligned
from rnncli.nn.building import recurrent_layers
from rnncli.nn.cell import Block, Cell, Vector
from rnncli.nn.cells import CELLS
from rnncli.nn.cells.rnn import IdentityRNN
from rnncli.nn.compose import Stack
from rnncli.nn.dense import Dense
from rnncli.nn.likelihoods import LIKELIHOODS

T, N, H = 30, 3, 5


def subject(cell, steps=T, rows=N, wide=1.0, seed=3, **settings):
    """A fresh network on noise, its weights times `wide`."""
    made = noise_subject(cell, ModelConfig(cell=cell, hidden_size=H, **settings), steps, rows, seed)
    return replace(made, theta=made.theta * wide)


def with_bias(made, gate, value, unit: Any = slice(None), alone=False):
    """The subject with the bias of a gate of its first layer set for some units; alone: its weights are zero."""
    theta, store = made.theta.copy(), made.model.store()
    cell, p = made.model.body.layers["layer0"].cell, store.named(theta)
    k = [block.name for block in cell.blocks].index(gate)
    p["layer0.b"][k * H : (k + 1) * H][unit] = value
    for name, source in (("W_x", "x"), ("W_h", "h")) if alone else ():
        k = [block.name for block in cell.blocks if source in block.reads].index(gate)
        p[f"layer0.{name}"][:, k * H : (k + 1) * H] = 0
    return replace(made, theta=theta)


def by_name(found, name):
    return next(each for each in found if each.name == name)


def quiet(activity, done, total):
    pass


# the values of gates


def test_means_shares_and_bins_of_a_gate_are_those_of_its_values():
    values = np.array([[0.06, 0.97], [0.17, 0.97], [0.06, 0.52], [0.9, 1.0]])  # 0.9 itself is not saturated
    gate = gate_of(("s", "layer0", "f", "forget"), True, values)
    assert (gate.left, gate.right) == (2 / 8, 3 / 8)
    assert gate.unit_left.tolist() == [0.5, 0] and gate.unit_right.tolist() == [0, 0.75]
    assert gate.mean == pytest.approx(4.65 / 8) and gate.unit_mean == pytest.approx([1.19 / 4, 3.46 / 4])
    assert gate.deviation == pytest.approx(np.sqrt(((values - 4.65 / 8) ** 2).mean()))
    assert gate.deciles[4] == pytest.approx(0.71) and len(gate.deciles) == 9  # the median: between 0.52 and 0.9
    assert gate.shares.sum() == 1 and np.flatnonzero(gate.shares).tolist() == [1, 3, 10, 18, 19]


def test_values_that_are_not_finite_do_not_count():
    gate = gate_of(("s", "layer0", "f", ""), True, np.array([[0.95, np.nan], [0.95, 0.2], [np.nan, np.nan]]))
    assert gate.mean == pytest.approx(0.7) and gate.right == pytest.approx(2 / 3)
    assert gate.unit_right.tolist() == [1, 0] and gate.unit_mean.tolist() == pytest.approx([0.95, 0.2])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("lstm", "oif"),
        ("lstm-peephole", "oif"),
        ("lstm-1997", "oi"),
        ("gru", "rz"),
        ("gru-before", "rz"),
        ("rnn", ""),
        ("rnn-relu", ""),
        ("rnn-logistic", "a"),
    ],
)
def test_the_gates_of_a_cell_are_its_logistic_blocks_even_where_the_cell_squashes_them_itself(cell, expected):
    (layer,) = watch(subject(cell)).layers.values()
    found = list(gates_of("s", layer))
    assert "".join(gate.name for gate in found) == expected
    for gate in found:
        values = layer.plan.values[gate.name]
        assert values.min() > 0 and values.max() < 1 and gate.mean == pytest.approx(values.mean(), rel=1e-14)
        assert gate.unit_mean == pytest.approx(values.mean(axis=(0, 1)), rel=1e-14)


def test_a_block_of_a_users_cell_is_a_gate_if_it_keeps_writes_or_has_a_peephole():
    class Mine(Cell):
        blocks = (Block("k"), Block("w"), Block("p"), Block("x"), Block("g", "tanh"))
        vectors = (Vector("peep", "p", "h_prev"), Vector("scale", "g", "h_prev"))
        keep, write = "k", "w"

    assert gate_names(Mine()) == ["k", "w", "p"]


def test_a_block_that_leaves_0_to_1_is_no_gate_whatever_it_is_called():
    class Keeping(IdentityRNN):
        keep = "a"

    made = watch(subject("rnn-identity", wide=2)).layers["layer0"]
    layer = replace(made, layer=replace(made.layer, cell=Keeping()))
    assert gate_names(Keeping()) == ["a"] and list(gates_of("s", layer)) == []


def test_padded_steps_do_not_count():
    made = subject("lstm", steps=8)
    mask = np.ones((8, N), bool)
    mask[5:, 1] = False
    padded = replace(made, batch={**made.batch, "mask": mask})
    whole, cut = (watch(each).layers["layer0"] for each in (made, padded))
    values = whole.plan.values["f"].copy()[mask]
    gate = by_name(gates_of("s", cut), "f")
    assert gate.mean == pytest.approx(values.mean(), rel=1e-14) and gate.unit_mean == pytest.approx(values.mean(axis=0))
    assert by_name(gates_of("s", whole), "f").mean != pytest.approx(values.mean(), rel=1e-6)


def test_a_gate_of_one_unit_that_is_shut_is_found_at_the_top_of_the_saturated_units():
    found = gates([with_bias(subject("lstm"), "i", -20, unit=3)], quiet)
    gate = next(each for each in found.record["gates"] if each["name"] == "i")
    assert gate["unit_left"] == [0, 0, 0, 1, 0] and gate["left"] == 0.2 and gate["unit_right"] == [0] * H
    text = text_of(found.more)
    first = text[text.index("most saturated units") :].splitlines()[1].split()
    assert first[:6] == ["lstm", "layer0", "i", "3", "100.0%", "0.0%"]
    counts = next(line.split() for line in text[text.index("units, 90 %") :].splitlines() if " i " in line)
    assert counts == ["lstm", "layer0", "i", "1", "0", "5"]


def test_a_plain_network_shows_its_states_and_the_slope_of_tanh():
    (layer,) = watch(subject("rnn", wide=3)).layers.values()
    (h,) = activations_of("s", layer)
    values = layer.plan.values["h"]
    assert (h.name, h.words) == ("h", "tanh a") and h.size == pytest.approx(np.abs(values).mean())
    assert h.slope == pytest.approx((1 - values**2).mean()) and h.largest == np.abs(values).max()
    assert 0 < h.saturated == (np.abs(values) > 0.9).mean()


def test_an_lstm_shows_candidate_and_tanh_of_its_cell_and_relu_its_zeros():
    (layer,) = watch(subject("lstm", wide=3)).layers.values()
    found = {each.name: each for each in activations_of("s", layer)}
    assert list(found) == ["g", "tanh_c", "h", "c"]
    assert found["tanh_c"].slope == pytest.approx((1 - np.tanh(layer.plan.values["c"]) ** 2).mean())
    assert np.isnan(found["c"].saturated) and np.isnan(found["h"].slope)
    (layer,) = watch(subject("rnn-relu")).layers.values()
    (relu,) = activations_of("s", layer)
    assert relu.zero == (layer.plan.values["a"] <= 0).mean() > 0.2 and np.isnan(relu.saturated)


def test_the_candidate_of_a_gru_is_squashed_though_its_cell_does_it_itself():
    (layer,) = watch(subject("gru")).layers.values()
    found = {each.name: each for each in activations_of("s", layer)}
    assert list(found) == ["n", "h"] and found["n"].slope == pytest.approx((1 - layer.plan.values["n"] ** 2).mean())


# the own path


@pytest.mark.parametrize("cell", [name for name, each in CELLS.items() if each.keep])
def test_the_factors_of_the_own_path_are_the_keep_gate_itself(cell):
    (layer,) = watch(subject(cell, wide=2)).layers.values()
    assert np.array_equal(factors(layer), layer.plan.values[layer.layer.cell.keep])


def test_the_carousel_of_1997_has_factor_1_and_a_plain_network_has_no_own_path():
    assert (factors(watch(subject("lstm-1997")).layers["layer0"]) == 1).all()
    assert [carried(CELLS[name]) for name in ("rnn", "rnn-relu", "gru", "lstm")] == [None, None, "h", "c"]
    assert own_paths(subject("rnn"))[1] == []


def lstm_by_hand(layer, row, first, cut=False):
    """(own, rest, dh), each (first, H) by lag from 1 on: dL/dc of an LSTM followed back from its last step with two
    sums of its own, one for each path; cut: c hands nothing back."""
    v = {name: layer.plan.values[name][:, row] for name in ("o", "i", "f", "g", "tanh_c", "c_prev")}
    dh, end, found = layer.d["h"][layer.ends[row], row], layer.ends[row], []
    own, rest = np.zeros(H), np.zeros(H)
    for k, t in enumerate(range(end, end - first, -1)):
        o, i, f, g, tanh_c, c_prev = (v[name][t] for name in ("o", "i", "f", "g", "tanh_c", "c_prev"))
        joins = dh * o * (1 - tanh_c**2)  # what h_t adds to dL/dc_t
        dc = own + rest + joins
        da = [dh * tanh_c * o * (1 - o), dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dc * i * (1 - g**2)]
        dh = layer.p.W_h @ np.concatenate(da)
        own, rest = (joins * f, rest) if k == 0 else (own * f, (rest + joins) * f)
        own, rest = (own * (not cut), rest * (not cut))
        found.append((own, rest, dh))
    return (np.array(part) for part in zip(*found))


def norms(array):
    """(K,): root mean square over rows (rows, K, H) of the norms."""
    return np.sqrt((np.array(array) ** 2).sum(axis=2).mean(axis=0))


def test_own_path_and_rest_are_those_of_two_sums_followed_apart_and_add_up_to_the_whole():
    watched, (path,) = own_paths(subject("lstm", wide=3))
    layer = watched.layers["layer0"]
    own, rest, _ = zip(*(lstm_by_hand(layer, row, T - 1) for row in range(N)))
    for row in range(N):
        whole = layer.d["c"][: T - 1, row][::-1]
        np.testing.assert_allclose(own[row] + rest[row], whole, rtol=1e-12, atol=1e-12 * np.abs(whole).max())
    unit = norms(own)[0]
    assert norms(rest)[0] == 0 and path.rest[1] == 0 and path.own[1] == path.total[1] == 1
    np.testing.assert_allclose(path.own[1:], norms(own) / unit, rtol=1e-12)
    np.testing.assert_allclose(path.rest[1:], norms(rest) / unit, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(path.total[1:], layer.by_lag("c")[1:] / layer.by_lag("c")[1], rtol=1e-12)
    assert path.rest[3] > 0.1 and path.own[3] > 0.01  # neither is nothing


def test_the_product_of_the_factors_has_its_two_means_over_units_and_rows():
    watched, (path,) = own_paths(subject("lstm", wide=3))
    f = watched.layers["layer0"].plan.values["f"]
    product = np.cumprod(f[:-1][::-1], axis=0)  # f_{t-1}, f_{t-1} f_{t-2} ...
    assert path.mean[1] == path.geometric[1] == 1
    np.testing.assert_allclose(path.mean[2:], product.mean(axis=(1, 2))[: T - 2], rtol=1e-12)
    np.testing.assert_allclose(path.geometric[2:], np.exp(np.log(product).mean(axis=(1, 2)))[: T - 2], rtol=1e-12)
    np.testing.assert_allclose(path.units, -np.log(2) / np.log(f.mean(axis=(0, 1))), rtol=1e-12)
    assert path.geometric[10] < path.mean[10]


def test_in_a_lower_layer_what_joins_from_above_on_the_way_has_not_travelled():
    watched, paths = own_paths(subject("lstm", wide=3, num_layers=2))
    lower = watched.layers["layer0"]
    parts = [list(lstm_by_hand(lower, row, T - 1)) for row in range(N)]
    alone = norms([own + rest for own, rest, _ in parts])
    np.testing.assert_allclose(paths[0].total[1:], alone / alone[0], rtol=1e-12)
    observed = lower.by_lag("c")
    assert abs(observed[5] / observed[1] / paths[0].total[5] - 1) > 0.05


def test_a_gradient_that_arrives_in_the_cell_itself_travels_too():
    """An encoder hands its c to a decoder: dL/dc at its last step is not zero."""
    made = watch(subject("lstm", wide=2), at_last=True).layers["layer0"]
    arrived = {"h": made.d["h"], "c": made.d["c"].copy()}
    arrived["c"][-1] = np.random.default_rng(0).normal(size=(N, H))
    D, _ = travelled(layer := replace(made, d=arrived), factors(made))
    assert np.array_equal(D[0], arrived["c"][-1])
    o, tanh_c, f = (layer.plan.values[name][-1] for name in ("o", "tanh_c", "f"))
    np.testing.assert_allclose(D[1], (D[0] + made.d["h"][-1] * o * (1 - tanh_c**2)) * f, rtol=1e-13)


def test_with_an_open_forget_gate_the_gradient_along_c_is_constant():
    (path,) = own_paths(with_bias(subject("lstm", wide=2), "f", 1e3))[1]
    assert (path.own[1:] == 1).all() and (path.mean[1:] == 1).all() and (path.geometric[1:] == 1).all()
    assert np.isinf(path.units).all() and half_lives(path)["own"] > 1e12
    assert np.isnan(path.own[0])


def test_with_a_forget_gate_at_one_half_the_own_path_halves_at_every_step():
    (path,) = own_paths(with_bias(subject("lstm"), "f", 0.0, alone=True))[1]
    np.testing.assert_allclose(path.own[1:], 0.5 ** np.arange(T - 1), rtol=1e-12)
    assert half_lives(path)["own"] == pytest.approx(1, rel=1e-12)
    assert path.units == pytest.approx(np.ones(H))


def test_the_update_gate_of_a_gru_is_the_factor_of_h():
    (path,) = own_paths(with_bias(subject("gru"), "z", np.log(9), alone=True))[1]  # z = 0.9
    np.testing.assert_allclose(path.own[1:], 0.9 ** np.arange(T - 1), rtol=1e-12)
    assert path.state == "h" and half_lives(path)["own"] == pytest.approx(np.log(0.5) / np.log(0.9), rel=1e-12)


def test_the_path_through_the_gates_alone_is_that_of_an_lstm_whose_cell_hands_nothing_back():
    watched, (path,) = own_paths(subject("lstm", wide=3))
    by_hand = [list(lstm_by_hand(watched.layers["layer0"], row, T - 1, cut=True))[2] for row in range(N)]
    np.testing.assert_allclose(path.gates[1:], norms(by_hand) / norms(by_hand)[0], rtol=1e-12)
    assert path.gates[-1] < 1e-3 * path.total[-1]


def test_the_path_through_the_gates_of_a_gru_leaves_out_what_h_hands_on_itself():
    """With the update gate shut there is no own path: closing it changes nothing. With z open there is nothing else."""
    (shut,) = own_paths(with_bias(subject("gru", wide=2), "z", -1e3))[1]
    np.testing.assert_allclose(shut.gates[1:], shut.total[1:], rtol=1e-12)
    assert (shut.own[2:] == 0).all() and (shut.units == 0).all()
    (open_,) = own_paths(with_bias(subject("gru", wide=2), "z", 1e3, alone=True))[1]
    assert (open_.own[1:] == 1).all() and (open_.rest[2:] == 0).all()


def test_rows_of_different_lengths_are_aligned_at_their_ends_and_padding_keeps_the_state():
    made = subject("gru", steps=8)
    mask, ends = np.ones((8, N), bool), [7, 4, 7]
    mask[5:, 1] = False
    watched, (path,) = own_paths(replace(made, batch={**made.batch, "mask": mask}))
    layer = watched.layers["layer0"]
    f = factors(layer)
    assert layer.ends.tolist() == ends and (f[5:, 1] == 1).all() and (f[:5] < 1).all()
    D = [layer.d["h"][end - 1, row] for row, end in enumerate(ends)]
    own = [D[row] * f[end - 1, row] * f[end - 2, row] for row, end in enumerate(ends)]
    assert path.own[3] == pytest.approx(np.sqrt(np.square(own).sum() / np.square(D).sum()), rel=1e-12)
    assert path.mean[3] == pytest.approx(np.mean([f[e - 1, row] * f[e - 2, row] for row, e in enumerate(ends)]))
    of_two = [f[7 - 5 : 7, row].prod(axis=0) for row in (0, 2)]  # lag 6 is beyond the start of the short row
    assert path.mean[6] == pytest.approx(np.mean(of_two)) and len(path.total) == 8


def test_closing_the_own_path_leaves_padded_rows_as_they_would_be_alone():
    made = subject("gru", steps=8, rows=2)
    mask = np.ones((8, 2), bool)
    mask[5:, 1] = False
    mask[:, 0] = False  # the other row does not count at all
    mask[0, 0] = True
    both = replace(made, batch={**made.batch, "mask": mask})
    short = {name: None if array is None else array[:5, 1:] for name, array in made.batch.items()}
    (alone,) = own_paths(replace(made, batch=short, size=(5,), N=1))[1]
    (path,) = own_paths(both)[1]
    np.testing.assert_allclose(path.gates[1:], alone.gates[1:], rtol=1e-12)
    np.testing.assert_allclose(path.own[1:], alone.own[1:], rtol=1e-12)


def test_the_half_of_a_network_that_reads_backward_has_no_lags_before_its_last_answer():
    made, likelihood = noise_subject("both", ModelConfig(cell="lstm", hidden_size=6), 7, N, seed=1), LIKELIHOODS["mse"]
    layers = recurrent_layers(ModelConfig(cell="lstm", hidden_size=6), 1, False, "", bidirectional=True)
    model = Aligned(Stack(layers), Dense(6, 1), likelihood=likelihood, D=1)
    theta = np.random.default_rng(0).normal(size=model.store().size)
    watched, (path,) = own_paths(replace(made, model=model, theta=theta))
    assert list(watched.layers) == ["layer0.ahead", "layer0.back"] and path.layer == "layer0.ahead"
    assert len(path.total) == 7


# the finding


def test_all_subjects_stand_side_by_side_and_every_row_has_the_same_keys():
    found = gates([subject("rnn"), subject("lstm", num_layers=2), replace(subject("gru"), label="mine")], quiet)
    assert {gate["subject"] for gate in found.record["gates"]} == {"lstm", "mine"}
    assert [(path["subject"], path["layer"]) for path in found.record["paths"]] == [
        ("lstm", "layer0"),
        ("lstm", "layer1"),
        ("mine", "layer0"),
    ]
    keys = {tuple(row) for row in found.rows}
    assert len(keys) == 1
    units = [row for row in found.rows if row["kind"] == "unit" and row["subject"] == "mine" and row["name"] == "z"]
    z = next(gate for gate in found.record["gates"] if gate["subject"] == "mine" and gate["name"] == "z")
    assert [row["unit"] for row in units] == list(range(H)) and [row["mean"] for row in units] == z["unit_mean"]
    lags = [row for row in found.rows if row["kind"] == "lag" and row["subject"] == "mine"]
    assert [row["lag"] for row in lags] == list(range(1, T)) and lags[0]["own"] == 1 and lags[0]["left"] is None
    metrics = found.record["metrics"]
    assert metrics["mine/layer0.z/mean"] == z["mean"] and "rnn/layer0.h/slope" in metrics
    assert metrics["mine/layer0.h/own_half_life"] == found.record["paths"][2]["own_half_life"]
    json.dumps(finite(found.record), allow_nan=False)


def test_what_to_see_is_said_in_words():
    text = text_of(gates([with_bias(subject("lstm"), "f", 0.0, alone=True)], quiet).brief)
    assert "half of the units forget half of c within 1 steps, the slowest after 1;" in " ".join(text.split())
    row = next(line.split() for line in text.splitlines() if line.startswith("lstm") and " c " in line)
    assert row[3] == "1" and row[-2:] == ["1", "1"]
    text = " ".join(text_of(gates([subject("lstm-1997")], quiet).brief).split())
    assert "lstm-1997 layer0: c forgets nothing; the gradient along c never fades" in text
    assert max(map(len, text_of(gates([subject("lstm")], quiet).brief).splitlines())) <= 80


def test_a_network_that_explodes_is_shown_as_it_is():
    exploded = gates([subject("rnn-identity", steps=60, wide=1e8), subject("lstm", wide=1e200)], quiet)
    assert np.isfinite([each["size"] for each in exploded.record["activations"]]).all()
    json.dumps(finite(exploded.record), allow_nan=False)
    text_of([*exploded.brief, *exploded.more])


def test_one_row_of_two_steps_is_enough_for_values_and_too_short_for_paths():
    found = gates([subject("lstm", steps=2, rows=1)], quiet)
    assert len(found.record["gates"]) == 3 and found.record["paths"] == []
