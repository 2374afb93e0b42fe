"""Drawings in a terminal: what stands where, that nothing is too wide, and that any number and text can be drawn."""

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnncli.laboratory.drawings import Curve, Curves, Heat, Histogram, Shaded
from rnncli.phrases import UNSAFE
from rnncli.tasks.pairs.texts import columns
from rnncli.ui.drawing.binned import means, sums
from rnncli.ui.drawing.shades import GROWING, ONE_SIDED, TWO_SIDED, letters_on, rgb, shades_of, terminal_color
from rnncli.ui.drawing.terminal import drawing_lines

CODE = re.compile("\x1b\\[[0-9;]*m")
K = np.arange(101.0)


def curves(lines, **kinds):
    return Curves("", "x", "y", {name: Curve(*map(np.asarray, line)) for name, line in lines.items()}, **kinds)


def heat(values, rows=None, log=False):
    values = np.array(values, float)
    rows = rows or [f"row {k}" for k in range(len(values))]
    return Heat("", rows, [str(k) for k in range(values.shape[1])], values, "", "norm", log)


def histogram(**shares):
    bins = len(next(iter(shares.values())))
    return Histogram("", "value", np.linspace(0, 1, bins + 1), {name: np.array(each) for name, each in shares.items()})


def shaded(text, values, low=0.0, high=1.0):
    return Shaded("", list(text), np.array(values, float), low, high, "activation")


def plain(drawing, width=80, unicode=False):
    return drawing_lines(drawing, width, unicode, False)


def of_each_kind():
    rng = np.random.default_rng(0)
    norms = np.exp(rng.normal(size=(6, 300)))
    norms[2, 10:50] = np.nan
    names = [f"layer{k}.a_rather_long_name_of_a_matrix" for k in range(6)]
    text = "A \x1b[31mtext\x07 with\ttabs,\n日本語, e\u0301 and \u202e more,\n\nwhich is long enough " * 3
    return {
        "curves": curves({f"a line with a long name, {k}": (K, 0.9**K * 10**k) for k in range(7)}, log_y=True),
        "linear": curves({"sin": (K, np.sin(K / 9)), "cos": (K, np.cos(K / 9))}),
        "heat": heat(norms, names, log=True),
        "two-sided heat": heat(rng.normal(size=(100, 7))),
        "histogram": histogram(**{name: rng.dirichlet(np.ones(150)) for name in names}),
        "text": shaded(text, rng.uniform(0, 1, len(text))),
        "two-sided text": shaded(text, rng.uniform(-1, 1, len(text)), -1, 1),
    }


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("unicode", [False, True])
@pytest.mark.parametrize("width", [40, 61, 80, 120, 200])
@pytest.mark.parametrize("kind", of_each_kind())
def test_no_line_is_wider_than_the_terminal_or_could_control_it(kind, width, unicode, color):
    for line in drawing_lines(of_each_kind()[kind], width, unicode, color):
        assert color or "\x1b" not in line
        text = CODE.sub("", line)
        assert columns(text) <= width and not UNSAFE.search(text) and "\n" not in text and "\t" not in text
        assert unicode or text.isascii()


def test_lines_go_from_corner_to_corner_between_round_figures_and_take_turns_where_they_coincide():
    assert plain(curves({"a": (range(23), range(23)), "b": (range(23), range(23))}), 28) == [
        "y",
        "   |                      oo",
        "20 +                    **",
        "   |                  oo",
        "15 +                **",
        "   |              oo",
        "10 +          oo**",
        "   |        **",
        "   |      oo",
        " 5 +    **",
        "   |  oo",
        " 0 +**",
        "   ++----+----+-----+----+--",
        "    0    5   10    15   20",
        "               x",
        "* a  o b",
    ]


def test_a_logarithmic_axis_has_powers_of_ten():
    lines = plain(curves({"a": (range(23), 10.0 ** -np.arange(23))}, log_y=True), 28, unicode=True)
    assert lines[1:4] == ["    1 ┤⠑⢄", "      │  ⠑⡄", " 1e-5 ┤   ⠈⠢⡀"]
    assert [line[:6].strip() for line in lines if "┤" in line] == ["1", "1e-5", "1e-10", "1e-15", "1e-20"]


def test_three_hundred_decades_and_less_than_one_have_figures():
    lines = plain(curves({"a": (range(301), 10.0 ** -np.arange(301))}, log_y=True))
    assert [line.split()[0] for line in lines if " +*" in line or " + " in line] == ["1", "1e-100", "1e-200", "1e-300"]
    lines = plain(curves({"a": (range(9), np.linspace(0.5, 0.9, 9))}, log_y=True))
    assert [line[:3] for line in lines if re.match(r"0\.\d \+", line)] == ["0.9", "0.8", "0.7", "0.6", "0.5"]
    lines = plain(curves({"a": ([1, 2, 500], [1, 2, 3])}, log_x=True))
    assert lines[-3].split() == ["1", "10", "100"]


def test_what_has_no_place_is_left_out_and_a_line_without_any_is_named():
    values = [1, np.nan, 3, np.inf, 5, -np.inf, 7]
    assert plain(curves({"a": (range(7), values)})) == plain(
        curves({"a": (range(7), np.where(K[:7] % 2, np.nan, values))})
    )
    lines = plain(curves({"a": (range(7), np.zeros(7)), "b": (range(7), [1, 2, 0, 4, 5, -1, 7])}, log_y=True))
    assert lines[-1] == "* a: no value above 0  o b" and not any("*" in line for line in lines[:-1])
    assert plain(curves({"a": ([1.0], [np.nan])})) == ["no values", "* a: no value"]
    assert plain(curves({})) == ["no values"]


def test_one_point_and_a_constant_line_are_in_the_middle():
    lines = plain(curves({"a": ([3], [2.5])}), 41)
    marks = [(row, line.index("*")) for row, line in enumerate(lines[1:12]) if "*" in line]
    assert marks == [(5, 23)]  # of 11 rows; of 36 columns from 5 on
    lines = plain(curves({"a": (K, np.full(101, 0.25))}), 41)
    assert [line.count("*") for line in lines[1:12]] == [0] * 5 + [35] + [0] * 5


def test_each_of_many_lines_has_its_mark_on_the_field_and_in_the_legend():
    lines = drawing_lines(curves({str(k): (K, K * k) for k in range(8)}), 100, True, False)
    for mark in "●▲■◆○△□◇":
        assert sum(line.count(mark) for line in lines[:-1]) >= 3 and f"{mark} " in lines[-1]


def test_a_chart_of_many_points_is_that_of_those_that_differ():
    x, y = np.linspace(0, 100, 12), np.linspace(5, 9, 12) ** 2
    many = curves({"a": (np.repeat(x, 5000), np.repeat(y, 5000))})
    assert plain(many, 60, True) == plain(curves({"a": (x, y)}), 60, True)


@pytest.mark.parametrize("axes", [{}, {"log_x": True}, {"log_y": True}, {"log_x": True, "log_y": True}])
@given(points=st.lists(st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 2), max_size=12))
@example(points=[(-2.894117647058824e16, 1000.0)])  # two ticks of 27 figures
def test_any_numbers_can_be_drawn(axes, points):
    x, y = np.array(points, float).reshape(-1, 2).T
    drawing = curves({"one": (x, y), "other": (x, -y)}, **axes)
    for unicode in (False, True):
        assert max(columns(line) for line in plain(drawing, 60, unicode)) <= 60
    matrix = Heat("", ["r"] * len(x), ["x", "y"], np.stack([x, y], axis=1), "", "", "log_y" in axes)
    assert max(columns(line) for line in plain(matrix, 60)) <= 60


def test_shades_of_a_heat_map_follow_the_values_and_their_logarithms():
    values = [[0, 25, 50], [75, 100, np.nan]]
    assert plain(heat(values), unicode=True)[:3] == ["row 0 ··░░▒▒", "row 1 ▓▓██", "      0 1 2"]
    values = [[1, 1e-2, 1e-4], [0, np.nan, 1e-8]]
    lines = plain(heat(values, log=True), unicode=True)
    assert lines == ["row 0 ██▓▓▒▒", "row 1 ··  ··", "      0 1 2", "norm, logarithmic: 1e-08 ·░▒▓█ 1  blank: no value"]
    assert plain(heat([[-1, 0, 0.5]]))[-1] == "norm: -1 .:-=+*#@ 1"  # zero in the middle
    assert plain(heat([[np.nan]]))[-1] == "no values" and plain(heat(np.zeros((0, 0)))) == ["no values"]


def test_a_heat_map_in_colour_has_the_colours_of_its_legend():
    lines = drawing_lines(heat([[0, 1]]), 80, True, True)
    found = re.findall(r"48;5;(\d+)", lines[0])
    assert found == [str(GROWING.terminal[0]), str(GROWING.terminal[-1])]
    assert re.findall(r"48;5;(\d+)", lines[-1]) == [str(number) for number in GROWING.terminal]


def test_columns_without_room_are_averaged_and_the_legend_says_so():
    values = np.tile([1.0, 100.0], (1, 60))
    shown = np.repeat([[3.0]], 60, axis=1)
    assert plain(heat(values, ["r"]), 70)[-1] == "a cell is the mean of 2 columns"
    assert plain(heat(values, ["r"], log=True), 70)[-1] == "a cell is the geometric mean of 2 columns"
    np.testing.assert_allclose(means(values, 2, 1, log=True), np.full((1, 60), 10.0), rtol=1e-12)
    np.testing.assert_allclose(means(values, 2, 1, log=False), np.full((1, 60), 50.5), rtol=1e-12)
    np.testing.assert_array_equal(means(shown, 7, 1, log=False)[0, -1], 3.0)  # a bin of 4
    odd = np.array([[np.nan, 2, np.nan, np.nan, 0, 8, 0, 0]])
    np.testing.assert_allclose(means(odd, 2, 1, log=True), [[2, np.nan, 8, 0]], rtol=1e-12)
    np.testing.assert_array_equal(sums(np.array([1, 2, np.nan, 4, np.nan]), 2), [3, 4, np.nan])
    assert means(np.array([[1.7e308, 1.7e308]]), 2, 1, log=False) == 1.7e308  # no sum overflows


def test_the_names_of_columns_stand_below_them_and_are_evenly_spaced():
    drawing = heat(np.ones((1, 40)), ["r"])
    assert plain(drawing, 42)[1] == "  0    5   10   15   20   25   30   35"
    many = Heat("", ["r"], [str(10 * k) for k in range(1000)], np.ones((1, 1000)), "step")
    line, label = plain(many, 62)[1:3]
    assert line.split() == [str(1000 * k) for k in range(10)] and label.strip() == "step"
    assert [match.start() for match in re.finditer(r"\d+", line)][1:4] == [6, 12, 18]  # 100 columns, 6 cells


@pytest.mark.parametrize("width", [30, 40, 60, 80])
def test_the_names_of_columns_never_touch(width):
    months = [f"19{58 + k // 12}-{k % 12 + 1:02d}" for k in range(36)]
    line = plain(Heat("", ["r"], months, np.ones((1, 36)), ""), width)[1]
    assert line.split() and set(line.split()) <= set(months)


def test_an_end_of_a_scale_that_is_as_good_as_zero_is_written_as_zero():
    assert plain(heat([[1.5e-38, 1]]))[-1] == "norm: 0 .:-=+*#@ 1"
    assert plain(heat([[1.5e-38, 1]], log=True))[-1] == "norm, logarithmic: 1.5e-38 .:-=+*#@ 1"


def test_a_title_is_broken_between_words_where_it_is_too_long():
    drawing = Shaded("Network against n-gram: above 0 the n-gram knew better", ["a"], np.ones(1), 0, 1, "bits")
    assert plain(drawing, 40)[:2] == ["Network against n-gram: above 0 the", "n-gram knew better"]


def test_a_long_name_of_a_row_keeps_both_ends():
    drawing = heat([[1, 2]], ["decoder.layer0.weights_of_the_recurrence.W_h"])
    assert plain(drawing, 60, True)[0].startswith("decoder.la…rrence.W_h ")
    assert plain(drawing, 60)[0].startswith("decoder.l")


def test_bars_have_the_heights_of_the_shares_and_a_small_share_is_seen():
    assert plain(histogram(a=[0, 0.001, 0.5, 1], b=[0.25] * 4), 28, True) == [
        "              ████",
        "          ▄▄▄▄████",
        "a     ▁▁▁▁████████",
        "",
        "",
        "b ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆",
        "  0     0.5      1",
        "       value",
        "a full bar: 100 %",
    ]
    lines = plain(histogram(a=[0.5, 0.5], b=[np.nan, np.nan]), 28)
    assert lines[2:4] == ["a ########", "b no value"] and lines[-1] == "a full bar: 50 %"


def test_bins_without_room_are_added():
    assert plain(histogram(a=[0.01] * 100), 40)[-1] == "a full bar: 3 %  a bar: 3 bins"


def test_a_text_has_the_sign_of_each_symbol_below_it():
    values = [0, 1, 0.5, np.nan, 0.25, 0.99]
    assert plain(shaded("a日\nb c", values), unicode=True) == [
        "activation, below each line: 0 is 0, 9 is 1, a blank is no value",
        "a日↵",
        "0995",
        "b c",
        " 29",
    ]
    assert plain(shaded("abcde", [-2, -0.3, 0.1, 0.5, 2], -1, 2)) == [
        "activation, below each line: = is -2, . is near 0, # is 2, a blank is no value",
        "abcde",
        "=..+#",
    ]


def test_a_text_in_colour_has_a_ground_for_each_symbol_with_a_value():
    legend, *lines = drawing_lines(shaded("ab\nc", [-1, 1, 0, np.nan], -1, 1), 80, True, True)
    low, middle, high = (TWO_SIDED.terminal[k] for k in (0, 4, -1))
    cells = f"\x1b[48;5;{low};38;5;231ma\x1b[0m\x1b[48;5;{high};38;5;231mb\x1b[0m\x1b[48;5;{middle};38;5;16m↵\x1b[0m"
    assert lines == [cells, "c"]
    assert CODE.sub("", legend) == "activation: -1 " + " " * 18 + " 1"


def test_a_text_is_broken_between_words_by_the_columns_it_takes():
    assert plain(shaded("the quick brown fox", np.zeros(19)), 12)[-4::2] == ["the quick", "brown fox"]
    assert plain(shaded("日本語日本語日本語", np.zeros(9)), 8, True)[-6::2] == ["日本語日", "本語日本", "語"]
    assert plain(Shaded("", ["x" * 30], np.zeros(1), 0, 1, "v"), 12)[-6::2] == ["x" * 12, "x" * 12, "x" * 6]


def test_a_mark_that_joins_a_letter_stays_with_it_and_lends_it_the_stronger_shade():
    assert plain(shaded("e\u0301x", [0, 1, 0]), unicode=True)[1:] == ["e\u0301x", "90"]
    assert plain(shaded("\u0301x", [0, 1]), unicode=True)[1:] == ["◌\u0301x", "09"]


def test_what_could_control_a_terminal_or_has_no_sign_is_shown_as_an_escape():
    text = "\x1b\x07\t\u202e\u200b\u2028\ud800\ufeff"
    shown = "\\x1b\\x07\\t\\u202e\\u200b\\u2028\\ud800\\ufeff"
    assert plain(shaded(text, np.zeros(8)), unicode=True)[1] == shown
    assert plain(shaded("é", [0]))[1] == "\\xe9"


def test_without_values_a_text_is_shown_as_it_is():
    assert plain(shaded("ab", [np.nan] * 2, np.nan, np.nan)) == ["activation: no values", "ab"]


def luminance(color):
    linear = [(part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4) for part in rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("ramp, falls", [(ONE_SIDED, True), (GROWING, False)])
def test_colours_from_low_to_high_get_steadily_darker_or_lighter_so_that_no_hue_is_needed(ramp, falls):
    for colors in (ramp.colors, [terminal_color(number) for number in ramp.terminal]):
        steps = np.diff([luminance(color) for color in colors])
        assert (steps < 0).all() if falls else (steps > 0).all()


def test_two_sided_colours_are_lightest_at_zero_and_blue_below_red_above():
    for colors in (TWO_SIDED.colors, [terminal_color(number) for number in TWO_SIDED.terminal]):
        middle = len(colors) // 2
        light = [luminance(color) for color in colors]
        assert (np.diff(light)[:middle] > 0).all() and (np.diff(light)[middle:] < 0).all()
        for color in colors[:middle]:
            assert rgb(color)[2] > rgb(color)[0]
        for color in colors[middle + 1 :]:
            assert rgb(color)[0] > rgb(color)[2]


def test_letters_stand_out_from_every_colour():
    colors = [each for ramp in (ONE_SIDED, TWO_SIDED, GROWING) for each in map(ramp.color, np.linspace(0, 1, 41))]
    colors += [terminal_color(number) for ramp in (ONE_SIDED, TWO_SIDED, GROWING) for number in ramp.terminal]
    for color in colors:
        low, high = sorted([luminance(color), luminance(letters_on(color))])
        assert (high + 0.05) / (low + 0.05) >= 4.5, color


def test_the_colours_of_a_terminal_are_those_of_its_cube_and_its_greys():
    assert [terminal_color(number) for number in (16, 25, 231, 232, 255)] == [
        "#000000",
        "#005faf",
        "#ffffff",
        "#080808",
        "#eeeeee",
    ]


def test_a_scale_reaches_from_the_least_to_the_largest_finite_value():
    values = np.array([[1e-300, np.inf, 1.0, 0, np.nan, -1]])
    shares = shades_of(heat(values, log=True)).shares(values)
    np.testing.assert_allclose(shares, [[0, 1, 1, 0, np.nan, np.nan]])
    two = shades_of(heat([[-1, 3]]))
    assert (two.low, two.high, two.ramp) == (-3, 3, TWO_SIDED)
    np.testing.assert_allclose(two.shares(np.array([-3, 0, 1.5])), [0, 0.5, 0.75])


def test_the_meaning_of_shades_is_broken_where_it_is_too_long():
    drawing = Shaded("", ["a"], np.ones(1), -1, 1, "bits of the network less the n-gram's, in the held-out text")
    assert all(columns(line) <= 30 for line in drawing_lines(drawing, 30, True, False))
