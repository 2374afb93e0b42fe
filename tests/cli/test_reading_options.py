"""The options by which files are read are the same at every command that reads files: only their default differs."""

import json

import pytest

from rnncli.cli.main import main
from rnncli.cli.task_options import reading_options
from rnncli.config import changed, load_config, read_settings
from rnncli.errors import ConfigError
from rnncli.tasks.registry import TASKS

SMALL = ["--hidden-size", "8", "--max-steps", "2", "--sample-length", "0", "-q", "--seed", "1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a language model and a table in which a comma stands before the decimals."""
    folder = tmp_path_factory.mktemp("reading")
    (folder / "text.txt").write_text("the sea and the night\n" * 60)
    assert main(["train", str(folder / "text.txt"), "-o", str(folder / "text"), *SMALL]) == 0
    return folder


@pytest.fixture
def said(folder, capsys, monkeypatch):
    """said(*arguments) -> (exit code, standard output, standard error) of a command in that folder."""
    monkeypatch.chdir(folder)

    def run(*arguments):
        capsys.readouterr()
        return main(list(arguments)), *capsys.readouterr()

    return run


def test_every_kind_reads_files_by_settings_that_train_has_as_options():
    from rnncli.cli.train import SETTINGS, with_option

    for kind in TASKS.values():
        assert "data.encoding" in kind.reading
        assert all(with_option(path)[0] in SETTINGS for path in kind.reading), kind.name


def test_a_setting_that_kinds_share_is_one_parameter():
    assert reading_options()["reads_table_decimal"] == "table.decimal"
    assert len(set(reading_options().values())) == len(reading_options())


def test_some_settings_of_a_config_are_changed_and_the_others_stay():
    config = load_config(assignments=["task=forecast", "table.sep=;", "forecast.horizon=5", "seed=3"])
    other = changed(config, {"table.sep": "tab", "data.encoding": None, "table.na": "N/A,x"})
    assert (other.table.sep, other.table.na) == ("tab", ("N/A", "x"))
    assert (other.forecast, other.seed, other.data) == (config.forecast, 3, config.data)
    assert changed(config, {}) == config


def test_several_kinds_read_tables_by_the_same_settings():
    config = load_config(assignments=["task=regress"])
    assert changed(config, {"table.decimal": ","}).table.decimal == ","
    assert sum("table.sep" in kind.reading for kind in TASKS.values()) == 6


def test_a_value_that_is_not_allowed_beside_the_stored_ones_is_refused():
    config = load_config(assignments=["task=forecast", "table.thousands=."])
    with pytest.raises(ConfigError) as error:
        changed(config, {"table.decimal": ".", "table.skip_rows": "x"})
    assert str(error.value).splitlines() == [
        "table.skip_rows: found 'x' (option --skip-rows); allowed: a whole number >= 0 and <= 1,000,000, or null",
        'table.thousands: found "." (stored configuration), table.decimal: found "." (option --decimal); '
        "allowed: a thousands separator different from decimal",
    ]


def test_options_of_other_tasks_are_refused_in_both_commands(said):
    for command in ("eval", "generate"):
        code, out, err = said(command, "text", "text.txt" if command == "eval" else "--prompt=a", "--sep", ";")
        assert (code, out) == (2, "") and "--sep: not for the task 'language' of text" in err
        assert "-h lists the options" in err


def test_without_a_file_there_is_nothing_to_read_otherwise(said):
    code, _, err = said("eval", "text", "--encoding", "latin-1")
    assert code == 2 and "--encoding: for reading FILE, but none is named" in err
    code, _, err = said("generate", "text", "--encoding", "latin-1")
    assert code == 2 and "--encoding: for reading --prompt-file, which is not given" in err
    code, _, err = said("inspect", "text", "--encoding", "latin-1")
    assert code == 2 and "--encoding: for reading --data FILE, which is not given" in err


def test_a_text_in_another_encoding_is_evaluated_continued_and_inspected(said, folder):
    (folder / "wide.txt").write_bytes(("the sea\n" * 20).encode("utf-16-le"))
    (folder / "plain.txt").write_text("the sea\n" * 20)
    ways = [("wide.txt", "--encoding", "utf-16-le"), ("plain.txt",)]
    found = [said("eval", "text", *way, "--format", "json", "--no-baseline", "-q") for way in ways]
    assert [code for code, *_ in found] == [0, 0]
    wide, plain = (json.loads(out)["metrics"] for _, out, _ in found)
    assert wide == plain
    texts = [said("generate", "text", "--prompt-file", *way, "--seed", "1", "--length", "9") for way in ways]
    assert texts[0][:2] == texts[1][:2] and texts[0][0] == 0
    looks = [said("inspect", "text", "--data", *way, "--show", "lag", "-q") for way in ways]
    assert looks[0][:2] == looks[1][:2] and looks[0][0] == 0


def test_the_help_for_a_run_lists_only_what_its_task_reads(said):
    code, out, _ = said("eval", "text", "-h")
    assert code == 0 and "--encoding" in out and "--sep" not in out and "as in training" in " ".join(out.split())


@pytest.mark.parametrize(
    ("path", "value", "read"),
    [("table.sep", "~", "~"), ("table.comment", "~", "~"), ("table.na", "null,~", ("null", "~"))],
)
def test_signs_that_yaml_would_take_for_nothing_are_taken_as_typed(path, value, read):
    assert read_settings(overrides={path: value, "task": "forecast", "data.files": ["a.csv"]})[path] == read
