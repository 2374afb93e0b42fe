"""Sample texts of a language model while it trains."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...errors import ModelFileError
from ...generation.sampling import Sampling
from ...generation.writing import Voice
from ...nn.aligned import Aligned
from ...nn.memory import Memory
from ...phrases import safe_text


@dataclass(frozen=True)
class TextSample:
    """See `tasks.base.Sample`."""

    text: str
    title: ClassVar[str] = "sample"
    wraps: ClassVar[bool] = True

    def lines(self, width: int, unicode: bool, color: bool) -> list[str]:
        return safe_text(self.text.rstrip("\n")).split("\n")

    def record(self) -> str:
        return self.text


def sample_text(model: Aligned, p: Any, encoder: Any, length: int, seed: int, by_line: bool = False) -> str:
    """A text of `length` tokens by `model` with the parameters `p`, to show during training; "" for length 0.

    It has its own state and random stream, and ends early where the scores are not finite: a sample must not stop
    training.
    """
    voice, text = Voice(model, p, encoder, by_line), []
    context, memory = voice.context(""), Memory(np.float32, forward_only=True)
    if length:
        state = model.initial_state(1, memory)
        with suppress(ModelFileError):
            for piece in voice.write(context, state, (0,), length, Sampling(), seed, (), memory):
                text.append(piece.text)
    return "".join(text)
