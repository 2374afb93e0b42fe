"""`rnncli generate` of the tasks of pairs: one line in, one line out, in order, whatever stands in the lines."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from pair_files import SMALL

pytestmark = pytest.mark.usefixtures("here")
ODD = [
    "a good day",
    "",
    "  ",
    "x" * 10_000,
    "\u202e\u0301\U0001f600 \x00 \x1b[31m \x85 \u2028 naïve",
    "a 'single\" quote",
    '"all of it quoted"',
    "one, two; three",
    "a bad\tnight",
    "no line feed at the end",
]
TEXTS = "\n".join(ODD)


@pytest.mark.parametrize("run", ["text", "header", "numbers", "jsonl"])
def test_every_line_of_a_text_has_an_answer_in_its_place(run, command, saved):
    saved("odd.txt", TEXTS)
    code, out, _ = command("generate", run, "odd.txt")
    lines = out.splitlines()
    assert code == 0 and len(lines) == len(ODD) and lines[1] != lines[0]
    assert command("generate", run, stdin=TEXTS)[:2] == command("generate", run, "-", stdin=TEXTS)[:2] == (0, out)
    assert command("generate", run, stdin=TEXTS.replace("\n", "\r\n") + "\r\n")[1] == out
    assert command("generate", run, stdin="") == (0, "", "")
    assert command("generate", run, stdin="\n\n")[1].splitlines() == [lines[1]] * 2


@pytest.mark.parametrize("run", ["text", "header", "numbers", "series", "features", "words", "jsonl"])
def test_the_answer_to_a_line_does_not_depend_on_the_others(run, command):
    units = {
        "series": [f"{','.join(map(str, range(T)))}:{','.join(['1'] * T)}\n" for T in (1, 9, 30, 2)],
        "features": ["1,0.5,r\n", ",,\n", "0.2,,zzz\n", "9,9,b\n"],
        "words": ["the\ndog\nran\n\n", "x\n\n", "a\nred\nfox\nand\nmore\nwords\n\n"],
    }.get(run, [f"{line}\n" for line in ("a good day", "", "bad", "one two three four five six seven", "x" * 3000)])
    header = "length,width,colour\n" if run == "features" else ""
    whole = answers(command, run, header + "".join(units))
    alone = [answers(command, run, header + unit)[0] for unit in units]
    assert len(whole) == len(units)
    for one, other in zip(whole, alone):
        assert one.keys() == other.keys()
        if "probabilities" in one:
            names = sorted(one["probabilities"])
            each = [[found["probabilities"][name] for name in names] for found in (one, other)]
            np.testing.assert_allclose(*each, atol=1e-6)  # float32: products of other sizes
        else:
            assert one["answer"] == (other["answer"] if run == "words" else pytest.approx(other["answer"], rel=1e-5))


def answers(command, run, text):
    """The JSON lines of `generate`."""
    code, out, err = command("generate", run, "--format", "jsonl", stdin=text)
    assert code == 0, err
    return [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()]


def test_classes_come_with_their_probabilities_and_json_has_all_of_them(command):
    code, out, _ = command("generate", "text", "--top", "3", stdin="a good day\n")
    cells = out.rstrip("\n").split("\t")
    assert code == 0 and sorted(cells[::2]) == ["glad", "sad"] and float(cells[1]) >= float(cells[3])
    (found,) = answers(command, "text", "a good day\n")
    assert found["line"] == 1 and list(found["probabilities"])[0] == found["answer"] == cells[0]
    assert sum(found["probabilities"].values()) == pytest.approx(1)
    assert f"{found['probability']:.4f}" == cells[1]


def test_json_lines_keep_their_fields_and_get_an_answer(command, saved):
    lines = ['{"id": 7, "text": "a good day", "more": {"a": [1, null]}}', "", '{"text": null, "v": NaN}']
    code, out, _ = command("generate", "jsonl", saved("new.jsonl", "\n".join(lines)), "--format", "jsonl")
    first, blank, last = [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()]
    assert code == 0 and list(first)[:3] == ["id", "text", "more"] and first["more"] == {"a": [1, None]}
    assert list(blank) == ["answer", "probability", "probabilities"] and last["v"] is None
    assert blank["probabilities"] == last["probabilities"]
    half = '{"text": "\\ud800 half", "v": "\\udfff"}\n'
    (found,) = answers(command, "jsonl", half)
    assert (found["text"], found["v"]) == ("\ud800 half", "\udfff")
    assert command("generate", "jsonl", stdin=half)[0] == 0


def test_lines_of_several_files_say_which(command, saved):
    one, two = saved("one.txt", "good\nbad\n"), saved("two.txt", "kind\n")
    _, out, _ = command("generate", "text", one, two, "--format", "jsonl")
    found = [json.loads(line) for line in out.splitlines()]
    assert [(each["file"], each["line"]) for each in found] == [("one.txt", 1), ("one.txt", 2), ("two.txt", 1)]


def test_rows_of_a_table_are_answered_by_their_source_columns(command, saved):
    plain = command("generate", "header", stdin="a good day\nbad\n")[1]
    path = saved("new.csv", 'id,review\n1,a good day\n2,"bad"\n')
    assert command("generate", "header", path)[:2] == (0, plain)
    assert command("generate", "header", saved("new.tsv", "id\treview\n1\ta good day\n2\tbad\n"))[:2] == (0, plain)
    assert (
        command("generate", "text", saved("both.tsv", "a good day\tsad\nbad\tglad\n"))[1]
        == (command("generate", "text", stdin="a good day\nbad\n")[1])
    )


@pytest.mark.parametrize("run", ["text", "numbers"])
def test_a_file_of_another_format_is_read_in_its_own_and_a_note_says_so(run, command, saved):
    path = saved("other.jsonl", '{"text": "a good day"}\n{"text": "bad"}\n')
    code, out, err = command("generate", run, path)
    assert (code, out) == (0, command("generate", run, stdin="a good day\nbad\n")[1])
    assert "note: read as JSON lines, unlike the training files" in err


def test_a_lone_tab_is_part_of_a_text_and_a_note_says_so(command):
    code, out, err = command("generate", "text", stdin="one\ntwo\tthree\nfour\n")
    assert code == 0 and len(out.splitlines()) == 3
    assert "note: '\\t' does not separate columns here: every line is read as one text" in err


def test_columns_of_words_come_back_with_one_more_and_every_other_line_as_it_was(command, saved):
    text = "\n\n# a comment\nthe\t1\ndog\t2\n\n\n# alone\n\n-DOCSTART-\n\nran\t\t\n\n \n"
    text = text.replace("ran\t\t", "ran\t3")
    code, out, _ = command("generate", "words", saved("columns.tsv", text))
    before, after = text.splitlines(), out.splitlines()
    assert code == 0 and len(before) == len(after)
    for own, other in zip(before, after):
        word = own.split("\t")[0] in ("the", "dog", "ran")
        assert other.rpartition("\t")[0] == own if word else other == own
    assert command("generate", "words", stdin=text.replace("\n", "\r\n"))[1] == out
    assert command("generate", "words", stdin=text.rstrip())[1] == out.rstrip() + "\n"
    assert command("generate", "words", stdin="\n\n\n")[1].strip() == ""


def test_a_sentence_on_each_line_gets_its_labels_after_a_tab(command):
    text = "the dog ran\n\na fox\n"
    code, out, err = command("generate", "words", stdin=text)
    lines = [line.split("\t") for line in out.splitlines()]
    assert code == 0 and [line[0] for line in lines] == text.splitlines() and "read as a sentence" in err
    assert [len(line[-1].split()) for line in lines] == [3, 0, 2]
    words = answers(command, "words", text)
    assert [each["line"] for each in words] == [1, 2, 3] and words[1]["answer"] == words[1]["words"] == []
    assert [" ".join(each["answer"]) for each in words[::2]] == [lines[0][1], lines[2][1]]


def test_plain_sentences_get_a_label_for_each_word_from_a_model_of_columns_between_blanks(command, saved, apart):
    text = "".join("the DET\ndog NOUN\nran VERB\n\na DET\ncat NOUN\n\n" for _ in range(9))
    assert command("train", saved("tags.conll", text), "--spelling-size", "4", *SMALL, "-o", "r")[0] == 0
    code, out, err = command("generate", "r", stdin="the dog sees a cat\n")
    assert code == 0 and len(out.split("\t")[1].split()) == 5 and "read as a sentence" in err


def test_words_in_json_keep_their_fields_and_get_a_label_each(command):
    text = '{"id": 3, "words": ["the", "dog"]}\n\n{"words": []}\n'
    found = answers(command, "words", text)
    assert found[0]["id"] == 3 and found[0]["words"] == ["the", "dog"] and len(found[0]["answer"]) == 2
    assert found[1] == {"answer": []} and found[2]["answer"] == []
    code, out, _ = command("generate", "words", stdin=text)
    assert code == 0 and out.splitlines()[0].split("\t") == ["the dog", " ".join(found[0]["answer"])]


def test_series_are_answered_with_their_class_in_the_file_or_without_it(command, saved):
    bare = "1,2,3:3,2,1\n5:6\n"
    code, out, _ = command("generate", "series", stdin=bare)
    assert code == 0 and len(out.splitlines()) == 2
    answered = "@classLabel true down up\n@data\n1,2,3:3,2,1:up\n5:6:down\n"
    assert command("generate", "series", saved("own.ts", answered))[1] == out
    listed = '{"x": [[1, 3], [2, 2], [3, 1]]}\n{"x": [[5, 6]]}\n'
    assert command("generate", "series", saved("list.jsonl", listed))[1] == out


def test_features_in_another_order_and_with_empty_cells_are_answered(command, saved):
    first = command("generate", "features", saved("in.csv", "length,width,colour\n1,0.5,r\n,,\n\n2,1,zz\n"))
    second = command("generate", "features", saved("in.csv", "colour,extra,width,length\nr,z,0.5,1\n,,,\n\nzz,,1,2\n"))
    assert first[0] == second[0] == 0 and first[1] == second[1] and len(first[1].splitlines()) == 4
    in_json = '{"length": 1, "width": 0.5, "colour": "r"}\n{}\n\n{"length": 2, "width": 1, "colour": "zz"}\n'
    assert command("generate", "features", stdin=in_json)[1] == first[1]


def test_values_far_outside_training_are_no_numbers_in_json(command):
    code, out, err = command("generate", "series", "--format", "jsonl", stdin="1e100,1,2:1,1,1\n1,2:2,1\n")
    far, near = [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()]
    assert code == 0 and near["answer"] in ("down", "up")
    assert far["answer"] in (None, "down", "up") and (far["answer"] is not None or "not finite" in err)


def test_the_training_data_are_not_needed(command, monkeypatch, tmp_path):
    before = command("generate", "text", stdin="a good day\n")[1]
    shutil.copytree("text", tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    assert not Path("moods.tsv").exists()
    assert command("generate", "run", stdin="a good day\n") == (0, before, "")
    assert command("generate", "run/model.safetensors", stdin="a good day\n")[:2] == (0, before)


def test_a_very_long_line_among_short_ones_takes_no_more_memory_than_it_needs(command):
    text = "the dog ran\n" * 63 + " ".join(["the"] * 3000) + "\n"
    code, out, _ = command("generate", "words", stdin=text)
    lines = out.splitlines()
    assert code == 0 and len(lines) == 64 and len(lines[-1].split("\t")[1].split()) == 3000
    assert lines[0] == command("generate", "words", stdin="the dog ran\n")[1].rstrip("\n")
