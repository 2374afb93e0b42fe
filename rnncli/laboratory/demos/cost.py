"""The cost 1/2 ||y - s||^2 and the plain norm ||y - s|| of an output s, and their gradients on the way to the goal.

e = y - s        d(1/2 ||e||^2)/ds = -e        d||e||/ds = -e / ||e||, undefined at e = 0
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...nn.likelihoods import LIKELIHOODS, Likelihood, Quantiles
from ...tasks.base import Progress, Table
from ..drawings import Curve, Curves, Finding
from .figures import small
from .numbers import DemoNumbers, number

LOSSES: dict[str, Likelihood] = {name: LIKELIHOODS[name] for name in ("mse", "mae", "huber")}
LOSSES["quantile 0.5"] = Quantiles((0.5,))
SHOWN = (0, 1, 5, 10, 11, 50, 100, 1000)  # updates of the table


@dataclass(frozen=True)
class Numbers(DemoNumbers):
    """The configuration."""

    distances: tuple[float, ...] = number("Distances ||y - s|| at which both costs are shown.", min=0)
    outputs: int = number("Outputs K.", min=1, max=1000)
    near: float = number("An error to either side of the goal, for the losses of the engine.", above=0)
    start: float = number("Where s starts, to descend to y = 0.")
    rate: float = number("The learning rate of the descent.", above=0)
    updates: int = number("Its updates.", min=1, max=10_000)


def costs(distance: float, K: int) -> dict[str, float]:
    """Both costs at an error e (K,) of this norm, all elements alike, and the norms of their gradients; nan for 0/0."""
    e = np.full(K, distance / K**0.5)
    norm = float(np.linalg.norm(e))
    with np.errstate(invalid="ignore"):
        unit = -e / norm
    return {
        "distance": distance,
        "squared": float(e @ e) / 2,
        "squared_gradient": float(np.linalg.norm(-e)),
        "norm": norm,
        "norm_gradient": float(np.linalg.norm(unit)),
    }


def slope(likelihood: Likelihood, error: float) -> float:
    """dL/ds of a loss of the engine at s - y = error, as training gets it."""
    scores, targets = np.full((1, 1), error), np.zeros((1, 1))
    return float(likelihood.terms([scores], targets, np)[1][0].item())


def descend(likelihood: Likelihood, numbers: Numbers, rate: float) -> np.ndarray:
    """(updates + 1,): s on its way to y = 0 by plain descent."""
    path = [numbers.start]
    for _ in range(numbers.updates):
        path.append(path[-1] - rate * slope(likelihood, path[-1]))
    return np.array(path)


def demonstrate(numbers: Numbers, progress: Progress) -> Finding:
    """Both costs by distance, the engine's losses at their goal, and a descent on either."""
    by_distance = [costs(distance, numbers.outputs) for distance in numbers.distances]
    errors = (-numbers.near, 0.0, numbers.near)
    slopes = [{"loss": name} | dict(zip(errors, (slope(each, e) for e in errors))) for name, each in LOSSES.items()]
    squared = descend(LOSSES["mse"], numbers, numbers.rate / 2)  # mse is e^2, without the half
    plain = descend(LOSSES["mae"], numbers, numbers.rate)
    return Finding(
        part="cost",
        title=f"Two costs of {numbers.outputs} outputs s with the goal y: 1/2 ||y - s||^2 and ||y - s||",
        record={
            "metrics": metrics(by_distance, slopes, squared, plain),
            "distances": by_distance,
            "engine": [rename(each) for each in slopes],
            "descent": {"squared": squared.tolist(), "norm": plain.tolist()},
        },
        rows=by_distance,
        brief=[
            table(by_distance),
            "undefined: e / ||e|| is 0/0 at e = 0. On a line through the goal the slope is -1 before it and +1 after.",
            engine_table(slopes, errors),
            "dL/ds of the losses of the engine, where s - y is what the column says.",
            descent_table(squared, plain),
            f"s on its way to 0 at a rate of {numbers.rate:g}. The norm takes steps of that length to the end.",
            chart(squared, plain),
        ],
    )


def rename(slopes: dict[Any, Any]) -> dict[str, Any]:
    """The slopes of a loss with names for JSON."""
    name, below, at, above = slopes.values()
    return {"loss": name, "below": below, "at_goal": at, "above": above}


def metrics(
    by_distance: Sequence[dict[str, float]], slopes: Sequence[dict[Any, Any]], squared: np.ndarray, plain: np.ndarray
) -> dict[str, float]:
    """{"SUBJECT/NAME": number}"""
    found = {f"{each['distance']:g}/{name}": each[name] for each in by_distance for name in each if name != "distance"}
    for each in map(rename, slopes):
        found |= {f"{each['loss']}/{name}": each[name] for name in ("below", "at_goal", "above")}
    return found | {"descent/squared": float(squared[-1]), "descent/norm": float(plain[-1])}


def table(by_distance: Sequence[dict[str, float]]) -> Table:
    """A row for each distance."""
    header = ["||y - s||", "1/2 ||y - s||^2", "its gradient", "||y - s||", "its gradient"]
    names = ("distance", "squared", "squared_gradient", "norm")
    body = [[*(small(each[name]) for name in names), undefined(each)] for each in by_distance]
    return Table([header, *body], left=0)


def undefined(each: dict[str, float]) -> str:
    """The gradient of the norm, or that there is none."""
    gradient = each["norm_gradient"]
    return "undefined" if np.isnan(gradient) else small(gradient)


def engine_table(slopes: Sequence[dict[Any, Any]], errors: Sequence[float]) -> Table:
    """A row for each loss of the engine."""
    header = ["loss", *(f"dL/ds at {error:+g}" if error else "at 0" for error in errors)]
    return Table([header, *([each["loss"], *(f"{each[e]:g}" for e in errors)] for each in slopes)])


def descent_table(squared: np.ndarray, plain: np.ndarray) -> Table:
    """Both ways, a column for some of the updates."""
    updates = [k for k in SHOWN if k < len(squared)]
    header = ["update", *(f"{k:,}" for k in updates)]
    ways = {"1/2 ||y - s||^2": squared, "||y - s||": plain}
    return Table([header, *([name, *(small(path[k]) for k in updates)] for name, path in ways.items())])


def chart(squared: np.ndarray, plain: np.ndarray) -> Curves:
    """The distance from the goal by update."""
    k = np.arange(len(squared))
    lines = {"1/2 ||y - s||^2": Curve(k, abs(squared)), "||y - s||": Curve(k, abs(plain))}
    return Curves("", "update", "distance from the goal", lines, log_y=True)
