"""`rnncli inspect`: what goes on inside a network, as text, JSON, CSV or pictures."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .inspect_options import (
    CELLS_SHOWN,
    LISTS,
    OF_TASKS,
    PARTS,
    SETTINGS,
    Activation,
    Assignments,
    Configs,
    Data,
    Demo,
    Format,
    Plot,
    Rows,
    Runs,
    Seed,
    Show,
    Steps,
    Symbols,
    Units,
)
from .options import Code, Color, Debug, Progress, Quiet, chosen_seed, with_settings
from .run_names import check_run
from .task_options import with_reading_options

if TYPE_CHECKING:
    from ..laboratory.drawings import Finding
    from ..laboratory.inspection import Fresh

ACTIVATIONS = {"tanh": "rnn", "logistic": "rnn-logistic", "relu": "rnn-relu", "identity": "rnn-identity"}
PIPE_WIDTH = 80


@with_reading_options
@with_settings(SETTINGS, {})
def inspect(
    runs: Runs = None,
    demo: Demo = None,
    data: Data = None,
    show: Show = None,
    steps: Steps = None,
    rows: Rows = None,
    unit: Units = None,
    symbols: Symbols = None,
    settings: dict[str, Any] | None = None,
    reading: dict[str, Any] | None = None,
    activation: Activation = None,
    configs: Configs = None,
    assignments: Assignments = None,
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
    from ..laboratory.inspection import Request
    from ..laboratory.inspection import inspect as look_at
    from ..laboratory.loading import ROWS, Extent, readable_again
    from ..plugins import load_code, user_code
    from .command_output import CommandOutput

    load_code(code or ())
    check_plot(plot)
    for run in runs or ():
        check_run(run, "inspect")
    settings, reading, sources = settings or {}, reading or {}, (configs or (), assignments or ())
    fresh, texts = by_option(settings) | {"--activation": activation}, {"--unit": unit, "--symbols": symbols}
    with user_code(), CommandOutput(format, quiet, progress, color, "inspect") as out:
        if demo is not None:
            looked = {"RUN": runs, "--data": data, "--show": show, "--steps": steps, "--rows": rows}
            refuse_with_demo(looked | texts | fresh | by_option(reading) | {"--seed": seed is not None})
            return show_demo(demo, sources, format, plot, color, out)
        refuse_without_use(parts_of(show), texts)
        refuse_without_data(data or (), by_option(reading))
        refuse_with_run(runs or (), fresh | {"-c": configs, "--set": assignments})
        drawn = seed if seed is not None else 0 if runs else chosen_seed()
        with readable_again(data or ()) as files:
            request = Request(
                runs=tuple(runs or ()),
                files=tuple(files),
                parts=parts_of(show),
                extent=Extent(steps, rows or ROWS, drawn),
                units=tuple(dict.fromkeys(unit or ())),
                symbols=symbols,
                fresh=fresh_networks(settings | reading, activation, *sources),
                reading=reading,
            )
            looked_at = look_at(request, out)
        if seed is None and not runs:
            out.note(f"seed {drawn}")
    about = {"seed": drawn, "data": list(data or ()), "subjects": looked_at.subjects}
    deliver(looked_at.findings, format, color, plot, bool(show), about)


def by_option(settings: Mapping[str, Any]) -> dict[str, Any]:
    """{"--hidden-size": value} of {"model.hidden_size": value}."""
    from ..config import option_name

    return {option_name(path): value for path, value in settings.items()}


def refuse_with_run(runs: Sequence[str], options: Mapping[str, Any]) -> None:
    """Raise ConfigError for options of untrained networks beside a RUN."""
    from ..errors import ConfigError

    if runs and (given := [name for name, value in options.items() if value]):
        raise ConfigError(
            f"{', '.join(given)}: for untrained networks, and {runs[0]} is a trained one",
            "leave one of them out; a RUN is shown before and after training anyway",
        )


def refuse_without_use(parts: Sequence[str], options: Mapping[str, Any]) -> None:
    """Raise ConfigError for options of the tasks' parts where only others are shown."""
    from ..errors import ConfigError

    if parts and not set(parts) & set(OF_TASKS) and (given := [name for name, value in options.items() if value]):
        raise ConfigError(
            f"{', '.join(given)}: not for --show {','.join(parts)}",
            f"add one of {', '.join(OF_TASKS)}, or leave it out",
        )


def refuse_without_data(files: Sequence[str], options: Mapping[str, Any]) -> None:
    """Raise ConfigError for options of reading where no file is named."""
    from ..errors import ConfigError

    if options and not files:
        raise ConfigError(
            f"{', '.join(options)}: for reading --data FILE, which is not given",
            "name the file; the data of a run are read as in training",
        )


def refuse_with_demo(options: Mapping[str, Any]) -> None:
    """Raise ConfigError for options that a demonstration does not take."""
    from ..errors import ConfigError

    if given := [name for name, value in options.items() if value]:
        raise ConfigError(
            f"--demo has its own settings and takes no {', '.join(given)}",
            "leave them out; -c FILE and --set KEY=VALUE change the settings of a demonstration",
        )


def parts_of(show: Sequence[str] | None) -> tuple[str, ...]:
    """The parts of --show, in the given order; () for all. Raises ConfigError for an unknown one."""
    from ..errors import ConfigError
    from ..registry import nearest

    names = [name for text in show or () for name in map(str.strip, text.split(",")) if name]
    if show and not names:
        raise ConfigError("--show names no part", f"choose among {', '.join(PARTS)}")
    for name in names:
        if name not in PARTS:
            guess = nearest(name, PARTS)
            meant = f". Did you mean {guess}?" if guess else ""
            raise ConfigError(f"--show {name}: unknown part{meant}", f"choose among {', '.join(PARTS)}")
    return tuple(dict.fromkeys(names))


def fresh_networks(
    settings: Mapping[str, str], activation: str | None, configs: Sequence[str], assignments: Sequence[str]
) -> "Fresh":
    """The untrained networks that the options describe. Raises ConfigError for --activation beside a gated cell."""
    from ..errors import ConfigError
    from ..laboratory.inspection import Fresh

    cell = settings.get("model.cell")
    if activation and cell not in (None, "rnn"):
        raise ConfigError(
            f"--activation {activation}: only the cell rnn has a choice, found --cell {cell}",
            f"use --cell rnn, or name the cell: --cell {ACTIVATIONS[activation]}",
        )
    named = configs or any(each.startswith("model.cell=") for each in assignments)
    usual = {} if named else {"model.cell": ",".join(CELLS_SHOWN)}
    texts = usual | {path: settings[path] for path in LISTS if path in settings}
    texts |= {"model.cell": ACTIVATIONS[activation]} if activation else {}
    choices = {path: [each.strip() for each in text.split(",")] for path, text in texts.items()}
    given = {path: value for path, value in settings.items() if path not in LISTS}
    return Fresh(given, choices, tuple(configs), tuple(assignments))


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
