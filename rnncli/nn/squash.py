"""The squashing functions, in place."""


def logistic(xp, a):
    """sigma(a) = (1 + tanh(a/2)) / 2: cannot overflow and is analytic."""
    xp.multiply(a, 0.5, out=a)
    xp.tanh(a, out=a)
    xp.multiply(a, 0.5, out=a)
    xp.add(a, 0.5, out=a)


def squash(xp, squashed, logistic):
    """tanh of the blocks `squashed`, but sigma of those among them that are `logistic`: one call of tanh.

    Each is a list of one view of neighbouring blocks, or empty.
    """
    for a in logistic:
        xp.multiply(a, 0.5, out=a)
    for a in squashed:
        xp.tanh(a, out=a)
    for a in logistic:
        xp.multiply(a, 0.5, out=a)
        xp.add(a, 0.5, out=a)
