"""The Typer application: which commands there are, and how their help looks.

A command is imported when it is asked for, so that each starts as fast as it can and none can break another.
"""

import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup

from ..tasks.registry import TASKS

COMMANDS = {  # name -> (module, function, first sentence of its help: none is imported to list them all)
    "train": (
        "rnncli.cli.train",
        "train",
        "Train a recurrent network and keep the best in a run folder.",
    ),
    "generate": ("rnncli.cli.generate", "generate", "Write what a trained model makes: text, forecasts."),
    "eval": (
        "rnncli.cli.eval",
        "eval_",
        "Score a trained model beside honest baselines.",
    ),
    "gradcheck": (
        "rnncli.cli.gradcheck",
        "gradcheck",
        "Prove that every gradient is right: the backward pass against the complex step, through the code that trains.",
    ),
}
HELP = {"help_option_names": ["-h", "--help"]}
EXAMPLES = "Examples:"
KIND = "rnncli.kind"  # in the `meta` of a context: the kind of task that its help is about, None for all


class Help:
    """Help that begins with examples and shows options in groups: the part that a command and the whole share.

    Plain text, not Rich: it costs 2 ms instead of 90 and stays readable in a narrow terminal. The examples are the
    paragraph of the docstring that begins with "Examples:".
    """

    def format_help(self, ctx, formatter):
        examples, text = split_examples(self.help or "")
        write_examples([*examples, *self.more_examples(ctx)], formatter)
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text(text.replace("{kinds}", "; ".join(kind.summary for kind in reversed(TASKS.values()))))
        self.format_options(ctx, formatter)

    def format_options(self, ctx, formatter):
        groups = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record and self.is_shown(ctx, param):
                groups.setdefault(param_group(param), []).append(record)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records, col_max=28)

    def more_examples(self, ctx) -> Iterable[str]:
        """Examples that the docstring does not have."""
        return ()

    def is_shown(self, ctx, param) -> bool:
        """Whether the help shows a parameter."""
        return True


class Command(Help, TyperCommand):
    """One command.

    Its function may have `stand_alone`, {option: values}: such an option takes the argument after it only if that is
    one of these values (and any that is joined to it by =), so that it may be given without one; it is "" then.
    The help of a function with `task_command` (see `task_options`) that names a RUN is that of the run's task.
    """

    def parse_args(self, ctx, args):
        ctx.meta[KIND] = self.kind(ctx, args)
        return super().parse_args(ctx, with_values(args, getattr(self.callback, "stand_alone", {})))

    @property
    def task_command(self):
        """The name under which kinds of task have options and examples for this command; None for a command without."""
        return getattr(self.callback, "task_command", None)

    def kind(self, ctx, args):
        """The kind of task of the RUN among arguments that ask for help; None where there is none."""
        if not self.task_command or not set(args) & set(ctx.help_option_names):
            return None
        from .task_options import kind_of_run

        return kind_of_run(args)

    def more_examples(self, ctx):
        if not self.task_command:
            return [line for kind in TASKS.values() for line in kind.examples.get(self.name, ())]
        from .task_options import example_lines

        return example_lines(ctx.meta.get(KIND), self.task_command)

    def is_shown(self, ctx, param):
        if not self.task_command:
            return True
        from .task_options import is_foreign

        return not is_foreign(param.name, ctx.meta.get(KIND), self.task_command)


def with_values(args, stand_alone):
    """Arguments in which an option without its value is "--option=", as far as `stand_alone` names it."""
    end = args.index("--") if "--" in args else len(args)
    return [
        f"{arg}=" if at < end and arg in stand_alone and after not in stand_alone[arg] else arg
        for at, (arg, after) in enumerate(zip(args, [*args[1:], None]))
    ]


def param_group(param):
    """The title under which a parameter stands in the help."""
    given = getattr(param, "rich_help_panel", None)
    return given or ("Arguments" if param.param_type_name == "argument" else "Other options")


def split_examples(text):
    """(example lines, the rest) of the text of a docstring."""
    paragraphs = text.replace("\b\n", "").split("\n\n")
    examples = [paragraph for paragraph in paragraphs if paragraph.startswith(EXAMPLES)]
    lines = [line.strip() for paragraph in examples for line in paragraph.removeprefix(EXAMPLES).splitlines()]
    rest = "\n\n".join(paragraph for paragraph in paragraphs if not paragraph.startswith(EXAMPLES))
    return [line for line in lines if line], rest


def write_examples(lines, formatter):
    """The examples as they are typed: never wrapped, so that they can be copied."""
    if lines:
        formatter.write(f"{EXAMPLES}\n" + "".join(f"  {line}\n" for line in lines) + "\n")


class Commands(Mapping):
    """The commands by name, each imported and built on its first use."""

    def __init__(self):
        self.built = {}

    def __iter__(self):
        return iter(COMMANDS)

    def __len__(self):
        return len(COMMANDS)

    def __getitem__(self, name):
        if name not in self.built:
            module, function, _ = COMMANDS[name]
            single = typer.Typer(add_completion=False, rich_markup_mode=None)
            single.command(name, cls=Command)(getattr(import_module(module), function))
            self.built[name] = typer.main.get_command(single)
        return self.built[name]


class Group(Help, TyperGroup):
    """`rnncli` itself."""

    def __init__(self, *, commands, **attributes):
        super().__init__(commands=Commands(), **attributes)

    def format_options(self, ctx, formatter):
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])
        super().format_options(ctx, formatter)


app = typer.Typer(cls=Group, rich_markup_mode=None, context_settings=HELP, invoke_without_command=True)


@app.callback()
def rnncli(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
):
    """Train recurrent networks on text and series, write and forecast with them, score them, prove their gradients.

    Examples:
      rnncli train
      rnncli train datasets/airline.csv -c series -o runs/airline
    """
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def command():
    """The whole command line as one Click command."""
    return typer.main.get_command(app)


def invoke(argv):
    """Run one command line; returns 0, or the code of typer.Exit, or raises what the command raised."""
    root = command()
    if "_RNNCLI_COMPLETE" in os.environ:
        root(prog_name="rnncli")  # writes what the shell asked for and exits
    try:
        with root.make_context("rnncli", list(argv)) as context:
            root.invoke(context)
    except typer.Exit as leaving:
        return leaving.exit_code
    return 0
