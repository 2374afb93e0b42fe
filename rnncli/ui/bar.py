"""Events on a terminal: a progress bar, and permanent lines above it."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ..events import EvalDone, RunStarted, StepDone
from ..phrases import duration, percent, safe_text
from ..tasks.base import Sample
from .event_lines import evaluation_line, figures, validation
from .gradient_norms import norms_lines
from .lines import LinesReporter
from .meter import Meter

REFRESH = 0.25  # seconds between updates of the bar
FRAME = 4  # characters of a line that the frame of a panel takes
SEPARATOR = "  "  # between the figures of a line
STYLES = {"plain": "", "best": "bold green", "warning": "yellow", "command": "cyan"}


class BarReporter(LinesReporter):
    """A Sink that draws with Rich on `console`; it reads no input and restores the terminal at the end."""

    def __init__(self, console: Any, norms: bool = False, clock: Callable[[], float] = time.monotonic):
        super().__init__(console.file, norms, clock)
        self.console, self.status = console, Status()
        # Standard output is data: Rich must not draw it above the bar on standard error.
        self.live = Live(
            self.status, console=console, refresh_per_second=1 / REFRESH, transient=True, redirect_stdout=False
        )

    def __enter__(self) -> "BarReporter":
        self.live.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.live.stop()

    def say(self, lines: Iterable[str], kind: str = "plain") -> None:
        for line in lines:
            self.console.print(Text(safe_text(line), style=STYLES[kind]), soft_wrap=kind == "command")

    def show_start(self, event: RunStarted) -> None:
        self.status.doing = ""
        super().show_start(event)

    def show_step(self, event: StepDone) -> None:
        if self.norms and event.norms:
            self.say([f"gradient norms at step {event.step:,}", *norms_lines(event, self.console.width)])
        if self.clock() - self.shown_at >= REFRESH or event is self.meter.first:
            self.shown_at = self.clock()
            self.status.follow(self.meter)

    def show_evaluation(self, event: EvalDone) -> None:
        self.status.validation = f"val {validation(event.metrics, self.meter.started)}"
        self.say([evaluation_line(event, self.meter.started)], "best" if event.best else "plain")

    def show_sample(self, title: str, sample: Sample) -> None:
        self.sample, console = sample, self.console
        colored = bool(console.color_system) and not sample.wraps
        text = "\n".join(sample.lines(console.width - FRAME, not console.options.ascii_only, colored))
        inside = Text(text) if sample.wraps else Text.from_ansi(text, no_wrap=True)
        self.console.print(Panel(inside, title=title, title_align="left", border_style="dim"))

    def reading(self, done: int, total: int) -> None:
        self.status.doing = f"reading the data: {percent(done / total)}" if done < total else "preparing"

    def stopping(self) -> None:
        self.status.doing = "stopping after this step; repeat the signal to stop at once"


class Status:
    """The bar and its figures. The training thread replaces whole values, so that the drawing thread never sees a
    partial one."""

    def __init__(self):
        self.doing, self.validation, self.label = "", "", ""
        self.fraction: float | None = None
        self.parts: tuple[str, ...] = ()

    def follow(self, meter: Meter) -> None:
        """Show the current position of training."""
        step, total = meter.latest, meter.started.total_steps
        left = [f"{duration(meter.seconds_left)} left"] if meter.seconds_left is not None else []
        of = f"/{total:,}" if total is not None else ""
        self.label = "  ".join([percent(step.fraction), f"step {step.step:,}{of}", *left])
        self.parts = figures(meter)
        self.fraction = step.fraction

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        if self.fraction is not None:
            grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
            grid.add_column(ratio=1)
            grid.add_column(no_wrap=True)
            grid.add_row(ProgressBar(total=1.0, completed=self.fraction), self.label)
            yield grid
            parts = (*self.parts, self.validation) if self.validation else self.parts
            yield from (Text(line, no_wrap=True) for line in packed(parts, options.max_width))
        if self.doing:
            yield Text(self.doing, style="yellow")


def packed(parts: Sequence[str], width: int) -> list[str]:
    """The parts in the fewest lines of `width` characters; no part is broken."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(SEPARATOR) + len(part) <= width:
            lines[-1] += SEPARATOR + part
        else:
            lines.append(part)
    return lines
