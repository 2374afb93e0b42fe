"""What failed is shown with its worst entries: in the table, in JSON, as JUnit XML and as annotations of a workflow."""

import io
import json
import math
import re
from xml.etree import ElementTree

import pytest
from gradient_cases import write_cell

from rnncli.cli.main import main
from rnncli.gradcheck.report import NOT_REACHED, UNSAFE, WRONG, Entry, GradientCheck, StepError
from rnncli.nn.cells import CELLS
from rnncli.ui.console import console
from rnncli.ui.gradcheck import figures, show
from rnncli.ui.gradcheck_ci import as_github, as_junit

ENTRY = Entry((3, 17), 1.2345e-3, 1.2355e-3, "f")
GOOD = GradientCheck("gru", "T=1, vectors", "W_x", "complex", 1e-15, 1e-10, 36)
BAD = GradientCheck(
    "gru", "T=2, vectors", "W_h", "complex", 8e-4, 1e-10, 48, WRONG, worst=(ENTRY,), file="cells/mine.py", line=12
)
HOSTILE = GradientCheck(
    'a<b>&"c"\x00\x1b[31m\ufffe\ud800',
    "T=1,\r\n50 %: [x]]>",
    "W::error,",
    "complex",
    math.nan,
    1e-10,
    1,
    WRONG,
    "d\x07\n]]>",
)
LOSS = """from rnncli.nn.likelihood import Likelihood
class Squared(Likelihood):
    def terms(self, parts, y, xp):
        error = parts[0] - y
        return error * error, [2 * error]
"""


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """A registry of cells that forgets what a test has added."""
    monkeypatch.setattr(CELLS, "_things", dict(CELLS._things))


def shown(checks, every=False, width=80):
    target = io.StringIO()
    show(checks, 7, console(target, "never"), every)
    return target.getvalue()


# The table


def test_the_worst_entries_stand_below_a_failed_row_with_both_values_and_the_block():
    lines = shown([GOOD, BAD]).splitlines()
    row = next(number for number, line in enumerate(lines) if line.startswith("  W_h"))
    assert lines[row + 1] == "    W_h[3, 17]  analytic 1.2345e-03  numeric 1.2355e-03  (block f)"
    assert "analytic" not in lines[row - 1] and "W_x[" not in "".join(lines)


def test_two_numbers_are_shown_with_as_many_digits_as_tell_them_apart():
    assert figures(Entry((0,), 1.0, 1.5)) == ("1.0000e+00", "1.5000e+00")
    assert figures(Entry((0,), 1.0, 1.0 + 3e-9)) == ("1.000000000e+00", "1.000000003e+00")
    assert figures(Entry((0,), math.nan, 2.0)) == ("nan", "2.0000e+00")
    assert figures(Entry((0,), 0.0, 0.0)) == ("0.0000e+00", "0.0000e+00")


def test_verbose_shows_the_worst_entries_of_the_worst_array_and_the_errors_by_step_size():
    steps = tuple(StepError(10.0**-k, 10.0**-k) for k in range(2, 10))
    check = GradientCheck("gru", "T=1", "b", "central", 1e-9, 1e-6, 4, worst=(ENTRY,), steps=steps)
    brief, whole = shown([check]), shown([check], every=True)
    assert "analytic 1.2345e-03" not in brief and "1e-05" not in brief
    assert "  b[3, 17]  analytic 1.2345e-03  numeric 1.2355e-03  (block f)\n" in whole
    assert "    h = 1e-02 to 1e-09: 1e-02 1e-03 1e-04 1e-05 1e-06 1e-07 1e-08 1e-09\n" in whole
    assert "  h       median    worst\n" in whole and "  1e-05  1.0e-05  1.0e-05\n" in whole


def test_a_row_that_is_not_reached_says_so_and_is_not_hidden_by_larger_errors_of_other_cases():
    empty = GradientCheck("gru", "T=5, vectors", "W_x", "complex", 0.0, 1e-10, 36, NOT_REACHED)
    out = shown([GOOD, empty])
    assert re.search(r"  W_x +0\.0e\+00 .* FAILED  T=5, vectors\n    every derivative is 0\n", out)
    assert "1 FAILED" in out


# JSON


def test_json_has_the_worst_entries_of_what_failed(tmp_path, capsys):
    path = write_cell(tmp_path, "s.h[...] = s.a ** 2", f"slope.a[...] = 3 * s.a  # {tmp_path}")
    assert main(["gradcheck", "--code", path, "--seed", "1", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    failed = [record for record in report["checks"] if not record["passed"] and record["parameter"] == "W_h"]
    for record in failed:
        assert 0 < len(record["worst"]) <= 3 and (record["file"], record["line"]) == (path, 9)
        for entry in record["worst"]:
            assert len(entry["index"]) == 2 and entry["block"] == "a"
            assert entry["analytic"] == pytest.approx(1.5 * entry["numeric"]) or "T=1" not in record["case"]
        differences = [abs(entry["analytic"] - entry["numeric"]) for entry in record["worst"]]
        assert differences == sorted(differences, reverse=True)
    assert failed and "sum(g v)" in report["formula_of_products"]


def test_json_of_what_passed_has_no_entries_and_of_differences_the_error_of_each_step(tmp_path, capsys):
    path = tmp_path / "loss.py"
    path.write_text(LOSS)
    assert main(["gradcheck", "--code", str(path), "--method", "central", "--seed", "1", "--format", "jsonl"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()][:-1]
    for record in records:
        assert record["worst"] == [] and record["file"] is None
        assert [step["step"] for step in record["steps"]] == [10.0**-k for k in range(2, 10)]


# JUnit


def test_junit_has_a_test_for_each_array_and_the_worst_entries_of_what_failed():
    root = ElementTree.fromstring(as_junit([GOOD, BAD], 7))
    (suite,) = root
    assert root.tag == "testsuites" and suite.attrib["tests"] == "2" and suite.attrib["failures"] == "1"
    assert {each.attrib["name"]: each.attrib["value"] for each in suite.find("properties")}["seed"] == "7"
    good, bad = suite.findall("testcase")
    assert good.attrib == {"classname": "gru", "name": "T=1, vectors: W_x"} and len(good) == 0
    assert bad.attrib["name"] == "T=2, vectors: W_h" and (bad.attrib["file"], bad.attrib["line"]) == (
        "cells/mine.py",
        "12",
    )
    (failed,) = bad
    assert failed.attrib == {"message": f"gradient of 'gru': {WRONG}; T=2, vectors: W_h", "type": WRONG}
    assert failed.text.splitlines() == [
        "W_h has relative error 8.0e-04, allowed 1e-10",
        "W_h[3, 17]  analytic 1.2345e-03  numeric 1.2355e-03  (block f)",
    ]


def test_junit_is_valid_whatever_names_hold():
    text = as_junit([HOSTILE], 7)
    (case,) = ElementTree.fromstring(text.encode()).iter("testcase")
    assert case.attrib["classname"] == 'a<b>&"c"\\x00\\x1b[31m\\ufffe\\ud800'
    assert "d\\x07" in case[0].text and "]]>" in case[0].text
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe\ud800]", text.replace("\r", ""))


def test_junit_tells_what_was_checked_less_precisely():
    unsafe = GradientCheck("mine", "T=1", "W_x", "central", 1e-9, 1e-6, 4, UNSAFE)
    (suite,) = ElementTree.fromstring(as_junit([unsafe], 7))
    assert suite.attrib["failures"] == "0" and "not complex-safe" in suite.find("system-out").text


# GitHub


def test_github_gets_an_error_for_each_parameter_at_the_line_of_the_method_and_a_notice():
    again = GradientCheck("gru", "T=5", "layer0.W_h", "complex", 1e-3, 1e-10, 48, WRONG, file="cells/mine.py", line=12)
    error, notice = as_github([GOOD, BAD, again], 7).splitlines()
    assert error.startswith("::error file=cells/mine.py,line=12,title=gradcheck gru W_h::gradient of 'gru': ")
    assert "T=5: layer0.W_h%0Alayer0.W_h has relative error 1.0e-03, allowed 1e-10" in error
    assert notice.startswith(
        "::notice title=gradcheck::3 gradients, 132 derivatives: 2 FAILED%0Aworst relative error: "
    )
    assert notice.endswith("%0Aseed 7")


def test_nothing_in_a_name_ends_a_command_or_a_property_of_it():
    error, _ = as_github([HOSTILE], 7).splitlines()
    title = error.removeprefix("::error title=").partition("::")[0]
    assert title.endswith("W%3A%3Aerror%2C") and not set("\r\n,:") & set(title)
    assert "50 %25: [x]]>" in error and "%0A" in error and "\x1b" not in error
    assert error.count("::error") == 1 + error.partition("::gradient")[2].count("W::error")


def test_a_check_that_was_less_precise_is_a_warning():
    unsafe = GradientCheck("mine", "T=1", "W_x", "central", 1e-9, 1e-6, 4, UNSAFE)
    assert as_github([unsafe], 7).startswith("::warning title=gradcheck::'mine': the forward pass is not complex-safe")


# The command


@pytest.mark.parametrize("format, marks", [("junit", "<testsuite "), ("github", "::error ")])
def test_the_command_writes_either_and_keeps_its_exit_codes(tmp_path, capsys, format, marks):
    path = tmp_path / "loss.py"
    path.write_text(LOSS)
    assert main(["gradcheck", "--code", str(path), "--seed", "1", "--format", format]) == 0
    assert "<failure" not in (out := capsys.readouterr().out) and "::error" not in out
    path.write_text(LOSS.replace("2 * error", "3 * error") + f"# {tmp_path}\n")
    assert main(["gradcheck", "--code", str(path), "--seed", "1", "--format", format, "--progress", "none"]) == 1
    out, err = capsys.readouterr()
    assert marks in out and str(path) in out and err.startswith("error: gradient of 'squared' in scores")
    assert main(["gradcheck", "--cell", "nothing", "--format", format]) == 2
