"""JSON lines: texts, words and series with their answers, and records kept whole."""

import json

import numpy as np
import pytest

from rnncli.data.pairs.examples import read_examples


def jsonl(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_texts_and_labels_are_found_by_their_keys_and_records_are_kept(write):
    records = [{"id": 1, "text": "a fine day", "label": 1, "more": {"a": [1]}}, {"id": 2, "text": "rain", "label": 0}]
    examples = read_examples([write(jsonl(records[0]) + "\n" + jsonl(records[1]), "a.jsonl")], "class")
    assert (examples.form, examples.sources, examples.targets) == ("text", ["a fine day", "rain"], ["1", "0"])
    assert examples.rows == records and examples.line.tolist() == [1, 3] and examples.where(1) == "a.jsonl:3"
    assert examples.columns == ("text",) and examples.target_names == ("label",)
    assert "1 blank line skipped" in examples.notes


@pytest.mark.parametrize("value, name", [(True, "true"), (1.0, "1.0"), ("1", "1"), (7, "7")])
def test_a_class_is_the_text_of_its_value(write, value, name):
    path = write(jsonl({"text": "a", "label": value}, {"text": "b", "label": "other"}))
    assert read_examples([path], "class").targets[0] == name


def test_keys_are_chosen_by_name(write):
    path = write(jsonl(*({"en": f"text {k}", "de": "x", "topic": "ab"[k % 2], "who": k // 2} for k in range(4))))
    examples = read_examples([path], "class", source=["en"], target=["topic"], group="who")
    assert examples.sources[3] == "text 3" and examples.targets == ["a", "b"] * 2 and examples.groups == list("0011")


def test_numbers_are_one_or_several(write):
    path = write(jsonl({"text": "a", "score": 1.5}, {"text": "b", "score": -2}))
    assert read_examples([path], "number").targets == [(1.5,), (-2.0,)]
    path = write(jsonl({"text": "a", "target": [1, 2]}, {"text": "b", "target": [3, 0.5]}))
    assert read_examples([path], "number").targets == [(1.0, 2.0), (3.0, 0.5)]


def test_lists_of_numbers_are_series_with_one_channel_or_several(write):
    path = write(jsonl({"series": [1, 2.5, 3], "label": "a"}, {"series": [4], "label": "b"}))
    examples = read_examples([path], "class")
    assert examples.form == "series" and examples.columns == ("channel 1",)
    np.testing.assert_array_equal(examples.sources[0], [[1], [2.5], [3]])
    assert examples.sources[1].shape == (1, 1) and examples.sources[0].dtype == np.float64
    path = write(jsonl({"x": [[1, 2], [3, 4], [5, 6]], "y": 0.5}, {"x": [[7, 8]], "y": 1}))
    examples = read_examples([path], "number")
    np.testing.assert_array_equal(examples.sources[0], [[1, 2], [3, 4], [5, 6]])
    assert examples.columns == ("channel 1", "channel 2")


def test_lists_of_words_have_a_label_each(write):
    path = write(jsonl({"tokens": ["a", "dog"], "tags": ["DET", "NOUN"]}, {"tokens": ["run"], "tags": ["VERB"]}))
    examples = read_examples([path], "step")
    assert (examples.form, examples.sources) == ("words", [("a", "dog"), ("run",)])
    assert examples.targets == [("DET", "NOUN"), ("VERB",)]


def test_labels_of_a_text_are_those_of_its_words_or_of_its_characters(write):
    path = write(jsonl({"text": "a dog", "labels": ["DET", "NOUN"]}))
    assert read_examples([path], "step").sources == [("a", "dog")]
    path = write(jsonl({"text": "a dog", "labels": ["x", "y", "x", "x", "x"]}))
    examples = read_examples([path], "step")
    assert (examples.form, examples.sources) == ("text", ["a dog"])


def test_series_may_have_a_label_for_each_step(write, refusal):
    path = write(jsonl({"series": [1, 2], "labels": [0, 1]}))
    assert read_examples([path], "step").targets == [("0", "1")]
    path = write(jsonl({"series": [1, 2], "labels": [0]}))
    assert refusal(path, "step")[0] == "pairs.tsv:1: 2 steps, but 1 answer"


def test_several_keys_of_numbers_are_features(write):
    path = write(jsonl(*({"length": k, "width": k / 2, "species": "ab"[k % 2]} for k in range(4))))
    examples = read_examples([path], "class")
    assert (examples.form, examples.sources[1], examples.columns) == ("features", ("1", "0.5"), ("length", "width"))


@pytest.mark.parametrize(
    "text, problem",
    [
        ('{"text": "a", "label": "x"}\n{"text": "b"\n', "a.jsonl:2: not JSON ("),
        ('{"text": "a", "label": "x"}\n[1]\n', "a.jsonl:2: not an object with keys"),
        ('{"text": "a", "label": "x", "text": "b"}\n', "a.jsonl:1: more than one key is called 'text'"),
        ('[\n{"text": "a", "label": "x"}]\n', "a.jsonl: a JSON array, not JSON lines"),
        (jsonl({"text": "a", "label": "x"}, {"text": "b"}), "a.jsonl:2: no value for 'label'"),
        (jsonl({"text": "a", "label": "x"}, {"label": "y"}), "a.jsonl:2: no value for 'text'"),
        (jsonl({"text": "a", "label": "x"}, {"text": "", "label": "y"}), "a.jsonl:2: the source is empty"),
        (jsonl({"text": "a", "label": ["x", "y"]}), "a.jsonl:1, key label: several labels, but each example has one"),
        (jsonl({"text": "a", "label": {"b": 1}}), 'a.jsonl:1, key label: {"b": 1} is no label'),
        (jsonl({"text": "a", "label": "x"}, {"text": ["b"], "label": "y"}), "a.jsonl:2, key text: expected a text"),
        (jsonl({"x": ["a"], "label": "x"}, {"x": [1], "label": "y"}), "a.jsonl:2, key x: expected a list of words"),
        (jsonl({"x": [1, None], "label": "x"}), "a.jsonl:1, key x, step 2: the value is missing"),
        (jsonl({"x": [1, "b"], "label": "x"}), "a.jsonl:1, key x, step 2: 'b' is not a finite number"),
        (jsonl({"x": [[1, 2], [3]], "label": "x"}), "a.jsonl:1, key x, step 2: 1 value, but step 1 has 2"),
        (jsonl({"x": [[1, 2], [3, float("nan")]], "label": "x"}), "a.jsonl:1, key x, channel 2, step 2"),
        (jsonl({"x": [[1, 2]], "label": "x"}, {"x": [1], "label": "y"}), "a.jsonl:2: 1 channel, but a.jsonl:1 has 2"),
        (jsonl({"x": [1], "label": "x"}, {"x": [], "label": "y"}), "a.jsonl:2, key x: a series without values"),
        (jsonl({"a": "b", "c": "d"}), "a.jsonl: cannot tell which column is the source"),
    ],
)
def test_what_is_no_such_object_is_refused_with_its_place(write, refusal, text, problem):
    assert refusal(write(text, "a.jsonl"))[0].startswith(problem)


def test_half_characters_are_read_as_unknown_ones_and_stay_in_the_record(write):
    text = '{"text": "\\ud83d\\ude00 \\ud800", "label": "a"}\n{"text": "x", "label": "b"}\n'
    examples = read_examples([write(text, "a.jsonl")], "class")
    assert examples.sources == ["\U0001f600 \ufffd", "x"] and examples.rows[0]["text"].endswith("\ud800")
