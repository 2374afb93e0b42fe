"""A vector for each word, from what it is and how it is spelt."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from .bidirectional import Bidirectional
from .memory import Array, Memory
from .parameters import ParamSpec
from .pool import Ends
from .tokens import Embedding, TokenSums


@dataclass(frozen=True)
class WordReader:
    """x_t = [E[word_t] | the ends of a bidirectional layer over the characters of word_t] (Lample et al. 2016,
    arXiv:1603.01360v3, section 4.1).

    V words with E columns each, `characters` in the alphabet with `width` columns each; `body` reads them. A
    spelling is read once in a batch, all of them side by side: in a text, half of the words stand more than once. One
    without characters is zero.

    longest: C, the most characters of a spelling that are read.
    """

    V: int
    E: int
    characters: int
    width: int
    body: Bidirectional
    longest: int

    @property
    def D(self) -> int:
        """Columns of x."""
        return self.E + self.body.H

    @property
    def _embedding(self) -> Embedding:
        return Embedding(self.V, self.E)

    @property
    def _characters(self) -> Embedding:
        return Embedding(self.characters, self.width)

    @property
    def _ends(self) -> Ends:
        return Ends(self.body.H, self.body.back.H)

    def specs(self) -> dict[str, tuple[ParamSpec, ...]]:
        """The parameters, {name of the layer: its ParamSpecs}."""
        return {
            "embedding": self._embedding.specs(),
            "characters": self._characters.specs(),
            "spelling": self.body.specs(),
        }

    def plan(self, T: int, N: int, W: int, memory: Memory) -> SimpleNamespace:
        """Buffers for (T, N) words of at most W spellings."""
        C, H = self.longest, self.body.H
        return SimpleNamespace(
            embedding=self._embedding.plan(T, N, memory),
            characters=self._characters.plan(C, W, memory),
            spelling=self.body.plan(C, W, memory.within("spelling")),
            s0=self.body.initial_state(W, memory.like()),
            ends=self._ends.plan(C, W, memory),
            x=memory(T, N, self.D),
            spelled=None,
            dends=memory(1, W, H, training=True),
            sums=TokenSums(T * N, W, H, memory),
        )

    def draw(self, noise: Any, plan: Any) -> None:
        self.body.draw(noise, plan.spelling)

    def load(self, p: Any, plan: Any) -> None:
        self._embedding.load(p["embedding"], plan.embedding)
        self._characters.load(p["characters"], plan.characters)
        self.body.load(p["spelling"], plan.spelling)

    def forward(self, ids: Array, spelled: Array, characters: Array, character_mask: Array, plan: Any) -> Array:
        """-> x (T, N, D). ids (T, N): of words; spelled (T, N): of spellings; characters (C, W): ids of the characters
        of each spelling, True in the mask (C, W) where there is one."""
        plan.spelled = spelled  # for backward
        plan.x[:, :, : self.E] = self._embedding.forward(ids, (), plan.embedding)[0]
        letters, _ = self._characters.forward(characters, (), plan.characters)
        y, _ = self.body.forward(letters, plan.s0, plan.spelling, character_mask)
        plan.x[:, :, self.E :] = self._ends.forward(y, character_mask, plan.ends)[0, spelled]
        return plan.x

    def backward(self, g: Any, dx: Array, plan: Any) -> None:
        """dL/dx (T, N, D); adds into g."""
        self._embedding.backward(g["embedding"], dx[:, :, : self.E], (), plan.embedding)
        plan.dends.fill(0)
        plan.sums.add(plan.spelled, dx[:, :, self.E :], plan.dends[0])
        dy = self._ends.backward(plan.dends, plan.ends)
        dletters, _ = self.body.backward(g["spelling"], dy, (), plan.spelling)
        assert dletters is not None  # the layer reads vectors
        self._characters.backward(g["characters"], dletters, (), plan.characters)
