"""What the tests of scoring share: small models, splits, a step-by-step softmax, and a model of a text."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from rnncli.config import Config, DataConfig, ModelConfig
from rnncli.data.text.splits import Split
from rnncli.nn.memory import Memory
from rnncli.tasks.language.model import build_model
from rnncli.tasks.language.scoring import split_nats

V = 7


def small_model(seed=0, V=V, scale=0.6, **settings):
    """(model, theta): weights large enough that what came before matters."""
    model = build_model(replace(ModelConfig(hidden_size=6, num_layers=2), **settings), V)
    return model, np.random.default_rng(seed).normal(0, scale, model.store().size)


def split_of(tokens, pieces, **values):
    pieces = np.array(pieces, np.int64).reshape(-1, 2)
    characters = int((pieces[:, 1] - pieces[:, 0] - 1).sum())
    return Split(
        **{
            "name": "val",
            "tokens": np.asarray(tokens, np.uint8),
            "pieces": pieces,
            "characters": characters,
            "spelling_nats": 0.0,
            "where": "here",
        }
        | values
    )


def random_split(pieces, seed=1, V=V, **values):
    return split_of(np.random.default_rng(seed).integers(0, V, np.max(pieces)), pieces, **values)


def one_by_one(model, theta, tokens, begin, end):
    """-ln p of tokens[begin+1:end] given all from `begin` on: a step, a float64 softmax and a logarithm at a time."""
    memory = Memory("f8")
    plan, state, nats = model.plan((1,), 1, memory), model.initial_state(1, memory), []
    model.load(model.store().views(theta), plan)
    for position in range(begin, end - 1):
        scores, state = model.forward(np.array([[int(tokens[position])]]), state, plan)
        p = np.exp(scores[0]) / np.exp(scores[0]).sum()
        nats.append(-math.log(p[tokens[position + 1]]))
    return nats


def brute_force(model, theta, split):
    return np.array(
        [value for begin, end in split.pieces for value in one_by_one(model, theta, split.tokens, begin, end)]
    )


def scored(model, theta, split, **options):
    return split_nats(model, model.store().views(theta), split, Memory("f8"), **options)


def loaded_with(encoder, files=(), seed=0, digest="0" * 64, **data):
    """What the checkpoint gives: a small random model and its encoder."""
    model, theta = small_model(seed, encoder.size)
    config = replace(
        Config(task="language"), data=replace(DataConfig(), files=tuple(files), tokens=encoder.level, **data)
    )
    return SimpleNamespace(
        path="runs/a",
        note=None,
        config=config,
        encoder=encoder,
        model=model,
        store=model.store(),
        theta=theta.astype("f4"),
        progress={},
        data={"digest": digest, "files": list(files)},
    )
