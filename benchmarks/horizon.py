"""How far back networks learn to look: `python -m benchmarks horizon` trains the networks of `inspect --demo
memory-horizon` on recall over every lag, and prints the table that the demonstration stores.

Every network is trained as in `python -m benchmarks memory`. The networks and lags are those of
configs/lab/memory-horizon.yaml. The table goes to standard output, progress to standard error; it takes twenty minutes.
"""

import argparse
import sys
from statistics import median

from rnncli.laboratory.demos.horizon_table import FILE, Measured, written_table
from rnncli.laboratory.demos.memory_horizon import Numbers
from rnncli.laboratory.demos.numbers import LAB, read_numbers
from rnncli.resources import folder

from . import memory
from .__main__ import log as tell

PROBLEM = "recall"


def arguments(argv):
    parser = argparse.ArgumentParser(prog="python -m benchmarks horizon", description=__doc__)
    parser.add_argument("--networks", type=lambda text: text.split(","), metavar="rnn,lstm/chrono")
    parser.add_argument("--lags", type=memory.numbers, metavar="5,10")
    parser.add_argument("--seeds", type=memory.numbers, default=[1, 2, 3, 4, 5], metavar="1,2,3")
    parser.add_argument("--updates", type=int, metavar="N", help="of each network")
    parser.add_argument("--write", action="store_true", help=f"put the table into configs/{LAB}/{FILE}")
    return parser.parse_args(argv)


def measured(options):
    """A Measured for each network and lag."""
    numbers = read_numbers("memory-horizon", Numbers)
    given = memory.arguments(["--updates", str(options.updates)] if options.updates else [])
    for name in options.networks or numbers.networks:
        for lag in options.lags or numbers.lags:
            runs = []
            for seed in options.seeds:
                runs.append(memory.network(PROBLEM, lag + 1, name, seed, given)["solved"])
                tell(f"{name}, lag {lag}, seed {seed}: {runs[-1] and f'solved after {runs[-1]} updates'}")
            yield summed_up(name, lag, runs)


def summed_up(name, lag, runs):
    """The Measured of runs, for each the updates until it was solved, or None."""
    solved = [updates for updates in runs if updates]
    return Measured(name, lag, len(runs), len(solved), median(solved) if solved else None)


def main(argv=None):
    """Measure and print; returns the exit code."""
    options = arguments(argv)
    try:
        text = written_table(measured(options))
    except memory.TrainingFailed as error:
        tell(f"error: {error}")
        return 1
    print(text, end="")
    if options.write:
        (folder("configs") / LAB / FILE).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
