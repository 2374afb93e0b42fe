"""User code is read, checked and registered, and what is wrong in it is said with file and line."""

import re
from pathlib import Path

import numpy as np
import pytest
from laws import call, make_problem, relative

from rnncli.errors import ConfigError
from rnncli.gradcheck.check import check, select_cases
from rnncli.nn.cells import CELLS
from rnncli.plugins import is_user_code, line_of_method, load_code, user_code

DOCS = Path(__file__).resolve().parents[1] / "docs" / "cells.md"
HEAD = "from rnncli.nn.cell import Block, Cell, Vector\n"
METHODS = """
    def step(self, xp, s):
        xp.copyto(s.h, s.a)
    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.a, out=da.a)
        d.h.fill(0)
"""
PLAIN = HEAD + "class Plain(Cell):\n    blocks = (Block('a', 'tanh'),)" + METHODS


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """A registry of cells that forgets what a test has added."""
    monkeypatch.setattr(CELLS, "_things", dict(CELLS._things))


@pytest.fixture
def write(tmp_path):
    def write(source, name="mine.py"):
        (tmp_path / name).write_text(source)
        return str(tmp_path / name)

    return write


def refusal(paths):
    with pytest.raises(ConfigError) as caught:
        load_code(paths)
    return str(caught.value)


def test_the_example_of_the_documentation_is_accepted_by_gradcheck_and_equals_its_equations(write):
    source = re.search(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)[1]
    assert load_code([write(source)]) == ["cifg"]
    errors = [found.error for case in select_cases(["cifg"], seed=1) for found in check(case, seed=1)]
    assert max(errors) <= 1e-10

    problem = make_problem("cifg", False, T=4, N=2, D=3, H=5)
    W, U, b = (np.split(array, 3, axis=-1) for array in (problem.p.W_x, problem.p.W_h, problem.p.b))
    h, c = problem.s0

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    for x in problem.x:
        o, f, g = (x @ W[k] + h @ U[k] + b[k] for k in range(3))
        c = sigma(f) * c + (1 - sigma(f)) * np.tanh(g)
        h = sigma(o) * np.tanh(c)
    assert relative(call(problem).sT, np.array([h, c])) < 1e-12


def test_a_cell_is_called_by_its_class_in_lower_case_or_by_its_name(write):
    named = PLAIN.replace("Plain", "Other").replace("    blocks", "    name = 'other-cell'\n    blocks")
    assert load_code([write(PLAIN), write(named, "other.py")]) == ["plain", "other-cell"]
    assert is_user_code(CELLS["plain"]) and is_user_code(CELLS["other-cell"]) and not is_user_code(CELLS["lstm"])


def test_several_cells_of_a_file_are_registered_but_not_its_imports_and_private_bases(write):
    source = (
        "from rnncli.nn.cells.lstm import LSTM\n"
        + PLAIN.replace("Plain", "_Base")
        + "class First(_Base):\n    pass\nclass Second(_Base):\n    pass\nclass Unfinished(Cell):\n    pass\n".replace(
            "class Unfinished(Cell):\n    pass\n", ""
        )
    )
    assert load_code([write(source)]) == ["first", "second"]


def test_the_same_contents_may_be_loaded_twice_and_from_a_copy(write):
    assert load_code([write(PLAIN)]) == load_code([write(PLAIN)]) == load_code([write(PLAIN, "copy.py")]) == ["plain"]


def test_a_cell_under_a_name_that_is_taken_is_refused(write):
    assert "'lstm' is registered already" in refusal([write(PLAIN.replace("Plain", "LSTM"))])
    load_code([write(PLAIN)])
    assert "'plain' is registered already" in refusal([write(PLAIN + "\n# changed\n", "changed.py")])


def test_nothing_is_written_beside_the_file(write, tmp_path):
    load_code([write(PLAIN)])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_a_file_that_is_missing_or_a_folder_is_refused(tmp_path):
    assert "nothing.py: No such file" in refusal([str(tmp_path / "nothing.py")])
    assert str(tmp_path) in refusal([str(tmp_path)])


def test_a_file_without_a_cell_is_refused(write):
    assert "defines no cell" in refusal([write("x = 1\n")])


@pytest.mark.parametrize(
    "source, line, found",
    [
        (HEAD + "class Plain(Cell:\n", 2, "not valid Python"),
        (HEAD + "\n1 / 0\n", 3, "ZeroDivisionError"),
        ("import no_such_module\n", 1, "ModuleNotFoundError"),
        (HEAD + "undefined\n", 2, "NameError"),
        (PLAIN + "    def __init__(self):\n        self.x = {}['x']\n", 10, "KeyError"),
    ],
)
def test_an_error_in_the_file_is_said_with_its_line(write, source, line, found):
    assert re.search(rf"mine\.py:{line}: .*{found}", refusal([write(source)]))


@pytest.mark.parametrize(
    "change, found",
    [
        (("(Block('a', 'tanh'),)", "Block('a', 'tanh')"), "a tuple of Block"),
        (("(Block('a', 'tanh'),)", "(('a', 'tanh'),)"), "a tuple of Block"),
        (("'tanh'),)", "'tanh'),); saved = ('gap')"), "a tuple of one element needs a comma"),
        (("def step(", "def stepp("), "no method step"),
        (("def step_backward(", "def backward("), "no method step_backward"),
        (("'tanh'),)", "'tanh'),); slopes = ('a',)"), "slopes"),
        (("'tanh'),)", "'tanh'),); keep = 'f'"), "keep or write 'f'"),
        (("'tanh'),)", "'tanh'),); vectors = (Vector('p', 'b', 'h_prev'),)"), "block to be one of a"),
        (("'tanh'),)", "'tanh'),); vectors = (Vector('p', 'a', 'c_prev'),)"), "times to be one of a, h, h_prev"),
        (("'tanh'),)", "'tanh'),); name = 3"), "name = 3"),
        (("'tanh'),)", "'sigmoid'),)"), "squashing 'sigmoid' of block 'a'; expected 'logistic', which is the sigmoid"),
        (("'tanh'),)", "'tanh'), Block('f', 'logistic'))"), "logistic blocks side by side"),
        (("'tanh'),)", "'tanh', 'q'),)"), "block 'a', which reads 'q'; expected one that reads h, xh, x or xu"),
        (("'tanh'),)", "'tanh'),); saved = ('b\\x1f',)"), "the name 'b\\x1f'; expected letters, digits and _"),
        (("'tanh'),)", "'tanh', 'x'),)"), "at least one, or it is not recurrent"),
        (("'tanh'),)", "'tanh'), Block('n', reads='xu')); only_through_W_h = True"), "a block that reads u"),
        (("'tanh'),)", "'tanh', 'xu'),)"), "h"),
        (("'tanh'),)", "'tanh'),); state = ('c',)"), "begins with 'h'"),
        (("'tanh'),)", "'tanh'),); saved = ('a',)"), "'a' twice"),
    ],
)
def test_a_cell_that_breaks_the_contract_is_refused_with_what_was_found_and_what_is_allowed(write, change, found):
    assert PLAIN.replace(*change) != PLAIN
    message = refusal([write(PLAIN.replace(*change))])
    assert found in message and "expected" in message


def test_an_error_inside_a_step_is_said_with_its_line(write):
    load_code([write(PLAIN.replace("xp.copyto(s.h, s.a)", "xp.copyto(s.h, s.nothing)"))])
    with pytest.raises(ConfigError, match=r"mine\.py:5: no array is called 'nothing'; known here: a, .*h, h_prev, tmp"):
        list(check(select_cases(["plain"], seed=1)[0]))


def test_an_error_that_is_not_of_user_code_is_left_alone():
    with pytest.raises(ZeroDivisionError), user_code():
        raise ZeroDivisionError


def test_the_line_of_a_method_is_the_first_that_the_user_wrote(write):
    source = (
        "from rnncli.nn.cells.lstm import LSTM\nclass Other(LSTM):\n    def prepare(self, xp, s):\n        pass\n\n"
        "    def local_derivatives(self, xp, s, slope):\n        super().local_derivatives(xp, s, slope)\n"
    )
    path = write(source)
    load_code([path])
    methods = ("step_backward", "nothing", "local_derivatives", "prepare")
    assert line_of_method(CELLS["other"], methods) == (path, 6)
    assert line_of_method(CELLS["other"], ("step_backward",)) is None
    assert line_of_method(CELLS["lstm"], methods) is None and line_of_method(None, methods) is None
