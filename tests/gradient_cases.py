"""What the tests of `gradcheck` share: cells and models to check, and a function as a case of its own."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnncli.config import Config, DataConfig, ModelConfig
from rnncli.data.text.encoders import CharEncoder
from rnncli.tasks.registry import build

CELL = """from rnncli.nn.cell import Block, Cell

class Mine(Cell):
    blocks = (Block("a"),)
    def step(self, xp, s):
        {step}
    def local_derivatives(self, xp, s, slope):
        {slope}
    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.a, out=da.a)
        d.h.fill(0)
"""


def write_cell(folder, step="pass", slope="pass"):
    """The path of a file with the cell "mine", whose step and slope are these lines."""
    path = folder / "mine.py"
    path.write_text(CELL.format(step=step, slope=slope))
    return str(path)


def make_saved(**settings):
    """A stored language model of seven characters (`storage.model_files.Loaded`), untrained."""
    config = Config(task="language", data=DataConfig(), model=ModelConfig(**settings))
    encoder = CharEncoder("abcdefg")
    model = build(config, encoder.size)
    store = model.store()
    theta = np.zeros(store.size, "f4")
    store.initialise(theta, 3)
    return SimpleNamespace(config=config, encoder=encoder, model=model, store=store, theta=theta)


@dataclass(frozen=True)
class FunctionCase:
    """L = function(arrays), with a gradient that is claimed to be its own."""

    function: Any  # {name: array} -> number
    claimed: dict[str, np.ndarray]
    arrays: dict[str, np.ndarray]
    one_by_one: int = 1000
    unreached: tuple[str, ...] = ()
    cell, name, jointly, thing = "function", "a case", False, None
    calls: list[str] = field(default_factory=list)  # the dtypes of the values that were asked for

    def plan(self, dtype):
        return dtype

    def value(self, arrays, plan):
        self.calls.append(plan)
        return self.function(arrays)

    def gradient(self):
        return self.claimed
