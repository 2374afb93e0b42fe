"""The fault plan: break what rnncli does in every way that we know of, and see that nothing is lost or wrong.

    python -m tests.faults [--long] [--jobs N] [--minutes N] [--seed N] [--write docs/reliability.md] [ROW ...]

Each row is printed as it ends: cases, failures, the longest command, the most memory, the time of the row. Ends with 1
if anything failed.
"""

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

from .catalogue import ROWS
from .rows import Row
from .running import Extent, tried_all

HEADING = ("fault", "N", "failures", "worst", "peak", "", "date")
BEGIN, END = "<!-- plan -->", "<!-- end of the plan -->"
TOLD = 20  # failures of a row that are printed


def main(argv: Sequence[str] | None = None) -> int:
    """Try the rows that are named, or all; returns the exit code."""
    given = _parser().parse_args(argv)
    if unknown := [name for name in given.rows if name not in ROWS]:
        print(f"error: no row {unknown[0]!r}; known: {', '.join(ROWS)}", file=sys.stderr)
        return 2
    print(_line(HEADING[:-1], "took"), flush=True)
    extent, failed = Extent(given.long, given.seed, given.count, given.minutes, given.jobs), False
    for row in tried_all(given.rows or [*ROWS], extent):
        print(_line(row.cells(), f"{row.took:,.0f} s"), flush=True)
        for failure in row.failures[:TOLD]:
            print(f"    {failure}", flush=True)
        failed |= bool(row.failures)
        if given.write:
            given.write.write_text(with_rows(given.write.read_text(), [row], datetime.date.today().isoformat()))
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"{', '.join(ROWS)}; without one: all")
    parser.add_argument("--long", action="store_true", help="as many cases as a release deserves: about an hour")
    parser.add_argument("--count", type=int, help="cases of each row, instead of the usual number")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="rows that are tried side by side")
    parser.add_argument("--minutes", type=float, metavar="N", help="of all: each row gets a share and ends with it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table into this page")
    return parser


def _line(cells: Sequence[str], took: str) -> str:
    name, *figures, remark = cells
    return f"{name:<22}{''.join(f'{each:>9}' for each in (*figures, took))}  {remark}".rstrip()


def with_rows(page: str, rows: Sequence[Row], date: str) -> str:
    """The text of a page with these rows in the table between its marks; the rows of other names stay."""
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    lines = {name: line for line in table.splitlines() if (name := line[1:].partition("|")[0].strip()) in ROWS}
    for row in rows:
        lines[row.name] = f"| {' | '.join((*row.cells(), date))} |"
    heading = [f"| {' | '.join(each)} |" for each in (HEADING, ("---", *["---:"] * 4, "---", "---"))]
    return "\n".join([before + BEGIN, "", *heading, *(lines[name] for name in ROWS if name in lines), "", END]) + after


if __name__ == "__main__":
    sys.exit(main())
