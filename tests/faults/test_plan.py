"""The fault plan in its short form, a few cases of each row; `python -m tests.faults --long` tries thousands."""

import ctypes
import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from faults.__main__ import BEGIN, END, main, with_rows
from faults.catalogue import ROWS
from faults.commands import ROOT, Commands, built_shim
from faults.io_calls import DROP, ENDLESS, KILL, SHORT
from faults.mutants import seen
from faults.mutations import MUTANTS
from faults.rows import Ended, Plan, Row, Skipped, unsound
from faults.running import Extent, tried, tried_all
from faults.signalled import unheard
from faults.surroundings import control_group
from faults.trainings import RUN, Wholes, differences, trainings

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the plan uses /proc, pidfds and LD_PRELOAD"),
]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
GOOD = Ended(0, b"", b"", 1.0, 10**6)


@pytest.mark.parametrize("name", ROWS)
def test_nothing_is_lost_or_wrong_whatever_fails(name):
    row = tried(name)
    if row.remark.startswith("skipped"):
        pytest.skip(row.remark)
    assert row.failures == []
    assert row.count >= ROWS[name].short


@pytest.mark.parametrize(
    ("ended", "problem"),
    [
        (replace(GOOD, code=70), "ended with 70"),
        (replace(GOOD, code=128 + signal.SIGSEGV), "ended with 139"),
        (replace(GOOD, hung=True), "did not end within 1 s"),
        (replace(GOOD, err=b"Traceback (most recent call last):"), "a traceback"),
        (replace(GOOD, err=b"RuntimeWarning: overflow"), "a warning of a library"),
        (replace(GOOD, out=b"\x1b[2J"), "a raw escape"),
    ],
)
def test_what_no_command_may_do_is_a_failure(ended, problem):
    assert [each.partition(": ")[0] for each in unsound(ended)] == [problem]
    assert unsound(GOOD) == []


def test_a_run_that_ends_otherwise_is_a_failure(tmp_path):
    with Commands() as commands:
        whole = Wholes(commands, tmp_path)[next(trainings())]
    other = tmp_path / RUN
    shutil.copytree(whole, other)
    assert differences(other, whole) == []
    (other / ".model.safetensors.7.tmp").touch()
    model, log = other / "model.safetensors", other / "log.jsonl"
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    log.write_text(log.read_text().replace('"step": 3', '"step": 4'))
    (newest := max(other.glob("checkpoints/*"))).unlink()
    assert differences(other, whole) == [
        "another model",
        "another last checkpoint",
        "another log",
        f"other files: ['.model.safetensors.7.tmp', 'checkpoints/{newest.name}']",
    ]


def test_the_checkpoint_of_a_stop_may_stay_and_no_other_file(tmp_path):
    with Commands() as commands:
        whole = Wholes(commands, tmp_path)[next(trainings())]
    other = tmp_path / RUN
    shutil.copytree(whole, other)
    earlier, newest = sorted(other.glob("checkpoints/*"))
    shutil.copy(earlier, stop := newest.with_name("step-00000011.safetensors"))
    assert differences(other, whole, stopped=True) == []
    assert differences(other, whole) == [f"other files: ['checkpoints/{stop.name}']"]
    stop.rename(before := stop.with_name("step-00000009.safetensors"))
    assert differences(other, whole, stopped=True) == [f"other files: ['checkpoints/{before.name}']"]


def struck(shim, folder, number, kind, room=ENDLESS):
    """What a program leaves in file a that writes abc, syncs it and writes def, with a fault at one of its calls."""
    code = (
        "import ctypes, os, sys\n"
        "ctypes.CDLL(sys.argv[1]).rnncli_arm(sys.argv[2].encode(), *map(int, sys.argv[3:]))\n"
        "file = os.open('a', os.O_WRONLY | os.O_CREAT)\n"
        "for text in (b'abcd', b'efgh'):\n"
        "    os.write(file, text)\n"
        "    os.fsync(file) if text == b'abcd' else None\n"
        "os.close(file)\n"
    )
    argv = [sys.executable, "-c", code, str(shim), str(folder), *map(str, (number, kind, room))]
    ended = subprocess.run(
        argv, cwd=folder, env=os.environ | {"LD_PRELOAD": str(shim)}, capture_output=True, timeout=60
    )
    return ended.returncode, (folder / "a").read_bytes() if (folder / "a").exists() else None


@pytest.mark.parametrize(
    ("number", "kind", "room", "code", "left"),
    [
        (0, 0, ENDLESS, 0, b"abcdefgh"),
        (1, 5, ENDLESS, 1, None),  # EIO when it is opened
        (2, SHORT, ENDLESS, 0, b"abefgh"),
        (3, 28, ENDLESS, 1, b"abcd"),  # the sync
        (4, KILL, ENDLESS, -signal.SIGKILL, b"abcdef"),
        (4, DROP, ENDLESS, -signal.SIGKILL, b"abcd"),
        (2, DROP, ENDLESS, -signal.SIGKILL, b""),
        (5, 5, ENDLESS, 1, b"abcdefgh"),  # the close
        (0, 0, 5, 1, b"abcd"),
    ],
)
def test_the_shim_makes_one_call_fail(number, kind, room, code, left, tmp_path):
    try:
        shim = built_shim(tmp_path)
    except Skipped as reason:
        pytest.skip(str(reason))
    ctypes.CDLL(str(shim))
    (tmp_path / "here").mkdir()
    assert struck(shim, tmp_path / "here", number, kind, room) == (code, left)


def test_the_table_keeps_the_rows_that_were_not_tried_again():
    first, second, *_ = ROWS
    page = with_rows(f"before\n{BEGIN}\n{END}\nafter\n", [Row(second, 3, [], 0.5, 2_000_000, "all")], "2026-01-02")
    page = with_rows(page, [Row(first, remark="skipped: no luck")], "2026-01-03")
    assert page.splitlines() == [
        "before",
        BEGIN,
        "",
        "| fault | N | failures | worst | peak |  | date |",
        "| --- | ---: | ---: | ---: | ---: | --- | --- |",
        f"| {first} | - | - | - | - | skipped: no luck | 2026-01-03 |",
        f"| {second} | 3 | 0 | 0.50 s | 2 MB | all | 2026-01-02 |",
        "",
        END,
        "after",
    ]


def test_an_unknown_row_is_an_error(capsys):
    assert main(["nonsense"]) == 2
    assert "no row 'nonsense'; known: kills, calls" in capsys.readouterr().err


def test_the_page_has_every_row_of_the_plan():
    table = PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
    assert [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")][2:] == list(ROWS)


def test_rows_side_by_side_are_those_one_after_the_other():
    """`tests.faults` is imported by the processes of the rows, as by `python -m tests.faults`."""
    argv = [sys.executable, "-m", "tests.faults", "data bits", "truncations", "--count", "3"]
    alone, together = (
        subprocess.run([*argv, "--jobs", jobs], cwd=PAGE.parents[1], capture_output=True, text=True, timeout=120)
        for jobs in "12"
    )
    assert (alone.returncode, together.returncode) == (0, 0), together.stderr
    names = [[line[:40].split() for line in each.stdout.splitlines()] for each in (alone, together)]
    assert sorted(names[0]) == sorted(names[1])
    assert ["truncations", "6", "0"] in names[0]


def test_a_row_that_breaks_is_a_failure_and_the_others_are_tried(monkeypatch):
    def broken(plan, row):
        raise AssertionError("a training fails by itself")

    monkeypatch.setitem(ROWS, "kills", ROWS["kills"]._replace(make=broken))
    row, other = tried_all(["kills", "truncations"], Extent(count=1))
    assert (row.count, other.count, other.failures) == (1, 2, [])
    assert row.failures[0].endswith("AssertionError: a training fails by itself\n")


def test_a_row_ends_with_its_share_of_the_time(monkeypatch):
    extent, names = Extent(minutes=10, jobs=2), [*ROWS]
    assert sum(extent.seconds(name, names) for name in names) == pytest.approx(1200)
    assert extent.seconds("kills", ["kills"]) == 1200
    row = tried("truncations", Extent(long=True), seconds=0.0)
    assert (row.count, row.remark) == (0, "ended by its time")
    assert list(Plan(PAGE, random.Random(1), 3, until=0.0).in_time([1, 2])) == []


def test_a_training_that_a_signal_kills_or_that_does_not_save_as_it_says_is_a_failure(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    for step in (0, 2):
        (tmp_path / f"checkpoints/step-{step:08d}.safetensors").touch()
    said = replace(GOOD, code=143, err=b"interrupted: stopped and saved at step 3\n")
    assert unheard(replace(GOOD, code=143, killed=True), tmp_path) == ["the signal killed it in the midst of its steps"]
    assert unheard(said, tmp_path)[0].startswith("it says that it has saved step 3, and its last checkpoint is step-0")
    assert unheard(replace(said, err=said.err.replace(b"3", b"2")), tmp_path) == []
    (tmp_path / "summary.json").touch()
    assert unheard(replace(GOOD, code=143, killed=True), tmp_path) == []


def test_a_command_joins_the_control_group_that_is_made_for_it(tmp_path):
    (tmp_path / "cgroup.subtree_control").write_text("cpu memory pids\n")
    with control_group(tmp_path) as group, Commands() as commands:
        members = group / "members"
        assert commands.run(["--version"], tmp_path, cold=True, group=str(members)).code == 0
        assert members.read_text() == "0"  # to the kernel: the process that writes
        members.unlink()
    assert not group.exists()


@pytest.mark.parametrize(("text", "reason"), [("cpu", "have no limit of memory"), (None, "No such file")])
def test_without_limits_of_memory_no_control_group_is_made(text, reason, tmp_path):
    if text is not None:
        (tmp_path / "cgroup.subtree_control").write_text(text)
    with pytest.raises(Skipped, match=reason), control_group(tmp_path):
        raise AssertionError("made")


def test_each_mutant_changes_words_that_stand_once_in_its_file(tmp_path):
    """And all rows have one that can be tried everywhere."""
    edits = {edit for mutant in MUTANTS for edit in mutant.edits}
    assert [edit for edit in edits if (ROOT / "rnncli" / edit.file).read_text().count(edit.old) != 1] == []
    assert {mutant.row for mutant in MUTANTS} == set(ROWS) - {"control groups"}


def test_a_mutant_is_seen_by_its_row():
    assert seen(next(each for each in MUTANTS if each.row == "data bits")) == [(300, 300)]
