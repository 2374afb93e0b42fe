"""`rnncli gradcheck`: cases from the options, their checks as a table or JSON."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .options import OUTPUT, Cell, Code, Color, Debug, Format, Progress, chosen_seed

if TYPE_CHECKING:
    from ..gradcheck.report import GradientCheck

CHECK = "Check"

Run = Annotated[
    str | None,
    typer.Argument(
        metavar="[RUN]",
        help="Run folder or .safetensors file: check this model with its own weights.",
        show_default=False,
    ),
]
All = Annotated[
    bool,
    typer.Option(
        "--all", help="Every cell, layer, head and loss, and the cells of --code; the default.", rich_help_panel=CHECK
    ),
]
Tolerance = Annotated[
    float | None,
    typer.Option(
        "--tolerance",
        metavar="X",
        help="Largest relative error that passes. [default: 1e-10; central differences: 1e-6]",
        show_default=False,
        rich_help_panel=CHECK,
    ),
]
Method = Annotated[
    Literal["auto", "complex", "central"],
    typer.Option(
        "--method",
        help="complex: complex step; central: central differences; auto: complex step, but central differences for a "
        "cell of --code whose forward pass drops the imaginary part.",
        rich_help_panel=CHECK,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        min=0,
        help="Seed of the parameters and inputs of the check; without it, one is chosen and printed.",
        show_default=False,
        rich_help_panel=CHECK,
    ),
]
Every = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="One row per case instead of the worst case per parameter.", rich_help_panel=OUTPUT
    ),
]
Summary = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Only the summary, failed rows, warnings and errors.", rich_help_panel=OUTPUT),
]


def gradcheck(
    run: Run = None,
    cell: Cell = None,
    code: Code = None,
    all_: All = False,
    tolerance: Tolerance = None,
    method: Method = "auto",
    seed: Seed = None,
    format: Format = "text",
    progress: Progress = "auto",
    quiet: Summary = False,
    verbose: Every = False,
    color: Color = "auto",
    debug: Debug = False,
) -> None:
    """Check every gradient of the training code against the complex step.

    Examples:
      rnncli gradcheck --all
      rnncli gradcheck --code mycell.py --cell mycell

    Without arguments it checks everything, as with --all; with --code alone, the cells of that file. It covers each
    parameter, the input and the initial state, with non-zero states and state gradients, for T of 1, 2 and 5. The exit
    code is 1 if the relative error of an array, max |analytic - numeric| / max |numeric|, is too large or NaN.
    """
    check_together(run, cell, all_, tolerance, quiet, verbose)
    from ..gradcheck.check import check, select_cases
    from ..gradcheck.report import failure
    from ..plugins import load_code
    from ..ui.console import stderr_console
    from ..ui.progress_display import ProgressDisplay

    own = load_code(code or ())
    cells = [cell] if cell else [] if all_ or run else own
    seed = chosen_seed() if seed is None else seed
    cases = select_cases(cells, load(run), seed)
    checks, total = [], sum(len(case.arrays) + case.jointly for case in cases)
    with ProgressDisplay(stderr_console(color), "none" if quiet else progress) as display:
        for case in cases:
            for found in check(case, method, tolerance, seed):
                display(f"checking {case.cell}", len(checks), total)
                checks.append(found)
                if format == "jsonl":
                    write_line(found)
    write_report(checks, seed, format, color, verbose, quiet)
    failed = failure(checks)
    if failed:
        raise failed


def check_together(
    run: str | None, cell: str | None, all_: bool, tolerance: float | None, quiet: bool, verbose: bool
) -> None:
    """Raises ConfigError for options that exclude each other and for an invalid tolerance."""
    from ..errors import ConfigError

    chosen = [name for name, given in {"RUN": run, "--cell": cell, "--all": all_}.items() if given]
    if len(chosen) > 1:
        raise ConfigError(f"{' and '.join(chosen)} exclude each other", "use one of them at a time")
    if quiet and verbose:
        raise ConfigError("--quiet and --verbose exclude each other", "remove one of them")
    if tolerance is not None and not 0 < tolerance < float("inf"):
        raise ConfigError(f"--tolerance {tolerance}: expected a number above 0", "remove it to get 1e-10")


def load(run: str | None) -> Any:
    """The stored model (Loaded), or None without a RUN."""
    if run is None:
        return None
    from ..storage.model_files import load_model

    return load_model(run)


def write_line(check: "GradientCheck") -> None:
    """Print one check as a JSON line on standard output, at once."""
    from ..ui.gradcheck import as_json_line

    sys.stdout.write(as_json_line(check))
    sys.stdout.flush()


def write_report(
    checks: "Sequence[GradientCheck]", seed: int, format: str, color: str, every: bool, summary_only: bool
) -> None:
    """Print all checks on standard output in the chosen format, and warnings on standard error."""
    from ..ui.console import stdout_console
    from ..ui.gradcheck import as_json, as_last_json_line, show, warning_lines

    if format == "text":
        show(checks, seed, stdout_console(color), every, summary_only)
    else:
        sys.stdout.write(as_json(checks, seed) if format == "json" else as_last_json_line(checks, seed))
    for line in warning_lines(checks):
        print(line, file=sys.stderr)
