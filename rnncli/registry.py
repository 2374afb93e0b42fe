"""Names to things, verified when they are registered."""

from collections.abc import Callable, ItemsView, Iterator, ValuesView
from difflib import get_close_matches
from typing import Generic, TypeVar

from .errors import ConfigError

T = TypeVar("T")


class Registry(Generic[T]):
    """Things of one `kind` ("cell", "optimizer") by name.

    `verify(name, thing)` raises ConfigError where a thing breaks the contract of its kind, so that a mistake is met
    where it was made and not in the middle of a run.
    """

    def __init__(self, kind: str, verify: Callable[[str, T], None] = lambda name, thing: None):
        self.kind, self._verify = kind, verify
        self._things: dict[str, T] = {}

    def register(self, name: str, thing: T) -> T:
        """Add `thing` under `name`; raises ConfigError for a name that is taken or a thing that breaks its contract."""
        if name in self._things:
            raise ConfigError(f"{self.kind} '{name}' is registered already", f"give your {self.kind} another name")
        self._verify(name, thing)
        self._things[name] = thing
        return thing

    def __getitem__(self, name: str) -> T:
        if name not in self._things:
            near = get_close_matches(name, self._things, 1)
            raise ConfigError(
                f"unknown {self.kind} '{name}'; known: {', '.join(self._things)}",
                f"did you mean '{near[0]}'?" if near else f"name one of the known {self.kind}s",
            )
        return self._things[name]

    def __contains__(self, name: object) -> bool:
        return name in self._things

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def items(self) -> ItemsView[str, T]:
        return self._things.items()

    def values(self) -> ValuesView[T]:
        return self._things.values()
