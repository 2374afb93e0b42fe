"""What the tasks of pairs refuse: exit code, file and line, a hint that works in that command, no run folder."""

import json
from pathlib import Path

import pytest
from pair_files import SMALL, curves, features, moods, table

P = "".join(f"{text}\t{label}\n" for text, label in moods(24))
CSV = P.replace("\t", ",")
TS = "@univariate true\n@classLabel true up down\n@data\n" + "1,2,3:up\n3,2,1:down\n2,3,4,5:up\n" * 4
FLOWERS = table(features(), "length", "width", "colour", "species", "height")
REGRESS = ("--task", "regress", "--source", "length,width", "--target", "height")
LABEL = ("--task", "label")
TRAINING = {  # name: (file, text, options, the message after "error: ", part of the hint)
    "columns too many": (
        "a.tsv",
        P + "one\ttwo\tthree\n",
        (),
        "a.tsv:25: 3 columns separated by tabs, expected 2",
        "same columns",
    ),
    "columns too few": (
        "a.csv",
        "text,label\n" + CSV + "one\n",
        (),
        "a.csv:26: 1 column separated by ','",
        "same columns",
    ),
    "an empty source": ("a.tsv", P + "  \tglad\n", (), "a.tsv:25: the source is empty", "remove the line"),
    "an empty class": ("a.tsv", P + "good\t\n", (), "a.tsv:25: the answer is empty", "remove the line"),
    "one class": ("a.tsv", P.replace("sad", "glad"), (), "a.tsv: all 24 labels are 'glad'", "two classes"),
    "one example": (
        "a.csv",
        "text,label\ngood,glad\n",
        ("--task", "classify"),
        "a.csv: the only label is 'glad'",
        "two classes",
    ),
    "no series": ("a.ts", TS + ":up\n", (), "a.ts:16: a series without values", "remove the example"),
    "NaN in a series": (
        "a.ts",
        TS + "1,NaN,2:up\n",
        (),
        "a.ts:16, channel 1, step 2: the value is missing",
        "fill the gap",
    ),
    "text in a series": (
        "a.ts",
        TS + "1,x,2:up\n",
        (),
        "a.ts:16, channel 1, step 2: 'x' is not a finite number",
        "1.5",
    ),
    "channels of other lengths": (
        "a.ts",
        TS + "1,2:1,2,3:up\n",
        (),
        "a.ts:16: channel 2 has 3 values, but channel 1 has 2",
        "same number",
    ),
    "more channels": ("a.ts", TS + "1,2:1,2:up\n", (), "a.ts:16: 2 channels, but a.ts:4 has 1", "same channels"),
    "no answers": (
        "a.ts",
        TS.replace(":up", "").replace(":down", ""),
        (),
        "a.ts: no answer after the last colon",
        "colon",
    ),
    "a number that is none": (
        "a.csv",
        FLOWERS + "1,1,r,lily,x\n",
        REGRESS,
        "a.csv:42, column height: 'x' is not a number",
        "1.5",
    ),
    "a missing number": (
        "a.csv",
        FLOWERS + "1,1,r,lily,\n",
        REGRESS,
        "a.csv:42: the answer is empty",
        "remove the line",
    ),
    "one of two numbers missing": (
        "a.csv",
        FLOWERS + "1,,r,lily,2\n",
        ("--task", "regress", "--source", "length", "--target", "height,width"),
        "a.csv:42, column width: the answer is empty",
        "remove the line",
    ),
    "one number": (
        "a.csv",
        table([(a, "3") for a, *_ in features()], "a", "y"),
        ("--task", "regress"),
        "a.csv: all 40 numbers of y are 3",
        "--target",
    ),
    "no features": ("a.csv", FLOWERS + ",,r,lily,1\n", REGRESS, "a.csv:42: all features are empty", "fill them in"),
    "text among the numbers of a feature": (
        "a.csv",
        FLOWERS + "1,inf,r,lily,1\n",
        REGRESS,
        "a.csv:42, column width: 'inf' is not a number",
        "cell empty",
    ),
    "a feature beyond measure": (
        "a.csv",
        FLOWERS + "1e400,1,r,lily,1\n",
        REGRESS,
        "a.csv:42, column length: 1e400 is beyond 1e+150",
        "correct it",
    ),
    "an unknown source": (
        "a.csv",
        "text,label\n" + CSV,
        ("--source", "txt"),
        "a.csv: --source: no column 'txt'",
        "did you mean 'text'?",
    ),
    "an unknown target": ("a.tsv", P, ("--target", "3"), "a.tsv: --target: no column '3'", "a number from 1 to 2"),
    "an unknown group": (
        "a.csv",
        "text,label\n" + CSV,
        ("--group", "who"),
        "a.csv: --group: no column 'who'",
        "1 to 2",
    ),
    "no object": (
        "a.jsonl",
        '{"text": "a", "label": "x"}\n[1]\n',
        ("--task", "classify"),
        "a.jsonl:2: not an object",
        '{"text"',
    ),
    "no key": (
        "a.jsonl",
        '{"text": "a", "label": "x"}\n{"text": "b"}\n',
        ("--task", "classify"),
        "a.jsonl:2: no value for 'label'",
        "answer",
    ),
    "NaN in JSON": (
        "a.jsonl",
        '{"x": [1, NaN], "label": "x"}\n',
        ("--task", "classify"),
        "a.jsonl:1, key x, channel 1, step 2",
        "fill the gap",
    ),
    "words without labels": (
        "a.conll",
        "the DET\ndog\n\nran VERB\n" * 4,
        LABEL,
        "a.conll:2: 1 column, but most lines have 2",
        "every word",
    ),
    "words and labels that differ": (
        "a.jsonl",
        '{"words": ["a", "b"], "tags": ["x"]}\n',
        LABEL,
        "a.jsonl:1: 2 words, but 1 answer",
        "each word",
    ),
    "one label": ("a.conll", "the DET\ndog DET\n\n" * 4, LABEL, "a.conll: all 8 labels are 'DET'", "two classes"),
    "names of columns of words": (
        "a.conll",
        "the DET\ndog NOUN\n\n" * 4,
        (*LABEL, "--source", "word"),
        "a.conll: --source word: the columns of words have no names",
        "1 to 2",
    ),
    "a column that is both": (
        "a.csv",
        "text,label\n" + CSV,
        ("--source", "text", "--target", "text"),
        "a.csv: column text is both",
        "--source",
    ),
    "columns that cannot be told apart": (
        "a.csv",
        table([(a, str(k), y + a) for k, (a, y) in enumerate(moods())], "alpha", "beta", "gamma"),
        ("--task", "classify"),
        "a.csv: cannot tell which column is the source and which the class",
        "--source NAME --target NAME",
    ),
    "texts among features": (
        "a.csv",
        table([(a, str(k), y) for k, (a, y) in enumerate(moods())], "review", "length", "mood"),
        ("--task", "classify", "--source", "review,length", "--target", "mood"),
        "a.csv: the source mixes texts (review) with numbers (length)",
        "read the text alone with --source review, or leave it out: --source length",
    ),
    "many empty cells": (
        "a.csv",
        "text,label\n" + CSV + "good,\n" * 3 + ",sad\n" * 2,
        (),
        "a.csv:26: the answer is empty (3 such rows, and 2 with an empty source)",
        "or remove the lines",
    ),
    "a damaged workbook": (
        "a.xlsx",
        b"PK\x03\x04",
        ("--task", "classify"),
        "a.xlsx: damaged workbook file",
        "download or compress it again",
    ),
    "several labels": (
        "a.txt",
        "__label__a __label__b good\n__label__a bad\n",
        ("--task", "classify"),
        "a.txt:1: several labels on a line; several labels for an example are not supported",
        "each example has one class",
    ),
    "no file of validation": ("a.tsv", P, ("--val", "none.tsv"), "none.tsv: no such file", "check the name"),
}


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("case", TRAINING)
def test_bad_data_end_training_with_a_place_and_leave_no_run(case, command, saved):
    file, text, options, message, hint = TRAINING[case]
    code, out, err = command("train", saved(file, text), *options, *SMALL, "-o", "r")
    lines = err.splitlines()
    assert (code, out, len(lines)) == (3, "", 2), err
    assert lines[0].startswith(f"error: {message}") and lines[1].startswith("hint: ") and hint in lines[1], err
    assert not Path("r").exists()


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize(
    "options",
    [
        ("--val-frac", "0.6", "--test-frac", "0.5"),
        ("--pool", "median"),
        ("--task", "classify", "--horizon", "3"),
        ("--spelling-size", "4"),
        ("--data-format", "excel"),
        ("--schedule", "plateau", "--val-frac", "0"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_read(options, command, saved):
    code, out, err = command("train", saved("a.tsv", P), *options, *SMALL, "-o", "r")
    assert (code, out, len(err.splitlines())) == (2, "", 2) and not Path("r").exists()


READING = {  # name: (run, command, file, text, the message after "error: ", part of the hint)
    "a series for a text": (
        "text",
        "generate",
        "new.ts",
        "@classLabel false\n@data\n1,2\n",
        "new.ts: the sources are series, but the model reads text",
        "training files",
    ),
    "a series to score for a text": (
        "text",
        "eval",
        "new.ts",
        "@classLabel true a\n@data\n1,2:a\n",
        "new.ts: the sources are series",
        "training files",
    ),
    "a text for a series": (
        "series",
        "generate",
        "new.txt",
        "a good day\n",
        "new.txt:1, channel 1, step 1: 'a good day' is not",
        "1.5",
    ),
    "a text to score for a series": ("series", "eval", "new.tsv", P, "new.tsv:1, channel 1, step 1", "1.5"),
    "fewer channels": (
        "series",
        "generate",
        "new.ts",
        "1,2:1,2\n1,2\n",
        "new.ts:2: 1 channel, but new.ts:1 has 2",
        "same channels",
    ),
    "fewer channels than in training": (
        "series",
        "generate",
        "new.ts",
        "1,2\n",
        "new.ts:1: 1 channel, but the model reads 2",
        "training files",
    ),
    "more channels to score": (
        "series",
        "eval",
        "new.ts",
        "1,2:1,2:3,4:up\n",
        "new.ts:1: 3 channels, but the model reads 2",
        "training files",
    ),
    "an empty line between series": (
        "series",
        "generate",
        "new.ts",
        "1,2:1,2\n\n1,2:1,2\n",
        "new.ts:2: a series without values",
        "remove the line",
    ),
    "NaN in a series": (
        "series",
        "generate",
        "new.ts",
        "1,2:NaN,2\n",
        "new.ts:1, channel 2, step 1: the value is missing",
        "fill the gap",
    ),
    "no such feature": (
        "features",
        "generate",
        "new.csv",
        "length,colour\n1,r\n",
        "new.csv: no column 'width', which the model reads",
        "length, width, colour",
    ),
    "no such feature to score": (
        "features",
        "eval",
        "new.csv",
        "length,colour,height\n1,r,2\n",
        "new.csv: no column 'width'",
        "length, width, colour",
    ),
    "no such target": (
        "features",
        "eval",
        "new.csv",
        "length,width,colour\n1,2,r\n",
        "new.csv: no column 'height', the answers",
        "height",
    ),
    "no header": (
        "features",
        "generate",
        "new.csv",
        "1,1,r\n",
        "new.csv:1: expected the names of the columns, found 1, 1, r",
        "begin the file with the header",
    ),
    "a feature that is no number": (
        "features",
        "generate",
        "new.csv",
        "length,width,colour\n1,x,r\n",
        "new.csv:2, column width: 'x' is not a number",
        "cell empty",
    ),
    "columns too few": (
        "features",
        "generate",
        "new.csv",
        "length,width,colour\n1,2\n",
        "new.csv:2: 2 columns separated by ','",
        "same columns",
    ),
    "a table without the source": (
        "header",
        "generate",
        "new.csv",
        "id,mood\n1,glad\n",
        "new.csv: no column 'review', which the model reads",
        "name the column review in its header, or give the texts alone, one on each line",
    ),
    "a table of other names": (
        "header",
        "generate",
        "new.csv",
        "message,score\nfine,glad\nbad,sad\n",
        "new.csv: no column 'review', which the model reads",
        "name the column review in its header, or give the texts alone, one on each line",
    ),
    "names that training had not": (
        "text",
        "eval",
        "new.tsv",
        "text\tlabel\n" + P,
        "new.tsv: the first line names the columns (text, label), expected 2 columns without names",
        "remove the first line",
    ),
    "no classes to score": (
        "text",
        "eval",
        "new.txt",
        "good\nbad\n",
        "new.txt: no column '2', the answers",
        "training files",
    ),
    "an unknown key": (
        "jsonl",
        "generate",
        "new.jsonl",
        '{"review": "good"}\n',
        "new.jsonl: no column 'text'",
        "training files",
    ),
    "a JSON array": ("jsonl", "generate", "new.jsonl", '[{"text": "good"}]\n', "new.jsonl: a JSON array", "jq"),
    "words without labels to score": (
        "words",
        "eval",
        "new.txt",
        "the\ndog\n",
        "new.txt:1: only one column, so no labels",
        "its label",
    ),
    "a file that is not there": ("words", "generate", "none.txt", None, "none.txt: no such file", "check the name"),
    "an empty file to score": ("text", "eval", "new.tsv", "", "new.tsv: the file is empty", "examples"),
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("case", READING)
def test_files_that_a_model_cannot_read_are_refused_with_their_place(case, command, saved):
    run, name, file, text, message, hint = READING[case]
    if text is not None:
        saved(file, text)
    code, out, err = command(name, run, file)
    lines = [line for line in err.splitlines() if not line.startswith("note: ")]
    assert (code, out, len(lines)) == (3, "", 2), err
    assert lines[0].startswith(f"error: {message}") and lines[1].startswith("hint: ") and hint in lines[1], err
    assert "--source" not in err and "--target" not in err and "--header" not in err  # options of train alone


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "arguments, message",
    [
        (("generate", "text", "moods.tsv", "--top", "0"), "--top"),
        (("generate", "numbers", "scores.tsv", "--top", "2"), "--top: not for the task 'regress'"),
        (("generate", "words", "tags.conll", "--horizon", "2"), "--horizon: not for the task 'label'"),
        (("eval", "text", "moods.tsv", "--split", "val"), "--split and FILE exclude each other"),
        (("eval", "text", "--split", "test"), "--split test: text/model.safetensors has no such held-out examples"),
        (("eval", "text", "--beat-baseline", "nearest"), "--beat-baseline nearest: there is none for a model of text"),
        (
            ("eval", "features", "--beat-baseline", "kernels"),
            "--beat-baseline kernels: there is none for a model of features",
        ),
        (("eval", "text", "--no-baseline", "--beat-baseline", "bag"), "--beat-baseline and --no-baseline exclude"),
        (("eval", "words", "--by-length"), "--by-length: not for the task 'label'"),
        (("eval", "text", "--max", "rmse=1"), "--max rmse=1: unknown metric 'rmse'"),
    ],
)
def test_options_that_do_not_fit_end_with_2_and_no_data(arguments, message, command):
    code, out, err = command(*arguments)
    assert (code, out) == (2, "") and message in err and "hint: " in err and "Traceback" not in err


@pytest.mark.usefixtures("here")
def test_nothing_to_answer_at_a_terminal_says_what_to_do(command, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    code, _, err = command("generate", "text")
    assert code == 2 and "hint: name a file: rnncli generate text/model.safetensors FILE" in err


@pytest.mark.usefixtures("apart")
def test_classes_that_look_like_numbers_are_trained_with_a_note(command, saved):
    rows = "".join(f"text {k} of {k % 30}\t{k % 30}\n" for k in range(90))
    options = ("--task", "classify", "--source", "1", "--target", "2", *SMALL[:-1])
    code, _, err = command("train", saved("a.tsv", rows), *options, "-o", "r")
    assert code == 0 and "note: the 30 classes look like numbers: --task regress predicts numbers" in err


@pytest.mark.usefixtures("apart")
def test_words_longer_than_any_are_read_by_their_ends(command, saved):
    text = "".join(f"{'y' * 5000}{k} N\nran V\n\n" for k in range(20))
    assert command("train", saved("a.conll", text), "--spelling-size", "4", *SMALL, "-o", "r")[0] == 0
    code, out, _ = command("generate", "r", "--format", "jsonl", stdin="z" * 100_000 + "\n")
    assert code == 0 and len(json.loads(out)["answer"]) == 1


@pytest.mark.usefixtures("apart")
def test_a_series_of_one_step_and_one_that_never_changes_are_examples(command, saved):
    text = "@classLabel true up down\n@data\n" + "".join(f"{s}:{y}\n" for s, y in curves(D=1)) + "1:up\n2,2,2,2:down\n"
    options = ("--set", "steps.scaling=example", *SMALL)
    assert command("train", saved("a.ts", text), *options, "-o", "r")[0] == 0
    code, out, _ = command("eval", "r", "a.ts", "--format", "json")
    assert code == 0 and json.loads(out, parse_constant=pytest.fail)["metrics"]["nats"] > 0
