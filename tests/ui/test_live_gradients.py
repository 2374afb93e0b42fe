"""The gradients of a run that is followed live: tables, chart and panel, in every size of a terminal."""

import io
import json
import re
from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from rich.console import Console
from rich.panel import Panel

from rnncli.errors import Interrupted
from rnncli.events import (
    GradientByLag,
    LagNorms,
    ParameterNorm,
    PastNorms,
    RunFinished,
    RunStarted,
    StepDone,
    StepRejected,
)
from rnncli.ui.bar import ABOVE, BarReporter
from rnncli.ui.jsonl import JsonlReporter
from rnncli.ui.lines import LinesReporter, WarningsReporter
from rnncli.ui.live_gradients import LiveGradients

STARTED = RunStarted(
    run="runs/a",
    task="language",
    description=("data: a.txt",),
    seed=7,
    parameters=12_345,
    memory=3_400_000,
    step=0,
    total_steps=100,
    max_seconds=None,
    chars_per_token=2.0,
    tokens_per_step=20,
)
SHOWN = replace(STARTED, show="gradients")
FINISHED = RunFinished(step=100, reason="max_steps", best_step=90, best=0.5, elapsed=65.0, tokens=2000)


def curve(layer="layer0", state="h", norms=(10.0, 1e-1, 1e-3, 1e-5), factor=0.5, half_life=1.0):
    return LagNorms(layer, state, norms, half_life, factor)


LAGS = GradientByLag(2, (curve(), curve(state="c", norms=(0.0, 1e-5, 1e-3, 80.0), factor=2.0, half_life=inf)))


def table(number, norm, parameters=3):
    """Step `number` of 100 with a table of so many parameters, each with ten times the norm of the one before."""
    return StepDone(
        step=number,
        epoch=number / 40,
        loss=1.0,
        grad_norm=0.75,
        clipped=True,
        rate=1e-3,
        tokens=20,
        elapsed=float(number),
        fraction=number / 100,
        norms=tuple(ParameterNorm(f"layer{k}.W_h", norm * 10**k, norm, 1e-3) for k in range(parameters)),
    )


def followed(*events):
    live = LiveGradients()
    for event in events:
        live = live.after(event)
    return live


def after(reporter, *events):
    with reporter:
        for event in (SHOWN, *events):
            reporter.handle(event)


def lines_of(*events, encoding="utf-8"):
    """The text of a LinesReporter on a stream of that encoding."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    after(LinesReporter(stream, clock=lambda: 0.0), *events)
    stream.flush()
    return raw.getvalue().decode(encoding)


def bar(width=80, height=24, norms=False, color=None):
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=color)
    return BarReporter(console, norms, clock=lambda: 0.0)


def panels_printed(reporter):
    """The list of the panels that a BarReporter will have printed for good."""
    found, printed = [], reporter.console.print

    def noting(*things, **options):
        found.extend(thing for thing in things if isinstance(thing, Panel) and thing.title == "gradients")
        printed(*things, **options)

    reporter.console.print = noting
    return found


def text_of(panel):
    return panel.renderable.plain


def test_a_row_has_its_figures_and_its_norms_so_far():
    live = followed(*(table(number, 10.0**-number) for number in range(1, 9)))
    heading, titles, *rows = live.norms(80, True)
    assert heading == "gradient norms at step 8"
    assert titles.split("  ")[-1] == "grad norm so far, log scale"
    assert rows[0].split() == ["layer0.W_h", "1.00e-08", "1.00e-08", "1.00e-03", "█▇▆▅▄▃▂▁"]


def test_norms_of_earlier_sessions_come_first_and_are_no_table():
    past = followed(PastNorms(1, table(1, 1e3).norms))
    assert past.lines(80, None, True, False) == []
    assert past.after(table(2, 1e-3)).norms(80, True)[2].endswith("  █▁")


@pytest.mark.parametrize("unicode, shown", [(True, "▁█0∞?"), (False, ".@0^?")])
def test_vanished_and_exploded_norms_are_shown_and_explained(unicode, shown):
    live = followed(*(table(k, norm) for k, norm in enumerate((1e-3, 1e3, 0.0, inf, nan))))
    _, legend, _, *rows = live.norms(80, unicode)
    assert rows[0].endswith(f"  {shown}")
    assert legend.startswith("0: zero, ") and legend.endswith("infinite, ?: not a number")


def test_the_lag_table_has_factor_half_life_and_the_share_at_the_longest_lag():
    heading, titles, h, c = followed(LAGS).lag_figures(100, True)
    assert heading.startswith("gradient by lag at step 2: k steps back") and "k = 3" in titles
    assert h.split() == ["layer0", "h", "x", "0.500", "1.00", "1.0e-06", "█▆▃▁"]
    assert c.split()[:6] == ["layer0", "c", "x", "2.000", "grows", "8.0e+00"]  # of lag 0 of h
    assert c.endswith("  ▁▃█")  # c of the last step acts through h alone: its zero at lag 0 is no vanished gradient


def test_what_a_curve_cannot_tell_is_a_dash():
    odd = GradientByLag(1, (curve(), curve("writer", norms=(0.3,), factor=nan, half_life=nan)))
    assert followed(odd).lag_figures(100, True)[-1].split() == ["writer", "h", "-", "-", "-", "▅"]


@pytest.mark.parametrize(
    "norms", [(0.0, 0.0, 0.0), (inf, 1.0, 0.0), (nan, nan), (1.0, inf, nan, 0.0), (0.0,), (5e-324, 1e308)]
)
@pytest.mark.parametrize("unicode", [True, False])
def test_no_gradient_by_lag_is_too_odd_to_be_shown(norms, unicode):
    event = GradientByLag(1, (curve(norms=norms, factor=nan), curve(state="c", norms=norms, factor=inf, half_life=inf)))
    lines = followed(event).lines(76, None, unicode, False)
    assert len(lines) >= 4 and (unicode or "".join(lines).isascii())


def test_a_network_without_recurrent_layers_is_told_so():
    assert followed(GradientByLag(7, ())).lines(80, None, True, False) == [
        "gradient by lag at step 7: it reaches no recurrent layer"
    ]


@pytest.mark.parametrize("width", [36, 56, 76, 96])
@pytest.mark.parametrize("unicode", [True, False])
def test_everything_fits_its_width(width, unicode):
    long = replace(LAGS, curves=(*LAGS.curves, curve("encoder_layer10.ahead"), curve("encoder_layer10.back")))
    live = followed(*(table(k, 10.0**-k, parameters=12) for k in range(40)), long)
    lines = live.lines(width, None, unicode, False)
    assert max(map(len, lines)) <= width
    assert any("x 0.500" in line for line in lines) and any("layer11.W_h" in line for line in lines)


def test_a_narrow_table_keeps_the_norm_and_its_history_longest():
    live = followed(table(1, 1.0), table(2, 1e-4))
    titles = {width: live.norms(width, True)[1] for width in (36, 50, 80)}
    assert ["clipped" in title for title in titles.values()] == [False, False, True]
    assert ["update ratio" in title for title in titles.values()] == [False, True, True]
    assert all("grad norm" in title and "so far" in title for title in titles.values())


@pytest.mark.parametrize("height", range(1, 60))
def test_everything_fits_its_height_and_rows_left_out_are_counted(height):
    curves = tuple(curve(f"layer{k}") for k in range(6))
    lines = followed(table(1, 1.0, parameters=30), GradientByLag(1, curves)).lines(76, height, True, False)
    assert len(lines) <= height
    left_out = [int(line.split()[1]) for line in lines if line.startswith("and ")]
    shown = sum(line.startswith("layer") and "W_h" in line for line in lines)
    states = sum(line.startswith("layer") and " h " in line for line in lines)
    assert shown + states + sum(left_out) == (36 if height > 8 else 30 if height > 3 else 0)


def test_the_chart_gives_way_where_the_terminal_is_low():
    live = followed(table(1, 1.0), LAGS)
    whole = len(live.lines(76, None, True, False))
    assert "●" in "".join(live.lines(76, whole, True, False))
    low = live.lines(76, 12, True, False)
    assert "●" not in "".join(low) and low == live.norms(76, True) + live.lag_figures(76, True)


def test_a_single_lag_makes_no_chart():
    assert followed(GradientByLag(1, (curve(norms=(1.0,), factor=nan),))).lag_chart(76, True, False) == []


def test_the_chart_is_that_of_the_last_event():
    first = followed(LAGS)
    assert first.lag_chart(76, True, False) == first.lag_chart(76, True, False)
    other = first.after(GradientByLag(4, (curve(norms=tuple(0.9 ** np.arange(50))),)))
    assert other.lag_chart(76, True, False) != first.lag_chart(76, True, False)


# Lines


def test_lines_have_each_table_with_its_history_and_each_gradient_by_lag_once():
    text = lines_of(table(1, 1.0), table(2, 1e-4), LAGS, FINISHED)
    assert text.count("gradient norms at step") == 2 and text.count("gradient by lag at step 2") == 1
    assert re.search(r"layer0.W_h +1.00e-04 +1.00e-04 +1.00e-03 +█▁\n", text)
    assert "●" in text and "layer0 h" in text
    assert text.index("gradient by lag") < text.index("step limit reached")


def test_a_stream_that_is_not_unicode_gets_ascii():
    text = lines_of(table(1, 1.0), table(2, 1e-4), LAGS, FINISHED, encoding="ascii")
    assert "@." in text and "gradient by lag at step 2" in text


def test_without_the_wish_no_history_is_kept():
    stream = io.StringIO()
    reporter = LinesReporter(stream, norms=True)
    for event in (STARTED, table(1, 1.0), table(2, 1e-4)):
        reporter.handle(event)
    assert "1.00e-04" in stream.getvalue() and "so far" not in stream.getvalue() and reporter.gradients.trails == {}


# The panel


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 30), (60, 14), (60, 12), (30, 8), (200, 60)])
def test_every_frame_fits_its_terminal(size):
    width, height = size
    reporter = bar(width, height)
    for event in (SHOWN, *(table(k, 10.0**-k, parameters=20) for k in range(1, 9)), LAGS):
        reporter.handle(event)
    frame = reporter.console.render_lines(reporter.status)
    assert len(frame) <= height - (ABOVE if height > 20 else 0)
    assert all(sum(segment.cell_length for segment in line) <= width for line in frame)
    shown = "".join(segment.text for line in frame for segment in line)
    assert ("gradient norms at step 8" in shown) == ("─ gradients ─" in shown) == (height > 12)


def test_the_panel_is_updated_in_place_and_nothing_of_it_is_printed_before_the_end():
    reporter = bar()
    found = panels_printed(reporter)
    said = []
    reporter.say = lambda lines, kind="plain": said.extend(lines)
    with reporter:
        for event in (SHOWN, table(1, 1.0), table(2, 0.1), LAGS):
            reporter.handle(event)
        assert found == [] and not any("gradient" in line for line in said)


def test_the_last_state_stays_on_the_screen_once_whole_and_before_the_results():
    reporter = bar(height=12)
    found = panels_printed(reporter)
    after(reporter, table(1, 1.0), table(2, 0.1, parameters=9), LAGS, FINISHED)
    (panel,) = found
    assert "gradient norms at step 2" in text_of(panel) and "layer8.W_h" in text_of(panel)
    assert "gradient by lag at step 2" in text_of(panel) and "●" in text_of(panel)
    text = reporter.console.file.getvalue()
    assert text.rindex("gradient by lag at step 2") < text.index("step limit reached")


def test_the_last_state_stays_where_a_run_is_interrupted():
    reporter = bar()
    found = panels_printed(reporter)
    with pytest.raises(Interrupted), reporter:
        for event in (SHOWN, table(3, 1.0)):
            reporter.handle(event)
        raise Interrupted("stopped", exit_code=130)
    assert len(found) == 1 and "gradient norms at step 3" in text_of(found[0])


def test_a_run_that_is_not_followed_has_no_panel():
    reporter = bar()
    found = panels_printed(reporter)
    with reporter:
        for event in (STARTED, table(1, 1.0), FINISHED):
            reporter.handle(event)
    assert found == [] and "gradients" not in reporter.console.file.getvalue()


@pytest.mark.parametrize("norms, every, printed", [(False, 0, 0), (False, 2, 0), (True, 0, 1)])
def test_with_the_panel_only_verbose_prints_each_table_as_well(norms, every, printed):
    reporter = bar(norms=norms)
    said = []
    reporter.say = lambda lines, kind="plain": said.extend(lines)
    with reporter:
        for event in (replace(SHOWN, norms_every=every), table(2, 0.1)):
            reporter.handle(event)
    assert sum(line.startswith("gradient norms at step") for line in said) == printed


def test_colours_of_the_chart_reach_the_panel_as_styles():
    reporter = bar(width=100, height=50, color="256")
    for event in (SHOWN, table(1, 1.0), LAGS):
        reporter.handle(event)
    frame = [segment for line in reporter.console.render_lines(reporter.status) for segment in line]
    assert any(segment.style and segment.style.color for segment in frame if "●" in segment.text)
    assert not any("\x1b" in segment.text for segment in frame)


def test_a_terminal_is_asked_to_show_each_frame_whole():
    reporter = bar()
    after(reporter, table(1, 1.0), LAGS)
    text = reporter.console.file.getvalue()
    assert text.count("\x1b[?2026h") == text.count("\x1b[?2026l") > 0
    for frame in re.findall(r"\x1b\[\?2026h(.*?)\x1b\[\?2026l", text, re.DOTALL):
        assert "\x1b[?2026h" not in frame


# Programs, and silence


def test_json_lines_hold_the_gradient_by_lag_with_null_for_what_is_no_number():
    stream = io.StringIO()
    after(JsonlReporter(stream), GradientByLag(2, (curve(norms=(1.0, inf), factor=nan, half_life=inf),)))
    record = json.loads(stream.getvalue().splitlines()[-1], parse_constant=pytest.fail)
    assert (record["event"], record["step"]) == ("gradient_by_lag", 2)
    assert record["curves"] == [
        {"layer": "layer0", "state": "h", "norms": [1.0, None], "half_life": None, "factor": None}
    ]


def test_a_quiet_reporter_shows_no_gradients():
    stream = io.StringIO()
    rejected = StepRejected(3, "gradient", "layer0.W_h", 2, 0.5)
    after(WarningsReporter(stream), PastNorms(1, table(1, 1.0).norms), table(1, 1.0), LAGS, rejected)
    assert stream.getvalue().count("\n") == 1 and "rejected" in stream.getvalue()
