"""`rnncli inspect`: what goes on inside a network, as text, JSON, CSV or pictures."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .inspect_asked import Asked
from .inspect_options import FRESH_FROM, LOOKS, SETTINGS, Demo, Format, Plot, Runs, Seed
from .options import Code, Color, Debug, Progress, Quiet, chosen_seed, with_options, with_settings
from .run_names import check_data, check_run
from .task_options import with_reading_options

if TYPE_CHECKING:
    from ..laboratory.drawings import Finding

PIPE_WIDTH = 80


@with_reading_options
@with_options("looks", LOOKS)
@with_options("fresh", FRESH_FROM)
@with_settings(SETTINGS, {})
def inspect(
    runs: Runs = None,
    demo: Demo = None,
    looks: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    reading: dict[str, Any] | None = None,
    fresh: dict[str, Any] | None = None,
    code: Code = None,
    seed: Seed = None,
    format: Format = "text",
    plot: Plot = None,
    progress: Progress = "auto",
    quiet: Quiet = False,
    color: Color = "auto",
    debug: Debug = False,
) -> None:
    """Show what goes on inside a network: gradients through time, gates, spectra, units.

    Examples:
      rnncli inspect --cell rnn,lstm,gru --show lag
      rnncli inspect --demo carousel

    A RUN is shown before and after training, on its own held-out data. Without a RUN, untrained networks stand side by
    side, on noise or on --data. Everything comes from the backward pass that trains, in float64 and without dropout.
    """
    from ..plugins import load_code, user_code
    from .command_output import CommandOutput

    load_code(code or ())
    check_plot(plot)
    for run in runs or ():
        check_run(run, "inspect")
    asked = Asked(runs or (), looks or {}, settings or {}, reading or {}, fresh or {}, seed)
    check_data(asked.data, "inspect")
    with user_code(), CommandOutput(format, quiet, progress, color, "inspect") as out:
        if demo is not None:
            asked.refuse_with_demo()
            return show_demo(demo, asked.sources, format, plot, color, out)
        found, about = looked_at(asked, out)
    deliver(found, format, color, plot, bool(asked.parts), about)


def looked_at(asked: Asked, out: Any) -> "tuple[Sequence[Finding], dict[str, Any]]":
    """(the findings, what they are about) of stored runs or of untrained networks. Raises as `Asked.check` and
    `laboratory.inspection.inspect` do."""
    from ..laboratory.inspection import Request
    from ..laboratory.inspection import inspect as look_at
    from ..laboratory.loading import ROWS, Extent, readable_again

    asked.check()
    drawn = asked.seed if asked.seed is not None else 0 if asked.runs else chosen_seed()
    with readable_again(asked.data) as files:
        request = Request(
            runs=tuple(asked.runs),
            files=tuple(files),
            parts=asked.parts,
            extent=Extent(asked.looks["steps"], asked.looks["rows"] or ROWS, drawn),
            units=tuple(dict.fromkeys(asked.looks["unit"] or ())),
            symbols=asked.looks["symbols"],
            fresh=asked.networks(),
            reading=asked.reading,
            trusted=bool(asked.looks["trust_paths"]),
        )
        found = look_at(request, out)
    if asked.seed is None and not asked.runs:
        out.note(f"seed {drawn}")
    return found.findings, {"seed": drawn, "data": list(asked.data), "subjects": found.subjects}


def show_demo(name: str, numbers: tuple[Any, Any], format: str, plot: str | None, color: str, out: Any) -> None:
    """Run a demonstration, or list their names. numbers: what -c and --set say of its own ones.

    Raises ConfigError for an unknown demonstration, and for numbers that it does not have.
    """
    from ..laboratory.demos.registry import DEMOS, run

    if name == "list":
        return list_demos({each: words for each, (_, words) in DEMOS.items()}, format)
    found = run(name, out.progress, *numbers)
    deliver(found, format, color, plot, True, {"demo": name})


def list_demos(demos: Mapping[str, str], format: str) -> None:
    """Write {name: sentence} of the demonstrations."""
    import csv
    import io
    import json

    if format == "json":
        return write_text(json.dumps({"schema": 1, "task": "inspect", "demos": dict(demos)}, indent=2) + "\n")
    if format == "csv":
        rows = io.StringIO()
        csv.writer(rows, lineterminator="\n").writerows([("demo", "title"), *demos.items()])
        return write_text(rows.getvalue())
    return write_text("".join(f"{name:18}{words}\n" for name, words in demos.items()))


def check_plot(path: str | None) -> None:
    """Raise ConfigError for a picture that could not be drawn, before anything is computed."""
    if path is None:
        return
    from pathlib import Path

    from ..errors import ConfigError
    from ..ui.inspection import check_drawing

    check_drawing(path)
    if Path(path).is_dir() or not Path(path).parent.is_dir():
        what = f"{path} is a folder" if Path(path).is_dir() else f"there is no folder {Path(path).parent}"
        raise ConfigError(f"--plot {path}: {what}", "name a file in a folder that exists")


def deliver(
    found: "Sequence[Finding]", format: str, color: str, plot: str | None, whole: bool, about: Mapping[str, Any]
) -> None:
    """Write findings on standard output, the summary of each or the whole, and draw them to the file `plot`."""
    from shutil import get_terminal_size

    from ..ui.console import is_terminal, is_unicode, wants_color
    from ..ui.inspection import draw, render
    from .output import print_line

    width = get_terminal_size((PIPE_WIDTH, 24)).columns if is_terminal(sys.stdout) else PIPE_WIDTH
    signs = is_unicode(sys.stdout), wants_color(sys.stdout, color)
    write_text("".join(render(found, format, width, *signs, whole, dict(about))))
    if plot is not None:
        draw(found, plot, whole)
        print_line(f"wrote {plot}")


def write_text(text: str) -> None:
    """Text on standard output as UTF-8; whatever comes from data was made safe when it was rendered."""
    from .output import output_bytes

    output_bytes().write(text.encode("utf-8", "backslashreplace"))
