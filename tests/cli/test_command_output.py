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
    out, err = capfdbinary.readouterr()
    assert out == b"" and json.loads(err) == {"schema": 1, "event": "notice", "text": "two", "warning": True}


def test_notes_are_events_where_programs_watch_the_progress(capfd):
    with CommandOutput(progress="jsonl", command="eval") as out:
        out.note("note: one \x1b[31m\u2028 line")
        out.warn("warning: two")
    err = capfd.readouterr().err
    assert [json.loads(line) for line in err.splitlines()] == [
        {"schema": 1, "event": "notice", "text": "one \x1b[31m\u2028 line", "warning": False},
        {"schema": 1, "event": "notice", "text": "two", "warning": True},
    ]
    assert "\x1b" not in err


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
