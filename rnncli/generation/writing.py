"""Text from a trained model, token by token."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..data.text.encoders import StreamDecoder
from ..data.text.utf8 import utf8_automaton
from ..nn.memory import Memory
from .prompts import prompt_ids
from .sampling import Grammar, Sampler, Sampling, check_finite

BURST = 32  # most tokens of a sample chosen before their text is yielded
MOST_SCORES = 10**6  # most scores kept until then
CHUNK = 64  # steps of a prompt read at once


class Piece(NamedTuple):
    """The next piece of one sample."""

    sample: int  # counts from 0
    text: str  # whole code points; empty only in a `last` piece without new text
    last: bool  # the sample ends with this piece


def in_order(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same Pieces, sample after sample: those of later samples wait until the earlier ones have ended."""
    turn = 0
    waiting: dict[int, list[Piece]] = {}
    for piece in pieces:
        if piece.sample != turn:
            waiting.setdefault(piece.sample, []).append(piece)
            continue
        yield piece
        latest: Piece | None = piece
        while latest is not None and latest.last:
            turn += 1
            kept = waiting.pop(turn, [])
            yield from kept
            latest = kept[-1] if kept else None


@dataclass(frozen=True)
class Voice:
    """A model that reads and writes text: its parameters `p`, its encoder, and whether each line is a document."""

    model: Any
    p: dict
    encoder: Any
    by_line: bool = False

    def context(self, prompt: str, unknown: str = "error") -> np.ndarray:
        """(L,) ids, L at least 1, before the generated text; if each line is a document, from the last newline on."""
        ids = prompt_ids(self.encoder, prompt, unknown).astype(np.intp)
        newline = self.newline()
        if self.by_line and newline is not None:
            before = np.flatnonzero(ids == newline)
            return ids[before[-1] :] if len(before) else np.concatenate([[newline], ids])
        if len(ids):
            return ids
        return np.array([first_token(self.encoder) if newline is None else newline])

    def newline(self) -> int | None:
        """The id of the newline; None if the model does not know it."""
        found = self.encoder.encode("\n", "skip")
        return int(found[0]) if len(found) else None

    def read(self, ids: np.ndarray, memory: Memory) -> Any:
        """The state, N = 1, after ids (L,)."""
        state, plan, T = self.model.initial_state(1, memory), None, 0
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK, None]
            if len(part) != T:
                plan, T = self._plan(len(part), 1, memory), len(part)
            _, state = self.model.forward(part, state, plan)
        return state

    def _plan(self, T: int, N: int, memory: Memory) -> Any:
        plan = self.model.plan((T,), N, memory)
        self.model.load(self.p, plan)
        return plan

    def write(
        self,
        context: np.ndarray,
        state: Any,
        samples: Sequence[int],
        length: int,
        sampling: Sampling,
        seed: int,
        stop: Sequence[str],
        memory: Memory,
    ) -> Iterator[Piece]:
        """Yield Pieces of the `samples` (numbers) until all have ended; each continues from `state` (N = 1) and the
        last token of `context`."""
        N, plan = len(samples), self._plan(1, len(samples), memory)
        state = tuple(tuple(np.repeat(array, N, axis=0) for array in layer) for layer in state)
        ids = np.full((1, N), context[-1])
        grammar = Grammar(following(self.encoder), N)
        sampler = Sampler(sampling, grammar, seed, samples, context)
        rows = [Row(sample, self.encoder, stop) for sample in samples]
        newline, unfinished, live, done = self.newline() if self.by_line else None, [False] * N, N, 0
        calls, scores, state = self.model.stream(ids, state, plan)
        most, current = max(1, min(BURST, MOST_SCORES // scores.size)), ids[0]
        chosen: np.ndarray = np.empty((most, N), np.intp)
        weighed: Any = np.empty((most, *scores.shape), scores.dtype)
        while live:
            burst = chosen[: max(1, length - done) if length else most]
            for tokens, z in zip(burst, weighed):
                for call in calls:
                    call()
                sampler.choose(scores, z, current)
                tokens[...] = current
                if newline is not None:
                    forget(state, current == newline)
            done += len(burst)
            check_finite(weighed[: len(burst)].max(axis=-1), done)
            due = grammar.complete() if 0 < length <= done else unfinished
            for row, tokens, end in zip(rows, burst.T.tolist(), due):
                if not row.ended and (piece := row.feed(tokens, end)):
                    live -= piece.last
                    yield piece


def following(encoder: Any) -> np.ndarray:
    """The automaton of an encoder's tokens, for `Grammar`: bytes form UTF-8; the unknown word is never generated."""
    if encoder.level == "byte":
        return utf8_automaton()
    table = np.zeros((1, encoder.size), np.int8)
    if encoder.level == "word" and encoder.size > 1:
        table[0, 0] = -1
    return table


def first_token(encoder: Any) -> int:
    """The first token that may start a text."""
    return int(np.argmax(following(encoder)[0] >= 0))


def forget(state: Any, fresh: np.ndarray) -> None:
    """Zero, in place, the rows of `state` where `fresh` (N,) is true: they start a document."""
    if fresh.any():
        for layer in state:
            for array in layer:
                array[fresh] = 0


class Row:
    """The text of one sample while its tokens arrive."""

    def __init__(self, sample: int, encoder: Any, stop: Sequence[str]):
        self.sample, self.decoder, self.ended = sample, StreamDecoder(encoder), False
        self.gate = StopGate(stop) if stop else None

    def feed(self, tokens: Any, end: bool) -> Piece | None:
        """The Piece that `tokens` complete, or None. `end`: they are the last."""
        text = self.decoder.feed(tokens)
        if self.gate is not None:
            text = self.gate.feed(text)
            end = end or self.gate.shut
            text += self.gate.held if end else ""
        self.ended = end
        return Piece(self.sample, text, end) if text or end else None


class StopGate:
    """Passes text up to the first occurrence of any of the strings, however the text is cut into pieces.

    `held`: text that may be the start of a string; `shut`: whether a string has occurred.
    """

    def __init__(self, strings: Sequence[str]):
        self.strings, self.held, self.shut = strings, "", False
        self.longest = max(map(len, strings))

    def feed(self, text: str) -> str:
        """The new text before any string that has occurred or may still be completed."""
        text = self.held + text
        found = [(at + len(string), at) for string in self.strings if (at := text.find(string)) >= 0]
        if found:
            self.shut, self.held = True, ""
            return text[: min(found)[1]]
        sizes = range(min(self.longest - 1, len(text)), 0, -1)
        held = next((n for n in sizes if any(string.startswith(text[-n:]) for string in self.strings)), 0)
        self.held = text[len(text) - held :]
        return text[: len(text) - held]
