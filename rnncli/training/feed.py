"""The batches of a run, epoch after epoch."""

from typing import Any

from .trainer import Trainer


class Feed:
    """The batches from the trainer's current position on, epoch after epoch."""

    def __init__(self, source: Any, trainer: Trainer):
        self.source, self.trainer = source, trainer
        self.seek()

    def seek(self) -> None:
        """Move to the trainer's current position."""
        progress = self.trainer.progress
        self.batches = self.source.batches(progress.epoch)
        self.iterator = self.source.epoch(progress.epoch, progress.batch)

    def next(self) -> Any:
        return next(self.iterator)

    def advance(self) -> None:
        """Move on to the next batch after a step was taken; at the end, to the next epoch."""
        progress = self.trainer.progress
        progress.batch += 1
        if progress.batch == self.batches:
            progress.epoch, progress.batch = progress.epoch + 1, 0
            self.seek()
