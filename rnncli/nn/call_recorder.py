"""Calls bound to their arrays, once: a step of the time loop then costs what it computes and next to nothing else."""

import traceback
from functools import partial
from types import SimpleNamespace

NUMBERS = (int, float)


class NotRecordable(Exception):
    """A method did something that only its own code can do again."""


def bind(method, xp, *namespaces, note=None):
    """What `method(xp, *namespaces)` does, as a list of calls without arguments.

    The method is run once, on stand-ins that record each ufunc of xp with an `out`, copyto, each += -= *= and each
    fill. One that does anything else, such as looking at a value or making an array, is itself the one call, and
    note(text) is told so, with the statement's file and line; one that is marked `at_every_step` is so by intention.
    Errors of the method are its own: a name that no array has raises AttributeError here and now.
    """
    whole = [partial(method, xp, *namespaces)]
    if getattr(method, "at_every_step", False):
        return whole
    calls = []
    given = [
        SimpleNamespace(**{name: StandIn(array, xp, calls) for name, array in vars(each).items()})
        for each in namespaces
    ]
    try:
        method(Recorder(xp, calls), *given)
    except NotRecordable as reason:
        if note:
            name = getattr(method, "__qualname__", repr(method))
            note(f"{_statement(reason)}: {name} runs anew at every step, which is slow: {reason}")
        return whole
    return calls


def _statement(error):
    """FILE:LINE of the method's own line on the way to `error`."""
    frames = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__))
    return next((f"{file}:{line}" for file, line in frames if file != __file__), "?")


def in_place(calls, old, new):
    """The same calls with all that is written to `new` written over `old`; None where `old` is read after that."""
    if not all(isinstance(argument, NUMBERS) or hasattr(argument, "shape") for call in calls for argument in call.args):
        return None
    uses = [[argument is new for argument in call.args] for call in calls]
    first = next((k for k, use in enumerate(uses) if any(use)), len(calls))
    if any(argument is old for call in calls[first + 1 :] for argument in call.args):
        return None
    return [
        partial(call.func, *(old if argument is new else argument for argument in call.args), **call.keywords)
        for call in calls
    ]


class StandIn:
    """In place of an array: what is done to it is recorded, or is NotRecordable."""

    __slots__ = ("array", "xp", "calls")
    __hash__ = None

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
        if not isinstance(value, NUMBERS):
            raise NotRecordable("it fills an array with something other than a number")
        self.calls.append(partial(type(self.array).fill, self.array, value))

    def __getattr__(self, name):
        getattr(self.array, name)  # a misspelt name is an AttributeError here too
        raise NotRecordable(f"it uses .{name} of an array")


def _refused(what):
    def refuse(self, *_, **__):
        raise NotRecordable(what)

    return refuse


OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul", "lshift", "rshift"]
OPERATORS += ["and", "or", "xor"]
for _names, _what in (
    ([f"{side}{name}" for name in OPERATORS for side in ("", "r")], "it makes an array; name where it goes, out="),
    (["neg", "pos", "abs", "invert"], "it makes an array; name where it goes, out="),
    (
        [f"i{name}" for name in OPERATORS if name not in ("add", "sub", "mul", "divmod")],
        "of the updates, += -= *= alone are recorded",
    ),
    (["lt", "le", "eq", "ne", "gt", "ge", "bool", "contains"], "it looks at the values of an array"),
    (["int", "float", "complex", "index", "round"], "it looks at the values of an array"),
    (
        ["getitem", "setitem", "iter", "len"],
        "it takes an array apart; the recorded form of x[...] = y is xp.copyto(x, y)",
    ),
    (["array", "array_ufunc", "array_function"], "it calls a function that is not one of xp with out="),
):
    for _name in _names:
        setattr(StandIn, f"__{_name}__", _refused(_what))


class Recorder:
    """In place of the array library: its ufuncs are recorded where they have an `out`, and copyto."""

    def __init__(self, xp, calls):
        self.xp, self.calls = xp, calls

    def __getattr__(self, name):
        thing = getattr(self.xp, name)
        return Noted(name, thing, self.calls) if callable(thing) else thing


class Noted:
    """In place of a function of the array library."""

    def __init__(self, name, function, calls):
        self.name, self.function, self.calls = name, function, calls
        self.recordable = name == "copyto" or hasattr(function, "reduce")  # a ufunc: its last argument may be out

    def __call__(self, *arguments, out=None, **others):
        if not self.recordable or others or (out is None and self.name != "copyto"):
            raise NotRecordable(f"of xp, ufuncs with nothing but out= are recorded, and copyto; not this {self.name}")
        last = () if out is None else (out,)
        self.calls.append(partial(self.function, *map(real, arguments + last)))
        return out

    def __getattr__(self, name):
        getattr(self.function, name)
        raise NotRecordable(f"it uses {self.name}.{name}")


def real(argument):
    """The array behind a stand-in; a number as it is."""
    if isinstance(argument, StandIn):
        return argument.array
    if not isinstance(argument, NUMBERS):
        raise NotRecordable(f"neither an array of the step nor a number: {type(argument).__name__}")
    return argument
