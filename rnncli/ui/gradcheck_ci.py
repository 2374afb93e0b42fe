"""The results of a gradient check for continuous integration: JUnit XML, and the workflow commands of GitHub."""

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from ..gradcheck.report import FORMULA, GradientCheck, in_words, notes
from ..phrases import safe_text
from .gradcheck import entries, grouped, shown, verdict, worst_in_words

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def as_junit(checks: Sequence[GradientCheck], seed: int) -> str:
    """A JUnit report: a test case for each array of each case, with its worst entries if it failed."""
    wrong = str(sum(not check.passed for check in checks))
    suites = ElementTree.Element("testsuites")
    counts = {"tests": str(len(checks)), "failures": wrong, "errors": "0", "skipped": "0"}
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "rnncli gradcheck"} | counts)
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in {"seed": str(seed), "formula": FORMULA}.items():
        ElementTree.SubElement(properties, "property", name=name, value=value)
    for check in checks:
        suite.append(test_case(check))
    remarks = notes(checks)
    if remarks:
        ElementTree.SubElement(suite, "system-out").text = xml_text("\n".join(remarks))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, "unicode", xml_declaration=True) + "\n"


def test_case(check: GradientCheck) -> ElementTree.Element:
    """The element of one check."""
    name = ": ".join(filter(None, (check.case, check.parameter)))
    place = {"file": xml_text(check.file), "line": str(check.line)} if check.file else {}
    found = ElementTree.Element("testcase", {"classname": xml_text(check.cell), "name": xml_text(name)} | place)
    if not check.passed:
        failure = ElementTree.SubElement(found, "failure", message=xml_text(message(check)), type=check.verdict or "")
        failure.text = xml_text("\n".join([in_words(check), *entries(check)]))
    return found


def as_github(checks: Sequence[GradientCheck], seed: int) -> str:
    """Workflow commands: an error for each parameter of each cell that failed, a warning for each cell that was checked
    less precisely, and a notice with the summary."""
    lines = list(errors(checks))
    lines += [command("warning", {"title": "gradcheck"}, note) for note in notes(checks)]
    lines.append(command("notice", {"title": "gradcheck"}, f"{verdict(checks)}\n{worst_in_words(checks)}\nseed {seed}"))
    return "".join(f"{line}\n" for line in lines)


def errors(checks: Sequence[GradientCheck]) -> Iterator[str]:
    """The error commands."""
    for group in grouped([check for check in checks if not check.passed]):
        check = shown(group)
        place = {"file": check.file, "line": str(check.line)} if check.file else {}
        title = {"title": f"gradcheck {check.cell} {check.array}"}
        yield command("error", place | title, "\n".join([message(check), in_words(check), *entries(check)]))


def message(check: GradientCheck) -> str:
    """A failed check in one line."""
    return f"gradient of '{check.cell}': {check.verdict}; {check.case}: {check.parameter}"


def command(name: str, properties: dict[str, str], text: str) -> str:
    """A workflow command, with the characters escaped that would end a line or a property."""
    given = ",".join(f"{key}={escaped(value, in_property=True)}" for key, value in properties.items())
    return f"::{name} {given}::{escaped(text)}"


def escaped(text: str, in_property: bool = False) -> str:
    """`text` as an argument of a workflow command."""
    codes = {"%": "%25", "\r": "%0D", "\n": "%0A"} | ({":": "%3A", ",": "%2C"} if in_property else {})
    return "".join(codes.get(letter, letter) for letter in safe_text(text.replace("\r\n", "\n")))


def xml_text(text: str) -> str:
    """`text` with what XML cannot hold as an escape."""
    return NOT_XML.sub(lambda match: f"\\u{ord(match.group()):04x}", safe_text(text))
