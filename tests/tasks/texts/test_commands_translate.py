"""`rnncli train` and `eval` of texts for texts: every format, every kind of model, figures, gates, pictures."""

import json
import shutil

import numpy as np
import pytest
from text_files import TINY, forms, lines, numbers, objects

from rnncli.storage.model_files import load_model
from rnncli.tasks.texts.edits import distance
from rnncli.tasks.texts.metric_names import text_metric_names

NUMBERS = [(str(k), *pair) for k, pair in enumerate(numbers())]
PAIRS = [pair for _, *pair in NUMBERS]
FORMATS = {  # name: ({file: its text}, options)
    "a header": ({"a.tsv": lines(PAIRS, "english", "spanish")}, ()),
    "CSV with a column of numbers": ({"a.csv": lines(NUMBERS, "id", "source", "target", separator=",")}, ()),
    "CSV by names": (
        {"a.csv": lines(NUMBERS, "k", "alpha", "beta", separator=";")},
        ("--task", "translate", "--source", "alpha", "--target", "beta"),
    ),
    "CSV by numbers": (
        {"a.csv": lines(NUMBERS, "k", "alpha", "beta", separator=",")},
        ("--task", "translate", "--source", "2", "--target", "3"),
    ),
    "JSON lines": ({"a.jsonl": objects(NUMBERS, "id", "src", "tgt")}, ()),
    "two files, line for line": (
        {"a.en": lines([[english] for english, _ in PAIRS]), "a.es": lines([[spanish] for _, spanish in PAIRS])},
        (),
    ),
}
MODELS = {
    "no attention": ("--attention", "none"),
    "additive attention": ("--attention", "additive"),
    "dot attention, one way": ("--attention", "dot", "--no-bidirectional"),
    "symbols": ("--target-tokens", "symbol"),
    "words": ("--target-tokens", "word", "--tokens", "word"),
    "bytes": ("--target-tokens", "byte", "--tokens", "byte"),
    "two layers": ("--cell", "lstm", "--num-layers", "2", "--set", "model.layer_norm=true", "--dropout", "0.3"),
    "two layers without attention": ("--cell", "rnn", "--hidden-size", "8,6", "--attention", "none"),
    "smoothed": ("--label-smoothing", "0.1", "--set", "model.dropout_input=0.2", "--batch-size", "7"),
}


@pytest.fixture(scope="module")
def of_a_table(text_runs):
    """(the weights of a run of TINY on `numbers.tsv`, its texts for some lines)"""
    from rnncli.cli.main import main

    folder = text_runs / "of_a_table"
    assert main(["train", str(text_runs / "numbers.tsv"), *TINY, "-o", str(folder)]) == 0
    return folder


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("format", FORMATS)
def test_the_same_pairs_in_any_format_give_the_same_model(format, command, saved, of_a_table):
    files, options = FORMATS[format]
    for name, text in files.items():
        saved(name, text)
    code, _, err = command("train", *files, *options, *TINY, "-o", "r")
    assert code == 0, err
    assert load_model("r").theta.tobytes() == load_model(of_a_table).theta.tobytes()
    figures = [json.loads(command("eval", run, "--format", "json")[1])["metrics"] for run in ("r", of_a_table)]
    assert figures[0] == figures[1]
    assert command("eval", "r", *files, "--no-baseline", "--format", "json")[0] == 0
    texts = [command("generate", run, stdin="one two\n\nnine\n")[:2] for run in ("r", of_a_table)]
    assert texts[0] == texts[1] and texts[0][1].count("\n") == 3


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("model", MODELS)
def test_every_kind_of_model_is_trained_scored_and_writes(model, command, scores, answers, tmp_path):
    run = tmp_path / "r"
    code, _, err = command("train", "numbers.tsv", *TINY, *MODELS[model], "-o", run)
    assert code == 0, err
    found = scores(run)
    assert tuple(found["metrics"]) == text_metric_names() and found["metrics"]["nats_per_symbol"] > 0
    for options in ((), ("--beam", "3"), ("--num-samples", "2", "--seed", "1")):
        texts = answers(run, "one two\nnine\n\n", *options)
        assert len(texts) == (6 if "--seed" in options else 3) and all(each["score"] <= 0 for each in texts)
        assert all(isinstance(each["answer"], str) and "\ufffd" not in each["answer"] for each in texts)
    assert command("eval", run, "--no-baseline", "--by-length", "--worst", "2")[0] == 0


@pytest.mark.usefixtures("apart")
def test_conditions_decide_the_text_together_with_the_source(command, saved, answers, scores):
    rows = [(source, "out" if k % 2 else "in", 2 * source if k % 2 else "z") for k in range(120) for source in "abc"]
    saved("a.tsv", lines(rows, "source", "way", "target"))
    options = (*TINY, "--hidden-size", "12", "--lr", "0.05", "--max-steps", "80", "--task", "translate")
    code, _, err = command("train", "a.tsv", "--condition", "way", *options, "-o", "r")
    assert code == 0 and "left aside" not in err, err
    found = answers("r", "source\tway\na\tin\na\tout\nb\tout\nb\tin\n")
    assert [each["answer"] for each in found] == ["z", "aa", "bb", "z"]
    assert scores("r", "a.tsv")["metrics"]["exact_match"] == 1
    assert scores("r", "a.tsv")["baselines"]["nearest"]["exact_match"] == 1  # the nearest with its condition


@pytest.mark.usefixtures("apart")
def test_files_for_validation_and_test_are_read_as_the_others_and_what_overlaps_is_counted(command, saved, scores):
    saved("a.tsv", lines(PAIRS)), saved("v.tsv", lines([PAIRS[3], ("eleven", "once")]))
    saved("t.en", "ten\ntwelve\nnine\n"), saved("t.es", "diez\ndoce\nnueve\n")
    code, _, err = command("train", "a.tsv", "--val", "v.tsv", "--test", "t.en,t.es", *TINY[:-1], "-o", "r")
    assert code == 0, err
    assert "train: 60 examples of a.tsv" in err and "val: 2 examples of v.tsv" in err and "test: 3 examples" in err
    assert "1 of 2 val examples also stands in training" in err and "0 of 3 test examples also stand" in err
    assert [each["truth"] for each in scores("r")["examples"]] == ["diez", "doce", "nueve"]
    assert scores("r", "--split", "val")["heading"] == "val: 2 examples"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("run", ["plain", "forms"])
def test_the_figures_are_those_of_the_examples(run, scores, command):
    found = scores(run)
    examples, metrics = found["examples"], found["metrics"]
    edits = [distance([*each["written"]], [*each["truth"]]) for each in examples]
    assert edits == [each["edits"] for each in examples] and metrics["examples"] == len(examples)
    assert metrics["symbol_error_rate"] == pytest.approx(sum(edits) / sum(len(each["truth"]) for each in examples))
    assert metrics["exact_match"] == np.mean([each["written"] == each["truth"] for each in examples])
    symbols = sum(len(each["truth"]) + 1 for each in examples)
    assert metrics["nats_per_symbol"] == pytest.approx(sum(each["nats"] for each in examples) / symbols)
    assert set(found["baselines"]) == {"copy", "nearest"} and len(found["most_wrong"]) == 3
    records = [json.loads(line) for line in command("eval", run, "--per-example", "--format", "jsonl")[1].splitlines()]
    assert records[-1]["metrics"] == metrics
    assert [each["written"] for each in records if each["record"] == "example"] == [
        each["written"] for each in examples
    ]


@pytest.mark.usefixtures("here")
def test_on_the_training_data_the_nearest_source_is_the_source_itself(scores):
    found = scores("plain", "numbers.tsv")
    assert found["baselines"]["nearest"]["exact_match"] == 54 / 60  # six are for validation
    assert found["baselines"]["copy"]["exact_match"] == 0
    assert any("54 of 60 examples also stand in training" in text for text in found["warnings"] + found["notes"])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("options", [(), ("--beam", "4"), ("--beam", "3", "--length-penalty", "0.2")])
@pytest.mark.parametrize("run", ["plain", "blind", "forms"])
def test_an_evaluation_writes_what_generate_writes_and_sees_no_target(run, options, scores, saved, command):
    rows, header = (forms(), [("lemma", "features", "form")]) if run == "forms" else (PAIRS, [])
    rows = rows[:24]
    scrambled = [(*row[:-1], other[-1][::-1] + "?") for row, other in zip(rows, rows[7:] + rows[:7])]
    written = []
    for name, table in (("true.tsv", rows), ("false.tsv", scrambled)):
        found = scores(run, saved(name, lines(header + table)), "--no-baseline", *options)
        written.append([each["written"] for each in found["examples"]])
    assert written[0] == written[1]
    sources = saved("sources.tsv", lines([row[:-1] for row in header + rows]))
    assert command("generate", run, sources, *options)[1].splitlines() == written[0]


@pytest.mark.usefixtures("here")
def test_gates_decide_both_ways(command, scores):
    metrics = scores("plain")["metrics"]
    for name, option, way in (("exact_match", "--min", -1), ("symbol_error_rate", "--max", 1)):
        assert command("eval", "plain", option, f"{name}={metrics[name]!r}")[0] == 0
        assert command("eval", "plain", option, f"{name}={metrics[name] + way * 0.001!r}")[0] == 0
        code, _, err = command("eval", "plain", option, f"{name}={metrics[name] - way * 0.001!r}")
        assert code == 1 and f"{option.strip('-')} {name}" in err
    error, found = metrics["symbol_error_rate"], scores("plain")["baselines"]
    for name in ("copy", "nearest"):
        beaten = error < found[name]["symbol_error_rate"]
        assert command("eval", "plain", "--beat-baseline", name)[0] == (0 if beaten else 1)


@pytest.mark.usefixtures("here")
def test_the_report_is_text_of_80_columns_with_the_model_between_its_baselines(command, saved):
    path = saved(
        "odd.tsv", "one two\t\x1b[31mred\x07 \u202e x\n" + lines(PAIRS[:5]) + "x" * 3000 + "\t" + "y" * 400 + "\n"
    )
    code, out, err = command("eval", "plain", path, "--by-length", "--per-example", "--worst", "3")
    assert code == 0 and all(len(line) <= 80 for line in out.splitlines()), err
    assert all(name in out for name in ("copy (the source)", "nearest (source)", "model", "characters", "most wrong"))
    assert not set("\x1b\x07\u202e") & set(out + err)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ["picture.png", "picture.svg"])
def test_pictures_are_drawn(name, command, tmp_path):
    pytest.importorskip("matplotlib")
    code, _, err = command("eval", "plain", "--plot", tmp_path / name)
    assert code == 0 and (tmp_path / name).stat().st_size > 1000, err
    assert command("eval", "plain", "--plot", tmp_path / "picture.xyz")[0] == 2


@pytest.mark.usefixtures("here")
def test_without_the_training_data_a_file_is_scored_and_a_baseline_cannot_be_beaten(command, monkeypatch, tmp_path):
    shutil.copytree("plain", tmp_path / "run"), shutil.copy("numbers.tsv", tmp_path / "new.tsv")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rnncli.storage.origin._places", lambda path: (None, ()))  # as if that folder were gone
    code, out, err = command("eval", "run", "new.tsv", "--format", "json")
    assert code == 0 and not json.loads(out)["baselines"] and err.startswith("warning: no simple methods beside")
    assert command("eval", "run", "new.tsv", "--beat-baseline", "nearest")[:2] == (3, "")
    code, _, err = command("eval", "run", "new.tsv", "--no-baseline")
    assert code == 0 and "simple methods" not in err


@pytest.mark.usefixtures("here")
def test_sources_with_several_true_texts_are_compared_with_all_of_them(command, saved, scores):
    written = command("generate", "plain", stdin="one two\n")[1].rstrip("\n")
    found = scores("plain", saved("several.tsv", lines([("one two", "xxx"), ("one two", written), ("nine", "y")])))
    assert [each["exact"] for each in found["examples"]] == [True, True, False]
    assert any("2 of 3 examples have a source with several true texts" in note for note in found["notes"])
