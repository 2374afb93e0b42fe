"""Text files as a corpus: where it is cut, what its lines and words are, what is counted."""

from dataclasses import replace

import numpy as np
import pytest
from corpora import load

from rnncli.config import DataConfig
from rnncli.data.text import tokens, word_index
from rnncli.data.text.corpus import load_corpus, load_split
from rnncli.data.text.encoders import ByteEncoder, CharEncoder, UnseenCharacter
from rnncli.data.text.splits import Split, shortened
from rnncli.data.text.word_vocabulary import split_words
from rnncli.errors import DataError

# ---- where the data is cut


def test_validation_and_test_are_the_tail(write):
    text = "".join(chr(0x4E00 + i) for i in range(200))
    corpus = load(write(text), val_frac=0.1, test_frac=0.05)
    parts = [corpus.train, corpus.val, corpus.test]
    assert [corpus.encoder.decode(part.tokens) for part in parts] == [text[:170], text[170:190], text[190:]]
    assert [part.name for part in parts] == ["train", "val", "test"]
    assert [part.where for part in parts] == [
        "characters 1 to 170 of text.txt",
        "characters 171 to 190 of text.txt",
        "characters 191 to 200 of text.txt",
    ]
    assert [part.pieces.tolist() for part in parts] == [[[0, 170]], [[0, 20]], [[0, 10]]]
    assert [part.targets for part in parts] == [169, 19, 9]
    assert [part.characters for part in parts] == [169, 19, 9]


def test_a_fraction_is_the_decimal_that_was_written(write):
    # in floating point int(100 * (1 - 0.29)) is 70 and int(10 * (1 - 0.9)) is 0
    assert len(load(write("ab" * 50), val_frac=0.29).train.tokens) == 71
    assert len(load(write("ab" * 10), val_frac=0.9).train.tokens) == 2


def test_a_part_whose_fraction_is_zero_is_none(write):
    corpus = load(write("some text"), val_frac=0.0)
    assert corpus.val is None and corpus.test is None
    assert corpus.train.targets == 8


def test_tiny_shakespeare_is_cut_where_others_cut_it(real_data):
    corpus = load(str(real_data / "text" / "tinyshakespeare.txt"))
    assert corpus.val.where == "characters 1,003,855 to 1,115,394 of tinyshakespeare.txt"
    assert corpus.encoder.size == 65
    assert (corpus.train.targets, corpus.val.targets) == (1_003_853, 111_539)


def test_files_are_documents_and_one_that_the_cut_goes_through_is_cut_there(write):
    files = write("abcd", "1.txt"), write("efghij", "2.txt"), write("klmnopqrst", "3.txt")
    corpus = load(*files, val_frac=0.4)
    assert corpus.train.pieces.tolist() == [[0, 4], [4, 10], [10, 12]]
    assert corpus.train.targets == corpus.train.characters == 3 + 5 + 1
    assert corpus.encoder.decode(corpus.val.tokens) == "mnopqrst"
    assert corpus.val.where == "characters 13 to 20 of 1.txt, 2.txt, 3.txt"
    assert corpus.files == files


def test_a_document_of_one_symbol_has_nothing_to_predict(write):
    corpus = load(write("a", "1.txt"), write("bcd", "2.txt"), val_frac=0.0)
    assert corpus.encoder.decode(corpus.train.tokens) == "bcd"
    assert corpus.train.pieces.tolist() == [[0, 3]]


def test_a_file_of_one_character_is_too_small_to_train_on(write):
    with pytest.raises(DataError, match=r"text.txt: too few characters \(1\); at least 2 characters"):
        load(write("a"), val_frac=0.0)


def test_a_file_too_small_to_split_is_refused_with_the_arithmetic(write):
    with pytest.raises(DataError) as caught:
        load(write("0123456789"))
    assert str(caught.value) == (
        "text.txt: too few characters to split (10: training 9, validation 1); each part "
        "needs at least 2 characters in one document, one to read and one to predict"
    )
    assert "--val-frac 0" in caught.value.hint


def test_two_hundred_bytes_are_enough(write):
    corpus = load(write(b"0123456789" * 20))
    assert (corpus.train.targets, corpus.val.targets) == (179, 19)


# ---- lines as documents


def test_a_line_is_scored_with_its_newline_after_the_newline_before_it(write):
    corpus = load(write("ab\nc\ndef\n"), documents="line", val_frac=0.0)
    tokens, decode = corpus.train.tokens, corpus.encoder.decode
    assert [decode(tokens[a:b]) for a, b in corpus.train.pieces] == ["\nab\n", "\nc\n", "\ndef\n"]
    assert corpus.train.targets == corpus.train.characters == len("ab\nc\ndef\n")
    assert corpus.train.where == "lines 1 to 3 of text.txt"


def test_lines_are_split_by_their_number(write):
    corpus = load(write("".join(f"{i}\n" for i in range(10))), documents="line", val_frac=0.2, test_frac=0.1)
    assert corpus.encoder.decode(corpus.train.tokens) == "\n0\n1\n2\n3\n4\n5\n6\n"
    assert corpus.encoder.decode(corpus.val.tokens) == "\n7\n8\n"
    assert corpus.val.pieces.tolist() == [[0, 3], [2, 5]]
    assert corpus.test.where == "lines 10 to 10 of text.txt"


@pytest.mark.parametrize("level", ["char", "byte", "word"])
@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_empty_lines_are_dropped_and_counted(write, level, chunk):
    corpus = load(write("\n\nab\n\n\ncd\n\n"), documents="line", tokens=level, val_frac=0.0, chunk=chunk)
    assert corpus.encoder.decode(corpus.train.tokens) == "\nab\ncd\n"
    assert corpus.notes == ("5 empty lines dropped",)


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_gaps_of_empty_lines_are_kept_up_to_a_bound_and_counted_beyond(write, monkeypatch, chunk):
    path = write("\n\nab\n\n\n\ncd\nef\n\ngh\n\n")
    whole = load(path, documents="line", val_frac=0.0, chunk=chunk)
    assert whole.train.empty == ((0, 2), (1, 3), (3, 1)) and whole.notes == ("7 empty lines dropped",)
    monkeypatch.setattr(tokens, "GAPS", 2)
    bounded = load(path, documents="line", val_frac=0.0, chunk=chunk)
    assert bounded.train.empty == ((0, 2), (1, 3))
    assert bounded.notes == ("7 empty lines dropped; after 2 gaps, the numbers of lines leave them out",)
    assert bounded.train.tokens.tolist() == whole.train.tokens.tolist()


@pytest.mark.parametrize("chunk", [1, 1000])
def test_more_lines_than_memory_holds_are_refused_with_a_way_out(write, monkeypatch, chunk):
    monkeypatch.setattr(tokens, "LINES", 3)
    assert len(load(write("a\nb\n\nc\n"), documents="line", val_frac=0.0, chunk=chunk).train.pieces) == 3
    with pytest.raises(DataError, match="more than 3 lines, which are too many documents") as caught:
        load(write("a\nb\nc\nd\n"), documents="line", val_frac=0.0, chunk=chunk)
    assert "--documents file" in caught.value.hint
    assert load(write("a\nb\nc\nd\n"), val_frac=0.0).train.targets == 7


def test_more_different_words_than_memory_holds_are_refused_with_a_way_out(write, monkeypatch):
    monkeypatch.setattr(word_index, "MOST", 4)
    assert load(write("a b a b a\n"), tokens="word", val_frac=0.0).encoder.size == 5  # "a" and " a" are two
    with pytest.raises(DataError, match="more than 4 different words") as caught:
        load(write("a b c d e\n"), tokens="word", val_frac=0.0)
    assert "--tokens char" in caught.value.hint


def test_the_last_line_of_every_file_gets_its_newline(write):
    corpus = load(write("ab\ncd", "1.txt"), write("ef", "2.txt"), documents="line", val_frac=0.0)
    assert corpus.encoder.decode(corpus.train.tokens) == "\nab\ncd\nef\n"
    assert len(corpus.train.pieces) == 3


def test_a_file_of_empty_lines_has_no_line_to_learn(write):
    with pytest.raises(DataError, match=r"too few lines \(0\); at least 1 line"):
        load(write("\n\n\n"), documents="line", val_frac=0.0)


def test_a_newline_is_a_word_that_line_documents_cannot_do_without(write):
    corpus = load(write("a a a\nb b b\n"), documents="line", tokens="word", max_vocab=1, val_frac=0.0)
    assert corpus.encoder.words == ("<unk>", "\n")
    assert len(corpus.train.pieces) == 2


def test_names_are_lines(real_data):
    corpus = load(str(real_data / "text" / "names.txt"), documents="line")
    assert (len(corpus.train.pieces), len(corpus.val.pieces)) == (28_829, 3_204)
    assert corpus.train.characters + corpus.val.characters == 228_145 + 1  # its last line has no newline
    assert corpus.encoder.symbols == "\nabcdefghijklmnopqrstuvwxyz"


# ---- words


def test_words_come_from_the_training_part_and_others_are_priced_by_their_spelling(write):
    path = write("a b a b a b a c Zz")
    corpus = load(path, tokens="word", val_frac=0.2)
    # tokens: "a", " b", " a", " b", " a", " b", " a" | " c", " Zz": the last fifth of nine, rounded up to two
    assert corpus.encoder.words == ("<unk>", " b", " a", "a")
    assert corpus.val.tokens.tolist() == [0, 0]
    assert corpus.val.characters == len(" Zz")
    assert corpus.val.spelling_nats == pytest.approx(corpus.encoder.spelling_nats(" Zz"), abs=1e-12)
    assert corpus.train.spelling_nats == 0
    assert corpus.notes == (
        "val: 1 of 1 tokens (100.0%) are words outside the vocabulary; their loss includes their spelling",
    )


def test_unknown_words_are_priced_in_training_too(write):
    words = split_words("rare a b a b odd a b ") + [" "]
    corpus = load(write("rare a b a b odd a b  "), tokens="word", min_count=2, val_frac=0.0)
    unknown = [word for word in words[1:] if word not in corpus.encoder.words]
    assert " odd" in unknown
    assert corpus.train.spelling_nats == pytest.approx(sum(map(corpus.encoder.spelling_nats, unknown)), rel=1e-12)
    assert corpus.train.characters == len("rare a b a b odd a b  ") - len("rare")


def test_characters_do_not_depend_on_what_is_unknown(write):
    path = write("the cat sat on the mat and the dog sat on the log\n" * 5)
    sums = {load(path, tokens="word", min_count=n).val.characters for n in (1, 7, 50)}
    assert len(sums) == 1


# ---- a given encoder, another file


def test_a_given_encoder_is_used_as_it_is(write):
    encoder = CharEncoder("abcxyz")
    corpus = load_corpus(DataConfig(files=(write("abcabcabcabc" * 3),)), encoder=encoder)
    assert corpus.encoder is encoder
    assert corpus.train.tokens[:4].tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_a_symbol_that_the_encoder_does_not_know_is_named_with_its_file_and_offset(write, chunk):
    path = write("abcabc\r\nab€")
    with pytest.raises(UnseenCharacter) as caught:
        load_corpus(DataConfig(files=(path,)), encoder=CharEncoder("\nabc"), chunk=chunk)
    assert str(caught.value) == (f"{path}: character '€' (U+20AC) at offset 9 is not among the model's 4 characters")
    assert "--tokens byte" in caught.value.hint


def test_another_file_is_one_split_of_its_whole(write):
    training = load(write("some words\nmore words\n" * 5))
    split = load_split(write("\ufeffwords\r\nsome", "other.txt"), training.encoder, DataConfig(test_frac=0.2))
    assert training.encoder.decode(split.tokens) == "words\nsome"
    assert (split.targets, split.characters, split.spelling_nats) == (9, 9, 0)
    assert split.where == "all 10 characters of other.txt"
    assert split.name.endswith("other.txt")
    assert split.notes == ("byte order mark removed (1 file)", "1 CRLF read as LF")


def test_the_level_of_another_file_is_that_of_the_encoder(write):
    split = load_split(write("яя"), ByteEncoder(), DataConfig(tokens="char", documents="line"))
    assert split.tokens.tolist() == list("\nяя\n".encode())
    assert split.where == "all 1 lines of text.txt"


# ---- digest and progress


def test_the_digest_tells_content_order_borders_and_settings_apart_but_not_names(write):
    one, other, copy = write("a b\n" * 9, "1.txt"), write("more\n" * 9, "2.txt"), write("a b\n" * 9, "copy.txt")
    joined, rest = write("a b\n" * 9 + "m", "3.txt"), write(("more\n" * 9)[1:], "4.txt")

    def digest(*files, **settings):
        return load(*files, **settings).digest

    assert digest(one, other) == digest(copy, other)
    assert digest(one, other, encoding="utf-8") == digest(one, other, encoding="UTF8")
    others = [
        digest(one, other),
        digest(one, one),
        digest(other, one),
        digest(joined, rest),
        digest(one, other, val_frac=0.2),
        digest(one, other, tokens="byte"),
        digest(one, other, tokens="word"),
        digest(one, other, tokens="word", min_count=2),
        digest(one, other, documents="line"),
    ]
    assert len(set(others)) == len(others)


@pytest.mark.parametrize("level", ["char", "byte", "word"])
def test_progress_rises_to_its_total(write, level):
    seen = []
    config = DataConfig(files=(write("some text\n" * 50),), tokens=level)
    load_corpus(config, progress=lambda done, total: seen.append((done, total)), chunk=64)
    done = [now for now, _ in seen]
    assert done == sorted(done) and len(set(done)) > 10
    assert seen[-1][0] == seen[-1][1] == 500 * (3 if level == "char" else 2)


def test_reading_does_not_depend_on_where_the_config_says_the_files_are(write):
    config = DataConfig(files=(write("abcdefgh" * 10),))
    again = replace(config, files=(write("abcdefgh" * 10, "elsewhere/text.txt"),))
    assert np.array_equal(load_corpus(config).val.tokens, load_corpus(again).val.tokens)


def test_a_shortened_split_has_its_share_of_characters_and_of_the_price_of_spelling():
    pieces = np.array([[0, 41], [41, 102]])
    whole = Split("val", np.zeros(102, np.uint8), pieces, 300, 50.0, "all of it")
    some = shortened(whole, 25)
    assert (some.targets, some.characters, some.spelling_nats) == (25, 75, 12.5)
    assert shortened(whole, 0) is shortened(whole, 100) is whole
