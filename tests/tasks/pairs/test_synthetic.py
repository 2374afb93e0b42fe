"""Made problems by the commands: each trains what reads it, longer ones are scored, and a stopped run goes on."""

import json
from pathlib import Path

import numpy as np
import pytest
from pair_files import SMALL

from rnncli.config import load_config, read_settings
from rnncli.data.pairs.detection import sniff
from rnncli.data.pairs.examples import read_examples
from rnncli.data.synthetic.problems import PROBLEMS, asked
from rnncli.errors import ConfigError
from rnncli.resources import bundled_configs, find_config
from rnncli.storage.model_files import load_model

pytestmark = pytest.mark.usefixtures("apart")
TASKS = {"adding": "regress", "recall": "classify", "order": "classify"}  # of the others: label
LENGTHS = {"order": 10, "reber": 9}  # of the others: 4
NEW = {  # sources as a user writes them, by the form of the sources
    "series": "@data\n0.1,0.9,0.5:1,0,1\n",
    "text": "astz?\n",
    "words": "a a b b\n",
}


def made(problem, more=0, count=40):
    """A name of examples of that problem."""
    return f"synthetic:{problem}:{LENGTHS.get(problem, 4) + more}:{count}"


def test_every_problem_is_told_by_its_name_to_the_kind_of_task_that_reads_it():
    for name, problem in PROBLEMS.items():
        found = sniff([made(name)])
        assert found is not None and (found.answers, found.sure) == (problem.answers, 1.0)
        assert read_settings(overrides={"data.files": [made(name)]}).kind.name == TASKS.get(name, "label")


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_trains_with_its_configuration_is_scored_on_longer_ones_and_answers_files(name, command, saved):
    option = made(name).removeprefix("synthetic:")
    code, _, told = command("train", "--synthetic", option, "-c", "memory", *SMALL[:-1], "-o", "r")
    assert code == 0 and PROBLEMS[name].asks in told
    code, out, told = command("eval", "r", made(name, 4, 50), "--no-baseline", "--format", "json", "-q")
    found = json.loads(out)
    assert code == 0 and found["task"] == TASKS.get(name, "label")
    assert 50 in found["metrics"].values(), "all of them are scored"
    code, out, _ = command("generate", "r", saved("new.txt", NEW[PROBLEMS[name].form]))
    assert code == 0 and len(out.splitlines()) == 1
    assert command("generate", "r", made(name, count=3))[1].count("\n") == 3


def test_the_option_is_the_same_as_a_name_among_the_data(command):
    assert command("train", "--synthetic", "recall:5:60", *SMALL, "-o", "one")[0] == 0
    assert command("train", "synthetic:recall:5:60", *SMALL, "-o", "other")[0] == 0
    assert Path("one/model.safetensors").read_bytes() == Path("other/model.safetensors").read_bytes()
    assert load_config(["one/config.yaml"]).data.files == ("synthetic:recall:5:60",)


def test_a_run_without_a_name_gets_one_that_every_file_system_takes(command):
    assert command("train", "--synthetic", "dyck:2-6:40", *SMALL)[0] == 0
    assert [path.name for path in Path("runs").iterdir()] == ["synthetic-dyck-2-6-40-lstm"]


def test_a_stopped_run_ends_like_one_that_never_stopped_and_knows_its_data_again(command, monkeypatch):
    options = ("--synthetic", "adding:6:80", *SMALL, "--batch-size", "8", "--schedule", "constant")
    assert command("train", *options, "--max-steps", "12", "-o", "straight")[0] == 0
    assert command("train", *options, "--max-steps", "5", "-o", "stopped")[0] == 0
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert command("train", "--resume", "../stopped", "--max-steps", "12", "-q")[0] == 0
    straight, stopped = load_model("../straight"), load_model("../stopped")
    assert straight.theta.tobytes() == stopped.theta.tobytes() and straight.data == stopped.data
    code, out, _ = command("eval", "../stopped", "--no-baseline", "--format", "json")
    assert code == 0 and json.loads(out)["metrics"]["examples"] == 8, "a tenth was held out"


def test_the_examples_of_a_name_are_those_of_the_problem_with_their_places():
    found = read_examples(["synthetic:adding:6:5", "synthetic:adding:9:3"], "number")
    sources, sums = (one + other for one, other in zip(*(asked(name).make() for name in found.files)))
    assert [len(source) for source in found.sources] == [6] * 5 + [9] * 3
    assert all(np.array_equal(one, other) for one, other in zip(found.sources, sources))
    assert found.targets == [(total,) for total in sums]
    assert (found.where(0), found.where(7)) == ("synthetic:adding:6:5:1", "synthetic:adding:9:3:3")
    assert found.take(np.array([7])).where(0) == "synthetic:adding:9:3:3"
    assert found.digest == read_examples(found.files, "number").digest
    assert found.digest != read_examples(found.files[::-1], "number").digest


def test_files_for_validation_may_be_made_too(command):
    options = ("--val", "synthetic:recall:9:30", "--test", "synthetic:recall:20:10")
    assert command("train", "--synthetic", "recall:5:60", *options, *SMALL, "-o", "r")[0] == 0
    report = json.loads(command("eval", "r", "--no-baseline", "--format", "json")[1])
    assert report["metrics"]["examples"] == 10


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (("synthetic:addding:5",), 2, "known: adding, anbn, copy, dyck, order, reber, recall. Did you mean 'adding'?"),
        (("synthetic:adding",), 2, "names: adding, anbn, copy, dyck, order, reber, recall"),
        (("synthetic:order:5",), 2, "allowed: 10 or more"),
        (
            ("synthetic:recall:5", "synthetic:order:10"),
            2,
            "synthetic:order:10: another problem than synthetic:recall:5",
        ),
        (("a.tsv", "synthetic:recall:5"), 2, "a.tsv: a file beside examples that are made"),
        (("synthetic:recall:5:50", "--source", "1"), 3, "have no columns, found --source"),
        (("synthetic:recall:5:50", "--group", "1"), 3, "have no columns, found --group"),
        (("synthetic:recall:5:50", "--task", "regress"), 3, "each example has a class, expected a number"),
    ],
)
def test_names_that_stand_for_nothing_to_learn_are_refused(arguments, code, said, command, saved):
    saved("a.tsv", "x\ty\n")
    found, _, told = command("train", *arguments, *SMALL)
    assert found == code and said in told and "Traceback" not in told


def test_a_model_refuses_problems_of_another_kind(command):
    assert command("train", "synthetic:recall:5:60", *SMALL, "-o", "r")[0] == 0
    for name, said in (("adding:5", "each example has a number, expected a class"), ("nothing:5", "unknown problem")):
        code, _, told = command("eval", "r", f"synthetic:{name}")
        assert code in (2, 3) and said in told
    with pytest.raises(ConfigError):
        read_examples(["synthetic:adding:5", "more.ts"], "number")


def test_the_configuration_of_memory_is_a_plain_network_for_every_problem():
    assert "memory" in bundled_configs()
    text = Path(find_config("memory")).read_text()
    assert "rnncli train --synthetic adding:50 -c memory\n" in text
    for name in PROBLEMS:
        config = read_settings([find_config("memory")], overrides={"data.files": [made(name)]}).freeze()
        assert (config.model.hidden_size, config.train.batch_size, config.optim.clip_norm) == (32, 64, 1.0)
        assert (config.reader.bidirectional, config.model.dropout, config.data.files) == (False, 0.0, (made(name),))
        if config.task == "label":
            assert config.spelling.size == 0
        else:
            assert (config.pool.kind, config.pool.linear) == ("ends", False)
