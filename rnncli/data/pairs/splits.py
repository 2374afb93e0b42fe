"""Which examples are for training, validation and test: shares of every class, with equal sources kept together."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

import numpy as np

from ...random_streams import stream


def split(
    groups: Sequence[Hashable], strata: Sequence[Hashable], val: float, test: float, seed: int
) -> dict[str, np.ndarray]:
    """{"train", "val", "test": rising indices (E,)} of examples.

    groups: examples with equal values stay together, so that nothing that is held out stands in training. strata: the
    class of each example; each split gets its share of every class, as nearly as groups allow, and a class with more
    than one group keeps one of them for training. val, test: shares of the examples.
    """
    members: dict[Hashable, list[int]] = defaultdict(list)
    for k, group in enumerate(groups):
        members[group].append(k)
    by_class: dict[Hashable, list[list[int]]] = defaultdict(list)
    for indices in members.values():
        by_class[Counter(strata[k] for k in indices).most_common(1)[0][0]].append(indices)
    found: dict[str, list[int]] = {"train": [], "val": [], "test": []}
    owed = {"val": 0.0, "test": 0.0}
    rng = stream(seed, "split")
    for own in by_class.values():
        order = [own[k] for k in rng.permutation(len(own))]
        count = sum(map(len, order))
        for name, share in (("test", test), ("val", val)):
            owed[name] += share * count
            while len(order) > 1 and len(order[-1]) / 2 < owed[name]:
                owed[name] -= len(order[-1])
                found[name] += order.pop()
        found["train"] += [k for indices in order for k in indices]
    return {name: np.array(sorted(indices), np.intp) for name, indices in found.items()}


def overlap(held_out: Sequence[Hashable], training: Sequence[Hashable]) -> int:
    """How many held-out sources stand in training too."""
    known = set(training)
    return sum(source in known for source in held_out)
