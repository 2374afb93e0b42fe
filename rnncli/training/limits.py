"""How long a run may be, and how much of that is behind it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """How long a run lasts. None means no limit; the first limit that is met ends it."""

    max_steps: int | None
    epochs: int | None
    max_seconds: float | None

    def reached(self, progress, elapsed):
        """The name of the limit that is met, or None."""
        limits = (
            ("max_steps", progress.step, self.max_steps),
            ("epochs", progress.epoch, self.epochs),
            ("max_seconds", elapsed, self.max_seconds),
        )
        return next((name for name, value, limit in limits if limit is not None and value >= limit), None)

    def fraction(self, progress, batches, elapsed):
        """0..1 of the budget, for the schedule. Steps and epochs count where they are given, so that a time limit
        beside them changes nothing; seconds alone drive the schedule by the clock."""
        parts = [progress.step / self.max_steps] if self.max_steps else []
        parts += [(progress.epoch + progress.batch / max(batches, 1)) / self.epochs] if self.epochs else []
        return min(1.0, max(parts) if parts else elapsed / self.max_seconds if self.max_seconds else 0.0)

    def steps(self, batches):
        """About how many steps that is, with `batches` an epoch; None where only time limits it."""
        limits = [self.max_steps] if self.max_steps else []
        limits += [self.epochs * batches] if self.epochs else []
        return min(limits, default=None)
