"""The baseline of tagging: every word gets its most frequent tag, an unknown word that of words that look like it.

An unknown word is first looked up in lower case. Otherwise the rare words of the training text decide that are alike in
capital, digit, hyphen and in the last letters, as many of them, up to five, as at least three rare words share: new
words resemble rare ones. Without such letters capital, digit and hyphen alone decide, and at last the most frequent tag
of all. The endings of rare words are those of Brants, "TnT - a statistical part-of-speech tagger", Conference on
applied natural language processing (2000) 224-231, arXiv:cs/0003055, without his weighted sum over their lengths.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

LONGEST = 5  # letters of an ending
RARE = 3  # occurrences of a rare word, at most
SHARED = 3  # rare words that share a look that decides, at least


class SuffixTags:
    """Most frequent tags, ties in the order of their first appearance. Words and tags are strings."""

    def fit(self, sentences: Iterable[tuple[Sequence[str], Sequence[str]]]) -> "SuffixTags":
        """Count the tags of sentences, each as many words as tags. Returns self. ValueError if there is no word."""
        by_word: dict[str, Counter[str]] = defaultdict(Counter)
        for words, tags in sentences:
            for word, tag in zip(words, tags, strict=True):
                by_word[word][tag] += 1
        if not by_word:
            raise ValueError("there is no word to learn a tag from")
        by_look: dict[tuple, Counter[str]] = defaultdict(Counter)
        everything: Counter[str] = Counter()
        for word, tags in by_word.items():
            everything.update(tags)
            if tags.total() <= RARE:
                for look in _looks(word):
                    by_look[look].update(tags.keys())  # a word counts once for each of its tags
        self._word = {word: _most(tags) for word, tags in by_word.items()}
        self._look = {look: _most(tags) for look, tags in by_look.items() if tags.total() >= SHARED}
        self._any = _most(everything)
        return self

    def predict(self, words: Sequence[str]) -> list[str]:
        """A tag for each of the words of a sentence."""
        return [self._word[word] if word in self._word else self._guess(word) for word in words]

    def _guess(self, word):
        if word.lower() in self._word:
            return self._word[word.lower()]
        return next((self._look[look] for look in _looks(word) if look in self._look), self._any)


def _looks(word):
    """How a word looks: capital, digit, hyphen and an ending, the longest ending first, the empty one last."""
    marks = word[:1].isupper(), any(map(str.isdigit, word)), "-" in word
    lower = word.lower()
    return [(*marks, lower[len(lower) - n :]) for n in range(min(LONGEST, len(lower)), -1, -1)]


def _most(tags):
    return max(tags, key=tags.__getitem__)
