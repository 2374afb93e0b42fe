"""Events on a terminal: a progress bar with permanent lines above it, and a panel of gradients below it."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.segment import ControlType, Segment, Segments
from rich.table import Table
from rich.text import Text

from ..events import EvalDone, GradientByLag, PastNorms, RunFinished, RunStarted, StepDone
from ..phrases import duration, percent, safe_text
from ..tasks.base import Sample
from .event_lines import evaluation_line, figures, validation
from .gradient_norms import norms_lines
from .lines import LinesReporter
from .live_gradients import LiveGradients
from .meter import Meter

REFRESH = 0.25  # seconds between updates of the bar
FRAME = 4  # characters of a line that the frame of a panel takes
BORDERS = 2  # lines that it takes
WIDEST = 100  # characters of the panel of gradients
ABOVE = 4  # lines of the terminal left to what is printed above the bar
SEPARATOR = "  "  # between the figures of a line
SYNCHRONIZED = ("\x1b[?2026h", "\x1b[?2026l")  # begin, end
STYLES = {"plain": "", "best": "bold green", "warning": "yellow", "command": "cyan"}


class SteadyLive(Live):
    """A Live whose frames never flicker: a terminal is asked to show each only when it is complete (synchronized
    output, private mode 2026, which other terminals ignore)."""

    def process_renderables(self, renderables: Any) -> Any:
        codes = (Segments([Segment(code, control=[(ControlType.BELL,)])]) for code in SYNCHRONIZED)
        begin, end = codes
        return [begin, *super().process_renderables(renderables), end]


class BarReporter(LinesReporter):
    """A Sink that draws with Rich on `console`; it reads no input and restores the terminal at the end."""

    def __init__(self, console: Any, norms: bool = False, clock: Callable[[], float] = time.monotonic):
        super().__init__(console.file, norms, clock)
        self.console, self.status = console, Status()
        # Standard output is data: Rich must not draw it above the bar on standard error.
        self.live = SteadyLive(
            self.status, console=console, refresh_per_second=1 / REFRESH, transient=True, redirect_stdout=False
        )

    def __enter__(self) -> "BarReporter":
        self.live.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.live.stop()
        self.leave_gradients()

    def say(self, lines: Iterable[str], kind: str = "plain") -> None:
        for line in lines:
            self.console.print(Text(safe_text(line), style=STYLES[kind]), soft_wrap=kind == "command")

    def show_start(self, event: RunStarted) -> None:
        self.status.doing = ""
        super().show_start(event)

    def show_step(self, event: StepDone) -> None:
        if event.norms:
            self.show_norms(event)
        if self.clock() - self.shown_at >= REFRESH or event is self.meter.first:
            self.shown_at = self.clock()
            self.status.follow(self.meter)

    def show_norms(self, event: StepDone) -> None:
        if self.followed:
            self.follow(event)
        if self.norms:
            self.say([f"gradient norms at step {event.step:,}", *norms_lines(event, self.console.width)])

    def follow(self, event: PastNorms | StepDone | GradientByLag) -> None:
        super().follow(event)
        self.status.gradients = self.gradients

    def show_lags(self) -> None:
        """They are in the panel."""

    def show_end(self, event: RunFinished) -> None:
        self.leave_gradients()
        super().show_end(event)

    def leave_gradients(self) -> None:
        """Print the last state of the panel for good, in place of the panel."""
        last, self.gradients = self.gradients, LiveGradients()
        self.status.gradients = self.gradients
        for panel in gradients_panel(last, self.console, None):
            self.console.print(panel)

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
    """The bar and its figures, and the gradients below. The training thread replaces whole values, so that the drawing
    thread never sees a partial one."""

    def __init__(self):
        self.doing, self.validation, self.label = "", "", ""
        self.fraction: float | None = None
        self.parts: tuple[str, ...] = ()
        self.gradients = LiveGradients()

    def follow(self, meter: Meter) -> None:
        """Show the current position of training."""
        step, total = meter.latest, meter.started.total_steps
        left = [f"{duration(meter.seconds_left)} left"] if meter.seconds_left is not None else []
        of = f"/{total:,}" if total is not None else ""
        self.label = "  ".join([percent(step.fraction), f"step {step.step:,}{of}", *left])
        self.parts = figures(meter)
        self.fraction = step.fraction

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        lines = ABOVE + bool(self.doing)
        if self.fraction is not None:
            grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
            grid.add_column(ratio=1)
            grid.add_column(no_wrap=True)
            grid.add_row(ProgressBar(total=1.0, completed=self.fraction), self.label)
            yield grid
            parts = packed((*self.parts, self.validation) if self.validation else self.parts, options.max_width)
            yield from (Text(line, no_wrap=True) for line in parts)
            lines += 1 + len(parts)
        if self.doing:
            yield Text(self.doing, style="yellow")
        yield from gradients_panel(self.gradients, console, options.size.height - lines)


def gradients_panel(gradients: LiveGradients, console: Any, height: int | None) -> Iterator[Panel]:
    """The panel of LiveGradients in at most `height` lines, None for as many as it takes; none without any content."""
    width, color = min(console.width, WIDEST), bool(console.color_system)
    inside = None if height is None else height - BORDERS
    if lines := gradients.lines(width - FRAME, inside, not console.options.ascii_only, color):
        text = Text.from_ansi("\n".join(lines), no_wrap=True)
        yield Panel(text, title="gradients", title_align="left", border_style="dim", width=width)


def packed(parts: Sequence[str], width: int) -> list[str]:
    """The parts in the fewest lines of `width` characters; no part is broken."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(SEPARATOR) + len(part) <= width:
            lines[-1] += SEPARATOR + part
        else:
            lines.append(part)
    return lines
