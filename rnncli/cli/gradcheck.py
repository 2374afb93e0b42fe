"""`rnncli gradcheck`: cases from the options, their checks as a table or JSON."""

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .completion import complete_run
from .options import OUTPUT, Cell, Color, Debug, Progress, chosen_seed, seed_option

if TYPE_CHECKING:
    from ..gradcheck.derivatives import Case
    from ..gradcheck.report import GradientCheck
    from ..plugins import Parts

CHECK = "Check"

Run = Annotated[
    str | None,
    typer.Argument(
        metavar="[RUN]",
        autocompletion=complete_run,
        help="Run folder or .safetensors file: check this model with its own weights.",
        show_default=False,
    ),
]
Code = Annotated[
    list[str] | None,
    typer.Option(
        "--code",
        metavar="FILE",
        help="Python file that defines your own cells, layers or losses; repeatable.",
        rich_help_panel="Model",
    ),
]
All = Annotated[
    bool,
    typer.Option(
        "--all",
        help="Every cell, layer, head, loss and task, and all of --code; the default.",
        rich_help_panel=CHECK,
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
    Literal["auto", "complex", "central", "products"],
    typer.Option(
        "--method",
        help="complex: complex step, large arrays by random inner products; auto: the same, but central differences "
        "for code of --code that drops the imaginary part; central: central differences with a sweep of step sizes; "
        "products: random inner products for every array.",
        rich_help_panel=CHECK,
    ),
]
Output = Annotated[
    Literal["text", "json", "jsonl", "junit", "github"],
    typer.Option(
        "--format",
        help="Format of the results on standard output; junit: XML for CI; github: annotations of a workflow.",
        rich_help_panel=OUTPUT,
    ),
]
Seed = Annotated[int | None, seed_option("the parameters and inputs of the check", CHECK)]
Every = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="One row per case instead of the worst case per parameter; the worst entries; errors by step size.",
        rich_help_panel=OUTPUT,
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
    format: Output = "text",
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

    Without arguments it checks everything, as with --all; with --code alone, the cells, layers and losses of that file.
    It covers each parameter, the input and the initial state, with non-zero states and state gradients, for T of 1, 2
    and 5. The exit code is 1 if the relative error of an array, max |analytic - numeric| / max |numeric|, is too large
    or NaN, or if the loss does not reach it.
    """
    check_together(run, cell, all_, tolerance, quiet, verbose)
    from ..gradcheck.report import failure
    from ..plugins import load_parts
    from ..ui.console import stderr_console
    from ..ui.progress_display import ProgressDisplay

    own, seed = load_parts(code or ()), chosen_seed() if seed is None else seed
    checks, cases = [], chosen_cases(run, cell, all_, own, seed)
    with ProgressDisplay(stderr_console(color), "none" if quiet else progress) as display:
        for found in checked(cases, method, tolerance, seed, display):
            checks.append(found)
            if format == "jsonl":
                write_line(found)
    write_report(checks, seed, format, color, verbose, quiet)
    failed = failure(checks)
    if failed:
        raise failed


def checked(
    cases: "Sequence[Case]", method: str, tolerance: float | None, seed: int, display: Callable[[str, int, int], None]
) -> "Iterator[GradientCheck]":
    """The checks of the cases, one after the other; `display` gets what is checked, the number done and that of all."""
    from ..gradcheck.check import check

    total, done = sum(len(case.arrays) + case.jointly for case in cases), count()
    for case in cases:
        for found in check(case, method, tolerance, seed):
            display(f"checking {case.cell}", next(done), total)
            yield found


def chosen_cases(run: str | None, cell: str | None, all_: bool, own: "Parts", seed: int) -> "list[Case]":
    """The cases of RUN or of --cell; without them those of --code alone, or of everything."""
    from ..gradcheck.check import select_cases
    from ..gradcheck.own import own_cases

    if run or cell:
        return select_cases([cell] if cell else [], load(run), seed)
    alone = any(own) and not all_
    cases = [] if alone and not own.cells else select_cases(own.cells if alone else [], None, seed)
    return cases + own_cases(own, seed)


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
    from ..ui.gradcheck_ci import as_github, as_junit

    as_text = {"json": as_json, "jsonl": as_last_json_line, "junit": as_junit, "github": as_github}
    if format == "text":
        show(checks, seed, stdout_console(color), every, summary_only)
    else:
        sys.stdout.write(as_text[format](checks, seed))
    for line in warning_lines(checks):
        print(line, file=sys.stderr)
