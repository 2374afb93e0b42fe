"""Beam search of a language model: against sampling at temperature 0, all short texts, and from the command line."""

import json
import subprocess
import sys
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from processes import PATIENCE
from scorings import one_by_one

from rnncli.cli.main import main
from rnncli.config import Config, DataConfig, ModelConfig, to_dict
from rnncli.data.text.encoders import ByteEncoder, CharEncoder
from rnncli.data.text.word_vocabulary import WordEncoder
from rnncli.errors import ConfigError, DataError, ModelFileError
from rnncli.generation.sampling import Sampling
from rnncli.storage.checkpoint import named_arrays, save
from rnncli.tasks.language.beam import best_texts
from rnncli.tasks.language.generate import write_texts
from rnncli.tasks.language.model import build_model

LETTERS = CharEncoder("\n abc")
WORDS = WordEncoder(("<unk>", "a", " b", "b", " ", "\n", "abc"), {"end": 1.0, "unseen": 9.0})
NEAR = 1e-5  # float32 scores against float64 ones


def made(encoder=LETTERS, documents="file", seed=0, scale=3):
    """What `load_model` returns, with weights large enough that the state matters."""
    config = Config(
        task="language",
        data=DataConfig(tokens=encoder.level, documents=documents),
        model=ModelConfig(cell="gru", hidden_size=8, num_layers=2),
    )
    model = build_model(config.model, encoder.size)
    store, theta = model.store(), np.zeros(model.store().size, np.float32)
    store.initialise(theta, seed)
    return SimpleNamespace(config=config, encoder=encoder, model=model, store=store, theta=theta * scale)


def log_probability(loaded, context, tokens):
    """log p of tokens after a context, by a forward pass for each token."""
    ids = [*context, *tokens]
    nats = one_by_one(loaded.model, loaded.theta.astype(np.float64), ids, 0, len(ids))
    return -sum(nats[len(context) - 1 :])


@pytest.mark.parametrize("documents", ["file", "line"])
@pytest.mark.parametrize("encoder", [LETTERS, ByteEncoder(), WORDS], ids=lambda encoder: encoder.level)
def test_width_1_writes_the_text_of_temperature_0(encoder, documents):
    for seed in range(3):
        loaded = made(encoder, documents, seed)
        loaded.store.views(loaded.theta)["head"].b[encoder.encode("\n")] += 2  # more documents
        for prompt, stop in (("", ()), ("a b\na", ()), ("ab", ("b", " a"))):
            ((text, _),) = best_texts(loaded, prompt, 161, beam=1, stop=stop, unknown="replace")
            sampled = write_texts(loaded, prompt, 161, Sampling(temperature=0), stop=stop, unknown="replace")
            assert text == "".join(piece.text for piece in sampled)


def test_a_wide_beam_finds_the_most_probable_of_all_texts_and_scores_it_as_the_model_does():
    loaded, context = made(), LETTERS.encode("ab a")
    found = best_texts(loaded, "ab a", 3, beam=130, n_best=7, alpha=0.5)
    values = {tokens: log_probability(loaded, context, tokens) for tokens in product(range(5), repeat=3)}
    best = sorted(values, key=values.get, reverse=True)[:7]
    assert [text for text, _ in found] == [LETTERS.decode(np.array(tokens)) for tokens in best]
    assert [score for _, score in found] == pytest.approx([values[each] / 3**0.5 for each in best], abs=NEAR)


def test_where_lines_were_documents_a_newline_begins_one_from_the_zero_state():
    loaded = made(documents="line")
    loaded.store.views(loaded.theta)["head"].b[0] += 2
    ((text, score),) = best_texts(loaded, "ab", 12, beam=4)
    lines = text.split("\n")
    assert len(lines) > 2
    nats = [log_probability(loaded, LETTERS.encode("\nab"), LETTERS.encode(lines[0] + "\n"))]
    nats += [log_probability(loaded, LETTERS.encode("\n"), LETTERS.encode(line + "\n")) for line in lines[1:-1]]
    nats += [log_probability(loaded, LETTERS.encode("\n"), LETTERS.encode(lines[-1]))]
    assert score == pytest.approx(sum(nats) / 12, abs=NEAR)


@pytest.mark.parametrize("seed", range(4))
def test_bytes_end_with_a_whole_character(seed):
    for length in (1, 2, 5, 40):
        for text, _ in best_texts(made(ByteEncoder(), seed=seed), "я", length, beam=5, n_best=5):
            assert "\ufffd" not in text and 0 <= len(text.encode()) - length <= 3


def test_the_unknown_word_is_never_written():
    loaded = made(WORDS)
    loaded.store.views(loaded.theta)["head"].b[0] = 50
    assert all(
        "<unk>" not in text for text, _ in best_texts(loaded, "a b zzz", 30, beam=4, n_best=4, unknown="replace")
    )


@pytest.mark.parametrize(("encoder", "stop"), [(LETTERS, "ab"), (WORDS, "bb"), (ByteEncoder(), "é")])
def test_texts_end_before_a_stop_and_come_before_those_that_meet_none(encoder, stop):
    loaded = made(encoder, seed=1)
    views = loaded.store.views(loaded.theta)
    views["head"].b[encoder.encode(stop)] += 4
    found = best_texts(loaded, "", 12, beam=8, n_best=8, stop=(stop, "never"))
    assert all(stop not in text for text, _ in found) and len({text for text, _ in found}) == len(found)
    assert len(encoder.encode(found[0].text)) < 12
    everything = best_texts(loaded, "", 12, beam=8, n_best=8)
    assert any(stop in text for text, _ in everything)


def test_texts_that_read_alike_are_written_once():
    loaded = made(WordEncoder(("<unk>", " b", "b", " "), {"end": 1.0, "unseen": 9.0}), scale=0)
    texts = [text for text, _ in best_texts(loaded, "b", 2, beam=9, n_best=9)]
    assert len(texts) == len(set(texts)) == 9  # of two tokens each, no two alike
    texts = [text for text, _ in best_texts(loaded, "b", 2, beam=30, n_best=30, stop=(" b",))]
    assert sorted(texts) == sorted({"", "b", " ", "bb", "b ", "  "})  # "b" and " " also before the stop


def test_what_cannot_be_searched_is_refused_before_and_what_is_not_finite_while_searching():
    with pytest.raises(ConfigError, match="--stop is empty"):
        best_texts(made(), stop=("",))
    with pytest.raises(DataError, match="'é'"):
        best_texts(made(), "é")
    loaded = made()
    loaded.theta[:] = np.nan
    with pytest.raises(ModelFileError, match="not finite at token 1$"):
        best_texts(loaded)


# The command


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    loaded, path = made(), tmp_path_factory.mktemp("run")
    meta = {
        "config": to_dict(loaded.config),
        "encoder": LETTERS.to_dict(),
        "progress": {},
        "data": {"digest": "", "files": []},
    }
    save(path / "model.safetensors", named_arrays(loaded.store, "theta/", loaded.theta), meta)
    return str(path)


@pytest.fixture
def command(capfd):
    """Runs `generate` in this process: (exit code, stdout, lines of stderr)."""

    def call(*arguments):
        code = main(["generate", *arguments])
        out, err = capfd.readouterr()
        return code, out, err.splitlines()

    return call


def test_the_command_writes_the_best_text_and_nothing_else(command, run):
    ((text, _),) = best_texts(made(), "ab", 40, beam=4)
    assert command(run, "--beam", "4", "--prompt", "ab", "--length", "40") == (0, text, [])
    assert command(run, "--beam", "4", "--prompt", "ab", "--length", "40", "--echo", "--num-samples", "1")[1] == (
        "ab" + text
    )


def test_options_reach_the_search(command, run):
    found = best_texts(made(), "ab", 9, beam=6, n_best=3, alpha=0.3, stop=("b", "ca"))
    arguments = ["--beam", "6", "--n-best", "3", "--length-penalty", "0.3", "--stop", "b", "--stop", "ca"]
    code, out, err = command(run, "--prompt", "ab", "--length", "9", *arguments)
    assert (code, out) == (0, "".join(text.removesuffix("\n") + "\n" for text, _ in found))
    assert err == [f"--- text {k + 1}, score {score:.4f} ---" for k, (_, score) in enumerate(found)]
    records = command(run, "--prompt", "ab", "--length", "9", *arguments, "--format", "jsonl", "--echo")[1]
    assert [json.loads(line) for line in records.splitlines()] == [
        {"schema": 1, "sample": k, "text": "ab" + text, "score": score} for k, (text, score) in enumerate(found)
    ]


def test_an_option_without_an_effect_is_told(command, run):
    assert "--seed" in command(run, "--beam", "2", "--length", "5", "--seed", "1")[2][0]
    assert "--stop" in command(run, "--beam", "2", "--length", "5", "--length-penalty", "1")[2][0]
    assert command(run, "--beam", "2", "--length", "5", "--length-penalty", "1", "--stop", "a")[2] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--beam", "4", "--temperature", "1", "--top-k", "5"], ["--beam", "--temperature, --top-k", "--beam"]),
        (["--beam", "4", "--min-p", "0"], ["--beam", "--min-p"]),
        (["--beam", "4", "--num-samples", "2"], ["--beam", "--num-samples", "--n-best"]),
        (["--beam", "4", "--num-samples", "0"], ["--beam", "--num-samples"]),
        (["--beam", "4", "--length", "0"], ["--beam", "--length 0"]),
        (["--beam", "4", "--length", "-3"], ["--length is -3"]),
        (["--beam", "4", "--n-best", "5"], ["--n-best is 5", "--beam is 4"]),
        (["--beam", "4", "--length-penalty", "nan"], ["--length-penalty is nan", "0 to 10"]),
        (["--beam", "4", "--length-penalty", "-1"], ["--length-penalty"]),
        (["--beam", "0"], ["--beam"]),
        (["--n-best", "2"], ["--n-best", "--beam"]),
        (["--length-penalty", "1", "--n-best", "1"], ["--n-best, --length-penalty", "--beam"]),
    ],
)
def test_what_excludes_a_search_is_said_in_two_lines(command, run, arguments, words):
    code, out, err = command(run, *arguments)
    assert (code, out, len(err)) == (2, "", 2) and err[0].startswith("error: ") and err[1].startswith("hint: ")
    assert all(word in "\n".join(err) for word in words)


def test_without_a_beam_nothing_of_the_search_is_imported(run):
    program = (
        "import sys; from rnncli.cli.main import main; code = main(sys.argv[1:]); "
        "sys.exit(code or any('search' in name or 'beam' in name for name in sys.modules if 'rnncli' in name))"
    )
    for more, code in (((), 0), (("--beam", "2"), 1)):
        command = [sys.executable, "-c", program, "generate", run, "--length", "3", *more]
        assert subprocess.run(command, capture_output=True, timeout=PATIENCE).returncode == code
