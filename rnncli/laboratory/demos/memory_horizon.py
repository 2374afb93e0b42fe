"""How far back a network learns to look, beside how far back its gradient reaches before it has learnt anything.

The success of training is stored, in configs/lab/memory-horizon.csv, by `python -m benchmarks horizon`. The gradient at
the start is measured anew, and a few networks are trained anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from ...optim.optimizer import Optimizer
from ...optim.transforms import Adam
from ...phrases import counted
from ...settings import Rule
from ...tasks.base import Progress, Table
from ..drawings import Curve, Curves, Finding
from ..lag import curves_of
from ..subjects import Subject
from ..watching import watch
from .descent import Descent
from .figures import small
from .horizon_table import Measured, rank_correlation, selected
from .numbers import DemoNumbers, number
from .recall import SYMBOLS, batches, label, network

SOLVED = 0.05  # nats of a batch at which an answer is certain; a guess has ln 8
CLIP_NORM = 1.0  # as in the configuration `memory`


@dataclass(frozen=True)
class Numbers(DemoNumbers):
    """The configuration."""

    rules = (
        Rule(
            ("live_networks", "live_rates"),
            lambda networks, rates: len(networks) != len(rates),
            "a rate for each network",
        ),
    )
    networks: tuple[str, ...] = number("Networks, each a cell and after a slash a way to begin.")
    lags: tuple[int, ...] = number("Steps between the letter and the answer.", min=1, max=10_000)
    hidden_size: int = number("Units.", min=1, max=512)
    rows: int = number("Examples over which a gradient is averaged.", min=1, max=1000)
    seeds: tuple[int, ...] = number("Seeds of the starts whose gradients are measured: the median counts.", min=0)
    least: float = number("A share of the gradient, below which it may be too little to learn from.", above=0)
    live_networks: tuple[str, ...] = number("Networks that are trained here.")
    live_rates: tuple[float, ...] = number("Their learning rates.", above=0)
    live_lags: tuple[int, ...] = number("The lags of theirs.", min=1, max=1000)
    live_updates: int = number("The most updates of each.", min=1, max=10_000)
    live_rows: int = number("Examples of each update.", min=1, max=1000)


class Start(NamedTuple):
    """The gradient of the answer before training: its half-life in steps, and the share of ||dL/dh_t|| that reaches the
    state after the letter, `lag` steps back."""

    half_life: float
    share: float


Pairs = Sequence[tuple[Measured, Start]]


def start_of(name: str, lag: int, numbers: Numbers) -> Start:
    """The medians over the seeds."""
    found = []
    for seed in numbers.seeds:
        model = network(name, lag + 1, numbers.hidden_size)
        store = model.store()
        theta = np.zeros(store.size)
        store.initialise(theta, seed)
        batch = vars(next(batches(lag + 1, numbers.rows, seed)))
        curve = next(curves_of(name, watch(Subject(name, model, theta, batch, (lag + 1,), numbers.rows))))
        found.append((curve.half_life, curve.at(lag)))
    half_lives, shares = zip(*found)
    return Start(median(half_lives), median(shares))


class Training(NamedTuple):
    """A network that was trained here. losses: nats of every batch, up to the first that is solved."""

    network: str
    lag: int
    losses: np.ndarray

    @property
    def solved(self) -> bool:
        """Whether the last batch is."""
        return bool(self.losses[-1] < SOLVED)


def train(name: str, rate: float, lag: int, numbers: Numbers) -> Training:
    """Adam on new examples, until a batch is solved."""
    seed = numbers.seeds[0]
    descent = Descent(network(name, lag + 1, numbers.hidden_size), (lag + 1,), numbers.live_rows, seed)
    optimizer = Optimizer((Adam(0.9, 0.99, 1e-8),), descent.store.size, "f8")
    given, losses = islice(batches(lag + 1, numbers.live_rows, seed), numbers.live_updates), []
    for update in descent.updates(given, optimizer, rate, CLIP_NORM):
        losses.append(update.loss)
        if update.loss < SOLVED:
            break
    return Training(name, lag, np.array(losses))


def demonstrate(numbers: Numbers, progress: Progress) -> Finding:
    """The stored success, the gradient at the start, how well it foretells that, and some networks trained here."""
    measured = selected(numbers.networks, numbers.lags)
    starts = []
    for k, each in enumerate(measured):
        progress("gradients at the start", k, len(measured))
        starts.append(start_of(each.network, each.lag, numbers))
    trained = []
    for name, rate in zip(numbers.live_networks, numbers.live_rates):
        for lag in numbers.live_lags:
            progress(f"training {label(name)}, lag {lag}", len(trained), None)
            trained.append(train(name, rate, lag, numbers))
    pairs = list(zip(measured, starts))
    rows = [row(*pair) for pair in pairs]
    return Finding(
        part="memory-horizon",
        title="Recall of a letter after k steps, and the gradient of the answer before training",
        record={"metrics": metrics(pairs, trained), "networks": rows, "trained": [run_record(run) for run in trained]},
        rows=rows,
        brief=[
            f"Stored: of {measured[0].seeds} seeds, so many learnt it within 1,000 updates.",
            table(pairs, numbers, lambda each, _: str(each.solved)),
            "Live: steps in which the gradient ||dL/dh_(t-k)|| halves, before training, median of "
            f"{counted(len(numbers.seeds), 'seed')}.",
            table(pairs, numbers, lambda _, start: small(start.half_life)),
            "Live: share of ||dL/dh_t|| that reaches the letter.",
            table(pairs, numbers, lambda _, start: f"{start.share:.0e}"),
            *notes(pairs, numbers),
            f"Live: {numbers.live_updates:,} updates at most; solved is a batch below {SOLVED:g} nats.",
            trained_table(trained),
            chart(trained),
        ],
    )


def row(each: Measured, start: Start) -> dict[str, Any]:
    """One network and lag as flat data."""
    found: dict[str, Any] = {"network": label(each.network), "lag": each.lag, "seeds": each.seeds}
    found |= {"solved": each.solved, "updates": each.updates}
    return found | {"half_life": start.half_life, "share": start.share}


def run_record(run: Training) -> dict[str, Any]:
    """A network that was trained here, for JSON."""
    about = {"network": label(run.network), "lag": run.lag, "solved": run.solved, "updates": len(run.losses)}
    return about | {"losses": run.losses.tolist()}


def metrics(pairs: Pairs, trained: Sequence[Training]) -> dict[str, float]:
    """{"NETWORK/LAG/NAME": number}, and the rank correlations."""
    found: dict[str, float] = {}
    for each, start in pairs:
        key = f"{label(each.network)}/{each.lag}"
        found |= {f"{key}/solved": each.solved, f"{key}/half_life": start.half_life, f"{key}/share": start.share}
    found |= {f"{label(run.network)}/{run.lag}/live_updates": len(run.losses) for run in trained}
    by_share, by_span = correlations(pairs)
    return found | {"rank_correlation/share": by_share, "rank_correlation/half_life_by_lag": by_span}


def table(pairs: Pairs, numbers: Numbers, cell: Callable[[Measured, Start], str]) -> Table:
    """A row for each network, a column for each lag."""
    header = ["", *(f"k = {lag}" for lag in numbers.lags)]
    cells = [cell(*pair) for pair in pairs]
    width = len(numbers.lags)
    body = [[label(name), *cells[k * width : (k + 1) * width]] for k, name in enumerate(numbers.networks)]
    return Table([header, *body])


def correlations(pairs: Pairs, without: str | None = None) -> tuple[float, float]:
    """Rank correlations of the stored success with the share, and with the half-life in units of the lag; `without` a
    network."""
    kept = [(each, start) for each, start in pairs if each.network != without]
    solved = [each.share for each, _ in kept]
    by_share = rank_correlation(solved, [start.share for _, start in kept])
    return by_share, rank_correlation(solved, [start.half_life / each.lag for each, start in kept])


def solved_by(pairs: Pairs, wanted: Callable[[Start], bool]) -> tuple[int, int]:
    """(networks that learnt it, all networks) of those whose start is as wanted."""
    kept = [each for each, start in pairs if wanted(start)]
    return sum(each.solved for each in kept), sum(each.seeds for each in kept)


def notes(pairs: Pairs, numbers: Numbers) -> list[str]:
    """How well the gradient at the start foretells the success."""
    names, least = numbers.networks, numbers.least
    odd = max(names, key=lambda name: np.nan_to_num(correlations(pairs, name)[0], nan=-1))
    (by_share, by_span), (share_left, span_left) = correlations(pairs), correlations(pairs, odd)
    few, below = solved_by(pairs, lambda start: start.share < least)
    many, above = solved_by(pairs, lambda start: start.share >= least)
    return [
        f"Rank correlation of the stored success with the share {by_share:.2f}, with half-life / k {by_span:.2f}; "
        f"without {label(odd)} {share_left:.2f} and {span_left:.2f}.",
        f"Of the networks with a share below {least:.0e}, {few} of {below} learnt it; of the others {many} of {above}.",
        *extremes(pairs),
    ]


def extremes(pairs: Pairs) -> list[str]:
    """The entries that stand against the rule most, if there are any."""
    never = max((pair for pair in pairs if not pair[0].solved), key=lambda pair: pair[1].share, default=None)
    always = min((pair for pair in pairs if pair[0].share == 1), key=lambda pair: pair[1].share, default=None)
    if never is None or always is None:
        return []
    return [
        f"The smallest share with which every seed learnt it is {always[1].share:.0e} ({place(always[0])}); the "
        f"largest with which none did is {never[1].share:.0e} ({place(never[0])})."
    ]


def place(each: Measured) -> str:
    return f"{label(each.network)}, k = {each.lag}"


def trained_table(trained: Sequence[Training]) -> Table:
    """A row for each network that was trained here."""
    header = ["", "k", "updates", "last loss", ""]
    return Table([header, *map(trained_row, trained)])


def trained_row(run: Training) -> list[str]:
    """Its cells."""
    outcome = "solved" if run.solved else "not solved"
    return [label(run.network), str(run.lag), str(len(run.losses)), f"{run.losses[-1]:.2f}", outcome]


def chart(trained: Sequence[Training]) -> Curves:
    """The losses of those, beside a guess."""
    lines = {
        f"{label(run.network)}, k = {run.lag}": Curve(np.arange(1, len(run.losses) + 1), run.losses) for run in trained
    }
    return Curves("", "update", f"nats of an answer; a guess has {log(len(SYMBOLS)):.2f}", lines)
