"""What a command writes where: results, notes, warnings, drawings, progress."""

import json

import pytest

from rnncli.cli.command_output import CommandOutput


def test_results_are_on_standard_output_and_everything_else_on_the_other(capfdbinary):
    with CommandOutput() as out:
        out.note("note: one")
        out.warn("warning: two")
        out.write("3,")
        out.write("4")
        out.end_line()
        out.end_line()
        out.draw(["five"])
    assert capfdbinary.readouterr() == (b"3,4\n", b"note: one\nwarning: two\nfive\n")


def test_with_quiet_only_warnings_are_left(capfdbinary):
    with CommandOutput(quiet=True, progress="jsonl") as out:
        out.note("note: one")
        out.warn("warning: two")
        out.progress("scoring", 1, None)
        assert not out.interactive
    assert capfdbinary.readouterr() == (b"", b"warning: two\n")


def test_notes_cannot_steer_a_terminal_and_bytes_of_a_text_stay_as_they_are(capfdbinary):
    with CommandOutput() as out:
        out.note("\x1b[31mred")
        out.write("\x1b[31m\udcff")
    assert capfdbinary.readouterr() == (b"\x1b[31m\xff", b"\\x1b[31mred\n")


def test_what_was_written_before_an_error_is_shown(capfdbinary):
    with pytest.raises(KeyboardInterrupt), CommandOutput() as out:
        out.write("half")
        raise KeyboardInterrupt
    assert capfdbinary.readouterr().out == b"half"


def test_progress_is_shown_as_was_asked_for(capfd, monkeypatch):
    monkeypatch.setattr("rnncli.ui.progress_display.FIRST", 0.0)
    monkeypatch.setattr("rnncli.ui.progress_display.EVERY", 0.0)
    with CommandOutput(progress="jsonl") as out:
        out.progress("scoring", 1, 3)
        out.write("x")
        out.progress("scoring", 2, 3)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert lines == [{"progress": "scoring", "done": done, "total": 3} for done in (1, 2)]
