"""The units of a language model: what each of them follows in a text, and the text in the colours of some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...data.text.splits import Split, shortened
from ...laboratory.drawings import Element, Finding
from ...laboratory.units import following
from ...laboratory.units.activations import Activations, Units
from ..base import Output
from ..texts.shown_symbols import first_lines
from .reading import Symbols, TokenReader, paragraph, positions, symbols_of, text_of
from .text_signals import REMEMBERED, text_signals

SHOWN = 1_500  # symbols in colour
CORRELATED = 20_000  # tokens from which correlations are found
MOST_VALUES = 20_000_000  # activations that are kept: 80 MB; of a large network fewer tokens
COLOURED = 2  # units whose text is shown where none is asked for


@dataclass(frozen=True)
class Collected:
    """The units after each of S symbols of a text, x (S, units) float32."""

    symbols: Symbols
    x: np.ndarray
    units: Units


def units(loaded: Any, options: Mapping[str, Any], out: Output) -> Finding:
    """The Finding of the part "units"; see `tasks.base.Task.inspect`. Raises ConfigError for a unit that is not there,
    DataError where the text cannot be read."""
    split, _, about = text_of(loaded, options["files"], out)
    shown = options["symbols"] or SHOWN
    data, asked = collected(loaded, split, max(shown, CORRELATED), options["units"], out)
    signals = text_signals(data.symbols.texts, loaded.encoder.level == "word", paragraph(loaded.config))
    out.progress("correlating units", 0, None)
    found = following.follow(signals, data.x, data.units, options["seed"])
    chosen = asked or [one.column for one in following.best_of(found, REMEMBERED, COLOURED)]
    count = len(data.symbols.texts)
    return Finding(
        part="units",
        title=f"Units that follow the text: {count:,} symbols, {len(data.units):,} units",
        record={"text": about, "symbols": count, "metrics": following.metrics(found)}
        | {"units": list(following.rows(found)), "shown": shown_units(data, chosen, shown)},
        rows=list(following.rows(found)),
        brief=[about, *following.summary(signals, found, data.units, "symbols")]
        + coloured(data, chosen[:1], found, first_lines(data.symbols.texts[:shown])),
        more=following.others(found) + coloured(data, chosen, found, shown),
    )


def collected(loaded: Any, split: Split, most: int, asked: Sequence[str], out: Output) -> tuple[Collected, list[int]]:
    """(the first `most` tokens of a Split read by a stored model, the columns of the units that are asked for)."""
    activations = Activations()
    reader = TokenReader(loaded, int(np.diff(split.pieces).max()), activations)
    names = activations.units(reader.T, 1)
    columns = [names.column(text) for text in asked]
    part = shortened(split, max(1, min(most, MOST_VALUES // len(names))))
    at = positions(part)
    x, seen = np.empty((len(at), len(names)), np.float32), 0
    for read, _ in reader.read(part.tokens, part.pieces):
        new = np.searchsorted(at, read) >= seen  # the newline between two lines counts where it ends the first
        taken = activations.taken(reader.T, 1)[: len(read), 0][new]
        x[seen : seen + len(taken)] = taken
        seen += len(taken)
        out.progress("reading with all units", seen, len(at))
    symbols = symbols_of(loaded.encoder, part.tokens[at])
    return Collected(symbols, x[symbols.last], names), columns


def coloured(data: Collected, columns: Sequence[int], found, count: int) -> list[Element]:
    """The first symbols in the colours of each of some units."""
    symbols = data.symbols.texts[:count]
    return [
        following.coloured(following.described(data.units.name(column), found), symbols, data.x[:count, column])
        for column in columns
    ]


def shown_units(data: Collected, columns: Sequence[int], count: int) -> dict[str, Any]:
    """The coloured text for JSON: the symbols, and the activation of each unit after each of them."""
    values = {data.units.name(column): data.x[:count, column].round(4).tolist() for column in columns}
    return {"symbols": data.symbols.texts[:count], "activations": values}
