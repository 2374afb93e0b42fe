"""What the rows of the plan would see: rnncli broken in the way that each row guards against, one place at a time.

    python -m tests.faults.mutants [--write docs/reliability.md] [ROW ...]

Each mutant is a copy of the package with a few words changed, in a folder for temporary files. Its row is tried with
the cases of the short form, and with more of them if it does not fail. Ends with 1 if a mutant stays unseen.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .catalogue import ROWS
from .commands import ROOT
from .mutations import MUTANTS, Mutant

BESIDE = Path(__file__).parent
MORE = 10  # times as many cases, for a row whose short form sees nothing
LIMIT = 1200  # seconds of a row
HEADING = ("row", "what is broken", "short form", "with more cases")
BEGIN, END = "<!-- mutants -->", "<!-- end of the mutants -->"


def main(argv: Sequence[str] | None = None) -> int:
    """Try the mutants of the rows that are named, or all; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"{', '.join(ROWS)}; without one: all")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table into this page")
    given = parser.parse_args(argv)
    lines, unseen = [], 0
    for mutant in MUTANTS:
        if not given.rows or mutant.row in given.rows:
            found = seen(mutant)
            unseen += not any(failures for failures, _ in found)
            lines.append(line((mutant.row, mutant.what, *(f"{failures} of {count}" for failures, count in found))))
            print(lines[-1], flush=True)
    if given.write:
        page = given.write.read_text()
        before, after = page.partition(BEGIN)[0], page.partition(END)[2]
        table = "\n".join([line(HEADING), "| --- | --- | --- | --- |", *lines])
        given.write.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}")
    return int(unseen > 0)


def line(cells: Sequence[str]) -> str:
    """A row of a table, with empty cells at its end."""
    return f"| {' | '.join([*cells, ''][: len(HEADING)])} |"


def seen(mutant: Mutant) -> list[tuple[int, int]]:
    """(failures, cases) of the short form, and of more cases if there were none."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = mutated(mutant, Path(folder))
        found = [tried(copy, mutant.row, ROWS[mutant.row].short)]
        if not found[0][0]:
            found.append(tried(copy, mutant.row, MORE * ROWS[mutant.row].short))
    return found


def mutated(mutant: Mutant, folder: Path) -> Path:
    """A copy of the package and of the plan in `folder`, with the edits of a Mutant."""
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "rnncli", folder / "rnncli", ignore=left_out)
    shutil.copytree(BESIDE, folder / "tests" / "faults", ignore=left_out)
    for edit in mutant.edits:
        file = folder / "rnncli" / edit.file
        text = file.read_text()
        if text.count(edit.old) != 1:
            raise ValueError(f"{edit.file} has {text.count(edit.old)} places {edit.old!r}, not one")
        file.write_text(text.replace(edit.old, edit.new))
    folder.chmod(0o755)  # another user may have to enter it
    return folder


def tried(copy: Path, row: str, count: int) -> tuple[int, int]:
    """(failures, cases) of a row of the plan on a copy of the package."""
    argv = [sys.executable, "-m", "tests.faults", row, "--count", str(count)]
    env = os.environ | {"PYTHONPATH": str(copy)}
    done = subprocess.run(argv, cwd=copy, env=env, capture_output=True, text=True, timeout=LIMIT)
    found = next((each for each in done.stdout.splitlines() if each.startswith(f"{row:<22}")), None)
    if found is None:
        raise RuntimeError(f"{row} was not tried: {done.stderr[-300:]}")
    cases, failures = (int(found[begin : begin + 9].replace(",", "").strip("- ") or 0) for begin in (22, 31))
    return failures, cases


if __name__ == "__main__":
    sys.exit(main())
