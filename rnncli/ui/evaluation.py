"""An evaluation on paper: text tables, JSON, JSON lines."""

import json

from ..json_values import finite
from ..tasks.language.evaluate import line_records, token_records

SCHEMA = 1

COLUMNS = {
    "nats_per_char": ("nats/char", ".4f"),
    "bits_per_char": ("bits/char", ".4f"),
    "perplexity": ("perplexity", ",.3f"),
    "nats_per_token": ("nats/token", ".4f"),
    "tokens": ("tokens", ",d"),
    "characters": ("characters", ",d"),
}
RECORDS = {"lines": line_records, "tokens": token_records}


def render(report, encoder, checks=(), format="text", records=()):
    """Yield the report as lines of "text", "json" or "jsonl", each with its newline.

    records: "lines" and "tokens" for those tables too. JSON never holds NaN or infinity but null.
    """
    yield from {"text": as_text, "json": as_json, "jsonl": as_json_lines}[format](report, encoder, checks, records)


def as_json(report, encoder, checks, records):
    """One JSON object; `lines` and `tokens` lists are added where asked for."""
    document = _summary(report, checks) | {"parts": [_part(report, part) for part in report.parts]}
    for kind in records:
        document[kind] = [
            {"part": part.split.name} | record for part in report.parts for record in RECORDS[kind](part, encoder)
        ]
    yield _json(document, indent=2)


def as_json_lines(report, encoder, checks, records):
    """One JSON object a line, told apart by `record`: line and token, then part for each part, and total, the last."""
    for part in report.parts:
        for kind in records:
            about = {"record": kind.removesuffix("s"), "part": part.split.name}
            yield from (_json(about | record) for record in RECORDS[kind](part, encoder))
        yield _json({"record": "part"} | _part(report, part))
    yield _json({"record": "total"} | _summary(report, checks))


def _summary(report, checks):
    return {
        "schema": SCHEMA,
        "task": "language",
        "metrics": report.metrics(),
        "baselines": report.baselines(),
        "checks": [check.to_dict() for check in checks],
    }


def _part(report, part):
    return {
        "part": part.split.name,
        "where": part.split.where,
        "metrics": report.metrics(part),
        "baselines": report.baselines(part),
    }


def _json(value, indent=None):
    return json.dumps(finite(value), ensure_ascii=False, allow_nan=False, indent=indent) + "\n"


def as_text(report, encoder, checks, records):
    """Tables for people: those of lines and tokens first, then figures of every part and in total, then checks."""
    for part in report.parts:
        for kind in records:
            yield f"{part.split.name}: {kind}\n"
            yield from {"lines": _line_table, "tokens": _token_table}[kind](part, encoder)
            yield "\n"
    several = len(report.parts) > 1
    for part in report.parts:
        yield f"{part.split.name}: {part.split.where}\n"
        yield from _figures(report, report.metrics(part), report.baselines(part)["kneser_ney"])
        yield "\n" if several or checks else ""
    if several:
        yield f"total of {len(report.parts)} parts\n"
        yield from _figures(report, report.metrics(), report.baselines()["kneser_ney"])
        yield "\n" if checks else ""
    if checks:
        yield from check_table(checks)


def _line_table(part, encoder):
    yield f"{'line':>7}  {'nats':>10}  {'chars':>6}  {'bits/char':>9}  text\n"
    for line in line_records(part, encoder):
        chars = "-" if line["chars"] is None else line["chars"]
        bits = "-" if line["bits_per_char"] is None else f"{line['bits_per_char']:.4f}"
        yield f"{line['line']:>7}  {line['nats']:>10.4f}  {chars:>6}  {bits:>9}  {line['text']!r}\n"


def _token_table(part, encoder):
    yield f"{'nats':>9}  token\n"
    for token in token_records(part, encoder):
        yield f"{token['nats']:>9.4f}  {encoder.symbol(token['id'])}\n"


def _figures(report, metrics, kneser_ney):
    """The model, its windows and the baseline, a row each, and a sentence on what is not in the table."""
    rows = {"model": metrics}
    if report.context:
        own = {name: metrics.get(f"context_{name}", metrics[name]) for name in COLUMNS}
        rows[f"model, windows of {report.context}"] = own
    if kneser_ney:
        rows[f"Kneser-Ney, order {report.order}"] = metrics | kneser_ney
    yield from table(
        [
            ["", *(title for title, _ in COLUMNS.values())],
            *([label, *(format(row[name], how) for name, (_, how) in COLUMNS.items())] for label, row in rows.items()),
        ]
    )
    if kneser_ney:
        yield (
            f"skill {kneser_ney['skill_percent']:+.2f} % (share of nats per character saved against Kneser-Ney, "
            f"fitted on {report.fitted_on:,} tokens of the training split)\n"
        )
    if "unknown_share" in metrics:
        yield (
            f"{metrics['unknown_share']:.2%} of the tokens are unknown words; spelling them out makes "
            f"{metrics['spelling_nats_per_char']:.4f} of the nats per character, in every row\n"
        )


def check_table(checks):
    shown = lambda number, how=".6g": "-" if number is None else format(number, how)
    yield from table(
        [
            ["check", "expected", "found", "margin", ""],
            *(
                [
                    check.name,
                    f"{check.sign} {shown(check.expected)}",
                    shown(check.found),
                    shown(check.margin, "+.4g"),
                    "passed" if check.passed else "FAILED",
                ]
                for check in checks
            ),
        ]
    )


def table(rows):
    """Yield rows of texts as lines: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:]))]
        yield "  ".join(cells).rstrip() + "\n"
