"""The configuration: sources and their order, settings that must agree, round trips, help."""

import dataclasses
import io
import json
import math
import subprocess
import sys
from types import UnionType
from typing import get_args, get_origin

import pytest
import yaml
from config_errors import lines_of, only_line
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import PATIENCE

from rnncli.config.loading import (
    RULES,
    Config,
    ModelConfig,
    from_dict,
    load_config,
    read_settings,
    schema,
    to_dict,
    to_yaml,
)
from rnncli.errors import ConfigError
from rnncli.tasks.registry import TASKS

SCHEMA, SETTINGS = schema(), schema().settings

# Sources


def test_no_source_gives_the_defaults():
    assert load_config() == Config(task="language")


@pytest.mark.parametrize("text", ["", "\n", "# no\n", "---\n", "---\n...", "~", "null\n", "\ufeff", "data:\n", "{}"])
def test_an_empty_file_gives_the_defaults(write, text):
    assert load_config([write(text)]) == Config(task="language")


def test_a_file_sets_what_it_names_and_nothing_else(write):
    name = write("seed: 7\nmodel:\n  cell: gru\n  hidden_size: [256, 128]\ntrain: {epochs: 3, shuffle: off}\n")
    config = load_config([name])
    default = Config(task="language")
    assert config == dataclasses.replace(
        default,
        seed=7,
        model=dataclasses.replace(default.model, cell="gru", hidden_size=(256, 128), num_layers=2),
        train=dataclasses.replace(default.train, epochs=3, shuffle=False),
    )


def test_later_sources_win_over_earlier_ones(write):
    first = write("model: {num_layers: 1, hidden_size: 1, embedding_size: 1, cell: one}\ntrain: {batch_size: 1}")
    second = write("model: {num_layers: 2, hidden_size: 2, embedding_size: 2, cell: two}", "b.yaml")
    environ = {"RNNCLI_MODEL__HIDDEN_SIZE": "3", "RNNCLI_MODEL__EMBEDDING_SIZE": "3", "RNNCLI_MODEL__CELL": "three"}
    assignments = ["model.embedding_size=0", "model.embedding_size=4", "model.cell=four"]
    config = load_config([first, second], environ, assignments, {"model.cell": "five"})
    model = config.model
    assert (config.train.batch_size, model.num_layers, model.hidden_size, model.embedding_size, model.cell) == (
        1,
        2,
        3,
        4,
        "five",
    )


def test_an_option_that_was_not_given_changes_nothing():
    assert load_config(assignments=["train.epochs=3"], overrides={"train.epochs": None}).train.epochs == 3


def test_options_take_text_numbers_lists_and_paths(tmp_path):
    overrides = {
        "model.hidden_size": "64,32",
        "train.batch_size": 8,
        "optim.lr": 0.5,
        "train.shuffle": False,
        "data.files": [tmp_path, "null", "[a].txt"],
    }
    config = load_config(overrides=overrides)
    assert config.model.hidden_size == (64, 32)
    assert (config.train.batch_size, config.optim.lr, config.train.shuffle) == (8, 0.5, False)
    assert config.data.files == (str(tmp_path), "null", "[a].txt")


def test_the_environment_may_hold_other_variables():
    environ = {"HOME": "/", "RNNCLI_CACHE": "/var/cache", "RNNCLI_SEED": "5", "_RNNCLI_X": "1"}
    assert load_config(environ=environ) == Config(task="language", seed=5)


def test_standard_input_is_a_file_named_minus(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"seed: 9\nmodle: 1\n")))
    assert only_line(load_config, ["-"]).startswith("modle: unknown key (standard input:2:1);")


def test_file_names_in_a_file_stay_as_written(write):
    assert load_config([write("data: {files: [../b.txt, 'c d.txt', no]}")]).data.files == ("../b.txt", "c d.txt", "no")


# Settings that must agree


def of_their_task(assignments):
    """The assignments, and the task whose section one of them is in."""
    sections = {assignment.partition(".")[0] for assignment in assignments}
    if any(assignment.startswith("task=") for assignment in assignments):
        return assignments
    return [*assignments, *(f"task={kind.name}" for kind in TASKS.values() if sections & set(kind.sections))]


@pytest.mark.parametrize(
    "assignments, line",
    [
        (
            ["data.val_frac=0.6", "data.test_frac=0.4"],
            "data.val_frac: found 0.6 (--set), data.test_frac: found 0.4 (--set); allowed: a sum below 1",
        ),
        (
            ["model.hidden_size=[8, 4]", "model.num_layers=3"],
            "model.hidden_size: found [8, 4] (--set), model.num_layers: found 3 (--set); "
            "allowed: one size for each layer",
        ),
        (
            ["model.hidden_size=[8, 4]", "model.num_layers=1"],
            "model.hidden_size: found [8, 4] (--set), model.num_layers: found 1 (--set); "
            "allowed: one size for each layer",
        ),
        (
            ["model.tie_embeddings=true"],
            "model.tie_embeddings: found true (--set), model.embedding_size: found 0 (default), "
            "model.hidden_size: found 256 (default); allowed: an embedding as wide as the last layer",
        ),
        (
            ["model.tie_embeddings=true", "model.embedding_size=8", "model.hidden_size=[8, 4]"],
            "model.tie_embeddings: found true (--set), model.embedding_size: found 8 (--set), "
            "model.hidden_size: found [8, 4] (--set); allowed: an embedding as wide as the last layer",
        ),
        (
            ["model.dropout_input=0.1"],
            "model.dropout_input: found 0.1 (--set), model.embedding_size: found 0 (default); "
            "allowed: dropout on an embedding (embedding_size > 0)",
        ),
        (["model.chrono_max=1"], "model.chrono_max: found 1 (--set); allowed: 0 (off), or 2 or more"),
        (
            ["schedule.kind=plateau", "data.val_frac=0"],
            'schedule.kind: found "plateau" (--set), data.val_frac: found 0.0 (--set); '
            "allowed: plateau with a validation split (val_frac > 0)",
        ),
        (
            ["schedule.kind=plateau", "series.val_size=0"],
            'schedule.kind: found "plateau" (--set), series.val_size: found 0.0 (--set); '
            "allowed: plateau with a validation split (val_size > 0)",
        ),
        (
            ["schedule.kind=plateau", "data.val_frac=0", "pairs.group=speaker"],
            'schedule.kind: found "plateau" (--set), data.val_frac: found 0.0 (--set), pairs.val: found [] (default); '
            "allowed: plateau with validation examples (val_frac > 0, or --val FILE)",
        ),
        (
            ["data.tokens=symbol"],
            'data.tokens: found "symbol" (--set); allowed: tokens that are char, byte or word',
        ),
        (
            ["task=translate", "model.embedding_size=0"],
            "model.embedding_size: found 0 (--set); "
            "allowed: an embedding of 1 or more: the symbols that are written have vectors",
        ),
        (
            ["task=translate", "steps.segment=5"],
            "steps.segment: found 5 (--set), steps.differences: found 1 (default), "
            'steps.scaling: found "standard" (default); allowed: nothing for series: sources are texts',
        ),
        (
            ["task=label", "steps.segment=2"],
            "steps.segment: found 2 (--set); allowed: segments of 1 step, as each step of a series has its label",
        ),
        (
            ["series.val_size=1.5"],
            "series.val_size: found 1.5 (--set); allowed: a whole number of rows, or a share below 1",
        ),
        (
            ["series.test_size=2.5"],
            "series.test_size: found 2.5 (--set); allowed: a whole number of rows, or a share below 1",
        ),
        (
            ["table.thousands=.", "table.decimal=."],
            'table.thousands: found "." (--set), table.decimal: found "." (--set); '
            "allowed: a thousands separator different from decimal",
        ),
        *(
            ([f"table.{name}={sign}"], f'table.{name}: found "{sign}" (--set); allowed: {allowed}')
            for name, sign, allowed in (
                ("sep", "||", "one character, or tab or space"),
                ("sep", "none", "one character, or tab or space"),
                ("thousands", "..", "one character, or space or none"),
                ("comment", "###", "one or two characters"),
            )
        ),
        (
            ["forecast.mode=recursive", "forecast.difference=12"],
            'forecast.mode: found "recursive" (--set), forecast.difference: found 12 (--set), '
            "forecast.segment: found 0 (default), forecast.highway: found 0 (default); "
            "allowed: no difference, segment or highway with mode recursive",
        ),
        (
            ["forecast.quantiles=0.1,0.9"],
            'forecast.quantiles: found [0.1, 0.9] (--set), forecast.loss: found "mse" (default); '
            "allowed: quantiles only with the loss quantile; with other losses give them to generate and eval",
        ),
        (
            ["forecast.loss=quantile", "forecast.quantiles=0.9,0.1"],
            "forecast.quantiles: found [0.9, 0.1] (--set); allowed: quantiles in rising order, each once",
        ),
        (
            ["forecast.loss=negative-binomial", "forecast.log=true"],
            'forecast.loss: found "negative-binomial" (--set), forecast.log: found true (--set), '
            'forecast.scaling: found "none" (--set), forecast.difference: found 0 (default); '
            "allowed: negative-binomial, which is for counts, with scaling none and without log and difference",
        ),
        (["train.workers=many"], 'train.workers: found "many" (--set); allowed: auto, or a number from 1 to 64'),
        (["train.workers=0"], 'train.workers: found "0" (--set); allowed: auto, or a number from 1 to 64'),
        (
            ["train.patience=2", "data.val_frac=0"],
            "train.patience: found 2 (--set), data.val_frac: found 0.0 (--set); "
            "allowed: early stopping with a validation split (val_frac > 0)",
        ),
        *(
            (
                ["data.encoding=" + name],
                f'data.encoding: found "{name}" (--set); '
                "allowed: an encoding that Python knows, such as utf-8, latin-1 or cp1251",
            )
            for name in ("utf-88", "hex", "rot13")
        ),
    ],
)
def test_settings_that_do_not_agree_are_named_together(assignments, line):
    assert only_line(load_config, assignments=of_their_task(assignments)) == line


def test_every_rule_is_broken_by_some_test():
    (cases,) = (mark.args[1] for mark in test_settings_that_do_not_agree_are_named_together.pytestmark)
    rules = (*RULES, *(rule for kind in TASKS.values() for rule in kind.rules))
    assert {rule.allowed for rule in rules} == {line.rpartition("; allowed: ")[2] for _, line in cases}


@pytest.mark.parametrize(
    "assignments",
    [
        ["model.tie_embeddings=true", "model.embedding_size=8", "model.hidden_size=[16, 8]"],
        ["model.chrono_max=2"],
        ["model.hidden_size=[8, 4]", "model.num_layers=2"],
        ["model.dropout_input=0.1", "model.embedding_size=4"],
        ["data.val_frac=0.6", "data.test_frac=0.3"],
        ["schedule.kind=plateau"],
        ["data.val_frac=0"],
        ["data.encoding=cp1251"],
        ["train.patience=2"],
        ["train.workers=2"],
        ["series.val_size=0.5"],
        ["series.test_size=12"],
        ["forecast.loss=quantile", "forecast.quantiles=0.1,0.9"],
        ["forecast.loss=negative-binomial"],
        ["table.thousands=.", "table.decimal=,"],
        ["table.thousands=."],
        ["table.sep=tab", "table.thousands=none", "table.comment=//"],
        ["forecast.difference=12"],
        ["series.past_cols=a,b"],
    ],
)
def test_settings_that_agree_are_taken(assignments):
    config = load_config(assignments=of_their_task(assignments))
    assert config != load_config(assignments=[f"task={config.task}"])


def test_a_list_of_sizes_says_how_many_layers_there_are():
    model = load_config(assignments=["model.hidden_size=8,4,2"]).model
    assert (model.num_layers, model.sizes) == (3, (8, 4, 2))


def test_words_are_embedded_unless_told_otherwise():
    widths = [
        load_config(assignments=wanted).model.embedding_size
        for wanted in ([], ["data.tokens=byte"], ["data.tokens=word"], ["data.tokens=word", "model.embedding_size=0"])
    ]
    assert widths == [0, 0, 128, 0]


def test_one_size_is_the_size_of_every_layer():
    assert load_config(assignments=["model.hidden_size=8", "model.num_layers=3"]).model.sizes == (8, 8, 8)


def test_no_rule_is_checked_on_a_setting_that_could_not_be_read(write):
    only_line(load_config, assignments=["model.tie_embeddings=true", "model.embedding_size=8x"])
    only_line(load_config, assignments=["model.tie_embeddings=true", "model.embeding_size=256"])
    only_line(load_config, [write("model: {embedding_size: *x}")], assignments=["model.tie_embeddings=true"])


# Round trips


def values_of(path):
    """A strategy for the values that a setting takes."""
    limits, wanted = SETTINGS[path].metadata, SETTINGS[path].type
    kinds = get_args(wanted) if isinstance(wanted, UnionType) else (wanted,)
    lowest = limits["min"] if limits["above"] is None else limits["above"]
    highest = limits["max"] if limits["below"] is None else limits["below"]
    odd = st.sampled_from("\x85\u2028\ufeff\r\n\t '\"#:-[{&*!\\\udc80")
    text = st.text(odd | st.characters(exclude_characters="\0"), min_size=1)
    one = {
        str: st.sampled_from(limits["choices"]) if limits["choices"] else text,
        int: st.integers(lowest, 2**63 - 1 if highest is None else highest),
        float: st.floats(
            lowest,
            highest,
            exclude_min=limits["above"] is not None,
            exclude_max=limits["below"] is not None,
            allow_nan=False,
            allow_infinity=False,
        ),
        bool: st.booleans(),
        type(None): st.none(),
    }
    several = [
        st.lists(one[get_args(kind)[0]], min_size=len(kinds) - 1, max_size=4).map(tuple)
        for kind in kinds
        if get_origin(kind) is tuple
    ]
    return st.one_of(*several, *(one[kind] for kind in kinds if get_origin(kind) is not tuple))


def follow_the_task(parts):
    """Keep the rules of one kind of task."""
    task, data, model = parts[""]["task"], parts["data"], parts["model"]
    if task == "label":
        parts["steps"]["segment"] = 1
    if task == "translate":
        parts["steps"] |= {"segment": None, "differences": 1, "scaling": "standard"}
    if task in ("describe", "translate"):
        model["embedding_size"] = model["embedding_size"] or 8
    if task == "language" and data["tokens"] == "symbol":
        data["tokens"] = "word"


@st.composite
def configs(draw):
    """Any valid Config."""
    parts = {}
    for section in SCHEMA.sections:
        paths = {name: f"{section}.{name}".lstrip(".") for name in SCHEMA.names[section]}
        parts[section] = {name: draw(values_of(path)) for name, path in paths.items() if path in SETTINGS}
    data, model = parts["data"], parts["model"]
    parts["train"]["workers"] = draw(st.sampled_from(["auto", "1", "64"]))
    data["encoding"] = draw(st.sampled_from(["utf-8", "latin-1"]))
    data |= {"val_frac": data["val_frac"] or 0.5, "test_frac": 0.0}
    model["chrono_max"] += model["chrono_max"] == 1
    if isinstance(model["hidden_size"], tuple):
        model["num_layers"] = len(model["hidden_size"])
    if model["tie_embeddings"] or model["dropout_input"]:
        model["embedding_size"] = ModelConfig(hidden_size=model["hidden_size"]).sizes[-1]
    series, forecast = parts["series"], parts["forecast"]
    series |= {
        name: rows and rows % 1 or rows and float(int(rows))
        for name in ("val_size", "test_size")
        for rows in [series[name]]
    }
    parts["table"] |= {
        "sep": draw(st.sampled_from([None, "|", "tab", "space"])),
        "thousands": draw(st.sampled_from([None, "'", "space", "none"])),
        "comment": draw(st.sampled_from([None, "#", "//"])),
    }
    series["val_size"] = series["val_size"] or None  # no early stopping without validation rows
    forecast["quantiles"] = tuple(sorted(set(forecast["quantiles"]))) if forecast["loss"] == "quantile" else ()
    if forecast["mode"] == "recursive":
        forecast |= {"difference": 0, "segment": 0, "highway": 0}
    if forecast["loss"] == "negative-binomial":
        forecast |= {"scaling": "none", "log": False, "difference": 0}
    parts[""]["task"] = draw(st.sampled_from(list(TASKS)))
    follow_the_task(parts)
    for path, entry in SETTINGS.items():
        section, _, name = path.rpartition(".")
        if SCHEMA.foreign(TASKS[parts[""]["task"]], path):
            parts[section][name] = entry.default
    top = parts.pop("")
    return Config(**top, **{section: SCHEMA.sections[section](**values) for section, values in parts.items()})


@given(configs())
@settings(deadline=None, max_examples=60)
def test_a_configuration_survives_json_and_yaml_exactly(tmp_path_factory, config):
    assert from_dict(json.loads(json.dumps(to_dict(config)))) == config
    file = tmp_path_factory.mktemp("yaml") / "config.yaml"
    file.write_text(to_yaml(config), encoding="utf-8")
    assert load_config([file]) == config


@pytest.mark.parametrize("name", ["\udcff.txt", "x " * 200 + ".txt", "null", "1e3", " a\n", "[a].txt", "e\u0301\x85"])
def test_odd_file_names_survive_yaml(write, name):
    config = load_config(overrides={"data.files": [name]})
    assert load_config([write(to_yaml(config))]).data.files == (name,)


def test_the_dictionary_is_plain_and_complete():
    values = to_dict(load_config(assignments=["model.hidden_size=8,4"]))
    assert values["model"]["hidden_size"] == [8, 4]
    assert yaml.safe_load(yaml.safe_dump(values)) == values
    assert sum(len(part) if isinstance(part, dict) else 1 for part in values.values()) == len(
        SCHEMA.used(TASKS["language"])
    )


def test_a_stored_configuration_is_checked_like_any_other():
    values = to_dict(Config(task="language"))
    values["model"] |= {"cel": "lstm", "dropout": math.nan, "hidden_size": "256", "num_layers": True}
    lines = lines_of(from_dict, values)
    starts = [
        "model.hidden_size: found the quoted text '256' (stored",
        "model.num_layers: found 'true' (stored",
        "model.dropout: found 'nan' (stored",
        "model.cel: unknown key (stored configuration)",
    ]
    assert len(lines) == len(starts) and all(map(str.startswith, lines, starts)), lines


@pytest.mark.parametrize("values", [None, [], "lstm", 3])
def test_a_stored_configuration_that_is_not_a_mapping_is_refused(values):
    assert only_line(from_dict, values).startswith("configuration: found ")


def test_settings_missing_from_a_stored_configuration_have_their_defaults():
    assert from_dict({"seed": 3, "model": {"cell": "gru"}}) == Config(
        task="language", seed=3, model=ModelConfig(cell="gru")
    )


# The settings themselves


@pytest.mark.parametrize("path", SETTINGS)
def test_every_setting_has_a_help_and_a_default_within_its_limits(path):
    entry = SETTINGS[path]
    assert entry.metadata["help"].endswith(".") and entry.metadata["help"][0].isupper()
    section, _, name = path.rpartition(".")
    assert from_dict({section: {name: entry.default}} if section else {name: entry.default}) == Config(task="language")


def test_importing_the_configuration_loads_neither_numpy_nor_typer_nor_yaml():
    code = "import sys, rnncli.config; print({'numpy', 'typer', 'rich', 'yaml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout.strip() == "set()"


def test_an_option_that_tasks_share_is_the_setting_of_the_task_at_hand():
    for task, path in (("forecast", "forecast.segment"), ("classify", "steps.segment")):
        draft = read_settings(overrides={"task": task, "forecast.segment": "3"})
        assert draft[path] == 3 and draft.given(path)
    with pytest.raises(ConfigError, match=r"steps.segment: found '0' \(option --segment\); allowed"):
        read_settings(overrides={"task": "regress", "forecast.segment": "0"})
    with pytest.raises(
        ConfigError, match=r"forecast.segment: found 3 \(option --segment\); not for the task 'language'"
    ):
        read_settings(overrides={"task": "language", "forecast.segment": "3"})


def test_a_folder_that_may_hold_classes_is_read_as_text_with_a_note(tmp_path):
    for name in ("Irish", "Greek"):
        (tmp_path / f"{name}.txt").write_text("Aoife\nSorcha\n" * 9)
    draft = read_settings(overrides={"data.files": [str(tmp_path)]})
    assert draft.kind.name == "language" and [note.rpartition("; ")[2] for note in draft.notes] == [
        "as labelled examples: --task classify",
        "as texts with a condition: --task describe",
    ]
    assert read_settings(overrides={"data.files": [str(tmp_path)], "task": "language"}).notes == ()


def test_the_options_of_a_command_decide_between_tasks_that_files_may_be_for(tmp_path):
    table = tmp_path / "a.csv"
    table.write_text(
        "ds,text,mood\n" + "".join(f"2024-01-{k + 1:02d},a day {k},{'good' * (k % 2) or 'bad'}\n" for k in range(28))
    )
    with pytest.raises(ConfigError) as error:
        read_settings(overrides={"data.files": [str(table)], "task": "forecast", "pairs.target": "mood"})
    otherwise = "add --task classify or regress or label or describe or translate, or remove it"
    assert error.value.hint == f"did you mean --target-col? Otherwise {otherwise}"


def test_a_sample_has_a_longest_length_also_in_a_stored_configuration():
    allowed = "allowed: a whole number >= 0 and <= 1,000,000"
    assert load_config(overrides={"train.sample_length": "1_000_000"}).train.sample_length == 10**6
    stored = to_dict(load_config())
    stored["train"]["sample_length"] = 10**9
    with pytest.raises(ConfigError, match=f"train.sample_length: found '1000000000' .*; {allowed}"):
        from_dict(stored)
