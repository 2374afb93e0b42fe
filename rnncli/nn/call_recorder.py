"""Calls bound to their arrays, once: a step of the time loop then costs what it computes and next to nothing else."""

from functools import partial
from types import SimpleNamespace


def bind(method, xp, *namespaces):
    """What `method(xp, *namespaces)` does, as a list of calls without arguments.

    The method is run once, on stand-ins that note down each call of xp with an `out`, each += -= *= and each fill. One
    that does anything else, such as looking at a value or making an array, is itself the one call.
    """
    calls = []
    given = [
        SimpleNamespace(**{name: StandIn(array, xp, calls) for name, array in vars(each).items()})
        for each in namespaces
    ]
    try:
        method(Recorder(xp, calls), *given)
    except (TypeError, AttributeError):
        return [partial(method, xp, *namespaces)]
    return calls


def in_place(calls, old, new):
    """The same calls with all that is written to `new` written over `old`; None where `old` is read after that."""
    if not all(
        isinstance(argument, (int, float)) or hasattr(argument, "shape") for call in calls for argument in call.args
    ):
        return None
    uses = [[argument is new for argument in call.args] for call in calls]
    first = next((k for k, use in enumerate(uses) if any(use)), len(calls))
    if any(argument is old for call in calls[first + 1 :] for argument in call.args):
        return None
    return [
        partial(call.func, *(old if argument is new else argument for argument in call.args), **call.keywords)
        for call in calls
    ]


def zeroes(call, array):
    """Whether a bound call fills `array` with zeros."""
    return getattr(call.func, "__self__", None) is array and call.args == (0,)


class StandIn:
    """In place of an array: what is done to it is noted down, what cannot be is a TypeError or an AttributeError."""

    __slots__ = ("array", "xp", "calls")
    __eq__ = __hash__ = None

    def __init__(self, array, xp, calls):
        self.array, self.xp, self.calls = array, xp, calls

    def __iadd__(self, other):
        return self._update(self.xp.add, other)

    def __isub__(self, other):
        return self._update(self.xp.subtract, other)

    def __imul__(self, other):
        return self._update(self.xp.multiply, other)

    def _update(self, function, other):
        self.calls.append(partial(function, self.array, real(other), self.array))
        return self

    def fill(self, value):
        self.calls.append(partial(self.array.fill, value))

    def __bool__(self):
        raise TypeError("the values of an array are not known before the step")


class Recorder:
    """In place of the array library: notes down its functions with `out`, and copyto."""

    def __init__(self, xp, calls):
        self.xp, self.calls = xp, calls

    def __getattr__(self, name):
        function = getattr(self.xp, name)

        def note(*arguments, out=None):
            if out is None and name != "copyto":
                raise TypeError(f"{name} without out makes an array")
            last = () if out is None else (out,)
            self.calls.append(partial(function, *map(real, arguments + last)))
            return out

        return note


def real(argument):
    """The array behind a stand-in; a number as it is."""
    if isinstance(argument, StandIn):
        return argument.array
    if not isinstance(argument, (int, float)):
        raise TypeError(f"neither an array of the step nor a number: {type(argument).__name__}")
    return argument
