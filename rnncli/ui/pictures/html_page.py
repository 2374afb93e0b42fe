"""Findings as one page of HTML that stands alone: no script, nothing from elsewhere, and no markup of a stranger."""

from collections.abc import Iterator, Sequence
from html import escape
from math import isfinite, isnan

from ...errors import ConfigError
from ...laboratory.drawings import Curves, Drawing, Element, Finding, Heat, Histogram, Shaded
from ...tasks.base import Table
from ...tasks.picture_files import plotting
from ...tasks.texts.shown_symbols import visible
from ..drawing.shaded_cells import cells_of
from ..drawing.shades import ONE_SIDED, TWO_SIDED, Ramp, letters_on, shades_of_text
from .inline_svg import inline_svg
from .value_tables import meaning, values_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
WITHOUT = "pip install matplotlib and run the command again to see a picture of the values"
LEVELS = 40  # colours of a ramp
RAMPS = {"two": TWO_SIDED, "one": ONE_SIDED}  # beginnings of the names of their classes
STYLE = """
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1c2127; --soft: #5c6670; --line: #d5dae0; --wash: #f4f6f8 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --ink: #e4e8ec; --soft: #9aa4ae; --line: #353c44; --wash: #1d2228 }
}
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif }
h1 { font-size: 1.6rem; margin: 0 0 1rem } h2 { font-size: 1.25rem; margin: 3rem 0 .75rem; line-height: 1.3 }
h1 + section h2 { margin-top: 1rem } section + section { border-top: 1px solid var(--line) }
p { max-width: 44rem; margin: .75rem 0; overflow-wrap: anywhere }
figure { margin: 1.5rem 0 } figcaption { margin-bottom: .4rem; font-weight: 600; overflow-wrap: anywhere }
svg { display: block; width: 100%; height: auto; color: var(--ink) }
svg text { fill: currentColor } svg * { stroke-linejoin: round; stroke-linecap: butt }
.scroll { overflow-x: auto; margin: 1rem 0 }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .6rem; text-align: right; white-space: pre; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-weight: 600 } .left { text-align: left }
:is(th, td):first-child { padding-left: 0 } tbody tr:hover { background: var(--wash) }
pre { margin: .5rem 0; font: .95rem/1.6 "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; unicode-bidi: isolate; direction: ltr }
.scale { font-size: .85rem; color: var(--soft); font-weight: 400 }
.bar { display: inline-block; width: 10rem; height: .7rem; margin: 0 .5rem; border: 1px solid var(--line) }
"""


def page(findings: Sequence[Finding], whole: bool) -> str:
    """The page of findings: their summaries, or all of them if `whole`."""
    heading = "rnncli inspect: " + ", ".join(each.part for each in findings)
    drawable = can_draw()
    sections = "".join(section(each, whole, drawable) for each in findings)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(heading)}</title>\n<style>{STYLE}{colors()}</style>\n</head>\n"
        f"<body>\n<h1>{shown(heading)}</h1>\n{sections}</body>\n</html>\n"
    )


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    try:
        plotting()
    except ConfigError:
        return False
    return True


def shown(text: str) -> str:
    """`text` on one line, safe in HTML, with visible escapes for what has no sign or turns the writing around."""
    return escape(visible(" ".join(text.split()), True))


def section(finding: Finding, whole: bool, drawable: bool) -> str:
    """A finding under its title."""
    parts = (element(each, drawable) for each in finding.elements(whole))
    return f"<section>\n<h2>{shown(finding.title)}</h2>\n" + "".join(parts) + "</section>\n"


def element(each: Element, drawable: bool) -> str:
    """A sentence, a table or a drawing."""
    if isinstance(each, str):
        return f"<p>{shown(each)}</p>\n"
    return table(each) if isinstance(each, Table) else figure(each, drawable)


def table(each: Table) -> str:
    """A Table, its first row the header."""
    header, *body = (row(cells, each.left, "th" if number == 0 else "td") for number, cells in enumerate(each.rows))
    return f'<div class="scroll"><table>\n<thead>{header}</thead>\n<tbody>{"".join(body)}</tbody>\n</table></div>\n'


def row(cells: Sequence[str], left: int, tag: str) -> str:
    """A row of a table; its first `left` cells are aligned left."""
    places = ((' class="left"' if k < left else "", escape(visible(cell, True))) for k, cell in enumerate(cells))
    return "<tr>" + "".join(f"<{tag}{place}>{text}</{tag}>" for place, text in places) + "</tr>\n"


def figure(drawing: Drawing, drawable: bool) -> str:
    """A drawing under its title: a text as it is, others as a picture, or as their values where there is none."""
    caption = f"<figcaption>{shown(drawing.title)}</figcaption>\n" if drawing.title else ""
    match drawing:
        case Shaded():
            inside = f"{scale(drawing)}<pre>{''.join(symbols(drawing))}</pre>\n"
        case Curves() | Heat() | Histogram() if not drawable:
            inside = f"<p>{shown(f'{meaning(drawing)} ({WITHOUT})'.strip())}</p>\n{table(values_of(drawing))}"
        case _:
            inside = inline_svg(drawing) + "\n"
    return f"<figure>\n{caption}{inside}</figure>\n"


def symbols(drawing: Shaded) -> Iterator[str]:
    """The symbols of a text, each with a value on its colour and with it in a tooltip."""
    shades = shades_of_text(drawing)
    name = name_of(shades.ramp)
    for cell in cells_of(drawing, shades.shares(drawing.values)):
        text, value = escape(cell.text), f"{drawing.values[cell.number]:.4g}"
        if not isnan(cell.share):
            text = f'<span class="{name}{round(cell.share * LEVELS)}" title="{value}">{text}</span>'
        yield f"{text}\n" if cell.ends else text


def scale(drawing: Shaded) -> str:
    """The meaning of the colours."""
    shades = shades_of_text(drawing)
    if not (isfinite(shades.low) and isfinite(shades.high)):
        return f'<div class="scale">{shown(drawing.label)}: no values</div>\n'
    bar = f'<span class="bar {name_of(shades.ramp)}"></span>'
    low, high = shades.texts
    return f'<div class="scale">{shown(drawing.label)}: {low}{bar}{high}</div>\n'


def name_of(ramp: Ramp) -> str:
    return next(name for name, each in RAMPS.items() if each is ramp)


def colors() -> str:
    """The classes of all colours, and of the bars that show them."""
    rules = []
    for name, ramp in RAMPS.items():
        rules.append(f".{name} {{ background: linear-gradient(to right, {', '.join(ramp.colors)}) }}")
        for k in range(LEVELS + 1):
            color = ramp.color(k / LEVELS)
            rules.append(f".{name}{k} {{ background: {color}; color: {letters_on(color)} }}")
    return "\n".join(rules) + "\n"
