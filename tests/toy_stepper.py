"""A model for tests of search: its scores depend on the source and on all tokens so far, by tables drawn at random."""

import numpy as np

STATES = 89  # of the memory; a prime, so that different beginnings are told apart


class Toy:
    """N sources, V tokens, T positions to look at. `row` gives one source as a model of its own."""

    def __init__(self, seed, N=3, V=4, T=3, scale=2.0):
        rng = np.random.default_rng(seed)
        self.scores = rng.normal(0, scale, (N, STATES, V)).astype(np.float32)
        self.weights = rng.dirichlet(np.ones(T), (N, STATES))

    @property
    def N(self):
        return len(self.scores)

    def row(self, n):
        one = object.__new__(Toy)
        one.scores, one.weights = self.scores[n : n + 1], self.weights[n : n + 1]
        return one

    def state(self, tokens, start=0):
        """The memory after `start` and these tokens."""
        state = 0
        for token in (start, *tokens):
            state = remembered(state, token)
        return state

    def log_softmax(self, n, tokens, start=0):
        """(V,) float64: log p of what may follow these tokens of source n."""
        z = self.scores[n, self.state(tokens, start)].astype(np.float64)
        return z - np.log(np.exp(z).sum())

    def log_probability(self, n, tokens, start=0):
        """log p of the tokens one after the other, by `log_softmax` alone."""
        return sum(self.log_softmax(n, tokens[:u], start)[token] for u, token in enumerate(tokens))

    def stepper(self, K):
        return ToyStepper(self, K)


def remembered(state, token):
    return (5 * state + token + 1) % STATES


class ToyStepper:
    """See `generation.hypotheses.Stepper`. Its memory is split into two layers; `rounds` counts calls of `advance`."""

    def __init__(self, toy, K):
        R = K * toy.N
        self.toy, self.N, self.K, self.rounds = toy, toy.N, K, 0
        self.ids, self.scores = np.full((1, R), -1), np.full((R, toy.scores.shape[2]), np.nan, np.float32)
        self.looked = np.empty((K, toy.N, toy.weights.shape[2]))
        self.state = ((np.zeros((R, 1), np.intp),), (np.zeros((R, 1), np.intp), np.zeros((R, 2), np.intp)))

    def advance(self):
        (tens,), (ones, _) = self.state
        whole = remembered(10 * tens[:, 0] + ones[:, 0], self.ids[0])
        tens[:, 0], ones[:, 0] = np.divmod(whole, 10)
        sources = np.arange(len(whole)) % self.N
        self.looked[...] = self.toy.weights[sources, whole].reshape(self.looked.shape)
        self.scores[...] = self.toy.scores[sources, whole]
        self.rounds += 1

    def attended(self):
        return self.looked
