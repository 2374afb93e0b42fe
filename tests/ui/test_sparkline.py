"""Sparklines: a logarithmic scale, and characters of their own for what has no place on it."""

from math import inf, nan

import pytest

from rnncli.ui.drawing.sparkline import MOST, Trail, legend, sparkline


def trail_of(values):
    trail = Trail()
    for value in values:
        trail = trail.plus(value)
    return trail


def test_each_decade_of_eight_has_a_level():
    decades = [10.0**k for k in range(-9, -1)]
    assert sparkline(decades, 8, unicode=True) == "▁▂▃▄▅▆▇█"
    assert sparkline(decades, 8, unicode=False) == ".:-=+*#@"


def test_a_change_of_a_few_percent_stays_small_to_the_eye():
    assert sparkline([1.0, 1.05, 0.97], 8, unicode=True) in ("▄▅▄", "▅▅▅", "▅▅▄", "▄▄▄")
    assert sparkline([1.0, 10.0], 8, unicode=True) == "▁█"  # a decade takes all levels


@pytest.mark.parametrize("unicode, shown", [(True, "▁0█∞?"), (False, ".0@^?")])
def test_zero_infinity_and_nan_have_characters_of_their_own_and_do_not_change_the_scale(unicode, shown):
    assert sparkline([1e-5, 0.0, 1e5, inf, nan], 9, unicode) == shown


def test_a_sparkline_without_one_ordinary_number_is_still_one():
    assert sparkline([0.0, inf, nan], 9, True) == "0∞?" and sparkline([], 9, True) == ""


def test_the_largest_and_the_smallest_numbers_of_double_precision_have_a_place():
    assert sparkline([5e-324, 1.7e308, 1.7e308], 2, unicode=True) == "▁█"


def test_more_values_than_characters_are_averaged_on_the_logarithmic_scale():
    assert sparkline([1.0, 1e4, 1e9, 1e9], 2, unicode=True) == "▁█"
    assert sparkline([1.0, 1e4, 1.0, 1e4], 2, unicode=True) == sparkline([1e2, 1e2], 2, unicode=True)


def test_one_zero_among_thousands_is_seen():
    assert sparkline([1.0] * 5000 + [0.0] + [1.0] * 5000, 10, unicode=True).count("0") == 1


def test_a_long_history_keeps_its_shape_in_a_few_points():
    values = [10 ** (-k / 1000) for k in range(10_000)]
    trail = trail_of(values)
    assert len(trail.values) <= MOST
    assert sparkline(trail.values, 16, True) == sparkline(values, 16, True) == "██▇▇▆▆▅▅▄▄▃▃▂▂▁▁"
    assert trail.values[0] == pytest.approx(values[0], rel=0.1) and trail.values[-1] == pytest.approx(1e-10, rel=0.1)


def test_a_short_history_is_kept_as_it_is():
    assert trail_of([3.0, 0.0, nan]).values[:2] == (3.0, 0.0) and Trail().values == ()


def test_thinning_takes_geometric_means():
    trail = trail_of([1.0, 100.0] * MOST)
    assert trail.values == pytest.approx([10.0] * len(trail.values), rel=1e-12)


def test_the_legend_explains_only_what_is_there():
    assert legend([1.0, 2.0], True) == ""
    assert legend([0.0, 1.0, nan], True) == "0: zero, ?: not a number"
    assert legend([inf], False) == "^: infinite"
