"""Two weights that must stay one: a recurrent weight, unfolded over two steps.

    h_1 = tanh(w_1 h_0 + x_1),  h_2 = tanh(w_2 h_1 + x_2),  L = 1/2 (h_2 - target)^2

The target is that of a unit whose weight is `true`. By gradient descent from the same start, w_1 and w_2 are both moved
by the sum of both gradients, or each by its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...settings import Rule
from ...tasks.base import Progress, Table
from ..drawings import Curve, Curves, Finding
from .figures import rounded
from .numbers import DemoNumbers, number
from .unrolled import layer_of, unroll

SHOWN = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # updates of the table
NOTHING = 1e-15  # a loss below this is rounding
TIED, FREE = "tied", "free"


@dataclass(frozen=True)
class Numbers(DemoNumbers):
    """The configuration."""

    rules = (Rule(("inputs",), lambda inputs: len(inputs) != 3, "three numbers, x_1, x_2 and x_3"),)
    true: float = number("The weight of the unit that made the target.")
    start: float = number("Where all weights start.")
    first: float = number("The state h_0.")
    inputs: tuple[float, ...] = number("x_1, x_2, and x_3 of a step that is not learnt from.")
    rate: float = number("The learning rate.", above=0)
    updates: int = number("Updates.", min=1, max=10_000)


class Output(NamedTuple):
    """A state, and its derivatives by the weight of its layer and by the state before it."""

    h: float
    by_w: float
    by_before: float


def output(w: float, inputs: Sequence[float], before: float) -> Output:
    """The state of the recurrent unit after these inputs: one pass of the engine, forward and back from dL/dh = 1."""
    layer, one = layer_of("rnn", 1, 1), np.ones((1, 1))
    p = {"W_x": one, "b": np.zeros(1), "W_h": w * one}
    passed = unroll(layer, p, np.reshape(inputs, (-1, 1, 1)), (before * one,), (one,))
    return Output(passed.states["h"][-1].item(), passed.g["W_h"].item(), passed.d["h"][0].item())


def unfolded(w: np.ndarray, numbers: Numbers) -> tuple[float, np.ndarray]:
    """(h_2, its derivatives (2,) by w_1 and by w_2): two layers of one step each, and the chain rule between them."""
    x = numbers.inputs
    one = output(w[0], x[:1], numbers.first)
    two = output(w[1], x[1:2], one.h)
    return two.h, np.array([two.by_before * one.by_w, two.by_w])


@dataclass(frozen=True)
class Path:
    """Two weights on their way. w: (updates + 1, 2); loss: (updates + 1,); apart: the greatest difference of the sum of
    both gradients from that of the recurrent unit with w = w_1, relative, where the weights are one."""

    w: np.ndarray
    loss: np.ndarray
    apart: float


def descend(numbers: Numbers, target: float, tied: bool) -> Path:
    """Gradient descent, with the sum of both gradients for both weights, or with its own for each."""
    w, path, loss, apart = np.full(2, numbers.start), [], [], 0.0
    for _ in range(numbers.updates + 1):
        h, by_w = unfolded(w, numbers)
        path.append(w.copy())
        loss.append((h - target) ** 2 / 2)
        if tied:
            shared = output(w[0], numbers.inputs[:2], numbers.first).by_w
            apart = max(apart, abs(shared - by_w.sum()) / abs(by_w).sum())
        gradient = (h - target) * by_w
        w -= numbers.rate * (gradient.sum() if tied else gradient)
    return Path(np.array(path), np.array(loss), apart)


def demonstrate(numbers: Numbers, progress: Progress) -> Finding:
    """Both ways to move the two weights, and what the result is worth at a third step."""
    target = output(numbers.true, numbers.inputs[:2], numbers.first).h
    paths = {TIED: descend(numbers, target, True), FREE: descend(numbers, target, False)}
    errors = third_step(numbers, paths)
    rows = [row(paths, k) for k in range(numbers.updates + 1)]
    return Finding(
        part="shared-weights",
        title="Two weights, moved by the sum of their gradients (tied) or each by its own (free)",
        record={"metrics": metrics(paths, errors), "updates": rows},
        rows=rows,
        brief=[table(paths), *notes(numbers, paths, errors), chart(paths)],
    )


def third_step(numbers: Numbers, paths: Mapping[str, Path]) -> dict[str, float]:
    """{which weight: the error of h_3}, where the unit goes on for a step with one of the weights that were learnt."""
    x, h0 = numbers.inputs, numbers.first
    goal = output(numbers.true, x, h0).h
    found = {}
    for name, path in paths.items():
        h2, _ = unfolded(path.w[-1], numbers)
        for k, w in enumerate(path.w[-1], start=1):
            found[f"{name} w_{k}"] = output(w, x[2:], h2).h - goal
    return found


def metrics(paths: Mapping[str, Path], errors: Mapping[str, float]) -> dict[str, float]:
    """{"NAME/FIGURE": number} after the last update."""
    found = {f"{name}/w_{k + 1}": path.w[-1, k] for name, path in paths.items() for k in range(2)}
    found |= {f"{name}/loss": path.loss[-1] for name, path in paths.items()}
    found |= {f"{name}/gap": np.ptp(path.w[-1]) for name, path in paths.items()}
    found |= {f"{name}/error_at_3": error for name, error in errors.items()}
    found["sum_of_gradients/difference"] = paths[TIED].apart
    return {name: float(value) for name, value in found.items()}


def row(paths: Mapping[str, Path], k: int) -> dict[str, Any]:
    """The weights and losses after k updates, as flat data."""
    found: dict[str, Any] = {"update": k}
    for name, path in paths.items():
        found |= {f"{name}_w_1": float(path.w[k, 0]), f"{name}_w_2": float(path.w[k, 1])}
        found[f"{name}_loss"] = float(path.loss[k])
    return found


def table(paths: Mapping[str, Path]) -> Table:
    """A row for some of the updates."""
    last = len(paths[TIED].loss) - 1
    updates = [k for k in SHOWN if k < last] + [last]
    header = ["update"] + [f"{name} {what}" for name in paths for what in ("w_1", "w_2", "loss")]
    body = [[f"{k:,}", *(cell for path in paths.values() for cell in cells(path, k))] for k in updates]
    return Table([header, *body], left=0)


def cells(path: Path, k: int) -> list[str]:
    """Weights and loss after k updates."""
    loss = f"{path.loss[k]:.2e}" if path.loss[k] > NOTHING else "0"
    return [f"{path.w[k, 0]:.6f}", f"{path.w[k, 1]:.6f}", loss]


def notes(numbers: Numbers, paths: Mapping[str, Path], errors: Mapping[str, float]) -> list[str]:
    """What to see."""
    tied, free = paths[TIED], paths[FREE]
    unequal = int((tied.w[:, 0] != tied.w[:, 1]).sum())
    shown = ", ".join(f"{name} {f'{error:+.4f}' if abs(error) > NOTHING else '0'}" for name, error in errors.items())
    return [
        f"tied: w_1 and w_2 differ after {unequal} of {len(tied.w) - 1:,} updates. The sum of their gradients is the "
        f"engine's gradient of the recurrent weight, difference {rounded(tied.apart)}.",
        f"free: they end {np.ptp(free.w[-1]):.3f} apart. The target was made with w = {numbers.true:g}.",
        f"Error of a third step, taken with one of the weights: {shown}.",
    ]


def chart(paths: Mapping[str, Path]) -> Curves:
    """The weights over the updates."""
    last = len(paths[TIED].w)
    lines = {"tied, both": Curve(np.arange(last), paths[TIED].w[:, 0])}
    lines |= {f"free w_{k + 1}": Curve(np.arange(last), paths[FREE].w[:, k]) for k in range(2)}
    return Curves("", "updates", "value of a weight", lines)
