"""What a cell remembers: `python -m benchmarks memory` trains small networks on made problems and prints a table.

Every network is trained by `rnncli train -c memory` on examples of one length, in one process with one thread, and its
best weights by the validation examples are scored by `rnncli eval` on examples that it has not seen. The table goes to
standard output, progress to standard error.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rnncli.data.synthetic.problems import PREFIX, PROBLEMS, asked

from .__main__ import log as tell
from .__main__ import names_of
from .machine import header
from .processes import one_thread, variables
from .table import NOTHING, aligned

COUNT, NEW = 20_000, 2_000  # examples to learn from, of which a twentieth is for validation; others to be scored by
EVERY = 25  # updates between two looks at the validation examples
RATES = {"rnn": 0.002, "rnn/uniform": 0.002}  # of the cells that need another learning rate than the configuration has
STARTS = {  # ways to begin, written after a cell and a slash: settings for a problem of so many steps
    "chrono": lambda steps: {"model.chrono_max": steps},
    "identity": lambda steps: {"model.init": "identity", "optim.lr": 0.001},
    "uniform": lambda steps: {"model.init": "uniform"},
    "forget4": lambda steps: {"model.forget_bias": 4},
}
CELLS = ("lstm", "lstm/chrono", "gru", "gru/chrono", "rnn", "rnn/identity")


@dataclass(frozen=True)
class Measure:
    """How a problem is scored.

    metric: what `eval` calls it; solved: the validation metric and the value at which it is solved; lower: whether
    that one should be low; lengths and updates: as measured without options.
    """

    metric: str
    title: str
    lower: bool
    solved: tuple[str, float]
    lengths: tuple[int, ...]
    updates: int = 1000


RIGHT = Measure("accuracy", "share of right answers", False, ("accuracy", 0.995), (100,))
WORDS = Measure("sentence_accuracy", "share of words right throughout", False, ("accuracy", 0.9999), (50,))
MEASURES = {
    "adding": Measure("rmse", "mean squared error", True, ("rmse", 0.1), (50,)),
    "recall": RIGHT,
    "order": RIGHT,
    "copy": Measure("nats", "nats a step", False, ("accuracy", 0.995), (10,)),
    "anbn": WORDS,
    "dyck": WORDS,
    "reber": WORDS,
}


class TrainingFailed(Exception):
    """A command ended with an error, which stands on standard error."""


def arguments(argv):
    parser = argparse.ArgumentParser(prog="python -m benchmarks memory", description=__doc__)
    parser.add_argument("--problems", type=names_of(MEASURES), default=list(MEASURES), metavar="adding,recall")
    parser.add_argument(
        "--cells",
        type=lambda text: text.split(","),
        default=list(CELLS),
        metavar="lstm,gru/chrono",
        help=f"cells, each with a way to begin after a slash: {', '.join(STARTS)}; others begin as the configuration",
    )
    parser.add_argument("--lengths", type=numbers, metavar="50,100", help="instead of those of each problem")
    parser.add_argument("--seeds", type=numbers, default=[1, 2, 3], metavar="1,2,3")
    parser.add_argument("--updates", type=int, metavar="N", help="of each network, instead of those of each problem")
    parser.add_argument("--count", type=int, default=COUNT, metavar="N", help=f"examples to learn from ({COUNT:,})")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of every network")
    parser.add_argument("--json", metavar="FILE", help="write all measurements to this file")
    options = parser.parse_args(argv)
    for cell in options.cells:
        if cell.partition("/")[2] not in ("", *STARTS):
            parser.error(f"--cells {cell}: known after the slash: {', '.join(STARTS)}")
    return options


def numbers(text):
    return [int(number) for number in text.split(",") if number]


def network(problem, length, cell, seed, options):
    """{"score", "longer": of new examples; "solved": updates until then, or None; "seconds": of the processor}.

    longer: of words, of those from one step longer than the limit up to twice as long.
    """
    measure = MEASURES[problem]
    data, updates = f"{problem}:{length}:{options.count}", options.updates or measure.updates
    sets = [*settings(problem, length, cell), *options.set]
    with TemporaryDirectory(prefix="rnncli-memory-") as folder:
        run, before = str(Path(folder, "run")), processor_seconds()
        looks = train(data, cell.partition("/")[0], seed, sets, run, updates)
        found = {"seconds": processor_seconds() - before, "longer": None}
        found["score"] = score(run, f"{problem}:{length}:{NEW}", measure)
        if PROBLEMS[problem].shortest is not None:
            found["longer"] = score(run, f"{problem}:{length + PROBLEMS[problem].stride}-{2 * length}:{NEW}", measure)
    metric, limit = measure.solved
    good = [look["step"] for look in looks if (look[metric] <= limit if measure.lower else look[metric] >= limit)]
    return found | {"solved": min(good, default=None)}


def settings(problem, length, cell):
    """The settings, as texts KEY=VALUE, with which a cell begins and learns, beside those of the configuration."""
    begin = cell.partition("/")[2]
    longest = asked(f"{PREFIX}{problem}:{length}-{length}:1").make()[0][0]
    given = {"optim.lr": RATES[cell]} if cell in RATES else {}
    given |= STARTS[begin](len(longest)) if begin else {}
    return [f"{key}={value}" for key, value in given.items()]


def processor_seconds():
    """Of all commands so far."""
    spent = os.times()
    return spent.children_user + spent.children_system


def train(data, cell, seed, sets, run, updates):
    """A record of each look of a run at its validation examples."""
    command = ["train", "--synthetic", data, "-c", "memory", "--cell", cell, "--seed", str(seed), "-o", run]
    command += ["--max-steps", str(updates), "--eval-every", str(EVERY), "--workers", "1", "--progress", "jsonl"]
    lines = rnncli(*command, *(part for each in sets for part in ("--set", each))).stderr.splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    return [event for event in events if event["event"] == "eval_done"]


def score(run, data, measure):
    """The metric of a run for made examples; of an error its square."""
    done = rnncli("eval", run, PREFIX + data, "--no-baseline", "--format", "json", "--progress", "none")
    found = json.loads(done.stdout)["metrics"][measure.metric]
    return found**2 if measure.metric == "rmse" else found


def rnncli(*command):
    """The CompletedProcess of a command of this source tree; raises TrainingFailed."""
    done = subprocess.run(
        [sys.executable, "-m", "rnncli", *command], capture_output=True, text=True, env=variables(one_thread())
    )
    if done.returncode:
        raise TrainingFailed(f"rnncli {' '.join(command)} ended with {done.returncode}\n{done.stderr[-2000:]}")
    return done


def without_memory(problem, length):
    """The score of the best guess without memory: of words, the share of new ones that are right throughout where each
    symbol has the answer that it has most often in the examples to learn from; of the others, by a formula."""
    if problem not in ("anbn", "dyck", "reber"):
        return {"adding": 1 / 6, "recall": 1 / 8, "order": 1 / 4, "copy": 10 * log(8) / (length + 20)}[problem]
    counts = defaultdict(Counter)
    for source, answer in zip(*asked(f"{PREFIX}{problem}:{length}:{COUNT}").make()):
        for symbol, own in zip(source, answer):
            counts[symbol][own] += 1
    usual = {symbol: own.most_common(1)[0][0] for symbol, own in counts.items()}
    new = list(zip(*asked(f"{PREFIX}{problem}:{length}:{NEW}").make()))
    return sum(tuple(usual[symbol] for symbol in source) == answer for source, answer in new) / len(new)


def measured(options):
    """A record for each problem, length and cell, with what every seed gave."""
    for problem in options.problems:
        for length in options.lengths or MEASURES[problem].lengths:
            for cell in options.cells:
                runs = []
                for seed in options.seeds:
                    runs.append(network(problem, length, cell, seed, options))
                    tell(f"{problem} {length} {cell}, seed {seed}: {runs[-1]}")
                updates = options.updates or MEASURES[problem].updates
                nothing = without_memory(problem, length)
                record = {"problem": problem, "length": length, "cell": cell, "updates": updates, "nothing": nothing}
                yield record | {"seeds": options.seeds, "runs": runs}


def table(records):
    """The text of the records of one problem, a row for each length and cell."""
    head = ["length", "cell", "updates", "median (least - greatest)", "solved", "after", "seconds", "longer words"]
    rows = [head, *map(row, records)]
    if all(cells[-1] == NOTHING for cells in rows[1:]):
        rows = [cells[:-1] for cells in rows]
    return aligned(rows, left=(1,))


def row(record):
    runs = record["runs"]
    solved = [each["solved"] for each in runs if each["solved"]]
    return [
        str(record["length"]),
        record["cell"],
        f"{record['updates']:,}",
        spread([each["score"] for each in runs]),
        f"{len(solved)} of {len(runs)}",
        spread(solved, ",.0f"),
        f"{median(each['seconds'] for each in runs):.0f}",
        spread([each["longer"] for each in runs if each["longer"] is not None]),
    ]


def spread(values, how=".4f"):
    """0.0021 (0.0018 - 0.0030): the median, the least and the greatest."""
    if not values:
        return NOTHING
    return f"{format(median(values), how)} ({format(min(values), how)} - {format(max(values), how)})"


def report(records):
    """The tables as text."""
    parts = []
    for problem in dict.fromkeys(record["problem"] for record in records):
        own, measure = [each for each in records if each["problem"] == problem], MEASURES[problem]
        nothing = {each["length"]: f"{each['nothing']:.4f} at {each['length']}" for each in own}
        metric, least = measure.solved
        parts.append(
            f"{problem}: {measure.title} on {NEW:,} new examples; without memory {', '.join(nothing.values())}; "
            f"solved: validation {metric} {least} or {'less' if measure.lower else 'more'}\n\n{table(own)}"
        )
    return "\n\n".join(parts) + "\n"


def main(argv=None):
    """Measure and report; returns the exit code."""
    argv = list(sys.argv[1:] if argv is None else argv)
    options = arguments(argv)
    try:
        records = list(measured(options))
    except TrainingFailed as error:
        tell(f"error: {error}")
        return 1
    print(report(records), end="")
    if options.json:
        about = header(["memory", *argv], {})
        Path(options.json).write_text(json.dumps({"header": about, "records": records}, indent=1) + "\n")
    return 0
