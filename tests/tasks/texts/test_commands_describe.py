"""Texts for features and for classes by the commands: conditions on the command line and in files, judged texts."""

import json

import numpy as np
import pytest
from text_files import SHORT, TINY, lines, names, objects, things

from rnncli.cli.main import main
from rnncli.storage.model_files import load_model

RED = ("--condition", "size=3", "--condition", "colour=red")
ROWS = [(str(k), *row) for k, row in enumerate(things())]
TABLES = {
    "CSV with a column of numbers": (
        {"a.csv": lines(ROWS, "id", "size", "colour", "text", separator=",")},
        ("--source", "size,colour", "--target", "text"),
    ),
    "CSV with conditions": (
        {"a.csv": lines(ROWS, "id", "size", "colour", "text", separator=",")},
        ("--condition", "size,colour"),
    ),
    "a table without names": ({"a.tsv": lines(things())}, ("--source", "1,2", "--target", "3")),
    "JSON lines": ({"a.jsonl": objects([(int(a), b, c) for a, b, c in things()], "size", "colour", "text")}, ()),
}


@pytest.fixture(scope="module")
def judges(text_runs):
    """The folder with classifiers of the texts: `peoples-judge`, by the class of a name, and `colours-judge`."""
    options = ("--task", "classify", *SHORT[:2], *SHORT[4:])
    for name, data in (
        ("peoples-judge", (text_runs / "peoples",)),
        ("colours-judge", (text_runs / "things.csv", "--source", "text", "--target", "colour")),
    ):
        assert main(["train", *map(str, data), *options, "-o", str(text_runs / name)]) == 0
    return text_runs


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("form", TABLES)
def test_features_in_any_format_give_the_same_model(form, command, saved, answers):
    saved("b.csv", lines(things(), "size", "colour", "text", separator=","))
    assert command("train", "b.csv", "--task", "describe", *TINY, "-o", "same")[0] == 0
    files, options = TABLES[form]
    for name, text in files.items():
        saved(name, text)
    code, _, err = command("train", *files, "--task", "describe", *options, *TINY, "-o", "r")
    assert code == 0, err
    assert load_model("r").theta.tobytes() == load_model("same").theta.tobytes()
    assert command("eval", "r", "--format", "json")[0] == command("eval", "r", *files)[0] == 0


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("options", [("--no-condition-every-step",), ("--cell", "lstm", "--num-layers", "2")])
def test_a_condition_decides_the_text(options, command, saved, answers):
    rows = [(colour, size, 3 * colour[0] if size == "9" else colour[-1]) for colour in ("red", "blue") for size in "19"]
    saved("a.csv", lines(20 * rows, "colour", "size", "text", separator=","))
    arguments = ("a.csv", "--task", "describe", "--source", "colour,size", *SHORT, "--val-frac", "0")
    code, _, err = command("train", *arguments, *options, "-o", "r")
    assert code == 0, err
    found = answers("r", "size,colour\n9,red\n1,red\n9,blue\n1,blue\n", "--beam", "2")
    assert [each["answer"] for each in found] == ["rrr", "d", "bbb", "e"]


@pytest.mark.usefixtures("here")
def test_texts_for_a_condition_are_samples_of_the_seed(command, answers):
    code, out, err = command("generate", "things", *RED, "--num-samples", "4", "--seed", "1")
    assert code == 0 and "seed" not in err and len(out.splitlines()) == 4 and len(set(out.splitlines())) > 1
    assert command("generate", "things", *RED, "--num-samples", "4", "--seed", "1")[1] == out
    assert command("generate", "things", *RED, "--num-samples", "4", "--seed", "2")[1] != out
    assert command("generate", "things", *RED, "--seed", "1")[1] == out.splitlines(keepends=True)[0]
    _, drawn, err = command("generate", "things", *RED, "--num-samples", "4")
    seed = err.splitlines()[0].removeprefix("seed ")
    assert command("generate", "things", *RED, "--num-samples", "4", "--seed", seed)[1] == drawn
    found = answers("things", None, *RED, "--num-samples", "2", "--seed", "1")
    assert [each["sample"] for each in found] == [0, 1] and found[0]["condition"] == {"size": "3", "colour": "red"}
    assert [each["answer"] for each in found] == out.splitlines()[:2]


@pytest.mark.usefixtures("here")
def test_the_order_of_conditions_does_not_matter(command):
    turned = ("--condition", "colour=red", "--condition", " size = 3.0 ")
    assert command("generate", "things", *RED, "--seed", "1") == command("generate", "things", *turned, "--seed", "1")


@pytest.mark.usefixtures("here")
def test_a_file_gives_a_text_for_each_of_its_lines(command, saved, answers):
    path = saved("new.csv", "colour,extra,size\nred,x,3\nblue,x,7\n\n,x,\n")
    code, out, _ = command("generate", "things", path, "--seed", "1")
    assert code == 0 and out.count("\n") == 4
    for text in ("size,colour\n3,red\n7,blue\n\n,\n", '{"size": 3, "colour": "red"}\n{"size": 7, "colour": "blue"}\n'):
        found = command("generate", "things", "--seed", "1", stdin=text)[1]
        assert found.splitlines() == out.splitlines()[: found.count("\n")]
    assert command("generate", "things", *RED, "--seed", "1")[1] == out.splitlines(keepends=True)[0]
    texts = answers("things", "size,colour\n3,red\n7,blue\n", "--num-samples", "2", "--seed", "1")
    assert [(each["line"], each["sample"]) for each in texts] == [(2, 0), (2, 1), (3, 0), (3, 1)]


@pytest.mark.usefixtures("here")
def test_a_class_on_each_line_gives_a_text(command, answers):
    code, out, err = command("generate", "names", "--seed", "1", stdin="Oro\nElv\nOro\n")
    assert code == 0 and out.count("\n") == 3 and err == ""
    assert command("generate", "names", "--condition", "class=Oro", "--seed", "1")[1] == out.splitlines(True)[0]
    own = answers("names", None, "peoples", "--seed", "1")
    assert len(own) == 80 and own[0]["file"] == "peoples/Elv.txt" and own[-1]["line"] == 40


@pytest.mark.usefixtures("here")
def test_the_most_probable_texts_come_with_their_scores(command, answers):
    for options in (("--beam", "1"), ("--length-penalty", "0"), ("--length-penalty", "1")):
        code, _, err = command("generate", "things", *RED, *options)
        assert code == 0 and "seed" not in err  # nothing is drawn
    (best,) = answers("things", None, *RED, "--beam", "6", "--n-best", "4")
    (greedy,) = answers("things", None, *RED, "--beam", "1")
    scores = [each["score"] for each in best["n_best"]]
    assert scores == sorted(scores, reverse=True) and len({each["answer"] for each in best["n_best"]}) == 4
    assert not greedy["ended"] or scores[0] >= greedy["score"] - 1e-6
    code, out, _ = command("generate", "things", *RED, "--beam", "6", "--n-best", "4")
    assert out.rstrip("\n").split("\t")[::2] == [each["answer"] for each in best["n_best"]]


UNFIT = [  # (conditions, message, hint)
    (("size=3", "colour=pink"), "--condition colour=pink: not among the values of training", "known: red, blue, green"),
    (("size=3", "colour=redd"), "values of training; did you mean red?", "known: red, blue, green"),
    (("size=3", "color=red"), "--condition color=red: no condition is called 'color'", "known: size, colour"),
    (("size=3",), "no value for colour", "add --condition colour=red"),
    (("colour=red",), "no value for size", "add --condition size=NUMBER"),
    (("size=big", "colour=red"), "--condition size=big: not a number", "as in 2.5"),
    (("size=", "colour=red"), "--condition size=: not a number", "as in 2.5"),
    (("size=1e40", "colour=red"), "--condition size=1e40: too far from the numbers of training", "like those"),
    (("size=3", "size=4", "colour=red"), "--condition size is given twice", "once"),
    (("size", "colour=red"), "--condition size: no = in it", "size=VALUE"),
]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("conditions, message, hint", UNFIT)
def test_conditions_that_do_not_fit_are_refused_with_those_that_do(conditions, message, hint, command):
    code, out, err = command("generate", "things", *[part for each in conditions for part in ("--condition", each)])
    assert (code, out, len(err.splitlines())) == (2, "", 2) and message in err and hint in err.splitlines()[1]


@pytest.mark.usefixtures("here")
def test_an_evaluation_tells_how_new_and_how_different_the_texts_are(scores):
    found = scores("names")
    own = {text for texts in names().values() for text in texts}
    held_out = {each["truth"] for each in found["examples"]}
    written = [each["written"] for each in found["examples"]]
    assert found["metrics"]["new"] == np.mean([text not in own - held_out for text in written])
    assert found["metrics"]["distinct"] == len(set(written)) / len(written)
    assert found["baselines"]["nearest"]["new"] == 0 and "copy" not in found["baselines"]
    assert found["metrics"]["recovered"] is None and scores("names") == found
    assert scores("names", "--no-baseline")["metrics"]["new"] is None
    assert any("the texts are samples" in note for note in found["notes"])
    assert any("the texts are the most probable ones" in note for note in scores("names", "--beam", "2")["notes"])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("options", [(), ("--temperature", "0.5"), ("--beam", "3")])
def test_the_true_texts_have_no_part_in_what_is_written(options, scores, saved):
    rows = things()[:20]
    written = []
    for name, table in (("true.csv", rows), ("false.csv", [(*row[:2], f"{row[2][::-1]}??") for row in rows])):
        text = lines(table, "size", "colour", "text", separator=",")
        written.append([each["written"] for each in scores("things", saved(name, text), *options)["examples"]])
    assert written[0] == written[1] and len(set(written[0])) > 1


@pytest.mark.usefixtures("here", "judges")
def test_a_judge_tells_how_often_the_class_is_found_in_the_texts_each_class_counting_alike(scores, command, saved):
    rows = [(name, text) for name, texts in names().items() for text in (texts if name == "Oro" else texts[:9])]
    found = scores("names", saved("some.csv", lines(rows, "class", "text", separator=",")), "--judge", "peoples-judge")
    texts = "".join(f"{each['written']}\n" for each in found["examples"])
    told = [line.split("\t")[0] for line in command("generate", "peoples-judge", stdin=texts)[1].splitlines()]
    shares = [np.mean([one == name for one, (asked, _) in zip(told, rows) if asked == name]) for name in names()]
    assert found["metrics"]["recovered"] == pytest.approx(np.mean(shares)) and len(told) == 49
    assert found["baselines"]["nearest"]["recovered"] > 0.9  # names of training
    assert scores("things", "--judge", "colours-judge")["metrics"]["recovered"] is not None
    assert command("eval", "names", "--judge", "peoples-judge", "--min", "recovered=0")[0] == 0
    assert command("eval", "names", "--judge", "peoples-judge", "--min", "recovered=1.1")[0] == 1
    assert command("eval", "names", "--min", "recovered=0")[0] == 1  # a figure without a value is no pass


@pytest.mark.usefixtures("here", "judges")
def test_a_judge_that_has_not_the_classes_of_a_condition_is_refused(command):
    for run, judge, condition in (
        ("names", "colours-judge", "class"),
        ("things", "peoples-judge", "size, colour"),
        ("names", "plain", "class"),
        ("names", "names", "class"),
    ):
        code, out, err = command("eval", run, "--judge", judge)
        assert (code, out) == (2, "") and f"--judge {judge}: not a classifier of texts" in err
        assert f"values of a condition ({condition})" in err and "hint: train one on the same texts" in err
    assert command("eval", "names", "--judge", "nowhere")[0] == 4


@pytest.mark.usefixtures("here", "judges")
def test_a_condition_that_training_had_not_counts_as_wrong(saved, scores):
    path = saved("new.csv", "class,text\nOro,kato1\nZzz,kato1\n")
    found = scores("names", path, "--judge", "peoples-judge")
    assert found["metrics"]["recovered"] in (0, 0.5) and found["metrics"]["examples"] == 2


@pytest.mark.usefixtures("here")
def test_gates_and_reports_of_descriptions(command, scores):
    metrics = scores("things")["metrics"]
    for option, way in (("--max", 1), ("--min", -1)):
        gates = [f"nats_per_symbol={metrics['nats_per_symbol'] + way * step!r}" for step in (0.001, -0.001)]
        assert [command("eval", "things", option, gate)[0] for gate in gates] == [0, 1]
    code, out, err = command("eval", "things", "--by-length", "--per-example", "--worst", "2")
    assert code == 0 and all(len(line) <= 80 for line in out.splitlines()) and "nearest (source)" in out
    records = [json.loads(line) for line in command("eval", "things", "--format", "jsonl")[1].splitlines()]
    assert records[-1]["metrics"] == metrics
