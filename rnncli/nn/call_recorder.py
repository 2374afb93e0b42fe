"""Calls bound to their arrays once, so that a step of the time loop costs its arithmetic and next to nothing else."""

import traceback
from collections.abc import Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

NUMBERS = (int, float)
Calls = list[partial[Any]]  # each takes no argument


class NotRecordable(Exception):
    """A method did something that cannot be replayed from a record."""


def bind(method: Callable[..., None], xp: Any, *namespaces: Any, note: Callable[[str], None] | None = None) -> Calls:
    """The work of `method(xp, *namespaces)` as a list of calls without arguments.

    The method runs once, on stand-ins that record each ufunc of xp with an `out`, copyto, each += -= *= and each fill.
    If it does anything else, such as reading a value or making an array, the list is the method itself, and note(text)
    reports the file and line of the statement. A method marked `at_every_step` runs anew at every step without a note.
    Errors of the method pass through: a name that no array has raises AttributeError at once.
    """
    whole: Calls = [partial(method, xp, *namespaces)]
    if getattr(method, "at_every_step", False):
        return whole
    calls: Calls = []
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
    """FILE:LINE in the method that led to `error`."""
    frames = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__))
    return next((f"{file}:{line}" for file, line in frames if file != __file__), "?")


def in_place(calls: Sequence[partial[Any]], old: Any, new: Any) -> Calls | None:
    """The same calls, writing to `old` wherever they wrote to `new`; None if `old` is read after that."""
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
    """Stands in for an array: records operations on it, or raises NotRecordable."""

    __slots__ = ("array", "xp", "calls")
    __hash__ = None  # pyright: ignore[reportAssignmentType] (Python's own way to say: not hashable)

    def __init__(self, array: Any, xp: Any, calls: Calls):
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

    def fill(self, value: Any) -> None:
        if not isinstance(value, NUMBERS):
            raise NotRecordable("it fills an array with something other than a number")
        self.calls.append(partial(type(self.array).fill, self.array, value))

    def __getattr__(self, name):
        getattr(self.array, name)  # a misspelt name is an AttributeError here too
        raise NotRecordable(f"it uses .{name} of an array")


def _refused(reason):
    def refuse(self, *_, **__):
        raise NotRecordable(reason)

    return refuse


OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul", "lshift", "rshift"]
OPERATORS += ["and", "or", "xor"]
for _names, _reason in (
    ([f"{side}{name}" for name in OPERATORS for side in ("", "r")], "it makes an array; give it one with out="),
    (["neg", "pos", "abs", "invert"], "it makes an array; give it one with out="),
    (
        [f"i{name}" for name in OPERATORS if name not in ("add", "sub", "mul", "divmod")],
        "the only updates that can be recorded are += -= *=",
    ),
    (["lt", "le", "eq", "ne", "gt", "ge", "bool", "contains"], "it reads the values of an array"),
    (["int", "float", "complex", "index", "round"], "it reads the values of an array"),
    (
        ["getitem", "setitem", "iter", "len"],
        "it indexes an array; instead of x[...] = y, write xp.copyto(x, y)",
    ),
    (["array", "array_ufunc", "array_function"], "it calls a function that is not one of xp with out="),
):
    for _name in _names:
        setattr(StandIn, f"__{_name}__", _refused(_reason))


class Recorder:
    """Stands in for the array library: records its ufuncs with an `out`, and copyto."""

    def __init__(self, xp: Any, calls: Calls):
        self.xp, self.calls = xp, calls

    def __getattr__(self, name):
        thing = getattr(self.xp, name)
        return Noted(name, thing, self.calls) if callable(thing) else thing


class Noted:
    """Stands in for a function of the array library."""

    def __init__(self, name: str, function: Any, calls: Calls):
        self.name, self.function, self.calls = name, function, calls
        self.recordable = name == "copyto" or hasattr(function, "reduce")  # a ufunc: its last argument may be out

    def __call__(self, *arguments, out=None, **others):
        if not self.recordable or others or (out is None and self.name != "copyto"):
            raise NotRecordable(f"only ufuncs with out= and copyto can be recorded, not this {self.name}")
        last = () if out is None else (out,)
        self.calls.append(partial(self.function, *map(real, arguments + last)))
        return out

    def __getattr__(self, name):
        getattr(self.function, name)
        raise NotRecordable(f"it uses {self.name}.{name}")


def real(argument: Any) -> Any:
    """The array behind a stand-in; a number as it is."""
    if isinstance(argument, StandIn):
        return argument.array
    if not isinstance(argument, NUMBERS):
        raise NotRecordable(f"an argument is a {type(argument).__name__}, not an array of the step or a number")
    return argument
