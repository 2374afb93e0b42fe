"""N-grams: which are found, their weights, and what a model file may say of them."""

import math

import numpy as np
import pytest

from rnncli.data.pairs.grams import END, START, Grams
from rnncli.errors import ModelFileError


def characters(*texts, highest=2, **options):
    return Grams.fit([list(text) for text in texts], highest, "", False, **options)


def test_the_most_frequent_grams_come_first_and_ties_in_the_order_of_the_text():
    grams = characters("ba", "ac", "ab")
    assert grams.grams == ("a", "b", "ba", "c", "ac", "ab")


def test_a_gram_counts_once_for_each_text_that_has_it():
    grams = characters("aaa", "b", "b", highest=1)
    assert grams.grams == ("b", "a")
    np.testing.assert_allclose(grams.idf, [math.log(4 / 3) + 1, math.log(4 / 2) + 1], rtol=1e-15)


def test_rare_grams_and_those_beyond_the_most_are_left_out():
    assert characters("ab", "ac", "ab", min_count=2).grams == ("a", "b", "ab")
    assert characters("ab", "ac", "ab", most=2).grams == ("a", "b")


def test_edges_show_where_a_text_begins_and_ends():
    grams = Grams.fit([["a", "b"]], 3, "", True)
    assert set(grams.grams) == {"a", "b", START + "a", "ab", "b" + END, START + "ab", "ab" + END}


def test_words_are_joined_by_a_space():
    assert Grams.fit([["the", "old", "sea"]], 2, " ", False).grams == ("the", "old", "sea", "the old", "old sea")


def test_values_are_tf_idf_of_norm_one_in_rising_order_of_ids():
    grams = Grams(2, "", False, ("ab", "b", "a"), (2.0, 1.0, 3.0))
    ids, values = grams.encode(list("aab"))
    raw = np.array([2.0, 1.0, (1 + math.log(2)) * 3.0])
    assert ids.tolist() == [0, 1, 2] and ids.dtype == np.intp and values.dtype == np.float32
    np.testing.assert_allclose(values, raw / np.linalg.norm(raw), rtol=1e-6)  # float32


def test_counts_say_how_often_each_known_gram_occurs():
    ids, counts = Grams(1, "", False, ("b", "a"), (1.0, 1.0)).counts(list("abcaa"))
    assert ids.tolist() == [0, 1] and counts.tolist() == [1, 3]


@pytest.mark.parametrize("text", ["", "xyz"])
def test_a_text_without_known_grams_has_no_ids(text):
    ids, values = characters("ab").encode(list(text))
    assert len(ids) == len(values) == 0 and ids.dtype == np.intp and values.dtype == np.float32


def test_texts_shorter_than_the_highest_n_have_shorter_grams_only():
    assert characters("a", highest=4).grams == ("a",)


def test_no_texts_have_no_grams():
    assert characters().size == 0


def test_the_dict_of_grams_gives_the_same_grams():
    grams = Grams.fit([list("abba"), list("cab")], 3, "", True)
    assert Grams.from_dict(grams.to_dict()) == grams


@pytest.mark.parametrize(
    "change",
    [
        {"highest": 0},
        {"highest": True},
        {"highest": "2"},
        {"joint": None},
        {"edges": 1},
        {"grams": "ab"},
        {"grams": ["a", 1]},
        {"grams": ["a", "a"]},
        {"idf": [1.0]},
        {"idf": [1.0, float("nan")]},
        {"idf": [1.0, -1.0]},
        {"idf": {"a": 1.0, "b": 1.0}},
    ],
)
def test_a_malformed_model_file_is_refused(change):
    with pytest.raises(ModelFileError, match="n-grams"):
        Grams.from_dict({"highest": 2, "joint": "", "edges": False, "grams": ["a", "b"], "idf": [1, 2.0], **change})


def test_a_model_file_without_a_value_is_refused():
    with pytest.raises(ModelFileError, match="n-grams"):
        Grams.from_dict({})


@pytest.mark.parametrize("options", [{"highest": 0}, {"most": 0}])
def test_grams_of_no_tokens_are_refused(options):
    with pytest.raises(ValueError, match="must be 1 or more"):
        characters("ab", **options)
