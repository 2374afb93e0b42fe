"""A small trained model of every task, from the example that the task gives."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load as parse

from rnncli.config import read_settings
from rnncli.tasks.registry import TASKS
from rnncli.training.loop import train
from rnncli.training.run import prepare

SETTINGS = {
    "seed": 7,
    "train.max_steps": 4,
    "train.eval_every": 2,
    "train.checkpoint_every": 2,
    "train.workers": "1",
}
WORDS = "words"  # the first task at word level, whose encoder has another form


def trained(name: str, folder: Path) -> Path:
    """The run folder of a model of the task `name`, or of WORDS, trained in `folder` on a file there."""
    kind = TASKS[next(iter(TASKS)) if name == WORDS else name]
    example = kind.load().example()
    file = folder / example.name
    file.write_text(example.text)
    more = {"data.tokens": "word"} if name == WORDS else {}
    draft = read_settings(overrides=SETTINGS | example.settings | {"task": kind.name, "data.files": [str(file)]} | more)
    with prepare(draft, str(folder / "run")) as run:
        for _ in train(run):
            pass
    return folder / "run"


def parts_of(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """(arrays, meta) of a model file, read by the library."""
    data = path.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return parse(data), json.loads(header["__metadata__"]["rnncli"])
