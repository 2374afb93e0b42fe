"""A model file that is whole and sealed, but describes what no version ever wrote, is refused before it is used."""

import json

import numpy as np
import pytest
from faults.malformed import mutations, sealed, with_value
from faults.small_runs import WORDS, parts_of, trained

from rnncli.errors import ConfigError, ModelFileError
from rnncli.phrases import safe_text
from rnncli.storage.checkpoint import load
from rnncli.storage.description import check_checkpoint, described
from rnncli.storage.model_files import load_model
from rnncli.storage.run_folder import latest_checkpoint
from rnncli.tasks.registry import TASKS

SUBJECTS = (*TASKS, WORDS)
EVERY = 11  # of the mutations of the description, so that the suite is quick; the fault plan tries all of them


@pytest.fixture(scope="module", params=SUBJECTS)
def run(request, tmp_path_factory):
    """The run folder of a small model of each task."""
    return trained(request.param, tmp_path_factory.mktemp(request.param))


def test_a_model_that_was_trained_fits_its_own_forms(run):
    assert load_model(run).theta.size > 0
    path = latest_checkpoint(run)
    arrays, meta = load(path)
    check_checkpoint(path, meta)
    assert described(path, arrays, meta).store.size == load_model(run).theta.size


def test_every_malformed_file_is_refused_with_a_sentence_or_does_no_harm(run, tmp_path):
    arrays, meta = parts_of(run / "model.safetensors")
    path, refused, certain = tmp_path / "m.safetensors", 0, 0
    for each in mutations(arrays, meta, EVERY):
        path.write_bytes(each.data)
        try:
            load_model(path)
        except ModelFileError as error:
            refused += 1
            assert error.hint and len(str(error)) < 1000, each.name
        except ConfigError as error:  # the one fault of the command: a cell whose code is named, but not loaded
            assert "unknown cell" in str(error) and not each.certain, each.name
        else:
            assert not each.certain, each.name
        certain += each.certain
    assert certain > 100 and refused >= certain


def test_a_malformed_checkpoint_is_not_continued(run):
    path = latest_checkpoint(run)
    _, meta = load(path)
    for place in (("progress", "step"), ("progress", "schedule"), ("elapsed",), ("home",), ("log_size",)):
        for value in (None, -1, "\0", [], True):
            with pytest.raises(
                ModelFileError, match=f"malformed: {place[-1] if len(place) == 1 else 'progress'}.*expected"
            ):
                check_checkpoint(path, with_value(meta, place, value))
    with pytest.raises(ModelFileError, match="malformed: progress.epoch is missing"):
        check_checkpoint(path, meta | {"progress": {"step": 3}})
    with pytest.raises(ModelFileError, match="layouts"):
        check_checkpoint(path, meta | {"layouts": {"1 x 2 x 1*2": [0, 1]}})


@pytest.mark.parametrize(
    "place, value, message",
    [
        (("encoder", "fourier"), 10**9, "encoder.fourier: found 1e\\+09, expected a whole number >= 0 and <= 1,000"),
        (("encoder", "fourier"), 1, "encoder.fourier: unlike forecast.fourier"),
        (("encoder", "season"), 2, "encoder.season: unlike forecast.season"),
        (("encoder", "step"), 0, "encoder.step: found 0, expected a finite number > 0"),
        (("encoder", "zone"), "../../etc/passwd", "time zone"),
        (("encoder", "zone"), "+99:00", "encoder: "),
        (("encoder", "closed"), "/etc/passwd", "encoder.closed: not only weekdays, hours and dates"),
        (("encoder", "form", "pattern"), "%Q", "encoder.form.pattern: not a format of stamps"),
        (("encoder", "form", "pattern"), "%Y%Y", "encoder.form.pattern: not a format of stamps"),
        (("encoder", "roles", "targets"), ["y", "y"], "encoder.roles.targets: a value stands there twice"),
        (("encoder", "roles", "known"), ["k"], "encoder.known: not one for each column of that role"),
        (("record", "ids"), ["a", "b"], "are not those of its ids"),
        (("config", "forecast", "window"), None, "config.forecast.window is missing"),
    ],
)
def test_a_malformed_forecaster_is_told_by_place(place, value, message, tmp_path):
    arrays, meta = parts_of(trained("forecast", tmp_path) / "model.safetensors")
    path = tmp_path / "m.safetensors"
    path.write_bytes(sealed(arrays, with_value(meta, place, value)))
    with pytest.raises(ModelFileError, match=message) as caught:
        load_model(path)
    assert caught.value.exit_code == 4 and caught.value.hint


def test_what_a_model_says_of_itself_never_reaches_the_terminal_raw(tmp_path):
    arrays, meta = parts_of(trained("classify", tmp_path) / "model.safetensors")
    path = tmp_path / "m.safetensors"
    for place in (("config", "model", "cell"), ("encoder", "source", "form"), ("encoder", "reading", "format")):
        path.write_bytes(sealed(arrays, with_value(meta, place, "\x1b[2J\u202egnp")))
        with pytest.raises(ModelFileError) as caught:
            load_model(path)
        assert safe_text(str(caught.value)) == str(caught.value)


def test_weights_that_are_not_finite_are_refused_by_name(tmp_path):
    arrays, meta = parts_of(trained("regress", tmp_path) / "model.safetensors")
    name, path = next(name for name in arrays if name.startswith("theta/")), tmp_path / "m.safetensors"
    for value in (float("nan"), float("inf")):
        arrays[name] = np.full_like(arrays[name], value)
        path.write_bytes(sealed(arrays, meta))
        with pytest.raises(ModelFileError, match=f"{name} holds numbers that are not finite"):
            load_model(path)


def test_a_configuration_nested_a_thousand_times_is_refused(tmp_path):
    arrays, meta = parts_of(trained("regress", tmp_path) / "model.safetensors")
    path, deep = tmp_path / "m.safetensors", json.loads("[" * 900 + "]" * 900)
    for place in (("config", "model"), ("encoder", "source"), ("progress", "step")):
        path.write_bytes(sealed(arrays, with_value(meta, place, deep)))
        with pytest.raises(ModelFileError):
            load_model(path)


def test_a_file_without_the_seed_of_its_run_is_malformed(run):
    path = latest_checkpoint(run)
    _, meta = load(path)
    with pytest.raises(ModelFileError, match="config.seed"):
        check_checkpoint(path, with_value(meta, ("config", "seed"), None))
