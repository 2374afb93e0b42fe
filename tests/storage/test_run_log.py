"""The log of a run read back, whatever its lines hold."""

import json
import os
from math import isnan

import pytest

from rnncli.errors import ConfigError, ModelFileError
from rnncli.storage import run_log
from rnncli.storage.run_log import read_limits, read_log

STEP = {"schema": 1, "event": "step_done", "step": 10, "loss": 2.5, "grad_norm": 0.5, "clipped": False, "clips": 3}
ROW = {"name": "layer0.W_h", "norm": 0.5, "clipped": 0.25, "update_ratio": 1e-3, "cut": 0.125, "cosine": 0.75}
CONFIG = "optim:\n  clip_norm: 0.5\n  clip_value: 1e-3\n"


def log_of(tmp_path, *records, end="\n"):
    """A run folder whose log has these records, or lines of text."""
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    (tmp_path / "log.jsonl").write_text("\n".join(lines) + end)
    return tmp_path


def step(number, **more):
    return STEP | {"step": number} | more


def test_steps_are_read_with_their_norms_and_other_events_are_passed_over(tmp_path):
    evaluation = {"schema": 1, "event": "eval_done", "step": 10, "nats_per_char": 2.0}
    log = read_log(log_of(tmp_path, step(10), evaluation, step(20, norms=[ROW], clipped=True), {"event": "unheard of"}))
    assert [each.step for each in log.steps] == [10, 20] and log.rejections == 0
    second = log.steps[1]
    assert (second.loss, second.grad_norm, second.clipped, second.clips, second.undone) == (2.5, 0.5, True, 3, False)
    (row,) = second.norms
    assert (row.name, row.norm, row.clipped, row.update_ratio, row.cut, row.cosine) == tuple(ROW.values())


def test_a_log_of_a_version_that_did_not_count_clips_is_read(tmp_path):
    old = {name: value for name, value in STEP.items() if name != "clips"}
    row = {name: value for name, value in ROW.items() if name not in ("cut", "cosine")}
    (found,) = read_log(log_of(tmp_path, old | {"norms": [row]})).steps
    assert found.clips is None and isnan(found.norms[0].cut) and isnan(found.norms[0].cosine)


def test_null_stands_for_a_number_that_was_not_finite(tmp_path):
    (found,) = read_log(log_of(tmp_path, step(10, loss=None, norms=[ROW | {"update_ratio": None}]))).steps
    assert isnan(found.loss) and isnan(found.norms[0].update_ratio)


def test_the_half_line_of_a_killed_run_is_left_out(tmp_path):
    log = read_log(log_of(tmp_path, step(10), json.dumps(step(20))[:-9], end=""))
    assert [each.step for each in log.steps] == [10]
    assert read_log(log_of(tmp_path, end="")).steps == ()


def test_steps_before_which_the_run_went_back_are_marked(tmp_path):
    rejected = {"schema": 1, "event": "step_rejected", "step": 34, "what": "loss", "back_to": 10}
    log = read_log(log_of(tmp_path, step(10), step(20), step(30), rejected, step(20), step(30), step(20)))
    assert [each.undone for each in log.steps] == [False, True, True, True, True, False]
    assert log.rejections == 1


def test_fields_that_older_versions_did_not_write_are_not_known(tmp_path):
    bare = {name: STEP[name] for name in ("schema", "event", "step", "grad_norm")}
    (found,) = read_log(log_of(tmp_path, bare | {"norms": [{"name": "b", "norm": 0.5}]})).steps
    assert (found.step, found.grad_norm, found.clipped, found.clips) == (10, 0.5, None, None) and isnan(found.loss)
    (row,) = found.norms
    assert row.norm == 0.5 and all(map(isnan, (row.clipped, row.update_ratio, row.cut, row.cosine)))


def test_a_step_without_a_global_norm_is_left_out_but_still_takes_the_place_of_one_before(tmp_path):
    normless = {name: value for name, value in step(10).items() if name != "grad_norm"}
    log = read_log(log_of(tmp_path, step(10), step(20), normless))
    assert [(each.step, each.undone) for each in log.steps] == [(10, True), (20, True)] and log.normless == 1


DAMAGE = {
    "not a line of JSON": ['{"event": "step_done"', "", "\x1b[2J\x1b]0;owned\x07", "[" * 100_000, "1" * 5000],
    "not a JSON object": ["3", "[]", '"step_done"', "null"],
    "not a record of schema 1": [step(10, schema=2), {"event": "step_done", "step": 1}],
    "'step' is not a whole number from 1 on": [step("10"), step(0), step(True), step(1.5), step(2**53), step(None)],
    "'clips' is not a whole number from 0 on": [step(10, clips=-1), step(10, clips="many")],
    "'grad_norm' is not a finite number": [step(10, grad_norm="1"), step(10, grad_norm=[1]), step(10, grad_norm=True)],
    "'grad_norm' is negative": [step(10, grad_norm=-1.0)],
    "'clipped' is neither true nor false": [step(10, clipped="no"), step(10, clipped=0)],
    "'norms' is not a list": [step(10, norms={"name": "b"})],
    "a row of 'norms' has no name": [step(10, norms=[3]), step(10, norms=[ROW | {"name": 3}])],
    "'cut' is not a finite number": [step(10, norms=[ROW | {"cut": "0"}])],
    "'norm' is not a finite number": [step(10, norms=[{"name": "b"}])],
    "'back_to' is not a whole number from 0 on": [{"event": "step_rejected", "back_to": "0"}],
}


@pytest.mark.parametrize(("message", "line"), [(text, line) for text, lines in DAMAGE.items() for line in lines])
def test_a_damaged_line_is_named_and_never_printed(tmp_path, message, line):
    folder = log_of(tmp_path, step(10), line, step(20))
    with pytest.raises(ModelFileError) as error:
        read_log(folder)
    assert str(error.value).startswith(f"{folder}/log.jsonl:2: {message}") and str(error.value).isprintable()
    assert error.value.hint == "delete the line or restore the log: the model and its checkpoints do not need it"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_numbers_that_json_or_float64_lacks_are_damage(tmp_path, number):
    with pytest.raises(ModelFileError, match=r"log\.jsonl:1: (not a line of JSON|'grad_norm' is not a finite number)"):
        read_log(log_of(tmp_path, json.dumps(STEP).replace("0.5", number)))


def test_bytes_that_are_no_utf_8_are_damage(tmp_path):
    (tmp_path / "log.jsonl").write_bytes(b'{"event": "\xff\xfe"}\n')
    with pytest.raises(ModelFileError, match=r"log\.jsonl:1: not a line of JSON"):
        read_log(tmp_path)


def test_names_of_parameters_are_made_safe_for_a_terminal(tmp_path):
    hostile = "\x1b[31mW\u202e" + "x" * 1000
    (found,) = read_log(log_of(tmp_path, step(10, norms=[ROW | {"name": hostile}]))).steps
    (row,) = found.norms
    assert row.name.isprintable() and len(row.name) < 200 and row.name.startswith("'\\x1b[31mW\\u202exxx")


def test_a_log_or_a_line_that_is_too_long_is_refused(tmp_path, monkeypatch):
    folder = log_of(tmp_path, step(10), step(20))
    monkeypatch.setattr(run_log, "LONGEST_LINE", 50)
    with pytest.raises(ModelFileError, match=r"log\.jsonl:1: longer than 50 bytes"):
        read_log(folder)
    monkeypatch.setattr(run_log, "LARGEST_LOG", 100)
    with pytest.raises(ModelFileError, match=r"log\.jsonl has [0-9]+ bytes; at most 100 are read"):
        read_log(folder)


def test_a_missing_log_and_one_that_is_no_regular_file_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=f"no log.jsonl in {tmp_path}") as error:
        read_log(tmp_path)
    assert error.value.hint == "name the folder of a run: rnncli train FILE -o FOLDER makes one"
    (tmp_path / "elsewhere").write_text(json.dumps(STEP) + "\n")
    (tmp_path / "log.jsonl").symlink_to("elsewhere")
    with pytest.raises(ModelFileError, match="log.jsonl is a symbolic link"):
        read_log(tmp_path)
    (tmp_path / "log.jsonl").unlink()
    os.mkfifo(tmp_path / "log.jsonl")
    with pytest.raises(ModelFileError, match="log.jsonl is a pipe"):
        read_log(tmp_path)


def test_the_limits_are_those_of_the_configuration(tmp_path):
    (tmp_path / "config.yaml").write_text(f"seed: 1\n{CONFIG}model:\n  cell: lstm\n")
    limits = read_limits(tmp_path)
    assert (limits.norm, limits.value) == (0.5, 1e-3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "optim.clip_norm or optim.clip_value cannot be read"),
        ("optim: 3\n", "optim.clip_norm or optim.clip_value cannot be read"),
        ("- optim\n", "optim.clip_norm or optim.clip_value cannot be read"),
        ("optim:\n  clip_norm: 1\n", "optim.clip_norm or optim.clip_value cannot be read"),
        (CONFIG.replace("0.5", "many"), "optim.clip_norm or optim.clip_value cannot be read"),
        (CONFIG.replace("0.5", "-1"), "optim.clip_norm or optim.clip_value cannot be read"),
        (CONFIG.replace("0.5", ".inf"), "optim.clip_norm or optim.clip_value cannot be read"),
        (CONFIG.replace("0.5", "[1, 2]"), "optim.clip_norm or optim.clip_value cannot be read"),
        ("optim: &a\n  x: *a\n", "anchor"),
        ("optim: !!python/object:os.system x\n", "tag"),
        ("optim:\n\tclip_norm: 1\n", "not valid YAML"),
    ],
)
def test_a_configuration_without_the_limits_is_refused(tmp_path, text, message):
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ModelFileError, match=message) as error:
        read_limits(tmp_path)
    assert "config.yaml" in str(error.value) and error.value.hint == "restore the original file"


def test_a_missing_configuration_and_a_linked_one_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=f"no config.yaml in {tmp_path}"):
        read_limits(tmp_path)
    (tmp_path / "config.yaml").symlink_to("/etc/passwd")
    with pytest.raises(ModelFileError, match="config.yaml is a symbolic link"):
        read_limits(tmp_path)
