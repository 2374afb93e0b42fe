"""`rnncli inspect` as a user meets it: what is looked at, what is refused, and the formats of the results."""

import csv
import io
import json
from pathlib import Path

import pytest
import runs

from rnncli.cli.main import main

SMALL = ("--steps", "12", "--rows", "2", "--seed", "1", "-q")


@pytest.fixture(autouse=True)
def alone(apart, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capfd):
    """Calls one command line; returns (exit code, standard output, standard error)."""

    def call(*argv):
        code = main(["inspect", *argv])
        return code, *capfd.readouterr()

    return call


@pytest.fixture
def trained():
    """The folder of a small trained language model."""
    runs.done("runs/small", {"train.max_steps": 20, "train.eval_every": 10})
    return "runs/small"


def record(run, *argv):
    """The JSON of a command that succeeds."""
    code, out, err = run(*argv, "--format", "json")
    assert code == 0, err
    return json.loads(out)


def test_without_arguments_three_untrained_cells_stand_side_by_side_on_noise(run):
    found = record(run, *SMALL)
    subjects = {curve["subject"] for curve in found["parts"]["lag"]["curves"]}
    assert (found["schema"], found["task"], subjects) == (1, "inspect", {"rnn", "lstm", "gru"})
    assert {"lag", "time", "spectrum", "gates", "truncation"} == set(found["parts"])


def test_a_run_is_shown_before_and_after_training_on_its_own_data(run, trained):
    found = record(run, trained, "--show", "lag", *SMALL)
    assert [curve["subject"] for curve in found["parts"]["lag"]["curves"]] == ["start", "start", "trained", "trained"]
    assert len(found["parts"]["lag"]["curves"][0]["norms"]) == 12


def test_the_start_of_a_run_is_what_it_began_with(run, trained):
    """An untrained network with its settings and its data is the same one."""
    seed = str(json.loads(Path(trained, "summary.json").read_text())["seed"])
    settings = [f"--set={name}={value}" for name, value in runs.TINY.items() if name.startswith("model.")]
    start = record(run, trained, "--show", "lag", *SMALL)["parts"]["lag"]["curves"]
    small = ("--steps", "12", "--rows", "2", "--seed", seed, "-q")
    fresh = record(run, "--cell", "lstm", "--data", "text.txt", "--show", "lag", *settings, *small)
    assert fresh["parts"]["lag"]["curves"][0]["norms"] == pytest.approx(start[0]["norms"], rel=1e-12)


def test_other_data_can_be_looked_at(run, trained):
    Path("other.txt").write_text(runs.a_text(seed=5))
    own, other = (
        record(run, trained, *more, "--show", "lag", *SMALL)["parts"]["lag"]["curves"][2]["norms"]
        for more in ((), ("--data", "other.txt"))
    )
    assert own != other


def test_choices_are_combined_and_those_that_a_cell_lacks_make_no_more_networks(run):
    lists = ("--cell", "rnn,lstm", "--init", "uniform,orthogonal", "--forget-bias", "0,1")
    found = record(run, *lists, "--show", "lag", *SMALL)
    assert {curve["subject"] for curve in found["parts"]["lag"]["curves"]} == {
        "rnn uniform",
        "rnn orthogonal",
        *(f"lstm {init} forget bias {bias}" for init in ("uniform", "orthogonal") for bias in (0, 1)),
    }


def test_the_json_says_what_was_looked_at(run):
    found = record(run, "--cell", "gru", "--hidden-size", "5", "--show", "lag", *SMALL)
    (subject,) = found["subjects"]
    parameters = 3 * (1 * 5 + 5 * 5 + 5) + 5 + (5 + 1)  # W_x, W_h and b of r, z and n, the b of q, and the head
    assert subject == {"subject": "gru", "parameters": parameters, "rows": 2, "lengths": {"T": 12}}
    assert found["seed"] == 1


def test_a_row_shorter_than_asked_for_is_told(run):
    code, _, err = run("--data", "text.txt", "--cell", "rnn", "--show", "lag", "--steps", "100000", "--seed", "1")
    assert code == 0 and "instead of 100,000" in err


def test_the_forget_bias_makes_no_more_networks_where_chrono_replaces_it(run):
    found = record(run, "--cell", "lstm", "--forget-bias", "0,4", "--chrono-max", "0,9", "--show", "lag", *SMALL)
    labels = [subject["subject"] for subject in found["subjects"]]
    assert labels == ["lstm forget bias 0", "lstm chrono 9", "lstm forget bias 4"]


def test_standard_input_is_read_by_every_network_and_every_part(run, monkeypatch):
    text = Path("text.txt").read_bytes()
    own = record(run, "--data", "text.txt", "--cell", "rnn,gru", "--show", "lag,time", *SMALL)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    piped = record(run, "--data", "-", "--cell", "rnn,gru", "--show", "lag,time", *SMALL)
    assert piped["parts"] == own["parts"]


def test_csv_has_one_header_and_a_row_for_each_figure(run):
    code, out, _ = run("--cell", "gru", "--show", "lag", *SMALL, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and len(rows) == 12
    assert [row["lag"] for row in rows] == [str(k) for k in range(12)]
    assert float(rows[0]["relative"]) == 1 and {row["part"] for row in rows} == {"lag"}


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(run):
    first, again, other = (run("--cell", "rnn", "--steps", "9", "--seed", seed, "-q")[1] for seed in "112")
    assert first == again != other


def test_a_seed_is_chosen_and_printed(run):
    _, _, err = run("--cell", "rnn", "--show", "lag", "--steps", "5")
    assert err.startswith("seed ")


@pytest.mark.parametrize(
    "argv, said",
    [
        (("--show", "lags"), "--show lags: unknown part. Did you mean lag?"),
        (("--show", "surprise"), "--show surprise looks at a trained model, and no RUN is named"),
        (("--show", "clipping"), "--show clipping reads the log of a run, and no RUN is named"),
        (("--cell", "lstmm"), "unknown cell 'lstmm'"),
        (("--cell", "lstm", "--activation", "relu"), "only the cell rnn has a choice"),
        (("--hidden-size", "x"), "model.hidden_size"),
        (("--init", "orthogonal,foo"), "foo"),
        (("--plot", "a.jpg"), "a.jpg"),
        (("--demo", "nothing"), "nothing"),
        (("--demo", "carousel", "--cell", "rnn"), "--demo has its own settings and takes no --cell"),
        (("--cell", "rnn", "--chrono-max", "100"), "--chrono-max: no gate keeps the state of rnn"),
        (("--show", "lag", "--unit", "3"), "--unit: not for --show lag"),
        (("--show", "surprise,lag", "--unit", "3"), "--unit: not for --show surprise,lag"),
        (("--show", "lag", "--symbols", "3"), "--symbols: not for --show lag"),
        (("--cell", "rnn", "--unit", "3"), "--show units looks at a trained model, and no RUN is named"),
        (("--show", ",", "--cell", "rnn"), "--show names no part"),
        (("text.txt",), "text.txt is not a trained model"),
        (("--demo", "carousel", "-c", "series"), "-c series: a configuration of train"),
        (("--demo", "carousel", "--seed", "0"), "takes no --seed"),
        (("--plot", "nowhere/a.png"), "there is no folder nowhere"),
        (("--plot", "."), "."),
    ],
)
def test_wrong_options_are_refused_with_their_names(run, argv, said):
    code, out, err = run(*argv)
    assert (code, out) == (2, "") and said in err and "hint: " in err, err


def test_options_of_untrained_networks_are_refused_beside_a_run(run, trained):
    code, _, err = run(trained, "--cell", "gru")
    assert code == 2 and "--cell: for untrained networks" in err


def test_a_part_of_another_task_names_the_tasks_that_have_it(run, trained):
    code, _, err = run(trained, "--show", "attention")
    assert code == 2 and "--show attention: not for the task" in err and "translate" in err


def test_a_unit_that_is_named_asks_for_the_part_of_units(run, trained):
    assert run(trained, "--unit", "3", *SMALL) == run(trained, "--show", "units", "--unit", "3", *SMALL)
    code, out, err = run(trained, "--unit", "99", "-q")
    assert (code, out) == (2, "") and err.startswith("error: --unit 99: there is no such unit\n")


def test_data_that_is_gone_is_named_with_the_way_out(run, trained):
    Path("text.txt").unlink()
    code, _, err = run(trained, "--show", "lag", *SMALL)
    assert code == 3 and "text.txt" in err and "--data FILE" in err


def test_without_its_data_a_run_still_shows_what_its_log_says(run, trained):
    Path("text.txt").unlink()
    code, out, err = run(trained)
    assert code == 0 and out.startswith("Clipping") and "note: without lag, time" in err and "text.txt" in err


def test_a_file_that_was_named_and_is_not_there_is_an_error_whatever_else_could_be_shown(run, trained):
    code, out, err = run(trained, "--data", "nowhere.txt")
    assert (code, out) == (3, "") and "nowhere.txt" in err


def test_a_model_that_is_not_there_ends_with_its_own_code(run):
    assert run("runs/nowhere")[0] == 4


def test_the_names_of_demonstrations_are_listed(run):
    code, out, _ = run("--demo", "list")
    assert code == 0 and len(out.splitlines()) == 7


def test_nothing_is_written_but_the_picture(run, trained):
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert run(trained, *SMALL)[0] == 0
    after = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file() and "cache" not in path.parts}
    assert after.items() <= before.items()
