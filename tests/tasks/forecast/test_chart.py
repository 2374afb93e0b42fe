"""The plot in the terminal: what it looks like, and that nothing finite can break it."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.tasks.forecast.chart import Labels, chart_lines, make_axis, steps_shown

DAYS = [f"05-{day:02d}" for day in range(1, 31)]
NAN = math.nan
STAIR = [10, 12, 14, 16, 18, 20, 18, 16, 14, 12, 10, 12]
AHEAD, TRUTH = [14, 16, 18, 20], [14, 15, 16, 15]
BAND = {80: ([13, 14, 15, 16], [15, 18, 21, 24])}

IN_BRAILLE = """\
stair: 12 steps, 4 ahead
   │                             │        ░░
   │                             │      ░░░░
20 ┤           ⡠⠔⠑⠤⡀             │     ░⢀⠤⠊░
   │        ⡠⠔⠊    ⠈⠒⠤⡀          │   ⢀⠤⢒⠁░░░
15 ┤      ⡠⠊          ⠈⠒⢄        │ ⡠⠲⠁⠂░ ⠁⠐
   │   ⢀⠔⠊               ⠑⢄    ⢀ │
10 ┤ ⡠⠒⠁                   ⠑⠢⡠⠒⠁ │
   └─────────────────────────────┴──────────
    05-01                      05-13   05-16"""

IN_ASCII = """\
stair: 12 steps, 4 ahead
   |                             |        ::
   |                             |      ::::
20 +            ***              |     ::oo:
   |        ****   ****          |   oooo:::
15 +     ***           ***       | oo..: ..
   |   **                 **   * |
10 + **                     ***  |
   +-----------------------------+----------
    05-01                      05-13   05-16"""

WITH_GAPS = """\
gaps: 7 steps, 2 ahead       ⠒⠒ forecast
  │                            │   ⡠⠤⠊⠁
3 ┤                          ⠛ │  ⠉
2 ┤              ⣤             │
  │                            │
1 ┤  ⣀⣀⣀⣀⡀                     │
  └────────────────────────────┴────────
   05-01                    05-08  05-09"""


def labels(L, h, name="series"):
    return Labels(name, [str(step) for step in range(L + h)])


def draw(history, forecast, width=60, height=12, intervals=None, name="series", **options):
    marks = labels(len(history), len(forecast), name)
    return chart_lines(history, forecast, intervals or {}, marks, width, height, **options)


def body(lines):
    """The lines with an axis at their left, as (figure, what is drawn)."""
    found = [re.fullmatch(r" *(\S*) [┤│|+](.*)", line) for line in lines]
    return [match.groups() for match in found if match and not set(match.group(2)) <= set("-+")]


@pytest.mark.parametrize("unicode, expected", [(True, IN_BRAILLE), (False, IN_ASCII)])
def test_a_small_plot_looks_as_we_want_it(unicode, expected):
    lines = chart_lines(STAIR, AHEAD, BAND, Labels("stair", DAYS), 44, 10, truth=TRUTH, unicode=unicode)
    assert "\n".join(lines) == expected


def test_missing_values_are_gaps_and_a_lone_value_is_a_larger_dot():
    lines = chart_lines([1, 1, NAN, 2, NAN, NAN, 3], [3, 3.5], {}, Labels("gaps", DAYS), 40, 8)
    assert "\n".join(lines) == WITH_GAPS


FIGURES = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.floats(-100, 100), st.just(5.0), st.just(NAN))


@given(
    st.lists(FIGURES, max_size=150),
    st.lists(st.tuples(FIGURES, FIGURES, FIGURES, FIGURES), max_size=60),
    st.integers(40, 200),
    st.integers(8, 40),
    st.booleans(),
    st.integers(1, 30),
)
def test_whatever_is_drawn_has_the_size_that_was_asked_for(history, ahead, width, height, unicode, length):
    forecast, low, high, truth = np.array(ahead).reshape(-1, 4).T
    marks = Labels("név \x1b[31m 名前" * 3, [f"{step:0{length}d}" for step in range(len(history) + len(ahead))])
    lines = chart_lines(
        history, forecast, {80: (low, high), 95.5: (low, high)}, marks, width, height, truth=truth, unicode=unicode
    )
    assert len(lines) == height
    assert all(len(line) <= width and line == line.rstrip() for line in lines)
    assert not re.search("[\x00-\x1f]", "".join(lines))
    assert unicode or "".join(lines).isascii()


@given(st.floats(-1e12, 1e12), st.floats(1e-3, 1e12), st.integers(5, 36))
def test_an_axis_has_three_to_five_round_figures_an_equal_step_apart(low, span, rows):
    axis = make_axis(np.array([low, low + span]), rows)
    texts = [text for text in axis.column(rows, 4) if text]
    assert 3 <= len(texts) == len(set(texts)) <= 5
    ticks, step = np.array(axis.ticks), axis.ticks[1] - axis.ticks[0]
    assert np.allclose(np.diff(ticks), step, rtol=1e-6)
    assert axis.low <= ticks[0] + 1e-6 * step and ticks[-1] <= axis.high + 1e-6 * step
    said = np.array([float(text.replace(",", "")) for text in axis.texts]) / axis.scale
    assert np.abs(said - ticks).max() < 1e-6 * step  # no digit that matters is cut off


@given(st.floats(-1e6, 1e6), st.floats(0.5, 1e6), st.integers(6, 36), st.sampled_from([1, 4]))
def test_a_figure_stands_where_its_value_is_drawn(low, span, rows, down):
    axis = make_axis(np.array([low, low + span]), rows)
    column = axis.column(rows, down)
    for tick, text in zip(axis.ticks, axis.texts):
        drawn = axis.row(np.array([tick * axis.scale]), rows * down)[0]
        place = column.index(text) * down
        assert place - 1 <= drawn <= place + down  # a dot more on either side: halves may round either way


@pytest.mark.parametrize(
    "values, texts",
    [
        ([0, 10], ("0", "5", "10")),
        ([0.1, 0.9], ("0.2", "0.4", "0.6", "0.8")),
        ([-3e12, 3e12], ("-2e12", "0", "2e12")),
        ([112, 622], ("200", "400", "600")),
        ([5, 5], ("4.5", "5.0", "5.5")),
        ([0, 0], ("-1.0", "-0.5", "0", "0.5", "1.0")),
        ([1200, 5300], ("2,000", "3,000", "4,000", "5,000")),
        ([2e-7, 9e-7], ("2e-7", "4e-7", "6e-7", "8e-7")),
        ([NAN, NAN], ("0", "0.5", "1.0")),
        ([1e-320, 0], ("-1.0", "-0.5", "0", "0.5", "1.0")),
    ],
)
def test_the_figures_of_some_axes(values, texts):
    assert make_axis(np.array(values, float), 8).texts == texts


def test_an_axis_is_at_most_a_third_longer_than_the_values():
    rng = np.random.default_rng(3)
    for low, span in zip(rng.normal(size=400) * 50, rng.exponential(size=400) * 100 + 0.1):
        axis = make_axis(np.array([low, low + span]), 16)
        assert axis.low <= low * (1 + 1e-12) + 1e-9 and axis.high >= (low + span) * (1 - 1e-12) - 1e-9
        assert axis.high - axis.low <= 1.34 * span


def test_figures_are_aligned_to_the_right():
    lines = draw([5, 80, 1500], [700])
    figures = [line[: line.index("┤")] for line in lines if "┤" in line]
    assert [figure.strip() for figure in figures] == ["1,500", "1,000", "500"]
    assert {len(figure) for figure in figures} == {len("1,500 ")}


def test_history_is_before_the_rule_and_the_forecast_after_it():
    lines = draw([1, 2, 3, 2] * 5, [2, 3, 1, 2, 5], unicode=False)
    parts = [drawn.split("|") for _, drawn in body(lines)]
    assert all(len(part) == 2 for part in parts) and len({len(before) for before, _ in parts}) == 1
    before, after = ("".join(part) for part in zip(*parts))
    assert set(before) == {" ", "*"} and set(after) == {" ", "o"}
    assert len(parts[0][0]) == 45  # of 56 columns beside the rule, for 20 of 25 steps
    assert lines[-2].index("+", 4) == lines[2].index("|", 4)


def test_a_rising_line_rises_and_touches_both_ends():
    rows = [drawn for _, drawn in body(draw(list(range(50)), [], unicode=False))]
    columns = [[row for row, drawn in enumerate(rows) if drawn.ljust(60)[column] == "*"] for column in range(57)]
    highest = [min(column) for column in columns if column]
    assert highest == sorted(highest, reverse=True)
    assert highest[0] == len(rows) - 1 and highest[-1] == 0


def test_the_widest_interval_is_the_one_that_is_shaded():
    narrow, wide = ([4] * 6, [6] * 6), ([0] * 6, [10] * 6)
    for intervals in ({80: narrow, 95: wide}, {95: wide, 80: narrow}):
        lines = draw([0, 10] * 6, [5] * 6, intervals=intervals, unicode=False)
        rows = [drawn for _, drawn in body(lines)]
        assert all(":" in drawn or "o" in drawn for drawn in rows)
        assert lines[0].endswith(": 95 % interval")
    rows = [drawn for _, drawn in body(draw([0, 10] * 6, [5] * 6, intervals={80: narrow}, unicode=False))]
    assert 0 < sum(":" in drawn for drawn in rows) <= 3


def test_the_truth_is_dotted_where_a_forecast_would_be_solid():
    history, values = [0, 9] * 10, [2, 4, 8, 1, 5, 5, 5, 2]

    def dots(**parts):
        rows = [drawn.split("│")[1].ljust(60) for _, drawn in body(draw(history, width=80, **parts))]
        return np.array([[ord(sign) - 0x2800 if sign >= "\u2800" else 0 for sign in row] for row in rows])

    solid = dots(forecast=values)
    dotted = dots(forecast=[NAN] * 8, truth=values)
    assert (dotted & ~solid == 0).all()
    count = [sum(int(code).bit_count() for code in codes.ravel()) for codes in (dotted, solid)]
    assert 0.25 * count[1] < count[0] < 0.45 * count[1]


def test_a_long_history_is_cut_to_its_tail_and_the_plot_says_so():
    lines = draw(list(range(8640)), [8640] * 24, width=100, name="load")
    shown = steps_shown(8640, 24, 100)
    assert shown == 120  # five horizons
    assert lines[0].startswith("load: last 120 of 8,640 steps, 24 ahead")
    assert lines[-1].split() == ["8520", "8640", "8663"]
    figures = [int(figure.replace(",", "")) for figure, _ in body(lines) if figure]
    assert 3 <= len(figures) <= 5 and min(figures) >= 8500  # the axis is that of the tail


@pytest.mark.parametrize(
    "L, h, width, shown",
    [
        (132, 12, 200, 132),
        (132, 12, 80, 60),
        (132, 12, 160, 132),
        (74, 12, 80, 74),
        (75, 12, 80, 75),
        (76, 12, 80, 60),
        (0, 5, 40, 0),
        (10**6, 1, 40, 31),
        (10**6, 0, 40, 32),
    ],
)
def test_the_tail_has_five_horizons_or_all_that_finds_room(L, h, width, shown):
    assert steps_shown(L, h, width) == shown


def test_long_stamps_take_two_lines_and_none_is_lost():
    stamps = [f"2024-01-{day:02d} 00:00:00" for day in range(1, 29)]
    lines = chart_lines(list(range(20)), list(range(8)), {}, Labels("long", stamps), 44, 10)
    assert lines[-2].strip() == stamps[20]
    assert lines[-1].strip().split("  ") == [stamps[0], stamps[27]]
    assert len(lines) == 10


def test_a_name_too_long_loses_its_end_and_a_hostile_one_its_power():
    assert draw([1, 2], [3], width=40, name="x" * 90)[0] == "x" * 21 + "…: 2 steps, 1 ahead"
    assert draw([1, 2], [3], width=40, name="x" * 90, unicode=False)[0] == "x" * 19 + "...: 2 steps, 1 ahead"
    assert draw([1, 2], [3], name="a\x1b[2J\nb")[0].startswith(r"a\x1b[2J b: 2 steps")
    assert draw([1, 2], [3], name="né", unicode=False)[0].startswith(r"n\xe9: 2 steps")
    assert draw([1, 2], [3], width=40, name="名" * 30)[0] == "名" * 10 + "…: 2 steps, 1 ahead"  # two columns each


def test_colours_change_nothing_but_the_colour():
    parts = dict(intervals={90: ([1] * 4, [9] * 4)}, truth=[4, 5, 6, 7])
    plain, colored = (draw([3, 8] * 9, [5, 4, 3, 2], color=color, **parts) for color in (False, True))
    assert [re.sub("\x1b\\[[0-9;]*m", "", line) for line in colored] == plain
    text = "".join(colored)
    assert all(f"\x1b[{code}m" in text for code in ("36", "33", "36;2", "2"))
    assert text.count("\x1b[0m") * 2 == text.count("\x1b[")


def test_a_series_without_a_value_is_an_empty_plot_that_says_so():
    for history, forecast in (([NAN] * 5, [NAN] * 2), ([], []), ([math.inf], [-math.inf])):
        lines = draw(history, forecast)
        assert len(lines) == 12 and sum("no values" in line for line in lines) == 1
    assert not any("no values" in line for line in draw([NAN, 1], [NAN]))


@pytest.mark.parametrize("value", [0.0, 5.0, -7.25e12, 1e-12, 1.7e308])
def test_a_constant_series_is_one_level_line_in_the_middle(value):
    rows = [drawn for _, drawn in body(draw([value] * 30, [value] * 6, unicode=False))]
    marked = [row for row, drawn in enumerate(rows) if "*" in drawn or "o" in drawn]
    assert len(marked) == 1 and abs(marked[0] - (len(rows) - 1) / 2) <= 1
