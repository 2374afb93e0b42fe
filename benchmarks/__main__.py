"""`python -m benchmarks`: the table on standard output, progress on standard error."""

import argparse
import json
import platform
import sys
from importlib.util import find_spec
from pathlib import Path

from . import growth
from .contest import contest, peers_of
from .machine import cores, header
from .processes import ContenderFailed
from .table import contest_table, peak_rate, settings_table, summary
from .workloads import WORKLOADS

SCHEMA = 1
PEERS = ("torch", "jax")
RESULTS = Path(__file__).with_name("RESULTS.md")
HEADING = "# Results\n\nThe newest first, each with the command that measured it.\n"
LEGEND = """\
Times: the median over the rounds of the median of a burst; a step of training, or a token of generation.
A/ours: the time of A by ours in the same round, the median over the rounds [quartiles]; above 1 ours is faster.
bound: the matrix products alone at the rate that NumPy's BLAS reached on all cores in this run, {peak}.
MB: the largest resident memory of all processes of a contender, summed; what they share counts once."""


def arguments(argv):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", type=names_of(WORKLOADS), default=list(WORKLOADS), metavar="W1,W2", help="only these workloads"
    )
    parser.add_argument(
        "--peers",
        type=names_of(PEERS),
        default=list(PEERS),
        metavar="torch,jax",
        help="only these libraries; an empty text for none",
    )
    parser.add_argument("--rounds", type=int, default=9, metavar="N", help="bursts of every contender (default 9)")
    parser.add_argument(
        "--seconds", type=float, default=2.0, metavar="S", help="length of a burst, at least (default 2)"
    )
    parser.add_argument("--workers", default="auto", metavar="N|auto", help="processes of ours (default auto)")
    parser.add_argument("--compile", action="store_true", help="torch.compile among PyTorch's settings: slow to start")
    parser.add_argument("--growth", action="store_true", help="growth curves and start-up too")
    parser.add_argument(
        "--file-sizes",
        type=lambda text: [int(size) for size in text.split(",") if size],
        default=list(growth.SIZES),
        metavar="MB,MB",
        help="sizes of the texts for start-up",
    )
    parser.add_argument("--json", metavar="FILE", help="write all measurements to this file")
    parser.add_argument("--write", action="store_true", help=f"put the tables first in {RESULTS.name} of this package")
    options = parser.parse_args(argv)
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds must be at least 1 and --seconds above 0")
    return options


def names_of(known):
    """A parser of comma-separated names, all of them in `known`."""

    def read(text):
        names = [name for name in text.split(",") if name]
        unknown = [name for name in names if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
        return names

    return read


def installed(names):
    """The installed peers; the missing ones are reported."""
    missing = [name for name in names if find_spec(name) is None]
    for name in missing:
        log(f"{name} is not installed here: its column stays empty (pip install -e '.[bench]')")
    return [name for name in names if name not in missing]


def log(line):
    print(line, file=sys.stderr, flush=True)


def measured(options):
    """All requested measurements as plain data, without the header."""
    names = installed(options.peers)

    def found(workload):
        return peers_of(workload, names, cores(), options.compile)

    records, curves, starts = [], [], []
    for name in options.only:
        workload = WORKLOADS[name]
        log(f"{name}: {workload.words}")
        records.append(
            contest(workload, found(workload), options.rounds, options.seconds, options.workers, cores(), log)
        )
        log(contest_table(records[-1:]))
    if options.growth:
        curves = growth.curves(found, options.workers, cores(), log)
        starts = growth.starts(options.file_sizes, log)
    return {"workloads": records, "growth": curves, "start": starts}


def versions(data):
    """{library: version} of every contender."""
    found = {"python": platform.python_version()}
    for record in data["workloads"] + data["growth"]:
        for each in record["contenders"]:
            found |= {name: value for name, value in each["about"].items() if isinstance(value, str)}
    return found


def report(data):
    """The tables as text, under the header."""
    parts, peak = ["\n".join(f"{name + ':':9} {text}" for name, text in data["header"].items())], None
    if data["workloads"]:
        peak = peak_rate(data["workloads"])
        parts += [
            contest_table(data["workloads"]),
            LEGEND.format(peak=f"{peak / 1e9:.0f} GFLOP/s" if peak else "not measured"),
            "Every setting\n\n" + settings_table(data["workloads"]),
        ]
    if data["growth"]:
        parts.append(
            f"Growth, from {growth.BASE.words}; streams: generation, LSTM 2x128\n\n"
            + growth.curves_table(data["growth"])
        )
    if data["start"]:
        parts.append("From the start of the process, W1\n\n" + growth.starts_table(data["start"]))
    return "\n\n".join(parts) + "\n"


def main(argv=None):
    """Measure and report; returns the exit code."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv[:1] == ["memory"]:
        from . import memory

        return memory.main(argv[1:])
    if argv[:1] == ["horizon"]:
        from . import horizon

        return horizon.main(argv[1:])
    options = arguments(argv)
    try:
        data = measured(options)
    except ContenderFailed as error:
        log(f"error: {error}")
        return 1
    data = {
        "schema": SCHEMA,
        "header": header(argv, versions(data)),
        "summary": [summary(record) for record in data["workloads"]],
        **data,
    }
    text = report(data)
    print(text, end="")
    if options.json:
        Path(options.json).write_text(json.dumps(data, indent=1, allow_nan=False) + "\n")
    if options.write:
        keep(RESULTS, text)
    return 0


def keep(path, text):
    """Put the tables before those of earlier runs."""
    earlier = path.read_text().removeprefix(HEADING) if path.exists() else ""
    path.write_text(f"{HEADING}\n```\n{text}```\n{earlier}")


if __name__ == "__main__":
    sys.exit(main())
