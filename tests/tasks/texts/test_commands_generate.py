"""`rnncli generate` of texts for texts: one line in, one line out, in order, whatever stands in the lines."""

import json
import os
import shutil
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE

import numpy as np
import pytest
from processes import child
from text_files import TINY, numbers

pytestmark = pytest.mark.usefixtures("here")
ODD = [
    "one two",
    "",
    "  ",
    "x" * 10_000,
    "\u202e\u0301\U0001f600 \x00 \x1b[31m \x85 \u2028 naïve",
    "a 'single\" quote",
    '"all of it quoted"',
    "one, two; three",
    "seven\tnine",
    "no line feed at the end",
]
FOUR = "one two\nnine\n\nfour four\n"
SOURCES = "".join(f"{source}\n" for source, _ in numbers(20))


@pytest.mark.parametrize("run", ["plain", "jsonl"])
def test_every_line_has_a_text_in_its_place(run, command, saved):
    saved("odd.txt", "\n".join(ODD))
    code, out, _ = command("generate", run, "odd.txt")
    lines = out.split("\n")[:-1]
    assert code == 0 and len(lines) == len(ODD) and lines[1:3] == ["", ""] and all(lines[3:])
    text = "\n".join(ODD)
    assert command("generate", run, stdin=text)[:2] == command("generate", run, "-", stdin=text)[:2] == (0, out)
    assert command("generate", run, stdin=text.replace("\n", "\r\n") + "\r\n")[1] == out
    assert command("generate", run, stdin="") == (0, "", "")
    assert command("generate", run, stdin="\n\n")[:2] == (0, "\n\n")


@pytest.mark.parametrize(
    "run, how",
    [("plain", ("--show-attention",)), ("plain", ("--beam", "4", "--n-best", "3")), ("blind", ("--beam", "3"))],
)
def test_the_text_for_a_line_does_not_depend_on_the_others(run, how, answers):
    texts = [f"{line}\n" for line in ("one two", "nine", "", "x" * 2000, "six seven eight nine zero one", "five")]
    whole = answers(run, "".join(texts), *how)
    for one, text in zip(whole, texts, strict=True):
        (alone,) = answers(run, text, *how)
        for each, other in zip(one.get("n_best", [one]), alone.get("n_best", [alone]), strict=True):
            assert each["answer"] == other["answer"] and each["ended"] == other["ended"]
            assert each["score"] == pytest.approx(other["score"], rel=1e-5)  # float32: products of other sizes
        looked = [np.array(each.get("attention", ())) for each in (one, alone)]
        assert looked[0].shape == looked[1].shape and np.allclose(*looked, atol=2e-4)  # four decimals


@pytest.mark.parametrize("run", ["plain", "blind", "forms"])
def test_a_beam_is_at_least_as_good_as_greedy_search_and_a_beam_of_one_is_that(run, answers):
    text = SOURCES if run != "forms" else "lemma\tfeatures\nbear\tN;PL\ncat\tV;PST\nx\t\n"
    greedy, one = answers(run, text), answers(run, text, "--beam", "1")
    assert greedy == one and all(each["score"] <= 0 for each in greedy)
    for options in ((), ("--length-penalty", "0.5")):
        first, wide = answers(run, text, *options), answers(run, text, *options, "--beam", "5")
        assert all(one["score"] <= other["score"] + 1e-6 for one, other in zip(first, wide) if one["ended"])
        assert run == "forms" or any(one["score"] < other["score"] for one, other in zip(first, wide))


def test_the_best_texts_of_a_line_stand_on_one_line_with_their_scores(command, answers):
    code, out, _ = command("generate", "plain", "--beam", "4", "--n-best", "3", stdin=FOUR)
    found = answers("plain", FOUR, "--beam", "4", "--n-best", "3")
    assert code == 0 and len(out.splitlines()) == len(found) == 4
    for line, each in zip(out.splitlines(), found):
        cells, best = line.split("\t"), each["n_best"]
        assert cells == [cell for one in best for cell in (one["answer"], f"{one['score']:.4f}")]
        scores = [one["score"] for one in best]
        assert scores == sorted(scores, reverse=True) and each["answer"] == best[0]["answer"]
        assert each["line"] == 3 or len({one["answer"] for one in best}) == 3
    single = answers("plain", FOUR, "--beam", "4")
    assert [each["answer"] for each in single] == [each["answer"] for each in found]


def test_a_length_penalty_of_zero_favours_short_texts(answers):
    lengths = {}
    for alpha in ("0", "2"):
        found = answers("plain", SOURCES, "--beam", "4", "--length-penalty", alpha)
        lengths[alpha] = sum(len(each["answer"]) for each in found)
        for each in found:
            symbols = len(each["answer"]) + each["ended"]
            assert each["score"] == pytest.approx(each["log_probability"] / symbols ** float(alpha))
    assert lengths["0"] < lengths["2"]


MANNERS = [
    ("--num-samples", "3"),
    ("--temperature", "0.7"),
    ("--top-k", "3"),
    ("--top-p", "0.8"),
    ("--min-p", "0.1"),
    ("--repetition-penalty", "1.5"),
]


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner[0])
def test_the_same_seed_gives_the_same_samples(manner, command):
    code, out, err = command("generate", "plain", *manner, "--seed", "3", stdin=FOUR)
    assert code == 0 and "seed" not in err and len(out.splitlines()) == 4 * (3 if manner[0] == "--num-samples" else 1)
    assert command("generate", "plain", *manner, "--seed", "3", stdin=FOUR) == (code, out, err)
    assert command("generate", "plain", *manner, "--seed", "4", stdin=FOUR)[1] != out
    _, drawn, err = command("generate", "plain", *manner, stdin=FOUR)
    word, seed = err.splitlines()[0].split()
    assert word == "seed" and command("generate", "plain", *manner, "--seed", seed, stdin=FOUR)[1] == drawn


def test_samples_without_chance_are_the_greedy_texts(command):
    greedy = command("generate", "plain", stdin=FOUR)[:2]
    for manner in (("--temperature", "0"), ("--top-k", "1")):
        assert command("generate", "plain", *manner, "--seed", "5", stdin=FOUR)[:2] == greedy


def test_more_samples_begin_with_fewer_and_json_counts_them(answers):
    few, many = (answers("plain", FOUR, "--num-samples", n, "--seed", "2") for n in (2, 5))
    assert [(each["line"], each["sample"]) for each in many] == [(line, k) for line in (1, 2, 3, 4) for k in range(5)]
    kept = [each for each in many if each["sample"] < 2]
    for one, other in zip(few, kept, strict=True):
        assert one["answer"] == other["answer"] and one["score"] == pytest.approx(other["score"], rel=1e-4)
    assert len({each["answer"] for each in many if each["line"] == 1}) > 1


def test_json_lines_keep_their_fields_and_halves_of_characters(command, answers):
    text = '{"id": 7, "source": "one two", "more": {"a": [1, null]}}\n\n{"source": null, "v": NaN}\n'
    first, blank, last = answers("jsonl", text)
    assert list(first)[:3] == ["id", "source", "more"] and first["more"] == {"a": [1, None]} and first["answer"]
    assert blank == {"answer": "", "score": 0, "log_probability": 0, "ended": True} and last["v"] is last["source"]
    half = '{"source": "one \\ud800 two", "v": "\\udfff"}\n'
    (found,) = answers("jsonl", half)
    assert (found["source"], found["v"]) == ("one \ud800 two", "\udfff")
    assert command("generate", "jsonl", stdin=half)[0] == 0


def test_a_target_beside_the_source_has_no_part_in_the_text(command, saved):
    plain = command("generate", "plain", stdin="one two\nnine\n")[1]
    assert command("generate", "plain", saved("both.tsv", "one two\tdos\nnine\tcero\n"))[:2] == (0, plain)
    assert command("generate", "plain", saved("both.jsonl", '{"text": "one two"}\n{"text": "nine"}\n'))[1] == plain


def test_lines_of_several_files_say_which(command, saved):
    one, two = saved("one.txt", "one\ntwo\n"), saved("two.txt", "three\n")
    _, out, _ = command("generate", "plain", one, two, "--format", "jsonl")
    found = [json.loads(line) for line in out.splitlines()]
    assert [(each["file"], each["line"]) for each in found] == [("one.txt", 1), ("one.txt", 2), ("two.txt", 1)]


def test_what_the_writer_looked_at_is_drawn_beside_the_texts_which_stay_as_they_are(command):
    code, out, err = command("generate", "plain", "--show-attention", "-q", stdin="one two\n\nnine\n")
    assert (code, out) == (0, command("generate", "plain", stdin="one two\n\nnine\n")[1])
    first, second = err.split("weight:")[:2]
    rows = [line.split()[0] for line in first.strip("\n").splitlines()[1:] if line]
    assert "".join(rows) in ("one␣two", "one_two") and first.splitlines()[1].split()[-1] == "</s>"
    assert "".join(line[0] for line in second.splitlines()[3:] if line) == "nine" and err.count("weight:") == 2


def test_what_the_writer_looked_at_is_in_json_a_row_of_weights_for_each_symbol_and_the_end(answers):
    text = "one two\nnine\n"
    plain = answers("plain", text)
    shown = answers("plain", text, "--show-attention")
    for one, other, source in zip(plain, shown, text.splitlines()):
        weights = np.array(other.pop("attention"))
        assert one == other and weights.shape == (len(one["answer"]) + one["ended"], len(source))
        assert np.allclose(weights.sum(1), 1, atol=1e-3) and weights.min() >= 0  # four decimals each
    (found,) = answers("plain", "one two\n", "--show-attention", "--beam", "3", "--n-best", "2")
    assert [len(each["attention"]) for each in found["n_best"]] == [len(each["answer"]) + 1 for each in found["n_best"]]


def test_pictures_show_texts_and_no_empty_lines(command, tmp_path):
    pytest.importorskip("matplotlib")
    for name in ("picture.png", "picture.svg"):
        code, _, err = command("generate", "plain", "--plot", tmp_path / name, stdin="one two\n\nnine\n")
        assert code == 0 and (tmp_path / name).stat().st_size > 1000 and f"wrote {tmp_path / name}" in err
    nothing = tmp_path / "nothing.png"
    code, out, err = command("generate", "plain", "--plot", nothing, stdin="\n \n")
    assert (code, out) == (0, "\n\n") and not nothing.exists()
    assert err == f"warning: {nothing} not written: every source is empty\n"


def test_texts_that_were_cut_are_counted(command, answers, saved, apart):
    saved("a.tsv", "".join(f"{source}\t{target}\n" for source, target in numbers()))
    assert command("train", "a.tsv", *TINY, "-o", "r")[0] == 0
    cut = sum(not each["ended"] for each in answers("r", SOURCES))
    err = command("generate", "r", stdin=SOURCES)[2]
    assert cut and err.startswith(f"warning: {cut} of 20 texts had no end after ") and err.endswith(" symbols\n")


def test_standard_output_has_nothing_but_the_texts(command):
    text = "\ufeffone two\r\n\r\nseven\tnine\r\nfour\r\n"
    wanted = command("generate", "plain", stdin=text)[1]
    call = (sys.executable, "-m", "rnncli", "generate", "plain", "--show-attention")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with child(*call, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment) as process:
        out, _ = process.communicate(text.encode())
    assert process.returncode == 0 and out == wanted.encode() and out.count(b"\n") == 4


def test_the_training_data_are_not_needed(command, monkeypatch, tmp_path):
    before = command("generate", "plain", stdin=FOUR)
    shutil.copytree("plain", tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    assert not Path("numbers.tsv").exists() and command("generate", "run", stdin=FOUR) == before
    assert command("generate", "run/model.safetensors", stdin=FOUR) == before
