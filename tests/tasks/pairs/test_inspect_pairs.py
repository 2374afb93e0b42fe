"""`inspect` of models that read a source: their units step by step, and what these follow."""

from types import SimpleNamespace

import numpy as np
import pytest
from inspecting import check_finding, inspected, shaded_of
from pair_files import FILES

from rnncli.cli.command_output import CommandOutput
from rnncli.data.pairs.batches import Coded
from rnncli.data.pairs.examples import Examples
from rnncli.errors import ConfigError
from rnncli.laboratory.drawings import Curves
from rnncli.nn.memory import Memory
from rnncli.storage.model_files import load_model
from rnncli.tasks.pairs.answer_signals import answer_signals, at_segments
from rnncli.tasks.pairs.inspecting import examples_to_inspect, passes, shown_symbols
from rnncli.tasks.registry import TASKS

pytestmark = pytest.mark.usefixtures("here")


def examples_of(answers, targets, **more):
    count = len(targets)
    empty = dict(
        rows=None, step_lines=None, choices={}, notes=(), digest="", groups=None, columns=(), target_names=("y",)
    )
    places = dict(files=("a",), file=np.zeros(count, int), line=np.arange(count))
    return Examples("text", ["x"] * count, targets, answers=answers, **(empty | places | more))


@pytest.mark.parametrize("run", ["text", "header", "numbers", "series", "words"])
def test_the_part_units_holds_what_every_finding_holds(run):
    found = inspected(run, "units", files=[FILES[run][0]], symbols=3)
    check_finding(found, "units")
    charts = [each for each in (*found.brief, *found.more) if isinstance(each, Curves)]
    assert bool(charts) == (run == "series") and bool(shaded_of(found)) == (run != "series")


def test_the_units_of_a_batch_are_those_of_each_example_alone():
    loaded = load_model("text")
    task = TASKS[loaded.config.task].load()
    with CommandOutput("text", quiet=True) as out:
        examples, _ = examples_to_inspect(loaded, task.answers, [], out)
    coded = task.code(loaded.encoder, examples)
    coded = Coded(coded.steps, None, coded.spellings)
    layer = loaded.model.body
    seen = 0
    for rows, values, _ in passes(loaded, coded):
        for n, row in enumerate(rows.tolist()):
            ids = coded.steps[row].inputs
            memory = Memory("f8")
            plan = layer.plan(len(ids), 1, memory)
            layer.load(loaded.store.views(loaded.theta.astype("f8")), plan)
            y, _ = layer.forward(ids[:, None], layer.initial_state(1, Memory("f8")), plan)
            own = values[: len(ids), n][:, : y.shape[2]]
            assert np.allclose(own, y[:, 0], atol=1e-5) and np.abs(own).max() > 0.01
            seen += 1
    assert seen == len(coded) > 1


def test_a_coloured_text_has_its_answer_in_front_and_as_many_symbols_as_asked_for():
    found = inspected("text", "units", units=("0",), symbols=3)
    shaded = shaded_of(found)[-1]
    text = "".join(shaded.symbols)
    assert text.count("\n") == 3 and {line.partition(": ")[0] for line in text.splitlines()} <= {"glad", "sad"}
    nothing = [symbol for symbol, value in zip(shaded.symbols, shaded.values) if np.isnan(value)]
    assert set(nothing) == {"\n", *(symbol for symbol in nothing if symbol.endswith(": "))}


def test_the_seed_chooses_the_examples():
    one, same, other = (inspected("text", "units", files=["moods.tsv"], symbols=3, seed=seed) for seed in (1, 1, 2))
    texts = ["".join(shaded_of(found)[-1].symbols) for found in (one, same, other)]
    assert texts[0] == texts[1] != texts[2] and one.rows == same.rows


def test_a_few_steps_are_coloured_where_a_unit_is_named_and_are_too_little_for_correlations():
    found = inspected("text", "units", units=("1",))  # three held-out examples of eight words
    assert found.rows == [] and "--data FILE" in found.brief[1] and len(shaded_of(found)) == 2
    assert shaded_of(inspected("text", "units")) == []


def test_a_row_of_features_is_no_sequence_and_a_unit_has_to_be_there():
    with pytest.raises(ConfigError, match="a row of features") as error:
        inspected("features", "units")
    assert "--show" in error.value.hint
    with pytest.raises(ConfigError, match="no such unit"):
        inspected("text", "units", units=("99",))


def test_files_without_answers_are_coloured_too(tmp_path):
    (tmp_path / "new.txt").write_text("a good day\na bad night\n" * 10)
    found = inspected("text", "units", files=[str(tmp_path / "new.txt")], symbols=2)
    assert {row["signal"] for row in found.rows} == {"steps before", "steps to come"}
    assert set("".join(shaded_of(found)[-1].symbols).split()) <= {"a", "good", "day", "bad", "night"}


def test_answers_are_signals_of_all_steps_of_their_source_or_of_one_each():
    lengths = np.array([2, 1, 3])
    classes = {one.name: one.values.tolist() for one in answer_signals(examples_of("class", ["a", "b", "a"]), lengths)}
    assert classes == {"a": [1, 1, 0, 1, 1, 1], "b": [0, 0, 1, 0, 0, 0]}
    (number,) = answer_signals(examples_of("number", [[2.5], [1.0], [0.0]]), lengths)
    assert number.name == "y" and number.values.tolist() == [2.5, 2.5, 1, 0, 0, 0]
    labels = [("N", "V"), ("N",), ("D", "N", "V")]
    found = {one.name: one.values.tolist() for one in answer_signals(examples_of("step", labels), lengths)}
    assert found == {"N": [1, 0, 1, 0, 1, 0], "V": [0, 1, 0, 0, 0, 1], "D": [0, 0, 0, 1, 0, 0]}
    assert list(answer_signals(examples_of("class", ["a"] * 3, **{}), lengths))[0].values.sum() == 6


def test_a_hostile_class_is_escaped_where_it_is_a_name():
    (signal,) = answer_signals(examples_of("class", ["\x1b[31m"] * 2), np.array([1, 1]))
    assert signal.name == "\\x1b[31m"


def test_symbols_are_shown_as_they_stand_in_a_text():
    def side(tokens, form="text"):
        return SimpleNamespace(form=form, tokens=tokens, lower=False)

    assert shown_symbols(side("char"), "ab")[0] == ["a", "b"]
    assert shown_symbols(side("word"), "so, what")[0] == ["so ", ", ", "what "]
    texts, last = shown_symbols(side("byte"), "aé“")
    assert texts == ["a", "é", "“"] and last.tolist() == [0, 2, 5]
    assert shown_symbols(side("", "words"), ("the", "dog"))[0] == ["the ", "dog "]


def test_a_segment_of_a_series_is_known_at_its_last_step():
    assert at_segments(np.arange(7), 3).tolist() == [2, 5, 6] and at_segments(np.arange(6), 3).tolist() == [2, 5]
