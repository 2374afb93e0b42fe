"""How time and memory grow: with the sizes of the network and of the batch, and with the length of the text."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from .contest import OURS, TORCH, contest
from .ours import settings
from .processes import peak_memory, variables
from .table import aligned, best, duration, megabytes, ratios, shown
from .workloads import WORKLOADS, Workload, a_text

BASE = Workload("", "train", "lstm", 1, 128, 32, 64)
AXES = {"hidden": (32, 64, 128, 256, 512), "T": (16, 64, 256, 1024), "N": (1, 4, 16, 64, 256), "layers": (1, 2, 4)}
LETTERS = {"hidden": "H", "layers": "L"}
STREAMS = (1, 8, 64)  # of generation
ROUNDS, SECONDS = 3, 0.5  # for each point
SIZES = (1, 10, 100)  # megabytes of text
BLOCK = 1_000_000
STEPS, MORE = 3, 5  # that are timed; after which memory is looked at


def points():
    """[(axis, value, Workload)]: one size at a time away from the base, and generation of many streams."""
    found = [
        (LETTERS.get(axis, axis), value, replace(BASE, name=f"{LETTERS.get(axis, axis)}={value}", **{axis: value}))
        for axis, values in AXES.items()
        for value in values
    ]
    return found + [("streams", N, Workload(f"streams={N}", "generate", "lstm", 2, 128, N)) for N in STREAMS]


def curves(peers_of, workers, cores, log):
    """A record for each point; PyTorch beside ours where peers_of(workload) has it."""
    records = []
    for axis, value, workload in points():
        log(f"growth {workload.name}")
        peers = [peer for peer in peers_of(workload) if peer.name == TORCH]
        records.append(contest(workload, peers, ROUNDS, SECONDS, workers, cores, log) | {"axis": axis, "value": value})
    return records


def curves_table(records):
    """Time per token and memory against each size."""
    head = ("", "N x T", "ours/token", "PyTorch/token", "PyTorch/ours", "ours MB", "of it planned MB", "PyTorch MB")
    rows = []
    for record in records:
        ours, torch, ratio = best(record, OURS), best(record, TORCH), ratios(record, TORCH)
        rows.append(
            (
                record["name"],
                str(record["tokens"]),
                duration(ours["median"] / record["tokens"]),
                duration(torch and torch["median"] / record["tokens"]),
                shown(ratio and ratio[1], "{:.2f}x"),
                megabytes(ours["memory"]),
                megabytes(ours["about"].get("planned")),
                megabytes(torch and torch["memory"]),
            )
        )
    return aligned([head, *rows])


def starts(sizes, log):
    """How long `rnncli train` on W1 takes to its first and third step, and its memory, for texts of so many megabytes:
    with no cached tokens, then with those of the time before."""
    block, records = a_text(BLOCK).encode(), []
    with TemporaryDirectory(prefix="rnncli-bench-") as folder:
        for size in sizes:
            log(f"start with {size} MB")
            text = Path(folder, "text.txt")
            with open(text, "wb") as file:
                for _ in range(size):
                    file.write(block)
            for cache in ("cold", "warm"):
                records.append({"megabytes": size, "cache": cache} | start(text, Path(folder), cache))
    return records


def start(text, folder, name):
    """{"first", "third": seconds from the start of the process, "memory": bytes} of one run; deletes nothing."""
    given = settings(WORKLOADS["W1"], "auto") | {"train.max_steps": STEPS + MORE}
    output = folder / f"{text.stat().st_size}-{name}"
    command = [
        sys.executable,
        "-m",
        "rnncli",
        "train",
        str(text),
        "-o",
        str(output),
        "--progress",
        "jsonl",
        *(part for key, value in given.items() for part in ("--set", f"{key}={value}")),
    ]
    environment = variables({"RNNCLI_CACHE": str(folder / "cache")})
    begun, seconds, memory = time.perf_counter(), [], 0
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        for line in process.stderr:
            if line.startswith("{") and json.loads(line)["event"] == "step_done":
                seconds.append(time.perf_counter() - begun)
                if len(seconds) >= STEPS:  # not before: looking takes time
                    memory = max(memory, peak_memory([process.pid]) or 0)
    if process.returncode or len(seconds) != STEPS + MORE:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return {"first": seconds[0], "third": seconds[STEPS - 1], "memory": memory}


def starts_table(records):
    head = ("text MB", "cache", "first step", "third step", "peak MB")
    return aligned(
        [
            head,
            *(
                (
                    str(each["megabytes"]),
                    each["cache"],
                    duration(each["first"]),
                    duration(each["third"]),
                    megabytes(each["memory"]),
                )
                for each in records
            ),
        ],
        left=(1,),
    )
