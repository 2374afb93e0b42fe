"""Generation against a loop that reads everything again for each token, and the command from end to end."""

import io
import json
import os
import pty
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes import PATIENCE, child

from rnncli.cli.main import main
from rnncli.config import Config, DataConfig, ModelConfig, to_dict
from rnncli.data.text.encoders import ByteEncoder, CharEncoder
from rnncli.data.text.word_vocabulary import WordEncoder
from rnncli.errors import ConfigError, DataError, ModelFileError
from rnncli.generation import writing as module
from rnncli.generation.sampling import Grammar, Sampler, Sampling
from rnncli.generation.writing import BURST, Piece, StopGate, Voice, in_order
from rnncli.nn.memory import Memory
from rnncli.storage.checkpoint import named_arrays, save
from rnncli.tasks.language import generate as command_module
from rnncli.tasks.language.generate import write_texts
from rnncli.tasks.language.model import build_model
from rnncli.tasks.language.sample import sample_text

LETTERS = CharEncoder("\n abcdefg")


def made(encoder=LETTERS, documents="file", seed=0, **model):
    """What `load_model` returns, with weights large enough that the state matters."""
    config = Config(
        task="language",
        data=DataConfig(tokens=encoder.level, documents=documents),
        model=ModelConfig(**({"cell": "lstm", "hidden_size": 12, "num_layers": 2} | model)),
    )
    model = build_model(config.model, encoder.size)
    store = model.store()
    theta = np.zeros(store.size, np.float32)
    store.initialise(theta, seed)
    return SimpleNamespace(config=config, encoder=encoder, model=model, store=store, theta=theta * 4)


def written(*arguments, sample=0, **options):
    return "".join(piece.text for piece in write_texts(*arguments, **options) if piece.sample == sample)


def naive(loaded, context, length, sampling, seed, sample=0):
    """The tokens of one sample, each from scores for which everything since the document began is read again."""
    V = loaded.encoder.size
    sampler = Sampler(sampling, Grammar(module.following(loaded.encoder), 1), seed, (sample,), context)
    ids, memory, p = list(context), Memory("f4"), loaded.store.views(loaded.theta)
    for _ in range(length):
        read = np.array(ids[:])
        if loaded.config.data.documents == "line":
            read = read[np.flatnonzero(read == 0)[-1] :]
        plan = loaded.model.plan((len(read),), 1, memory)
        loaded.model.load(p, plan)
        scores, _ = loaded.model.forward(read[:, None], loaded.model.initial_state(1, memory), plan)
        chosen = np.zeros(1, np.intp)
        sampler.choose(scores.reshape(-1, V)[-1:], np.empty((1, V), np.float32), chosen)
        ids.append(int(chosen[0]))
    return loaded.encoder.decode(ids[len(context) :])


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(temperature=0), Sampling(0.7, 6, 0.9, 0.05, 1.2)])
@pytest.mark.parametrize(
    "model",
    [
        {},
        {
            "cell": "gru",
            "embedding_size": 12,
            "residual": True,
            "layer_norm": True,
            "dropout": 0.3,
            "dropout_recurrent": 0.3,
            "tie_embeddings": True,
        },
    ],
)
def test_the_text_is_that_of_reading_everything_again_for_each_token(sampling, model):
    loaded, prompt = made(**model), "abc gfe\n" * 17  # three chunks, the last one shorter
    context = LETTERS.encode(prompt).astype(int)
    assert written(loaded, prompt, 12, sampling, 3) == naive(loaded, context, 12, sampling, 3)


def test_without_a_prompt_the_text_follows_a_newline():
    assert written(made(), "", 50) == written(made(), "\n", 50)


def test_without_a_prompt_and_a_newline_the_text_follows_the_first_symbol():
    loaded = made(CharEncoder("abc"))
    assert written(loaded, "", 50) == written(loaded, "a", 50) != written(loaded, "b", 50)


def test_a_prompt_of_which_nothing_is_left_is_none():
    assert written(made(), "XYZ", 50, unknown="skip") == written(made(), "", 50)


def test_where_lines_were_documents_each_begins_from_the_zero_state():
    loaded = made(documents="line")
    loaded.store.views(loaded.theta)["head"].b[0] += 3  # more newlines
    text = written(loaded, "", 60, seed=2)
    assert text.count("\n") > 2
    assert text == naive(loaded, [0], 60, Sampling(), 2)


def test_where_lines_were_documents_only_the_last_line_of_the_prompt_matters():
    loaded = made(documents="line")
    assert written(loaded, "abc\nab", 30) == written(loaded, "ab", 30) == written(loaded, "\nab", 30)
    assert naive(loaded, [0, 2, 3], 30, Sampling(), 0) == written(loaded, "ab", 30)


def test_the_same_seed_gives_the_same_text_and_another_another():
    texts = [written(made(), "a", 80, seed=seed) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_a_sample_is_the_same_whatever_is_written_beside_it(monkeypatch):
    loaded = made()
    three = [written(loaded, "ab", 60, seed=4, num_samples=3, sample=k) for k in range(3)]
    assert len(set(three)) == 3
    assert [written(loaded, "ab", 60, seed=4, num_samples=9, sample=k) for k in range(3)] == three
    monkeypatch.setattr(command_module, "ROWS", 2)  # two groups: the second begins from the same state
    assert [written(loaded, "ab", 60, seed=4, num_samples=3, sample=k) for k in range(3)] == three


def test_pieces_come_a_few_tokens_at_a_time_and_an_endless_text_goes_on():
    pieces = list(islice(write_texts(made(), "", 0), 20))
    assert all(len(piece.text) == BURST and not piece.last for piece in pieces)
    assert "".join(piece.text for piece in pieces) == written(made(), "", 20 * BURST)


def test_the_length_counts_tokens_and_the_last_piece_says_so():
    for length in (1, 7):
        pieces = list(write_texts(made(), "abc", length, num_samples=2))
        assert [sum(len(piece.text) for piece in pieces if piece.sample == k) for k in range(2)] == [length, length]
        assert [piece.sample for piece in pieces if piece.last] == [0, 1]


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(temperature=0), Sampling(3, top_k=40, top_p=0.99)])
def test_bytes_are_valid_text_that_ends_with_a_whole_character(sampling):
    loaded, sizes = made(ByteEncoder()), set()
    for length in (1, 2, 3, 100):
        for sample in range(3):
            text = written(loaded, "я", length, sampling, 1, num_samples=3, sample=sample)
            assert "\ufffd" not in text  # what stands for bytes that are no text
            sizes.add(len(text.encode()) - length)
    assert sizes <= {0, 1, 2, 3}  # a character cut off would be missing


def test_bytes_of_a_random_model_would_not_be_valid_without_the_automaton(monkeypatch):
    loaded = made(ByteEncoder())
    assert "\ufffd" not in written(loaded, "", 400, seed=1)
    monkeypatch.setattr(module, "utf8_automaton", lambda: np.zeros((1, 256), np.int8))
    assert "\ufffd" in written(loaded, "", 400, seed=1)


def test_the_unknown_word_is_never_written():
    loaded = made(WordEncoder(("<unk>", "a", " b", "\n"), {"end": 1.0, "unseen": 9.0}))
    assert "<unk>" not in written(loaded, "a b zzz", 300, unknown="replace")
    loaded.store.views(loaded.theta)["head"].b[0] = 50  # and not for want of trying
    assert "<unk>" not in written(loaded, "a b zzz", 300, unknown="replace")


def test_a_text_stops_before_the_first_stop_string_and_the_others_go_on():
    loaded = made()
    whole = [written(loaded, "", 200, seed=6, num_samples=2, sample=k) for k in range(2)]
    stop = whole[0][50:53]
    stopped = [written(loaded, "", 200, seed=6, num_samples=2, stop=(stop, "qq"), sample=k) for k in range(2)]
    assert stopped == [text.split(stop)[0] for text in whole]
    assert len(stopped[0]) <= 50 and len(stopped[1]) > 0
    assert [piece.sample for piece in write_texts(loaded, "", 200, seed=6, num_samples=2, stop=(stop,)) if piece.last]


def test_what_was_held_back_for_a_stop_string_comes_at_the_end():
    whole = written(made(), "", 30)
    assert written(made(), "", 30, stop=(whole[-3:] + "never",)) == whole


def cut_naively(text, strings):
    """What comes before the string that is completed first; of several that end there, before the longest."""
    for end in range(len(text) + 1):
        met = [string for string in strings if text[:end].endswith(string)]
        if met:
            return text[: end - max(map(len, met))], True
    return text, False


@given(st.lists(st.text("ab", max_size=5), max_size=8), st.lists(st.text("ab", min_size=1, max_size=4), min_size=1))
def test_a_stop_string_is_met_however_the_text_is_cut_into_pieces(pieces, strings):
    gate, through = StopGate(tuple(strings)), ""
    for piece in pieces:
        through += gate.feed(piece)
        if gate.shut:
            break
        assert not gate.held or any(string.startswith(gate.held) for string in strings)
    assert (through + gate.held, gate.shut) == cut_naively("".join(pieces), strings)


def test_in_order_puts_samples_one_after_the_other():
    mixed = [
        Piece(1, "c", False),
        Piece(0, "a", False),
        Piece(2, "e", True),
        Piece(1, "d", True),
        Piece(0, "b", True),
        Piece(3, "f", False),
        Piece(3, "g", True),
    ]
    assert "".join(piece.text for piece in in_order(mixed)) == "abcdefg"
    assert [piece.sample for piece in in_order(mixed)] == [0, 0, 1, 1, 2, 3, 3]


def test_in_order_passes_the_sample_whose_turn_it_is_on_at_once():
    endless = in_order(write_texts(made(), "", 0))
    assert next(endless).text and next(endless).text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"length": -1}, "^--length is -1"),
        ({"seed": -1}, "^--seed is -1"),
        ({"num_samples": 0}, "--num-samples is 0"),
        ({"length": 0, "num_samples": 2}, "without end"),
        ({"stop": ("a", "")}, "empty"),
        ({"unknown": "guess"}, "guess"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused_before_anything_is_written(options, words):
    with pytest.raises(ConfigError, match=words):
        write_texts(made(), **options)


def test_an_unseen_character_is_named_before_anything_is_written():
    with pytest.raises(DataError, match=r"'é' \(U\+00E9\) at offset 2"):
        write_texts(made(), "abé")
    assert written(made(), "abé", 30, unknown="skip") == written(made(), "ab", 30)
    assert written(made(), "abÁ", 30, unknown="replace") == written(made(), "aba", 30)


def test_the_text_does_not_depend_on_how_many_cores_multiply(tmp_path):
    loaded = made(hidden_size=400, num_layers=1)  # 400 x 1600: large enough for BLAS to share
    meta = {
        "config": to_dict(loaded.config),
        "encoder": LETTERS.to_dict(),
        "data": {"digest": "", "files": []},
        "progress": {},
    }
    save(tmp_path / "model.safetensors", named_arrays(loaded.store, "theta/", loaded.theta), meta)
    texts = set()
    for threads in ("1", "2", ""):
        command = [sys.executable, "-m", "rnncli", "generate", "model.safetensors", "--length", "200", "--seed", "1"]
        texts.add(
            subprocess.run(
                command,
                cwd=tmp_path,
                capture_output=True,
                check=True,
                timeout=PATIENCE,
                env=os.environ | {"OPENBLAS_NUM_THREADS": threads},
            ).stdout
        )
    assert len(texts) == 1 and len(texts.pop()) == 200


def test_scores_that_are_not_finite_are_an_error_and_no_text():
    loaded = made()
    loaded.theta[:] = np.nan
    with pytest.raises(ModelFileError, match="not finite at token 1$"):
        list(write_texts(loaded))
    overflowing = made()
    overflowing.theta[:] = 0
    overflowing.store.views(overflowing.theta)["head"].b[:] = 3e38, *[-3e38] * (LETTERS.size - 1)
    assert written(overflowing, "", 40) == LETTERS.decode([0] * 40)
    overflowing.store.views(overflowing.theta)["head"].b[0] = np.inf
    with pytest.raises(ModelFileError, match="not finite at token 1$"):
        list(write_texts(overflowing))


def test_a_sample_for_training_is_reproducible_and_never_fails():
    loaded = made()
    p = loaded.store.views(loaded.theta)
    before = loaded.theta.copy()
    text = sample_text(loaded.model, p, LETTERS, 50, 3)
    assert text == sample_text(loaded.model, p, LETTERS, 50, 3) == written(loaded, "", 50, seed=3)
    assert sample_text(loaded.model, p, LETTERS, 0, 3) == ""
    assert (loaded.theta == before).all()
    loaded.theta[:] = np.inf
    with np.errstate(invalid="ignore"):
        assert sample_text(loaded.model, p, LETTERS, 50, 3) == ""


def test_reading_a_prompt_in_chunks_gives_the_state_of_reading_it_at_once(monkeypatch):
    loaded, ids = made(), np.random.default_rng(0).integers(0, 9, 50)
    voice = Voice(loaded.model, loaded.store.views(loaded.theta), LETTERS)
    states = []
    for chunk in (7, 25, 64):
        monkeypatch.setattr(module, "CHUNK", chunk)
        states.append([array.copy() for layer in voice.read(ids, Memory("f4")) for array in layer])
    for other in states[1:]:
        for a, b in zip(states[0], other, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)  # float32, products of another shape


# The command


def run_folder(path, loaded):
    path.mkdir()
    save(
        path / "model.safetensors",
        named_arrays(loaded.store, "theta/", loaded.theta),
        {
            "config": to_dict(loaded.config),
            "encoder": loaded.encoder.to_dict(),
            "progress": {},
            "data": {"digest": "", "files": []},
        },
    )
    return str(path)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_folder(tmp_path_factory.mktemp("char") / "run", made())


@pytest.fixture
def command(capfdbinary):
    """Runs a command line in this process: (exit code, bytes of stdout, text of stderr)."""

    def call(*arguments):
        code = main(["generate", *arguments])
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return call


def spawn(*arguments, **options):
    return child(
        sys.executable,
        "-m",
        "rnncli",
        "generate",
        *arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def test_the_command_writes_the_text_and_nothing_else(command, run):
    assert command(run, "--length", "90", "--seed", "3") == (0, written(made(), "", 90, seed=3).encode(), "")


def test_options_reach_the_sampler(command, run):
    expected = written(made(), "abc", 90, Sampling(0.6, 5, 0.8, 0.02, 1.4), 3, stop=("zz", "\n"))
    arguments = [
        "--prompt",
        "abc",
        "--temperature",
        "0.6",
        "--top-k",
        "5",
        "--top-p",
        "0.8",
        "--min-p",
        "0.02",
        "--repetition-penalty",
        "1.4",
        "--stop",
        "zz",
        "--stop",
        "\n",
        "--seed",
        "3",
        "--length",
        "90",
    ]
    assert command(run, *arguments) == (0, expected.encode(), "")
    assert command(run, *arguments, "--echo")[1] == b"abc" + expected.encode()


def test_a_seed_that_was_drawn_is_told_and_gives_the_same_text_again(command, run):
    code, out, err = command(run, "--length", "50")
    word, seed = err.split()
    assert (code, word) == (0, "seed")
    assert command(run, "--length", "50", "--seed", seed) == (0, out, "")
    assert command(run, "--length", "50", "-q")[2] == ""


def test_several_texts_are_ended_by_newlines_and_headed_on_stderr(command, run):
    texts = [written(made(), "", 20, seed=3, num_samples=3, sample=k) for k in range(3)]
    code, out, err = command(run, "--length", "20", "--seed", "3", "--num-samples", "3")
    assert (code, out.decode()) == (0, "".join(text.removesuffix("\n") + "\n" for text in texts))
    assert err.splitlines() == [f"--- sample {k} ---" for k in (1, 2, 3)]


def test_json_lines_hold_every_text_exactly(command, run):
    _, out, err = command(run, "--length", "20", "--seed", "3", "--num-samples", "3", "--format", "jsonl")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"schema": 1, "sample": k, "text": written(made(), "", 20, seed=3, num_samples=3, sample=k)} for k in range(3)
    ]
    assert err == ""


def test_a_prompt_from_a_file_is_read_as_training_reads_it(command, run, tmp_path, monkeypatch):
    expected = written(made(), "ab\nc", 30, seed=1).encode()
    (tmp_path / "prompt").write_bytes("\ufeffab\r\nc".encode())
    assert command(run, "--prompt-file", str(tmp_path / "prompt"), "--length", "30", "--seed", "1")[1] == expected
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"ab\nc")))
    assert command(run, "--prompt-file", "-", "--length", "30", "--seed", "1")[1] == expected


def test_bytes_that_are_no_text_come_back_as_they_were_at_byte_level(command, tmp_path):
    run = run_folder(tmp_path / "run", made(ByteEncoder()))
    (tmp_path / "prompt").write_bytes(b"\xff\r\n")
    out = command(run, "--prompt-file", str(tmp_path / "prompt"), "--length", "9", "--seed", "1", "--echo")[1]
    assert out[:3] == b"\xff\r\n" and out[3:].decode()
    out = command(run, "--prompt", "\udcff", "--length", "9", "--seed", "1", "--echo", "--format", "jsonl")[1]
    assert json.loads(out)["text"][0] == "\ufffd"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--prompt", "abé"], 3, "'é' (U+00E9)"),
        (["--prompt-file", "nowhere"], 3, "nowhere"),
        (["--prompt-file", "/etc"], 2, "--prompt-file: /etc is a folder"),
        (["--prompt-file", "/etc", "--beam", "2"], 2, "--prompt-file: /etc is a folder"),
        (["--prompt", "a", "--prompt-file", "-"], 2, "exclude each other"),
        (["--top-p", "1.5"], 2, "--top-p is 1.5"),
        (["--temperature", "-1"], 2, "--temperature is -1.0"),
        (["--temperature", "warm"], 2, "--temperature"),
        (["--num-samples", "0"], 2, "--num-samples is 0"),
        (["--length", "0", "--format", "jsonl"], 2, "without end"),
        (["--unknown", "guess"], 2, "'guess'"),
        (["--stop", ""], 2, "--stop is empty"),
        (["--seed", "-1"], 2, "--seed is -1"),
        (["--horizon", "3", "--level", "80"], 2, "--horizon, --level: not for the task 'language'"),
        (["data.csv"], 2, "FILE: not for the task 'language'"),
    ],
)
def test_what_cannot_be_done_is_said_in_two_lines_with_its_exit_code(command, run, arguments, code, words):
    found, out, err = command(run, *arguments)
    assert (found, out) == (code, b"")
    error, hint = err.splitlines()
    assert error.startswith("error: ") and words in error and hint.startswith("hint: ")


def test_a_missing_model_ends_with_4(command, tmp_path):
    assert command(str(tmp_path / "nothing"))[0] == 4


def test_a_reader_that_goes_away_ends_an_endless_text_silently(run):
    with spawn(run, "--length", "0", "--seed", "1") as process:
        assert len(process.stdout.read(100)) == 100  # streams: it has no end to wait for
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


def test_ctrl_c_ends_an_endless_text_with_130_and_leaves_a_whole_beginning(run):
    with spawn(run, "--length", "0", "--seed", "1") as process:
        begun = process.stdout.read(100)
        process.send_signal(signal.SIGINT)
        text = (begun + process.stdout.read()).decode()
        assert process.wait(60) == 130
    assert text == written(made(), "", len(text), seed=1)


def test_a_terminal_never_gets_what_could_steer_it(tmp_path):
    loaded = made(CharEncoder("\n\x1bab\x9b"))
    run = run_folder(tmp_path / "run", loaded)
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm"}
    with child(
        sys.executable, "-m", "rnncli", "generate", run, "--length", "60", "--seed", "1", stdout=theirs, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 4096):
                shown += data
        except OSError:  # Linux: the other side was closed
            pass
        assert process.wait(60) == 0
    os.close(ours)
    text = written(loaded, "", 60, seed=1).replace("\x1b", "\\x1b").replace("\x9b", "\\x9b")
    assert "\\x1b" in text
    assert shown.decode().replace("\r\n", "\n") == text.removesuffix("\n") + "\n"


def test_the_encoding_of_a_prompt_file_is_that_of_the_training_data(command, tmp_path):
    loaded = made(CharEncoder("\nabé"))
    loaded.config = replace(loaded.config, data=replace(loaded.config.data, encoding="latin-1"))
    run = run_folder(tmp_path / "run", loaded)
    (tmp_path / "prompt").write_bytes("aé".encode("latin-1"))
    assert command(run, "--prompt-file", str(tmp_path / "prompt"), "--length", "20", "--seed", "1") == (
        0,
        written(loaded, "aé", 20, seed=1).encode(),
        "",
    )
    assert command(run, "--prompt-file", str(tmp_path / "prompt"), "--length", "20", "--seed", "1", "--echo")[
        1
    ].startswith("aé".encode())


def test_a_record_stays_on_one_line_whatever_the_text_has():
    out = SimpleNamespace(texts=[], write=lambda text: out.texts.append(text), flush=lambda: None)
    command_module.write_record(0, "a\u2028b\x85c\n", out)
    assert len("".join(out.texts).splitlines()) == 1
    assert json.loads(out.texts[0])["text"] == "a\u2028b\x85c\n"
