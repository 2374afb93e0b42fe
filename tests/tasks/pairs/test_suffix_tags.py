"""Tags of known words, and of unknown ones by how they look."""

import pytest

from rnncli.tasks.pairs.suffix_tags import SuffixTags


def fitted(*pairs):
    """Fitted on sentences of one word each, written "word/TAG"."""
    return SuffixTags().fit([([word], [tag]) for word, _, tag in (pair.rpartition("/") for pair in pairs)])


ENDINGS = [
    *("walking/V", "talking/V", "jumping/V", "runs/V"),
    *("nation/N", "station/N", "ration/N"),
    *("Boston/P", "Lisbon/P", "Hilton/P"),
    *("1990/D", "1991/D", "1992/D"),
    *("ill-made/J", "well-made/J", "new-made/J"),
]


def test_a_known_word_gets_its_most_frequent_tag():
    model = SuffixTags().fit([(["the", "can"], ["D", "N"]), (["can", "can"], ["V", "V"])])
    assert model.predict(["can", "the", "can"]) == ["V", "D", "V"]


def test_of_equally_frequent_tags_the_first_wins():
    assert fitted("can/N", "can/V").predict(["can"]) == ["N"]


@pytest.mark.parametrize(
    ("word", "tag"),
    [("singing", "V"), ("notion", "N"), ("Boston-like", "V"), ("Tilton", "P"), ("2001", "D"), ("self-made", "J")],
)
def test_an_unknown_word_gets_the_tag_of_rare_words_that_look_like_it(word, tag):
    assert fitted(*ENDINGS).predict([word]) == [tag]


def test_an_unknown_word_is_first_looked_up_in_lower_case():
    assert fitted(*ENDINGS).predict(["Nation", "NATION"]) == ["N", "N"]


def test_an_ending_of_fewer_than_three_rare_words_decides_nothing():
    assert fitted("walking/V", "talking/V", "sea/N", "tea/N", "pea/N", "lea/N").predict(["singing"]) == ["N"]


def test_frequent_words_do_not_decide_for_unknown_ones():
    often = ["king/N"] * 4 + ["ring/N"] * 4 + ["wing/N"] * 4
    assert fitted(*often, "walking/V", "talking/V", "jumping/V").predict(["singing"]) == ["V"]


def test_a_word_like_no_other_gets_the_most_frequent_tag():
    assert fitted("a/X", "a/X", "a/X", "a/X", "b/Y").predict(["B-52", ""]) == ["X", "X"]


def test_a_tag_may_be_an_empty_string():
    assert fitted("a/", "b/Y").predict(["a"]) == [""]


def test_an_empty_sentence_has_no_tags():
    assert fitted("a/X").predict([]) == []


def test_a_text_without_words_is_refused():
    with pytest.raises(ValueError, match="no word"):
        SuffixTags().fit([([], [])])


def test_a_sentence_with_more_words_than_tags_is_refused():
    with pytest.raises(ValueError, match="zip"):
        SuffixTags().fit([(["a", "b"], ["X"])])
