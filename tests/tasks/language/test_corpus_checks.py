"""Settings and texts of which a language model would be of no use are refused or named."""

import pytest

from rnncli.cli.main import main

SMALL = ["--workers", "1", "--hidden-size", "4", "--seed", "1", "--max-steps", "2", "--sample-length", "0", "-o", "r"]


@pytest.fixture
def trained(tmp_path, monkeypatch, capsys):
    """trained(text, *options) -> (exit code, standard error) of a small run of it in r."""
    monkeypatch.chdir(tmp_path)

    def train(text, *options):
        (tmp_path / "t.txt").write_text(text, "utf-8")
        code = main(["train", "t.txt", *options, *SMALL])
        return code, capsys.readouterr().err

    return train


@pytest.mark.parametrize("tokens", ["char", "byte"])
def test_settings_for_words_are_refused_where_no_word_is_a_token(trained, tokens):
    code, err = trained("the sea\n" * 50, "--tokens", tokens, "--min-count", "2", "--max-vocab", "9")
    assert code == 2 and f"--min-count, --max-vocab: only for words as tokens, but --tokens is {tokens}" in err
    assert "add --tokens word" in err
    assert trained("the sea\n" * 50, "--tokens", "word", "--min-count", "2", "--max-vocab", "9")[0] == 0


@pytest.mark.parametrize("documents", ["file", "line"])
def test_a_vocabulary_without_a_word_is_refused(trained, documents):
    code, err = trained("the sea\n" * 50, "--tokens", "word", "--min-count", "900", "--documents", documents)
    assert code == 2 and "--min-count is 900, and no word occurs as often" in err and "lower --min-count" in err


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--val-frac", "0.0021"], "the validation part (bytes 1,198 to 1,200 of t.txt)"),
        (["--test-frac", "0.0021"], "the test part (bytes 1,198 to 1,200 of t.txt)"),
    ],
)
def test_a_part_in_which_no_byte_begins_a_character_is_refused(trained, options, part):
    code, err = trained("天" * 400, "--tokens", "byte", *options)
    assert code == 3 and f"{part} has 2 bytes to predict, and none begins a character" in err
    assert f"raise {options[0]}, or set it to 0" in err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("今天天气很好我们去公园散步，看见很多人在那里跳舞唱歌。\n" * 30, True),
        ("ฉันไปตลาดกับเพื่อนทุกวันเสาร์ตอนเช้า\n" * 30, True),
        ("the sea and 海 in it\n" * 30, False),
        ("나는 친구와 함께 시장에 갔다\n" * 30, False),
        ("हिन्दी भाषा में लिखा हुआ पाठ है\n" * 30, False),
    ],
)
def test_phrases_of_a_script_without_spaces_are_named_as_such(trained, text, told):
    code, err = trained(text, "--tokens", "word")
    assert code == 0 and ("the script has no spaces between words" in err) == told
    assert "no spaces between words" not in trained(text, "--tokens", "char", "-o", "s")[1]


@pytest.mark.parametrize("tokens", ["char", "byte"])
def test_a_text_of_one_distinct_character_is_scored(trained, tokens, capsys):
    assert trained("a" * 900, "--tokens", tokens)[0] == 0
    assert main(["eval", "r", "--per-line"]) == 0
    out = capsys.readouterr().out
    assert "scored: 89 tokens, 89 characters" in out and ("skill" in out) == (tokens == "byte")
    assert main(["eval", "r", "--format", "json"]) == 0
    assert ('"skill_percent": null' in capsys.readouterr().out) == (tokens == "char")


def test_the_loss_of_training_has_the_spelling_that_the_score_has(trained):
    words = "".join(f"one{number} the sea\n" for number in range(60))
    code, err = trained(words, "--tokens", "word", "--min-count", "2", "--val-frac", "0.5", "--progress", "lines")
    loss, val = (
        float(line.split(" bits/char")[0].split()[-1])
        for line in err.splitlines()
        if " bits/char" in line and "best" not in line
    )
    assert code == 0 and loss == pytest.approx(val, rel=0.1)  # without it, the loss is less than half the score
