"""Every format of pairs by the commands: trained, evaluated and answered; detected without --task; shared out."""

import json
from pathlib import Path

import pytest
from pair_files import SMALL, curves, features, moods, table

from rnncli.config import read_settings
from rnncli.tasks.classify.task import ClassifyTask
from rnncli.training.run import complete

pytestmark = pytest.mark.usefixtures("apart")
UCR = "".join(
    f"{1 + k % 2}\t" + series.split(":")[0].replace(",", "\t") + "\n" for k, (series, _) in enumerate(curves())
)
FLOWERS = table(features(), "length", "width", "colour", "species", "height")
DIMENSIONS = "@problemName c\n@timeStamps false\n@univariate false\n@dimensions 2\n@equalLength false\n"
WORDS = [[*(["the", "dog", "ran"], ["a", "red", "fox"], ["dogs", "ran"])[k % 3], f"x{k}"] for k in range(30)]
CONLL_U = "".join(
    "# text\n"
    + "".join(f"{n}\t{w}\t{w}\t{'VERB' if w == 'ran' else 'NOUN'}" + "\t_" * 6 + "\n" for n, w in enumerate(s, 1))
    for s in WORDS
).replace("# text", "\n# text")
TAGS = [["VERB" if word == "ran" else "NOUN" for word in words] for words in WORDS]
CASES = {  # name: (task found without --task, or None where it has to be said, files, options, new lines, answers)
    "a text, a tab and a class": (
        "classify",
        {"a.tsv": "".join(f"{a}\t{y}\n" for a, y in moods())},
        (),
        "good\n\nbad\n",
        3,
    ),
    "CSV by names that are known": (
        "classify",
        {"a.csv": table([(str(k), f'"{a}, so"', y) for k, (a, y) in enumerate(moods())], "id", "review", "sentiment")},
        (),
        "review\ngood\nbad\n",
        2,
    ),
    "CSV by names that are given": (
        None,
        {"a.csv": table([(a, "x", y) for a, y in moods()], "alpha", "beta", "gamma", separator=";")},
        ("--task", "classify", "--source", "alpha", "--target", "gamma"),
        "beta;alpha\nx;good\n",
        1,
    ),
    "CSV by numbers": (
        None,
        {"a.csv": table([(a, "x", y) for a, y in moods()], "alpha", "beta", "gamma")},
        ("--task", "classify", "--source", "1", "--target", "3"),
        "beta,alpha\nx,good\n",
        1,
    ),
    "JSON lines": (
        "classify",
        {"a.jsonl": "".join(json.dumps({"text": a, "label": y}) + "\n" for a, y in moods())},
        (),
        '{"text": "good"}\n\n{"text": "bad"}\n',
        3,
    ),
    "JSON lines with numbers": (
        "regress",
        {"a.jsonl": "".join(json.dumps({"text": a, "score": k / 7}) + "\n" for k, (a, _) in enumerate(moods()))},
        (),
        '{"text": "good"}\n',
        1,
    ),
    "JSON lines with series": (
        "classify",
        {
            "a.jsonl": "".join(
                json.dumps({"x": [[k % 2, t] for t in range(4 + k % 3)], "label": f"c{k % 2}"}) + "\n"
                for k in range(30)
            )
        },
        (),
        '{"x": [[1, 2]]}\n{"x": [[1, 2], [3, 4]]}\n',
        2,
    ),
    "fastText": ("classify", {"a.txt": "".join(f"__label__{y} {a}\n" for a, y in moods())}, (), "good\n\nbad\n", 3),
    "a class and a fine one": (
        "classify",
        {"a.label": "".join(f"{y.upper()}:x{k % 3} {a}\n" for k, (a, y) in enumerate(moods()))},
        (),
        "good\nbad\n",
        2,
    ),
    "the fine class": (
        "classify",
        {"a.label": "".join(f"{y.upper()}:x{k % 3} {a}\n" for k, (a, y) in enumerate(moods()))},
        ("--target", "fine"),
        "good\nbad\n",
        2,
    ),
    "a folder with a file a class": (
        None,
        {f"names/{c}.txt": "".join(f"{a}\n" for a, y in moods() if y == c) for c in ("glad", "sad")},
        ("--task", "classify"),
        "good\n\nbad\n",
        3,
    ),
    "CoNLL": (
        "label",
        {"a.conll": "".join("".join(f"{w} {t}\n" for w, t in zip(*each)) + "\n" for each in zip(WORDS, TAGS))},
        ("--spelling-size", "4"),
        "the\ndog\n\nran\n",
        4,
    ),
    "CoNLL-U": ("label", {"a.conllu": CONLL_U.lstrip("\n")}, ("--spelling-size", "0"), "the\ndog\n\nran\n", 4),
    "words in JSON": (
        "label",
        {"a.jsonl": "".join(json.dumps({"words": w, "tags": t}) + "\n" for w, t in zip(WORDS, TAGS))},
        ("--spelling-size", "4"),
        '{"words": ["dog", "ran"]}\n',
        1,
    ),
    "sentences and labels in two cells": (
        None,
        {"a.tsv": "".join(f"{' '.join(w)}\t{' '.join(t)}\n" for w, t in zip(WORDS, TAGS))},
        ("--task", "label", "--spelling-size", "4"),
        "the dog\n\nran\n",
        3,
    ),
    ".ts with dimensions and lengths": (
        "classify",
        {"a.ts": DIMENSIONS + "@classLabel true down up\n@data\n" + "".join(f"{s}:{y}\n" for s, y in curves())},
        ("--segment", "2"),
        "1,2,3:3,2,1\n1:2\n",
        2,
    ),
    ".ts with numbers": (
        "regress",
        {
            "a.ts": DIMENSIONS
            + "@targetLabel true\n@data\n"
            + "".join(f"{s}:{k / 4}\n" for k, (s, _) in enumerate(curves()))
        },
        (),
        "@data\n1,2,3:3,2,1\n1:2\n",
        2,
    ),
    ".ts without a word of its answers": (
        "classify",
        {"a.ts": DIMENSIONS + "@data\n" + "".join(f"{s}:{y}\n" for s, y in curves())},
        (),
        "1,2,3:3,2,1\n",
        1,
    ),
    "UCR": ("classify", {"a_TRAIN.tsv": UCR}, (), "0.5\t1.5\t2.5\n0.1\t0.2\n", 2),
    "features and a class": (
        None,
        {"a.csv": FLOWERS},
        ("--task", "classify", "--source", "length,width,colour", "--target", "species"),
        "colour,width,length\nr,1,2\n",
        1,
    ),
    "features found beside the class": (
        None,
        {"a.csv": FLOWERS},
        ("--task", "classify", "--target", "species"),
        "height,colour,width,length\n1,r,1,2\n",
        1,
    ),
    "features and numbers": (
        None,
        {"a.csv": FLOWERS},
        ("--task", "regress", "--source", "length,colour", "--target", "height,width"),
        "colour,length\nr,1\n,\n",
        2,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_format_is_trained_evaluated_and_answered(case, command, saved):
    task, files, options, new, count = CASES[case]
    names = [saved(name, text) for name, text in files.items()]
    data = str(Path(names[0]).parent) if len(names) > 1 else names[0]
    code, _, err = command("train", data, *options, "--test-frac", "0.2", *SMALL, "-o", "r")
    assert code == 0, err
    assert f"\ntask: {task or options[1]}\n" in "\n" + Path("r/config.yaml").read_text()
    for where in (("--split", "val"), ("--split", "test"), (data,)):
        code, out, err = command("eval", "r", *where, "--format", "json")
        assert code == 0, err
        found = json.loads(out, parse_constant=pytest.fail)
        assert found["baselines"] and all("in training" in each for each in found["warnings"]), err
    for source in (("-",), (saved("new.txt", new),)):
        code, out, err = command("generate", "r", *source, stdin=new)
        assert code == 0 and len(out.splitlines()) == count, err
    assert command("generate", "r", data)[0] == 0


def test_the_columns_that_were_found_are_noted_and_asked_for_again(command, saved):
    rows = [(str(k), f'"{"ABCDE"[k % 5]}, Mr. {k}"', *row[:4]) for k, row in enumerate(features())]
    saved("a.csv", table(rows, "RowId", "Name", "length", "width", "colour", "species"))
    code, _, err = command("train", "a.csv", "--task", "classify", "--target", "species", *SMALL[:-1], "-o", "r")
    assert code == 0, err
    assert "source: length, width, colour; left aside: RowId, Name (--source names the columns to read)" in err
    code, out, err = command("generate", "r", stdin="colour,length,width\nr,1,2\n")
    assert code == 0 and len(out.splitlines()) == 1 and "left aside" not in err


def test_several_texts_are_read_as_one(command, saved):
    rows = [(a, f"{y} indeed {k}", y) for k, (a, y) in enumerate(moods())]
    saved("a.csv", table(rows, "head", "body", "mood"))
    code, _, err = command(
        "train", "a.csv", "--task", "classify", "--source", "head,body", "--target", "mood", *SMALL[:-1], "-o", "r"
    )
    assert code == 0 and "source: head, body, joined into one text" in err and "source: words" in err
    assert command("generate", "r", stdin="body,head\nso,good\n")[0] == 0


def test_numbers_with_decimal_commas_are_trained_and_answered(command, saved):
    rows = "".join(f"{a};{b};{y}\n".replace(".", ",") for a, b, _, _, y in features())
    options = ("--task", "regress", "--target", "height", *SMALL[:-1], "-o", "r")
    code, _, err = command("train", saved("a.csv", "length;width;height\n" + rows), *options)
    assert code == 0 and "numbers are read with a decimal comma" in err
    comma, point = command("generate", "r", stdin="length;width\n0,5;1,5\n"), "width,length\n1.5,0.5\n"
    assert comma[0] == 0 and comma[1] == command("generate", "r", stdin=point)[1]


def test_files_for_validation_and_test_are_read_as_the_others_and_what_overlaps_is_counted(command, saved):
    rows = [f"{a}\t{y}\n" for a, y in moods()]
    (
        saved("a.tsv", "".join(rows)),
        saved("v.tsv", rows[0] + "quite new\tsad\n"),
        saved("t.tsv", "another\tglad\nmore\tsad\n"),
    )
    code, _, err = command("train", "a.tsv", "--val", "v.tsv", "--test", "t.tsv", *SMALL[:-1], "-o", "r")
    assert code == 0 and "train: 30 examples of a.tsv" in err and "val: 2 examples of v.tsv" in err
    assert "1 of 2 val examples also stands in training" in err and "0 of 2 test examples also stand" in err
    assert "1 of 2 examples also stands in training" in "".join(command("eval", "r", "--split", "val")[1:])
    assert "30 of 30 examples also stand in training" in "".join(command("eval", "r", "a.tsv")[1:])


def test_pairs_that_repeat_and_classes_with_one_example_are_noted(command, saved):
    rows = [f"{a}\t{y}\n" for a, y in moods()]
    code, _, err = command("train", saved("a.tsv", "".join(rows) + rows[0] + "odd\tnew\n"), *SMALL[:-1], "-o", "r")
    assert code == 0
    assert "note: 1 example repeats an earlier pair" in err and "note: 1 class has a single example: new" in err


def splits_of(file, **settings):
    """{split: (sources, classes, groups)}"""
    given = {"task": "classify", "data.files": [file], "seed": 1, "data.test_frac": 0.3}
    given |= {name.replace("__", "."): value for name, value in settings.items()}
    splits = ClassifyTask.load(complete(read_settings(overrides=given))).data.splits
    return {name: (each.sources, each.targets, each.groups) for name, each in splits.items()}


def test_equal_sources_stay_together_and_every_class_gives_its_share(saved):
    rows = [(f"text {k % 40} of {'abc'[k % 3]}", "abc"[k % 3]) for k in range(240)]
    found = splits_of(saved("a.tsv", "".join(f"{a}\t{y}\n" for a, y in rows)), data__val_frac=0.2)
    sources = [set(each[0]) for each in found.values()]
    assert sum(map(len, sources)) == len(set.union(*sources)) and list(found) == ["train", "val", "test"]
    for (_, classes, _), share in zip(found.values(), (0.5, 0.2, 0.3)):
        assert all(abs(classes.count(name) - 80 * share) <= 2 for name in "abc")


def test_the_same_seed_gives_the_same_split_and_another_one_another(saved):
    file = saved("a.tsv", "".join(f"{a}\t{y}\n" for a, y in moods(60)))
    assert splits_of(file) == splits_of(file, optim__lr=0.5) != splits_of(file, seed=2)


def test_a_group_is_in_one_split_only(saved):
    rows = [(f"author{k // 6}", f"{a} {k}", y) for k, (a, y) in enumerate(moods(120))]
    found = splits_of(saved("a.csv", table(rows, "author", "text", "label")), pairs__group="author", data__val_frac=0.2)
    authors = [set(groups) for _, _, groups in found.values()]
    assert len(authors) == 3 and sum(map(len, authors)) == len(set.union(*authors)) == 20


def test_a_model_trained_with_groups_reads_files_without_them(command, saved):
    rows = [(f"author{k // 2}", a, y) for k, (a, y) in enumerate(moods(60))]
    saved("a.csv", table(rows, "author", "text", "label"))
    assert command("train", "a.csv", "--group", "author", *SMALL, "-o", "r")[0] == 0
    assert command("eval", "r")[0] == 0
    assert command("eval", "r", saved("b.csv", "text,label\ngood,glad\nbad,sad\n"))[0] == 0
    assert command("generate", "r", saved("c.csv", "text\ngood\nbad\n"))[1].count("\n") == 2


def test_groups_too_large_for_the_share_are_noted(command, saved):
    rows = [(f"author{k % 2}", a, y) for k, (a, y) in enumerate(moods())]
    saved("a.csv", table(rows, "author", "text", "label"))
    code, _, err = command("train", "a.csv", "--group", "author", *SMALL[:-1], "-o", "r")
    assert code == 0 and "no val examples: equal sources stay together, and 10 % of 30 examples is less" in err
