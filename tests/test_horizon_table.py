"""`python -m benchmarks horizon`: the table that the demonstration memory-horizon stores."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import __main__ as command  # noqa: E402
from benchmarks import horizon, memory  # noqa: E402
from rnncli.laboratory.demos import horizon_table  # noqa: E402
from rnncli.laboratory.demos.recall import network  # noqa: E402


def test_runs_are_summed_up_by_how_many_solved_it_and_the_median_of_their_updates():
    assert horizon.summed_up("gru", 20, [50, None, 150, 75]) == horizon_table.Measured("gru", 20, 4, 3, 75)
    assert horizon.summed_up("rnn", 20, [None, None]) == horizon_table.Measured("rnn", 20, 2, 0, None)


def test_the_file_of_the_table_is_read_as_it_is_written(tmp_path, monkeypatch):
    every = [horizon.summed_up("gru/chrono", 5, [50, 75]), horizon.summed_up("rnn", 200, [None, None])]
    (tmp_path / horizon_table.LAB).mkdir()
    (tmp_path / horizon_table.LAB / horizon_table.FILE).write_text(horizon_table.written_table(every))
    monkeypatch.setattr(horizon_table, "folder", lambda kind: tmp_path)
    assert list(horizon_table.read_table().values()) == every


def test_every_lag_is_trained_on_texts_that_are_one_letter_longer(monkeypatch, capsys):
    asked = []

    def trained(problem, length, cell, seed, options):
        asked.append((problem, length, cell, seed, options.updates))
        return {"solved": 25 * seed}

    monkeypatch.setattr(memory, "network", trained)
    given = ["--networks", "gru/chrono", "--lags", "5,10", "--seeds", "1,2", "--updates", "7"]
    assert command.main(["horizon", *given]) == 0
    assert asked == [("recall", lag + 1, "gru/chrono", seed, 7) for lag in (5, 10) for seed in (1, 2)]
    printed = capsys.readouterr().out.splitlines()
    assert printed == ["network,lag,seeds,solved,updates", "gru/chrono,5,2,2,37.5", "gru/chrono,10,2,2,37.5"]


@pytest.mark.parametrize("name", ["rnn/uniform", "rnn-relu/identity", "lstm/chrono", "gru"])
def test_the_demonstration_looks_at_networks_that_begin_as_those_that_are_trained(name):
    settings = memory.settings("recall", 21, name)
    assert ("model.init=uniform" in settings) == (name == "rnn/uniform")
    assert ("model.init=identity" in settings) == (name == "rnn-relu/identity")
    assert ("model.chrono_max=21" in settings) == (name == "lstm/chrono")
    layer = network(name, 21, 32).body.layers["layer0"]
    assert layer.starts.b.T_max == (21 if name == "lstm/chrono" else 0)
    assert type(layer.starts.W_h).__name__ == {"rnn/uniform": "Uniform", "rnn-relu/identity": "Identity"}.get(
        name, "Orthogonal"
    )
