"""From records to the figures and the text of the tables."""

from statistics import median, quantiles

from .contest import JAX, OURS, PEAK, SCRIPT, TORCH

NOTHING = "-"


def quartiles(values):
    """(first quartile, median, third quartile)."""
    if len(values) < 2:
        return (values[0],) * 3
    return tuple(quantiles(values, n=4, method="inclusive"))


def best(record, name):
    """The contender of a name with the lowest median over all rounds; None where there is none."""
    found = [each for each in record["contenders"] if each["name"] == name]
    return min(found, key=lambda each: each["median"], default=None)


def ratios(record, name):
    """(q1, median, q3) over the rounds of the time of `name` by our time in the same round: above 1 we are faster."""
    ours, other = best(record, OURS), best(record, name)
    if other is None:
        return None
    return quartiles([theirs / mine for theirs, mine in zip(other["bursts"], ours["bursts"])])


def over_bound(record):
    """Our time by the least possible one, the median over the rounds: products alone, all cores at the peak rate."""
    ours, peak = best(record, OURS), best(record, PEAK)
    if peak is None:
        return None
    return median(mine / (record["flops"] * least) for mine, least in zip(ours["bursts"], peak["bursts"]))


def summary(record):
    """The figures of a record's row, seconds and bytes; None for what was not measured."""
    ours, peak = best(record, OURS), best(record, PEAK)
    row = {
        "name": record["name"],
        "words": record["words"],
        "seconds": ours["median"],
        "memory": ours["memory"],
        "workers": ours["about"].get("workers"),
        "bound": record["flops"] * peak["median"] if peak else None,
        "over_bound": over_bound(record),
    }
    for name in (TORCH, SCRIPT, JAX):
        other, key = best(record, name), name.replace(" ", "_")
        row[key] = other and {
            "seconds": other["median"],
            "memory": other["memory"],
            "setting": other["words"],
            "ratio": dict(zip(("q1", "median", "q3"), ratios(record, name))),
        }
    return row


def contest_table(records):
    """The text of the main table: a row for each workload."""
    head = (
        "",
        "workload",
        "ours",
        "procs",
        "PyTorch",
        "its setting",
        "PyTorch/ours",
        "JAX",
        "JAX/ours",
        "bound",
        "ours/bound",
        "ours MB",
        "PyTorch MB",
    )
    rows = []
    for row in map(summary, records):
        torch, jax = row["torch"] or {}, row["jax"] or {}
        rows.append(
            (
                row["name"],
                row["words"],
                duration(row["seconds"]),
                shown(row["workers"], "{}"),
                duration(torch.get("seconds")),
                torch.get("setting", NOTHING),
                spread(torch.get("ratio")),
                duration(jax.get("seconds")),
                spread(jax.get("ratio")),
                duration(row["bound"]),
                shown(row["over_bound"], "{:.2f}x"),
                megabytes(row["memory"]),
                megabytes(torch.get("memory")),
            )
        )
    return aligned([head, *rows], left=(0, 1, 5))


def settings_table(records):
    """The text of every setting that was timed, those that were tried and dropped too."""
    rows = [("", "contender", "setting", "median", "bursts", "")]
    for record in records:
        for each in record["contenders"] + record["left_out"]:
            if each["name"] != PEAK:
                rows.append(
                    (
                        record["name"],
                        each["name"],
                        each["words"] or NOTHING,
                        duration(each["median"]),
                        str(len(each["bursts"])),
                        "trial alone" if each.get("trial") else "",
                    )
                )
    return aligned(rows, left=(0, 1, 2, 5))


def peak_rate(records):
    """Floating point operations a second of all cores together, the median over all rounds; None if not measured."""
    bursts = [
        burst for record in records for each in record["contenders"] if each["name"] == PEAK for burst in each["bursts"]
    ]
    return 1 / median(bursts) if bursts else None


def duration(seconds):
    """Three digits or four with the unit that suits: 113.9 ms, 19.2 us."""
    if seconds is None:
        return NOTHING
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.{1 if seconds >= 100 * size else 2}f} {unit}"
    return f"{seconds / 1e-6:.1f} us"


def spread(ratio):
    """1.27x [1.25-1.30]: the median and the quartiles."""
    return "{median:.2f}x [{q1:.2f}-{q3:.2f}]".format(**ratio) if ratio else NOTHING


def megabytes(size):
    return shown(size and size / 1e6, "{:.0f}")


def shown(value, pattern):
    return NOTHING if value is None else pattern.format(value)


def aligned(rows, left=(0,)):
    """Lines of columns two spaces apart; columns `left` begin, the others end, at the same place. First row: head."""
    widths = [max(map(len, column)) for column in zip(*rows)]

    def line(row):
        cells = (
            cell.ljust(width) if k in left else cell.rjust(width) for k, (cell, width) in enumerate(zip(row, widths))
        )
        return "  ".join(cells).rstrip()

    rule = ["-" * width for width in widths]
    return "\n".join(map(line, [rows[0], rule, *rows[1:]]))
