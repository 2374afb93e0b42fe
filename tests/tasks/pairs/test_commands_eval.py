"""`rnncli eval` of the tasks of pairs: labels never seen, figures without a value, gates, formats, pictures."""

import importlib.util
import json
import shutil

import pytest

pytestmark = pytest.mark.usefixtures("here")
STRANGE = "a good day\tglad\na bad night\tmad\nso so\tmad\nquite\tnew\n"


def strictly(text):
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_classes_that_training_had_not_count_as_wrong_and_are_listed_by_name_and_line(command, saved):
    path = saved("strange.tsv", STRANGE)
    code, out, err = command("eval", "text", path)
    assert code == 0 and "mad (unseen)" in out
    assert (
        "warning: 3 examples with a class that the model never saw count as wrong: "
        "'mad' (strange.tsv:2), 'new' (strange.tsv:4)" in err
    )
    found = strictly(command("eval", "text", path, "--format", "json")[1])
    assert found["metrics"]["unseen_labels"] == 3 and found["metrics"]["accuracy"] in (0, 0.25)
    unseen = [each for each in found["classes"] if not each["seen"]]
    assert [(each["class"], each["n"], each["recall"], each["precision"]) for each in unseen] == [
        ("mad", 2, 0, None),
        ("new", 1, 0, None),
    ]


def test_gates_count_what_was_never_seen(command, saved):
    path = saved("strange.tsv", STRANGE)
    assert command("eval", "text", path, "--min", "accuracy=0")[0] == 0
    assert command("eval", "text", path, "--min", "accuracy=0.5")[0] == 1
    assert command("eval", "text", path, "--max", "unseen_labels=2")[0] == 1
    only = saved("only.tsv", "one\tmad\ntwo\tnew\n")
    code, out, err = command("eval", "text", only, "--max", "nats=9", "--format", "json")
    assert code in (1, 2) and "nats" in err  # a figure without a value is no pass
    found = strictly(command("eval", "text", only, "--format", "json")[1])
    assert found["metrics"].get("nats") is None and found["metrics"]["accuracy"] == 0


def test_labels_of_words_that_training_had_not_count_as_wrong(command, saved):
    path = saved("strange.conll", "the\tDET\ndog\tWHAT\n\nran\tVERB\n\n")
    code, out, err = command("eval", "words", path)
    assert code == 0 and "that the model never saw counts as wrong: 'WHAT' (strange.conll:" in err
    found = strictly(command("eval", "words", path, "--format", "json")[1])
    assert found["metrics"]["accuracy"] <= 2 / 3 and any(each["class"] == "WHAT" for each in found["tags"])


def test_figures_that_have_no_value_are_null(command, saved):
    path = saved("one.csv", "length,width,colour,height\n1,0.5,r,2\n")
    found = strictly(command("eval", "features", path, "--format", "json")[1])
    assert found["metrics"]["rmse"] > 0 and None in found["metrics"].values()
    lines = command("eval", "features", path, "--format", "jsonl")[1].splitlines()
    assert [strictly(line) for line in lines][-1]["metrics"] == found["metrics"]
    assert command("eval", "features", path)[0] == 0


@pytest.mark.parametrize("run", ["text", "numbers", "series", "features", "words"])
def test_without_the_training_data_a_file_is_scored_and_a_baseline_cannot_be_beaten(
    run, command, monkeypatch, tmp_path, pair_runs
):
    file = {"text": "moods.tsv", "numbers": "scores.tsv", "series": "curves.ts", "features": "flowers.csv"}.get(run)
    shutil.copytree(run, tmp_path / "run"), shutil.copy(file or "tags.conll", tmp_path / "new")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rnncli.storage.origin._places", lambda path: (None, ()))  # as if that folder were gone
    code, out, err = command("eval", "run", "new", "--format", "json")
    found = strictly(out)
    assert code == 0 and not found["baselines"] and found["metrics"] and "Traceback" not in err
    assert err.startswith("warning: no simple methods beside the model: the data that run/model.safetensors was ")
    name = {"numbers": "mean", "features": "mean", "words": "frequent"}.get(run, "majority")
    code, out, err = command("eval", "run", "new", "--beat-baseline", name)
    assert (code, out) == (3, "") and "hint: " in err  # not 1: nothing was compared
    assert command("eval", "run", "new", "--no-baseline")[::2] == (0, "")
    assert command("eval", "run")[0] == 3


def test_figures_of_json_lines_are_those_of_json_and_every_example_is_there(command, saved):
    options = (saved("strange.tsv", STRANGE), "--per-example", "--confusion", "--worst", "2", "--by-length")
    lines = [strictly(line) for line in command("eval", "text", *options, "--format", "jsonl")[1].splitlines()]
    whole = strictly(command("eval", "text", *options, "--format", "json")[1])
    kinds = [line["record"] for line in lines]
    assert kinds[-1] == "total" and kinds.count("example") == len(whole["examples"]) == 4
    assert lines[-1]["metrics"] == whole["metrics"] and len(whole["most_wrong"]) == 2
    assert [each["where"] for each in whole["examples"]] == [f"strange.tsv:{k + 1}" for k in range(4)]


def test_texts_of_strangers_are_safe_in_reports(command, saved):
    path = saved("odd.tsv", "\x1b[31mred\x07 \u202e day\tglad\nbad\t\x1b[0mmad\nworse\tsad\n")
    for options in ((), ("--confusion", "--per-class", "--per-example", "--worst", "3")):
        code, out, err = command("eval", "text", path, *options)
        assert code == 0 and not set("\x1b\x07\u202e") & set(out + err)
    half = saved("half.jsonl", '{"text": "\\ud800 day", "label": "\\ud800"}\n{"text": "bad", "label": "sad"}\n')
    for form in ("text", "json", "jsonl"):
        assert command("eval", "text", half, "--worst", "2", "--per-example", "--format", form)[0] == 0


def test_a_labelled_file_of_another_format_is_scored(command, saved):
    lines = "".join(
        json.dumps({"text": text, "label": label}) + "\n" for text, label in (("a good day", "glad"), ("bad", "sad"))
    )
    code, out, err = command("eval", "text", saved("other.jsonl", lines), "--format", "json")
    assert code == 0 and strictly(out)["metrics"]["examples"] == 2 and "read as JSON lines" in err + out
    code, out, _ = command(
        "eval", "jsonl", saved("other.ft", "__label__glad a good day\n__label__sad bad\n"), "--format", "json"
    )
    assert code == 0 and strictly(out)["metrics"]["examples"] == 2
    listed = saved("list.jsonl", '{"x": [[1, 3], [2, 2]], "label": "up"}\n{"x": [[1, 3]], "label": "down"}\n')
    assert strictly(command("eval", "series", listed, "--format", "json")[1])["metrics"]["examples"] == 2


@pytest.mark.parametrize("run", ["text", "numbers", "words"])
@pytest.mark.parametrize("name", ["picture.png", "picture.svg"])
def test_pictures_are_drawn(run, name, command, tmp_path):
    if importlib.util.find_spec("matplotlib") is None:
        pytest.skip("pictures need matplotlib")
    path = tmp_path / name
    code, _, err = command("eval", run, "--plot", path)
    assert code == 0 and path.stat().st_size > 1000, err
    assert command("eval", run, "--plot", tmp_path / "picture.xyz")[0] == 2
