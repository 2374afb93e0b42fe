"""Sentences about layers whose figures would mean nothing, or not what they seem to mean."""

from collections.abc import Callable, Iterable

from .gates.values import gate_names, squashed_names
from .watching import Watched, WatchedLayer

SATURATED, NEARLY = 0.99, 0.99  # |v| above which a value is saturated; share of the steps of a unit that is
NO_GRADIENT = "no gradient of the loss reaches a recurrent layer, as with a single symbol to predict: nothing to show"
UNREACHED = "no gradient reaches it: nothing to show"
SINGLE = "a single step up to the last answer: nothing to show"
STOPPED = "the network has stopped learning (diverged?)"
NO_UNIT = f"every unit is saturated: {STOPPED}"
NO_STEP = f"no gradient gets farther back than one step: {STOPPED}"
DIRECT = (
    "gradient also enters at earlier steps, from pooling, attention or a layer above, so that lag k holds more than "
    "what has travelled k steps"
)


class Remarks:
    """Collects sentences; names with the same thing to say share one."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}

    def add(self, subject: str, layer: str, reason: str) -> None:
        """Say something about a layer; layer "": about the whole subject."""
        self.names.setdefault(reason, []).append(" ".join(filter(None, (subject, layer))))

    @property
    def sentences(self) -> list[str]:
        """ "NAME, NAME: reason." for each reason."""
        return [": ".join(filter(None, (", ".join(names), reason))) + "." for reason, names in self.names.items()]

    def kept(
        self, subject: str, watched: Watched, steps: Callable[[WatchedLayer], int] | None = None
    ) -> list[WatchedLayer]:
        """The layers with a gradient and at least two steps; the others get their sentence. steps: counts those of a
        layer; by default its lags."""
        found = [layer for layer in watched.layers.values() if layer.ends.max() >= 0]
        if not found:
            self.add(subject, "", NO_GRADIENT)
        for layer in watched.layers.values() if found else ():
            if layer not in found:
                self.add(subject, layer.name, UNREACHED)
        kept = [layer for layer in found if (steps(layer) if steps else layer.lags) > 1]
        for layer in found:
            if layer not in kept:
                self.add(subject, layer.name, SINGLE)
        return kept

    def dead(self, subject: str, layers: Iterable[WatchedLayer]) -> bool:
        """Whether a layer of a pass from the last answers has stopped learning; each such gets its sentence."""
        reasons = [(layer.name, reason) for layer in layers if (reason := stopped(layer))]
        for name, reason in reasons:
            self.add(subject, name, reason)
        return bool(reasons)


def stopped(layer: WatchedLayer) -> str:
    """Why a layer can learn nothing over time: every unit is saturated, or no gradient gets beyond lag 1; else ""."""
    if saturated(layer):
        return NO_UNIT
    gone = layer.lags > 2 and not any(layer.by_lag(state)[2 : layer.lags].any() for state in layer.layer.cell.state)
    return NO_STEP if gone else ""


def saturated(layer: WatchedLayer) -> bool:
    """Whether every block of the cell is a gate or squashed, and saturated in every unit in nearly all steps: then
    next to no gradient reaches a parameter."""
    cell = layer.layer.cell
    lowest = dict.fromkeys(squashed_names(cell), -SATURATED) | dict.fromkeys(gate_names(cell), 1 - SATURATED)
    blocks = [block.name for block in cell.blocks]
    return all(name in lowest and _share(layer, name, lowest[name]) > NEARLY for name in blocks)


def _share(layer: WatchedLayer, name: str, lowest: float) -> float:
    """The share of the steps in which a quantity is below `lowest` or above SATURATED, the least of all units."""
    values = layer.plan.values[name][layer.real]
    return float(((values < lowest) | (values > SATURATED)).mean(axis=0).min())
