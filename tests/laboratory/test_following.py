"""Units that follow a signal: planted ones are found on both halves, and noise stays within chance."""

import numpy as np
import pytest

from rnncli.laboratory.units.activations import Group, Units
from rnncli.laboratory.units.following import (
    Signal,
    best_of,
    by_chance,
    coloured,
    correlations,
    described,
    follow,
    metrics,
    others,
    rows,
    summary,
    table,
    without_follower,
)

S, U = 4_000, 60
UNITS = Units((Group("layer0", "h", 40), Group("layer0", "c", 20)))


def noise(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def on_and_off(seed=1, steps=S):
    """A signal that is on for stretches of some 20 steps."""
    changes = np.random.default_rng(seed).random(steps) < 0.05
    return (np.cumsum(changes) % 2).astype(float)


def test_a_correlation_is_that_of_numpy_and_leaves_out_steps_without_a_value():
    x, signals = noise(1, 200, 5).astype("f4"), noise(2, 3, 200)
    signals[1, 30:90] = np.nan
    found = correlations(signals, x)
    for p, signal in enumerate(signals):
        there = np.isfinite(signal)
        for u in range(5):
            assert found[p, u] == pytest.approx(np.corrcoef(signal[there], x[there, u])[0, 1], abs=1e-12)


def test_what_does_not_vary_or_is_not_finite_correlates_with_nothing():
    x, signals = noise(1, 200, 4), np.stack([np.ones(200), noise(2, 200), np.full(200, np.nan)])
    x[:, 1], x[3, 2] = 0.3, np.nan
    found = correlations(signals, x)
    assert np.abs(found[[0, 2]]).max() == 0 and found[1, 1] == found[1, 2] == 0 and abs(found[1, 0]) > 0


def test_many_units_are_correlated_in_blocks_without_a_difference():
    x, signal = noise(3, 100, 600), noise(4, 1, 100)
    together = correlations(signal, x)
    assert together.shape == (1, 600) and np.allclose(together[:, 300:301], correlations(signal, x[:, 300:301]))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_unit_that_is_the_signal_plus_noise_is_found_and_follows_on_the_other_half(sign):
    signal, x = on_and_off(), noise(5, S, U)
    x[:, 37] += sign * 2 * signal  # r = 1 / sqrt(1 + 1) for a signal with the deviation 1/2
    ((best, second, _),) = follow([Signal("on", signal)], x, UNITS, seed=0)
    assert (best.column, best.unit) == (37, "layer0:37") and best.follows and not second.follows
    assert best.r == pytest.approx(sign * 0.707, abs=0.03) and best.again == pytest.approx(best.r, abs=0.06)
    assert best.chance < 0.25 and best.share == signal.mean()


def test_a_unit_of_another_state_is_named_with_it():
    x = noise(6, S, U)
    signal = x[:, 45] + 0.1 * noise(7, S)
    ((best, *_),) = follow([Signal("like c", signal)], x, UNITS, seed=0)
    assert best.unit == "layer0.c:5" and best.share is None


def test_among_pure_noise_hardly_any_unit_follows_anything():
    signals = [Signal(str(k), on_and_off(seed=k)) for k in range(40)]
    found = follow(signals, noise(8, S, U), UNITS, seed=0)
    assert len(found) == 40 and sum(each[0].follows for each in found) <= 2
    assert max(abs(each[0].again) for each in found) < max(each[0].chance for each in found)


def test_chance_is_what_the_best_of_all_units_reaches_and_grows_with_their_number():
    signal = on_and_off()[None]
    few, many = (by_chance(signal, noise(9, S, count), 0) for count in (2, 400))
    assert 0 < few < many < 0.2  # about sqrt(2 ln(20 * 400) / 4000) = 0.067, since noise has no memory


def test_chance_is_higher_for_slow_units_which_resemble_any_slow_signal():
    slow = np.cumsum(noise(10, S, U), axis=0)
    signal = np.cumsum(noise(11, S))[None]
    assert by_chance(signal, slow, 0) > 0.5 > by_chance(signal, noise(12, S, U), 0)


def test_the_chosen_half_alone_chooses():
    """A unit that follows only in the second half is not chosen; one that follows only in the first is found out."""
    signal, x = on_and_off(), noise(13, S, U)
    x[: S // 2, 3] += 2 * signal[: S // 2]
    x[S // 2 :, 4] += 4 * signal[S // 2 :]
    ((best, *_),) = follow([Signal("half", signal)], x, UNITS, seed=0)
    assert best.column == 3 and abs(best.again) < 0.1 and not best.follows


def test_of_a_cycle_a_unit_may_follow_any_phase_and_has_to_keep_it():
    angle = 2 * np.pi * np.cumsum(0.3 + 0.2 * noise(14, S)) / 7
    phases = np.cos(angle - np.pi * np.arange(8)[:, None] / 8)
    x = noise(15, S, U)
    x[:, 11] = np.cos(angle - 2.6) + 0.3 * noise(16, S)
    x[:, 12] = np.cos(angle + 1.3 * (np.arange(S) >= S // 2))  # turns by a fifth in the second half
    first, then, *_ = follow([Signal("cycle", phases)], x, UNITS, seed=0)[0]
    assert {first.column, then.column} == {11, 12}
    kept, turned = sorted((first, then), key=lambda one: one.column)
    assert abs(kept.again) > 0.85 and kept.follows and abs(turned.again) < abs(turned.r) - 0.3


def test_a_signal_that_does_not_vary_in_one_half_is_left_out_and_named():
    late = np.zeros(S)
    late[-50:] = 1
    signals = [Signal("late", late), Signal("never", np.full(S, np.nan)), Signal("on", on_and_off())]
    found = follow(signals, noise(17, S, U), UNITS, seed=0)
    assert [each[0].signal for each in found] == ["on"] and without_follower(signals, found) == ["late", "never"]
    assert "Not in both halves: late, never." in summary(signals, found, UNITS, "steps")


def test_too_few_steps_give_no_figures_but_a_sentence():
    signals = [Signal("on", on_and_off(steps=30))]
    found = follow(signals, noise(18, 30, U), UNITS, seed=0)
    assert found == [] and "they need 40 steps" in summary(signals, found, UNITS, "steps")[0] and others(found) == []


def test_the_best_are_other_units_each_that_follow_those_of_the_named_signals_first():
    signal, x = on_and_off(), noise(19, S, U)
    x[:, 20] += 3 * signal
    x[:, 21] += signal
    named = Signal("weak", x[:, 21] + noise(20, S))
    signals = [Signal("strong", signal), Signal("same", signal), named, Signal("noise", on_and_off(seed=5))]
    found = follow(signals, x, UNITS, seed=0)
    assert [one.column for one in best_of(found, ["weak"], 2)] == [21, 20]
    assert [one.column for one in best_of(found, [], 5)] == [20, 21]
    assert len(best_of(found[3:], [], 5)) == 1 and not found[3][0].follows and best_of([], [], 5) == []


def test_the_table_the_rows_and_the_metrics_say_the_same():
    signal, x = on_and_off(), noise(21, S, U)
    x[:, 37] += 2 * signal
    found = follow([Signal("on", signal), Signal("noise", noise(22, S))], x, UNITS, seed=0)
    header, first, second = table(found).rows
    assert header == ["signal", "on", "unit", "r", "again", "chance", ""]
    assert first == ["on", f"{signal.mean():.1%}", "layer0:37", f"{found[0][0].r:+.3f}"] + [
        f"{found[0][0].again:+.3f}",
        f"{found[0][0].chance:.3f}",
        "",
    ]
    assert second[-1] == "?" and second[1] == ""
    assert metrics(found)["on/again"] == found[0][0].again and len(metrics(found)) == 6
    flat = list(rows(found))
    assert len(flat) == 6 and flat[0]["unit"] == "layer0:37" and [row["place"] for row in flat[:3]] == [1, 2, 3]
    assert "1 of 2 signals" in summary([], found, UNITS, "steps")[1]


def test_a_text_in_the_colours_of_a_unit_has_zero_in_the_middle_and_says_what_the_unit_follows():
    signal, x = on_and_off(), noise(23, S, U)
    x[:, 37] += 2 * signal
    found = follow([Signal("on", signal)], x, UNITS, seed=0)
    assert described("layer0:37", found).startswith("layer0:37: on, r +0.7") and described("layer0:1", []) == "layer0:1"
    shaded = coloured("title", list("abc"), np.array([0.5, np.nan, -0.8]))
    assert (shaded.low, shaded.high) == (-0.8, 0.8)
    assert coloured("title", ["a"], np.zeros(1)).high == 1.0
