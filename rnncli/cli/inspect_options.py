"""The options of `rnncli inspect`."""

from typing import Annotated, Any, Literal

import typer

from ..laboratory.parts import CLIPPING, OF_SUBJECTS
from ..tasks.registry import TASKS
from .options import OUTPUT, complete_cell, seed_option, trust_option

FRESH, LOOK = "A fresh network", "What to look at"
OF_TASKS = {name: words for kind in TASKS.values() for name, words in kind.inspect_parts.items()}
PARTS = {name: words for name, (_, words) in OF_SUBJECTS.items()} | {
    CLIPPING: "gradient norms of a run and its clips, from its log",
    **OF_TASKS,
}
UNITS = "units"  # the part that --unit is for
CELLS_SHOWN = ("rnn", "lstm", "gru")  # without a RUN and without --cell

Runs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RUN]...", help="Run folders or .safetensors files; without any, fresh networks.", show_default=False
    ),
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="FILE",
        help="Look at this data instead of the run's own held-out data, or instead of noise; repeatable.",
        rich_help_panel=LOOK,
    ),
]
Show = Annotated[
    list[str] | None,
    typer.Option(
        "--show",
        metavar="PART,...",
        help="Parts to show in full, separated by commas; without it, the summary of each. "
        + "; ".join(f"{name}: {words}" for name, words in PARTS.items())
        + ".",
        rich_help_panel=LOOK,
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(
        "--steps",
        metavar="N",
        min=2,
        max=100_000,
        help="Steps of a row, where the task leaves the choice. [default: 128]",
        show_default=False,
        rich_help_panel=LOOK,
    ),
]
Rows = Annotated[
    int | None,
    typer.Option(
        "--rows",
        metavar="N",
        min=1,
        max=10_000,
        help="Rows side by side. [default: 8]",
        show_default=False,
        rich_help_panel=LOOK,
    ),
]
Units = Annotated[
    list[str] | None,
    typer.Option(
        "--unit",
        metavar="[LAYER:]UNIT",
        help=f"Show {UNITS}, and colour by this one, counted from 0; repeatable.",
        rich_help_panel=LOOK,
    ),
]
Symbols = Annotated[
    int | None,
    typer.Option(
        "--symbols",
        metavar="N",
        min=1,
        help="For texts: how many symbols to show.",
        show_default=False,
        rich_help_panel=LOOK,
    ),
]
LOOKS = {
    "data": Data,
    "show": Show,
    "steps": Steps,
    "rows": Rows,
    "unit": Units,
    "symbols": Symbols,
    "trust_paths": Annotated[bool | None, trust_option(LOOK)],
}
FreshCell = Annotated[
    str | None,
    typer.Option(
        "--cell",
        metavar="NAME,...",
        help=f"Cells of untrained networks, side by side. [default: {','.join(CELLS_SHOWN)}]",
        autocompletion=complete_cell,
        show_default=False,
        rich_help_panel=FRESH,
    ),
]
Activation = Annotated[
    Literal["tanh", "logistic", "relu", "identity"] | None,
    typer.Option("--activation", help="Of the cell rnn.", show_default=False, rich_help_panel=FRESH),
]


def fresh(name: str, metavar: str, help: str) -> Any:
    """The type of an option for untrained networks."""
    return Annotated[
        str | None, typer.Option(name, metavar=metavar, help=help, show_default=False, rich_help_panel=FRESH)
    ]


SETTINGS = {
    "model.cell": FreshCell,
    "model.hidden_size": fresh("--hidden-size", "N", "Units per layer. [default: 32 on noise, else as in train]"),
    "model.num_layers": fresh("--num-layers", "N", "Recurrent layers. [default: 1]"),
    "model.init": fresh(
        "--init", "NAME,...", "Initialisation: uniform, glorot, orthogonal, identity. [default: uniform]"
    ),
    "model.forget_bias": fresh("--forget-bias", "X,...", "Initial bias of forget gates. [default: 1]"),
    "model.chrono_max": fresh(
        "--chrono-max", "N,...", "Longest memory for chrono initialisation, in steps; 0: off. [default: 0]"
    ),
}
LISTS = ("model.cell", "model.init", "model.forget_bias", "model.chrono_max")  # settings that take several values
Configs = Annotated[
    list[str] | None,
    typer.Option(
        "--config", "-c", metavar="FILE", help="Settings as in train, for --data; repeatable.", rich_help_panel=FRESH
    ),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any setting by its full name; repeatable.", rich_help_panel=FRESH),
]
FRESH_FROM = {"activation": Activation, "configs": Configs, "assignments": Assignments}
Demo = Annotated[
    str | None,
    typer.Option(
        "--demo",
        metavar="NAME",
        help="Run a classical demonstration; list: their names.",
        show_default=False,
    ),
]
Seed = Annotated[int | None, seed_option("fresh weights and noise", OUTPUT)]
Format = Annotated[
    Literal["text", "json", "csv"],
    typer.Option("--format", help="Format of the results on standard output.", rich_help_panel=OUTPUT),
]
Plot = Annotated[
    str | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        help="Also draw it: .png, .svg or a self-contained .html.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
