"""What holds for every kind of task, ours and one of the tests: run over TASKS, so that registering a task tests it."""

import json
import math
import sys
from dataclasses import fields, replace
from pathlib import Path
from subprocess import PIPE
from types import SimpleNamespace

import numpy as np
import pytest
from inspecting import check_finding, inspected
from processes import child
from toy_task.kind import VOWELS

from rnncli.cli.main import main
from rnncli.cli.options import first_kind
from rnncli.cli.task_options import all_options, options_of, settled
from rnncli.config import read_settings, schema, to_dict
from rnncli.errors import ConfigError
from rnncli.events import StepDone, finite
from rnncli.gradcheck.check import check
from rnncli.nn.memory import Memory
from rnncli.random_streams import Noise
from rnncli.storage.model_files import load_model
from rnncli.storage.run_folder import checkpoints
from rnncli.tasks.options import UNITS
from rnncli.tasks.registry import TASKS, load_task
from rnncli.training.comparisons import ARCHITECTURE
from rnncli.training.loop import train
from rnncli.training.run import complete, prepare

pytestmark = pytest.mark.usefixtures("apart")
NAMES = [*TASKS, VOWELS.name]
SHORT = {"train.max_steps": 6, "train.eval_every": 3, "train.checkpoint_every": 3, "seed": 5, "train.workers": "1"}
TESTS = Path(__file__).resolve().parents[1]
REGISTERED = (
    "from toy_task.kind import VOWELS; from rnncli.tasks.registry import TASKS; TASKS.register('vowels', VOWELS)"
)
TRAINS_ALIKE = {  # settings of the network that change how it is trained, and not what it is
    "model.dropout",
    "model.dropout_input",
    "model.dropout_recurrent",
    "model.dropout_kind",
    "model.init",
    "model.forget_bias",
    "model.chrono_max",
    "model.code",
    "classes.weights",
    "classes.smoothing",
}


@pytest.fixture(autouse=True)
def with_the_toy():
    """The task of the tests is registered, by one line, for one test at a time."""
    TASKS.register(VOWELS.name, VOWELS)
    yield
    TASKS._things.pop(VOWELS.name)


@pytest.fixture(params=NAMES)
def kind(request):
    return TASKS[request.param]


def draft_of(kind, **more):
    """The Draft of the example of a kind, its data written."""
    example = kind.load().example()
    Path(example.name).write_text(example.text)
    settings = {"task": kind.name, "data.files": [example.name]} | SHORT | example.settings | more
    return read_settings(overrides={path.replace("__", "."): value for path, value in settings.items()})


def trained(kind, folder="r", **how):
    """A finished Run of the example."""
    with prepare(draft_of(kind), folder, **how) as run:
        list(train(run))
    return run


def small(kind):
    """(task, batch, theta as float64 views by layer) of the example, nothing trained."""
    task = load_task(complete(draft_of(kind)))
    store = task.model.store()
    theta = np.random.default_rng(3).normal(0, 0.3, store.size)
    return task, next(iter(task.batches.epoch(0))), store, theta


def gradient_of(task, store, theta, batch, rows=None, garbage=False):
    """(loss, gradient (size,)) of some rows of a batch, in float64, from a zero state and without dropout."""
    N = len(batch.fresh)
    parts = task.model.batch(batch.size, N)
    chosen = np.arange(N) if rows is None else np.asarray(rows)
    arrays = {name: batch.arrays[name] for name in parts}
    arrays = {
        name: array if array is None or parts[name].rows is None else array.take(chosen, axis=parts[name].rows)
        for name, array in arrays.items()
    }
    memory, g = Memory("f8"), np.zeros(store.size)
    plan = task.model.plan(batch.size, len(chosen), memory)
    for array in memory.arrays if garbage else ():
        array.fill(np.nan)
    s0 = task.model.initial_state(len(chosen), Memory("f8"))
    loss, _ = task.model.loss_and_grad(store.views(theta), store.views(g), SimpleNamespace(**arrays), s0, plan)
    return loss, g


def near(one, other):
    return one[0] == pytest.approx(other[0], rel=1e-9) and np.allclose(one[1], other[1], rtol=1e-8, atol=1e-10)


def test_the_model_file_gives_the_weights_the_encoder_and_the_settings_back(kind):
    run, loaded = trained(kind), load_model("r")
    assert np.array_equal(loaded.theta, run.best_weights()) and loaded.config == run.config
    assert loaded.encoder.to_dict() == run.task.encoder.to_dict() and loaded.model == run.task.model


def test_resumed_equals_never_stopped_byte_for_byte(kind):
    trained(kind, "straight")
    with prepare(draft_of(kind), "stopped") as run:
        for event in train(run):
            if isinstance(event, StepDone) and event.step == 4:
                break  # as a kill would: the checkpoint of step 3 is the last
    with prepare(None, "stopped", resume="stopped") as run:
        assert run.trainer.progress.step == 3
        list(train(run))
    for one, other in zip(checkpoints("straight")[-1:], checkpoints("stopped")[-1:], strict=True):
        assert load_model(one).theta.tobytes() == load_model(other).theta.tobytes()
    assert Path("straight/model.safetensors").read_bytes() == Path("stopped/model.safetensors").read_bytes()


def test_shards_sum_to_the_whole_and_a_row_alone_equals_the_row_in_the_batch(kind):
    task, batch, store, theta = small(kind)
    N, whole = task.batches.N, gradient_of(*(task, store, theta), batch)
    halves = [gradient_of(task, store, theta, batch, rows) for rows in (range(N // 2), range(N // 2, N))]
    alone = [gradient_of(task, store, theta, batch, [row]) for row in range(N)]
    assert whole[0] > 0 and np.abs(whole[1]).max() > 0
    for parts in (halves, alone):
        assert near(whole, tuple(sum(each) for each in zip(*parts)))


def test_garbage_in_plans_changes_nothing_and_the_same_call_gives_the_same(kind):
    task, batch, store, theta = small(kind)
    clean, again, dirty = (gradient_of(task, store, theta, batch, garbage=garbage) for garbage in (False, False, True))
    assert clean[0] == again[0] == dirty[0]
    assert np.array_equal(clean[1], again[1]) and np.array_equal(clean[1], dirty[1])


def test_a_batch_is_what_the_model_says_and_counts_its_real_targets(kind):
    task, batch, _, _ = small(kind)
    parts = task.model.batch(batch.size, task.batches.N)
    assert batch.size in task.batches.sizes and len(batch.size) == len(task.model.lengths) and batch.count > 0
    assert {name: batch.arrays[name].shape for name in parts if batch.arrays[name] is not None} == {
        name: part.shape for name, part in parts.items() if batch.arrays[name] is not None
    }


def test_its_settings_have_help_and_those_of_others_are_refused_wherever_they_are_typed(kind):
    foreign = [path for path in schema().settings if schema().foreign(kind, path)]
    assert all(entry.metadata["help"].endswith(".") for entry in schema().settings.values()) and foreign
    for path in foreign:
        entry = schema().settings[path]
        value = (
            entry.metadata["choices"] or [{bool: "true", str: "x", float: "0.5"}.get(first_kind(entry.type), "1")]
        )[0]
        with pytest.raises(ConfigError, match=f"not for the task '{kind.name}'"):
            read_settings(assignments=[f"task={kind.name}", f"{path}={value}"])
    assert {path for path in to_dict(read_settings(overrides={"task": kind.name}).freeze())} >= set(kind.sections)


@pytest.mark.parametrize("command", ["eval", "generate"])
def test_options_of_other_tasks_are_refused(kind, command):
    own = {option.key for option in options_of(kind, command)}
    for key in all_options(command).keys() - own:
        with pytest.raises(ConfigError, match=f"not for the task '{kind.name}'"):
            settled(kind, command, {key: 1}, "r")
    assert settled(kind, command, {}, "r").keys() == own


def test_what_the_kind_says_is_true_of_its_settings_and_metrics(kind):
    paths = {*kind.uses, *kind.defaults, *kind.architecture, *kind.shapes, *kind.left_to_data, *kind.implied}
    paths |= {path for group in kind.train_options.values() for path in group} | {each.path for each in kind.shortcuts}
    paths |= {path for rule in kind.rules for path in rule.paths} | {f"train.{name}" for name in kind.length}
    assert paths <= set(schema().used(kind)) and all(
        metric.better in ("lower", "higher", None) for metric in kind.metrics
    )
    assert kind.metric(kind.default_metric).better and kind.metric(kind.example_limit.partition("=")[0])


def test_a_setting_that_makes_another_model_is_declared_to(kind):
    draft = complete(draft_of(kind, model__num_layers=2))
    size, known = load_task(draft).encoder.size, {*ARCHITECTURE, *kind.architecture, *kind.shapes}
    known |= {"model.hidden_size", "model.num_layers"} if "model.sizes" in known else set()
    config, build = draft.view(), kind.load().build
    for path, changed in variants(config, kind):
        try:
            differs = build(changed, size) != build(config, size)
        except ConfigError:
            continue
        assert not differs or path in known | TRAINS_ALIKE | set(kind.left_to_data), path


def variants(config, kind):
    """(path, Config) of every setting of the network and of the task, each with other values than it has."""
    for section in ("model", *kind.sections):
        values = getattr(config, section)
        for entry in fields(values):
            now = getattr(values, entry.name)
            others = ["gru"] if entry.name == "cell" else entry.metadata["choices"] or ()
            others = [not now] if isinstance(now, bool) else [now + 1] if isinstance(now, int) else others
            for other in [other for other in others if other != now]:
                yield f"{section}.{entry.name}", replace(config, **{section: replace(values, **{entry.name: other})})


def test_an_evaluation_is_valid_json_of_declared_metrics_and_its_gates_decide_both_ways(kind, capfd):
    trained(kind)
    file = kind.load().example().name
    where = ["--split", "val"] if kind is not VOWELS else [file]
    assert main(["eval", "r", *where, "--format", "json", "--progress", "none"]) == 0
    found = json.loads(capfd.readouterr().out, parse_constant=pytest.fail)
    assert (found["schema"], found["task"], found["checks"]) == (1, kind.name, [])
    measured = {name for row in found["baselines"].values() if row for name in row}
    assert not measured or kind.default_metric in measured and kind.metric(kind.default_metric).better  # to be beaten
    assert all(kind.metric(name) for name in found["metrics"]) and found["baselines"].keys() <= set(kind.baselines)
    for name, figure in found["metrics"].items():
        if figure is None or not math.isfinite(figure):
            continue
        for option, good in (("--max", 1), ("--min", -1)):
            for limit, code in ((figure + good, 0), (figure - good, 1)):
                gate = [option, f"{name}={limit!r}"]
                assert main(["eval", "r", *where, *gate, "--format", "json", "--progress", "none"]) == code, gate
        capfd.readouterr()
        break
    assert main(["eval", "r", *where, "--progress", "none"]) == 0
    assert all(len(line) <= 80 for line in capfd.readouterr().out.splitlines())


def test_generation_with_one_seed_writes_one_text(kind, capfd):
    trained(kind)
    texts = []
    for _ in range(2):
        assert main(["generate", "r", *kind.load().example().given, "--seed", "3", "-q"]) == 0
        texts.append(capfd.readouterr().out)
    assert texts[0] == texts[1] != ""


def test_every_cell_and_a_stored_model_have_gradient_checks_that_pass(kind):
    trained(kind)
    cases = [*kind.load().gradcheck_cases("gru", 1), kind.load().saved_gradcheck_case(load_model("r"), 1)]
    assert len(cases) >= 2
    for case in cases:
        assert all(found.passed for found in check(case, seed=1)), case.name


def test_dropout_masks_and_noise_do_not_reach_an_evaluation(kind):
    draft = draft_of(kind, model__dropout=0.5)
    with prepare(draft, "r") as run:
        list(train(run))
        weights = run.trainer.store.views(run.trainer.weights)
        task, batch = run.task, next(iter(run.batches.epoch(0)))
        plan = task.model.plan(batch.size, task.batches.N, Memory("f4"))
        task.model.draw(Noise(1, 1), plan)
        assert run.evaluator.score(weights) == run.evaluator.score(weights)


def test_what_inspect_watches_is_a_batch_of_few_rows_the_same_at_every_call_with_a_gradient(kind):
    task, _, store, theta = small(kind)
    batch, again = (task.watched(None, 3) for _ in range(2))
    assert len(batch.fresh) == (3 if kind is not VOWELS else task.batches.N) and batch.count > 0
    parts = task.model.batch(batch.size, len(batch.fresh))
    given = {name: batch.arrays[name] for name in parts if batch.arrays[name] is not None}
    assert {name: array.shape for name, array in given.items()} == {name: parts[name].shape for name in given}
    assert all(np.array_equal(array, again.arrays[name]) for name, array in given.items())
    loss, gradient = gradient_of(task, store, theta, batch)
    assert loss > 0 and np.abs(gradient).max() > 0


def test_every_part_of_inspect_has_figures_rows_and_what_can_be_drawn(kind):
    trained(kind)
    loaded, file = load_model("r"), kind.load().example().name
    for part in kind.inspect_parts:
        if part in UNITS and getattr(getattr(loaded.encoder, "source", None), "form", "") == "features":
            with pytest.raises(ConfigError, match="as one step"):
                inspected(loaded, part, files=[file])
            continue
        check_finding(inspected(loaded, part), part, with_rows=False)
        found, same = (inspected(loaded, part, files=[file], symbols=40) for _ in range(2))
        check_finding(found, part)
        assert json.dumps(finite(found.record)) == json.dumps(finite(same.record))
        assert kind.inspect_parts[part] and not kind.inspect_parts[part].endswith(
            "."
        )  # a part of a sentence of the help


def toy(*arguments):
    """(exit code, stdout, stderr) of the command in a process of its own, in which the toy is registered."""
    path = f"import sys; sys.path[:0] = {[str(TESTS), str(TESTS.parent)]!r}; from rnncli.tasks.registry import TASKS; "
    code = f"{path}{REGISTERED}; from rnncli.cli.main import main; sys.exit(main(sys.argv[1:]))"
    with child(sys.executable, "-c", code, *arguments, stdout=PIPE, stderr=PIPE, text=True) as process:
        out, err = process.communicate()
    return process.returncode, out, err


def test_a_task_in_one_folder_is_trained_resumed_evaluated_used_and_checked_by_the_commands():
    example = VOWELS.load().example()
    Path(example.name).write_text(example.text)
    options = ("--hidden-size", "16", "--lr", "0.02", "--seed", "1", "--letters", "ae", "-q", "-o", "r")
    assert toy("train", example.name, "--epochs", "100", *options) == (0, "", "")
    assert toy("train", "--resume", "r", "--epochs", "150", "-q") == (0, "", "")
    code, out, err = toy("eval", "r", "--max", "mae=0.5", "--beat-baseline", "mean", "--format", "json")
    assert code == 0 and json.loads(out)["metrics"]["mae"] < 0.5, err
    assert toy("eval", "r", "--min", "exact=1.1")[0] == 1
    code, out, err = toy("generate", "r", example.name, "--digits", "0")
    assert code == 0 and len(out.split()) == len(example.text.splitlines()), err
    assert "--letters" in toy("train", "-h")[1] and "--digits" in toy("generate", "r", "-h")[1]
    code, out, err = toy("gradcheck", "--cell", "gru", "--format", "json")
    assert code == 0 and "vowels" in out, err


def test_a_task_of_its_own_is_small():
    lines = [line for path in (TESTS / "toy_task").glob("*.py") for line in path.read_text().splitlines()]
    assert len(lines) <= 200
