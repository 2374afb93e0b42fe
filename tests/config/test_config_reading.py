"""What each setting takes, which names there are, and what an error says."""

import dataclasses
import sys

import pytest
from config_errors import lines_of, only_line

from rnncli.config import ModelConfig, load_config, option_name, settings
from rnncli.config.values import MOST_PROBLEMS, allowed
from rnncli.errors import ConfigError
from rnncli.registry import nearest

SETTINGS = settings()


def setting_of(text):
    """The value that --set gives the setting in "path=value"."""
    value = load_config(assignments=[text])
    for name in text.partition("=")[0].split("."):
        value = getattr(value, name)
    return value


# Values by wanted type


@pytest.mark.parametrize(
    "text, value",
    [
        ("model.hidden_size=64", 64),
        ("model.hidden_size=1e3", 1000),
        ("model.hidden_size=64.0", 64),
        ("model.hidden_size=1_000", 1000),
        ("model.hidden_size=[256, 128]", (256, 128)),
        ("model.hidden_size=[7]", (7,)),
        ("model.hidden_size=256, 128", (256, 128)),
        ("seed=9223372036854775807", 2**63 - 1),
        ("seed=null", None),
        ("seed=", None),
        ("seed=~", None),
        ("seed=010", 10),
        ("optim.lr=1e-3", 1e-3),
        ("optim.lr=.5", 0.5),
        ("optim.lr=2", 2.0),
        ("optim.lr=null", None),
        ("model.forget_bias=-1.5E+1", -15.0),
        ("train.shuffle=no", False),
        ("train.shuffle=TRUE", True),
        ("train.shuffle=on", True),
        ("model.cell=no", "no"),
        ("model.cell=1e-3", "1e-3"),
        ("model.cell=true", "true"),
        ("data.files=my file: 1 #2.txt", ("my file: 1 #2.txt",)),
        ("data.files=a,b.txt", ("a,b.txt",)),
        ("data.files=[a, 'null']", ("a", "null")),
        ("data.files=[]", ()),
        ("data.encoding=latin-1", "latin-1"),
        ("model.cell=a=b", "a=b"),
    ],
)
def test_a_value_is_read_by_the_type_of_its_setting(text, value):
    found = setting_of(text)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    "text, found",
    [
        ("model.hidden_size=64.5", "'64.5'"),
        ("model.hidden_size=1e-3", "'1e-3'"),
        ("model.hidden_size=0", "'0'"),
        ("model.hidden_size=-3", "'-3'"),
        ("model.hidden_size=[]", "an empty list"),
        ("model.hidden_size=[2, 0]", "'0'"),
        ("model.hidden_size=[[2]]", "a list"),
        ("model.hidden_size=['2']", "the quoted text '2'"),
        ("model.hidden_size=2,", "nothing"),
        ("model.hidden_size=2,x", "'x'"),
        ("model.hidden_size=", "nothing"),
        ("model.hidden_size=true", "'true'"),
        ("model.hidden_size=0x10", "'0x10'"),
        ("model.hidden_size=12 ", "'12 '"),
        ("model.hidden_size=٣", "'٣'"),
        ("model.hidden_size=100001", "'100001'"),
        ("model.num_layers=null", "null"),
        ("seed=9223372036854775808", "'9223372036854775808', too large for a whole number"),
        ("seed=1e300", "'1e300', too large for a whole number"),
        ("seed=-1", "'-1'"),
        ("seed=[1]", "a list"),
        ("seed=" + "9" * 5000, f"'{'9' * 60}...', too large for a number"),
        ("optim.lr=.inf", "'.inf'"),
        ("optim.lr=inf", "'inf'"),
        ("optim.lr=nan", "'nan'"),
        ("optim.lr=.NaN", "'.NaN'"),
        ("optim.lr=1e999", "'1e999', too large for a number"),
        ("optim.lr=0", "'0'"),
        ("optim.lr=-1", "'-1'"),
        ("optim.lr=fast", "'fast'"),
        ("optim.lr=1,5", "'1,5'"),
        ("optim.beta1=1", "'1'"),
        ("optim.beta2=-0.1", "'-0.1'"),
        ("model.dropout=1.0", "'1.0'"),
        ("schedule.final=1.1", "'1.1'"),
        ("train.max_seconds=0", "'0'"),
        ("train.shuffle=1", "'1'"),
        ("train.shuffle=maybe", "'maybe'"),
        ("train.shuffle=null", "null"),
        ("model.cell=", "nothing"),
        ("model.cell=null", "null"),
        ("model.cell=[lstm]", "a list"),
        ("data.files=['']", "the quoted text ''"),
        ("data.files=[[a]]", "a list"),
        ("data.files=[a: b]", "a section"),
        ("data.files=null", "null"),
        ('data.files=["a\\0b"]', r"'a\x00b' with a zero character"),
        ("task=prophecy", "'prophecy'"),
        ("model.cell.x=3", "a section"),
    ],
)
def test_a_value_that_a_setting_does_not_take_is_named_with_place_and_what_is_allowed(text, found):
    line = only_line(load_config, assignments=[text])
    path = text.partition("=")[0].removesuffix(".x")
    assert line.startswith(f"{path}: found {found} (--set); allowed: "), line


@pytest.mark.parametrize(
    "path, words",
    [
        ("model.hidden_size", "a whole number >= 1 and <= 100,000, or a list of them"),
        ("optim.lr", "a number > 0, or null"),
        ("model.dropout", "a number >= 0 and < 1"),
        ("train.shuffle", "true or false"),
        ("model.cell", "a text"),
        ("data.tokens", "char, byte, word, symbol, or null"),
        ("data.files", "a text, or a list of them"),
        ("model.forget_bias", "a number >= -1,000 and <= 1,000"),
    ],
)
def test_what_is_allowed_is_said_in_words(path, words):
    assert allowed(SETTINGS[path].type, SETTINGS[path].metadata) == words


@pytest.mark.parametrize(
    "text, guess",
    [
        ("optim.optimizer=Admw", "adamw"),
        ("schedule.kind=cos", "cosine"),
        ("data.tokens=chr", "char"),
        ("data.tokens=x", None),
    ],
)
def test_a_choice_is_suggested_where_one_is_near(text, guess):
    line = only_line(load_config, assignments=[text])
    assert line.endswith(f". Did you mean {guess!r}?") if guess else "Did you mean" not in line


def test_quoted_numbers_in_a_file_are_text(write):
    line = only_line(load_config, [write("train:\n  batch_size: '32'\n")])
    assert line == "train.batch_size: found the quoted text '32' (a.yaml:2:15); allowed: a whole number >= 1"


# Names


@pytest.mark.parametrize(
    "name, meant",
    [
        ("sede", "'seed'"),
        ("model.cel", "'cell'"),
        ("model.hidden-size", "'hidden_size'"),
        ("Model.cell", "'model'"),
        ("epochs", "'epochs' in section train"),
        ("hiden_size", "'hidden_size' in section model"),
        ("model.seed", "'seed' at the top level"),
        ("model.every", "'every' in section schedule"),
        ("patience", "'patience' in section schedule or 'patience' in section train"),
        ("model.zzz", None),
        ("", None),
    ],
)
def test_an_unknown_key_is_answered_with_the_known_ones_and_the_nearest(name, meant):
    line = only_line(load_config, assignments=[f"{name}=1"])
    assert ": unknown key (--set); known: " in line
    assert line.endswith(f". Did you mean {meant}?") if meant else "Did you mean" not in line


def test_an_unknown_key_in_a_file_is_placed_at_the_key(write):
    line = only_line(load_config, [write("model:\n  cell: lstm\n  dorpout: 0.1\n")])
    known = ", ".join(field.name for field in dataclasses.fields(ModelConfig))
    assert line == f"model.dorpout: unknown key (a.yaml:3:3); known: {known}. Did you mean 'dropout'?"


@pytest.mark.parametrize(
    "name, start",
    [
        ("RNNCLI_HIDDEN_SIZE", "hidden_size: unknown key"),
        ("RNNCLI_MODEL__SIZE", "model.size: unknown key"),
        ("RNNCLI_MODEL", "model: found '1'"),
        ("RNNCLI_MODEL__CELL__X", "model.cell: found a section"),
        ("RNNCLI_OPTIM__BETA1", "optim.beta1: found '1'"),
    ],
)
def test_a_wrong_environment_variable_is_named(name, start):
    line = only_line(load_config, environ={name: "1"})
    assert line.startswith(f"{start} (environment variable {name})")


def test_a_dotted_key_in_a_file_is_not_a_second_way_to_write_a_section(write):
    assert only_line(load_config, [write("model.cell: gru")]).endswith("Did you mean 'cell' in section model?")


def test_an_assignment_without_equals_is_explained():
    assert only_line(load_config, assignments=["model.cell"]) == "model.cell: has no = (--set)"


def test_an_option_is_named_as_the_command_line_names_it():
    line = only_line(load_config, overrides={"schedule.kind": "x"})
    assert line.startswith("schedule.kind: found 'x' (option --schedule)")
    assert option_name("model.hidden_size") == "--hidden-size"


@pytest.mark.parametrize(
    "text, what",
    [
        ("[a, b]", "a list"),
        ("just words", "'just words'"),
        ("'quoted'", "the quoted text 'quoted'"),
    ],
)
def test_a_file_that_is_not_a_mapping_is_refused(write, text, what):
    line = only_line(load_config, [write(text)])
    assert line.startswith(f"configuration: found {what} (a.yaml:1:1); allowed: a section with task, seed, data")


@pytest.mark.parametrize(
    "text, start",
    [
        ("model: lstm", "model: found 'lstm' (a.yaml:1:8); allowed: a section with cell, "),
        ("model: [lstm]", "model: found a list (a.yaml:1:8); allowed: a section with cell, "),
        ("seed: {a: 1}", "seed: found a section (a.yaml:1:7); allowed: a whole number >= 0, or null"),
    ],
)
def test_sections_and_values_in_each_others_place_are_refused(write, text, start):
    assert only_line(load_config, [write(text)]).startswith(start)


# Several problems


def test_all_problems_of_all_sources_come_in_one_error(write):
    first = write("sed: 1\nmodel:\n  hidden_size: 64.5\n  dropout: 2\n")
    second = write("optim: {lr: .inf}\nseed: &s 3\n", "b.yaml")
    lines = lines_of(
        load_config,
        [first, second, "gone.yaml"],
        {"RNNCLI_TRAIN__EPOCHS": "x"},
        ["model.cell"],
        {"data.tokens": "letter"},
    )
    starts = [
        "seed: anchor &s (b.yaml:2:7)",
        "gone.yaml: cannot be read: No such file",
        "model.cell: has no =",
        "sed: unknown key",
        "model.hidden_size: found '64.5'",
        "model.dropout: found '2'",
        "optim.lr: found '.inf'",
        "train.epochs: found 'x'",
        "data.tokens: found 'letter' (option --tokens)",
    ]
    assert len(lines) == len(starts)
    assert all(line.startswith(start) for line, start in zip(lines, starts)), lines


def test_very_many_problems_are_counted(write):
    lines = lines_of(load_config, [write("".join(f"key{i}: 1\n" for i in range(MOST_PROBLEMS + 7)))])
    assert len(lines) == MOST_PROBLEMS + 1
    assert lines[-1] == "and 7 more"


def test_the_hint_says_what_to_do(write):
    with pytest.raises(ConfigError) as caught:
        load_config(assignments=["seed=x", "seed=y"])
    assert caught.value.hint == "correct the setting, or remove it to get its default"


def test_a_long_value_is_shortened_in_the_error():
    assert len(only_line(load_config, assignments=["data.tokens=" + "x" * 100_000])) < 200
    assert len(only_line(load_config, assignments=["x" * 100_000 + "=1"])) < 300  # it lists every section
    assert len(only_line(load_config, assignments=["data.encoding=" + "x" * 100_000])) < 200


@pytest.mark.parametrize("text", ["9" * 5000, "0", "65", "-1", "007", "٣", "1.0", "two"])
def test_a_number_of_workers_that_cannot_be_is_refused_whatever_its_length(text):
    with pytest.raises(ConfigError, match="train.workers.*allowed: auto, or a number from 1 to 64"):
        load_config(overrides={"train.workers": text})


def test_suggestions_are_made_only_for_the_problems_that_are_shown(monkeypatch):
    asked = []
    monkeypatch.setattr(sys.modules["rnncli.config.schema"], "nearest", lambda name, known: asked.append(name))
    with pytest.raises(ConfigError, match="and 1950 more"):
        load_config(assignments=[f"k{number}=1" for number in range(2000)])
    assert 0 < len(set(asked)) <= MOST_PROBLEMS


def test_a_name_longer_than_any_slip_is_like_no_other():
    assert nearest("hidden_siz", ["hidden_size"]) == "hidden_size"
    assert nearest("hidden_size" + "e" * 100_000, ["hidden_size"]) is None


def test_a_variable_that_only_looks_like_a_setting_is_refused():
    with pytest.raises(ConfigError, match="environment variable RNNCLI_DATA"):
        load_config(environ={"RNNCLI_DATA": "x"})
