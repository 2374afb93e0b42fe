"""What the tests of `inspect` share: the Finding of a stored model, and checks of what every Finding holds."""

import json

from rnncli.cli.command_output import CommandOutput
from rnncli.events import finite
from rnncli.laboratory.drawings import Curves, Heat, Histogram, Shaded
from rnncli.storage.model_files import load_model
from rnncli.tasks.base import Table
from rnncli.tasks.registry import TASKS


def inspected(run, part, files=(), units=(), symbols=None, seed=0):
    """The Finding of a part for a run, or for a Loaded."""
    loaded = load_model(run) if isinstance(run, str) else run
    options = {"files": list(files), "units": tuple(units), "symbols": symbols, "seed": seed}
    with CommandOutput("text", quiet=True) as out:
        return TASKS[loaded.config.task].load().inspect(loaded, part, options, out)


def check_finding(found, part, with_rows=True):
    """Whatever part it is: JSON, rows with the same keys, and elements that can be drawn; with_rows: figures too, for
    which a little data may be too little."""
    assert found.part == part and found.title and found.brief
    json.dumps(finite(found.record), allow_nan=False)
    assert all(isinstance(value, float) for value in found.record["metrics"].values())
    assert bool(found.record["metrics"]) >= with_rows and bool(found.rows) >= with_rows
    assert all(row.keys() == found.rows[0].keys() for row in found.rows)
    for element in (*found.brief, *found.more):
        assert isinstance(element, str | Table | Curves | Heat | Histogram | Shaded)
        if isinstance(element, Shaded):
            assert len(element.symbols) == len(element.values) and element.low < element.high
        if isinstance(element, Heat):
            assert element.values.shape == (len(element.rows), len(element.columns))
        if isinstance(element, Table):
            assert len({len(row) for row in element.rows}) == 1 and "\n" not in "".join(map("".join, element.rows))
        if isinstance(element, Curves):
            assert all(len(line.x) == len(line.y) for line in element.lines.values())


def shaded_of(found):
    """The Shaded of a Finding, those of `brief` first."""
    return [element for element in (*found.brief, *found.more) if isinstance(element, Shaded)]
