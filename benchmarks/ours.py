"""The work of `rnncli train` and `rnncli generate`, in pieces that can be timed.

Training is the generator of `rnncli.training.loop` on a prepared run in a run folder, its log and its checkpoints
included, every event drawn as `--progress lines` does; a unit of work is what lies between two StepDone. It has no
evaluations, which no peer does here, and no dropout. Generation is `rnncli.tasks.language.generate.write_texts` on a
model file.
"""

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from .workloads import ALPHABET, CLIP_NORM, RATE, TEMPERATURE, V, a_text

NEVER = 10**9
CHARACTERS = 1_000_000  # of the text, or as many as 20 batches need
TOGETHER = 100  # tokens of one measurement


@contextmanager
def opened(workload, workers="auto"):
    """(work, about) of a run in a folder of its own, which is then deleted."""
    with TemporaryDirectory(prefix="rnncli-bench-") as folder:
        made = _training if workload.kind == "train" else _generation
        with made(workload, Path(folder), workers) as (work, about):
            yield work, about


def settings(workload, workers):
    """{full name of a setting: value} of a run of the workload."""
    return {
        "seed": 1,
        "data.val_frac": 0.0,
        "model.cell": workload.cell,
        "model.hidden_size": workload.hidden,
        "model.num_layers": workload.layers,
        "model.embedding_size": 0,
        "model.dropout": 0.0,
        "optim.optimizer": "adam",
        "optim.lr": RATE,
        "optim.clip_norm": CLIP_NORM,
        "train.seq_length": workload.T,
        "train.batch_size": workload.N,
        "train.max_steps": NEVER,
        "train.eval_every": NEVER,
        "train.workers": str(workers),
    }


def _prepared(workload, folder, workers):
    """A Run of the workload in `folder`, on a text of the right alphabet."""
    from rnncli.config import read_settings
    from rnncli.training.run import prepare

    text, size = folder / "text.txt", max(CHARACTERS, 20 * workload.tokens)
    text.write_text(a_text(size), newline="\n")
    config = read_settings(overrides={"data.files": [str(text)]} | settings(workload, workers))
    run = prepare(config, folder / "run")
    if (run.batches.T, run.batches.N, run.task.encoder.size) != (workload.T, workload.N, V):
        raise ValueError(f"{workload.words}: got T {run.batches.T}, N {run.batches.N}")
    return run


@contextmanager
def _training(workload, folder, workers):
    from rnncli.events import StepDone
    from rnncli.storage.log_sink import LogSink
    from rnncli.training.loop import train
    from rnncli.ui.lines import LinesReporter
    from rnncli.ui.sinks import Sinks

    with _prepared(workload, folder, workers) as run, open(os.devnull, "w") as nowhere:
        sinks, events = Sinks(LinesReporter(nowhere), LogSink(run.folder)), train(run)

        def work():
            for event in events:
                sinks.handle(event)
                if isinstance(event, StepDone):
                    return 1
            raise RuntimeError("training has ended")

        yield work, about() | {"workers": run.workers, "planned": run.nbytes, "parameters": run.trainer.store.size}


@contextmanager
def _generation(workload, folder, workers):
    from rnncli.generation.sampling import Sampling
    from rnncli.storage.model_files import load_model
    from rnncli.tasks.language.generate import write_texts

    with _prepared(workload, folder, 1) as run:
        run.save_model()
    loaded, sampling = load_model(folder / "run"), Sampling(temperature=TEMPERATURE)
    several = {"length": 0} if workload.N == 1 else {"length": NEVER, "num_samples": workload.N}
    pieces = write_texts(loaded, prompt=ALPHABET[0], sampling=sampling, seed=1, **several)

    def work():
        tokens = 0
        for piece in pieces:
            tokens += len(piece.text)
            if tokens >= TOGETHER * workload.N:
                return tokens
        raise RuntimeError("generation has ended")

    yield work, about()


def about():
    """Versions."""
    import numpy

    import rnncli

    return {"rnncli": rnncli.__version__, "numpy": numpy.__version__}
