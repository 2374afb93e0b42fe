"""Files for a trained model: tables of other columns, separators and headers than those of training."""

import pytest

from rnncli.data.pairs.examples import read_examples

ROWS = "".join(f"good {k}\t{'ab'[k % 2]}\n" for k in range(20))
NAMED = "text,label\n" + ROWS.replace("\t", ",")
COMMAS = ROWS.replace("\t", ",")
TAGGED = "the DET\ndog NOUN\n\na DET\ncat NOUN\n\n"


@pytest.fixture
def again(write):
    """again(training, new, name, answers, **options) -> Examples of a file for a model."""

    def read(training, new, name="new.csv", answers="class", required=False):
        choices = read_examples([write(training, "train.txt")], answers).choices
        path = write(new, name)
        return read_examples([path], answers, target_required=required, to_learn=False, **choices)

    return read


@pytest.fixture
def refused(write, refusal):
    def read(training, new, name="new.csv", required=False):
        choices = read_examples([write(training, "train.txt")], "class").choices
        return refusal(write(new, name), target_required=required, to_learn=False, **choices)

    return read


@pytest.mark.parametrize(
    "name, new",
    [
        ("new.csv", "message,mood\nhi you,a\nyes no,b\n"),
        ("new.txt", "id\tmessage\n1\thi you\n2\tyes no\n"),
        ("new.txt", "who,message,mood\nI,hi you,a\nyou,yes no,b\n"),
        ("new.txt", "message;score\nhi;1\nno;2\n"),
    ],
)
def test_a_table_without_the_column_of_the_model_is_no_list_of_texts(refused, name, new):
    message, hint = refused(NAMED, new, name)
    assert message.startswith(f"{name}: no column 'text', which the model reads; columns: ")
    assert hint == "name the column text in its header, or give the texts alone, one on each line"


@pytest.mark.parametrize("new", ["Yes, I do\nNo, he said\n", "one\ntwo, three\n", "Khoury,John\nNahas,Pete\n", "a,b\n"])
def test_lines_of_text_with_commas_stay_texts(again, new):
    for training in (NAMED, ROWS):
        examples = again(training, new, "new.txt")
        assert examples.sources == new.splitlines() and examples.targets is None


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("new", [NAMED, NAMED.replace(",", "\t")])
def test_names_above_columns_that_had_none_are_refused_with_what_is_expected(refused, new, required):
    message, hint = refused(ROWS, new, required=required)
    assert message == (
        "new.csv: the first line names the columns (text, label), "
        "expected 2 columns without names: the text, then the class"
    )
    assert hint.startswith("remove the first line")


@pytest.mark.parametrize("new", ["x\ta\n", "x\ta\ny\tb\n", "text\ta\nlabel\ta\n"])
def test_a_text_that_is_a_known_name_is_no_header(again, new):
    assert len(again(ROWS, new, required=True)) == new.count("\n")


def test_too_few_columns_are_refused_with_what_is_expected(refused):
    message, _ = refused(ROWS, "good\nbad\n", "new.txt", required=True)
    assert message == (
        "new.txt: no column '2', the answers: found 1 column, "
        "expected 2 columns without names: the text, then the class"
    )


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("training, new, name", [(COMMAS, ROWS, "new.tsv"), (ROWS, COMMAS, "new.csv")])
def test_the_separator_is_found_again_where_that_of_training_does_not_fit(again, training, new, name, required):
    examples = again(training, new, name, required=required)
    assert examples.sources[3] == "good 3" and examples.targets[:2] == ["a", "b"] and len(examples) == 20
    assert examples.notes[0].startswith("columns are separated by ")


@pytest.mark.parametrize(
    "new, sentences",
    [
        ("the dog sees a cat\n", ["the dog sees a cat"]),
        ("a dog runs\nthe cat sits\n", ["a dog runs", "the cat sits"]),
        ("the dog sees\n\nthe cat sits\n", ["the dog sees", "", "the cat sits"]),
    ],
)
def test_lines_of_other_widths_than_the_columns_of_training_are_sentences(again, new, sentences):
    examples = again(TAGGED, new, answers="step")
    assert [" ".join(words) for words in examples.sources] == sentences
    assert examples.notes == ("no columns: every line is read as a sentence, words separated by blanks",)


@pytest.mark.parametrize("new", [TAGGED, "the\ndog\n\na\ncat\n", TAGGED.replace(" ", " x "), "the DET\ndog NOUN\n"])
def test_columns_of_words_stay_columns(again, new):
    assert again(TAGGED, new, answers="step").sources[0] == ("the", "dog")


def test_an_array_of_objects_is_no_list_of_texts(refused):
    assert refused(ROWS, '[{"text": "a", "label": "b"}]\n')[0] == "new.csv: a JSON array, not JSON lines"
