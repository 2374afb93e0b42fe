"""Model files that are cut off, have a bit flipped, or are whole and sealed but malformed: all are refused."""

import resource
import time
from collections.abc import Iterator
from pathlib import Path

from rnncli.errors import ModelFileError
from rnncli.storage.checkpoint import load

from .commands import Commands
from .malformed import Mutation, mutations
from .rows import Plan, Row, unsound
from .small_runs import parts_of
from .trainings import Training, Wholes, trainings

REFUSED = 4  # the exit code of a model file that is not accepted
LONGEST = 5.0  # seconds that a malformed file may take, on a busy machine
OF_EACH = 6  # files are made of a model, at least
SPREAD = 2  # of several mutations in a row only each so-many-th, in the long form; all of those that are certain


def truncations(plan: Plan, row: Row) -> None:
    """Each length shorter than the file, or `plan.count` of them."""
    for name, data in _files(plan):
        lengths = range(len(data))
        for length in plan.in_time(plan.draw.sample(lengths, min(plan.count, len(lengths)))):
            _refuse(plan, row, f"{name}, cut to {length:,} bytes", data[:length])


def header_bits(plan: Plan, row: Row) -> None:
    """Each bit of the header flipped, or `plan.count` of them."""
    for name, data in _files(plan):
        bits = range(8 * _header(data))
        for bit in plan.in_time(plan.draw.sample(bits, min(plan.count, len(bits)))):
            _refuse(plan, row, f"{name}, bit {bit:,} of the header", _flipped(data, bit))


def data_bits(plan: Plan, row: Row) -> None:
    """`plan.count` bits of the tensors flipped, one at a time."""
    for name, data in _files(plan):
        begin = 8 * _header(data)
        for bit in plan.in_time(plan.draw.sample(range(begin, 8 * len(data)), plan.count)):
            _refuse(plan, row, f"{name}, bit {bit:,}", _flipped(data, bit))


def _files(plan: Plan) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of a finished model and of a checkpoint, which holds the optimizer too."""
    training = next(trainings(workers=(1,)))
    with Commands() as commands:
        run = Wholes(commands, plan.folder)[training]
    for file in (run / "model.safetensors", *sorted(run.glob("checkpoints/*"))[-1:]):
        yield file.name, file.read_bytes()


def _header(data: bytes) -> int:
    return 8 + int.from_bytes(data[:8], "little")


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _refuse(plan: Plan, row: Row, case: str, data: bytes) -> None:
    """Judge a case in this process: reading a damaged file must raise a ModelFileError, and nothing else."""
    path, begun, problems = plan.folder / "damaged.safetensors", time.perf_counter(), []
    path.write_bytes(data)
    try:
        load(path)
        problems.append("accepted")
    except ModelFileError:
        pass
    except Exception as error:  # whatever it is, it is what we look for
        problems.append(f"{type(error).__name__}: {error}")
    row.worst = max(row.worst, time.perf_counter() - begun)
    row.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    row.judge(case, problems)


def malformed_models(plan: Plan, row: Row) -> None:
    """Models of every task with one place of their description, one tensor or their header malformed, then sealed."""
    several = plan.few(trainings(workers=(1,)), OF_EACH)
    share, accepted = -(-plan.count // len(several)), 0
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for training in plan.in_time(several):
            run = wholes[training]
            every = list(mutations(*parts_of(run / "model.safetensors"), every=SPREAD))
            for mutation in plan.in_time(plan.draw.sample(every, min(share, len(every)))):
                (run / "model.safetensors").write_bytes(mutation.data)
                accepted += _judge(row, commands, training, mutation, run.parent)
    row.remark = f"{accepted:,} harmless and accepted"


def _judge(row: Row, commands: Commands, training: Training, mutation: Mutation, folder: Path) -> bool:
    """Judge `generate` with a malformed model; returns whether it accepted the model."""
    ended = commands.run(training.generation, folder, limit=2 * LONGEST)
    row.take(ended)
    problems = unsound(ended)
    if mutation.certain and ended.code != REFUSED:
        problems.append(f"ended with {ended.code}, not with {REFUSED}")
    if ended.seconds > LONGEST:
        problems.append(f"took {ended.seconds:.1f} s")
    row.judge(f"{training.name}: {mutation.name}", problems)
    return not ended.code
