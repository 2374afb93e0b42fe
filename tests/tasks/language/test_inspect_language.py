"""`inspect` of a language model: its units are its states, and its bits are those of `eval`."""

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from inspecting import check_finding, inspected, shaded_of
from runs import a_text
from scorings import loaded_with

from rnncli.cli.main import main
from rnncli.config import DataConfig
from rnncli.data.text.corpus import load_corpus
from rnncli.errors import ConfigError, DataError
from rnncli.nn.memory import Memory
from rnncli.tasks.base import Table
from rnncli.tasks.language.evaluate import report
from rnncli.tasks.language.reading import positions, symbols_of
from rnncli.tasks.language.report import line_records
from rnncli.tasks.language.surprise import bits_of
from rnncli.tasks.language.worst_places import worst_places
from rnncli.tasks.pairs.texts import columns

pytestmark = pytest.mark.usefixtures("apart")
UNICODE = "Größe: “ja”, sagte er — naïve façade.\n" * 60


def run_of(text, seed=0, **data):
    """(Loaded, Corpus) of a small random model of a text."""
    Path("play.txt").write_text(text, "utf-8")
    corpus = load_corpus(DataConfig(files=("play.txt",), **data))
    rest = {name: value for name, value in data.items() if name != "tokens"}  # which is the level of the encoder
    return loaded_with(corpus.encoder, ("play.txt",), seed, corpus.digest, **rest), corpus


def states(loaded, ids, layer=1):
    """{"h", "c"}: (L, H) after each of the ids, one step at a time in float64."""
    memory, found = Memory("f8"), []
    plan, state = loaded.model.plan((1,), 1, memory), loaded.model.initial_state(1, memory)
    loaded.model.load(loaded.store.views(loaded.theta.astype("f8")), plan)
    for token in ids:
        _, state = loaded.model.forward(np.array([[int(token)]]), state, plan)
        found.append([array[0].copy() for array in state[layer]])
    return dict(zip("hc", np.array(found).swapaxes(0, 1)))


def test_both_parts_hold_what_every_finding_holds():
    loaded, _ = run_of(a_text())
    for part in ("units", "surprise"):
        check_finding(inspected(loaded, part), part)


def test_the_coloured_units_are_the_states_of_the_model_step_by_step():
    loaded, corpus = run_of(a_text())
    found = inspected(loaded, "units", units=("3", "layer1.c:2"), symbols=150)
    ids = corpus.val.tokens[:150]
    h, c = shaded_of(found)[-2:]
    assert "".join(h.symbols) == corpus.encoder.decode(ids) and (h.low, h.high) == (-h.high, h.high)
    true = states(loaded, ids)
    assert np.allclose(h.values, true["h"][:, 3], atol=1e-5) and np.abs(h.values).max() > 0.1
    assert np.allclose(c.values, np.tanh(true["c"][:, 2]), atol=1e-5)
    assert found.record["shown"]["activations"].keys() == {"layer1:3", "layer1.c:2"}


def test_the_state_is_that_of_the_line_where_lines_are_documents():
    loaded, corpus = run_of(a_text(), documents="line")
    shaded = shaded_of(inspected(loaded, "units", units=("1",), symbols=120))[-1]
    first, second = (corpus.encoder.decode(corpus.val.tokens[begin:end]) for begin, end in corpus.val.pieces[:2])
    assert "".join(shaded.symbols).startswith(first + second[1:])  # the newline between them stands there once
    begin, end = corpus.val.pieces[1].tolist()
    true = states(loaded, corpus.val.tokens[begin:end])["h"][1:, 1]
    own = shaded.values[len(first) : len(first) + len(true)]
    assert np.allclose(own, true[: len(own)], atol=1e-5) and len(own) > 5


def test_a_unit_that_is_built_to_follow_newlines_is_found():
    """The candidate of unit 5 of an LSTM is opened by newlines alone, its gates stay open, so that it says: newline."""
    loaded, corpus = run_of(a_text())
    views, newline = loaded.store.views(loaded.theta), int(corpus.encoder.encode("\n")[0])
    layer, H = views["layer1"], 6
    first = views["layer0"]
    for p, rows in ((first, slice(None)), (layer, slice(None))):
        for block, bias in zip(range(4), (6, 6, -6, 0)):  # o and i open, f closed
            column = block * H + 5
            p.W_x[rows, column], p.W_h[:, column], p.b[column] = 0, 0, bias
    first.W_x[newline, 3 * H + 5] = 4
    layer.W_x[5, 3 * H + 5] = 4
    found = inspected(loaded, "units", seed=1)
    best = next(row for row in found.rows if row["signal"] == "newline")
    assert best["unit"] in ("layer0:5", "layer0.c:5", "layer1:5", "layer1.c:5") and best["follows"]
    assert best["r"] == pytest.approx(1, abs=0.01) and best["again"] == pytest.approx(1, abs=0.01)
    assert best["chance"] < 0.6


def test_units_that_are_not_there_are_refused_with_those_that_are():
    loaded, _ = run_of(a_text())
    with pytest.raises(ConfigError, match="--unit 6: there is no such unit") as error:
        inspected(loaded, "units", units=("6",))
    assert "layer0:0 to layer0:5, layer0.c:0 to layer0.c:5, layer1:0" in error.value.hint


def test_bytes_are_shown_as_characters_with_the_state_after_their_last_byte():
    loaded, corpus = run_of(UNICODE, tokens="byte")
    shaded = shaded_of(inspected(loaded, "units", units=("0",), symbols=60))[-1]
    true = states(loaded, corpus.val.tokens[:120])["h"][:, 0]
    symbols = symbols_of(corpus.encoder, corpus.val.tokens[:120])
    k = shaded.symbols.index("“")
    assert symbols.texts[k] == "“" and symbols.last[k] - symbols.last[k - 1] == 3
    assert np.allclose(shaded.values[: k + 1], true[symbols.last[: k + 1]], atol=1e-5)


@pytest.mark.parametrize(
    "settings", [{}, {"tokens": "byte"}, {"tokens": "word", "min_count": 2}, {"documents": "line"}]
)
def test_the_totals_are_those_of_eval_and_the_bits_of_the_symbols_add_up_to_them(settings):
    loaded, corpus = run_of(a_text() + "strange\n" + UNICODE[:400] + a_text(seed=3), **settings)
    found = inspected(loaded, "surprise")
    true = report(loaded, [corpus.val], corpus.train)
    for model, figures in (("network", true.metrics()), ("n-gram", true.baselines()["kneser_ney"])):
        for name in ("nats_per_char", "bits_per_char", "nats_per_token", "perplexity"):
            assert found.record["metrics"][f"{model}/{name}"] == figures[name], (model, name)
    bits = bits_of(corpus.encoder, true.parts[0])
    total = true.metrics()["nats_per_token"] * corpus.val.targets / math.log(2)
    assert np.nansum(bits.network) == pytest.approx(total, rel=1e-9)
    kinds = found.record["kinds"]
    assert sum(one["share"] for one in kinds) == pytest.approx(1)
    assert sum(one["network"] * one["symbols"] for one in kinds) == pytest.approx(total, rel=1e-6)


def test_the_figures_on_a_run_are_those_that_eval_prints(command_json):
    assert (
        main(["train", "text.txt", "--hidden-size", "8", "--max-steps", "20", "-q", "-o", "r", "--workers", "1"]) == 0
    )
    figures = command_json("eval", "r", "--format", "json")
    found = inspected("r", "surprise").record["metrics"]
    assert found["network/bits_per_char"] == figures["metrics"]["bits_per_char"]
    assert found["n-gram/bits_per_char"] == figures["baselines"]["kneser_ney"]["bits_per_char"]


@pytest.fixture
def command_json(capfd):
    """command_json(*arguments): the JSON that a command prints."""
    import json

    def run(*arguments):
        capfd.readouterr()
        assert main([*arguments, "--progress", "none"]) == 0
        return json.loads(capfd.readouterr().out)

    return run


def test_each_symbol_has_the_bits_of_its_token_and_the_first_one_none():
    loaded, corpus = run_of(a_text())
    found = inspected(loaded, "surprise", symbols=200)
    nats = report(loaded, [corpus.val]).parts[0].model
    shaded = next(each for each in shaded_of(found) if each.title == "Bits of each symbol" and len(each.values) == 200)
    assert np.isnan(shaded.values[0]) and np.allclose(shaded.values[1:], nats[:199] / math.log(2))
    assert "".join(shaded.symbols) == corpus.encoder.decode(corpus.val.tokens[:200])
    assert [row["symbol"] for row in found.rows] == shaded.symbols and found.rows[5]["network_bits"] == shaded.values[5]


def test_the_difference_is_above_zero_where_the_n_gram_knew_better():
    loaded, _ = run_of(a_text())
    found = inspected(loaded, "surprise", symbols=200)
    more = next(each for each in shaded_of(found) if each.title.startswith("Network against n-gram"))
    own, counting = (np.array([row[f"{name}_bits"] for row in found.rows]) for name in ("network", "ngram"))
    assert np.allclose(more.values[1:], (own - counting)[1:]) and more.low == -more.high
    assert np.nanmean(more.values) > 0  # a random network is worse than counting
    assert any("loses most to the n-gram" in element for element in found.brief if isinstance(element, str))


@pytest.mark.parametrize("settings", [{}, {"documents": "line"}, {"tokens": "byte"}])
def test_the_worst_places_are_the_dearest_tokens_with_what_the_model_expected_there(settings):
    loaded, corpus = run_of(a_text(), **settings)
    part = report(loaded, [corpus.val], corpus.train).parts[0]
    places = worst_places(loaded, part, 5).places
    assert [one.bits for one in places] == sorted(part.model / math.log(2))[::-1][:5]
    for one in places:
        begin, _ = max(piece for piece in corpus.val.pieces.tolist() if piece[0] < one.position)
        ids = corpus.val.tokens[begin : one.position]
        memory = Memory("f8")
        plan, state = loaded.model.plan((1,), 1, memory), loaded.model.initial_state(1, memory)
        loaded.model.load(loaded.store.views(loaded.theta.astype("f8")), plan)
        for token in ids:
            scores, state = loaded.model.forward(np.array([[int(token)]]), state, plan)
        p = np.exp(scores[0]) / np.exp(scores[0]).sum()
        assert p[corpus.val.tokens[one.position]] == pytest.approx(2**-one.bits, rel=1e-4)
        best = np.argsort(-p)[:3]
        assert [symbol for symbol, _ in one.expected] == [corpus.encoder.symbol(int(token)) for token in best]
        assert [share for _, share in one.expected] == pytest.approx(p[best].tolist(), rel=1e-4)
        assert corpus.encoder.decode(ids).endswith(one.before[-20:])
        line = list(line_records(part, corpus.encoder))[one.line - 1]
        assert one.token in {corpus.encoder.symbol(int(token)) for token in corpus.encoder.encode(line["text"])}
        assert math.log(2) * one.bits <= line["nats"] + 1e-6


def test_the_worst_lines_are_those_with_the_most_bits_a_token():
    loaded, corpus = run_of(a_text(2000))
    lines = inspected(loaded, "surprise").record["worst_lines"]
    shares = [line["bits_per_token"] for line in lines]
    assert shares == sorted(shares, reverse=True) and len(lines) == 10
    assert all(line["text"] in corpus.encoder.decode(corpus.val.tokens) for line in lines)


def test_another_file_is_looked_at_in_place_of_the_held_out_text_and_unknown_signs_are_left_out():
    loaded, _ = run_of(a_text())
    Path("other.txt").write_text("the cat sings ☃ on a hill\n" * 20)
    for part in ("units", "surprise"):
        found = inspected(loaded, part, files=["other.txt"])
        assert "other.txt" in found.record["text"]
    assert "".join(row["symbol"] for row in found.rows).startswith("the cat sings  on a hill\n")
    with pytest.raises(ConfigError, match="2 files"):
        inspected(loaded, "units", files=["other.txt", "play.txt"])


def test_without_the_training_text_another_file_has_no_n_gram_beside_it():
    loaded, _ = run_of(a_text())
    Path("play.txt").unlink()
    found = inspected(loaded, "surprise", files=["text.txt"])
    assert not [name for name in found.record["metrics"] if name.startswith("n-gram")]
    assert any("No n-gram" in each for each in found.brief if isinstance(each, str))
    with pytest.raises(DataError, match="play.txt") as error:
        inspected(loaded, "surprise")
    assert "--data FILE" in error.value.hint and "eval" not in error.value.hint


def test_a_run_that_held_nothing_out_shows_its_training_text_and_says_so():
    loaded, _ = run_of(a_text(), val_frac=0.0)
    found = inspected(loaded, "surprise")
    assert found.record["text"].startswith("training text, since the run held none out")
    assert "n-gram/bits_per_char" not in found.record["metrics"]  # it was fitted on this very text


def test_a_text_of_a_few_tokens_gives_what_there_is():
    loaded, _ = run_of(a_text())
    Path("tiny.txt").write_text("cat\n")
    found = inspected(loaded, "units", files=["tiny.txt"])
    assert "they need 40 symbols" in found.brief[1] and found.rows == []
    assert inspected(loaded, "surprise", files=["tiny.txt"]).record["symbols"][3]["symbol"] == "\n"


def test_diverged_weights_give_figures_that_say_so_and_no_error():
    loaded, _ = run_of(a_text())
    loaded.theta.fill(np.nan)
    for part in ("units", "surprise"):
        inspected(loaded, part)
    assert math.isnan(inspected(loaded, "surprise").record["metrics"]["network/bits_per_char"])


def test_hostile_text_stands_raw_in_the_coloured_text_and_escaped_in_tables():
    text = "".join(f"\x1b[31mred \u202e{k % 7} <script>\n" for k in range(300))
    loaded, _ = run_of(text)
    for part in ("units", "surprise"):
        found = inspected(loaded, part)
        tables = [each for each in (*found.brief, *found.more) if hasattr(each, "rows") and hasattr(each, "left")]
        cells = [cell for table in tables for row in table.rows for cell in row]
        assert not {"\x1b", "\u202e"} & set("".join(cells))
        assert "\x1b" in "".join(shaded_of(found)[-1].symbols)


def test_an_escape_stands_whole_in_a_table_or_not_at_all_and_the_lines_say_what_they_are_counted_in():
    loaded, _ = run_of("".join(f"\x9b\x9b31m\u202c\u200b red {k % 7}\n" for k in range(300)))
    found = inspected(loaded, "surprise")
    table = next(each for each in found.more if isinstance(each, Table) and each.rows[0][0] == "worst: text before")
    for row in table.rows[1:]:
        assert not re.match(r"(x9b|9b|b|u?202c|u?200b|00b)", row[0]) and columns(row[0]) <= 24
        assert "\u200b" not in row[0]
    assert any("not within the file" in each for each in found.more if isinstance(each, str))


def test_positions_are_those_of_all_tokens_of_the_pieces_once():
    _, corpus = run_of(a_text(), documents="line")
    at = positions(corpus.val)
    assert (np.diff(at) > 0).all() and at[0] == corpus.val.pieces[0, 0] and at[-1] == corpus.val.pieces[-1, 1] - 1
    some = replace(corpus.val, pieces=np.array([[2, 5], [4, 7], [9, 11]]))
    assert positions(some).tolist() == [2, 3, 4, 5, 6, 9, 10]
