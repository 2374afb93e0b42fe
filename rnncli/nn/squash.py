"""The squashing functions, in place."""

from functools import partial


def logistic(xp, a):
    """sigma(a) = (1 + tanh(a/2)) / 2: cannot overflow and is analytic."""
    xp.multiply(a, 0.5, out=a)
    xp.tanh(a, out=a)
    xp.multiply(a, 0.5, out=a)
    xp.add(a, 0.5, out=a)


def squash(xp, squashed, logistic, half):
    """Calls for tanh of the blocks `squashed`, but sigma of those among them that are `logistic`: one call of tanh. The
    logistic ones arrive as a/2: their weights are kept at half their size, which changes no digit.

    Each is a view of neighbouring blocks, or None; half is 1/2 as an array (), which a call reads faster than a number.
    """
    calls = [partial(xp.tanh, squashed, squashed)] if squashed is not None else []
    if logistic is not None:
        calls += [partial(xp.multiply, logistic, half, logistic), partial(xp.add, logistic, half, logistic)]
    return calls


def differentiate(xp, logistic, tanh):
    """Derivatives of the squashing from its values: pairs (values, derivatives), written to the second."""
    for value, derivative in logistic:
        xp.multiply(value, value, out=derivative)
        xp.subtract(value, derivative, out=derivative)  # sigma' = sigma - sigma^2
    for value, derivative in tanh:
        xp.multiply(value, value, out=derivative)
        xp.subtract(1, derivative, out=derivative)  # tanh' = 1 - tanh^2
