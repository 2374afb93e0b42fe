"""`gradcheck` passes what is right, and fails, naming the parameter, what is wrong in any one place."""

import io
import json
import math
import re

import numpy as np
import pytest
from gradient_cases import make_saved, write_cell

from rnncli.cli.main import main
from rnncli.config import to_dict
from rnncli.gradcheck.cases import cell_cases
from rnncli.gradcheck.check import check, select_cases
from rnncli.gradcheck.parts import shared_cases
from rnncli.gradcheck.probes import relative_error
from rnncli.gradcheck.report import (
    BOTH,
    NOT_FINITE,
    UNSAFE,
    UNSTEADY,
    WRONG,
    GradientCheck,
    failure,
    notes,
    summary,
    worst,
)
from rnncli.nn.cells import CELLS
from rnncli.nn.cells.lstm import LSTM
from rnncli.nn.compose import WeightDrop
from rnncli.nn.dense import Dense
from rnncli.nn.dropout import Dropout
from rnncli.nn.likelihoods import LIKELIHOODS
from rnncli.nn.norm import LayerNorm
from rnncli.nn.products import TokenLookup
from rnncli.nn.recurrent_plan import RecurrentPlan
from rnncli.nn.tokens import Embedding
from rnncli.plugins import load_code
from rnncli.storage.checkpoint import named_arrays, save
from rnncli.tasks.registry import TASKS
from rnncli.ui.gradcheck import show

SEED = 1
BY_COMPLEX_STEP = {"complex", "products"}


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """A registry of cells that forgets what a test has added."""
    monkeypatch.setattr(CELLS, "_things", dict(CELLS._things))


@pytest.fixture(scope="module")
def cases():
    """The cases of `gradcheck --all`."""
    return select_cases(seed=SEED)


@pytest.fixture(scope="module")
def checks():
    """The checks of two cells, one of them with vectors, in every task, and of all that is no cell and no model."""
    some = [*select_cases(["gru", "lstm-peephole"], seed=SEED), *shared_cases(SEED)]
    return [found for case in some for found in check(case, seed=SEED)]


def load_cell(folder, **parts):
    load_code([write_cell(folder, **parts)])
    return [found for case in list(cell_cases("mine", SEED))[:4] for found in check(case, seed=SEED)]


def failing(cells=(), only="", **settings):
    """{(cell, parameter)} of the checks that fail, of the cases whose name holds `only`."""
    return {
        (found.cell, found.array)
        for case in select_cases(cells, seed=SEED)
        if only in case.name
        for found in check(case, seed=SEED, **settings)
        if not found.passed
    }


# What is right passes


@pytest.mark.slow
def test_everything_agrees_with_the_complex_step_to_1e_10(cases):
    checks = [found for case in cases for found in check(case, seed=SEED)]
    assert failure(checks) is None and {found.method for found in checks} == BY_COMPLEX_STEP
    assert len(checks) > 2_500 and worst(checks).error <= 1e-10


def test_two_cells_and_every_layer_head_and_loss_agree_with_the_complex_step_to_1e_10(checks):
    assert failure(checks) is None
    assert worst(checks).error <= 1e-10 and {found.method for found in checks} == BY_COMPLEX_STEP


def test_a_check_is_made_of_every_array_of_a_case_and_of_the_whole_model_at_once(cases):
    for case in cases[:: len(cases) // 12]:
        expected = [*case.arrays, *(["(all at once)"] if case.jointly else [])]
        assert [found.parameter for found in check(case, seed=SEED)] == expected


def test_every_cell_is_checked_with_every_parameter_input_and_state_at_every_length(cases):
    arrays_of = {(case.cell, case.name): set(case.arrays) for case in cases}
    for cell, thing in CELLS.items():
        arrays = {"W_x", "b", "W_h", "x", *(f"s0.{name}" for name in thing.state), *(v.name for v in thing.vectors)}
        for T in (1, 2, 5):
            assert arrays_of[cell, f"T={T}, vectors"] == arrays


@pytest.mark.parametrize("task", list(TASKS))
def test_every_cell_is_checked_in_models_of_every_task(task):
    for cell in CELLS:
        cases = list(TASKS[task].load().gradcheck_cases(cell, SEED))
        assert cases and all(case.cell == cell and case.jointly for case in cases)


def test_layers_heads_losses_and_models_are_checked_too(cases):
    found = {(case.cell, name) for case in cases for name in case.arrays}
    assert {
        ("embedding", "E"),
        ("layer-norm", "gain"),
        ("layer-norm", "bias"),
        ("layer-norm", "x"),
        ("dropout", "x"),
        ("dense", "W"),
        ("dense", "b"),
        ("dense", "y"),
        ("softmax-cross-entropy", "scores"),
        ("gru", "embedding.E"),
        ("gru", "layer1.W_h"),
        ("gru", "norm1.gain"),
        ("gru", "head.W"),
        ("gru", "s0.layer1.h"),
        *((name, "scores") for name in LIKELIHOODS),
    } <= found


def test_no_initial_state_and_no_gradient_of_a_state_has_zeros(cases):
    for case in cases:
        assert all(np.abs(array).min() > 0 for name, array in case.arrays.items() if name.startswith("s0."))
        assert all(np.abs(d).min() > 0 for d in flat(getattr(case, "dsT", ())))


def flat(arrays):
    """The arrays of nested tuples."""
    return [array for part in arrays for array in (flat(part) if isinstance(part, tuple) else [part])]


def test_the_same_seed_gives_the_same_figures_and_another_seed_others():
    errors = [[found.error for found in check(next(cell_cases("gru", seed)), seed=seed)] for seed in (5, 5, 6)]
    assert errors[0] == errors[1] != errors[2]


# What is wrong fails: one fault at a time, planted in the engine


class OffByALittle(LSTM):
    def __init__(self, mistake):
        self.mistake = mistake

    def local_derivatives(self, xp, s, slope):
        super().local_derivatives(xp, s, slope)
        slope.f *= 1 + self.mistake


class DropsTheCarry(LSTM):
    def step_backward(self, xp, s, slope, d, da):
        super().step_backward(xp, s, slope, d, da)
        d.c *= 0


@pytest.mark.parametrize("mistake", [1e-3, 1e-8])
def test_a_slope_that_is_off_by_a_little_fails_and_its_block_is_named(mistake):
    CELLS.register("wrong", OffByALittle(mistake))
    checks = [found for found in check(next(cell_cases("wrong", SEED)), seed=SEED)]
    assert {found.parameter for found in checks if not found.passed} >= {"W_x", "b", "W_h"}
    error = failure(checks)
    assert error.exit_code == 1
    assert re.search(
        r"'wrong' in .*b.*: the backward pass is wrong; first in T=1, vectors: b \(block f\) has relative "
        r"error \d\.\de-\d\d, allowed 1e-10",
        str(error),
    )


def test_a_state_gradient_that_is_not_handed_on_fails_for_that_state_alone_at_one_step():
    CELLS.register("wrong", DropsTheCarry())
    assert failing(["wrong"], "T=1, vectors") == {("wrong", "s0.c")}
    assert ("wrong", "W_h") in failing(["wrong"], "T=2, vectors")


def nothing(*arguments):
    """Stands for a method that was forgotten."""


@pytest.mark.parametrize(
    "owner, method, fault, only, expected",
    [
        (RecurrentPlan, "put_back", nothing, "padding", {("gru", "s0.h")}),
        (RecurrentPlan, "set_aside", nothing, "padding", {("gru", "b")}),
        (TokenLookup, "add_gradient", nothing, "tokens", {("gru", "W_x")}),
        (
            WeightDrop,
            "backward",
            lambda self, g, dy, dsT, plan: self.layer.backward(g, dy, dsT, plan.inner),
            "recurrent dropout",
            {("gru", "W_h")},
        ),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)) if not isinstance(value, set) else "",
)
def test_a_fault_in_the_driver_is_seen(monkeypatch, owner, method, fault, only, expected):
    monkeypatch.setattr(owner, method, fault)
    assert expected <= failing(["gru"], only)


@pytest.mark.parametrize(
    "owner, fault, expected",
    [
        (Dropout, lambda self, g, dy, dsT, plan: (dy, ()), ("dropout", "x")),
        (LayerNorm, lambda self, g, dy, dsT, plan: (dy * plan.gain * plan.scale, ()), ("layer-norm", "x")),
        (Embedding, lambda self, g, dy, dsT, plan: (None, ()), ("embedding", "E")),
        (Dense, lambda self, g, dscores, plan: dscores.reshape(*plan.dy.shape[:2], -1) @ plan.p.W.T, ("dense", "W")),
    ],
    ids=["dropout", "layer norm", "embedding", "dense"],
)
def test_a_fault_in_a_layer_is_seen(monkeypatch, owner, fault, expected):
    monkeypatch.setattr(owner, "backward", fault)
    checks = [found for case in shared_cases(SEED) if case.cell == expected[0] for found in check(case, seed=SEED)]
    assert expected in {(found.cell, found.parameter) for found in checks if not found.passed}


def test_a_first_step_that_ignores_its_state_is_seen(monkeypatch):
    monkeypatch.setattr(RecurrentPlan, "enter_backward", lambda self, dsT: [d.fill(0) for d in (self.d.h, *self.ds0)])
    assert ("lstm", "s0.c") in failing(["lstm"], "T=1, vectors")


# Who is wrong: the backward pass, or a forward pass that complex numbers do not survive


def verdicts(checks):
    return {found.verdict for found in checks if found.verdict}


def test_a_wrong_backward_pass_is_told_apart_by_central_differences(tmp_path):
    checks = load_cell(tmp_path, step="s.h[...] = s.a ** 2", slope="slope.a[...] = 3 * s.a")
    assert verdicts(checks) == {WRONG} and not any(found.passed for found in checks)


@pytest.mark.parametrize(
    "step, slope",
    [
        ("xp.abs(s.a, out=s.h)", "slope.a[...] = xp.sign(s.a)"),
        ("s.h[...] = s.a.real ** 2", "slope.a[...] = 2 * s.a"),
        ("s.h[...] = xp.tanh(s.a).astype(float)", "slope.a[...] = 1 - s.h ** 2"),
        ("s.h[...] = s.a * xp.heaviside(s.a, 0)", "slope.a[...] = s.a > 0"),
    ],
    ids=["abs", "real", "a cast", "a function without complex numbers"],
)
def test_a_forward_pass_that_is_not_complex_safe_is_accepted_from_a_user_with_a_warning(tmp_path, step, slope):
    checks = load_cell(tmp_path, step=step, slope=slope)
    assert all(found.passed for found in checks) and verdicts(checks) == {UNSAFE}
    assert {found.method for found in checks if found.verdict} == {"central"}
    assert "mine" in notes(checks)[0] and "abs, max, clip" in notes(checks)[0]


def test_a_discarded_imaginary_part_is_reported_with_the_line_that_did_it(tmp_path):
    checks = load_cell(tmp_path, step="s.h[...] = xp.tanh(s.a).astype(float)", slope="slope.a[...] = 1 - s.h ** 2")
    assert re.search(r"mine\.py:6: .*imaginary part", notes(checks)[0])


def test_a_strict_check_does_not_accept_it(tmp_path):
    load_cell(tmp_path, step="xp.abs(s.a, out=s.h)", slope="slope.a[...] = xp.sign(s.a)")
    checks = list(check(next(cell_cases("mine", SEED)), method="complex"))
    assert failure(checks) and verdicts(checks) == {UNSAFE}


def test_central_differences_alone_can_be_asked_for(tmp_path):
    load_cell(tmp_path, step="xp.abs(s.a, out=s.h)", slope="slope.a[...] = xp.sign(s.a)")
    checks = list(check(next(cell_cases("mine", SEED)), method="central"))
    assert failure(checks) is None and {found.tolerance for found in checks} == {1e-6}


def test_both_can_be_wrong(tmp_path):
    checks = load_cell(tmp_path, step="xp.abs(s.a, out=s.h)", slope="slope.a.fill(1)")
    assert verdicts(checks) == {BOTH} and failure(checks)


def test_an_own_cell_of_ours_is_never_excused(monkeypatch):
    monkeypatch.setattr(LSTM, "step", lambda self, xp, s: (s.c.fill(0), xp.abs(s.o, out=s.h), s.tanh_c.fill(0)))
    assert failing(["lstm"], "T=1, vectors")


def test_memory_that_nobody_set_fails(tmp_path):
    checks = load_cell(tmp_path, step="s.h[...] = s.a")  # the slope of a block without squashing is left unset
    assert verdicts(checks) == {NOT_FINITE} and all(math.isnan(found.error) for found in checks)


@pytest.mark.parametrize(
    "step", ["s.h[...] = s.a * xp.random.normal()", "xp.multiply(s.a, xp.random.normal(), out=s.h)"]
)
def test_a_cell_that_draws_random_numbers_fails_whether_it_is_recorded_or_not(step, tmp_path):
    checks = load_cell(tmp_path, step=step, slope="slope.a.fill(1)")
    assert verdicts(checks) == {UNSTEADY}


# Figures


@pytest.mark.parametrize(
    "analytic, numeric, expected",
    [([1.0, 2.0], [1.0, 4.0], 0.5), ([0.0], [0.0], 0), ([1.0], [0.0], math.inf), ([3.0, 1e-9], [3.0, 0.0], 1e-9 / 3)],
)
def test_the_relative_error_is_the_largest_difference_over_the_largest_number(analytic, numeric, expected):
    assert relative_error(np.array(analytic), np.array(numeric)) == expected


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_never_right(bad):
    assert math.isnan(relative_error(np.array([1, bad]), np.array([1, 1])))
    assert math.isnan(relative_error(np.array([bad]), np.array([bad])))
    assert not GradientCheck("c", "T=1", "W", "complex", math.nan, 1e-10, 1).passed


def test_json_holds_null_where_a_number_is_not_finite():
    checks = [GradientCheck("c", "T=1", "W", "complex", error, 1e-10, 1) for error in (1e-15, math.inf, math.nan)]
    report = json.loads(json.dumps(summary(checks, 7), allow_nan=False))
    assert [record["error"] for record in report["checks"]] == [1e-15, None, None]
    assert [record["passed"] for record in report["checks"]] == [True, False, False]
    assert report["metrics"] == {"worst_relative_error": None, "checked": 3, "numbers": 3, "failed": 2}


# A saved model


SAVED = {
    "cell": "lstm",
    "hidden_size": (24, 24),
    "num_layers": 2,
    "embedding_size": 24,
    "tie_embeddings": True,
    "layer_norm": True,
    "dropout": 0.2,
    "residual": True,
}


def test_a_saved_model_is_checked_with_its_own_weights_and_everything_at_once():
    loaded = make_saved(**SAVED)
    (case,) = select_cases(loaded=loaded, seed=SEED)
    assert np.array_equal(case.arrays["layer1.W_h"], loaded.store.named(loaded.theta)["layer1.W_h"])
    checks = list(check(case, seed=SEED))
    assert {found.parameter for found in checks} == {
        *loaded.store.spans,
        "s0.layer0.h",
        "s0.layer0.c",
        "s0.layer1.h",
        "s0.layer1.c",
        "(all at once)",
    }
    assert failure(checks) is None and {found.method for found in checks} == BY_COMPLEX_STEP


def test_a_gradient_that_is_missing_for_one_number_of_a_large_array_is_found_by_the_directions(monkeypatch):
    whole = Embedding.backward

    def forgets_the_first(self, g, dy, dsT, plan):
        before = g.E[plan.x[0, 0], 5]
        out = whole(self, g, dy, dsT, plan)
        g.E[plan.x[0, 0], 5] = before
        return out

    monkeypatch.setattr(Embedding, "backward", forgets_the_first)
    (case,) = select_cases(loaded=make_saved(**SAVED), seed=SEED)
    failed = {found.parameter for found in check(case, seed=SEED) if not found.passed}
    assert failed == {"embedding.E", "(all at once)"}


# The command


def run(*arguments):
    return main(["gradcheck", "--seed", "1", *arguments])


def test_the_command_prints_a_table_and_ends_with_0(capsys):
    assert run("--cell", "rnn") == 0
    out = capsys.readouterr().out
    assert re.search(r"^rnn\n  W_x +\d\.\de-1\d +1e-10", out, re.MULTILINE) and "s0.h" in out and "all passed" in out
    assert "max |analytic - numeric| / max |numeric|" in out and "seed 1" in out


@pytest.mark.parametrize("detail", [[], ["-v"], ["-q"]], ids=str)
@pytest.mark.parametrize("what", [["--cell", "rnn"], ["--cell", "rnn-identity", "--tolerance", "1e-30"]], ids=str)
def test_no_line_of_a_report_is_wider_than_80_characters(what, detail, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    run(*what, *detail)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_quiet_prints_the_summary_alone_where_all_is_right(capsys):
    assert run("--cell", "rnn", "-q") == 0
    out, err = capsys.readouterr()
    assert re.match(r"[\d,]+ gradients, [\d,]+ derivatives: all passed\nworst relative error: ", out)
    assert len(out.splitlines()) < 10 and "W_x  " not in out and not err


def test_quiet_prints_every_row_that_failed(capsys):
    assert run("--cell", "rnn-identity", "-q", "--tolerance", "1.5e-16", "--seed", "1") == 1
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines() if re.match(r"  [A-Za-z]\S* +\d", line)]
    assert rows and all(row[4] == "FAILED" for row in rows)
    assert {"W_x", "x"} <= {row[0] for row in rows}


def test_verbose_prints_a_row_for_each_check(capsys):
    assert run("--cell", "rnn-identity", "-v") == 0
    out = capsys.readouterr().out
    rows = [line for line in out.splitlines() if re.match(r"  \S.* ok +[TU]=", line)]
    assert len(rows) == int(re.search(r"([\d,]+) gradients", out)[1].replace(",", ""))


def test_a_narrow_terminal_cuts_the_case_and_never_the_figures():
    from rich.console import Console

    name = "T=5, model: tied, residual, norm, dropout"
    check = GradientCheck("my-own-cell", name, "W_x", "complex", 1e-15, 1e-10, 1234)
    console = Console(width=60, force_terminal=True, color_system=None, file=io.StringIO())
    show([check], 7, console)
    lines = console.file.getvalue().splitlines()
    assert lines[2] == "my-own-cell" and max(map(len, lines)) <= 60
    assert re.match(r"  W_x +1\.0e-15 +1e-10 +1,234 +ok +T=5.*…$", lines[3])


def test_the_command_writes_json(capsys):
    assert run("--cell", "gru", "--format", "json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["schema"], report["task"], report["seed"]) == (1, "gradcheck", 1)
    assert 0 < report["metrics"]["worst_relative_error"] <= 1e-10
    assert report["metrics"]["checked"] == len(report["checks"]) > 100
    assert {"cell", "case", "parameter", "error", "tolerance", "passed"} <= set(report["checks"][0])


def test_a_wrong_cell_of_a_user_ends_with_1_and_names_cell_parameter_error_and_tolerance(tmp_path, capsys):
    path = write_cell(tmp_path, step="s.h[...] = s.a ** 2", slope="slope.a[...] = 3 * s.a")
    assert run("--code", path, "--cell", "mine", "--format", "jsonl") == 1
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert {line["record"] for line in lines[:-1]} == {"check"} and lines[-1]["metrics"]["failed"] > 0
    assert re.search(
        r"^error: gradient of 'mine' in W_x, b, W_h.*block a.*relative error \d\.\de[+-]\d\d, "
        r"allowed 1e-10\nhint: .*\n$",
        err,
        re.M,
    )


def test_the_cells_of_a_file_are_checked_where_no_cell_is_named(tmp_path, capsys):
    path = write_cell(tmp_path, step="xp.abs(s.a, out=s.h)", slope="slope.a[...] = xp.sign(s.a)")
    assert run("--code", path, "--format", "json") == 0
    out, err = capsys.readouterr()
    assert {record["cell"] for record in json.loads(out)["checks"]} == {"mine"}
    assert "warning: 'mine': the forward pass is not complex-safe" in err


def test_a_tolerance_that_nothing_meets_fails(capsys):
    assert run("--cell", "rnn-identity", "--tolerance", "1e-30", "--quiet") == 1
    assert "allowed 1e-30" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, found",
    [
        (["--cell", "lstmm"], "did you mean 'lstm'?"),
        (["--cell", "lstm", "--all"], "--cell and --all exclude each other"),
        (["-q", "-v"], "--quiet and --verbose exclude each other"),
        (["--tolerance", "nan"], "expected a number above 0"),
        (["--code", "missing.py"], "missing.py"),
    ],
)
def test_a_command_that_cannot_be_carried_out_ends_with_2(arguments, found, capsys):
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert found in err and err.startswith("error: ") and "\nhint: " in err and not out


def test_the_command_checks_a_saved_model(tmp_path, capsys):
    loaded = make_saved(cell="gru", hidden_size=16)
    save(
        tmp_path / "model.safetensors",
        named_arrays(loaded.store, "theta/", loaded.theta),
        {
            "config": to_dict(loaded.config),
            "encoder": loaded.encoder.to_dict(),
            "progress": {},
            "data": {"digest": "", "files": []},
        },
    )
    assert run(str(tmp_path), "--format", "json") == 0
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert {record["parameter"] for record in checks} >= {
        "layer0.W_x",
        "layer0.b",
        "layer0.W_h",
        "head.W",
        "head.b",
        "s0.layer0.h",
        "(all at once)",
    }


def test_a_model_that_is_not_there_ends_with_4(tmp_path, capsys):
    assert run(str(tmp_path / "nothing")) == 4
