"""One contender as a process of its own: gets ready, then a burst of work for each number of seconds it is sent.

Started with a JSON object: maker (a module with `opened(workload, **setting)`, a context manager that gives
(work, about)), workload and setting. `work()` does a little and returns how many units that was. Answers are lines of
JSON on standard output.
"""

import importlib
import json
import os
import sys
import time

from .workloads import Workload

WARM_UP = 3  # pieces of work before the first burst
FEWEST = 3  # measurements of a burst, unless they would make it this much longer than asked for:
LATE = 4


def burst(work, seconds, clock=time.perf_counter):
    """[seconds per unit] of work repeated for so many seconds; the first unit is only a warm-up."""
    times = []
    work()
    start = clock()
    while not times or clock() < start + (seconds if len(times) >= FEWEST else LATE * seconds):
        begun = clock()
        units = work()
        times.append((clock() - begun) / units)
    return times


def serve(given, orders, answer):
    """Answer every order until there are no more."""
    maker, workload = importlib.import_module(given["maker"]), Workload(**given["workload"])
    with maker.opened(workload, **given["setting"]) as (work, about):
        for _ in range(WARM_UP):
            work()
        answer({"about": about})
        for order in orders:
            answer({"times": burst(work, float(order))})


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    serve(json.loads(sys.argv[1]), sys.stdin, lambda record: print(json.dumps(record), file=answers, flush=True))


if __name__ == "__main__":
    main()
