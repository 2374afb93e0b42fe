"""What the words of a prompt become, known and unknown."""

import pytest

from rnncli.data.text.encoders import CharEncoder
from rnncli.data.text.word_vocabulary import WordEncoder
from rnncli.generation.prompts import UnseenWord, prompt_ids, without_open_end

WORDS = WordEncoder(("<unk>", " sea", "the", " Sea", "\n", " café", " night"), {"end": 1.0, "unseen": 9.0})
THE, SEA, CAFE, NIGHT = 2, 1, 5, 6


def test_a_space_at_the_end_belongs_to_the_next_word():
    assert without_open_end("the sea ", "word") == "the sea"
    assert without_open_end("the sea  ", "word") == "the sea "  # then the next word comes after two
    assert without_open_end("the sea ", "char") == "the sea "
    assert prompt_ids(WORDS, "the sea ").tolist() == [THE, SEA]
    assert prompt_ids(WORDS, " ").tolist() == []


def test_an_unknown_word_is_an_error_left_out_or_replaced_as_is_asked_for():
    with pytest.raises(UnseenWord) as caught:
        prompt_ids(WORDS, "the zebra sea")
    assert str(caught.value) == "word 'zebra', number 2 of the prompt, is not among the model's 6 words"
    assert "--unknown replace" in caught.value.hint and "--unknown skip" in caught.value.hint
    assert prompt_ids(WORDS, "the zebra sea", "skip").tolist() == [THE, SEA]
    assert prompt_ids(WORDS, "the zebra sea", "replace").tolist() == [THE, 0, SEA]


@pytest.mark.parametrize(
    ("prompt", "ids"),
    [
        ("THE SEA", [THE, SEA]),
        ("the the", [THE, THE]),
        ("the Café", [THE, CAFE]),
        ("the cafe", [THE, CAFE]),
        ("the CAFE\u0301", [THE, CAFE]),
        ("Night", [NIGHT]),
    ],
)
def test_the_most_similar_word_has_another_case_other_accents_or_another_space(prompt, ids):
    assert prompt_ids(WORDS, prompt, "replace").tolist() == ids


def test_the_first_word_stands_for_the_one_with_a_space_where_only_that_is_known():
    assert prompt_ids(WORDS, "night").tolist() == [NIGHT]
    with pytest.raises(UnseenWord, match="word 'the', number 2"):
        prompt_ids(WORDS, "the the")


def test_characters_are_left_to_their_encoder():
    assert prompt_ids(CharEncoder("abc"), "cab").tolist() == [2, 0, 1]
    assert prompt_ids(CharEncoder(" ab"), "a ").tolist() == [1, 0]
