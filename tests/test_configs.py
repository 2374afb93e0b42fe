"""The configurations that come with rnncli: each can be read, says why, and works as it is meant to be used."""

import re
from pathlib import Path

import pytest

from rnncli.cli.main import main
from rnncli.config import load_config
from rnncli.resources import find_config, find_data, folder

CONFIGS = {path.stem: path for path in sorted(folder("configs").glob("*.yaml"))}
WORKED = [name for name in CONFIGS if name != "quickstart"]
SHORT = ("--max-steps", "2", "--sample-length", "10", "--seed", "3", "-q")
DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture
def tale(tmp_path, monkeypatch):
    """A current folder with tale.txt, a small text, and nothing else."""
    monkeypatch.chdir(tmp_path)
    text = (folder("datasets") / "tales.txt").read_text(encoding="utf-8")[:20_000]
    (tmp_path / "tale.txt").write_text(text, encoding="utf-8")
    return tmp_path


def settings(path):
    """(key, comment) of every line of a file that holds a setting."""
    for line in path.read_text(encoding="utf-8").splitlines():
        found = re.match(r"\s+(\w+): [^#]*\S(?:\s+# (.*))?$", line)
        if found:
            yield found[1], found[2] or ""


def test_the_quick_start_and_the_worked_set_are_there():
    assert set(CONFIGS) == {"quickstart", "char-lstm", "word-gru", "byte-rnn", "shakespeare"}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_says_what_it_is_for_and_why_each_setting_is_as_it_is(name):
    text = CONFIGS[name].read_text(encoding="utf-8")
    assert text.startswith("# ") and (name == "quickstart" or f"-c {name}\n" in text)
    for key, comment in settings(CONFIGS[name]):
        assert key == "files" or len(comment.split()) >= 5 or comment == "the same", f"{name}: {key} does not say why"
    assert len(list(settings(CONFIGS[name]))) >= 10
    assert all(len(line) <= 120 for line in text.splitlines())


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_is_found_by_its_bare_name_and_by_its_path_from_any_folder(name, tale):
    assert find_config(name) == find_config(f"configs/{name}.yaml") == str(CONFIGS[name])


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_is_told_of_in_the_documentation(name):
    assert f"-c {name}`" in (DOCS / "configuration.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name, level, cell", [("char-lstm", "char", "lstm"), ("word-gru", "word", "gru"),
                                               ("byte-rnn", "byte", "rnn")])
def test_a_worked_configuration_is_what_its_name_says_and_leaves_the_data_to_the_user(name, level, cell):
    config = load_config([CONFIGS[name]])
    assert (config.data.level, config.model.cell, config.data.files) == (level, cell, ())
    assert config.train.max_seconds is None and config.train.epochs, "the clock must not decide what is learnt"


def test_the_shakespeare_configuration_lasts_forty_minutes_by_the_clock_which_drives_its_schedule():
    config = load_config([CONFIGS["shakespeare"]])
    assert (config.train.max_seconds, config.train.epochs, config.train.max_steps) == (2400, None, None)
    assert (config.schedule.kind, config.model.residual, config.model.sizes) == ("cosine", True, (384, 384))


@pytest.mark.parametrize("name", WORKED)
def test_a_worked_configuration_trains_writes_and_is_scored(name, tale, capfd):
    assert main(["train", "tale.txt", "-c", f"configs/{name}.yaml", "-o", "r", *SHORT]) == 0
    assert main(["generate", "r", "--length", "20", "--seed", "1"]) == 0
    assert main(["eval", "r", "--format", "json"]) == 0
    assert "nats_per_char" in capfd.readouterr().out


def test_the_quick_start_ends_within_a_minute_and_shows_samples_on_the_way():
    config = load_config([CONFIGS["quickstart"]])
    assert 30 <= config.train.max_seconds <= 50                     # the rest is for reading, a last score and a sample
    assert config.train.sample_length >= 100 and config.train.eval_every <= 1000
    assert [Path(find_data(file)).name for file in config.data.files] == ["tales.txt"]


@pytest.mark.slow
def test_the_quick_start_learns_more_than_its_letters_in_the_steps_of_a_slow_machine(tale, capfd):
    """1,200 steps; a uniform guess is 4.08 nats per character, letter frequencies 3.1."""
    assert main(["train", "-c", "quickstart", "--set", "train.max_seconds=null", "--max-steps", "1200", "--seed", "1",
                 "-o", "r", "-q"]) == 0
    assert main(["eval", "r", "--no-baseline", "--max", "nats_per_char=0.9"]) == 0
