"""Forms that stored JSON must have, declared as data: what a model file says of itself is checked before it is used.

    ENCODER = Fields({"level": Text("char", "byte"), "symbols": Text()}, optional={"longest": Whole(1)})
    check(values, ENCODER, "encoder")

A value that does not fit raises Malformed with its place: `encoder.longest: found -3, expected a whole number >= 1`.
"""

import math
from collections.abc import Mapping
from typing import Any, Protocol

from ..config.values import shown

LARGEST = 2**53  # of whole numbers: JSON of other programs keeps no larger ones
LARGEST_NUMBER = 1e300  # of other numbers: products of a few of them stay finite


class Malformed(ValueError):
    """What is wrong with a stored value, and where."""


class Form(Protocol):
    """What a value must be."""

    words: str  # "a whole number >= 1"

    def check(self, value: Any, place: str) -> None:
        """Raises Malformed."""
        ...


def check(value: Any, form: Form, place: str) -> None:
    """Raise Malformed, which names the place, unless `value` has the `form`."""
    form.check(value, place)


def require(good: bool, what: str) -> None:
    """Raise Malformed with the sentence `what` unless `good`."""
    if not good:
        raise Malformed(what)


class _One:
    """A form of one value; `fits` decides."""

    words: str

    def fits(self, value: Any) -> bool:
        raise NotImplementedError

    def check(self, value: Any, place: str) -> None:
        if not self.fits(value):
            raise Malformed(f"{place}: found {in_short(value)}, expected {self.words}")


class Whole(_One):
    """A whole number from `least` to `most`."""

    def __init__(self, least: int = 0, most: int = LARGEST):
        self.least, self.most = least, most
        self.words = f"a whole number >= {least:,}" + ("" if most == LARGEST else f" and <= {most:,}")

    def fits(self, value: Any) -> bool:
        return type(value) is int and self.least <= value <= self.most


class Number(_One):
    """A finite number from `least` to `most`; above: a number that it must exceed."""

    def __init__(self, least: float = -LARGEST_NUMBER, above: float | None = None, most: float = LARGEST_NUMBER):
        self.least, self.above, self.most = least, above, most
        bound = f" > {above:,}" if above is not None else f" >= {least:,}" if least > -LARGEST_NUMBER else ""
        self.words = f"a finite number{bound}"

    def fits(self, value: Any) -> bool:
        if type(value) not in (int, float) or not self.least <= value <= self.most:
            return False
        return self.above is None or value > self.above


class Text(_One):
    """A text, one of `choices` if there are any."""

    def __init__(self, *choices: str):
        self.choices, self.words = choices, f"one of {', '.join(choices)}" if choices else "a text"

    def fits(self, value: Any) -> bool:
        return type(value) is str and (not self.choices or value in self.choices) and "\0" not in value


class Name(_One):
    """A text that may hold anything, halves of characters too: it may come from the name of a file."""

    words = "a text"

    def fits(self, value: Any) -> bool:
        return type(value) is str


class Symbol(_One):
    """A text of whole characters, as files hold them."""

    words = "a text"

    def fits(self, value: Any) -> bool:
        return type(value) is str and _are_characters(value)


class Truth(_One):
    """True or false."""

    words = "true or false"

    def fits(self, value: Any) -> bool:
        return type(value) is bool


class Section(_One):
    """An object with any contents."""

    words = "an object"

    def fits(self, value: Any) -> bool:
        return type(value) is dict


class Maybe:
    """Null, or another form."""

    def __init__(self, form: Form):
        self.form, self.words = form, f"{form.words}, or null"

    def check(self, value: Any, place: str) -> None:
        if value is not None:
            self.form.check(value, place)


class Rows:
    """A list of values of one form. distinct: no value twice."""

    def __init__(self, form: Form, fewest: int = 0, most: int | None = None, distinct: bool = False):
        self.form, self.fewest, self.most, self.distinct = form, fewest, most, distinct
        count = f"{fewest:,}" if fewest == most else f"{fewest:,} or more"
        self.words = f"a list of {count}, each {form.words}"

    def check(self, value: Any, place: str) -> None:
        _require_type(value, list, place, self.words)
        if len(value) < self.fewest or len(value) > (len(value) if self.most is None else self.most):
            raise Malformed(f"{place}: found {len(value):,} values, expected {self.words}")
        if not self._all_plain(value):
            for number, each in enumerate(value):
                self.form.check(each, f"{place}[{number}]")
        if self.distinct and len(set(value)) != len(value):
            raise Malformed(f"{place}: a value stands there twice")

    def _all_plain(self, value: list[Any]) -> bool:
        """Whether all are texts and the form takes any: a vocabulary of a million words is checked at once."""
        return isinstance(self.form, Symbol) and set(map(type, value)) <= {str} and _are_characters("".join(value))


class Tuple:
    """A list with a form for each of its values."""

    def __init__(self, *forms: Form):
        self.forms, self.words = forms, f"a list of {len(forms)} values"

    def check(self, value: Any, place: str) -> None:
        _require_type(value, list, place, self.words)
        if len(value) != len(self.forms):
            raise Malformed(f"{place}: found {len(value):,} values, expected {len(self.forms)}")
        for number, (each, form) in enumerate(zip(value, self.forms)):
            form.check(each, f"{place}[{number}]")


class Table:
    """An object with any names, all of whose values have one form."""

    def __init__(self, form: Form):
        self.form, self.words = form, f"an object whose values are {form.words}"

    def check(self, value: Any, place: str) -> None:
        _require_type(value, dict, place, self.words)
        for name, each in value.items():
            self.form.check(each, f"{place}.{in_short(name)}")


class Fields:
    """An object with these names: all of `forms`, perhaps some of `optional`, and others only if it is `open`."""

    words = "an object"

    def __init__(self, forms: Mapping[str, Form], optional: Mapping[str, Form] | None = None, open: bool = False):
        self.forms, self.optional, self.open = dict(forms), dict(optional or {}), open

    def check(self, value: Any, place: str) -> None:
        _require_type(value, dict, place, self.words)
        for name, form in self.forms.items():
            if name not in value:
                raise Malformed(f"{_inside(place, name)} is missing")
            form.check(value[name], _inside(place, name))
        for name in value.keys() - self.forms.keys():
            if name in self.optional:
                self.optional[name].check(value[name], _inside(place, name))
            elif not self.open:
                raise Malformed(f"{place} has {in_short(name)}, which this version does not know")


class Kinds:
    """An object whose text under `name` decides which form it has."""

    words = "an object"

    def __init__(self, name: str, forms: Mapping[str, Form]):
        self.name, self.forms, self.kind = name, dict(forms), Text(*forms)

    def check(self, value: Any, place: str) -> None:
        _require_type(value, dict, place, self.words)
        self.kind.check(value.get(self.name), f"{place}.{self.name}")
        self.forms[value[self.name]].check(value, place)


class Either:
    """A text, or another form."""

    def __init__(self, form: Form):
        self.form, self.words = form, f"a text, or {form.words}"

    def check(self, value: Any, place: str) -> None:
        if type(value) is not str:
            self.form.check(value, place)


def _are_characters(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def in_short(value: Any) -> str:
    """A stored value in a few characters that are safe to print."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.6g}" if abs(value) < LARGEST_NUMBER and math.isfinite(value) else "a number too large"
    return {None: "null", True: "true", False: "false"}[value]


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _require_type(value: Any, kind: type, place: str, words: str) -> None:
    if type(value) is not kind:
        raise Malformed(f"{place}: found {in_short(value)}, expected {words}")
