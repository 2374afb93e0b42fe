"""The most probable texts that continue a prompt."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...generation.search import beam_search
from ...generation.writing import Row, Voice, following, forget
from ...nn.memory import Memory
from .arguments import check_arguments

REPORTED = 250  # tokens between two reports of progress


class Best(NamedTuple):
    """A text that a search found; score: its log probability in nats / length in tokens^alpha."""

    text: str
    score: float


def best_texts(
    loaded: Any,
    prompt: str = "",
    length: int = 1000,
    beam: int = 4,
    n_best: int = 1,
    alpha: float = 1.0,
    stop: tuple[str, ...] = (),
    unknown: str = "error",
    progress: Callable[[str, int, int | None], None] | None = None,
) -> list[Best]:
    """The most probable texts with which the model `loaded` (Loaded) continues `prompt`, best first; see `beam_search`.

    beam    hypotheses followed side by side; 1: greedy search, the text of temperature 0
    length  tokens of a text without a stop; with byte tokens, up to 3 more bytes complete a character
    n_best  different texts, fewer where several hypotheses read alike
    stop    strings; a text ends before the first that it completes, and one that has ended comes before all others

    The context is that of `write_texts`, and so are the errors; progress(activity, done, total): tokens.
    """
    check_arguments(length, 0, 1, stop, unknown)
    memory = Memory(loaded.theta.dtype, forward_only=True)
    voice = Voice(
        loaded.model, loaded.store.views(loaded.theta), loaded.encoder, by_line=loaded.config.data.documents == "line"
    )
    context = voice.context(prompt, unknown)
    report = None if progress is None else lambda done: progress("searching", done, length)
    found = beam_search(
        Continuations(voice, context, beam, memory, report),
        int(context[-1]),
        None,
        length,
        alpha=alpha,
        n_best=n_best,
        following=following(loaded.encoder),
        stops=StopStrings(loaded.encoder, stop) if stop else None,
    )
    texts: dict[str, Best] = {}
    for written in found[0]:
        text = text_of(written.tokens, loaded.encoder, stop)
        texts.setdefault(text, Best(text, written.score))
    return list(texts.values())


def text_of(tokens: Sequence[int], encoder: Any, stop: tuple[str, ...]) -> str:
    """The text of whole tokens, up to the first of the strings `stop`."""
    piece = Row(0, encoder, stop).feed(tokens, True)
    return piece.text if piece else ""


class StopStrings:
    """Whether tokens complete one of several strings; see `generation.hypotheses.Stops`."""

    def __init__(self, encoder: Any, strings: Sequence[str]):
        self.decode: Callable[[np.ndarray], Any] = encoder.decode
        self.strings: Sequence[Any] = strings
        if encoder.level == "byte":  # a tail may begin within a character
            self.decode = lambda tokens: bytes(tokens.tolist())
            self.strings = [text.encode("utf-8", "surrogatepass") for text in strings]
        self.longest = max(map(len, self.strings))  # a token has at least one character

    def __call__(self, tokens: np.ndarray) -> bool:
        text = self.decode(tokens)
        return any(string in text for string in self.strings)


class Continuations:
    """K continuations of one context, token by token; see `generation.hypotheses.Stepper`.

    progress(tokens) is called now and then.
    """

    def __init__(
        self, voice: Voice, context: np.ndarray, K: int, memory: Memory, progress: Callable[[int], None] | None = None
    ):
        self.N: int = 1
        self.K, self.progress, self.steps = K, progress, 0
        plan = voice.model.plan((1,), K, memory)
        voice.model.load(voice.p, plan)
        state = tuple(tuple(np.repeat(s, K, axis=0) for s in layer) for layer in voice.read(context[:-1], memory))
        self.ids = np.full((1, K), context[-1])
        self.calls, self.scores, self.state = voice.model.stream(self.ids, state, plan)
        self.newline = voice.newline() if voice.by_line else None

    def advance(self) -> None:
        """Read `ids`; where each line is a document, a newline starts one."""
        if self.newline is not None:
            forget(self.state, self.ids[0] == self.newline)
        for call in self.calls:
            call()
        self.steps += 1
        if self.progress and self.steps % REPORTED == 0:
            self.progress(self.steps)

    def attended(self) -> None:
        """A language model has no source to look at."""
        return None
