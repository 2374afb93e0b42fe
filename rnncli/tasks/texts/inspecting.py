"""Where a model that writes texts is surprised: the bits of each symbol of the true texts, given their sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...data.pairs.examples import Examples
from ...data.pairs.written import END
from ...laboratory.drawings import Finding, Shaded
from ...phrases import NATS_PER_BIT, counted
from ..base import Output, Table
from ..pairs.inspecting import examples_to_inspect, in_random_order
from ..pairs.task import UNITS
from ..pairs.texts import cut, one_line
from .answering import written_texts
from .shown_symbols import joint_of, labelled
from .validation import shown_text
from .writing import GREEDY, Writer

SCORED = 5_000  # examples
SHOWN = 600  # symbols in colour
IN_BRIEF = 50  # symbols in colour where there is little room
WORST_IN_BRIEF, WORST = 3, 10
PLACES = ("first symbol", "second", "third", "later", "the end")
CELL = 16  # columns of a source or a text
SOURCE = 40  # columns of a source in front of its text


@dataclass(frozen=True)
class ScoredTexts:
    """E examples and the bits of each symbol of their true texts, its end last: bits [(U,)]."""

    examples: Examples
    side: Any  # WrittenSide
    bits: Sequence[np.ndarray]

    @property
    def means(self) -> np.ndarray:
        """(E,) bits per symbol."""
        return np.array([each.mean() for each in self.bits])

    def symbols(self, k: int) -> list[str]:
        """The symbols of text k and its end, as many as were scored."""
        return [*self.side.split(self.examples.targets[k])[: len(self.bits[k]) - 1], END]


def surprise(loaded: Any, task: Any, options: Mapping[str, Any], out: Output) -> Finding:
    """The Finding of the part "surprise"; see `tasks.base.Task.inspect`. task: the class of the task, a TextTask.

    Raises DataError as `examples_to_inspect` does.
    """
    examples, about = examples_to_inspect(loaded, task.answers, options["files"], out, target_required=True)
    about += f"; scored: {SCORED:,} of them" if len(examples) > SCORED else ""
    examples = in_random_order(examples, options["seed"], SCORED)
    coded = task.code(loaded.encoder, examples)
    scored = score(loaded, examples, coded, out)
    worst = np.argsort(-np.nan_to_num(scored.means, nan=-1), kind="stable")[:WORST].tolist()
    written = dict(zip(sorted(worst), written_texts(loaded, replace(coded, targets=None), GREEDY, out, sorted(worst))))
    records = [worst_record(scored, k, loaded.encoder.target.decode(written[k][0].tokens)) for k in worst]
    total = float(np.concatenate(scored.bits).mean())
    unit = UNITS[loaded.encoder.target.tokens].removesuffix("s")
    shown = options["symbols"] or SHOWN
    return Finding(
        part="surprise",
        title=f"Surprise: bits that a {unit} of the true text needs, {counted(len(examples), 'example')}",
        record={"data": about, "metrics": metrics(scored, total), "places": place_records(scored), "worst": records}
        | {"texts": text_rows(scored, shown)},
        rows=text_rows(scored, shown),
        brief=[
            about,
            f"{total:.4f} bits a {unit}, the end of a text included; {np.median(scored.means):.4f} in the middle one "
            "of the texts.",
            place_table(scored),
            worst_table(records[:WORST_IN_BRIEF], out.unicode),
            shaded(scored, IN_BRIEF),
        ],
        more=[
            worst_table(records, out.unicode),
            symbol_table(scored),
            shaded(scored, shown),
            shaded(scored, shown, worst),
        ],
    )


def score(loaded: Any, examples: Any, coded: Any, out: Output) -> ScoredTexts:
    """The bits of every symbol of the true texts of `examples`, which `coded` has as numbers."""
    out.progress("scoring", 0, None)
    with np.errstate(all="ignore"):  # diverged weights: the figure shows it
        nats = Writer(loaded.model, loaded.encoder.target, coded).symbol_nats(loaded.store.views(loaded.theta))
    return ScoredTexts(examples, loaded.encoder.target, [each / NATS_PER_BIT for each in nats])


def metrics(scored: ScoredTexts, total: float) -> dict[str, float]:
    """{"bits_per_symbol", "nats_per_symbol", "PLACE/bits": number}; the second one is that of `eval`."""
    places = {f"{one['place']}/bits": one["bits"] for one in place_records(scored)}
    return {"bits_per_symbol": total, "nats_per_symbol": total * NATS_PER_BIT} | places


def place_records(scored: ScoredTexts) -> list[dict[str, Any]]:
    """[{"place", "symbols", "bits"}] of the places in a text."""
    own: dict[str, list[np.ndarray]] = {place: [] for place in PLACES}
    for bits in scored.bits:
        inner, end = bits[:-1], bits[-1:]
        for place, part in zip(PLACES, (inner[:1], inner[1:2], inner[2:3], inner[3:], end)):
            own[place].append(part)
    joined = {place: np.concatenate(parts) for place, parts in own.items()}
    return [
        {"place": place, "symbols": len(bits), "bits": float(bits.mean())}
        for place, bits in joined.items()
        if len(bits)
    ]


def place_table(scored: ScoredTexts) -> Table:
    """Bits by the place in the text."""
    body = [[one["place"], f"{one['symbols']:,}", f"{one['bits']:.3f}"] for one in place_records(scored)]
    return Table([["place in the text", "symbols", "bits each"], *body])


def symbol_table(scored: ScoredTexts) -> Table:
    """The symbols that need most bits in all."""
    bits: dict[str, list[float]] = {}
    for k, own in enumerate(scored.bits):
        for symbol, each in zip(scored.symbols(k), own.tolist()):
            bits.setdefault(symbol, []).append(each)
    dearest = sorted(bits.items(), key=lambda pair: -sum(pair[1]))[:WORST]
    whole = sum(map(sum, bits.values())) or 1.0
    body = [
        [labelled(symbol), f"{len(own):,}", f"{sum(own) / whole:.1%}", f"{sum(own) / len(own):.3f}"]
        for symbol, own in dearest
    ]
    return Table([["symbol", "times", "of all bits", "bits each"], *body])


def worst_record(scored: ScoredTexts, k: int, written: str) -> dict[str, Any]:
    """Example k for JSON: its texts, its bits per symbol, and the symbol that needs most of them."""
    bits, examples = scored.bits[k], scored.examples
    dearest = int(bits.argmax())
    about = {"where": examples.where(k), "source": shown_text(examples, k), "truth": examples.targets[k]}
    found = {"written": written, "bits": float(bits.mean())}
    most = {"symbol": scored.symbols(k)[dearest], "at": dearest + 1, "symbol_bits": float(bits[dearest])}
    return about | found | most


def worst_table(records: Sequence[Mapping[str, Any]], unicode: bool) -> Table:
    """The worst texts for people."""
    header = ["worst: source", "truth", "most probable", "bits each", "most bits", "at"]
    body = [
        [
            *(narrow(one[name], unicode) for name in ("source", "truth", "written")),
            f"{one['bits']:.2f}",
            f"{labelled(one['symbol'], unicode)} {one['symbol_bits']:.1f}",
            f"{one['at']:,}",
        ]
        for one in records
    ]
    return Table([header, *body], left=3)


def narrow(text: str, unicode: bool) -> str:
    """A text on one line, cut to a cell."""
    return one_line(text, CELL, unicode)


def shaded(scored: ScoredTexts, count: int, order: Sequence[int] | None = None) -> Shaded:
    """Texts after their sources, one a line, darker the more bits a symbol needs; about `count` symbols of them.

    order: the examples, None for the first ones.
    """
    symbols: list[str] = []
    values: list[float] = []
    between = joint_of(scored.side.split, scored.examples.targets[:SHOWN])
    for k in range(len(scored.bits)) if order is None else order:
        if len(symbols) >= count:
            break
        source = cut(one_line(shown_text(scored.examples, k)), SOURCE)
        symbols += [f"{source}: ", *(f"{symbol}{between}" for symbol in scored.symbols(k)), "\n"]
        values += [np.nan, *scored.bits[k].tolist(), np.nan]
    known = np.concatenate(scored.bits)
    most = max(1.0, float(np.quantile(known[np.isfinite(known)], 0.98, method="lower"))) if len(known) else 1.0
    title = "Bits of each symbol" if order is None else "Bits of each symbol, the worst texts"
    return Shaded(title, symbols, np.array(values), 0.0, most, "bits")


def text_rows(scored: ScoredTexts, count: int) -> list[dict[str, Any]]:
    """A row for each of the first symbols."""
    found: list[dict[str, Any]] = []
    for k, bits in enumerate(scored.bits):
        if len(found) >= count:
            break
        where = scored.examples.where(k)
        for at, (symbol, each) in enumerate(zip(scored.symbols(k), bits.tolist()), 1):
            found.append({"where": where, "at": at, "symbol": symbol, "bits": each})
    return found
