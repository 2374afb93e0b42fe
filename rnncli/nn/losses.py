"""Losses. Each returns a sum, never a mean, and leaves dL/dscores in `scores`."""

import numpy as np


def softmax_cross_entropy(scores, targets, real=None, xp=np):
    """Sum of -log softmax(scores)[target] in nats; scores (M, K) become softmax - onehot, targets (M,).

    Rows where `real` (M,) is false are padding: they count for nothing and their gradient is zero.
    """
    index = xp.arange(len(targets))
    scores -= xp.maximum.reduce(scores.real, axis=1, keepdims=True)
    picked = scores[index, targets]
    xp.exp(scores, out=scores)
    total = xp.add.reduce(scores, axis=1, keepdims=True)
    scores /= total
    scores[index, targets] -= 1
    nats = xp.log(total[:, 0]) - picked
    if real is not None:
        scores *= real[:, None]
        nats = nats[real]
    return nats.sum().item()


def softmax_nats(scores, targets, xp=np):
    """-log softmax(scores)[target] of every row, nats (M,); scores (M, K) are overwritten."""
    scores -= scores.max(axis=1, keepdims=True)
    picked = scores[xp.arange(len(targets)), targets]
    xp.exp(scores, out=scores)
    return xp.log(scores.sum(axis=1)) - picked
