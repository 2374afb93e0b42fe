"""The encoders: what goes in comes out, what is unknown is named or priced."""

import json
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncli.data.text.encoders import (
    ByteEncoder,
    CharEncoder,
    StreamDecoder,
    UnseenCharacter,
    WordEncoder,
    encoder_from_dict,
)
from rnncli.data.text.word_vocabulary import fit_spelling, fit_words, split_words
from rnncli.errors import DataError, ModelFileError

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three people joined by zero-width joiners: one emoji


def char_encoder(text):
    return CharEncoder("".join(sorted(set(text))))


def word_encoder(text, **limits):
    words = list(dict.fromkeys(split_words(text)))
    return fit_words(words, [split_words(text).count(word) for word in words], **limits)


# ---- characters


def test_characters_are_numbered_in_the_order_of_their_code_points():
    encoder = char_encoder("banana\n")
    assert encoder.symbols == "\nabn"
    assert encoder.encode("nab\n").tolist() == [3, 1, 2, 0]
    assert encoder.decode([2, 1, 3]) == "ban"


@pytest.mark.parametrize("text", ["Онегин, мой приятель", FAMILY, "a\0b", "line\u0085next\u2028", "\U0010ffff"])
def test_any_text_survives_every_level(text):
    for encoder in (char_encoder(text), ByteEncoder(), word_encoder(text)):
        ids = encoder.encode(text)
        assert encoder.decode(ids) == text
        assert encoder.char_counts(ids).sum() == len(text)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1))
def test_random_text_survives_every_level_and_the_checkpoint(text):
    for encoder in (char_encoder(text), ByteEncoder(), word_encoder(text)):
        again = encoder_from_dict(json.loads(json.dumps(encoder.to_dict())))
        assert again == encoder
        assert again.decode(encoder.encode(text)) == text


@pytest.mark.parametrize(
    "size, dtype", [(1, "uint8"), (256, "uint8"), (257, "uint16"), (65_536, "uint16"), (65_537, "uint32")]
)
def test_ids_take_the_smallest_unsigned_type_that_holds_them(size, dtype):
    # from U+E000 on there are no surrogates, which text cannot hold
    encoder = CharEncoder("".join(map(chr, range(0xE000, 0xE000 + size))))
    last = encoder.symbols[-1]
    assert encoder.dtype == dtype
    assert encoder.encode(last).dtype == dtype
    assert encoder.encode(last).tolist() == [size - 1]
    assert encoder.decode(encoder.encode(last)) == last


def test_an_unseen_character_is_named_with_its_code_point_and_offset():
    with pytest.raises(UnseenCharacter) as caught:
        char_encoder("abc").encode("abca€")
    assert str(caught.value) == "character '€' (U+20AC) at offset 4 is not among the model's 3 characters"
    assert "--unknown skip" in caught.value.hint
    assert caught.value.exit_code == 3


def test_an_undecodable_byte_of_the_command_line_is_an_unseen_character():
    with pytest.raises(UnseenCharacter, match=r"U\+DCFF"):
        char_encoder("abc").encode(b"ab\xff".decode("utf-8", "surrogateescape"))


def test_unseen_characters_can_be_skipped():
    assert char_encoder("abc").encode("xaybz", unknown="skip").tolist() == [0, 1]
    assert char_encoder("abc").encode("xyz", unknown="skip").tolist() == []


@pytest.mark.parametrize(
    "known, unseen, nearest",
    [
        ("abc ", "B", "b"),  # another case
        ("aeé ", "É", "é"),  # the case before the accent
        ("aeE ", "É", "E"),  # without its accent, in its case
        ("ae ", "É", "e"),  # neither
        ("ab ", "€", " "),  # nothing is like it
        ("xab", "€", "x"),  # and there is no space: the first symbol
    ],
)
def test_an_unseen_character_is_replaced_by_the_most_similar(known, unseen, nearest):
    encoder = CharEncoder(known)
    assert encoder.decode(encoder.encode(f"a{unseen}a", unknown="replace")) == f"a{nearest}a"


def test_several_unseen_characters_are_replaced_each_by_its_own():
    encoder = char_encoder("abc ")
    assert encoder.decode(encoder.encode("AБCa", unknown="replace")) == "a ca"


# ---- bytes


def test_bytes_are_the_utf8_of_the_text_and_count_characters_by_their_first_byte():
    ids = ByteEncoder().encode("aЯ€")
    assert ids.tolist() == list("aЯ€".encode())
    assert ByteEncoder().char_counts(ids).tolist() == [1, 1, 0, 1, 0, 0]


def test_bytes_that_are_no_utf8_decode_to_the_replacement_character():
    assert ByteEncoder().decode(np.array([0x61, 0xFF, 0x62])) == "a\ufffdb"


def test_an_undecodable_byte_of_the_command_line_comes_through_as_it_was():
    assert ByteEncoder().encode(b"a\xff".decode("utf-8", "surrogateescape")).tolist() == [0x61, 0xFF]


def test_half_of_a_surrogate_pair_is_a_data_error():
    with pytest.raises(DataError, match=r"U\+D83D.*offset 1"):
        ByteEncoder().encode("a\ud83d")


# ---- words


def test_a_word_carries_the_space_before_it():
    assert split_words("To be,  or\nnot (to) be?") == [
        "To",
        " be",
        ",",
        " ",
        " or",
        "\n",
        "not",
        " (",
        "to",
        ")",
        " be",
        "?",
    ]


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_words_joined_are_the_text(text):
    assert "".join(split_words(text)) == text


def test_words_are_numbered_by_frequency_and_ties_by_first_appearance():
    assert word_encoder("b a c a d").words == ("<unk>", " a", "b", " c", " d")


def test_rare_words_and_words_beyond_the_limit_are_left_out():
    assert word_encoder("x x x y y z", min_count=2).words == ("<unk>", " x", " y")
    assert word_encoder("x x x y y z", max_vocab=1).words == ("<unk>", " x")


def test_a_word_that_must_be_known_enters_before_frequent_ones():
    words = list(dict.fromkeys(split_words("x x x\ny y")))
    encoder = fit_words(words, [1, 2, 1, 1, 1], max_vocab=2, always=("\n",))
    assert encoder.words == ("<unk>", "\n", " x")


def test_words_that_the_training_part_does_not_have_stay_unknown():
    encoder = fit_words(["a", " b", " c"], [2, 1, 0])
    assert encoder.words == ("<unk>", "a", " b")
    assert encoder.encode("a c b").tolist() == [1, 0, 2]


def test_the_text_of_the_unknown_symbol_is_not_mistaken_for_it():
    encoder = word_encoder("a <unk> b")
    assert 0 not in encoder.encode("a <unk> b")
    assert encoder.decode(encoder.encode("a <unk> b")) == "a <unk> b"


def test_an_unknown_word_is_a_token_of_its_own_or_skipped():
    encoder = word_encoder("one two three")
    assert encoder.encode("one four three").tolist() == [1, 0, 3]
    assert encoder.encode("one four three", unknown="skip").tolist() == [1, 3]
    assert encoder.char_counts([1, 0, 3]).tolist() == [3, 0, 6]


def test_spelling_prices_are_the_add_one_shares_of_characters_ends_and_the_unseen():
    prices = fit_spelling(["ab", "a"])
    # counts: a 2, b 1, ends 2; with one more each for a, b, end and unseen the sum is 5 + 4 = 9
    assert prices["a"] == pytest.approx(-math.log(3 / 9), abs=1e-12)
    assert prices["b"] == pytest.approx(-math.log(2 / 9), abs=1e-12)
    assert prices["end"] == pytest.approx(-math.log(3 / 9), abs=1e-12)
    assert prices["unseen"] == pytest.approx(math.log(9) + math.log(0x110000 - 2), abs=1e-12)


def test_spelling_prices_of_all_symbols_add_up_to_one():
    prices = fit_spelling(["один", "два", " три"])
    known = [price for symbol, price in prices.items() if symbol != "unseen"]
    unseen = (0x110000 - (len(known) - 1)) * math.exp(-prices["unseen"])
    assert sum(math.exp(-price) for price in known) + unseen == pytest.approx(1, abs=1e-12)


def test_spelling_is_fitted_on_the_distinct_words_left_out():
    encoder = word_encoder("x x zz zz z", max_vocab=1)  # left out: "x" without space, " zz" or " x", " z"
    left_out = [word for word in ("x", " x", " zz", " z") if word not in encoder.words]
    assert encoder.spelling == fit_spelling(left_out)


def test_spelling_is_fitted_on_the_vocabulary_where_no_word_is_left_out():
    encoder = word_encoder("ab cd")
    assert encoder.spelling == fit_spelling(["ab", " cd"])
    a, end = encoder.spelling["a"], encoder.spelling["end"]
    assert encoder.spelling_nats("aa") == pytest.approx(2 * a + end, abs=1e-12)
    assert encoder.spelling_nats("é") == pytest.approx(encoder.spelling["unseen"] + end, abs=1e-12)


# ---- symbols, streams, descriptions


@pytest.mark.parametrize(
    "encoder, text, shown",
    [
        (CharEncoder("\n \x1b"), "\x1b", "'\\x1b'"),
        (CharEncoder("\n \x1b"), "\n", "'\\n'"),
        (ByteEncoder(), "\n", "'\\n'"),
        (WordEncoder(("<unk>", " be"), {}), " be", "' be'"),
    ],
)
def test_symbols_are_shown_with_their_escapes(encoder, text, shown):
    assert encoder.symbol(encoder.encode(text)[0]) == shown


def test_bytes_and_the_unknown_word_have_readable_names():
    assert ByteEncoder().symbol(0xE2) == "0xE2"
    assert WordEncoder(("<unk>",), {}).symbol(0) == "<unk>"


def test_a_stream_of_bytes_never_shows_half_a_code_point():
    stream = StreamDecoder(ByteEncoder())
    pieces = [stream.feed([token]) for token in ByteEncoder().encode("aЯ€" + FAMILY)]
    assert "".join(pieces) == "aЯ€" + FAMILY
    assert pieces[:6] == ["a", "", "Я", "", "", "€"]
    assert all("\ufffd" not in piece for piece in pieces)


def test_a_code_point_that_is_never_finished_is_dropped():
    stream = StreamDecoder(ByteEncoder())
    assert stream.feed([0x61, 0xD0]) + stream.finish() == "a"
    assert stream.feed([0x62]) == "b"


@pytest.mark.parametrize("text", ["Привет, " + FAMILY])
def test_a_stream_gives_the_same_text_as_decoding_at_once(text):
    for encoder in (char_encoder(text), ByteEncoder(), word_encoder(text)):
        stream = StreamDecoder(encoder)
        ids = encoder.encode(text).tolist()
        pieces = [stream.feed(ids[start : start + 3]) for start in range(0, len(ids), 3)]
        assert "".join(pieces) + stream.finish() == text


def test_a_description_of_another_level_is_refused():
    with pytest.raises(ModelFileError, match="'syllable'; known: byte, char, word"):
        encoder_from_dict({"level": "syllable"})


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("किताब अच्छी है\n", True),
        ("cafe\u0301 nai\u0308ve\n", True),
        ("a ❤\ufe0f b 1\ufe0f\u20e3\n", False),
        ("the miller sang\n", False),
        ("Größe für Köln\n", False),
    ],
)
def test_words_that_an_older_version_cut_at_marks_are_refused_and_ours_are_not(text, old):
    words = dict.fromkeys(re.findall(r" ?\w+| ?[^\w\s]|\s", text))  # how it cut
    if old:
        with pytest.raises(ModelFileError, match="cut at accents and vowel signs, by an older version"):
            encoder_from_dict(WordEncoder(("<unk>", *words), fit_spelling(["a"])).to_dict())
    ours = WordEncoder(("<unk>", *dict.fromkeys(split_words(text))), fit_spelling(["a"]))
    assert encoder_from_dict(ours.to_dict()) == ours
