"""Clipping read from the logs of runs: counts, shares and angles against those of the events and of arrays."""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from drawn_findings import text_of
from runs import done, killed, last_checkpoint, log_records, logged, of, same, thetas

from rnncli.errors import ConfigError, ModelFileError
from rnncli.events import StepDone, finite
from rnncli.laboratory.clipping.finding import clipping
from rnncli.laboratory.clipping.tables import condensed
from rnncli.laboratory.drawings import Curves, Heat
from rnncli.optim.optimizer import cut_by_value
from rnncli.storage.checkpoint import save
from rnncli.storage.run_folder import checkpoints
from rnncli.training.run import prepare

STEPS = {"train.max_steps": 40, "train.norms_every": 2}


def folder(path, records, clip_norm=1.0, clip_value=0.0):
    """A run folder with a log of these records."""
    path = Path(path)
    path.mkdir()
    (path / "config.yaml").write_text(f"optim:\n  clip_norm: {clip_norm}\n  clip_value: {clip_value}\n")
    (path / "log.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def step(number, norm, rows=None, limit=1.0, **more):
    """A record of a step; rows: {name: norm} of its table."""
    factor = min(1.0, limit / norm) if norm else 1.0
    table = [row(name, each, each * factor) for name, each in (rows or {}).items()]
    known = {"step": number, "loss": 1.0, "grad_norm": norm, "clipped": norm > limit, "norms": table}
    return {"schema": 1, "event": "step_done"} | known | more


def row(name, norm, clipped, cut=0.0, cosine=1.0):
    return {"name": name, "norm": norm, "clipped": clipped, "update_ratio": 1e-3, "cut": cut, "cosine": cosine}


def lacking(record, *names):
    """A record without some of its fields, as older versions wrote it."""
    return {name: value for name, value in record.items() if name not in names}


def of_run(path, **more):
    """The record of the only run in a Finding."""
    (found,) = clipping({"r": folder(path, **more)}).record["runs"]
    return found


def words_of(finding):
    return " ".join(text_of(finding.brief).split())


# what training logs


def test_every_clipped_step_is_counted_though_every_tenth_is_logged(apart):
    _, events = done("r", {"train.max_steps": 40, "optim.clip_norm": 0.3})
    steps = of(StepDone, events)
    clipped = [each.grad_norm > 0.3 for each in steps]
    assert 0 < sum(clipped) < 40 and [each.clips for each in steps] == np.cumsum(clipped).tolist()
    (found,) = clipping({"r": Path("r")}).record["runs"]
    assert found["counted"] == {"steps": 40, "clipped": sum(clipped)} and len(found["steps"]) == 4
    assert found["clipped_share_of_all"] == sum(clipped) / 40
    assert found["clipped_share_of_logged"] == sum(clipped[9::10]) / 4


def test_a_killed_and_resumed_run_counts_the_same_clips(apart):
    settings = {"train.max_steps": 60, "optim.clip_norm": 0.3}
    done("whole", settings)
    killed("cut", 47, settings)
    with prepare(None, None, resume="cut") as run:
        list(logged(run))
    assert log_records("cut") == log_records("whole")
    assert log_records("whole")[-2]["clips"] > 0 and same(thetas("cut"), thetas("whole"))


def test_a_checkpoint_without_counts_is_resumed(apart):
    killed("r", 27, {"optim.clip_norm": 0.3})
    arrays, meta = last_checkpoint("r")
    assert meta["progress"].pop("clips") > 0
    save(checkpoints("r")[-1], arrays, {name: value for name, value in meta.items() if name not in ("seal", "sha256")})
    with prepare(None, None, resume="r") as run:
        assert run.trainer.progress.clips == 0 and [each.step for each in of(StepDone, logged(run))][0] == 21


def test_the_table_says_what_clipping_by_value_left_of_each_gradient(apart):
    _, events = done("r", STEPS | {"optim.clip_norm": 0.2, "optim.clip_value": 0.004})
    tables = [each for each in of(StepDone, events) if each.norms]
    assert len(tables) == 20
    for event in tables:
        factor = min(1, 0.2 / event.grad_norm)
        assert all(0 < row.cut < 1 and 0.3 < row.cosine < 1 for row in event.norms if row.name == "head.W")
        assert all(row.clipped <= row.norm * factor * (1 + 1e-6) for row in event.norms)
        assert any(row.clipped < row.norm * factor * 0.95 for row in event.norms)


def test_tables_change_nothing_that_is_learnt(apart):
    settings = {"train.max_steps": 30, "optim.clip_value": 0.004, "optim.clip_norm": 0.2}
    done("seldom", settings)
    done("often", settings | {"train.norms_every": 1})
    assert same(thetas("seldom"), thetas("often"))


def test_a_cut_is_that_of_the_clipped_array():
    rng = np.random.default_rng(5)
    g = rng.normal(size=(30, 40)).astype("f4")
    found = cut_by_value(g.copy(), 0.5, 0.4)
    scaled = g.astype("f8") * 0.5
    kept = np.clip(scaled, -0.4, 0.4)
    assert found.norm == pytest.approx(np.linalg.norm(kept), rel=1e-6)
    assert found.share == np.mean(np.abs(scaled) > np.float32(0.4))
    cosine = (scaled * kept).sum() / np.linalg.norm(scaled) / np.linalg.norm(kept)
    assert found.cosine == pytest.approx(cosine, rel=1e-6) and cosine < 0.99
    assert cut_by_value(g, 0.5, 100.0)[1:] == (0, 1) and cut_by_value(g * 0, 0.5, 0.4) == (0, 0, 1)


# what the part says


def test_quantiles_and_norms_after_clipping_are_those_of_the_log(tmp_path):
    norms = [0.5, 4.0, 1.0, 2.0, 0.25]
    found = of_run(tmp_path / "r", records=[step(10 * k + 10, norm) for k, norm in enumerate(norms)])
    assert [each["norm"] for each in found["steps"]] == norms
    assert [each["after"] for each in found["steps"]] == pytest.approx([0.5, 1, 1, 1, 0.25], rel=2e-6)
    assert (found["norm_least"], found["norm_median"], found["norm_largest"]) == (0.25, 1, 4)
    assert found["norm_90"] == pytest.approx(np.quantile(norms, 0.9)) and found["clipped_share_of_logged"] == 0.4


def test_the_driver_is_the_parameter_with_the_largest_share_in_the_clipped_steps(tmp_path):
    records = [step(10, 0.5, {"a": 0.5, "b": 0.1}), step(20, 5.0, {"a": 3.0, "b": 4.0}), step(30, 10, {"a": 6, "b": 8})]
    found = clipping({"r": folder(tmp_path / "r", records)})
    shares = {each["name"]: each["share"] for each in found.record["runs"][0]["parameters"]}
    assert list(shares) == ["b", "a"] and shares == pytest.approx({"b": 0.64, "a": 0.36})
    assert found.record["metrics"]["r/b/share"] == pytest.approx(0.64)
    assert "2 clipped steps with a table of norms, most of the squared norm in b (64 %), a (36 %)" in words_of(found)
    calm = clipping({"r": folder(tmp_path / "none", records[:1])})
    assert "in 1 table of norms, most of the squared norm is in a (96.2 %), b (3.85 %)" in words_of(calm)


def test_tables_of_which_none_is_of_a_clipped_step_are_not_taken_for_them(tmp_path):
    """A step was clipped, as the count says, but the tables are of others."""
    records = [step(10, 0.5, {"a": 0.4, "b": 0.3}, clips=3), step(20, 0.5, {"a": 0.4, "b": 0.3}, clips=3)]
    said = words_of(clipping({"r": folder(tmp_path / "r", records)}))
    assert "in 2 tables of norms, none of a clipped step, most of the squared norm is in a (64 %), b (36 %)" in said


def test_a_log_without_a_word_on_clipping_is_shown_with_its_norms(tmp_path):
    old = [step(10, 0.5, {"a": 0.4, "b": 0.3}), step(20, 3.0)]
    found = clipping({"r": folder(tmp_path / "r", [lacking(record, "clipped", "clips") for record in old])})
    run = found.record["runs"][0]
    assert [each["clipped"] for each in run["steps"]] == [None, None] and math.isnan(run["clipped_share_of_logged"])
    assert "r/clipped_share_of_logged" not in found.record["metrics"]
    said = words_of(found)
    assert "the log does not say how often --clip-norm 1 acted; the largest norm is 3;" in said
    assert "in 1 table of norms, most of the squared norm is in a (64 %), b (36 %)" in said


def test_a_log_without_any_norm_is_an_error_that_a_summary_goes_on_without(tmp_path):
    normless = folder(tmp_path / "r", [lacking(step(10, 0.5), "grad_norm")])
    with pytest.raises(ConfigError, match="has no norm of a gradient") as error:
        clipping({"r": normless})
    assert error.value.hint == "train the run anew, or name another run"
    some = of_run(tmp_path / "some", records=[lacking(step(10, 0.5), "grad_norm"), step(20, 0.25)])
    assert [(each["step"], each["norm"]) for each in some["steps"]] == [(20, 0.25)]


def test_counts_of_clips_go_over_all_steps_that_the_log_counts(tmp_path):
    counted = [step(10, 0.5, clips=4), step(20, 0.5, clips=9)]
    assert of_run(tmp_path / "a", records=counted)["counted"] == {"steps": 20, "clipped": 9}
    old = of_run(tmp_path / "b", records=[step(10, 0.5), step(20, 0.5, clips=1), step(30, 0.5, clips=3)])
    assert old["counted"] == {"steps": 10, "clipped": 2}  # resumed by a version that counts: from step 20 on
    assert of_run(tmp_path / "c", records=[step(10, 0.5)])["counted"] == {"steps": 0, "clipped": 0}
    back = {"schema": 1, "event": "step_rejected", "back_to": 10}
    gone_back = of_run(tmp_path / "d", records=[*counted, back, step(20, 0.5, clips=5)])
    assert gone_back["counted"] == {"steps": 20, "clipped": 5} and gone_back["rejections"] == 1
    assert [each["undone"] for each in gone_back["steps"]] == [False, True, False]


def test_spikes_are_steps_far_above_the_running_median(tmp_path):
    norms = [1.0] * 6 + [11.0, 1.0, 9.0, 100.0]
    records = [step(10 * k + 10, norm, {"a": norm, "b": 0.1}) for k, norm in enumerate(norms)]
    found = clipping({"r": folder(tmp_path / "r", records)})
    spikes = found.record["runs"][0]["spikes_found"]
    assert [(each["step"], each["times"], each["parameter"]) for each in spikes] == [(70, 11, "a"), (100, 100, "a")]
    assert "2 spikes above 10 times the running median, the worst at step 100 (100 times, most of it in a)" in words_of(
        found
    )
    early = of_run(tmp_path / "early", records=[step(10, 1.0), step(20, 50.0)])
    assert early["spikes"] == 0  # four steps before it make no median


def test_a_gradient_far_below_the_largest_has_vanished(tmp_path):
    tables = [{"a": 1.0, "b": 1e-3, "c": 1e-7 if k else 1.0, "d": 0.0} for k in range(3)]
    found = clipping({"r": folder(tmp_path / "r", [step(10 * k + 10, 1.0, t) for k, t in enumerate(tables)])})
    assert sorted(found.record["runs"][0]["vanished"]) == ["c", "d"]
    assert "vanished, below 1e-6 of the largest gradient: c, d" in words_of(found)


def test_the_angle_of_clipping_by_value_is_that_of_the_whole_gradient(tmp_path):
    """Two parameters: g = (3, 4 | 12), clipped by value to (3, 3 | 3)."""
    before, after = np.array([3.0, 4, 12]), np.array([3.0, 3, 3])
    rows = [row("a", 5.0, 18**0.5, 0.5, (9 + 12) / 5 / 18**0.5), row("b", 12.0, 3.0, 1.0, 1.0)]
    records = [step(10, 13.0, limit=math.inf) | {"norms": rows}, step(20, 13.0, limit=math.inf)]
    found = clipping({"r": folder(tmp_path / "r", records, clip_norm=0, clip_value=3)})
    run = found.record["runs"][0]
    cosine = before @ after / np.linalg.norm(before) / np.linalg.norm(after)
    assert run["value_cosine_median"] == pytest.approx(cosine, rel=1e-12)
    assert run["value_clipped_share_of_tables"] == 1
    assert run["steps"][0]["after"] == pytest.approx(27**0.5) and math.isnan(run["steps"][1]["after"])
    assert {each["name"]: each["cut"] for each in run["parameters"]} == {"b": 1, "a": 0.5}
    turned = f"turned the gradient by {math.degrees(math.acos(cosine)):.2g} degrees"
    assert f"--clip-value 3 acted in 100 % of the tables and {turned}" in words_of(found)


def test_what_to_conclude_is_said_in_words(tmp_path):
    always = [step(10 * k + 10, 2.0 + k, clips=10 * k + 10) for k in range(10)]
    said = words_of(clipping({"r": folder(tmp_path / "r", always)}))
    assert "--clip-norm 1 acted in 100 % of 100 steps: it sets the length of most steps" in said
    assert "--clip-norm 10.9 would leave 99 % of the steps as they are" in said
    said = words_of(clipping({"r": folder(tmp_path / "seldom", [step(10, 0.5, clips=1), step(20, 0.5, clips=1)])}))
    assert "--clip-norm 1 acted in 5 % of 20 steps, the largest ones" in said
    said = words_of(clipping({"r": folder(tmp_path / "never", [step(10, 0.5, clips=0)])}))
    assert "--clip-norm 1 acted in none of 10 steps; the largest norm is 0.5" in said
    said = words_of(clipping({"r": folder(tmp_path / "old", [step(10, 0.5), step(20, 3.0)], clip_value=0.1)}))
    assert "--clip-norm 1 acted in 50 % of 2 logged steps" in said
    assert "the log does not say what --clip-value 0.1 did: train with --norms-every 10" in said
    said = words_of(clipping({"r": folder(tmp_path / "off", [step(10, 0.5)], clip_norm=0)}))
    assert "nothing is clipped by norm; the largest norm is 0.5" in said and "--clip-norm 0" not in said


def test_a_run_without_tables_says_how_to_get_them(apart):
    found = clipping({"r": folder("r", [step(10, 0.5), step(20, 0.5)])})
    assert "no norm of a single parameter is in the log: train with --norms-every 10 to log the norm" in words_of(found)
    assert not [each for each in found.more if isinstance(each, Heat)] and found.record["runs"][0]["parameters"] == []
    done("with", {"train.max_steps": 20, "train.eval_every": 100, "train.norms_every": 10})
    found = clipping({"r": Path("with")})
    assert "no norm of a single parameter" not in words_of(found)
    (heat,) = [each for each in found.more if isinstance(each, Heat)]
    assert heat.columns == ["10", "20"] and heat.rows[0] == "layer0.W_x" and heat.values.shape == (5, 2)


def test_heat_and_chart_hold_the_norms_of_the_events(apart):
    _, events = done("r", STEPS | {"optim.clip_norm": 0.2})
    found = clipping({"mine": Path("r")})
    tables = [each for each in of(StepDone, events) if each.norms]
    (heat,) = [each for each in found.more if isinstance(each, Heat)]
    assert heat.values.tolist() == [list(each) for each in zip(*([r.norm for r in event.norms] for event in tables))]
    (chart,) = [each for each in found.brief if isinstance(each, Curves)]
    assert list(chart.lines) == ["mine before", "mine after"]
    assert chart.lines["mine before"].y.tolist() == [event.grad_norm for event in tables]
    assert chart.lines["mine after"].y == pytest.approx([min(event.grad_norm, 0.2) for event in tables], rel=1e-5)


def test_many_tables_are_condensed_and_keep_their_peaks():
    values = np.ones((2, 1000))
    values[0, 437], values[1, 999] = 50, 60
    first, condensed_values = condensed(values)
    assert condensed_values.shape == (2, 120) and condensed_values.max(axis=1).tolist() == [50, 60]
    assert first[0] == 0 and all(one < other for one, other in pairwise(first))
    first, condensed_values = condensed(np.array([[1.0, np.nan]]))
    assert first == [0, 1] and condensed_values[0, 0] == 1 and math.isnan(condensed_values[0, 1])


def test_runs_stand_side_by_side_and_rows_have_one_set_of_keys(apart, tmp_path):
    done("one", STEPS)
    found = clipping({"first": Path("one"), "second": folder(tmp_path / "two", [step(10, 2.0)], clip_value=1)})
    assert [run["run"] for run in found.record["runs"]] == ["first", "second"]
    assert {tuple(each) for each in found.rows} == {tuple(found.rows[0])}
    assert sum(each["parameter"] == "" for each in found.rows if each["run"] == "first") == 20
    json.dumps(finite(found.record), allow_nan=False)
    assert found.record["metrics"]["first/norm_median"] > 0 and "second/norm_median" in found.record["metrics"]


def test_lines_stay_within_80_columns(apart):
    done("r", STEPS | {"optim.clip_norm": 0.2, "optim.clip_value": 0.004})
    found = clipping({"r": Path("r"), "another": Path("r")})
    assert max(map(len, text_of([*found.brief, *found.more]).splitlines())) <= 80


def test_a_log_without_a_step_and_a_damaged_one_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="has no step yet") as error:
        clipping({"r": folder(tmp_path / "r", [{"schema": 1, "event": "eval_done"}])})
    assert error.value.hint == "train longer, or log every step: --norms-every 1"
    with pytest.raises(ModelFileError, match=r"log\.jsonl:2: 'grad_norm' is negative"):
        clipping({"r": folder(tmp_path / "s", [step(10, 1.0), step(20, 1.0) | {"grad_norm": -2}])})


def test_huge_zero_and_unknown_norms_are_shown_as_they_are(tmp_path):
    records = [
        step(10, 1e308, {"a": 1e308, "b": 1e300}),
        step(20, 0.0, {"a": 0.0, "b": 0.0}),
        step(30, 1.0) | {"grad_norm": None},
    ]
    found = clipping({"r": folder(tmp_path / "r", records, clip_value=1.0)})
    run = found.record["runs"][0]
    assert run["parameters"][0] | {"cut": 0} == {"name": "a", "share": 1, "relative": 1, "cut": 0}
    assert run["norm_largest"] == 1e308 and run["norm_least"] == 0
    text_of([*found.brief, *found.more])
    json.dumps(finite(found.record), allow_nan=False)
