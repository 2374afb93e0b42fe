"""The configurations that come with rnncli: each can be read, says why, and works as it is meant to be used."""

import csv
import json
import re
from pathlib import Path

import pytest

from rnncli.cli.main import main
from rnncli.config import load_config
from rnncli.resources import find_config, find_data, folder

CONFIGS = {path.stem: path for path in sorted(folder("configs").glob("*.yaml"))}
SERIES = {"series": "airline.csv", "panel": "shops.csv", "probabilistic": "sunspots.csv"}  # what each is made for
PAIRS = {  # the data set that each is made for, its task, and a source for `generate`
    "reviews": ("reviews.tsv", "classify", "a fine soup\n"),
    "gestures": ("gestures_TRAIN.ts", "classify", "@data\n1,5,9,12:4,4,8,9\n"),
    "waves": ("waves.ts", "regress", "@data\n1,5,9,12,9,5,1,0,2\n"),
    "flowers": ("flowers.csv", "classify", None),
    "tags": ("tags.tsv", "label", "the\nsaw\n"),
    "dates": ("dates.tsv", "translate", "3 May '68\n"),
    "numbers": ("numbers.tsv", "translate", "40,006\n"),
    "phrases": ("phrases.csv", "describe", None),
    "names": ("names", "describe", "Ambric\n"),
}
MADE = ("memory",)  # for examples that are made; see tests/tasks/pairs/test_synthetic.py
TEXT = [name for name in CONFIGS if name not in ("quickstart", *SERIES, *PAIRS, *MADE)]
MEASURED = {path.stem: path for path in sorted(folder("configs").glob("measured/*.yaml"))}
SHORT = ("--max-steps", "2", "--sample-length", "10", "--seed", "3", "-q")
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def tale(tmp_path, monkeypatch):
    """A current folder with tale.txt, a small text, and nothing else."""
    monkeypatch.chdir(tmp_path)
    text = (folder("datasets") / "tales.txt").read_text(encoding="utf-8")[:20_000]
    (tmp_path / "tale.txt").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def table(tmp_path, monkeypatch):
    """table(name) -> name of a cut of a data set, the last rows of two series, alone in the current folder."""
    monkeypatch.chdir(tmp_path)

    def cut(name):
        header, *rows = (folder("datasets") / name).read_text(encoding="utf-8").splitlines()
        ids = list(dict.fromkeys(row.split(",")[0] for row in rows))[:2] if header.startswith("unique_id") else [""]
        kept = [row for start in ids for row in [each for each in rows if each.startswith(start)][-250:]]
        (tmp_path / name).write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
        return name

    return cut


def settings(path):
    """(key, comment) of every line of a file that holds a setting."""
    for line in path.read_text(encoding="utf-8").splitlines():
        found = re.match(r"\s+(\w+): [^#]*\S(?:\s+# (.*))?$", line)
        if found:
            yield found[1], found[2] or ""


def test_the_quick_start_and_the_worked_set_are_there():
    assert set(CONFIGS) == {"quickstart", "char-lstm", "word-gru", "byte-rnn", "shakespeare", *SERIES, *PAIRS, *MADE}


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


@pytest.mark.parametrize(
    "name, level, cell", [("char-lstm", "char", "lstm"), ("word-gru", "word", "gru"), ("byte-rnn", "byte", "rnn")]
)
def test_a_worked_configuration_is_what_its_name_says_and_leaves_the_data_to_the_user(name, level, cell):
    config = load_config([CONFIGS[name]])
    assert (config.data.tokens, config.model.cell, config.data.files) == (level, cell, ())
    assert config.train.max_seconds is None and config.train.epochs, "the clock must not decide what is learnt"


def test_the_shakespeare_configuration_lasts_forty_minutes_by_the_clock_which_drives_its_schedule():
    config = load_config([CONFIGS["shakespeare"]])
    assert (config.train.max_seconds, config.train.epochs, config.train.max_steps) == (2400, None, None)
    assert (config.schedule.kind, config.model.residual, config.model.sizes) == ("cosine", True, (384, 384))


@pytest.mark.parametrize("name", TEXT)
def test_a_worked_configuration_trains_writes_and_is_scored(name, tale, capfd):
    assert main(["train", "tale.txt", "-c", f"configs/{name}.yaml", "-o", "r", *SHORT]) == 0
    assert main(["generate", "r", "--length", "20", "--seed", "1"]) == 0
    assert main(["eval", "r", "--format", "json"]) == 0
    assert "nats_per_char" in capfd.readouterr().out


@pytest.mark.parametrize("name", SERIES)
def test_a_configuration_for_series_is_for_its_data_set_and_leaves_the_data_to_the_user(name):
    config, text = load_config([CONFIGS[name]]), CONFIGS[name].read_text(encoding="utf-8")
    assert f"rnncli train datasets/{SERIES[name]} -c {name}\n" in text
    assert (config.task, config.data.files, config.train.max_seconds) == ("forecast", (), None)
    assert config.train.max_steps <= 2000 and config.series.val_size and config.series.test_size


@pytest.mark.parametrize(
    "name, series, needs", [("series", 1, ()), ("probabilistic", 1, ()), ("panel", 2, ("promotion", "price"))]
)
def test_a_configuration_for_series_trains_forecasts_and_is_scored(name, series, needs, table, capfd):
    assert main(["train", table(SERIES[name]), "-c", name, "--max-steps", "2", "--seed", "3", "-o", "r", "-q"]) == 0
    if needs:
        assert main(["generate", "r", "--future-template"]) == 0
        header, *rows = capfd.readouterr().out.splitlines()
        assert header.endswith("," + ",".join(needs))
        filled = [header, *(row.rstrip(",") + ",0,3.0" for row in rows)]
        Path("ahead.csv").write_text("\n".join(filled) + "\n", encoding="utf-8")
    assert main(["generate", "r", *(["--future", "ahead.csv"] if needs else [])]) == 0
    rows = list(csv.DictReader(capfd.readouterr().out.splitlines()))
    assert len(rows) == series * load_config([CONFIGS[name]]).forecast.horizon
    assert all(float(row["rnncli-lo-95"]) <= float(row["rnncli-lo-80"]) <= float(row["rnncli-hi-95"]) for row in rows)
    assert main(["eval", "r", "--format", "json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["split"] == "test" and report["metrics"]["mae"] > 0 and report["metrics"]["coverage_95"] is not None
    assert report["windows"] >= series and "ridge" in report["baselines"]


@pytest.mark.parametrize("name", PAIRS)
def test_a_configuration_for_pairs_trains_answers_and_is_scored(name, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    file, task, source = PAIRS[name]
    assert f"rnncli train datasets/{file} " in CONFIGS[name].read_text(encoding="utf-8")
    config = load_config([CONFIGS[name]])
    assert (config.task, config.data.files, config.train.max_seconds) == (task, (), None) and config.train.epochs
    assert main(["train", f"datasets/{file}", "-c", name, *SHORT, "--workers", "1", "-o", "r"]) == 0
    if source is None:  # the features of the table itself, without their answers
        header, *rows = (folder("datasets") / file).read_text(encoding="utf-8").splitlines()
        source = "\n".join(row.rpartition(",")[0] for row in (header, rows[0])) + "\n"
    Path("new.txt").write_text(source, encoding="utf-8")
    assert main(["generate", "r", "new.txt"]) == 0
    assert capfd.readouterr().out.strip()
    assert main(["eval", "r", "--format", "json", "--progress", "none"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["task"] == task and set(report["baselines"]) > {"majority"} or task != "classify"


def test_the_quick_start_ends_within_a_minute_and_shows_samples_on_the_way():
    config = load_config([CONFIGS["quickstart"]])
    assert 30 <= config.train.max_seconds <= 50  # the rest is for reading, a last score and a sample
    assert config.train.sample_length >= 100 and config.train.eval_every <= 1000
    assert [Path(find_data(file)).name for file in config.data.files] == ["tales.txt"]


@pytest.mark.slow
def test_the_quick_start_learns_more_than_its_letters_in_the_steps_of_a_slow_machine(tale, capfd):
    """1,200 steps; a uniform guess is 4.08 nats per character, letter frequencies 3.1."""
    assert (
        main(
            [
                "train",
                "-c",
                "quickstart",
                "--set",
                "train.max_seconds=null",
                "--max-steps",
                "1200",
                "--seed",
                "1",
                "-o",
                "r",
                "-q",
            ]
        )
        == 0
    )
    assert main(["eval", "r", "--no-baseline", "--max", "nats_per_char=0.9"]) == 0


@pytest.mark.parametrize("name", MEASURED)
def test_a_configuration_of_a_measured_figure_says_how_it_is_used_and_why_it_is_as_it_is(name):
    text, where = MEASURED[name].read_text(encoding="utf-8"), f"configs/measured/{name}.yaml"
    assert text.startswith("# ") and where in text and where in (DOCS / "figures.md").read_text(encoding="utf-8")
    for key, comment in settings(MEASURED[name]):
        assert len(comment.split()) >= 5, f"{name}: {key} does not say why"
    assert all(len(line) <= 120 for line in text.splitlines())
    config = load_config([find_config(where)], overrides={"task": "forecast"})
    assert config.data.files == () and config.train.max_seconds is None and config.forecast.horizon


def test_the_measured_configurations_cover_what_is_measured():
    assert set(MEASURED) == {"etth1-ot", "etth1-channels", "m4-hourly", "pems", "taylor", "mackey-glass"}
