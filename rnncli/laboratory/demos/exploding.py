"""A run that explodes: a network of rectified units that starts as the identity, trained on a text by plain descent.

The same network learns from the same batches without clipping, clipped by value and clipped by norm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import acos, degrees, log
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from ...nn.aligned import Aligned
from ...nn.cells import CELLS
from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.initialisers import Identity, Uniform
from ...nn.recurrent import Recurrent, Starts
from ...optim.optimizer import Optimizer, clip_factor
from ...optim.transforms import ClipValue
from ...random_streams import stream
from ...resources import folder
from ...tasks.base import Progress, Table
from ..drawings import Curve, Curves, Finding
from .descent import Descent, Update
from .numbers import DemoNumbers, number

TEXT = "tales.txt"  # of the bundled data
LAST = 20  # updates over which the last loss is the mean


@dataclass(frozen=True)
class Numbers(DemoNumbers):
    """The configuration."""

    characters: int = number("Characters of the text, from its start.", min=1000, max=300_000)
    hidden_size: int = number("Rectified units.", min=1, max=512)
    steps: int = number("Characters of a row, through which the gradient goes back.", min=2, max=1000)
    rows: int = number("Rows of a batch.", min=1, max=256)
    rate: float = number("The learning rate.", above=0)
    updates: int = number("Updates.", min=LAST, max=10_000)
    clip_value: float = number("The limit of every element of the gradient.", above=0)
    clip_norm: float = number("The limit of the norm of the gradient.", above=0)
    seed: int = number("Seed of weights and batches.", min=0)


@dataclass(frozen=True)
class Run:
    """A run by update. loss: nats per character; norm, kept: of the gradient before and after clipping; cosine: of the
    two; dead: the share of units that are 0 at every step of the last batch."""

    words: str
    loss: np.ndarray
    norm: np.ndarray
    kept: np.ndarray
    cosine: np.ndarray
    dead: float

    @property
    def acted(self) -> np.ndarray:
        """At which updates the clip changed the gradient."""
        return self.kept < self.norm * (1 - 1e-6)


class Text(NamedTuple):
    """Characters as ids below V."""

    ids: np.ndarray
    V: int

    @property
    def entropy(self) -> float:
        """The nats of a character by the frequencies alone."""
        share = np.bincount(self.ids) / len(self.ids)
        return -float((share * np.log(share)).sum())


def read_text(numbers: Numbers) -> Text:
    """The beginning of the text."""
    text = (folder("datasets") / TEXT).read_text(encoding="utf-8")[: numbers.characters]
    known, ids = np.unique(list(text), return_inverse=True)
    return Text(ids, len(known))


def batches(ids: np.ndarray, numbers: Numbers) -> Iterator[SimpleNamespace]:
    """Windows of the text from random places, each with the next character at every step."""
    rng = stream(numbers.seed, "exploding")
    for _ in range(numbers.updates):
        first = rng.integers(0, len(ids) - numbers.steps - 1, numbers.rows)
        window = ids[first + np.arange(numbers.steps + 1)[:, None]]
        yield SimpleNamespace(inputs=window[:-1], targets=window[1:], mask=None)


def network(V: int, H: int) -> Aligned:
    """The IRNN of Le, Jaitly & Hinton (2015, arXiv:1504.00941v2) as a language model."""
    layer = Recurrent(CELLS["rnn-relu"], V, H, tokens=True, starts=Starts(Uniform(H**-0.5), Identity()))
    return Aligned(Stack({"layer0": layer}), Dense(H, V), carries=False)


def train(words: str, text: Text, numbers: Numbers, value: float = 0, limit: float = 0) -> Run:
    """A run with its gradient clipped by value or by norm; 0 for neither."""
    descent = Descent(network(text.V, numbers.hidden_size), (numbers.steps,), numbers.rows, numbers.seed)
    chain = (ClipValue(value),) if value else ()
    optimizer = Optimizer(chain, descent.store.size, "f8")
    found, states = [], np.zeros((1, 1, 1))
    for update in descent.updates(batches(text.ids, numbers), optimizer, numbers.rate, limit):
        found.append((update.loss, update.norm, *clipped(update, value, limit)))
        states = update.plan.body["layer0"].y
    loss, norm, kept, cosine = np.array(found).T
    return Run(words, loss, norm, kept, cosine, float((states <= 0).all(axis=(0, 1)).mean()))


def clipped(update: Update, value: float, limit: float) -> tuple[float, float]:
    """(norm of the clipped gradient, its cosine with the whole)."""
    g = update.gradient
    if not value:
        return update.norm * clip_factor(update.norm, limit), 1.0
    cut = np.clip(g, -value, value)
    norm = float(np.linalg.norm(cut))
    return norm, float(cut @ g) / (norm * update.norm)


def demonstrate(numbers: Numbers, progress: Progress) -> Finding:
    """The three runs side by side."""
    ways = {
        "no clipping": {},
        f"by value, {numbers.clip_value:g}": {"value": numbers.clip_value},
        f"by norm, {numbers.clip_norm:g}": {"limit": numbers.clip_norm},
    }
    text, runs = read_text(numbers), []
    for k, (words, clip) in enumerate(ways.items()):
        progress(f"training, {words}", k, len(ways))
        runs.append(train(words, text, numbers, **clip))
    return Finding(
        part="exploding",
        title=f"A network of {numbers.hidden_size} rectified units learns a text, with and without clipping",
        record={"metrics": metrics(runs), "runs": [record(run) for run in runs]},
        rows=[row for run in runs for row in rows(run)],
        brief=[table(runs), *notes(runs, text, numbers), loss_chart(runs), norm_chart(runs)],
    )


def figures(run: Run) -> dict[str, float]:
    """What the table and the metrics have of a run; cosines over the updates at which its clip acted."""
    cosine = run.cosine[run.acted]
    return {
        "updates": len(run.loss),
        "greatest_loss": float(np.nanmax(run.loss)),
        "greatest_norm": float(np.nanmax(run.norm)),
        "last_loss": float(run.loss[-LAST:].mean()),
        "dead_units": run.dead,
        "acted": float(run.acted.mean()),
        "mean_cosine": float(cosine.mean()) if cosine.size else 1.0,
        "least_cosine": float(cosine.min()) if cosine.size else 1.0,
    }


def metrics(runs: Sequence[Run]) -> dict[str, float]:
    """{"RUN/NAME": number}"""
    return {f"{run.words}/{name}": value for run in runs for name, value in figures(run).items()}


def record(run: Run) -> dict[str, Any]:
    """A run for JSON."""
    curves = {"loss": run.loss, "norm": run.norm, "kept": run.kept, "cosine": run.cosine}
    return {"run": run.words} | figures(run) | {name: curve.tolist() for name, curve in curves.items()}


def rows(run: Run) -> Iterator[dict[str, Any]]:
    """A row for each update."""
    columns = zip(*(column.tolist() for column in (run.loss, run.norm, run.kept, run.cosine)))
    for k, values in enumerate(columns, start=1):
        yield {"run": run.words, "update": k} | dict(zip(("loss", "norm", "kept", "cosine"), values))


def table(runs: Sequence[Run]) -> Table:
    """A row for each run."""
    header = ["", "worst loss", "last", "norm, max", "clipped", "cosine (min)", "dead units"]
    found = [figures(run) for run in runs]
    body = [
        [
            run.words,
            f"{each['greatest_loss']:.2f}",
            f"{each['last_loss']:.2f}",
            f"{each['greatest_norm']:,.1f}",
            f"{each['acted']:.0%}",
            f"{each['mean_cosine']:.2f} ({each['least_cosine']:.2f})",
            f"{each['dead_units']:.0%}",
        ]
        for run, each in zip(runs, found)
    ]
    return Table([header, *body])


def notes(runs: Sequence[Run], text: Text, numbers: Numbers) -> list[str]:
    """What to see."""
    free, value, limit = runs
    bent, worst = degrees(acos(figures(value)["mean_cosine"])), free.norm.argmax()
    return [
        f"Losses are nats per character: {log(text.V):.2f} for a guess, {text.entropy:.2f} for the frequencies of the "
        "characters alone. Dead units are 0 at every step of the last batch: they have no gradient.",
        f"no clipping: the norm is {free.norm[worst]:,.0f} at update {worst + 1}; in the end {free.dead:.0%} are dead.",
        f"by value: mean step {numbers.rate * value.kept.mean():.2f}, {bent:.0f} degrees away from the gradient. "
        f"by norm: {numbers.rate * limit.kept.mean():.2f}, along it.",
    ]


def loss_chart(runs: Sequence[Run]) -> Curves:
    """The three losses."""
    lines = {run.words: Curve(np.arange(1, len(run.loss) + 1), run.loss) for run in runs}
    return Curves("", "update", "loss, nats per character", lines, log_x=True, log_y=True)


def norm_chart(runs: Sequence[Run]) -> Curves:
    """The norms of the three gradients before clipping."""
    lines = {run.words: Curve(np.arange(1, len(run.norm) + 1), run.norm) for run in runs}
    return Curves("", "update", "norm of the gradient, before clipping", lines, log_x=True, log_y=True)
