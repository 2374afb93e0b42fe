"""Names that can be none, words in the wrong order, texts in an encoding that the locale does not know."""

from pathlib import Path

import pytest
from runs import done

from rnncli.cli.main import main
from rnncli.cli.words import decoded


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["train", ""], "DATA"),
        (["train", "text.txt", "-o", ""], "--output"),
        (["train", "text.txt", "-c", ""], "--config"),
        (["train", "text.txt", "--init-from", ""], "--init-from"),
        (["train", "text.txt", "--code", ""], "--code"),
        (["train", "--resume", ""], "--resume"),
        (["eval", ""], "RUN"),
        (["generate", ""], "RUN"),
        (["gradcheck", ""], "RUN"),
    ],
)
def test_an_empty_name_is_refused_and_makes_nothing(apart, capsys, argv, name):
    before = sorted(Path().rglob("*"))
    assert main(argv) == 2
    assert capsys.readouterr().err.startswith(f"error: {name} is empty\nhint: name a file")
    assert sorted(Path().rglob("*")) == before


def test_standard_input_can_be_named_once(apart, capsys):
    assert main(["train", "-", "-"]) == 2
    assert capsys.readouterr().err.startswith("error: - is named more than once")


@pytest.mark.parametrize("command", ["eval", "generate"])
def test_a_file_in_the_place_of_the_run_is_told_with_the_command_that_is_right(apart, capsys, command):
    done("r", {"train.max_steps": 1})
    assert main([command, "text.txt", "r"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: text.txt is no trained model, but r is",
        f"hint: name the run first: rnncli {command} r text.txt",
    ]


@pytest.mark.parametrize(
    ("word", "read"),
    [("тест".encode().decode("ascii", "surrogateescape"), "тест"), ("\udcff", "\udcff"), ("a", "a"), (7, 7)],
    ids=["utf-8", "no utf-8", "plain", "a number"],  # bytes that are no UTF-8 cannot be the name of a test
)
def test_texts_that_the_locale_cannot_read_are_read_as_utf_8(monkeypatch, word, read):
    monkeypatch.setattr("os.fsencode", lambda text: text.encode("ascii", "surrogateescape"))
    assert decoded(word) == read


def test_a_long_word_that_is_wrong_is_not_repeated_whole(apart, capsys):
    assert main(["generate", "r", "--length", "9" * 5000]) == 2
    assert "'9999" in (err := capsys.readouterr().err) and len(err) < 300


def test_a_resumed_run_says_why_it_takes_no_other_number_of_workers(apart, capsys):
    done("r", {"train.max_steps": 1})
    assert main(["train", "--resume", "r", "--workers", "2"]) == 2
    assert "takes no --workers: another number of workers adds up in another order" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--order", "--context"])
def test_a_length_beyond_any_text_is_refused(apart, capsys, option):
    done("r", {"train.max_steps": 1})
    assert main(["eval", "r", option, str(2**64)]) == 2
    assert f"invalid value for '{option}': {2**64} is not in the range" in capsys.readouterr().err


def test_one_target_of_a_text_of_long_characters_is_enough_to_validate(apart, capsys):
    Path("cjk.txt").write_text("天地玄黄宇宙洪荒日月盈昃\n" * 100, encoding="utf-8")
    argv = ["train", "cjk.txt", "--tokens", "byte", "--hidden-size", "4", "--max-steps", "1", "--batch-size", "1"]
    assert main([*argv, "--set", "train.eval_tokens=1", "--sample-length", "0"]) == 0
    assert "batches: 1 stream of 32 steps" in capsys.readouterr().err


def test_a_name_that_the_locale_cannot_write_is_told_with_what_helps(apart, capsys, monkeypatch):
    monkeypatch.setattr("sys.getfilesystemencoding", lambda: "ascii")
    monkeypatch.setattr("rnncli.cli.app.invoke", lambda argv: "é.txt".encode("ascii"))
    assert main(["eval", "r"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        r"error: '\xe9.txt': this locale has no such letters for the name of a file",
        "hint: run it again with PYTHONUTF8=1 in front, or with a locale such as LC_ALL=C.UTF-8",
    ]
