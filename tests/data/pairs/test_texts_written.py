"""Texts as what is written, symbol by symbol, and sources whose conditions are read before them."""

import json

import numpy as np
import pytest

from rnncli.data.pairs.sides import TextSide, source_from_dict, vocabulary
from rnncli.data.pairs.tokens import condition_tokens, tokens_of
from rnncli.data.pairs.written import END_ID, UNKNOWN_ID, WrittenSide, is_symbols
from rnncli.errors import ModelFileError
from rnncli.generation.sampling import Grammar

TEXTS = ["naïve  text, isn't it?\n", "日本 😀 ɔ̃", " outer ", "a\tb\x85c\u2028d", "</s> <unk> </s>x"]
UNITS = ("char", "byte", "word", "symbol")


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_of_known_symbols_is_restored(unit):
    side = WrittenSide.fit(TEXTS, unit, 100)
    for text in TEXTS:
        ids = side.encode(text)
        assert ids.dtype == np.intp and ids[-1] == END_ID and END_ID not in ids[:-1]
        if unit == "symbol":
            known = [symbol if symbol in side.index else "<unk>" for symbol in text.split()]
            assert side.decode(ids) == " ".join(known)
        else:
            assert side.decode(ids) == text == side.join(side.split(text))


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_not_known_is_unknown_and_no_text_is_an_end_of_itself(unit):
    side = WrittenSide.fit(["ab cd"], unit, 100)
    ids = side.encode("ab </s> <unk> é cd")
    assert (ids == END_ID).sum() == 1 and len(ids) == len(side.split("ab </s> <unk> é cd")) + 1
    assert (UNKNOWN_ID in ids) == (unit != "byte") and set(side.symbols) >= {"<unk>", "</s>"}
    assert side.index.keys().isdisjoint(("<unk>", "</s>"))


def test_a_long_text_is_its_beginning_and_an_end():
    side = WrittenSide.fit(["abcdef"], "char", 4)
    assert side.encode("abcdef").tolist() == side.encode("abc").tolist() and side.decode(side.encode("abcdef")) == "abc"
    assert side.encode("").tolist() == [END_ID]
    assert side.decode([*side.encode("ab"), *side.encode("c")]) == "ab"


def test_rare_symbols_and_those_above_the_most_are_unknown():
    side = WrittenSide.fit(["aab", "ac"], "char", 9, min_count=2)
    assert side.symbols == ("<unk>", "</s>", "a") and side.size == 3
    assert WrittenSide.fit(["aabbc"], "char", 9, most=2).symbols[2:] == ("a", "b")
    assert WrittenSide.fit(["a a <unk> </s> b"], "symbol", 9, most=2).symbols[2:] == ("a", "b")
    assert WrittenSide.fit([], "byte", 9).size == 258


@pytest.mark.parametrize("unit", UNITS)
def test_what_the_grammar_allows_is_a_text_without_unknown_symbols(unit):
    side = WrittenSide.fit(TEXTS, unit, 100)
    grammar, rng = Grammar(side.following(), 4), np.random.default_rng(1)
    assert grammar.following.shape[1] == side.size
    ids = np.zeros((30, 4), np.intp)
    for step in range(30):
        z = rng.normal(size=(4, side.size)).astype("f4")
        grammar.forbid(z)
        assert (z[:, UNKNOWN_ID] == -np.inf).all()
        assert (np.isfinite(z[:, END_ID]) == grammar.complete()).all()  # an end is allowed just where a row may end
        z[:, END_ID] = -np.inf
        ids[step] = z.argmax(1)
        grammar.advance(ids[step])
    for n, complete in enumerate(grammar.complete()):
        text = side.join(side.symbols[token] for token in ids[:, n])
        assert ("\ufffd" in text) == (not complete) and "<unk>" not in text.split()


def test_bytes_of_the_training_texts_alone_keep_the_grammar():
    side = WrittenSide("byte", ("<unk>", "</s>", "61", "c3", "a9"), 9)
    following = side.following()
    assert following.shape == (8, 5)
    assert following[0].tolist() == [-1, 0, 0, 1, -1] and following[1].tolist() == [-1, -1, -1, -1, 0]
    assert side.decode(side.encode("aéa")) == "aéa" and side.decode([3, 2, 0]) == "\ufffda\ufffd"


@pytest.mark.parametrize("unit", UNITS)
def test_a_side_is_stored_and_a_damaged_one_is_refused(unit):
    side = WrittenSide.fit(TEXTS, unit, 100)
    stored = json.loads(json.dumps(side.to_dict()))
    assert WrittenSide.from_dict(stored) == side
    for damage in (
        {"tokens": "letter"},
        {"longest": 0},
        {"symbols": ["</s>", "<unk>", "a"]},
        {"symbols": ["<unk>", "</s>", "a", "a"]},
        {"symbols": "ab"},
    ):
        with pytest.raises(ModelFileError):
            WrittenSide.from_dict(stored | damage)
    with pytest.raises(ModelFileError):
        WrittenSide.from_dict({"tokens": unit})


@pytest.mark.parametrize(
    "targets, symbols",
    [
        (["a b a t ʁ", "a b ɑ̃ d ɔ̃", "a"], True),
        (["1 2 3", "3 2 1"], True),
        (["HH AH0 L OW1", "W ER1 L D"], True),
        (["Va !", "Marche.", "Bouge !"], False),
        (["Go on.", "I see it.", "He is a cat."], False),
        (["went", "goes", "was"], False),
        (["a", "b", "c"], False),
        ([f"day {k}" for k in range(50)], False),
        ([" ".join(f"{k % 9}{j}" for j in range(5)) for k in range(99)], True),
        ([f"{a}{b} {b}{a}" for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz"], False),
        ([], False),
    ],
)
def test_separate_symbols_are_told_from_words(targets, symbols):
    assert is_symbols(targets) is symbols


# ---- sources with conditions


def test_conditions_are_tokens_that_no_text_has():
    names = ("tag", "column 3")
    assert condition_tokens(names, ("V;3| SG,", "")) == ["tag = V", "tag = 3", "tag = SG"]
    tokens = set(condition_tokens(names, ("a", "a")))
    assert len(tokens) == 2
    for unit in UNITS:
        assert tokens.isdisjoint(tokens_of("tag = a column 3 = a", unit, False))


def test_conditions_stand_before_the_text_and_within_its_longest():
    lists = [condition_tokens(("tag",), ("V;PST",)) + list("go")]
    side = TextSide("char", False, vocabulary(lists, 1, 0), 3, conditions=("tag",))
    assert side.encode("go", ("V;PST",)).inputs.tolist() == [1, 2, 3]
    assert side.encode("go", ("X",)).inputs.tolist() == [0, 3, 4]
    assert side.encode("go").inputs.tolist() == side.encode("go", ("",)).inputs.tolist() == [3, 4]
    assert side.encode("", ("",)).inputs.tolist() == [0]
    assert source_from_dict(json.loads(json.dumps(side.to_dict()))) == side


def test_a_side_without_conditions_is_stored_as_before():
    side = TextSide("char", False, ("<unk>", "a"), 9)
    assert "conditions" not in side.to_dict() and source_from_dict(side.to_dict()) == side
