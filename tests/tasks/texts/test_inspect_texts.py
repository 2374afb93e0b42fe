"""`inspect` of models that write texts: their attention, and the bits of the true texts."""

import math

import numpy as np
import pytest
from inspecting import check_finding, inspected, shaded_of

from rnncli.errors import ConfigError, DataError
from rnncli.laboratory.drawings import Heat
from rnncli.storage.model_files import load_model
from rnncli.tasks.texts.shown_symbols import first_lines
from rnncli.tasks.texts.writing import Writer
from rnncli.tasks.translate.attention import figures_of, kind_of
from rnncli.tasks.translate.task import TranslateTask

pytestmark = pytest.mark.usefixtures("here")


def heats(found):
    return [each for each in (*found.brief, *found.more) if isinstance(each, Heat)]


@pytest.mark.parametrize("run", ["plain", "jsonl", "forms", "things", "names", "blind"])
def test_surprise_holds_what_every_finding_holds(run):
    check_finding(inspected(run, "surprise"), "surprise")


@pytest.mark.parametrize("run", ["plain", "forms"])
def test_attention_holds_what_every_finding_holds(run):
    check_finding(inspected(run, "attention"), "attention")


@pytest.mark.parametrize("run", ["plain", "things", "names"])
def test_the_nats_of_a_symbol_are_those_of_eval(run, scores):
    true = scores(run)["metrics"]["nats_per_symbol"]
    found = inspected(run, "surprise").record
    assert found["metrics"]["nats_per_symbol"] == pytest.approx(true, rel=1e-6)
    places = found["places"]
    total = sum(one["bits"] * one["symbols"] for one in places) / sum(one["symbols"] for one in places)
    assert total * math.log(2) == pytest.approx(true, rel=1e-6)


def test_each_symbol_of_a_text_has_its_own_nats_and_their_sum_is_that_of_the_text():
    from rnncli.data.pairs.examples import read_examples

    loaded = load_model("plain")
    examples = read_examples(["numbers.tsv"], "text")
    coded = TranslateTask.code(loaded.encoder, examples)
    writer, weights = Writer(loaded.model, loaded.encoder.target, coded), loaded.store.views(loaded.theta)
    each, sums = writer.symbol_nats(weights), writer.nats(weights)
    assert [len(nats) for nats in each] == coded.target_lengths.tolist()
    assert np.allclose([nats.sum() for nats in each], sums, rtol=1e-9) and (np.concatenate(each) > 0).all()


def test_the_coloured_texts_stand_after_their_sources_with_the_bits_of_each_symbol():
    found = inspected("plain", "surprise", symbols=60)
    shaded = shaded_of(found)[1]
    line = "".join(shaded.symbols).splitlines()[0]
    source, _, text = line.partition(": ")
    first = [row for row in found.rows if row["where"] == found.rows[0]["where"]]
    assert text == "".join(row["symbol"] for row in first) and text.endswith("</s>") and source
    assert np.isnan(shaded.values[0]) and shaded.values[1 : 1 + len(first)].tolist() == [row["bits"] for row in first]


def test_the_worst_texts_are_those_with_the_most_bits_a_symbol():
    found = inspected("plain", "surprise").record
    shares = [one["bits"] for one in found["worst"]]
    assert shares == sorted(shares, reverse=True) and shares[0] > found["metrics"]["bits_per_symbol"]
    for one in found["worst"]:
        symbols = [*one["truth"], "</s>"]
        assert symbols[one["at"] - 1] == one["symbol"] and one["symbol_bits"] >= one["bits"]


def test_files_are_looked_at_in_place_of_held_out_examples():
    found = inspected("plain", "surprise", files=["numbers.tsv"])
    assert "60 examples of numbers.tsv" in found.record["data"]
    with open("sources.txt", "w") as file:
        file.write("one two\n\nsix\n")
    looked = inspected("plain", "attention", files=["sources.txt"])
    assert {row["source"] for row in looked.rows} == {"one two", "six"}  # of an empty source there is nothing to see


def test_a_file_of_empty_sources_is_refused():
    with open("empty.txt", "w") as file:
        file.write("\n\n")
    with pytest.raises(DataError, match="every source is empty"):
        inspected("plain", "attention", files=["empty.txt"])


def test_a_model_without_attention_says_how_to_train_one():
    with pytest.raises(ConfigError, match="without attention") as error:
        inspected("blind", "attention")
    assert "--attention dot" in error.value.hint


def test_the_matrices_have_the_source_down_and_the_written_symbols_across_with_weights_that_add_up_to_one():
    found = inspected("plain", "attention")
    assert len(heats(found)) == 5
    for heat, one in zip(
        sorted(heats(found), key=lambda heat: heat.title),
        sorted(found.record["examples"], key=lambda one: one["where"]),
    ):
        assert heat.values.shape == (len(one["source"]), len(one["written"]))
        assert np.allclose(heat.values.sum(axis=0), 1, atol=1e-5)
        assert np.allclose(heat.values.T, one["weights"], atol=1e-4)


def test_the_number_of_symbols_bounds_the_number_of_matrices():
    assert len(heats(inspected("plain", "attention", symbols=1))) == 1
    many = heats(inspected("plain", "attention", symbols=100))
    assert len(many) > 1 and sum(sum(heat.values.shape) for heat in many) <= 100


def test_figures_of_a_writer_that_looks_at_one_step_after_the_other():
    figures = figures_of(np.eye(6))
    assert figures["entropy_bits"] == 0 and figures["strongest"] == 1 and figures["forward"] == 1
    assert figures["move"] == pytest.approx(1) and figures["order"] == pytest.approx(1)
    assert figures["uniform_bits"] == pytest.approx(math.log2(6)) and "in the order" in kind_of(figures)


def test_figures_of_a_writer_that_reads_backward_and_of_one_that_looks_everywhere():
    back, even = figures_of(np.eye(6)[::-1]), figures_of(np.full((4, 8), 1 / 8))
    assert back["move"] == pytest.approx(-1) and back["order"] == pytest.approx(-1) and back["forward"] == 0
    assert even["entropy_bits"] == pytest.approx(3) and even["strongest"] == pytest.approx(1 / 8)
    assert math.isnan(even["order"]) and even["move"] == 0 and "several places" in kind_of(even)
    one = figures_of(np.array([[0.25, 0.75]]))
    assert math.isnan(one["move"]) and one["entropy_bits"] == pytest.approx(0.8113, abs=1e-4)


def test_the_first_lines_of_a_text_are_counted_without_the_empty_ones():
    text = list("ab\n\ncd\nefghij\nk")
    assert [first_lines(text, lines, width=4) for lines in (1, 2, 3, 4, 5, 6)] == [4, 7, 11, 14, 15, 15]
    assert first_lines(["word ", "\n", "more"], 1) == 2 and first_lines([], 3) == 0
