"""Examples whose answers are texts, shared out to training, validation and test."""

from types import SimpleNamespace

import pytest

from rnncli.errors import DataError
from rnncli.tasks.pairs.data import keys, load_pairs, read_pairs
from rnncli.tasks.reading import TableConfig


def config(*files, val_frac=0.2, test_frac=0.0, **pairs):
    """What `load_pairs` reads of a Config."""
    given = {name: () for name in ("source", "target", "condition", "val", "test")}
    given |= {"group": None, "format": "auto", "header": "auto"} | pairs
    data = {"files": files, "encoding": "utf-8", "val_frac": val_frac, "test_frac": test_frac}
    return SimpleNamespace(table=TableConfig(), pairs=SimpleNamespace(**given), data=SimpleNamespace(**data), seed=1)


def test_equal_sources_stand_in_one_split_and_a_share_is_held_out(write):
    path = write("".join(f"source {k // 3}\ttext {k}\n" for k in range(300)))
    data = load_pairs(config(path, test_frac=0.1), "text")
    sizes = {name: len(examples) for name, examples in data.splits.items()}
    assert sizes == {"train": 210, "val": 60, "test": 30}
    sources = [set(examples.sources) for examples in data.splits.values()]
    assert not sources[0] & sources[1] and not sources[0] & sources[2] and not sources[1] & sources[2]


def test_conditions_go_with_their_examples_and_belong_to_what_is_asked(write):
    rows = [f"lemma{k}\tform{k} {tag}\t{tag}\n" for k in range(50) for tag in ("PST", "PRS")]
    more = [f"lemma{k}\tother\tFUT\n" for k in range(50)]
    path, val = write("".join(rows)), write("".join(more), "val.tsv")
    columns = {"source": ("1",), "target": ("2",), "condition": ("3",)}
    data = load_pairs(config(path, **columns), "text")
    for examples in data.splits.values():
        assert all(text.endswith(tag) for text, (tag,) in zip(examples.targets, examples.conditions))
    held = load_pairs(config(path, val=(val,), **columns), "text")
    assert len(held.splits["val"]) == 50 and held.warnings == ()
    assert "0 of 50 val examples also stand in training" in held.notes  # the words do, but not with this condition
    assert keys(held.splits["val"])[0] == ("lemma0", ("FUT",))
    del columns["condition"]
    assert (
        "50 of 50 val examples also stand in training"
        in load_pairs(config(path, val=(val,), **columns), "text").warnings
    )


def test_two_files_belong_to_each_split(write):
    files = {
        name: [write(f"{name} a\n{name} b\n", f"{name}.{end}") for end in ("en", "de")]
        for name in ("train", "dev", "t")
    }
    data = load_pairs(config(*files["train"], val=tuple(files["dev"]), test=tuple(files["t"])), "text")
    assert [examples.sources[0] for examples in data.splits.values()] == ["train a", "dev a", "t a"]
    assert data.splits["test"].files == ("t.en", "t.de") and data.reading["format"] == "parallel"
    assert data.where["val"] == "2 examples of dev.en, dev.de"
    with pytest.raises(DataError) as caught:
        load_pairs(config(*files["train"], val=("dev.en",)), "text")
    assert "--val" in caught.value.hint


def test_of_descriptions_equal_texts_stay_together_and_each_class_has_its_share(write):
    for number, name in enumerate(("Arabic", "Czech", "Irish")):
        write("".join(f"name{number}{k // 2}\n" for k in range(200 * (number + 1))), f"names/{name}.txt")
    data = load_pairs(config("names", val_frac=0.1), "description")
    train, val = (data.splits[name] for name in ("train", "val"))
    assert not set(train.targets) & set(val.targets)
    assert [val.sources.count((name,)) for name in ("Arabic", "Czech", "Irish")] == [20, 40, 60]
    assert data.warnings == () and not any("stand in training" in note for note in data.notes)


def test_texts_that_stand_in_training_are_told_of_held_out_descriptions(write):
    path = write("".join(f"{'AB'[k % 2]}\tname {k}\n" for k in range(60)))
    val = write("A\tname 1\nB\tname 99\nB\tname 98\n", "val.tsv")
    data = load_pairs(config(path, val=(val,)), "description")
    assert "1 of 3 val examples also stands in training" in data.warnings


def test_features_that_hardly_repeat_are_shared_out_by_chance(write):
    rows = "".join(f"{k / 7:.3f},{k % 9},a text of number {k}\n" for k in range(100))
    data = load_pairs(config(write("size,rank,text\n" + rows, "a.csv"), val_frac=0.2), "description")
    assert len(data.splits["val"]) == 20


def test_the_reading_of_training_gives_sources_with_conditions(write):
    path = write("go\twent\tPST\nsee\tsees\tPRS\n")
    settings = config(path, val_frac=0.0, source=("1",), target=("2",), condition=("3",))
    reading = load_pairs(settings, "text").reading
    stored = {name: list(value) if isinstance(value, tuple) else value for name, value in reading.items()}
    examples = read_pairs([write("be\tPST\n", "new.tsv")], settings, "text", stored, target_required=False)
    assert examples.sources == ["be"] and examples.conditions == [("PST",)]
