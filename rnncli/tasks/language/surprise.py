"""Where a language model is surprised: the bits of each symbol, beside those of an n-gram that only counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...data.text.splits import shortened
from ...laboratory.drawings import Finding, Shaded
from ...phrases import NATS_PER_BIT, counted
from ..base import Output, Table
from ..texts.shown_symbols import first_lines
from .evaluate import report, training_split
from .reading import Symbols, positions, symbols_of, text_of
from .report import ScoredSplit, TextReport, target_positions
from .symbol_kinds import kinds_of
from .worst_places import worst_lines, worst_places

SHOWN = 1_500  # symbols in colour
SCORED = 200_000  # tokens that are scored; more only where more are to be shown
WORST_IN_BRIEF, WORST = 3, 10
NETWORK, COUNTING = "network", "n-gram"


@dataclass(frozen=True)
class Bits:
    """The bits of each of S symbols of a text; nan for one that is given. counting: of the n-gram, None without; words:
    whether symbols are words rather than characters."""

    symbols: Symbols
    network: np.ndarray  # (S,)
    counting: np.ndarray | None
    words: bool = False

    @cached_property
    def kinds(self) -> list[str]:
        """The kind of each symbol."""
        return kinds_of(self.symbols.texts, self.words)

    @property
    def models(self) -> dict[str, np.ndarray]:
        """{name: bits (S,)}"""
        return {NETWORK: self.network} | ({} if self.counting is None else {COUNTING: self.counting})


def surprise(loaded: Any, options: Mapping[str, Any], out: Output) -> Finding:
    """The Finding of the part "surprise"; see `tasks.base.Task.inspect`. Raises ConfigError and DataError as `text_of`
    does."""
    split, corpus, about = text_of(loaded, options["files"], out)
    shown = options["symbols"] or SHOWN
    part = shortened(split, max(SCORED, shown))
    if part is not split:
        about += f"; scored: the first {part.targets:,} of {split.targets:,} tokens"
    train = training_split(loaded, False, out) if corpus is None else corpus.train
    found = report(loaded, [part], None if train is split else train, progress=out.progress)
    bits = bits_of(loaded.encoder, found.parts[0])
    places = worst_places(loaded, found.parts[0], WORST)
    lines = worst_lines(found.parts[0], loaded.encoder, WORST, out.unicode)
    return Finding(
        part="surprise",
        title=f"Surprise: bits that a symbol needs, {counted(part.targets, 'token')}",
        record={"text": about, "metrics": metrics(found, bits), "kinds": kind_records(bits)}
        | {"worst": places.records(), "worst_lines": lines.records, "symbols": symbol_rows(bits, shown)},
        rows=symbol_rows(bits, shown),
        brief=[about, total_table(found), kind_table(bits), *verdict(bits), places.table(WORST_IN_BRIEF, out.unicode)]
        + [shaded(bits, first_lines(bits.symbols.texts[:shown]))],
        more=[shaded(bits, shown), *differences(bits, shown), places.table(WORST, out.unicode), *lines.elements],
    )


def bits_of(encoder: Any, part: ScoredSplit) -> Bits:
    """The Bits of all symbols of a scored split; those of the bytes of a character are added up."""
    at = positions(part.split)
    symbols = symbols_of(encoder, part.split.tokens[at])
    places = np.searchsorted(at, target_positions(part.split.pieces))

    def of(nats: np.ndarray) -> np.ndarray:
        each = np.full(len(at), np.nan)
        each[places] = nats / NATS_PER_BIT
        return np.add.reduceat(each, symbols.first)

    counting = None if part.kneser_ney is None else of(part.kneser_ney)
    return Bits(symbols, of(part.model), counting, encoder.level == "word")


def metrics(found: TextReport, bits: Bits) -> dict[str, float]:
    """{"network/NAME", "n-gram/NAME": number}: the figures of `eval`, and bits by kind of symbol."""
    own, counting = found.metrics(), found.baselines()["kneser_ney"]
    wanted = ("nats_per_char", "bits_per_char", "nats_per_token", "perplexity")
    flat = {f"{NETWORK}/{name}": own[name] for name in wanted}
    flat |= {f"{COUNTING}/{name}": counting[name] for name in wanted} if counting else {}
    for record in kind_records(bits):
        flat |= {f"{name}/{record['kind']}/bits": record[name] for name in bits.models}
    return flat


def kind_records(bits: Bits) -> list[dict[str, Any]]:
    """[{"kind", "symbols", "share", model: bits per symbol}]: share: of all bits of the network; dearest first."""
    kinds, total = np.array(bits.kinds), np.nansum(bits.network)
    found = []
    for kind in dict.fromkeys(bits.kinds):
        own = (kinds == kind) & np.isfinite(bits.network)
        if own.any():
            means = {name: float(values[own].mean()) for name, values in bits.models.items()}
            share = float(bits.network[own].sum() / total) if total else 0.0
            found.append({"kind": kind, "symbols": int(own.sum()), "share": share} | means)
    return sorted(found, key=lambda record: -record["share"])


def kind_table(bits: Bits) -> Table:
    """Bits per symbol by kind, of both models."""
    header = ["kind of symbol", "symbols", "of all bits", *(f"bits, {name}" for name in bits.models)]
    body = [
        [one["kind"], f"{one['symbols']:,}", f"{one['share']:.1%}", *(f"{one[name]:.3f}" for name in bits.models)]
        for one in kind_records(bits)
    ]
    return Table([header, *body])


def total_table(found: TextReport) -> Table:
    """The figures of `eval`."""
    own, counting = found.metrics(), found.baselines()["kneser_ney"]
    rows = {NETWORK: own} | ({f"{COUNTING}, order {found.order}": counting} if counting else {})
    body = [
        [name, f"{row['bits_per_char']:.4f}", f"{row['nats_per_token'] / NATS_PER_BIT:.4f}", f"{row['perplexity']:.3f}"]
        for name, row in rows.items()
    ]
    return Table([["", "bits/char", "bits/token", "perplexity"], *body])


def verdict(bits: Bits) -> list[str]:
    """Where the network is better than the n-gram, and where it is worse."""
    if not np.isfinite(bits.network).any():
        return ["The bits cannot be computed: the network diverged."]
    if bits.counting is None:
        return ["No n-gram beside it: the training text is not there, or is the text that is looked at."]
    gains = [(one[COUNTING] - one[NETWORK], one["kind"]) for one in kind_records(bits)]
    better, worse = ([pair for pair in gains if sign * pair[0] > 0] for sign in (1, -1))
    sentences = []
    if better:
        gain, kind = max(better)
        sentences.append(f"The network gains most on the n-gram at: {kind} ({gain:.2f} bits a symbol).")
    if worse:
        loss, kind = min(worse)
        sentences.append(f"It loses most to the n-gram at: {kind} ({-loss:.2f} bits a symbol).")
    saved = bits.counting - bits.network
    share = float((saved > 0)[np.isfinite(saved)].mean())
    return [" ".join([*sentences, f"It is better at {share:.0%} of the symbols."])]


def shaded(bits: Bits, count: int) -> Shaded:
    """The first symbols, darker the more bits the network needs for them."""
    known = bits.network[np.isfinite(bits.network)]
    most = max(1.0, float(np.quantile(known, 0.98))) if len(known) else 1.0
    values, texts = bits.network[:count], bits.symbols.texts[:count]
    return Shaded("Bits of each symbol", texts, values, 0.0, most, "bits")


def differences(bits: Bits, count: int) -> list[Shaded]:
    """The first symbols by what the network needs more, or less, than the n-gram."""
    if bits.counting is None:
        return []
    more = bits.network - bits.counting
    known = np.abs(more[np.isfinite(more)])
    most = max(1.0, float(np.quantile(known, 0.98))) if len(known) else 1.0
    title = "Network against n-gram: above 0 the n-gram knew better, below 0 the network"
    return [
        Shaded(title, bits.symbols.texts[:count], more[:count], -most, most, "bits of the network less the n-gram's")
    ]


def symbol_rows(bits: Bits, count: int) -> list[dict[str, Any]]:
    """A row for each of the first symbols."""
    counting = np.full_like(bits.network, np.nan) if bits.counting is None else bits.counting
    return [
        {"position": k, "symbol": text, "kind": kind, "network_bits": float(bits.network[k])}
        | {"ngram_bits": float(counting[k])}
        for k, (text, kind) in enumerate(zip(bits.symbols.texts[:count], bits.kinds))
    ]
