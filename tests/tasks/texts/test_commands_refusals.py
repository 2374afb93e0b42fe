"""What the tasks that write texts refuse: exit code, place, a hint that works in that command, no run folder."""

from pathlib import Path

import pytest
from text_files import TINY, forms, lines, numbers, things

PAIRS = lines(numbers())
FORMS = lines(forms(), "lemma", "features", "form")
THINGS = lines(things(), "size", "colour", "text", separator=",")
ENGLISH, SPANISH = (lines([[pair[k]] for pair in numbers()]) for k in (0, 1))
TRANSLATE, DESCRIBE = ("--task", "translate"), ("--task", "describe")
TRAINING = {  # name: ({file: its text}, options, the message after "error: ", part of the hint)
    "files of unequal length": (
        {"a.en": ENGLISH + "ten\n", "a.es": SPANISH},
        TRANSLATE,
        "a.en has 61 lines, but a.es has 60",
        "as many lines",
    ),
    "a line that is blank in one file": (
        {"a.en": "ten\n" + ENGLISH, "a.es": "\n" + SPANISH},
        TRANSLATE,
        "a.es:1: the line is blank, but not in a.en",
        "empty the line in both files",
    ),
    "three files line for line": (
        {"a.en": ENGLISH, "a.es": SPANISH, "a.fr": SPANISH},
        (*TRANSLATE, "--data-format", "parallel"),
        "a.en: 3 files to read line for line, expected two",
        "the file with the sources",
    ),
    "columns of two files": (
        {"a.en": ENGLISH, "a.es": SPANISH},
        ("--condition", "way"),
        "a.en: a pair of files that belong line for line has no columns, found --condition way",
        "leave out --condition",
    ),
    "an empty text": ({"a.tsv": PAIRS + "ten\t \n"}, (), "a.tsv:61: the answer is empty", "remove the line"),
    "an empty source": ({"a.tsv": PAIRS + "\tdiez\n"}, (), "a.tsv:61: the source is empty", "remove the line"),
    "columns too few": ({"a.tsv": PAIRS + "ten\n"}, (), "a.tsv:61: 1 column separated by tabs, expected 2", "tabs"),
    "no text in an object": (
        {"a.jsonl": '{"source": "one", "target": "uno"}\n{"source": "two"}\n'},
        TRANSLATE,
        "a.jsonl:2: no value for 'target'",
        "its answer",
    ),
    "an unknown source": ({"a.tsv": FORMS}, ("--source", "lema"), "a.tsv: --source: no column 'lema'", "'lemma'?"),
    "an unknown condition": (
        {"a.tsv": FORMS},
        ("--condition", "feature"),
        "a.tsv: --condition: no column 'feature'",
        "did you mean 'features'?",
    ),
    "a condition that is the source": (
        {"a.tsv": FORMS},
        ("--source", "lemma", "--condition", "lemma"),
        "a.tsv: column lemma is both source and condition",
        "--condition",
    ),
    "one text for all": (
        {"a.tsv": lines([(source, "x") for source, _ in numbers()])},
        TRANSLATE,
        "a.tsv: all 60 answers are 'x', so there is nothing to learn",
        "different answers",
    ),
    "a text for features that is empty": ({"a.csv": THINGS + "3,red,\n"}, DESCRIBE, "a.csv:62: the answer is", "line"),
    "a feature that is no number": (
        {"a.csv": THINGS + "x,red,a box\n"},
        DESCRIBE,
        "a.csv:62, column size: 'x' is not a number",
        "decimal point",
    ),
}


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("case", TRAINING)
def test_bad_data_end_training_with_a_place_and_leave_no_run(case, command, saved):
    files, options, message, hint = TRAINING[case]
    for name, text in files.items():
        saved(name, text)
    code, out, err = command("train", *files, *options, *TINY, "-o", "r")
    assert (code, out, len(err.splitlines())) == (3, "", 2), err
    assert err.startswith(f"error: {message}") and hint in err.splitlines()[1] and not Path("r").exists(), err


OPTIONS = [
    (("--attention", "cosine"), "attention.kind: found 'cosine' (option --attention)"),
    (("--target-tokens", "phone"), "writer.tokens: found 'phone' (option --target-tokens)"),
    (("--embedding-size", "0"), "model.embedding_size: found 0"),
    (("--hidden-size", "7"), "model.hidden_size: 7 is odd"),
    (("--label-smoothing", "1"), "writer.smoothing: found '1'"),
    (("--pool", "max"), "pool.kind"),
    ((*TRANSLATE, "--spelling-size", "4"), "not for the task 'translate'"),
    ((*DESCRIBE, "--source", "1", "--target", "2", "--attention", "dot"), "not for the task 'describe'"),
    ((*DESCRIBE, "--source", "1", "--target", "2", "--bidirectional"), "not for the task 'describe'"),
]


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("options, message", OPTIONS)
def test_wrong_options_of_training_are_refused(options, message, command, saved):
    code, out, err = command("train", saved("a.tsv", PAIRS), *TINY, *options, "-o", "r")
    assert (code, out) == (2, "") and message in err and "hint: " in err and not Path("r").exists(), err


@pytest.mark.usefixtures("apart")
def test_the_features_of_a_text_are_named_once(command, saved):
    options = (*DESCRIBE, *TINY, "--condition", "colour", "--source", "size")
    code, out, err = command("train", saved("a.csv", THINGS), *options, "-o", "r")
    assert (code, out) == (2, "") and "--source" in err and not Path("r").exists()


READING = {  # name: (command, run, file, text, code, the message after "error: ", part of the hint)
    "no column of the condition to answer": (
        ("generate", "forms", "new.tsv"),
        "lemma\nbear\nwolf\n",
        2,
        "no value for features, which decides the text together with the source",
        "add --condition features=VALUE",
    ),
    "lines without a condition": (
        ("generate", "forms", "new.txt"),
        "bear\nwolf\n",
        2,
        "no value for features",
        "add --condition features=VALUE, or give a file with the columns of training",
    ),
    "objects without a condition": (
        ("generate", "forms", "new.jsonl"),
        '{"lemma": "bear"}\n',
        2,
        "no value for features",
        "add --condition features=VALUE",
    ),
    "no column of the condition to score": (
        ("eval", "forms", "new.tsv"),
        "lemma\tform\nbear\tbears\nwolf\twolves\n",
        3,
        "new.tsv: no column 'features', which the model reads",
        "lemma, features, form",
    ),
    "no names above a table": (
        ("generate", "forms", "new.tsv"),
        "bear\tN;PL\nwolf\tN;SG\n",
        3,
        "new.tsv: no column 'lemma', which the model reads",
        "lemma, features, form",
    ),
    "no texts to score": (
        ("eval", "plain", "new.tsv"),
        "one two\nnine\n",
        3,
        "new.tsv: no column '2'",
        "training files",
    ),
    "an empty text to score": (
        ("eval", "plain", "new.tsv"),
        "one\tuno\ntwo\t\n",
        3,
        "new.tsv:2: the answer is empty",
        "",
    ),
    "an unknown key": (
        ("generate", "jsonl", "new.jsonl"),
        '{"question": "one"}\n',
        3,
        "new.jsonl: no column 'source', which the model reads",
        "source, target",
    ),
    "no feature": (
        ("generate", "things", "new.csv"),
        "colour\nred\n",
        3,
        "new.csv: no column 'size', which the model reads",
        "size, colour",
    ),
    "features without names": (
        ("generate", "things", "new.csv"),
        "3,red\n",
        3,
        "new.csv:1: expected the names of the columns, found 3, red",
        "size, colour",
    ),
    "a feature that is no number": (
        ("generate", "things", "new.csv"),
        "size,colour\nx,red\n",
        3,
        "new.csv:2, column size: 'x' is not a number",
        "leave the cell empty",
    ),
    "a feature far from training": (
        ("generate", "things", "new.csv"),
        "size,colour\n3,red\n-1e40,red\n",
        3,
        "new.csv:3, column size: -1e40 is too far from the numbers of training",
        "correct it",
    ),
    "a file that is not there": (
        ("generate", "plain", "none.txt"),
        None,
        3,
        "none.txt: no such file",
        "check the name",
    ),
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("case", READING)
def test_files_that_a_model_cannot_answer_are_refused(case, command, saved):
    arguments, text, wanted, message, hint = READING[case]
    if text is not None:
        saved(arguments[-1], text)
    code, out, err = command(*arguments)
    found = [line for line in err.splitlines() if not line.startswith("note: ")]
    assert (code, out, len(found)) == (wanted, "", 2), err
    assert found[0].startswith(f"error: {message}") and found[1].startswith("hint: ") and hint in found[1], err
    assert "--source" not in err and "--target" not in err  # options of train alone


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "arguments, message",
    [
        (("generate", "blind", "--show-attention"), "was trained without attention, so there is none to show"),
        (("generate", "blind", "--plot", "a.png"), "was trained without attention"),
        (("generate", "things", "--show-attention"), "--show-attention: not for the task 'describe'"),
        (("generate", "plain", "--condition", "way=in"), "--condition way=in: plain/model.safetensors knows no"),
        (("generate", "forms", "--condition", "way=in"), "no condition is called 'way'"),
        (("generate", "forms", "--condition", "features=V;XX"), "--condition features=XX: not among the values"),
        (("generate", "plain", "--plot", "a.txt"), "a.txt: a picture ends in .png or .svg"),
        (("generate", "plain", "--n-best", "3"), "add --beam 3 or more"),
        (("generate", "plain", "--n-best", "3", "--beam", "2"), "--n-best 3 of --beam 2"),
        (
            ("generate", "plain", "--beam", "2", "--temperature", "1"),
            "--beam finds the most probable texts, and --temp",
        ),
        (("generate", "plain", "--length-penalty", "0", "--top-k", "2"), "--length-penalty finds the most probable"),
        (("generate", "things", "--n-best", "1", "--num-samples", "2"), "--n-best finds the most probable texts, and"),
        (("generate", "plain", "--num-samples", "0"), "--num-samples is 0"),
        (("generate", "plain", "--top-p", "0"), "--top-p is 0"),
        (("generate", "plain", "--beam", "0"), "--beam"),
        (("generate", "plain", "--prompt", "one"), "--prompt: not for the task 'translate'"),
        (("eval", "plain", "--judge", "names"), "--judge: not for the task 'translate'"),
        (("eval", "plain", "--confusion"), "--confusion: not for the task 'translate'"),
        (("eval", "plain", "--max", "accuracy=1"), "unknown metric 'accuracy'"),
        (("eval", "plain", "--beat-baseline", "majority"), "unknown baseline; known: copy, nearest"),
        (("eval", "things", "--beat-baseline", "copy"), "unknown baseline; known: nearest"),
        (("eval", "plain", "--split", "test"), "has no such held-out examples"),
        (("eval", "things", "--beam", "2", "--temperature", "1"), "--temperature is for samples"),
    ],
)
def test_options_that_do_not_fit_end_with_2_and_no_text(arguments, message, command):
    code, out, err = command(*arguments, stdin="one two\n" if "things" not in arguments else "size,colour\n3,red\n")
    assert (code, out) == (2, "") and message in err and "hint: " in err and "Traceback" not in err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "run, hint",
    [
        ("plain", "hint: name a file: rnncli generate plain/model.safetensors FILE"),
        ("things", "hint: add --condition size=NUMBER --condition colour=red; or name a file"),
    ],
)
def test_nothing_to_answer_at_a_terminal_says_what_to_do(run, hint, command, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    code, _, err = command("generate", run)
    assert code == 2 and hint in err
