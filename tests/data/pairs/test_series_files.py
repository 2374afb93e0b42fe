"""Series in `.ts` files and in files of the UCR archive."""

import numpy as np
import pytest

from rnncli.data.pairs.examples import read_examples

HEAD = "# About it\n@problemName p\n@timeStamps false\n@univariate true\n@classLabel true a b\n@data\n"
TWO = "@univariate false\n@dimensions 2\n@classLabel true a b\n@data\n"


def ts(lines, head=HEAD):
    return head + "\n".join(lines) + "\n"


def test_one_channel_and_a_class(write):
    examples = read_examples([write(ts(["1,2.5,-3e1:a", "", "4,5,6:b"]), "p.ts")], "class")
    assert (examples.form, examples.targets, examples.columns) == ("series", ["a", "b"], ("channel 1",))
    np.testing.assert_array_equal(examples.sources[0], [[1], [2.5], [-30]])
    assert examples.line.tolist() == [7, 9] and examples.where(1) == "p.ts:9"
    assert examples.notes == (
        "1 blank line skipped",
        "2 classes have a single example: a, b",
    )


def test_several_channels_of_unequal_lengths(write):
    examples = read_examples([write(ts(["1,2,3:4,5,6:a", "7:8:b"], TWO))], "class")
    np.testing.assert_array_equal(examples.sources[0], [[1, 4], [2, 5], [3, 6]])
    np.testing.assert_array_equal(examples.sources[1], [[7, 8]])
    assert examples.columns == ("channel 1", "channel 2")


def test_a_number_as_target(write):
    path = write(ts(["1,2:46.3", "3,4:-1"], "@targetLabel true\n@data\n"))
    assert read_examples([path], "number").targets == [(46.3,), (-1.0,)]


def test_the_data_decide_where_the_header_says_otherwise(write):
    head = "@univariate true\n@equalLength true\n@seriesLength 9\n@dimensions 3\n@classLabel true a\n@data\n"
    examples = read_examples([write(ts(["1,2:3,4:a", "1,2,3:4,5,6:c"], head), "p.ts")], "class")
    assert examples.sources[1].shape == (3, 2)
    assert examples.notes[:5] == (
        "p.ts: the header says equal lengths, the series have 2 to 3 steps",
        "p.ts: the header says 9 steps, the series have 2 to 3",
        "p.ts: the header says one channel, the series have 2",
        "p.ts: the header says 3 channels, the series have 2",
        "p.ts: classes that the header does not list: c",
    )
    silent = write(ts(["1,2:a", "3,4:b"], "@problemName p\n@data\n"))
    assert read_examples([silent], "class").targets == ["a", "b"]


def test_numbers_as_time_stamps_are_left_aside_with_a_note(write):
    head = "@timeStamps true\n@classLabel true a b\n@data\n"
    examples = read_examples([write(ts(["(0,1.5),(2,1.7):a", "(0,3),(1,4):b"], head))], "class")
    np.testing.assert_array_equal(examples.sources[0], [[1.5], [1.7]])
    assert "time stamps left aside: values are taken to be equally spaced" in examples.notes


@pytest.mark.parametrize(
    "line, problem",
    [
        ("1,?,3:a", "p.ts:7, channel 1, step 2: the value is missing"),
        ("1,2,NaN:a", "p.ts:7, channel 1, step 3: the value is missing"),
        ("1,x,3:a", "p.ts:7, channel 1, step 2: 'x' is not a finite number"),
        ("1,inf:a", "p.ts:7, channel 1, step 2: 'inf' is not a finite number"),
        ("1,2:3,4,5:a", "p.ts:7: channel 2 has 3 values, but channel 1 has 2"),
        ("1,2:3,4:a", "p.ts:8: 1 channel, but p.ts:7 has 2"),
        (":a", "p.ts:7: a series without values"),
        ("1,2:3,4", "p.ts:7: no answer after the last colon"),
        ("(2024-01-01,1),(2024-01-02,3):a", "p.ts:7: '2024-01-01' is not a simple time stamp"),
        ("(1,1),(0,3):a", "p.ts:7: times do not rise"),
        ("(0,1,2),(1,3,4):a", "p.ts:7: more than one value at a time"),
    ],
)
def test_what_is_no_series_is_refused_with_its_line(write, refusal, line, problem):
    assert refusal(write(ts([line, "1,2:b"]), "p.ts"))[0] == problem


def test_a_file_without_answers_is_refused_and_read_where_none_are_required(write, refusal):
    path = write(ts(["1,2,3", "4,5"], "@classLabel false\n@data\n"), "p.ts")
    assert refusal(path)[0] == "p.ts: no answer after the last colon"
    examples = read_examples([path], "class", target_required=False, format="ts", form="series")
    assert examples.targets is None and len(examples) == 2
    bare = read_examples([write("1,2,3\n4,5\n")], "class", target_required=False, format="ts", form="series")
    np.testing.assert_array_equal(bare.sources[1], [[4], [5]])


# ---- UCR


@pytest.mark.parametrize("separator", ["\t", ",", "  "])
def test_a_class_and_values_on_each_line(write, separator):
    text = "1 0.5 1.5 -2 3e-1 1 2 3 4 5\n2 1 2.5 3 4 1 2 3 4 5\n".replace(" ", separator) * 2
    examples = read_examples([write(text, "Coffee_TRAIN.tsv")], "class")
    assert examples.targets == ["1", "2"] * 2 and examples.form == "series" and examples.choices["format"] == "ucr"
    np.testing.assert_array_equal(examples.sources[0][:4], [[0.5], [1.5], [-2], [0.3]])


def test_missing_values_at_the_end_make_a_series_shorter_and_others_are_refused(write, refusal):
    path = write("1\t0.5\t1.5\tNaN\tNaN\n2\t1\t2.5\t3\t4\n", "A_TRAIN.tsv")
    assert [len(source) for source in read_examples([path], "class", format="ucr").sources] == [2, 4]
    path = write("1\t0.5\tNaN\t1.5\n2\t1\t2.5\t3\n", "A_TRAIN.tsv")
    assert refusal(path, format="ucr")[0] == "A_TRAIN.tsv:1, channel 1, step 2: the value is missing"
    path = write("1\tNaN\tNaN\n2\t1\t2.5\n", "A_TRAIN.tsv")
    assert refusal(path, format="ucr")[0] == "A_TRAIN.tsv:1: a series without values"


def test_series_alone_are_read_where_no_answers_are_required(write):
    examples = read_examples([write("0.5\t1.5\n1.25\t2\n")], "class", format="ucr", target_required=False)
    assert examples.targets is None and examples.sources[0].shape == (2, 1)
    assert "no column of answers: the lines do not all begin with an integer" in examples.notes
    examples = read_examples([write("1\t1.5\n2\t2\n")], "class", format="ucr", target_required=False)
    assert examples.targets == ["1", "2"] and examples.sources[0].shape == (1, 1)


def test_series_come_in_any_of_their_formats_again(write, refusal):
    choices = read_examples([write("@classLabel true a b\n@data\n1,2:a\n2,1:b\n", "a.ts")], "class").choices

    def read(text, name, **more):
        return read_examples([write(text, name)], "class", **{"target_required": False, **choices, **more})

    assert read("1\t3\t4\n2\t5\t6\n", "new.tsv").sources[1].tolist() == [[5], [6]]
    assert read('{"x": [3, 4]}\n', "new.jsonl").sources[0].tolist() == [[3], [4]]
    assert read("3,4\n\n", "new.ts").sources[0].tolist() == [[3], [4]]
    message, _ = refusal(write("3,4\n\n5,6\n", "new.ts"), target_required=False, **choices)
    assert message == "new.ts:2: a series without values"
