"""`python -m benchmarks memory`: its figures, its table, and one small network from start to end."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import __main__ as command  # noqa: E402
from benchmarks import memory  # noqa: E402
from rnncli.data.synthetic.problems import PROBLEMS, asked  # noqa: E402


def a_run(score, solved=None, longer=None):
    return {"score": score, "solved": solved, "seconds": 5.0, "longer": longer}


def a_record(problem, cell, runs):
    about = {"problem": problem, "length": 50, "cell": cell, "updates": 1000, "nothing": 1 / 6, "seeds": [1, 2, 3]}
    return about | {"runs": runs}


def test_a_row_has_the_median_the_extremes_and_how_many_seeds_solved_the_problem():
    runs = [a_run(0.004, 400), a_run(0.002, 300), a_run(0.09)]
    text = memory.report([a_record("adding", "lstm", runs), a_record("adding", "rnn", [a_run(0.16)])])
    assert "without memory 0.1667 at 50" in text and "validation rmse 0.1 or less" in text
    lstm, rnn = (" ".join(line.split()) for line in text.splitlines()[-2:])
    assert lstm == "50 lstm 1,000 0.0040 (0.0020 - 0.0900) 2 of 3 350 (300 - 400) 5"
    assert rnn == "50 rnn 1,000 0.1600 (0.1600 - 0.1600) 0 of 1 - 5"


def test_words_have_a_column_for_longer_ones():
    text = memory.report([a_record("anbn", "lstm", [a_run(1.0, 300, 0.25)])])
    assert "longer words" in text and text.rstrip().endswith("0.2500 (0.2500 - 0.2500)")


def test_every_problem_has_a_measure():
    assert set(memory.MEASURES) == set(PROBLEMS)


def test_the_score_without_memory_of_words_is_that_of_the_usual_answer_of_each_symbol():
    assert memory.without_memory("anbn", 8) == memory.without_memory("reber", 20) == 0
    assert memory.without_memory("dyck", 2) == 1, "() and [] need no memory"
    words = Counter(asked(f"synthetic:dyck:4:{memory.NEW}").make()[0])
    nested = sum(count for word, count in words.items() if len(word) == 4 and word[1] in "([")
    assert memory.without_memory("dyck", 4) == pytest.approx(1 - nested / memory.NEW)


@pytest.mark.slow
def test_the_command_trains_scores_and_keeps_what_it_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "cache"))
    small = ["--problems", "recall", "--lengths", "4", "--cells", "gru/chrono", "--seeds", "1"]
    file = tmp_path / "all.json"
    assert command.main(["memory", *small, "--updates", "3", "--count", "60", "--json", str(file)]) == 0
    table, record = capsys.readouterr().out, json.loads(file.read_text())["records"][0]
    assert "gru/chrono" in table and "without memory 0.1250 at 4" in table
    assert (record["problem"], record["updates"], len(record["runs"])) == ("recall", 3, 1)
    assert 0 <= record["runs"][0]["score"] < 1 and record["runs"][0]["seconds"] > 0


def test_a_way_to_begin_that_there_is_not_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.main(["memory", "--cells", "lstm/crono"])
    assert "chrono, identity" in capsys.readouterr().err
