"""The simple methods beside a model that writes texts: the source itself and the target of the nearest source."""

from types import SimpleNamespace

import numpy as np
import pytest

from rnncli.data.pairs.grams import Grams
from rnncli.tasks.texts import nearest_text as module
from rnncli.tasks.texts.nearest import nearest_cells, text_baselines
from rnncli.tasks.texts.nearest_text import NearestText, grams

SYLLABLES = ("ka", "to", "mi", "ra ", "shen", "dor ", "el", "ü", "名")


def made(number, seed):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(SYLLABLES, rng.integers(1, 9))) for _ in range(number)]


class Some(SimpleNamespace):
    """As much of Examples as the methods read."""

    def __len__(self):
        return len(self.sources)


def examples(sources, targets, form="text", conditions=None):
    return Some(form=form, sources=sources, targets=targets, conditions=conditions)


def answers(train, asked, seed=0):
    found = text_baselines(train, asked, seed, lambda what, done, total: None)
    return {name: each.answers for name, each in found.items()}


def cosines(train, asked):
    """(asked, training texts) cosines of tf-idf of whole vectors."""
    fitted = Grams.fit([list(text) for text in train], 4, "", True, most=10**9)

    def dense(texts):
        rows = np.zeros((len(texts), fitted.size))
        for row, text in zip(rows, texts):
            ids, values = fitted.encode(list(text))
            row[ids] = values
        return rows

    return dense(asked) @ dense(train).T


@pytest.mark.parametrize("common", [0, 0.004, 2])
@pytest.mark.parametrize("at_a_time", [10**9, 200])
def test_the_nearest_has_the_largest_cosine_however_the_products_are_made(monkeypatch, common, at_a_time):
    monkeypatch.setattr(module, "COMMON", common)
    for name in ("CHARACTERS", "SCORES", "PRODUCTS"):
        monkeypatch.setattr(module, name, at_a_time)
    monkeypatch.setattr(module, "ASKED", min(at_a_time, 17))
    train, asked = [*dict.fromkeys(made(300, 1))], made(60, 2)
    rows = NearestText().fit(train).predict(asked)
    found = cosines(train, asked)
    assert found[np.arange(60), rows] == pytest.approx(found.max(axis=1), abs=1e-6)  # float32


def test_a_text_of_training_finds_its_first_place_and_one_without_an_n_gram_finds_any():
    train = ["ab", "cd", "cd", "ef"]
    assert NearestText().fit(train).predict(["cd", "ef", "xyz", ""]).tolist()[:2] == [1, 3]
    assert 0 <= NearestText().fit(train).predict(["", "xyz"]).max() < 4


def test_the_n_grams_of_a_text_are_counted_with_its_edges_and_within_it():
    row, number, tf = grams(["aa", "", "a"])
    assert row.tolist() == sorted(row.tolist())
    # a, <a, aa, a>, <aa, aa>, <aa> of "aa"; <> of ""; a, <a, a>, <a> of "a"
    assert np.bincount(row).tolist() == [7, 1, 4]
    assert tf[row == 0].max() == 2 and len({*number[row == 0]} & {*number[row == 2]}) == 3


def test_more_work_than_is_allowed_draws_some_of_the_training_texts_by_the_seed():
    train = made(200, 3)
    characters = sum(map(len, dict.fromkeys(train)))
    one, same, other = (NearestText(seed, work=characters * 5).fit(train, 50) for seed in (1, 1, 2))
    (note,) = one.notes
    assert "training sources are compared, drawn at random" in note
    asked = made(50, 4)
    assert one.predict(asked).tolist() == same.predict(asked).tolist() != other.predict(asked).tolist()
    assert NearestText().fit(train, 50).notes == []


def test_baselines_of_texts_are_the_source_and_the_target_of_the_nearest_source():
    train = examples(["the cat", "a dog"], ["die Katze", "ein Hund"])
    found = answers(train, examples(["a dog", "the cats"], None))
    assert found == {"copy": ["a dog", "the cats"], "nearest": ["ein Hund", "die Katze"]}


def test_conditions_are_part_of_what_is_near():
    conditions = [("V;PST",), ("V;3;SG",)]
    train = examples(["walk", "walk"], ["walked", "walks"], conditions=conditions)
    found = answers(train, examples(["talk", "talk"], None, conditions=conditions[::-1]))
    assert found["nearest"] == ["walks", "walked"] and found["copy"] == ["talk", "talk"]


def test_features_have_the_target_of_the_row_with_the_most_equal_cells_and_no_copy():
    train = examples(
        [("red", "small", "1"), ("blue", "small", "2"), ("blue", "large", "3")], ["a", "b", "c"], "features"
    )
    asked = examples([("blue", "large", "9"), ("red", "small", "3")], None, "features")
    assert answers(train, asked) == {"nearest": ["c", "a"]}


def test_of_rows_that_are_equally_near_one_is_drawn_by_the_seed():
    train, asked = [("Irish",)] * 50 + [("Oro",)] * 50, [("Irish",)] * 40
    rows = nearest_cells(train, asked, 1)
    assert rows.max() < 50 and len(set(rows.tolist())) > 10
    assert rows.tolist() == nearest_cells(train, asked, 1).tolist() != nearest_cells(train, asked, 2).tolist()


def test_progress_ends_with_all():
    seen = []
    NearestText().fit(made(50, 1)).predict(["zzz", "yyy"], lambda done, total: seen.append((done, total)))
    nearest_cells([("a",)], [("a",), ("b",)], 0, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (2, 2) and (2, 2) in seen[:-1]
