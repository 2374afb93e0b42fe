"""The encoder of a task of pairs: its two sides, and how the files were read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...data.pairs.sides import source_from_dict, stored_side


@dataclass(frozen=True)
class PairEncoder:
    """A source side, a target side, and the `reading`: the columns and format that the training files had."""

    source: Any
    target: Any
    reading: Mapping[str, Any]

    @property
    def size(self) -> tuple[Any, ...]:
        """(SourceSize, classes or numbers of the target, examples of each class in training)."""
        return (self.source.size, self.target.size, getattr(self.target, "counts", ()))

    def to_dict(self) -> dict[str, Any]:
        """JSON data for `pair_encoder`."""
        reading = {name: list(value) if isinstance(value, tuple) else value for name, value in self.reading.items()}
        return {"source": self.source.to_dict(), "target": self.target.to_dict(), "reading": reading}


def pair_encoder(values: Any, target: Any) -> PairEncoder:
    """The PairEncoder that `to_dict` wrote; target: the class of its target side. Raises ModelFileError."""
    source = stored_side(lambda: source_from_dict(values["source"]))
    return stored_side(lambda: PairEncoder(source, target.from_dict(values["target"]), dict(values["reading"])))
