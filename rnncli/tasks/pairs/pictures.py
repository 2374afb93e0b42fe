"""The pictures of the reports: confusion and calibration of classes, confusion and F1 of tags, scatter and residuals
of numbers. They draw the records that the reports list."""

from functools import singledispatch
from typing import Any

import numpy as np

from ..base import Output
from ..picture_files import write_picture
from .calibration import calibration_error
from .class_report import ClassReport
from .class_table import listed
from .confusion import Confusion
from .number_report import NumberReport
from .tag_report import TagReport
from .texts import one_line, share

MOST = 40  # classes in a heat map, the most frequent
COUNTED = 12  # up to this number of classes the cells hold counts, beyond it per cents
NAME = 24  # most columns of the name of a class
TARGETS = 4  # panels of numbers
WIDE, TALL = 4.4, 5.0  # inches of the right part
BLUE, ORANGE, GREY = "#0a6ebd", "#c8511b", "#999999"  # told apart by every kind of colour vision


def save_picture(path: str, report: ClassReport | TagReport | NumberReport, dpi: int = 120) -> None:
    """Write the picture of a report to `path`, a .png or .svg; raises as `write_picture` does."""
    write_picture(path, lambda Figure: figure_of(report, Figure), dpi)


def drawn(report: Any, path: str | None, out: Output) -> Any:
    """The report, its picture written to `path` if one is wanted; raises as `save_picture` does."""
    if path:
        save_picture(path, report)
        out.note(f"wrote {path}")
    return report


@singledispatch
def figure_of(report: Any, Figure: Any) -> Any:
    """matplotlib's Figure of a report."""
    raise TypeError(f"there is no picture of a {type(report).__name__}")


@figure_of.register
def _classes(report: ClassReport, Figure: Any) -> Any:
    figure, right = _with_heat_map(Figure, report)
    left_below = max(figure.get_figheight() - TALL, 0.01)  # inches of the right part that stay empty
    rows = right.subgridspec(3, 1, height_ratios=(0.75 * TALL, 0.25 * TALL, left_below))
    above = figure.add_subplot(rows[0])
    _reliability(above, figure.add_subplot(rows[1], sharex=above), report.calibration)
    return figure


@figure_of.register
def _tags(report: TagReport, Figure: Any) -> Any:
    figure, right = _with_heat_map(Figure, report)
    _bars(figure.add_subplot(right), listed(report.scores, True)[:MOST])
    return figure


@figure_of.register
def _numbers(report: NumberReport, Figure: Any) -> Any:
    shown = range(min(len(report.names), TARGETS))
    figure = Figure(figsize=(9.0, 4.2 * len(shown)), layout="constrained")
    places = figure.subplots(len(shown), 2, squeeze=False)
    for k in shown:
        y, f = report.truth[:, k], report.predicted[:, k]
        there = np.isfinite(y) & np.isfinite(f)
        name = one_line(report.names[k], 40)
        _scatter(places[k, 0], y[there], f[there], name)
        _residuals(places[k, 1], y[there], f[there], list(report.deciles(k)))
    return figure


def frequent(confusion: Confusion) -> tuple[Confusion, str]:
    """The Confusion of the classes in the heat map, and a sentence where these are not all."""
    all_of_them = confusion.occurring()
    if len(all_of_them.names) <= MOST:
        return all_of_them, ""
    kept = np.sort(np.argsort(-all_of_them.n, kind="stable")[:MOST])
    names = tuple(all_of_them.names[k] for k in kept)
    cut = Confusion(names, all_of_them.counts[np.ix_(kept, kept)], all_of_them.n[kept])
    return cut, f"; the {MOST} most frequent of {len(all_of_them.names):,} classes"


def _with_heat_map(Figure, report):
    """The figure of a report with the heat map on its left, and the place of its right part."""
    confusion, note = frequent(report.counts)
    side = min(max(3.6 + 0.34 * len(confusion.names), 4.4), 16.0)  # inches of the heat map
    figure = Figure(figsize=(side + WIDE, side), layout="constrained")
    figure.suptitle(one_line(report.heading, 100) + note, x=0.01, ha="left", parse_math=False)
    left, right = figure.add_gridspec(1, 2, width_ratios=(side, WIDE))
    _heat_map(figure.add_subplot(left), confusion)
    return figure, right


def _names(confusion):
    """The names of the rows and of the columns of a heat map: numbered where their beginnings are alike."""
    names = [one_line(name, NAME) for name in confusion.names]
    if len(set(names)) == len(names):
        return names, names
    numbers = [str(k) for k in range(1, len(names) + 1)]
    return [f"{name}  {number}" for name, number in zip(names, numbers)], numbers


def _heat_map(axes, confusion):
    """Shares of the row as blue; numbers in the cells."""
    shares, K = confusion.shares(), len(confusion.names)
    axes.imshow(shares if K else np.zeros((1, 1)), cmap="Blues", vmin=0, vmax=1, aspect="equal")
    rows, columns = _names(confusion)
    axes.set_xticks(range(K), columns, rotation=90 if max(map(len, columns), default=0) > 3 else 0, parse_math=False)
    axes.set_yticks(range(K), rows, parse_math=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_anchor("NW")
    size = 9 if K <= COUNTED else 7 if K <= 24 else 6
    for k, j in zip(*np.nonzero(confusion.counts)):
        n, of = int(confusion.counts[k, j]), float(shares[k, j])
        text = f"{n:,}" if K <= COUNTED else f"{100 * of:.0f}"
        if text != "0":
            axes.text(j, k, text, ha="center", va="center", size=size, color="white" if of > 0.5 else "black")
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    what = "examples" if K <= COUNTED else "per cent of the row"
    axes.set_title(f"confusion: {what}", loc="left")


def _reliability(axes, below, bins):
    """How often answers are right against what they say, and how many say so."""
    axes.plot((0, 1), (0, 1), "--", color=GREY, linewidth=0.8)
    axes.plot([one.says for one in bins], [one.right for one in bins], "o-", color=BLUE, linewidth=1.2)
    for one in bins:
        axes.vlines(one.says, *sorted((one.says, one.right)), color=ORANGE, linewidth=1.2)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="right")
    axes.tick_params(labelbottom=False)
    error = share(calibration_error(bins), ".3f")
    axes.set_title(f"reliability: expected calibration error {error}", loc="left")
    below.bar([(one.low + one.high) / 2 for one in bins], [one.n for one in bins], width=0.09, color=BLUE)
    below.set(xlabel="probability of the answer", ylabel="answers")
    below.yaxis.set_major_formatter("{x:,.0f}")


def _bars(axes, scores):
    """F1 of each tag, the most frequent first."""
    names = [f"{one_line(one.name, NAME)}  {one.n:,}" for one in scores]
    values = [one.f1 for one in scores]
    axes.barh(range(len(scores)), values, color=BLUE)
    for k, value in enumerate(values):
        axes.text(value + 0.015, k, f"{value:.2f}", va="center", size=8)
    axes.set_yticks(range(len(scores)), names, parse_math=False)
    axes.set(xlim=(0, 1.12), ylim=(len(scores) - 0.5, -0.5))
    axes.set_xticks((0, 0.25, 0.5, 0.75, 1))
    axes.set_title("F1 of each tag, with its words", loc="left")


def _scatter(axes, y, f, name):
    """Answers against the truth."""
    if len(y):
        ends = min(y.min(), f.min()), max(y.max(), f.max())
        axes.plot(ends, ends, "--", color=GREY, linewidth=0.8)
    axes.plot(y, f, "o", color=BLUE, markersize=3, alpha=_alpha(y), markeredgewidth=0)
    axes.set(xlabel="truth", ylabel="answer")
    axes.set_title(f"{name}: {len(y):,} examples", loc="left", parse_math=False)


def _residuals(axes, y, f, deciles):
    """Errors against the truth, and their mean in each tenth of the examples."""
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.plot(y, f - y, "o", color=BLUE, markersize=3, alpha=_alpha(y), markeredgewidth=0)
    middles = [(one["from"] + one["to"]) / 2 for one in deciles]
    if deciles:
        axes.plot(
            middles, [one["bias"] for one in deciles], "s-", color=ORANGE, markersize=4, label="mean of each tenth"
        )
        axes.legend(frameon=False)
    axes.set(xlabel="truth", ylabel="answer - truth")
    axes.set_title("residuals", loc="left")


def _alpha(y):
    """More points are more transparent."""
    return float(np.clip(400 / max(len(y), 1), 0.15, 0.8))
