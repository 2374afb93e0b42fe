"""Made problems: the answers are those of the papers, checked by another way than they are made."""

import re
from collections import Counter, defaultdict
from itertools import product
from math import log

import numpy as np
import pytest

from rnncli.data.synthetic.problems import PROBLEMS, asked
from rnncli.errors import ConfigError

REBER_END = "(?:T*VPX)*T*V(?:VE|PSE)"
REBER = re.compile(f"B([TP])B(?:TS*X(?:SE|X{REBER_END})|P{REBER_END})\\1E")


def made(name):
    return asked(f"synthetic:{name}").make()


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_name_stands_for_the_same_examples_each_time_and_another_count_for_others(name):
    length = max(24, PROBLEMS[name].least)
    (sources, answers), again = made(f"{name}:{length}:200"), made(f"{name}:{length}:200")
    for one, other in zip((*sources, *answers), (*again[0], *again[1])):
        np.testing.assert_array_equal(one, other)
    others = made(f"{name}:{length}:201")[0]
    assert any(not np.array_equal(one, other) for one, other in zip(sources, others))


@pytest.mark.parametrize("name", ["adding", "copy", "recall", "order"])
def test_examples_of_another_count_share_no_source_so_that_they_are_new_to_a_model(name):
    one, other = (made(f"{name}:40:{count}")[0] for count in (1000, 999))
    keys = [{source.tobytes() if name == "adding" else source for source in each} for each in (one, other)]
    assert len(keys[0] & keys[1]) == 0 and len(keys[0]) == 1000


@pytest.mark.parametrize("T", [2, 3, 50])
def test_adding_marks_one_value_of_each_half_and_asks_for_their_sum(T):
    sources, sums = made(f"adding:{T}:500")
    for source, total in zip(sources, sums):
        assert source.shape == (T, 2) and source[:, 0].min() >= 0 and source[:, 0].max() < 1
        assert set(source[:, 1]) <= {0.0, 1.0}
        assert source[: T // 2, 1].sum() == source[T // 2 :, 1].sum() == 1
        assert total == pytest.approx(source[:, 0] @ source[:, 1], abs=1e-12)
    assert (np.sum(sources, axis=0)[:, 1] > 0).all(), "every step is marked now and then"


def test_always_answering_1_has_the_error_of_the_paper():
    _, sums = made("adding:50:20000")
    assert np.square(np.array(sums) - 1).mean() == pytest.approx(1 / 6, abs=0.004)  # four deviations of this mean


@pytest.mark.parametrize("T", [1, 30])
def test_copy_asks_for_ten_symbols_again_after_the_marker(T):
    for source, answer in zip(*made(f"copy:{T}:100")):
        assert len(source) == len(answer) == T + 20
        assert source[T + 9] == ":" and source.count(":") == 1
        assert set(source[10 : T + 9]) <= {"_"} and set(source[T + 10 :]) == {"_"}
        assert set(answer[: T + 10]) == {"_"} and answer[T + 10 :] == source[:10]
    symbols = Counter(symbol for source, _ in zip(*made("copy:1:4000")) for symbol in source[:10])
    shares = np.array(list(symbols.values())) / 40_000
    assert -(shares @ np.log(shares)) == pytest.approx(log(8), abs=1e-3), "a guess costs ln 8"


def test_recall_asks_for_the_first_letter_which_stands_nowhere_else():
    sources, classes = made("recall:30:400")
    for source, letter in zip(sources, classes):
        assert re.fullmatch("[a-h][s-z]{28}[?]", source) and source[0] == letter
    assert len(set(classes)) == 8


@pytest.mark.parametrize("T", [10, 100])
def test_order_has_its_two_letters_in_their_tenths_and_a_class_for_each_pair(T):
    for source, label in zip(*made(f"order:{T}:400")):
        found = re.fullmatch("E[a-d]*([XY])[a-d]*([XY])[a-d]*B", source)
        assert found and len(source) == T
        assert T / 10 <= found.start(1) < 2 * T / 10 and T / 2 <= found.start(2) < 6 * T / 10
        assert label == {"XX": "Q", "XY": "R", "YX": "S", "YY": "U"}[found[1] + found[2]]


def continued(words):
    """{prefix: the symbols that follow it in some of the words, "end" where one of them is over}."""
    found = defaultdict(set)
    for word in words:
        for k in range(1, len(word) + 1):
            found[word[:k]].add(word[k] if k < len(word) else "end")
    return found


def test_answers_of_anbn_are_the_symbols_that_may_follow():
    may_follow = continued([("a",) * n + ("b",) * n for n in range(1, 12)])
    for word, answers in zip(*made("anbn:10:200")):
        for k, answer in enumerate(answers, start=1):
            assert {answer} if answer == "end" else set(answer) == may_follow[word[:k]]


def is_balanced(word):
    text = "".join(word)
    while "()" in text or "[]" in text:
        text = text.replace("()", "").replace("[]", "")
    return not text


def test_answers_of_dyck_are_the_brackets_that_may_follow():
    every = [word for n in (2, 4, 6, 8) for word in product("()[]", repeat=n) if is_balanced(word)]
    may_follow = continued(every)
    for word, answers in zip(*made("dyck:4:200")):  # any bracket of a prefix of these can be closed within eight
        assert is_balanced(word)
        for k, answer in enumerate(answers, start=1):
            assert set(answer) == may_follow[word[:k]] - {"end"}


def test_every_word_of_brackets_of_a_length_is_equally_likely():
    counts = Counter(made("dyck:6-6:8000")[0])
    assert len(counts) == 40 and all(map(is_balanced, counts))  # five shapes, three pairs of two kinds each
    assert all(abs(count - 200) < 5 * 14 for count in counts.values())  # five deviations


def test_words_of_reber_are_of_its_grammar_and_the_answers_are_all_that_may_follow():
    sources, answers = made("reber:14:6000")
    may_follow, seen = continued(sources), Counter(word[:k] for word in sources for k in range(1, len(word) + 1))
    for word, own in zip(sources, answers):
        assert REBER.fullmatch("".join(word)), word
        for k, answer in enumerate(own, start=1):
            allowed = {answer} if answer == "end" else set(answer)
            assert may_follow[word[:k]] <= allowed
            if seen[word[:k]] > 100 and k < 6:
                assert may_follow[word[:k]] == allowed


def test_every_word_of_reber_of_a_length_is_equally_likely_as_each_of_its_symbols_but_the_last_is_one_of_two():
    counts = Counter("".join(word) for word in made("reber:13-13:8000")[0])
    expected = 8000 / len(counts)
    assert len(counts) == 2 * inner_words(9) > 10
    assert all(abs(count - expected) < 5 * expected**0.5 for count in counts.values())


def inner_words(length):
    """How many words of Reber's grammar have this length."""
    words = ("B" + "".join(word) + "E" for word in product("TPSXV", repeat=length - 2))
    return sum(REBER.fullmatch(f"BT{word}TE") is not None for word in words)


@pytest.mark.parametrize(
    "name, lengths", [("anbn:5:300", {2, 4, 6, 8, 10}), ("dyck:6:300", {2, 4, 6}), ("dyck:8-10:300", {8, 10})]
)
def test_words_have_all_lengths_up_to_the_limit(name, lengths):
    assert {len(source) for source in made(name)[0]} == lengths


def test_a_range_gives_series_and_texts_of_several_lengths():
    assert {len(source) for source in made("adding:20-23:200")[0]} == {20, 21, 22, 23}
    assert {len(source) for source in made("reber:9-30:900")[0]} == set(range(9, 31))
    assert len(asked("synthetic:recall:20").make()[0]) == 10_000


@pytest.mark.parametrize(
    "name, said",
    [
        ("synthetic:addding:50", "unknown problem 'addding'"),
        ("synthetic:", "unknown problem ''"),
        ("synthetic:adding", "expected synthetic:NAME:LENGTH[:COUNT]"),
        ("synthetic:adding:", "expected synthetic:NAME:LENGTH[:COUNT]"),
        ("synthetic:adding:1.5", "expected synthetic:NAME:LENGTH[:COUNT]"),
        ("synthetic:adding:50:", "expected synthetic:NAME:LENGTH[:COUNT]"),
        ("synthetic:adding:1", "LENGTH is not one of 'adding'"),
        ("synthetic:dyck:7", "LENGTH is not one of 'dyck'"),
        ("synthetic:anbn:9-3", "LENGTH is not one of 'anbn'"),
        ("synthetic:order:9:10", "LENGTH is not one of 'order'"),
        ("synthetic:adding:50:0", "0 examples"),
        ("synthetic:adding:1000000:1000000", "1,000,000 examples"),
    ],
)
def test_a_name_that_stands_for_none_is_refused_with_what_is_known(name, said):
    with pytest.raises(ConfigError, match=re.escape(said)) as error:
        asked(name)
    hint = error.value.hint or ""
    assert all(problem in hint for problem in PROBLEMS) or "allowed" in hint or "ask for" in hint
