"""Lines of charts: colours that stay with a group in all charts, and how many of them are drawn."""

import re
from dataclasses import replace

import numpy as np
from drawn_findings import curves, finding

from rnncli.laboratory.drawings import Curve, Curves
from rnncli.ui.drawing.curves import MARKS
from rnncli.ui.drawing.line_styles import MOST, prepared, shortened, styles
from rnncli.ui.drawing.shades import LINES
from rnncli.ui.drawing.terminal import drawing_lines

K = np.arange(20.0)


def chart(names, groups):
    return Curves("", "x", "y", {name: Curve(K, K * k) for k, name in enumerate(names)}, groups=groups)


def test_a_group_has_one_colour_in_all_charts_also_where_another_one_is_missing():
    both = chart(["rnn h", "lstm h", "lstm c"], {"rnn h": "rnn", "lstm h": "lstm", "lstm c": "lstm"})
    alone = chart(["lstm, bound"], {"lstm, bound": "lstm"})
    (one,), (two,) = (found.brief for found in prepared([finding(brief=[both]), finding(brief=[alone])]))
    assert styles(one) == [(0, 0), (1, 0), (1, 1)] and styles(two) == [(1, 0)]
    colours = [re.findall(r"38;5;(\d+)m", drawing_lines(each, 60, True, True)[-1]) for each in (one, two)]
    assert colours[0][1] == colours[0][2] != colours[0][0] and colours[1] in ([], colours[0][1:2])


def test_lines_without_a_group_have_a_colour_each():
    assert styles(chart(["a", "b", "c"], {})) == [(0, 0), (1, 0), (2, 0)]


def test_where_colours_begin_anew_their_lines_have_other_dashes():
    found = styles(chart([str(k) for k in range(len(LINES) + 2)], {}))
    assert found[-2:] == [(0, 1), (1, 1)] and len(set(found)) == len(found)


def test_of_many_lines_the_first_ones_of_each_group_are_drawn_and_the_rest_is_counted():
    names = [f"{net} {k}" for net in ("rnn", "lstm") for k in range(11)]
    found = shortened(chart(names, {name: name.split()[0] for name in names}))
    assert list(found.lines) == [f"{net} {k}" for net in ("rnn", "lstm") for k in range(6)]
    assert drawing_lines(found, 200, True, False)[-1] == "and 10 more, in --format csv"
    assert shortened(chart(names[:MOST], {})).note == ""


def test_there_is_a_mark_for_each_line_and_none_is_the_name_of_a_state_or_a_gate():
    for marks in MARKS.values():
        assert len(set(marks)) == MOST and not set(marks) & set("abcfghir")


def test_a_finding_keeps_all_but_its_charts():
    found = replace(finding(brief=["a", curves()]), more=["b"])
    (changed,) = prepared([found])
    assert changed.brief[0] == "a" and list(changed.more) == ["b"] and changed.record is found.record
