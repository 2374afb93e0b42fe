"""Counting vowels: a sequence in, a number out, told by the last state of a recurrent layer."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from rnncli.config import load_config
from rnncli.data.text.encoders import CharEncoder, encoder_from_dict
from rnncli.gradcheck import cases, models
from rnncli.nn.building import recurrent_layers
from rnncli.nn.compose import Stack
from rnncli.nn.dense import Dense
from rnncli.nn.headed import Headed
from rnncli.nn.memory import Memory
from rnncli.nn.model import Part
from rnncli.random_streams import stream
from rnncli.tasks.base import Evaluator, Example, Report, Task
from toy_task.kind import VOWELS


@dataclass(frozen=True)
class Counter(Headed):
    """ids (T, N) -> layer -> the last output (N, H) -> counts (N, 1); L = sum of w (count - y)^2 / 2."""

    body: Stack
    head: Dense

    def batch(self, size, N):
        once = Part((N, 1), "f4", rows=0, length=None)
        return {"ids": Part((*size, N), np.intp), "mask": Part((*size, N), "?"), "counts": once, "weight": once}

    def plan(self, size, N, memory):
        zeros, dy = self.body.initial_state(N, memory), memory(*size, N, self.head.H, training=True)
        body, head = self.body.plan(*size, N, memory), self.head.plan(1, N, memory)
        return SimpleNamespace(body=body, head=head, zeros=zeros, dy=dy, scores=None)

    def loss(self, batch, s0, plan):
        _, sT = self.body.forward(batch.ids, s0, plan.body, batch.mask)
        plan.scores = self.head.forward(sT[0][0][None], plan.head)
        plan.counts = plan.scores.copy()
        plan.scores[...] = (plan.counts - batch.counts) * batch.weight
        return 0.5 * (plan.scores * (plan.counts - batch.counts)).sum().item(), sT

    def backward(self, g, dscores, dsT, plan):
        dh = self.head.backward(g["head"], dscores, plan.head)[0]
        for array in (plan.dy, *plan.zeros[0]):
            array.fill(0)
        last, *others = (dsT or plan.zeros)[0]
        return self.body.backward(g, plan.dy, ((last + dh, *others),), plan.body)[1]


class Lines:
    """Batches of lines, N at a time; the last is filled up with rows of weight 0."""

    notes = ()

    def __init__(self, lines, encoder, config):
        self.lines, self.encoder, self.letters, self.seed = lines, encoder, config.vowels.letters, config.seed
        self.N, self.T = min(config.train.batch_size, len(lines)), max(map(len, lines))
        self.sizes = ((self.T,),)

    def batches(self, number):
        return -(-len(self.lines) // self.N)

    def epoch(self, number, start=0):
        order = stream(self.seed, "vowels", number).permutation(self.lines)
        return (self.batch(order[k * self.N : (k + 1) * self.N]) for k in range(start, self.batches(number)))

    def batch(self, lines):
        ids, mask = np.zeros((self.T, self.N), np.intp), np.arange(self.T * self.N).reshape(self.T, self.N) < self.N
        counts, weight = np.zeros((2, self.N, 1), np.float32)
        for n, line in enumerate(lines):
            ids[: len(line), n], mask[: len(line), n] = self.encoder.encode(line, "replace"), True
            counts[n], weight[n] = sum(letter in self.letters for letter in line), 1
        arrays = {"ids": ids, "mask": mask, "counts": counts, "weight": weight}
        return SimpleNamespace(size=(self.T,), arrays=arrays, fresh=np.ones(self.N, bool), count=len(lines), **arrays)


class Counting(Evaluator, Report):
    """Counts the vowels of lines with a model: the Evaluator, and the Report of what the last `score` found."""

    def __init__(self, model, lines, encoder, config, memory):
        self.model, self.source = model, Lines(lines, encoder, config)
        self.plan = model.plan(self.source.sizes[0], self.source.N, memory)
        self.s0 = model.initial_state(self.source.N, memory)

    def score(self, weights):
        self.model.load(weights, self.plan)
        found = []
        for k in range(0, len(self.source.lines), self.source.N):
            batch = self.source.batch(self.source.lines[k : k + self.source.N])
            self.model.loss(batch, self.s0, self.plan)
            found.append(np.c_[self.plan.counts, batch.counts][: batch.count])
        self.found, self.true = np.concatenate(found).T.astype(float)
        return self.metrics()

    def metrics(self):
        return errors(self.found, self.true)

    def baselines(self):
        return {"mean": errors(np.full_like(self.true, self.true.mean()), self.true)}


def errors(found, true):
    return {"mae": float(np.abs(found - true).mean()), "exact": float((np.round(found) == true).mean())}


class VowelsTask(Task):
    kind, encoder_from_dict = VOWELS, staticmethod(encoder_from_dict)

    def __init__(self, config, encoder):
        self.config, text = config, "".join(Path(file).read_text() for file in config.data.files)
        self.lines = lines = [line for line in text.splitlines() if line]
        self.encoder = encoder or CharEncoder("".join(sorted(set("".join(lines)))))
        self.model = self.build(config, self.encoder.size)
        self.batches = Lines(lines[: -len(lines) // 4], self.encoder, config)
        self.data = SimpleNamespace(digest=sha256(text.encode()).hexdigest(), files=config.data.files, notes=())
        self.targets_per_step = self.batches.N

    @classmethod
    def load(cls, draft, encoder=None, progress=None):
        return cls(draft.view(), encoder)

    def evaluator(self, memory):
        return Counting(self.model, self.lines[-len(self.lines) // 4 :], self.encoder, self.config, memory)

    @staticmethod
    def build(config, V):
        layers = recurrent_layers(config.model, V, True, "set residual to false")
        return Counter(Stack(layers), Dense(config.model.sizes[-1], 1))

    @staticmethod
    def evaluate(loaded, options, out):
        files = options["files"] or loaded.config.data.files
        lines = [line for file in files for line in Path(file).read_text().splitlines() if line]
        made = Counting(loaded.model, lines, loaded.encoder, loaded.config, Memory("f4", forward_only=True))
        made.score(loaded.store.views(loaded.theta))
        return made

    @staticmethod
    def generate(loaded, options, out):
        for count in VowelsTask.evaluate(loaded, options, out).found:
            out.write(f"{count:.{options['digits']}f}\n")

    @staticmethod
    def gradcheck_cases(cell, seed):
        model = VowelsTask.build(load_config(overrides={"model.cell": cell, "model.hidden_size": 4}), 5)
        yield counter_case(cell, "vowels", model, models.random_theta(cell, "vowels", model, seed), 5, seed)

    @staticmethod
    def saved_gradcheck_case(loaded, seed):
        theta, cell = models.saved_theta(loaded), loaded.config.model.cell
        return counter_case(cell, "saved model", loaded.model, theta, loaded.encoder.size, seed)

    @staticmethod
    def example():
        text = "".join(f"line {'a' * (k % 4)}bcd{'e' * (k % 3)}\n" for k in range(40))
        return Example("lines.vowels", text, {"model.hidden_size": 6, "train.batch_size": 8, "optim.lr": 0.05})


def counter_case(cell, name, model, theta, V, seed, T=5):
    rng = models.random_stream(cell, name, seed)
    batch = {"ids": rng.integers(0, V, (T, cases.N)), "mask": cases.padding(T), "counts": rng.normal(size=(cases.N, 1))}
    batch |= {"weight": np.arange(cases.N)[:, None] * 1.0}
    return models.model_case(cell, name, model, theta, batch, T, seed, rng)
