"""The Typer application: the commands and the layout of their help.

A command's module is imported only when that command runs: start-up is fast, and no command can break another.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from ..phrases import safe_text
from ..resources import cache_folder
from ..tasks.registry import TASKS

if TYPE_CHECKING:
    from typer._click import Command as ClickCommand
    from typer._click import Context, HelpFormatter, Parameter

    from ..tasks.base import TaskKind
else:
    ClickCommand = object  # `Help` is only ever a mixin of Typer's own commands

COMMANDS = {  # name -> (module, function, first sentence of its help, which needs no import)
    "train": (
        "rnncli.cli.train",
        "train",
        "Train a recurrent network and keep the best weights in a run folder.",
    ),
    "generate": (
        "rnncli.cli.generate",
        "generate",
        "Write what a trained model makes: text, a forecast, an answer for each line.",
    ),
    "eval": (
        "rnncli.cli.eval",
        "eval_",
        "Score a trained model and its baselines.",
    ),
    "inspect": (
        "rnncli.cli.inspect",
        "inspect",
        "Show what goes on inside a network: gradients through time, gates, spectra, units.",
    ),
    "gradcheck": (
        "rnncli.cli.gradcheck",
        "gradcheck",
        "Check every gradient of the training code against the complex step.",
    ),
}
HELP = {"help_option_names": ["-h", "--help"]}
EXAMPLES = "Examples:"
KIND = "rnncli.kind"  # key in the `meta` of a context: the kind of task whose help is shown; None: all


class Help(ClickCommand):
    """Help that starts with examples and groups its options; `Command` and `Group` share it.

    Plain text, not Rich: it costs 2 ms instead of 90 and stays readable in a narrow terminal. The examples are the
    docstring's paragraph that starts with "Examples:".
    """

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        examples, text = split_examples(self.help or "")
        write_examples([*examples, *self.more_examples(ctx)], formatter)
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        kinds = reversed(list(TASKS.values()))
        text = text.replace("{kinds}", "; ".join(kind.summary for kind in kinds))
        formatter.write_text(text.replace("{cache}", safe_text(str(cache_folder()))))
        self.format_options(ctx, formatter)

    def format_options(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record and self.is_shown(ctx, param):
                groups.setdefault(param_group(param), []).append(record)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records, col_max=28)

    def more_examples(self, ctx: "Context") -> Iterable[str]:
        """Examples besides those of the docstring."""
        return ()

    def is_shown(self, ctx: "Context", param: "Parameter") -> bool:
        """Whether the help lists a parameter."""
        return True


class Command(Help, TyperCommand):
    """One command.

    Its function may have an attribute `stand_alone`, {option: values}: such an option takes the next argument as its
    value only if it is one of these (after = it takes any). It can therefore be given without a value, which is "".
    With `task_command` (see `task_options`), help for a RUN lists the options of that run's task alone.
    """

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        from .words import check_names, check_order, decode

        ctx.meta[KIND] = self.kind(ctx, args)
        left = super().parse_args(ctx, with_values(args, getattr(self.callback, "stand_alone", {})))
        if not ctx.resilient_parsing:
            check_names(self.params, ctx.params)
            check_order(self.name or "", ctx.params)
            decode(self.params, ctx.params)
        return left

    @property
    def task_command(self) -> str | None:
        """The name under which kinds of task keep their options and examples for this command; None: they have none."""
        return getattr(self.callback, "task_command", None)

    def kind(self, ctx: "Context", args: Sequence[str]) -> "TaskKind | None":
        """The kind of task of the RUN in arguments that ask for help; None without a RUN or without --help."""
        if not self.task_command or not set(args) & set(ctx.help_option_names):
            return None
        from .task_options import kind_of_run

        return kind_of_run(args)

    def more_examples(self, ctx: "Context") -> Iterable[str]:
        if not self.task_command:
            return [line for kind in TASKS.values() for line in kind.examples.get(self.name or "", ())]
        from .task_options import example_lines

        return example_lines(ctx.meta.get(KIND), self.task_command)

    def is_shown(self, ctx: "Context", param: "Parameter") -> bool:
        if not self.task_command:
            return True
        from .task_options import is_foreign

        return not is_foreign(param.name or "", ctx.meta.get(KIND), self.task_command)


def with_values(args: Sequence[str], stand_alone: Mapping[str, Sequence[str]]) -> list[str]:
    """The arguments, with "--option=" for each option of `stand_alone` that was given without a value."""
    end = args.index("--") if "--" in args else len(args)
    return [
        f"{arg}=" if at < end and arg in stand_alone and after not in stand_alone[arg] else arg
        for at, (arg, after) in enumerate(zip(args, [*args[1:], None]))
    ]


def param_group(param: Any) -> str:
    """The help section of a parameter."""
    given = getattr(param, "rich_help_panel", None)
    return given or ("Arguments" if param.param_type_name == "argument" else "Other options")


def split_examples(text: str) -> tuple[list[str], str]:
    """(example lines, the rest) of a docstring."""
    paragraphs = text.replace("\b\n", "").split("\n\n")
    examples = [paragraph for paragraph in paragraphs if paragraph.startswith(EXAMPLES)]
    lines = [line.strip() for paragraph in examples for line in paragraph.removeprefix(EXAMPLES).splitlines()]
    rest = "\n\n".join(paragraph for paragraph in paragraphs if not paragraph.startswith(EXAMPLES))
    return [line for line in lines if line], rest


def write_examples(lines: Sequence[str], formatter: "HelpFormatter") -> None:
    """The examples as they are typed, never wrapped, so that they can be copied."""
    if lines:
        formatter.write(f"{EXAMPLES}\n" + "".join(f"  {line}\n" for line in lines) + "\n")


class Commands(Mapping):
    """The commands by name, each imported and built on its first use."""

    def __init__(self):
        self.built: dict[str, Any] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __getitem__(self, name: str) -> Any:
        if name not in self.built:
            module, function, _ = COMMANDS[name]
            single = typer.Typer(add_completion=False, rich_markup_mode=None)
            single.command(name, cls=Command)(getattr(import_module(module), function))
            self.built[name] = typer.main.get_command(single)
        return self.built[name]


class Group(Help, TyperGroup):
    """`rnncli` itself."""

    def __init__(self, **attributes: Any):
        super().__init__(**attributes)
        self.commands: Any = Commands()

    def format_options(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])
        super().format_options(ctx, formatter)


app = typer.Typer(cls=Group, rich_markup_mode=None, context_settings=HELP, invoke_without_command=True)


@app.callback()
def rnncli(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Train recurrent networks on text and time series, generate and forecast with them, check scores and gradients.

    Examples:
      rnncli train
      rnncli train datasets/airline.csv -c series -o runs/airline
    """
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def command() -> Any:
    """The whole command line as one Click command."""
    return typer.main.get_command(app)


def invoke(argv: Iterable[str]) -> int:
    """Run one command line; returns 0 or the code of typer.Exit, and raises what the command raises."""
    root = command()
    if "_RNNCLI_COMPLETE" in os.environ:
        root(prog_name="rnncli")  # answers the shell's completion request and exits
    try:
        with root.make_context("rnncli", list(argv)) as context:
            root.invoke(context)
    except typer.Exit as leaving:
        return leaving.exit_code
    return 0
