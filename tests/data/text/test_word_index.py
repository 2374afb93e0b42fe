"""Words cut and numbered with arrays equal the words of the pattern and their numbers in a dictionary."""

import re
import unicodedata
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.config import DataConfig
from rnncli.data.text import word_index
from rnncli.data.text.corpus import load_corpus
from rnncli.data.text.tokens import ahead, whole_words
from rnncli.data.text.word_index import LONGEST, Pieces, WordIndex, kinds_up_to
from rnncli.data.text.word_vocabulary import marks, split_words

SIGNS = "ab_7 é\n\t\r.,!жя中\u0301\u093e\u200d\u2028\x85\x00\x1f😀\U000e0100"
TEXTS = st.text(st.sampled_from(SIGNS) | st.characters(), max_size=60)
LONG = st.text("ab ", max_size=200).map(lambda text: text.replace("b", "bcdefghijklmn"))


def words_of(text):
    pieces = Pieces.of(text)
    return pieces.words(np.arange(len(pieces.starts)))


def numbers_of(texts):
    """Numbers in the order of first appearance, by a dictionary."""
    index: dict[str, int] = {}
    return [[index.setdefault(word, len(index)) for word in split_words(text)] for text in texts], list(index)


@given(TEXTS | LONG)
def test_words_are_cut_as_the_pattern_cuts_them(text):
    assert words_of(text) == split_words(text)


@given(st.lists(TEXTS | LONG, max_size=8))
def test_words_get_the_numbers_that_a_dictionary_gives_them(texts):
    index = WordIndex()
    found = [index.number(Pieces.of(text)).tolist() for text in texts]
    assert (found, index.words) == numbers_of(texts)


def test_many_words_of_every_length_get_their_numbers_while_the_tables_grow(monkeypatch):
    monkeypatch.setattr(word_index, "SLOTS", 4)
    monkeypatch.setattr(word_index, "FEW", 50)
    rng = np.random.default_rng(5)
    texts = []
    for _ in range(40):
        lengths = rng.integers(1, 40, 300)
        texts.append(" ".join("".join(rng.choice(list("abcя"), n if n > 4 else 2)) for n in lengths))
    index = WordIndex()
    found = [index.number(Pieces.of(text)).tolist() for text in texts]
    assert (found, index.words) == numbers_of(texts)
    assert len(index.words) > 8_000


@pytest.mark.parametrize("size", [1, 6, 7, 8, 14, 15, 16, 30, 31, 32, LONGEST + 1, 100])
def test_words_that_differ_in_one_byte_or_in_length_are_told_apart(size):
    word = "x" * size
    others = [word[:k] + "y" + word[k + 1 :] for k in range(size)] + [word + "x", word[1:] or "z"]
    texts = ["\n".join([word, *others, word])]
    assert [WordIndex().number(Pieces.of(texts[0])).tolist()] == numbers_of(texts)[0]


def test_zero_characters_are_told_from_nothing():
    text = "\0\n\0\0\n\0"
    assert words_of(text) == split_words(text) == ["\0", "\n", "\0", "\0", "\n", "\0"]
    assert WordIndex().number(Pieces.of(text)).tolist() == [0, 1, 0, 0, 1, 0]


def test_every_code_point_has_the_kind_that_the_pattern_gives_it():
    text = "".join(map(chr, range(0x110000)))
    expected = np.zeros(len(text), np.uint8)
    for pattern, kind in ((rf"[\w{marks()}]+", 1), (r"\s+", 2), (" ", 3)):
        for found in re.finditer(pattern, text):
            expected[found.start() : found.end()] = kind
    assert np.flatnonzero(kinds_up_to(len(text)) != expected).tolist() == []


def test_all_marks_of_unicode_belong_to_words():
    marks = [chr(k) for k in range(0x110000) if unicodedata.category(chr(k)).startswith("M")]
    assert len(marks) > 2_000 and split_words("a" + "".join(marks)) == ["a" + "".join(marks)]


@pytest.mark.parametrize(
    "text",
    [
        "हिन्दी में लिखा",  # vowel signs and a virama
        unicodedata.normalize("NFD", "Überraschung für André"),
        "می\u200cخواهم نمی\u200cدانم",  # a joiner inside words
        "ภาษา ที่ ดี",
    ],
)
def test_marks_do_not_end_a_word(text):
    assert split_words(text) == [("" if k == 0 else " ") + word for k, word in enumerate(text.split())]
    assert words_of(text) == split_words(text)


@given(st.lists(st.text(SIGNS, min_size=1, max_size=9), max_size=12))
def test_pieces_of_a_text_end_where_words_end(texts):
    pieces = list(whole_words(texts))
    assert [word for piece in pieces for word in split_words(piece)] == split_words("".join(texts))


def test_a_long_text_without_blanks_is_still_cut_into_pieces():
    pieces = list(whole_words(["天地玄黄。" * 100] * 50))
    assert max(map(len, pieces)) <= 1_000 and "".join(pieces) == "天地玄黄。" * 5_000


def test_a_word_as_long_as_the_text_is_one_word():
    (word,) = set(split_words("".join(whole_words(["a" * 1_000] * 50))))
    assert len(word) == 50_000


def test_one_item_is_worked_on_ahead_and_no_more():
    taken = []
    results = ahead(lambda item: item * 2, (taken.append(k) or k for k in range(10)))
    assert next(results) == 0 and taken == [0, 1]
    assert list(islice(results, 3)) == [2, 4, 6] and taken == [0, 1, 2, 3, 4]
    results.close()


def test_an_error_in_the_other_thread_is_raised_and_nothing_gives_nothing():
    with pytest.raises(ZeroDivisionError):
        list(ahead(lambda item: 1 // item, [1, 0, 1]))
    assert list(ahead(len, [])) == []


@pytest.mark.parametrize("documents", ["file", "line"])
def test_the_tokens_of_a_real_text_are_the_words_of_the_pattern(real_data, documents):
    path = real_data / "text" / "tinyshakespeare.txt"
    text = path.read_text(encoding="utf-8")
    corpus = load_corpus(DataConfig(files=(str(path),), tokens="word", documents=documents, val_frac=0.0))
    words = split_words(text if documents == "file" else "\n" + re.sub(r"\n+", "\n", text))
    assert corpus.encoder.decode(corpus.train.tokens) == "".join(words)
    assert len(corpus.train.tokens) == len(words)
