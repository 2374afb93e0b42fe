"""What is reported of a scored text, on paper and by the command."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from scorings import brute_force, loaded_with, scored, split_of

from rnncli.cli.main import main
from rnncli.config import DataConfig, ModelConfig, to_dict
from rnncli.data.text.corpus import load_corpus
from rnncli.data.text.encoders import ByteEncoder, CharEncoder
from rnncli.data.text.word_vocabulary import WordEncoder, fit_spelling
from rnncli.errors import ConfigError, DataError
from rnncli.storage.checkpoint import named_arrays, save
from rnncli.tasks.language.evaluate import report
from rnncli.tasks.language.evaluation_data import held_out, other_text, stored_corpus
from rnncli.tasks.language.report import line_records, names_of_metrics, token_records
from rnncli.ui.report import render


def test_nats_bits_and_perplexity_are_those_of_the_nats_of_all_targets(char_run):
    loaded, corpus = char_run
    nats = brute_force(loaded.model, loaded.theta.astype("f8"), corpus.val)
    metrics = report(loaded, [corpus.val]).metrics()
    assert metrics["nats_per_char"] == pytest.approx(nats.mean(), abs=1e-5)
    assert metrics["bits_per_char"] == pytest.approx(nats.mean() / math.log(2), abs=1e-5)
    assert metrics["perplexity"] == pytest.approx(math.exp(nats.mean()), rel=1e-5)
    assert metrics["tokens"] == metrics["characters"] == len(nats)
    assert tuple(metrics) == names_of_metrics("char")


def test_the_total_of_several_parts_weighs_them_by_their_characters(char_run):
    loaded, corpus = char_run
    both = report(loaded, [corpus.val, corpus.test], corpus.train)
    one, two = (both.metrics(part) for part in both.parts)
    weights = [one["characters"], two["characters"]]
    for figure in ("nats_per_char", "bits_per_char"):
        assert both.metrics()[figure] == pytest.approx(np.average([one[figure], two[figure]], weights=weights))
    kneser_ney = [both.baselines(part)["kneser_ney"]["nats_per_char"] for part in both.parts]
    assert both.baselines()["kneser_ney"]["nats_per_char"] == pytest.approx(np.average(kneser_ney, weights=weights))


def test_the_baseline_is_fitted_on_the_training_split_and_its_skill_is_in_per_cent(char_run):
    loaded, corpus = char_run
    found = report(loaded, [corpus.val], corpus.train, order=4)
    kneser_ney = found.baselines()["kneser_ney"]
    assert kneser_ney["order"] == 4
    assert kneser_ney["fitted_on_tokens"] == len(corpus.train.tokens)
    assert kneser_ney["nats_per_char"] < 1 < found.metrics()["nats_per_char"]  # random weights know nothing
    ratio = found.metrics()["nats_per_char"] / kneser_ney["nats_per_char"]
    assert kneser_ney["skill_percent"] == pytest.approx(100 - 100 * ratio)
    assert report(loaded, [corpus.val]).baselines() == {"kneser_ney": None}


def test_windows_are_reported_beside_the_carried_state(char_run):
    loaded, corpus = char_run
    metrics = report(loaded, [corpus.val], context=16).metrics()
    assert tuple(metrics) == names_of_metrics("char", 16)
    windows = scored(loaded.model, loaded.theta, corpus.val, context=16)
    assert metrics["context_nats_per_char"] == pytest.approx(windows.mean(), abs=1e-5)
    assert metrics["context_nats_per_char"] != pytest.approx(metrics["nats_per_char"], abs=1e-4)


def word_part():
    """A word-level model, and its report on a text with two unknown words."""
    words = ("<unk>", "the", " sea", "\n", " the")
    encoder = WordEncoder(words, fit_spelling(["night", "day"]))
    loaded = loaded_with(encoder)
    text = "the night the\nthe sea day\nthe sea\n"
    ids = encoder.encode(text)
    split = split_of(
        ids,
        [[0, len(ids)]],
        characters=len(text) - 3,
        spelling_nats=encoder.spelling_nats(" night") + encoder.spelling_nats(" day"),
    )
    return loaded, split, text


def test_unknown_words_are_counted_and_their_spelling_is_paid_for_per_character():
    loaded, split, text = word_part()
    found = report(loaded, [split], split, order=2)
    metrics, nats = found.metrics(), brute_force(loaded.model, loaded.theta.astype("f8"), split).sum()
    assert metrics["unknown_share"] == pytest.approx(2 / split.targets)
    assert metrics["nats_per_token"] == pytest.approx(nats / split.targets, rel=1e-5)
    assert metrics["perplexity"] == pytest.approx(math.exp(nats / split.targets), rel=1e-4)
    assert metrics["nats_per_char"] == pytest.approx((nats + split.spelling_nats) / (len(text) - 3), rel=1e-5)
    assert metrics["spelling_nats_per_char"] == pytest.approx(split.spelling_nats / (len(text) - 3))
    assert tuple(metrics) == names_of_metrics("word")
    kneser_ney = found.baselines()["kneser_ney"]
    assert kneser_ney["nats_per_char"] > metrics["spelling_nats_per_char"]
    assert kneser_ney["nats_per_token"] * split.targets + split.spelling_nats == pytest.approx(
        kneser_ney["nats_per_char"] * (len(text) - 3)
    )


def test_lines_add_up_to_the_whole_and_carry_their_text(char_run):
    loaded, corpus = char_run
    (part,) = report(loaded, [corpus.val]).parts
    lines = list(line_records(part, loaded.encoder))
    assert sum(line["nats"] for line in lines) == pytest.approx(part.model.sum())
    assert sum(line["chars"] for line in lines) == corpus.val.characters
    assert "".join(line["text"] for line in lines) == loaded.encoder.decode(corpus.val.tokens)
    assert [line["line"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(line["text"].endswith("\n") for line in lines[:-1])
    second = lines[1]
    assert second["bits_per_char"] == pytest.approx(second["nats"] / math.log(2) / second["chars"])


def test_lines_as_documents_are_the_lines_of_the_table(tmp_path):
    path = tmp_path / "names.txt"
    path.write_text("anna\nbo\n\ncarla\ndan", "utf-8")
    corpus = load_corpus(DataConfig(files=(str(path),), documents="line", val_frac=0.5))
    loaded = loaded_with(corpus.encoder, documents="line")
    (part,) = report(loaded, [corpus.val]).parts
    lines = list(line_records(part, loaded.encoder))
    assert [line["text"] for line in lines] == ["carla\n", "dan\n"]
    assert [line["chars"] for line in lines] == [6, 4]
    expected = brute_force(loaded.model, loaded.theta.astype("f8"), corpus.val)
    assert lines[1]["nats"] == pytest.approx(expected[6:].sum(), rel=1e-5)


def test_a_line_with_an_unknown_word_has_no_figure_per_character():
    loaded, split, text = word_part()
    (part,) = report(loaded, [split]).parts
    lines = list(line_records(part, loaded.encoder))
    assert [line["unknown"] for line in lines] == [1, 1, 0]
    assert [line["bits_per_char"] is None for line in lines] == [True, True, False]
    assert lines[2]["chars"] == len("the sea\n") and lines[2]["text"] == "the sea\n"


def test_tokens_come_with_their_nats_and_bytes_that_are_no_character_as_numbers():
    encoder = ByteEncoder()
    tokens = encoder.encode("aé\n")
    split = split_of(tokens, [[0, 4]], characters=2)
    loaded = loaded_with(encoder)
    (part,) = report(loaded, [split]).parts
    records = list(token_records(part, encoder))
    assert [record["token"] for record in records] == ["0xC3", "0xA9", "\n"]
    assert [record["nats"] for record in records] == part.model.tolist()
    (line,) = line_records(part, encoder)
    assert line["chars"] == 2 and line["text"] == "aé\n" and line["tokens"] == 3


def test_a_text_without_a_newline_in_the_alphabet_is_one_line():
    encoder = CharEncoder("ab")
    split = split_of(encoder.encode("abba"), [[0, 4]])
    loaded = loaded_with(encoder)
    (line,) = line_records(report(loaded, [split]).parts[0], encoder)
    assert line["text"] == "abba" and line["chars"] == 3


def test_a_split_with_nothing_to_predict_is_an_error():
    with pytest.raises(DataError, match="short.txt: nothing to score"):
        report(loaded_with(CharEncoder("ab")), [split_of([0], [[0, 1]], name="short.txt")])


# Where the texts come from


def test_the_data_of_the_run_is_read_again_and_its_digest_compared(char_run, text_file):
    loaded, corpus = char_run
    assert stored_corpus(loaded).digest == corpus.digest
    assert held_out(loaded, stored_corpus(loaded), "test").characters == corpus.test.characters
    text_file.write_text(text_file.read_text().replace("sea", "see"))
    with pytest.raises(DataError, match="play.txt: not the data that runs/a was trained on"):
        stored_corpus(loaded)
    text_file.unlink()
    with pytest.raises(DataError, match="no such file"):
        stored_corpus(loaded)


def test_a_run_that_was_trained_on_standard_input_has_no_data_to_go_back_to():
    with pytest.raises(DataError, match="standard input"):
        stored_corpus(loaded_with(CharEncoder("ab"), files=["-"]))


def test_a_split_that_was_not_set_aside_is_an_error(char_run):
    loaded, corpus = char_run
    with pytest.raises(ConfigError, match="--split test: runs/a was trained with --test-frac 0"):
        held_out(loaded, replace(corpus, test=None), "test")


def test_unseen_characters_are_an_error_or_left_out_and_counted(tmp_path):
    path = tmp_path / "other.txt"
    path.write_text("ab€ba€\n", "utf-8")
    loaded = loaded_with(CharEncoder("\nab"))
    with pytest.raises(DataError, match="U\\+20AC.* at offset 2") as error:
        other_text(loaded, path)
    assert "--unknown skip" in error.value.hint
    split = other_text(loaded, path, unknown="skip")
    assert loaded.encoder.decode(split.tokens) == "abba\n" and split.characters == 4
    assert split.notes == ("2 characters left out, unknown to the model",)


def test_another_file_is_read_whole_and_bears_its_name(char_run, text_file):
    loaded, _ = char_run
    split = other_text(loaded, text_file)
    assert split.name == str(text_file)
    assert split.characters == len(text_file.read_text()) - 1


# On paper


def test_json_has_flat_metrics_and_null_for_what_is_not_finite(char_run):
    loaded, corpus = char_run
    loaded.theta[:] = math.nan
    found = json.loads("".join(render(report(loaded, [corpus.val], corpus.train), "language", format="json")))
    assert found["schema"] == 1 and found["task"] == "language" and found["checks"] == []
    assert found["metrics"]["nats_per_char"] is None and found["metrics"]["perplexity"] is None
    assert found["metrics"]["tokens"] == corpus.val.targets
    assert found["baselines"]["kneser_ney"]["nats_per_char"] > 0
    assert found["baselines"]["kneser_ney"]["skill_percent"] is None
    (part,) = found["parts"]
    assert part["part"] == "val" and part["where"] == corpus.val.where


def test_json_lines_are_one_object_each_and_end_with_the_total(char_run):
    loaded, corpus = char_run
    found = replace(report(loaded, [corpus.val, corpus.test]), shown=("lines", "tokens"))
    lines = list(map(json.loads, render(found, "language", format="jsonl")))
    kinds = [line["record"] for line in lines]
    assert kinds.count("token") == found.metrics()["tokens"] and kinds.count("part") == 2
    assert kinds[-1] == "total" and lines[-1]["metrics"] == found.metrics()
    total = json.loads("".join(render(replace(found, shown=("lines",)), "language", format="json")))
    assert [{"record": "line"} | line for line in total["lines"]] == [x for x in lines if x["record"] == "line"]


def test_the_text_shows_every_figure_beside_the_baseline(char_run):
    loaded, corpus = char_run
    found = report(loaded, [corpus.val, corpus.test], corpus.train, order=5, context=8)
    text = "".join(render(found, "language"))
    for row in ("model ", "model, windows of 8", "Kneser-Ney, order 5", corpus.val.where, "total of 2 parts"):
        assert row in text
    assert f"{found.metrics()['bits_per_char']:.4f}" in text
    assert f"fitted on {len(corpus.train.tokens):,} tokens" in " ".join(text.split())
    assert f"scored: {found.metrics()['tokens']:,} tokens" in text


def test_control_characters_of_a_text_do_not_reach_the_tables():
    encoder = CharEncoder("\n\x1ba")
    split = split_of(encoder.encode("a\x1b\na"), [[0, 4]])
    loaded = loaded_with(encoder)
    found = replace(report(loaded, [split]), shown=("lines", "tokens"))
    text = "".join(render(found, "language"))
    assert "\x1b" not in text and "\\x1b" in text


# The command


@pytest.fixture
def run_file(char_run, tmp_path):
    """The model of `char_run` as a file, and that of its data."""
    loaded, corpus = char_run
    config = replace(loaded.config, model=ModelConfig(hidden_size=6, num_layers=2))
    path = tmp_path / "model.safetensors"
    save(
        path,
        named_arrays(loaded.store, "theta/", loaded.theta),
        {"config": to_dict(config), "encoder": loaded.encoder.to_dict(), "progress": {}, "data": loaded.data},
    )
    return str(path)


def test_the_command_writes_the_figures_of_the_validation_split_and_nothing_else(
    run_file, char_run, capsys, text_file, monkeypatch
):
    monkeypatch.chdir(text_file.parent)  # elsewhere, a note says where the data are
    loaded, corpus = char_run
    assert main(["eval", run_file, "--format", "json", "--order", "3", "--context", "8", "--trust-paths"]) == 0
    out, err = capsys.readouterr()
    expected = report(loaded, [corpus.val], corpus.train, order=3, context=8)
    assert json.loads(out)["metrics"] == expected.metrics()
    assert json.loads(out)["baselines"] == expected.baselines()
    assert err.startswith("warning: Kneser-Ney beats the model (nats/char ") and err.count("\n") == 1


def test_a_failed_gate_ends_with_1_after_the_report(run_file, capsys, tmp_path):
    gate = ["eval", run_file, "--trust-paths", "--split", "test"]
    assert main([*gate, "--beat-baseline", "--min", "tokens=3", "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert [check["passed"] for check in json.loads(out)["checks"]] == [True, False]
    assert "error: 1 of 2 checks failed: beat-baseline nats_per_char: found " in err
    base = tmp_path / "base.json"
    base.write_text(out)
    assert main([*gate, "--max-regress-from", f"{base}:0%"]) == 0
    assert "max-regress nats_per_char" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options, code, message",
    [
        (["--max", "bits=1"], 2, "unknown metric 'bits'"),
        (["--max", "context_nats_per_char=1"], 2, "unknown metric"),
        (["--split", "val", "x.txt"], 2, "--split and FILE exclude each other"),
        (["--beat-baseline", "--no-baseline"], 2, "exclude each other"),
        (["missing.txt"], 3, "missing.txt: no such file"),
        (["--max-regress-from", "missing.json:1%"], 3, "missing.json: no such file"),
        (["-", "--file", "-"], 2, "more than once"),
    ],
)
def test_what_cannot_be_done_is_two_lines_and_its_exit_code(run_file, capsys, options, code, message):
    assert main(["eval", run_file, *options]) == code
    out, err = capsys.readouterr()
    assert out == "" and message in err
    assert [line.split(":")[0] for line in err.splitlines()] == ["error", "hint"]


def test_a_text_in_another_encoding_is_read_by_its_name(run_file, text_file, capsys):
    other = text_file.with_name("latin.txt")
    other.write_bytes(b"\xe9t\xe9")
    assert main(["eval", run_file, str(other)]) == 3
    error, hint = capsys.readouterr().err.splitlines()
    assert error == f"error: {other}: byte 0xe9 at offset 0 is not UTF-8 (invalid continuation byte)"
    run = f"run: rnncli eval {run_file} {other} --encoding cp1252"
    assert hint.startswith("hint: its encoding can only be guessed: cp1252 (été) or ") and hint.endswith(
        f"cp1252; {run}"
    )
    other.write_bytes("the sé\nthe nigé\n".encode("latin-1"))
    assert main(["eval", run_file, str(other), "--unknown", "skip", "--no-baseline", "--encoding", "latin-1"]) == 0
    assert "2 characters left out" in capsys.readouterr().err


def test_another_text_needs_the_training_data_for_the_baseline_alone(run_file, text_file, capsys):
    other = text_file.with_name("other.txt")
    other.write_text("to be or not\n")
    text_file.unlink()
    assert main(["eval", run_file, str(other), "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["baselines"] == {"kneser_ney": None}
    assert json.loads(out)["metrics"]["characters"] == 12
    assert err.startswith("warning: no baseline: ") and "play.txt" in err
    assert main(["eval", run_file, str(other), "--beat-baseline"]) == 3  # not checked is not failed
    assert main(["eval", run_file]) == 3
    assert "rnncli eval" in capsys.readouterr().err


def test_several_files_are_told_apart_in_the_table(run_file, text_file, capsys):
    other = text_file.with_name("other.txt")
    other.write_text("to be or not!\n")
    options = ["--file", str(text_file), "--no-baseline", "--unknown", "skip", "--per-line"]
    assert main(["eval", run_file, str(other), *options]) == 0
    out, err = capsys.readouterr()
    assert f"{other}: all 13 characters of other.txt" in " ".join(out.split()) and "total of 2 parts" in out
    assert "'to be or not\\n'" in out
    assert err == f"note: {other}: 1 character left out, unknown to the model\n"


WORDS = ("<unk>", "the", " sea", "\n", " the")


def word_model():
    return loaded_with(WordEncoder(WORDS, fit_spelling(["night", "day"])))


def test_words_that_the_model_has_never_seen_are_spelled_out_left_out_or_an_error(tmp_path):
    path, loaded = tmp_path / "other.txt", word_model()
    path.write_text("the night the\nthe sea day\nday\n")
    spelled = other_text(loaded, path)
    assert spelled.spelling_nats > 0 and (spelled.tokens == 0).sum() == 3
    assert spelled.notes == (
        "3 of 9 tokens (33.3%) are words outside the vocabulary; their loss includes their spelling",
    )
    with pytest.raises(DataError, match="3 of 10 tokens are words that the model has never seen") as caught:
        other_text(loaded, path, "error")
    assert "--unknown skip leaves them out" in caught.value.hint
    left = other_text(loaded, path, "skip")
    assert loaded.encoder.decode(left.tokens) == "the the\nthe sea\n\n"
    assert (left.pieces.tolist(), left.characters, left.spelling_nats) == ([[0, 7]], 14, 0.0)
    assert left.notes == ("3 words left out, unknown to the model",)
    path.write_text("the sea\n")
    assert other_text(loaded, path, "error").tokens.tolist() == other_text(loaded, path).tokens.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "many"),
    [("Мельник", "all 7 characters"), ("Мельник a", "8 of 9 characters"), ("日本語" * 9, "all 27 char")],
)
def test_a_text_of_which_nothing_is_known_is_not_called_short(tmp_path, text, many):
    path = tmp_path / "other.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=f"{many}.* are unknown to the model, so that nothing to score is left"):
        other_text(loaded_with(CharEncoder("\nab")), path, "skip")
    path.write_text("a", "utf-8")
    with pytest.raises(DataError, match="too few characters"):
        other_text(loaded_with(CharEncoder("\nab")), path, "skip")


def test_a_text_of_unknown_words_alone_is_not_called_short(tmp_path):
    path = tmp_path / "other.txt"
    path.write_text("night day night", "utf-8")
    with pytest.raises(DataError, match="all 3 words are unknown to the model"):
        other_text(word_model(), path, "skip")


@pytest.mark.parametrize("documents", ["file", "line"])
def test_lines_have_the_numbers_that_they_have_in_the_file(tmp_path, documents):
    path = tmp_path / "gaps.txt"
    path.write_text("\n\nab\n\nb\n\n\na\nb\n", "utf-8")
    loaded = loaded_with(CharEncoder("\nab"), documents=documents)
    (part,) = report(loaded, [other_text(loaded, path)]).parts
    found = {line["line"]: line["text"] for line in line_records(part, loaded.encoder)}
    assert {number: text for number, text in found.items() if text != "\n"} == {3: "ab\n", 5: "b\n", 8: "a\n", 9: "b\n"}
    assert (set(found) - {3, 5, 8, 9}) == (set() if documents == "line" else {2, 4, 6, 7})


def test_lines_of_a_part_count_from_its_first_line(tmp_path):
    path = tmp_path / "gaps.txt"
    path.write_text("ab\n\nb\n\n\na\n\nb\nab\n", "utf-8")
    corpus = load_corpus(DataConfig(files=(str(path),), documents="line", val_frac=0.6))
    loaded = loaded_with(corpus.encoder, documents="line")
    (part,) = report(loaded, [corpus.val]).parts
    assert [(line["line"], line["text"]) for line in line_records(part, loaded.encoder)] == [
        (1, "a\n"),
        (3, "b\n"),
        (4, "ab\n"),
    ]
