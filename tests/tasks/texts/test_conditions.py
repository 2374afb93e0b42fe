"""Conditions of a text: on the command line, in the columns of a file, as tokens before those of the source."""

import pytest
from text_files import LEMMAS, TINY, lines

from rnncli.data.pairs.tokens import tokens_of
from rnncli.errors import ConfigError
from rnncli.storage.model_files import load_model
from rnncli.tasks.texts.conditions import check_known, given_conditions

NAMES = ("language", "a b", "column 3")
ROWS = [
    (lemma, lemma + end, tense, f"{k}")
    for lemma in LEMMAS
    for k, (tense, end) in enumerate((("V;PST", "d"), ("N", "s")))
]
TABLE = lines(ROWS, "lemma", "form", "tense", "person")


def test_names_and_values_are_what_stands_around_the_first_sign():
    given = given_conditions(["language=Irish", " a b = x = y; z "], NAMES)
    assert given == {"language": "Irish", "a b": "x = y; z"}
    assert given_conditions(["a b="], NAMES) == {"a b": ""} and given_conditions([], ()) == {}


def test_a_column_without_a_name_is_given_by_its_number():
    assert given_conditions(["3=V"], NAMES) == given_conditions(["column 3=V"], NAMES) == {"column 3": "V"}
    assert given_conditions(["3=V"], ("3", "column 3")) == {"3": "V"}


@pytest.mark.parametrize(
    "options, message",
    [
        (["language"], "--condition language: no = in it"),
        (["Language=x"], "no condition is called 'Language'"),
        (["4=x"], "no condition is called '4'"),
        (["language=x", "language =y"], "--condition language is given twice"),
        (["3=x", "column 3=y"], "is given twice"),
    ],
)
def test_what_is_no_condition_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        given_conditions(options, NAMES)


def test_an_unknown_value_is_refused_with_the_known_ones_and_the_nearest():
    known = [f"value {k}" for k in range(40)]
    check_known("n", "value 39", known)
    with pytest.raises(ConfigError, match="did you mean value 7") as caught:
        check_known("n", "valu 7", known)
    assert caught.value.hint.startswith("known: value 0, value 1") and caught.value.hint.endswith("value 11, ...")
    with pytest.raises(ConfigError, match="--condition n=zzz: not among the values of training$") as caught:
        check_known("n", "zzz", known[:2])
    assert caught.value.hint == "known: value 0, value 1"


@pytest.fixture
def trained(apart, saved, command):
    """The file of ROWS, and a run with two conditions, `r`."""
    options = ("--task", "translate", "--condition", "tense,person")
    code, _, err = command("train", saved("a.tsv", TABLE), *options, *TINY, "-o", "r")
    assert code == 0, err


@pytest.mark.usefixtures("trained")
def test_no_token_of_a_text_is_a_condition(saved, command):
    side = load_model("r").encoder.source
    found = [symbol for symbol in side.symbols if " = " in symbol]
    assert sorted(found) == ["person = 0", "person = 1", "tense = N", "tense = PST", "tense = V"]
    text = "tense = V"
    assert not set(found) & set(tokens_of(text, side.tokens, side.lower))
    ids = [side.encode(text, cells).inputs.tolist() for cells in (("", ""), ("V", ""), ("PST;V", "1"), ("zzz", ""))]
    assert [len(each) for each in ids] == [9, 10, 12, 10] and all(each[-9:] == ids[0] for each in ids)
    assert ids[3][0] == 0 and 0 not in (ids[1][0], ids[2][0], ids[2][1], ids[2][2])  # 0: not in training


@pytest.mark.usefixtures("trained")
def test_conditions_of_a_file_and_of_the_command_line_are_the_same(command, saved, answers):
    whole = [each["answer"] for each in answers("r", lines([("cat", "V;PST", "1")] * 3, "lemma", "tense", "person"))]
    both = ("--condition", "person=1", "--condition", "tense=V;PST")
    assert [each["answer"] for each in answers("r", "cat\ncat\n", *both)] == whole[:2]
    scores = [
        answers("r", text, *options)[0]["score"]
        for text, options in (
            ("lemma\ttense\tperson\ncat\tV;PST\t1\n", ()),
            ("person\tx\ttense\tlemma\n1\t?\tV;PST\tcat\n", ()),
            ('{"tense": "V;PST", "lemma": "cat", "person": "1"}\n', ()),
            ("cat\n", both),
            ("lemma\ttense\tperson\ncat\tN\t1\n", both[2:]),  # of the command line, for every line
            ("lemma\ttense\tperson\ncat\tN\t0\n", ()),
            ("cat\n", ("--condition", "person=", "--condition", "tense=")),
        )
    ]
    assert scores[:5] == pytest.approx([scores[0]] * 5) and len({round(score, 6) for score in scores}) == 3


@pytest.mark.usefixtures("trained")
def test_a_missing_condition_is_named(command):
    for options, missing, hint in (
        ((), "tense, person", "tense"),
        (("--condition", "tense=N"), "person", "person"),
    ):
        code, out, err = command("generate", "r", *options, stdin="cat\n")
        assert (code, out) == (2, "") and f"error: no value for {missing}, which decide" in err
        assert f"hint: add --condition {hint}=VALUE" in err


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("value, wrong, known", [("PTS", "PTS", "V, PST, N"), ("V;pst", "pst", "V, PST, N")])
def test_a_value_that_training_had_not_is_refused_with_the_known_ones(value, wrong, known, command):
    code, out, err = command("generate", "r", "--condition", f"tense={value}", "--condition", "person=1", stdin="cat\n")
    assert (code, out) == (2, "") and f"--condition tense={wrong}: not among the values of training" in err
    assert err.splitlines()[-1] == f"hint: known: {known}"


@pytest.mark.usefixtures("apart")
def test_columns_without_names_are_conditions_by_their_numbers(command, saved, answers):
    options = ("--task", "translate", "--source", "1", "--target", "2", "--condition", "3", "--header", "no")
    code, _, err = command("train", saved("a.tsv", lines(ROWS)), *options, *TINY, "-o", "r")
    assert code == 0, err
    (found,) = answers("r", "cat\n", "--condition", "3=V;PST")
    whole = answers("r", lines([("cat", "", "V;PST", "1"), ("dog", "", "N", "0")]))
    assert found["score"] == pytest.approx(whole[0]["score"]) and found["answer"] == whole[0]["answer"]
    code, _, err = command("generate", "r", stdin="cat\n")
    assert code == 2 and "hint: add --condition 3=VALUE" in err
    assert command("eval", "r", "a.tsv")[0] == 0
