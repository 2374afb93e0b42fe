"""Events as records, and every sink that takes them."""

import io
import json
from pathlib import Path

import pytest
from runs import tiny

from rnncli.events import EvalDone, RunFinished, StepDone, event_record
from rnncli.storage.log_sink import LogSink
from rnncli.tasks.base import Next
from rnncli.training.loop import train
from rnncli.training.run import prepare
from rnncli.ui.jsonl import JsonlReporter
from rnncli.ui.sinks import Sinks


class Recorder:
    """A Sink that writes down what it got."""

    def __init__(self):
        self.calls = []

    def handle(self, event):
        self.calls.append(event)

    def reading(self, done, total):
        self.calls.append(("reading", done, total))

    def stopping(self):
        self.calls.append("stopping")

    def __enter__(self):
        self.calls.append("enter")
        return self

    def __exit__(self, *error):
        self.calls.append("exit")


def test_an_event_is_a_record_with_its_name_in_snake_case_and_its_metrics_beside_the_rest():
    event = EvalDone(step=2, metrics={"loss": float("nan"), "mae": 3.5}, best=True, elapsed=1.0)
    assert event_record(event) == {
        "schema": 1,
        "event": "eval_done",
        "loss": None,
        "mae": 3.5,
        "step": 2,
        "best": True,
        "elapsed": 1.0,
    }


def test_what_is_empty_is_left_out_and_what_is_not_known_is_null():
    finished = RunFinished(step=1, reason="epochs", best_step=1, best=None, elapsed=1.0, tokens=3)
    record = event_record(finished)
    assert "sample" not in record and record["best"] is None


def test_every_sink_gets_every_event_in_order_and_is_entered_and_left():
    one, other, late = Recorder(), Recorder(), Recorder()
    with Sinks(one, other) as sinks:
        sinks.reading(1, 2)
        sinks.add(late)
        sinks.handle("a")
        sinks.stopping()
        sinks.handle("b")
    assert one.calls == other.calls == ["enter", ("reading", 1, 2), "a", "stopping", "b", "exit"]
    assert late.calls == ["enter", "a", "stopping", "b", "exit"]


def test_sinks_that_were_entered_are_left_where_another_fails_to_begin():
    class Failing(Recorder):
        def __enter__(self):
            raise OSError

    one = Recorder()
    with pytest.raises(OSError), Sinks(one, Failing()):
        pass
    assert one.calls == ["enter", "exit"]


def test_the_log_and_the_progress_for_programs_hold_the_same_records(apart):
    stream = io.StringIO()
    settings = {"train.max_steps": 20, "train.eval_every": 10, "train.sample_length": 5}
    with prepare(tiny(settings), "run") as run, Sinks(JsonlReporter(stream), LogSink(run.folder)) as sinks:
        for event in train(run):
            sinks.handle(event)
    log = [json.loads(line) for line in Path("run/log.jsonl").read_text().splitlines()]
    shown = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {record["schema"] for record in log + shown} == {1}
    assert {record["event"] for record in log} == {"step_done", "eval_done", "sampled"}
    assert len(log) == 6 and all(record in shown for record in log)
    started = shown[0]
    assert started["event"] == "run_started" and started["unit"] == "token" and started["score"] == "nats_per_char"
    assert {"arguments": "eval run", "purpose": "how good it is, beside an n-gram baseline"} in started["next"]
    assert isinstance(event, RunFinished) and "best_nats_per_char" in json.loads(Path("run/summary.json").read_text())


def test_a_named_tuple_in_an_event_is_a_dict_in_its_record():
    step = StepDone(1, 1.0, 1.0, 1.0, False, 1.0, 1, 1.0, 1.0, norms=(Next("eval r", "why"),))
    assert event_record(step)["norms"] == [{"arguments": "eval r", "purpose": "why"}]
