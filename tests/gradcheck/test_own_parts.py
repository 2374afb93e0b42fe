"""A user's own layers and losses are made, checked for every array at every length, and told what is wrong in them."""

import json
import re
from pathlib import Path

import pytest

from rnncli.cli.main import main
from rnncli.errors import ConfigError
from rnncli.gradcheck.check import check
from rnncli.gradcheck.own import own_cases
from rnncli.gradcheck.report import UNSAFE, WRONG, failure
from rnncli.nn.cells import CELLS
from rnncli.plugins import load_parts

SEED = 1
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "gradcheck.md").read_text(encoding="utf-8")
SMOOTH = '''
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from rnncli.nn.layer import Layer
from rnncli.nn.parameters import ParamSpec


@dataclass(frozen=True)
class Smooth(Layer):
    """s_t = a s_{t-1} + (1 - a) x_t m where a step is real, m a dropout mask, a = sigma(w); y_t = s_t."""

    D: int
    rate: float

    @classmethod
    def example(cls):
        return cls(3, 0.3)

    def specs(self):
        return (ParamSpec("w", (self.D,)),)

    def initial_state(self, N, memory):
        return (memory(N, self.D),)

    def plan(self, T, N, memory):
        s, keep = memory(T + 1, N, self.D), memory(1, N, self.D)
        return SimpleNamespace(a=memory(self.D), s=s, keep=keep, drawn=False)

    def draw(self, noise, plan):
        noise.keep_rows(plan.keep, self.rate)
        plan.drawn = True

    def load(self, p, plan):
        plan.a[...] = 1 / (1 + np.exp(-p.w))

    def forward(self, x, s0, plan, mask=None):
        plan.x = x * plan.keep if plan.drawn else x
        plan.real = np.ones((*x.shape[:2], 1)) if mask is None else mask[:, :, None] * 1.0
        plan.s[0] = s0[0]
        for t, real in enumerate(plan.real):
            plan.s[t + 1] = plan.s[t] + real * (1 - plan.a) * (plan.x[t] - plan.s[t])
        return plan.s[1:], (plan.s[-1],)

    def backward(self, g, dy, dsT, plan):
        ds, dx, da = dsT[0].copy(), np.zeros(plan.x.shape), np.zeros(self.D)
        for t in reversed(range(len(dy))):
            ds += dy[t]
            da += (plan.real[t] * ds * (plan.s[t] - plan.x[t])).sum(axis=0)
            dx[t] = plan.real[t] * ds * (1 - plan.a)
            ds -= dx[t]
        g.w += da * plan.a * (1 - plan.a)
        return (dx * plan.keep if plan.drawn else dx), (ds,)
'''
LOSS = """
from rnncli.nn.likelihood import Likelihood

class Squared(Likelihood):
    def terms(self, parts, y, xp):
        error = parts[0] - y
        return error * error, [2 * error]
"""
TABLE = """
from dataclasses import dataclass
from types import SimpleNamespace
from rnncli.nn.layer import Layer
from rnncli.nn.parameters import ParamSpec

@dataclass(frozen=True)
class Table(Layer):
    V: int
    D: int = 2

    def specs(self):
        return (ParamSpec("E", (self.V, self.D)),)

    def plan(self, T, N, memory):
        return SimpleNamespace(E=memory(self.V, self.D))

    def load(self, p, plan):
        plan.E[...] = p.E

    def forward(self, x, s0, plan):
        plan.x = x
        return plan.E[x], ()

    def backward(self, g, dy, dsT, plan):
        for row, d in zip(plan.x.reshape(-1), dy.reshape(-1, self.D)):
            g.E[row] += d
        return None, ()
"""


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """A registry of cells that forgets what a test has added."""
    monkeypatch.setattr(CELLS, "_things", dict(CELLS._things))


@pytest.fixture
def write(tmp_path):
    def write(source, *changes, name="mine.py"):
        for old, new in changes:
            assert old in source
            source = source.replace(old, new)
        (tmp_path / name).write_text(source)
        return str(tmp_path / name)

    return write


def cases_of(*paths):
    return own_cases(load_parts(paths), SEED)


def checks_of(*paths, **settings):
    return [found for case in cases_of(*paths) for found in check(case, seed=SEED, **settings)]


# What is checked


def test_a_layer_is_checked_for_parameters_input_and_state_at_every_length_with_padding_and_masks(write):
    checks = checks_of(write(SMOOTH))
    assert failure(checks) is None and max(found.error for found in checks) < 1e-13
    assert {found.parameter for found in checks} == {"w", "x", "s0.0"}
    ways = [f"{padded}{drawn}" for padded in ("", ", padding") for drawn in ("", ", masks drawn")]
    assert list(dict.fromkeys(found.case for found in checks)) == [
        f"T={T}, vectors{way}" for T in (1, 2, 5) for way in ways
    ]


def test_a_layer_that_has_a_field_V_reads_ids_and_one_without_a_mask_has_no_case_with_padding(write):
    checks = checks_of(write(TABLE))
    assert failure(checks) is None and {found.parameter for found in checks} == {"E"}
    assert list(dict.fromkeys(found.case for found in checks)) == [f"T={T}, tokens" for T in (1, 2, 5)]


def test_a_loss_is_checked_with_all_targets_and_with_missing_ones(write):
    checks = checks_of(write(LOSS))
    assert failure(checks) is None and [found.case for found in checks] == ["all targets", "missing targets"]
    assert {(found.cell, found.parameter, found.numbers) for found in checks} == {("squared", "scores", 24)}


def test_a_loss_may_bring_its_own_targets(write):
    more = "\n    def example_targets(self, rng, shape):\n        return rng.uniform(0.1, 0.9, shape)\n"
    for case in cases_of(write(LOSS + more)):
        targets = case.targets if case.real is None else case.targets[case.real]
        assert ((targets > 0.1) & (targets < 0.9)).all()


def test_the_examples_of_the_page_are_right_and_a_mistake_in_them_is_seen(write):
    sources = dict(re.findall(r"`(\w+)\.py`[^\n]*:\n\n```python\n(.*?)```", PAGE, re.S))
    assert {"rmsnorm", "logcosh"} <= set(sources)
    for name, change in {
        "rmsnorm": ("dn - plan.n", "dn - 0.99 * plan.n"),
        "logcosh": ("xp.tanh(e", "0.99 * xp.tanh(e"),
    }.items():
        assert failure(checks_of(write(sources[name], name=f"{name}.py"))) is None
        checks = checks_of(write(sources[name], change, name=f"wrong_{name}.py"))
        assert {found.verdict for found in checks if not found.passed} == {WRONG}


def test_all_parts_of_several_files_are_checked_together_and_a_cell_among_them_as_ever(write, capsys):
    cell = (
        "\nfrom rnncli.nn.cell import Block, Cell\nclass Plain(Cell):\n    blocks = (Block('a', 'tanh'),)\n"
        "    def step(self, xp, s):\n        xp.copyto(s.h, s.a)\n"
        "    def step_backward(self, xp, s, slope, d, da):\n        xp.multiply(d.h, slope.a, out=da.a)\n"
        "        d.h.fill(0)\n"
    )
    paths = write(SMOOTH + cell), write(LOSS, name="other.py")
    assert main(["gradcheck", "--code", paths[0], "--code", paths[1], "--seed", "1", "--format", "json"]) == 0
    checked = {record["cell"] for record in json.loads(capsys.readouterr().out)["checks"]}
    assert checked == {"plain", "smooth", "squared"}


# What is wrong


def line_of(text):
    """The number of the line of SMOOTH that has `text` in it."""
    return next(number for number, line in enumerate(SMOOTH.splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    "old, new, parameters",
    [
        ("ds -= dx[t]", "ds = ds * plan.a", {"w", "x", "s0.0"}),  # right without padding
        ("(dx * plan.keep if plan.drawn else dx)", "dx", {"x"}),  # right without masks
        ("plan.s[t] - plan.x[t])).sum", "plan.s[t + 1] - plan.x[t])).sum", {"w"}),
        ("g.w += da", "g.w[...] = da", {"w"}),
        ("dsT[0].copy()", "np.zeros(dsT[0].shape)", {"w", "x", "s0.0"}),
    ],
)
def test_a_fault_in_a_layer_is_seen_where_it_is(write, old, new, parameters):
    checks = [found for found in checks_of(write(SMOOTH, (old, new))) if not found.passed]
    assert {found.parameter for found in checks} == parameters and {found.verdict for found in checks} == {WRONG}
    assert {Path(found.file).name for found in checks} == {"mine.py"}
    assert {found.line for found in checks} == {line_of("def backward")}


def test_a_fault_in_a_loss_is_seen_with_its_file_and_line(write, capsys):
    path = write(LOSS, ("2 * error", "2.02 * error"))
    assert main(["gradcheck", "--code", path, "--seed", "1"]) == 1
    out, err = capsys.readouterr()
    assert re.search(r"scores\[\d+, \d\]  analytic -?\d\.\d{4}e.\d\d  numeric -?\d\.\d{4}e.\d\d", out)
    assert f"gradient of 'squared' in scores: the backward pass is wrong ({path}:5); first in all targets" in err


def test_a_loss_that_is_not_complex_safe_is_checked_by_central_differences_with_a_warning(write, capsys):
    path = write(LOSS, ("error * error, [2 * error]", "xp.abs(error), [xp.sign(error)]"))
    assert {found.verdict for found in checks_of(path)} == {UNSAFE}
    assert main(["gradcheck", "--code", path, "--seed", "1", "--progress", "none"]) == 0
    assert capsys.readouterr().err.startswith("warning: 'squared': the forward pass is not complex-safe")
    assert main(["gradcheck", "--code", path, "--seed", "1", "--method", "complex"]) == 1


@pytest.mark.parametrize(
    "change, message",
    [
        (("def example", "def exampl"), "'smooth': cannot be made, as rate has no default"),
        (("return cls(3, 0.3)", "return 3"), r"'smooth': example\(\) returned 3; expected an instance of Smooth"),
        (("def backward", "def backwards"), "'smooth': found no method backward"),
        (("def plan(", "def plans("), "'smooth': found no method plan"),
        (
            ('(ParamSpec("w", (self.D,)),)', 'ParamSpec("w", (self.D,))'),
            r"'smooth': found specs\(\) = ParamSpec.*a tuple of",
        ),
        (
            ("return plan.s[1:], (plan.s[-1],)", "return plan.s, (plan.s[-1],)"),
            r"returned y of shape \(2, 3, 3\); .*\(1, 3, \.\)",
        ),
        (("return plan.s[1:], (plan.s[-1],)", "return plan.s[1:]"), r"forward returned ndarray; expected \(y, sT\)"),
        (("(plan.s[-1],)", "()"), "forward returned 0 states; expected 1"),
        (("(plan.s[-1],)", "(plan.s[-1, 0],)"), r"state 0 has shape \(3,\); expected \(3, 3\)"),
        (("else dx), (ds,)", "else dx)[0], (ds,)"), r"the gradient of x has shape \(3, 3\); expected \(1, 3, 3\)"),
        (("else dx), (ds,)", "else dx), ()"), "backward returned 0 ds0; expected 1"),
        (("else dx), (ds,)", "else None), (ds,)"), "the gradient of x has shape NoneType"),
        (("g.w += da", "g.w = da"), "backward replaces g.w; expected it to be added to"),
        (("    D: int", "    E: int"), "'smooth': found no D"),
        (('"w", (self.D,)', '"w", self.D'), "'smooth': found w of shape 3; expected a tuple"),
        (("plan.s[0] = s0[0]", "plan.s[0] = s0[7]"), rf"mine\.py:{line_of('plan.s[0] =')}: IndexError"),
    ],
)
def test_a_layer_that_breaks_the_contract_is_refused_with_what_was_found_and_what_is_expected(write, change, message):
    with pytest.raises(ConfigError, match=message):
        checks_of(write(SMOOTH, change))


@pytest.mark.parametrize(
    "change, message",
    [
        (("[2 * error]", "2 * error"), r"terms returned tuple; expected \(losses, \[a gradient"),
        (("return error * error, [2 * error]", "return error"), "terms returned ndarray"),
        (("return error * error, [2 * error]", "pass"), "terms returned NoneType"),
        (("[2 * error]", "[]"), "terms returned 0 gradients"),
        (("[2 * error]", "[2 * error[:1]]"), r"gradient 0 of terms has shape \(1, 2\); expected \(3, 2\), as y"),
        (("error * error,", "(error * error).sum(),"), r"losses of terms has shape \(\)"),
        (("y, xp)", "y)"), "terms takes 2 arguments; expected three"),
        (("    def terms", "    columns = 0\n\n    def terms"), "columns = 0; expected the number of scores"),
        (("    def terms", "    columns = 2\n\n    def terms"), "terms returned 1 gradients"),
    ],
)
def test_a_loss_that_breaks_the_contract_is_refused_with_what_was_found_and_what_is_expected(write, change, message):
    with pytest.raises(ConfigError, match=f"'squared': {message}"):
        checks_of(write(LOSS, change))


def test_a_loss_that_is_not_one_number_is_refused(write):
    more = "\n    def loss(self, scores, targets, real=None, xp=None):\n        return targets\n"
    with pytest.raises(ConfigError, match=r"'squared': loss returned an array of shape \(12, 2\); expected one number"):
        checks_of(write(LOSS + more))


def test_a_layer_around_one_of_ours_is_the_one_that_is_blamed(write):
    source = """
from dataclasses import dataclass
from rnncli.nn.layer import Layer
from rnncli.nn.norm import LayerNorm

@dataclass(frozen=True)
class Twice(Layer):
    layer: Layer
    D: int

    @classmethod
    def example(cls):
        return cls(LayerNorm(3), 3)

    def specs(self):
        return self.layer.specs()

    def plan(self, T, N, memory):
        return self.layer.plan(T, N, memory)

    def load(self, p, plan):
        self.layer.load(p, plan)

    def forward(self, x, s0, plan, mask=None):
        y, sT = self.layer.forward(x, s0, plan, mask)
        return 2 * y, sT

    def backward(self, g, dy, dsT, plan):
        return self.layer.backward(g, 2 * dy, dsT, plan)
"""
    assert failure(checks_of(write(source))) is None
    wrong = [found for found in checks_of(write(source, ("2 * dy", "dy"))) if not found.passed]
    assert {found.parameter for found in wrong} == {"gain", "bias", "x"}
    line = next(number for number, text in enumerate(source.splitlines(), 1) if "def backward" in text)
    assert {(Path(found.file).name, found.line) for found in wrong} == {("mine.py", line)}


def test_a_name_that_two_parts_have_is_refused(write):
    with pytest.raises(ConfigError, match="there are two parts called 'squared'"):
        load_parts([write(LOSS), write(LOSS + "\n# another\n", name="other.py")])
    with pytest.raises(ConfigError, match="there are two parts called 'lstm'"):
        load_parts([write(LOSS, ("class Squared(Likelihood):", "class Squared(Likelihood):\n    name = 'lstm'"))])
    with pytest.raises(ConfigError, match="found name = 3; expected a text"):
        load_parts([write(LOSS, ("class Squared(Likelihood):", "class Squared(Likelihood):\n    name = 3"))])
    assert list(load_parts([write(LOSS), write(LOSS)]).losses) == ["squared"]


def test_base_classes_and_private_ones_are_no_parts(write):
    source = LOSS + "\nclass _Hidden(Squared):\n    pass\nclass Base(Likelihood):\n    columns = 2\n"
    assert list(load_parts([write(source)]).losses) == ["squared"]


@pytest.mark.parametrize(
    "command, message",
    [(["train", "--dry-run"], "defines no cell"), (["gradcheck", "--cell", "squared"], "unknown cell 'squared'")],
)
def test_a_loss_is_no_cell(write, capsys, command, message):
    assert main([*command, "--code", write(LOSS)]) == 2
    assert message in capsys.readouterr().err
