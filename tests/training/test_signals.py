"""What a run does when it is asked to stop, or to save, from outside."""

import signal
from pathlib import Path

import pytest
from runs import done, everything_below, log_records, logged, model_bytes, of, tiny

from rnncli.errors import Interrupted
from rnncli.events import Notice, StepDone
from rnncli.storage.checkpoint import load
from rnncli.storage.run_folder import checkpoint, checkpoints
from rnncli.training.loop import train
from rnncli.training.run import prepare

EVALUATED = {"train.eval_every": 8, "train.checkpoint_every": 20, "schedule.kind": "plateau", "schedule.patience": 1}


def stopped_in(folder, work, call, settings):
    """Train until a stop arrives in the middle of the evaluator's `work` for the `call`th time."""
    with prepare(tiny(settings), folder) as run:
        calls, whole = [], getattr(run.evaluator, work)

        def cut(*arguments):
            calls.append(work)
            if len(calls) == call:
                run.stop(signal.SIGTERM)
                raise AssertionError("the stop waits for the end")
            return whole(*arguments)

        setattr(run.evaluator, work, cut)
        with pytest.raises(Interrupted) as caught:
            list(logged(run))
    assert caught.value.exit_code == 143


def resumed(folder):
    with prepare(None, None, resume=folder) as run:
        return list(logged(run))


@pytest.mark.parametrize("call", [1, 3, 8])  # 8: the evaluation at the end
def test_a_stop_does_not_await_a_score_and_the_resumed_run_repeats_it(call):
    done("whole", EVALUATED)
    stopped_in("r", "score", call, EVALUATED)
    resumed("r")
    assert model_bytes("r") == model_bytes("whole") and log_records("r") == log_records("whole")
    last = [load(checkpoints(folder)[-1])[1]["progress"] for folder in ("r", "whole")]
    assert last[0] == last[1]


def test_a_stop_does_not_await_a_sample():
    settings = EVALUATED | {"train.sample_length": 5}
    done("whole", settings)
    stopped_in("r", "sample", 2, settings)
    assert load(checkpoints("r")[-1])[1]["progress"]["evaluated"] == 16
    resumed("r")
    assert model_bytes("r") == model_bytes("whole")


def test_a_stop_that_came_before_the_evaluation_leaves_it_to_the_resumed_run():
    done("whole", EVALUATED)
    with prepare(tiny(EVALUATED), "r") as run, pytest.raises(Interrupted):
        for event in logged(run):
            if isinstance(event, StepDone) and event.step == 16:
                run.stop(signal.SIGINT)
    assert load(checkpoints("r")[-1])[1]["progress"]["evaluated"] == 8
    resumed("r")
    assert log_records("r") == log_records("whole") and model_bytes("r") == model_bytes("whole")


def test_a_checkpoint_that_was_asked_for_is_written_and_changes_nothing_else():
    done("whole", EVALUATED)
    with prepare(tiny(EVALUATED), "r") as run:
        for event in logged(run):
            if isinstance(event, StepDone) and event.step == 13:
                run.wants_checkpoint = True
            elif isinstance(event, Notice) and "saved at step 13" in event.text:
                assert checkpoint("r", 13).exists()
                break
        else:
            pytest.fail("nothing was saved")
        list(train(run))
    assert model_bytes("r") == model_bytes("whole")


@pytest.mark.parametrize(("kind", "noted"), [("cosine", True), ("constant", False)])
def test_a_learning_rate_that_new_limits_raise_is_noted(kind, noted):
    done("r", {"train.max_steps": 10, "schedule.kind": kind})
    with prepare(None, None, resume="r", extend={"max_steps": 20}) as run:
        notes = [event.text for event in of(Notice, train(run))]
    assert (
        any("cosine schedule spans the new limit: the learning rate rises from 0 to" in text for text in notes) == noted
    )


@pytest.mark.parametrize(("final", "steps", "advised"), [(0.0, 20, 0.1 * 0.005), (0.4, 100, 0.4 * 0.01)])
def test_the_rate_that_is_advised_in_place_of_a_rise_is_one_that_a_run_can_have(final, steps, advised):
    """0 at the end of a schedule is none; half way through, the cosine is at 0.5."""
    done("r", {"train.max_steps": 10, "schedule.kind": "cosine", "schedule.final": final, "optim.lr": 0.01})
    with prepare(None, None, resume="r", extend={"max_steps": steps}) as run:
        (note,) = (event.text for event in of(Notice, train(run)) if "spans the new limit" in event.text)
    rate = float(note.rpartition("--lr ")[2])
    assert rate == pytest.approx(advised, rel=0.05)  # two digits are shown
    with prepare(tiny({"train.max_steps": 1, "optim.lr": rate}), "other", init_from="r") as run:
        assert [event.rate for event in of(StepDone, train(run))] == [pytest.approx(rate, rel=0.1)]


def test_a_resumed_run_without_new_limits_has_no_note_on_its_rate():
    with prepare(tiny({"schedule.kind": "cosine"}), "r") as run, pytest.raises(Interrupted):
        for event in train(run):
            if isinstance(event, StepDone) and event.step == 50:
                run.stop(signal.SIGINT)
    with prepare(None, None, resume="r") as run:
        assert not [event for event in of(Notice, train(run)) if "learning rate" in event.text]
    assert Path("r/summary.json").exists() and everything_below("r")
