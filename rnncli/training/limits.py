"""The limits of a run, and the fraction of them that is used up."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Budget:
    """The limits of a run; None: no limit. The first limit reached ends it."""

    max_steps: int | None
    epochs: int | None
    max_seconds: float | None

    def reached(self, progress: Any, elapsed: float) -> str | None:
        """The name of the limit that is reached, or None."""
        limits = (
            ("max_steps", progress.step, self.max_steps),
            ("epochs", progress.epoch, self.epochs),
            ("max_seconds", elapsed, self.max_seconds),
        )
        return next((name for name, value, limit in limits if limit is not None and value >= limit), None)

    def fraction(self, progress: Any, batches: int, elapsed: float) -> float:
        """0..1 of the budget, for the schedule. Limits in steps and epochs take precedence, so that a time limit
        besides them changes nothing; a time limit alone drives the schedule by the clock."""
        parts = [progress.step / self.max_steps] if self.max_steps else []
        parts += [(progress.epoch + progress.batch / max(batches, 1)) / self.epochs] if self.epochs else []
        return min(1.0, max(parts) if parts else elapsed / self.max_seconds if self.max_seconds else 0.0)

    def steps(self, batches: int) -> int | None:
        """The approximate number of steps, with `batches` per epoch; None if only time limits the run."""
        limits = [self.max_steps] if self.max_steps else []
        limits += [self.epochs * batches] if self.epochs else []
        return min(limits, default=None)
