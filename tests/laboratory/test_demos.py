"""The demonstrations: their figures beside closed forms and beside formulas written out here."""

from functools import cache
from math import log

import numpy as np
import pytest

from rnncli.errors import ConfigError
from rnncli.laboratory.demos import carousel, cost, exploding, jacobians, linear_unit, memory_horizon, shared_weights
from rnncli.laboratory.demos.horizon_table import COLUMNS, Measured, rank_correlation, read_table, selected
from rnncli.laboratory.demos.numbers import read_numbers
from rnncli.laboratory.demos.recall import batches, label, network
from rnncli.laboratory.demos.registry import DEMOS, run
from rnncli.laboratory.demos.unrolled import block, layer_of, unroll, zeros
from rnncli.ui.inspection import render

EXACT = 1e-12  # relative: rounding of float64 over up to 1,000 products
MODULES = {
    "linear-unit": linear_unit,
    "shared-weights": shared_weights,
    "jacobians": jacobians,
    "carousel": carousel,
    "exploding": exploding,
    "memory-horizon": memory_horizon,
    "cost": cost,
}
QUICK = {  # settings with which each takes less than a second
    "jacobians": ["hidden_size=8"],
    "carousel": ["steps=50"],
    "exploding": ["updates=20"],
    "memory-horizon": ["lags=[5]", "networks=[rnn,gru]", "seeds=[1]", "live_updates=3"],
}


def quiet(activity, done, total):
    pass


@cache
def finding(name, *assignments):
    """The Finding of a demonstration, run once for all tests."""
    (found,) = run(name, quiet, assignments=assignments)
    return found


def metrics(name, *assignments):
    return finding(name, *assignments).record["metrics"]


def test_a_power_of_a_weight_and_its_gradient_are_the_closed_forms():
    found = metrics("linear-unit")
    assert found["1/y"] == 1
    assert found["1.01/y"] == pytest.approx(1.01**1000, rel=EXACT)
    assert found["0.99/y"] == pytest.approx(4.317124741065784e-05, rel=EXACT)
    for w in (1, 1.01, 0.99):
        assert found[f"{w}/gradient"] == pytest.approx(1000 * w**999, rel=EXACT)
    assert found["0.01/y"] == found["0.01/gradient"] == 0
    assert found["0.01/log10_y"] == -2000


def test_a_power_that_underflows_says_from_which_step_on():
    found = finding("linear-unit")
    assert found.record["units"][3]["zero_from"] == 162
    assert 0.01**161 > 0 == 0.01**162
    assert any("1e-2000" in part and "step 162" in part for part in found.brief if isinstance(part, str))


def test_the_gradient_of_two_unfolded_weights_is_that_of_the_formulas():
    numbers = read_numbers("shared-weights", shared_weights.Numbers)
    (x_1, x_2, _), h_0, w_1, w_2 = numbers.inputs, numbers.first, 0.3, -0.7
    h_1 = np.tanh(w_1 * h_0 + x_1)
    h_2 = np.tanh(w_2 * h_1 + x_2)
    h, by_w = shared_weights.unfolded(np.array([w_1, w_2]), numbers)
    assert h == pytest.approx(h_2, rel=EXACT)
    assert by_w == pytest.approx([(1 - h_2**2) * w_2 * (1 - h_1**2) * h_0, (1 - h_2**2) * h_1], rel=EXACT)


def test_tied_weights_stay_one_and_find_the_truth_where_free_ones_drift_apart():
    found = metrics("shared-weights")
    assert found["tied/gap"] == 0
    assert found["tied/w_1"] == pytest.approx(0.8, abs=EXACT)
    assert found["sum_of_gradients/difference"] < EXACT
    assert found["free/gap"] == pytest.approx(0.4813, abs=1e-4)
    assert found["free/loss"] < 1e-20 > found["tied/loss"]
    assert abs(found["tied w_1/error_at_3"]) < 1e-9
    assert abs(found["free w_1/error_at_3"]) > 0.02 < abs(found["free w_2/error_at_3"])


@pytest.mark.parametrize("seed", [1, 2])
def test_a_linear_orthogonal_network_changes_a_gradient_by_its_singular_value_at_every_step(seed):
    found = metrics("jacobians", f"seed={seed}", "hidden_size=12", "scales=[0.5,1,1.3]")
    for sigma in (0.5, 1, 1.3):
        assert found[f"linear, orthogonal, sigma {sigma:g}/slope"] == pytest.approx(log(sigma), abs=EXACT)
        assert found[f"linear, orthogonal, sigma {sigma:g}/left"] == pytest.approx(sigma**50, rel=1e-11)


def test_no_gradient_grows_faster_than_its_bound_and_squashing_keeps_it_below():
    found = finding("jacobians")
    chains = found.record["chains"]
    assert len(chains) == 15
    assert all(each["slope"] <= each["bound"] + EXACT for each in chains)
    assert all(each["slope"] < each["bound"] - 0.02 for each in chains if each["squashing"] in ("tanh", "logistic"))
    assert all(each["spectral_radius"] <= each["sigma"] + EXACT for each in chains)


def test_a_gradient_through_tanh_is_the_product_of_the_jacobians_of_its_steps():
    numbers = read_numbers("jacobians", jacobians.Numbers, assignments=["hidden_size=4", "steps=6", "rows=1"])
    rng = np.random.default_rng(3)
    W, x, s0, d = (rng.normal(size=shape) for shape in ((4, 4), (6, 1, 4), (1, 4), (1, 4)))
    layer = layer_of("rnn", 4, 4)
    passed = unroll(layer, zeros(layer) | {"W_x": np.eye(4), "W_h": W}, x, (s0,), (d,))
    h, norms, states = s0, [np.linalg.norm(d)], []
    for step in x:
        h = np.tanh(step + h @ W)
        states.append(h)
    for h in reversed(states):
        d = d @ np.diag(1 - h[0] ** 2) @ W.T
        norms.append(np.linalg.norm(d))
    assert passed.by_lag("h") == pytest.approx(norms, rel=EXACT)
    assert numbers.steps == 6


@pytest.mark.parametrize(
    "ride, left",
    [
        ("lstm, f open", 1),
        ("lstm, f half open", 0.5**1000),
        ("lstm, f closed", 0),
        ("lstm-1997, no gate", 1),
        ("gru, z open", 1),
        ("gru, z half open", 0.5**1000),
    ],
)
def test_an_open_gate_hands_a_gradient_on_through_a_thousand_steps(ride, left):
    found = metrics("carousel")
    assert found[f"{ride}/lag_1000"] == pytest.approx(left, rel=EXACT)
    assert found[f"{ride}/difference"] < EXACT


def test_the_gradient_through_a_half_open_cell_with_peepholes_is_the_product_of_its_factors():
    numbers = read_numbers("carousel", carousel.Numbers, assignments=["steps=20"])
    found = carousel.ride("lstm-peephole", "", 1.0, numbers, ("p_o", "p_f", "p_i"))
    assert found.difference < EXACT
    gates_alone = 1 / (1 + np.exp(-1.0))
    assert abs(found.norms[20] / gates_alone**20 - 1) > 0.01, "peepholes have their part in it"


def test_peepholes_and_recurrent_weights_lead_around_an_open_gate():
    found = finding("carousel")
    by_words = {each["gates"]: each for each in found.record["rides"]}
    peephole = by_words["f open, peephole f"]["lag_1000"]
    assert peephole == pytest.approx(1, abs=1e-6), "p_f c closes the gate a little, at times"
    assert by_words["f open"]["least"] == by_words["f open"]["greatest"] == 1
    assert by_words["f open, peepholes f, i"]["greatest"] - by_words["f open, peepholes f, i"]["least"] > 1
    assert by_words["f open, W_h not 0"]["greatest"] > 2 and np.isnan(by_words["f open, W_h not 0"]["difference"])


def test_the_half_life_of_a_forget_bias_is_that_of_the_logistic_function():
    found = metrics("carousel", "steps=200")
    for bias in (1, 2, 4, 6):
        f = 1 / (1 + np.exp(-bias))
        assert found[f"lstm, bias {bias}/half_life"] == pytest.approx(log(0.5) / log(f), rel=1e-10)


def test_a_gate_that_is_set_by_its_bias_reads_nothing_else():
    layer = layer_of("gru", 3, 3)
    p = {name: np.ones_like(array) for name, array in zeros(layer).items()}
    carousel.set_gate(layer, p, "z", 2.0)
    z = block(layer, "z")
    assert z == slice(6, 9), "blocks are q, r, z, n"
    assert (p["b"][z] == 2).all() and not p["W_h"][:, z].any()
    assert not p["W_x"][:, 3:6].any() and p["W_x"].sum() == 3 * 6, "q does not read x"


def test_the_three_runs_begin_alike_and_only_clipping_by_value_turns_the_gradient():
    found = finding("exploding", "updates=20")
    free, value, limit = found.record["runs"]
    assert free["loss"][0] == value["loss"][0] == limit["loss"][0]
    assert free["acted"] == 0 and set(free["cosine"]) == set(limit["cosine"]) == {1.0}
    assert free["norm"] == free["kept"]
    assert 0.3 < value["least_cosine"] <= value["mean_cosine"] < 0.7
    assert max(limit["kept"]) <= 0.35 < limit["norm"][0]


def test_a_run_without_clipping_explodes_and_leaves_dead_units():
    found = metrics("exploding")
    assert found["no clipping/greatest_loss"] > 100 > 10 > found["by norm, 0.35/greatest_loss"]
    assert found["no clipping/dead_units"] > 0.9
    assert found["by value, 0.01/dead_units"] == found["by norm, 0.35/dead_units"] == 0
    assert found["no clipping/last_loss"] > found["by norm, 0.35/last_loss"]


def test_a_run_that_is_not_finite_any_more_ends_and_is_reported():
    found = finding("exploding", "updates=50", "rate=1e200")
    assert found.record["runs"][0]["updates"] < 50
    text = "".join(render([found], "json", 80, True, False, True, {}))
    assert "NaN" not in text and "Infinity" not in text


def test_a_network_that_recalls_sees_the_letter_at_the_lag_that_is_asked_for():
    batch = next(batches(6, 4, seed=1))
    assert batch.inputs.shape == (6, 4)
    assert (batch.inputs[0] == batch.targets[0]).all(), "the letter is `lag` = 5 steps before the last"
    assert (batch.inputs[1:5] >= 8).all() and (batch.inputs[5] == 16).all()


def test_a_way_to_begin_makes_the_network_that_its_name_says():
    theta = {}
    for name in ("rnn-relu/identity", "lstm/chrono", "lstm"):
        store = network(name, 50, 8).store()
        vector = np.zeros(store.size)
        store.initialise(vector, 1)
        theta[name] = store.named(vector)
    assert (theta["rnn-relu/identity"]["layer0.W_h"] == np.eye(8)).all()
    forget = slice(16, 24)  # blocks are o, i, f, g
    assert (theta["lstm"]["layer0.b"][forget] == 1).all()
    assert np.ptp(theta["lstm/chrono"]["layer0.b"][forget]) > 1
    assert label("lstm") == "lstm, bias 1" and label("rnn") == "rnn, orthogonal"
    with pytest.raises(ConfigError, match="lstm/crono: unknown way to begin"):
        network("lstm/crono", 50, 8)


def test_a_gradient_at_the_start_reaches_less_far_through_a_uniform_network_than_through_gates():
    numbers = read_numbers("memory-horizon", memory_horizon.Numbers, assignments=["seeds=[1]"])
    plain, gated = (memory_horizon.start_of(name, 20, numbers) for name in ("rnn/uniform", "gru/chrono"))
    assert plain.half_life < 1.5 < 5 < gated.half_life
    assert plain.share < 1e-5 < 0.1 < gated.share


def test_a_network_is_trained_until_a_batch_is_solved():
    numbers = read_numbers("memory-horizon", memory_horizon.Numbers)
    found = memory_horizon.train("lstm/chrono", 0.01, 5, numbers)
    assert found.solved and len(found.losses) < 100 and found.losses[0] == pytest.approx(log(8), abs=0.1)
    assert (found.losses[:-1] >= memory_horizon.SOLVED).all()


def test_the_stored_table_has_every_network_at_every_lag():
    numbers, table = read_numbers("memory-horizon", memory_horizon.Numbers), read_table()
    assert set(table) == {(name, lag) for name in numbers.networks for lag in numbers.lags}
    assert all(0 <= each.solved <= each.seeds == 5 for each in table.values())
    assert all((each.updates is None) == (each.solved == 0) for each in table.values())
    with pytest.raises(ConfigError, match="no measurement of rnn at lag 7"):
        selected(["rnn"], [7])
    assert tuple(Measured.__dataclass_fields__) == COLUMNS


def test_rank_correlation_shares_the_rank_of_equal_values():
    assert rank_correlation([1, 2, 3], [10, 20, 1e9]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [-1, -2, -9]) == pytest.approx(-1)
    assert rank_correlation([0, 0, 1, 1], [1, 2, 3, 4]) == pytest.approx(2 / 5**0.5)  # 1 / sqrt(1 * 5/4)
    assert np.isnan(rank_correlation([1, 1], [1, 2]))


def test_the_norm_has_a_gradient_of_one_at_every_distance_and_none_at_the_goal():
    found = finding("cost")
    *away, goal = found.record["distances"]
    for each in away:
        assert each["squared"] == pytest.approx(each["distance"] ** 2 / 2, rel=EXACT)
        assert each["squared_gradient"] == pytest.approx(each["distance"], rel=EXACT)
        assert each["norm_gradient"] == pytest.approx(1, rel=EXACT)
    assert goal["squared_gradient"] == goal["norm"] == 0 and np.isnan(goal["norm_gradient"])


def test_the_losses_of_the_engine_at_their_goal():
    found = {each["loss"]: each for each in finding("cost").record["engine"]}
    assert {name: each["at_goal"] for name, each in found.items()} == {
        "mse": 0,
        "mae": 0,
        "huber": 0,
        "quantile 0.5": 0.5,
    }
    assert (found["mae"]["below"], found["mae"]["above"]) == (-1, 1)
    assert (found["mse"]["below"], found["mse"]["above"]) == (-2e-9, 2e-9)


def test_a_descent_arrives_on_the_square_and_goes_around_the_goal_on_the_norm():
    found = finding("cost")
    squared, norm = found.record["descent"]["squared"], found.record["descent"]["norm"]
    assert squared[100] == pytest.approx(1.03 * 0.9**100, rel=1e-10)
    assert sorted(np.round(norm[-2:], 9)) == [-0.07, 0.03]


@pytest.mark.parametrize("name", DEMOS)
def test_every_number_of_a_demonstration_stands_in_its_file(name):
    numbers = read_numbers(name, MODULES[name].Numbers)
    assert None not in vars(numbers).values()


@pytest.mark.parametrize("name", DEMOS)
def test_a_demonstration_has_text_rows_and_json(name):
    found = finding(name, *QUICK.get(name, []))
    assert found.part == name
    assert len({tuple(row) for row in found.rows}) == 1, "rows have the same keys"
    assert found.record["metrics"] and all(isinstance(value, float | int) for value in found.record["metrics"].values())
    text = list(render([found], "text", 80, True, False, True, {}))
    assert all(len(line.rstrip("\n")) <= 80 for line in text)
    assert len(list(render([found], "csv", 80, True, False, True, {}))) == len(found.rows) + 1


def test_numbers_of_a_file_replace_those_of_the_demonstration(tmp_path):
    (tmp_path / "mine.yaml").write_text("steps: 3\nweights: 2\n")
    (found,) = run("linear-unit", quiet, configs=[str(tmp_path / "mine.yaml")], assignments=["steps=4"])
    assert found.record["metrics"]["2/y"] == 16
    assert [unit["n"] for unit in found.record["units"]] == [4]


def test_wrong_numbers_are_refused_with_their_places(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("stepz: 3\nweights: [1, many]\nsteps: 0\n")
    with pytest.raises(ConfigError) as error:
        run("linear-unit", quiet, configs=[str(path)])
    lines = str(error.value).splitlines()
    assert lines[0].startswith(f"stepz: unknown key ({path}:1:1); known: weights, steps. Did you mean 'steps'?")
    assert lines[1].startswith(f"weights: found 'many' ({path}:2:14); allowed: a number > 0, or a list of them")
    assert lines[2].startswith(f"steps: found '0' ({path}:3:8); allowed: a whole number >= 1")


@pytest.mark.parametrize(
    "name, assignment, allowed",
    [
        ("shared-weights", "inputs=[1,2]", "three numbers"),
        ("memory-horizon", "live_rates=0.1", "a rate for each network"),
        ("cost", "rate", "has no ="),
    ],
)
def test_numbers_that_do_not_go_together_are_refused(name, assignment, allowed):
    with pytest.raises(ConfigError, match=allowed):
        run(name, quiet, assignments=[assignment])


def test_an_unknown_demonstration_is_refused_with_the_one_that_was_meant():
    with pytest.raises(ConfigError, match="--demo carusel: unknown demonstration; known: linear-unit") as error:
        run("carusel", quiet)
    assert error.value.hint == "did you mean 'carousel'?"
