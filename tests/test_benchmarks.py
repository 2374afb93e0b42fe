"""The benchmark command: its arithmetic, its workers and the shape of what it prints. No library to compare with."""

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from processes import child

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import __main__ as command  # noqa: E402
from benchmarks import growth, jax_peer, ours, peak, table, torch_peer  # noqa: E402
from benchmarks.contest import Peer, contest  # noqa: E402
from benchmarks.processes import Contender, ContenderFailed, peak_memory  # noqa: E402
from benchmarks.worker import burst  # noqa: E402
from benchmarks.workloads import ALPHABET, WORKLOADS, Workload, a_text  # noqa: E402

TINY = Workload("W0", "train", "gru", 2, 8, 3, 5)
WRITE = Workload("G0", "generate", "lstm", 2, 8)
MAKERS = {"torch": torch_peer, "jax": jax_peer}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(ours, "CHARACTERS", 2000)


def a_contender(name, bursts, memory=50_000_000, words="", **about):
    return {
        "name": name,
        "words": words,
        "about": about,
        "bursts": bursts,
        "median": sorted(bursts)[len(bursts) // 2],
        "memory": memory,
    }


def a_record():
    """Ours in 10, 20 and 10 ms; PyTorch in 20, 30 and 40; 4 Mflop a step, where the peak is 1 Gflop/s."""
    return {
        "name": "W0",
        "words": "GRU 2x8",
        "kind": "train",
        "tokens": 15,
        "flops": 4e6,
        "left_out": [],
        "contenders": [
            a_contender("ours", [0.01, 0.02, 0.01], workers=2),
            a_contender("peak", [1e-9, 1e-9, 1e-9]),
            a_contender("torch", [0.05, 0.05, 0.05], words="2 threads"),
            a_contender("torch", [0.02, 0.03, 0.04], 400_000_000, "1 thread"),
        ],
    }


def test_the_matrix_flops_of_a_step_leave_out_the_lookup_of_the_first_layer():
    rows = 64 * 64
    recurrent, dense = 2 * rows * 256 * 4 * 256, 2 * rows * 256 * 65
    assert WORKLOADS["W2"].flops == 3 * (3 * recurrent + dense)  # two W_h, one W_x of the upper layer, the head


def test_the_text_holds_every_symbol_and_is_as_long_as_asked_for():
    text = a_text(1000)
    assert len(text) == 1000 and len(set(text)) == 65 and set(text) == set(ALPHABET)


def test_a_burst_times_each_unit_and_goes_on_for_the_seconds_it_is_given():
    now, took = [0.0], iter([9.0, 2.0, 4.0, 6.0, 8.0, 8.0])

    def work():
        now[0] += next(took)
        return 2

    assert burst(work, 13.0, lambda: now[0]) == [1.0, 2.0, 3.0, 4.0]  # 9: warm-up; 20 seconds are past 13


def test_a_burst_of_very_slow_work_ends_with_what_it_has():
    now = [0.0]

    def work():
        now[0] += 100.0
        return 1

    assert burst(work, 1.0, lambda: now[0]) == [100.0]


def test_our_work_is_one_step_of_a_real_run_with_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ours.opened(TINY) as (work, about):
        assert [work() for _ in range(21)] == [1] * 21
        (log,) = tmp_path.rglob("log.jsonl")
        assert [json.loads(line)["step"] for line in log.read_text().splitlines()] == [10, 20]
        assert about["workers"] == 1 and about["planned"] > 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("N", [1, 3])
def test_our_generation_counts_the_tokens_it_wrote(N):
    with ours.opened(Workload("G0", "generate", "gru", 1, 8, N)) as (work, _):
        assert 100 * N <= work() < 100 * N + 100


def test_the_peak_counts_the_operations_of_its_products(monkeypatch):
    monkeypatch.setattr(peak, "SHAPES", ((2, 8, 4, 16),))
    monkeypatch.setattr(peak, "AT_ONCE", 0.0)
    with peak.opened(TINY) as (work, _):
        assert work() == 2 * 2 * 8 * 4 * 16


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_peer_trains_every_cell_where_it_is_installed(library, cell):
    pytest.importorskip(library)
    workload = Workload("W0", "train", cell, 2, 8, 3, 5)
    for setting in ({"threads": 1}, {"threads": 1, "onednn": False} if library == "torch" else {"unroll": 2}):
        with MAKERS[library].opened(workload, **setting) as (work, about):
            assert [work(), work()] == [1, 1] and library in about


@pytest.mark.parametrize("form", ["layer", "cell", "script"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pytorch_writes_in_every_form_where_it_is_installed(form):
    pytest.importorskip("torch")
    with torch_peer.opened(WRITE, threads=1, form=form) as (work, _):
        assert work() == work() == torch_peer.TOGETHER


def test_contenders_take_turns_as_processes_and_their_times_and_memory_are_kept():
    lines = []
    rival = Peer("rival", "peak", {"good": {}, "bad": {"no_such": 1}})
    record = contest(TINY, [rival], rounds=2, seconds=0.01, cores=2, log=lines.append)
    assert [each["name"] for each in record["contenders"]] == ["ours", "peak", "rival"]
    assert all(len(each["bursts"]) == 2 and min(each["bursts"]) > 0 for each in record["contenders"])
    assert lines == ["W0: rival (bad) failed; left out"]
    sizes = [each["memory"] for each in record["contenders"]]
    assert None in sizes or min(sizes) > 1e6
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_a_contender_that_cannot_start_says_which_it_is():
    failing = pytest.raises(ContenderFailed, match=r"peak \(odd\) failed")
    with Contender("peak", "peak", TINY, {"no_such": 1}, "odd") as broken, failing:
        broken.ready()
    assert broken.processes[0].returncode == 1


def test_memory_is_summed_over_a_process_and_what_it_started():
    alone = peak_memory([os.getpid()])
    if alone is None:
        pytest.skip("no /proc here")
    code = "held = bytearray(20_000_000); print(flush=True); input()"
    with child(sys.executable, "-c", code, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()  # before that it may still be a copy of this process
        assert peak_memory([os.getpid()]) > alone + 15_000_000
        assert 20_000_000 < peak_memory([other.pid]) < peak_memory([other.pid, other.pid]) + 1
        other.stdin.write(b"\n")
        other.stdin.flush()


def test_ratios_are_taken_in_each_round_against_the_best_setting():
    row = table.summary(a_record())
    assert row["torch"]["setting"] == "1 thread" and row["torch"]["seconds"] == 0.03
    assert row["torch"]["ratio"] == pytest.approx({"q1": 1.75, "median": 2.0, "q3": 3.0})  # of 2, 1.5 and 4
    assert row["jax"] is None and row["torch_script"] is None


def test_time_over_the_bound_is_our_step_by_its_flops_at_the_peak_rate():
    row = table.summary(a_record())
    assert math.isclose(row["bound"], 0.004) and math.isclose(row["over_bound"], 2.5)
    assert math.isclose(table.peak_rate([a_record()]), 1e9)


def test_the_table_shows_a_row_with_units_and_a_dash_for_what_is_missing():
    lines = table.contest_table([a_record()]).splitlines()
    assert lines[2].split() == [
        "W0",
        "GRU",
        "2x8",
        "10.00",
        "ms",
        "2",
        "30.00",
        "ms",
        "1",
        "thread",
        "2.00x",
        "[1.75-3.00]",
        "-",
        "-",
        "4.00",
        "ms",
        "2.50x",
        "50",
        "400",
    ]
    assert lines[0].index("PyTorch/ours") + len("PyTorch/ours") == lines[2].index("3.00]") + 5


@pytest.mark.parametrize(
    "seconds, text", [(None, "-"), (19.2e-6, "19.2 us"), (1.31e-3, "1.31 ms"), (0.1139, "113.9 ms"), (2.5, "2.50 s")]
)
def test_durations_have_the_unit_that_suits(seconds, text):
    assert table.duration(seconds) == text


def test_a_peer_that_is_not_installed_is_told_and_skipped(monkeypatch, capsys):
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == "jax" else name)
    assert command.installed(["torch", "jax"]) == ["torch"]
    assert capsys.readouterr().err.startswith("jax is not installed here: its column stays empty")


def test_the_command_prints_the_table_and_writes_the_same_as_json(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command, "WORKLOADS", {"W0": TINY, "G0": WRITE})
    monkeypatch.setattr(command, "RESULTS", tmp_path / "RESULTS.md")
    argv = ["--only", "W0,G0", "--peers", "", "--rounds", "1", "--seconds", "0.01", "--json", "kept.json", "--write"]
    monkeypatch.chdir(tmp_path)
    assert command.main(argv) == 0
    out, data = capsys.readouterr().out, json.loads(Path("kept.json").read_text())
    assert out.startswith("command:  python -m benchmarks --only W0,G0") and "GRU 2x8, N 3, T 5" in out
    assert data["schema"] == 1 and set(data) == {"schema", "header", "summary", "workloads", "growth", "start"}
    assert set(data["header"]) == {"command", "date", "machine", "load", "versions"}
    assert [row["name"] for row in data["summary"]] == ["W0", "G0"]
    assert data["summary"][0]["seconds"] > 0 and data["summary"][1]["bound"] is None
    assert out in Path("RESULTS.md").read_text()


@pytest.mark.parametrize("argv", [["--only", "W9"], ["--rounds", "0"], ["--peers", "numpy"]])
def test_options_that_mean_nothing_are_refused(argv, capsys):
    with pytest.raises(SystemExit, match="2"):
        command.arguments(argv)
    assert capsys.readouterr().err


def test_a_growth_curve_moves_one_size_at_a_time():
    for axis, value, workload in growth.points():
        if axis != "streams":
            changed = {key for key, at in vars(workload).items() if at != getattr(growth.BASE, key)} - {"name"}
            assert len(changed) <= 1 and value in vars(workload).values()


def test_the_start_of_a_real_command_is_timed_to_its_first_and_third_step(tmp_path, monkeypatch):
    monkeypatch.setitem(growth.WORKLOADS, "W1", TINY)
    text = tmp_path / "text.txt"
    text.write_text(a_text(2000))
    found = growth.start(text, tmp_path, "cold")
    assert 0 < found["first"] <= found["third"] and (found["memory"] or 1e7) > 1e6
    assert "cold" in growth.starts_table([{"megabytes": 1, "cache": "cold"} | found])
