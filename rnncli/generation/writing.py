"""Text from a trained model, token by token."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..data.text.encoders import StreamDecoder
from ..errors import ModelFileError
from .sampling import Grammar, Sampler, utf8_automaton

BURST = 32  # tokens of a sample that are chosen before their text is handed on, at most
MOST_SCORES = 10**6  # numbers that are kept until then, at most
CHUNK = 64  # steps of a prompt read at once


class Piece(NamedTuple):
    """A little more of one sample."""

    sample: int  # counts from 0
    text: str  # whole code points; empty only where `last` brings nothing new
    last: bool  # nothing more of this sample follows


def in_order(pieces):
    """The same Pieces sample after sample: those of a later sample wait until the earlier ones have ended."""
    turn, waiting = 0, {}
    for piece in pieces:
        if piece.sample != turn:
            waiting.setdefault(piece.sample, []).append(piece)
            continue
        yield piece
        while piece is not None and piece.last:
            turn += 1
            kept = waiting.pop(turn, [])
            yield from kept
            piece = kept[-1] if kept else None


@dataclass(frozen=True)
class Voice:
    """A model that reads and writes text: its parameters `p`, its encoder, and whether each line is a document."""

    model: Any
    p: dict
    encoder: Any
    by_line: bool = False

    def context(self, prompt, unknown="error"):
        """(L,) ids, L at least 1, that the text follows; where each line is a document, from its newline on."""
        ids = self.encoder.encode(prompt, unknown).astype(np.intp)
        newline = self.newline()
        if self.by_line and newline is not None:
            before = np.flatnonzero(ids == newline)
            return ids[before[-1] :] if len(before) else np.concatenate([[newline], ids])
        if len(ids):
            return ids
        return np.array([first_token(self.encoder) if newline is None else newline])

    def newline(self):
        """The id of the newline, None where the model does not know it."""
        found = self.encoder.encode("\n", "skip")
        return int(found[0]) if len(found) else None

    def read(self, ids, memory):
        """The state, N = 1, after ids (L,)."""
        state, plan, T = self.model.initial_state(1, memory), None, 0
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK, None]
            if len(part) != T:
                plan, T = self._plan(len(part), 1, memory), len(part)
            _, state = self.model.forward(part, state, plan)
        return state

    def _plan(self, T, N, memory):
        plan = self.model.plan((T,), N, memory)
        self.model.load(self.p, plan)
        return plan

    def write(self, context, state, samples, length, sampling, seed, stop, memory):
        """Yield Pieces of the `samples` (numbers), each of which goes on from `state` (N = 1) and the last of
        `context`, until every one has ended."""
        N, plan = len(samples), self._plan(1, len(samples), memory)
        state = tuple(tuple(np.repeat(array, N, axis=0) for array in layer) for layer in state)
        ids = np.full((1, N), context[-1])
        grammar = Grammar(following(self.encoder), N)
        sampler = Sampler(sampling, grammar, seed, samples, context)
        rows = [Row(sample, self.encoder, stop) for sample in samples]
        newline, unfinished, live, done = self.newline() if self.by_line else None, [False] * N, N, 0
        calls, scores, state = self.model.stream(ids, state, plan)
        most, current = max(1, min(BURST, MOST_SCORES // scores.size)), ids[0]
        chosen, weighed = np.empty((most, N), np.intp), np.empty((most, *scores.shape), scores.dtype)
        while live:
            burst = chosen[: max(1, length - done) if length else most]
            for tokens, z in zip(burst, weighed):
                for call in calls:
                    call()
                sampler.choose(scores, z, current)
                tokens[...] = current
                if newline is not None:
                    _forget(state, current == newline)
            done += len(burst)
            _check_finite(weighed[: len(burst)], done)
            due = grammar.complete() if 0 < length <= done else unfinished
            for row, tokens, end in zip(rows, burst.T.tolist(), due):
                if not row.ended and (piece := row.feed(tokens, end)):
                    live -= piece.last
                    yield piece


def following(encoder):
    """The automaton of an encoder's tokens, for `Grammar`: bytes keep to UTF-8, an unknown word has no text to show."""
    if encoder.level == "byte":
        return utf8_automaton()
    table = np.zeros((1, encoder.size), np.int8)
    if encoder.level == "word" and encoder.size > 1:
        table[0, 0] = -1
    return table


def first_token(encoder):
    """The first token that may begin a text."""
    return int(np.argmax(following(encoder)[0] >= 0))


def _forget(state, fresh):
    """Zero, in place, the rows of `state` where `fresh` (N,) is true: they begin a document."""
    if fresh.any():
        for layer in state:
            for array in layer:
                array[fresh] = 0


def _check_finite(weighed, done):
    """Raises ModelFileError unless the best scores of each step are finite: `weighed` (steps, N, V) up to `done`."""
    bad = ~np.isfinite(weighed.max(axis=-1)).all(axis=1)
    if bad.any():
        first = done - len(bad) + int(bad.argmax()) + 1
        raise ModelFileError(
            f"the model's scores are not finite at token {first:,}",
            "its state or weights have overflowed; generate from an earlier checkpoint of the run",
        )


class Row:
    """The text of one sample while its tokens arrive."""

    def __init__(self, sample, encoder, stop):
        self.sample, self.decoder, self.ended = sample, StreamDecoder(encoder), False
        self.gate = StopGate(stop) if stop else None

    def feed(self, tokens, end):
        """The Piece that `tokens` complete, or None. `end`: they are the last."""
        text = self.decoder.feed(tokens)
        if self.gate is not None:
            text = self.gate.feed(text)
            end = end or self.gate.shut
            text += self.gate.held if end else ""
        self.ended = end
        return Piece(self.sample, text, end) if text or end else None


class StopGate:
    """Lets text through up to the first completed of some strings, however it is cut into pieces.

    `held` is what has come and may be the beginning of one; `shut` is true once one was completed.
    """

    def __init__(self, strings):
        self.strings, self.held, self.shut = strings, "", False
        self.longest = max(map(len, strings))

    def feed(self, text):
        """What of the text so far, not let through before, comes before any string that is or may be there."""
        text = self.held + text
        found = [(at + len(string), at) for string in self.strings if (at := text.find(string)) >= 0]
        if found:
            self.shut, self.held = True, ""
            return text[: min(found)[1]]
        sizes = range(min(self.longest - 1, len(text)), 0, -1)
        held = next((n for n in sizes if any(string.startswith(text[-n:]) for string in self.strings)), 0)
        self.held = text[len(text) - held :]
        return text[: len(text) - held]
