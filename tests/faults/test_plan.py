"""The fault plan in its short form, a few cases of each row; `python -m tests.faults --long` tries thousands."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from faults.__main__ import BEGIN, END, main, tried, with_rows
from faults.catalogue import ROWS
from faults.commands import Commands, built_shim
from faults.io_calls import DROP, ENDLESS, KILL, SHORT
from faults.rows import Ended, Row, Skipped, unsound
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
