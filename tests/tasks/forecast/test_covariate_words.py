"""Words and true or false as covariates: an input for each word of the training rows, and what becomes of others."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rnncli.config import load_config
from rnncli.errors import DataError
from rnncli.tasks.forecast.covariates import WordColumn, codes_in, word_codes
from rnncli.tasks.forecast.data import load_series
from rnncli.tasks.forecast.encoder import SeriesEncoder
from rnncli.tasks.forecast.tail import from_tail, tail_of

SIZES = {"forecast.horizon": 2, "forecast.window": 4, "forecast.season": 7, "series.val_size": 3.0}


@pytest.fixture
def load(series_of_lines):
    """load(lines, **settings of series): the SeriesData of a table in t.csv, with SIZES."""
    return partial(series_of_lines, sizes=SIZES)


def table(*cells, header="day,y,weather"):
    """The lines of a daily table with these last cells, the target counting from 0."""
    return [header, *(f"2024-01-{k + 1:02},{k},{cell}" for k, cell in enumerate(cells))]


def inputs(data, name):
    """The values of one input in the rows of the first series."""
    k = [*data.encoder.columns].index(name) - len(data.encoder.roles.targets) - data.encoder.gappy
    arrays = data.encoder.arrays(data.panel, 0)
    own = arrays.own[0].shape[1]
    return (arrays.own[0][:, k] if k < own else arrays.known[0][:, k - own]).tolist()


def test_each_word_is_an_input(load):
    data = load(table("sun", "rain", "", "sun", "fog", *["rain"] * 5), past_cols=("weather",))
    assert data.encoder.columns == ("y", "y is there", "weather=sun", "weather=rain", "weather=fog")[:1] + (
        data.encoder.columns[1:-3] + ("weather=sun", "weather=rain", "weather=fog")
    )
    assert "empty cells in weather 1; none of the words" in data.notes
    assert inputs(data, "weather=sun")[:5] == [1, 0, 0, 1, 0]
    assert inputs(data, "weather=rain")[:5] == [0, 1, 0, 0, 0]
    assert inputs(data, "weather=fog")[:5] == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("true, false", [("ja", "nein"), ("TRUE", "false"), ("Y", "n")])
def test_true_and_false_are_one_input(load, true, false):
    data = load(table(*[true, false, false, true, ""] * 2), future_cols=("weather",))
    assert data.encoder.future_inputs == (f"weather={true.lower()}",)
    assert inputs(data, f"weather={true.lower()}")[:5] == [1, 0, 0, 1, 0]


def test_words_of_held_out_rows_alone_are_no_inputs(load):
    data = load(table(*["a", "b"] * 5, "c", "a", "c"), past_cols=("weather",))
    assert data.encoder.words == (WordColumn("weather", ("a", "b")),)
    assert inputs(data, "weather=a")[-3:] == [0, 1, 0] and inputs(data, "weather=b")[-3:] == [0, 0, 0]


def test_codes_that_are_named_are_words(load):
    data = load(table(*[3, 11, 3, 7, 3] * 3), past_cols=("weather",), words=("weather",))
    assert data.encoder.words[0].words == ("3", "11", "7") and data.encoder.arrangement.words == ("weather",)
    assert load(table(*[3, 11, 3, 7, 3] * 3), past_cols=("weather",)).encoder.words == ()


def test_a_static_column_with_leading_zeros_holds_words(load):
    lines = ["id,day,y,zip,size"]
    lines += [
        f"{s},2024-01-{k + 1:02},{k},{zip},{size}"
        for s, zip, size in (("a", "00123", 5), ("b", "80331", 7))
        for k in range(12)
    ]
    data = load(lines, target_col=("y",), static_cols=("zip", "size"))
    assert [column.words for column in data.encoder.static] == [("00123", "80331"), ()]
    named = load(lines, target_col=("y",), static_cols=("zip", "size"), words=("size",))
    assert named.encoder.static[1].words == ("5", "7")


def test_a_word_that_no_training_row_had_is_none_of_them_and_told(load):
    model = load(table(*["sun", "rain"] * 8), past_cols=("weather",))
    Path("new.csv").write_text("\n".join(table(*["sun", "hail", "rain"] * 5)) + "\n")
    config = load_config(overrides={"data.files": ("new.csv",), "series.past_cols": ("weather",)} | SIZES)
    data = load_series(config, model.encoder)
    assert inputs(data, "weather=sun")[:3] == [1, 0, 0] and inputs(data, "weather=rain")[:3] == [0, 0, 1]
    assert "column weather: the model does not know 'hail', read as none of its words" in data.notes


def test_an_encoder_and_the_end_of_the_data_survive_a_file_with_their_words(load):
    data = load(table(*["sun", "", "rain", "fog"] * 5), past_cols=("weather",))
    encoder = SeriesEncoder.from_dict(json.loads(json.dumps(data.encoder.to_dict())))
    assert encoder == data.encoder
    arrays, record = tail_of(data, 5)
    kept = from_tail(encoder, arrays, json.loads(json.dumps(record)), data.config)
    n = len(kept.panel.series[0])
    for name in ("weather=sun", "weather=rain", "weather=fog"):
        assert inputs(kept, name) == inputs(data, name)[-n:]


def test_codes_count_words_and_leave_empty_cells_missing():
    codes, words = word_codes(["b", " a", "", "b "], "t.csv:2")
    assert words == ("b", "a") and np.isnan(codes[2]) and codes[[0, 1, 3]].tolist() == [0, 1, 0]
    again = codes_in(["a", "c", "", "b"], words)
    assert np.isnan(again[2]) and again[[0, 1, 3]].tolist() == [1, -1, 0]


def test_a_column_of_texts_is_no_covariate(load):
    lines = ["day,y,remark", *(f"{1000 + k}-01-01,{k},remark {'abc'[k % 3]}{k}" for k in range(600))]
    with pytest.raises(DataError, match="t.csv:2, column remark: the column holds 600 different words") as error:
        load(lines, past_cols=("remark",))
    assert "leave the column out" in error.value.hint
