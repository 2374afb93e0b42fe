"""Writes the outputs and pictures of the laboratory's pages anew: python docs/lab_pages.py [NAME]...

A page docs/lab/NAME.md shows the command `rnncli inspect --demo NAME` in a block, and its output in the block after it.
A page that shows pictures/NAME.svg gets that picture too. A test says when an output is out of date.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rnncli.laboratory.demos.registry import DEMOS, run  # noqa: E402
from rnncli.ui.inspection import draw, render  # noqa: E402

LAB = Path(__file__).resolve().parent / "lab"
OUTPUT = re.compile(r"(```sh\nrnncli inspect --demo (?P<name>[\w-]+)\n```\n\n```text\n).*?(```\n)", re.DOTALL)
WIDTH = 80  # columns


def output(found):
    """The text that the command prints of Findings, 80 columns wide and without colour."""
    return "".join(render(found, "text", width=WIDTH, unicode=True, color=False, whole=True, about={}))


def shown(page):
    """The output that the text of a page shows."""
    match = OUTPUT.search(page)
    assert match, "no block with `rnncli inspect --demo NAME` and a text block after it"
    return match.group(0).removeprefix(match[1]).removesuffix(match[3])


def filled(page, text):
    """The page with its output replaced by `text`."""
    return OUTPUT.sub(lambda match: match[1] + text + match[3], page)


def write(name):
    """Write the output of a demonstration into its page, and its picture if the page shows one."""
    path = LAB / f"{name}.md"
    page, found = path.read_text(encoding="utf-8"), run(name, lambda activity, done, total: None)
    path.write_text(filled(page, output(found)), encoding="utf-8")
    if f"](pictures/{name}.svg)" in page:
        draw(found, str(LAB / "pictures" / f"{name}.svg"), True)


if __name__ == "__main__":
    for demo in sys.argv[1:] or DEMOS:
        write(demo)
        print(f"wrote {demo}")
