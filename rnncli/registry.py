"""Named things, verified when they are registered, and the known name that a wrong one was probably meant to be."""

from collections.abc import Callable, ItemsView, Iterable, Iterator, ValuesView
from typing import Generic, TypeVar

from .errors import ConfigError

T = TypeVar("T")
SIMILAR = 0.75  # least share of common letters, as difflib counts them: lstmm is lstm, device is not level
SHORTEST = 3  # letters of an abbreviation
LONGEST = 64  # letters of a name that is compared: longer ones are no slips, and take long
SYNONYMS = {  # names of settings elsewhere -> ours
    "batch": "batch_size",
    "bptt": "seq_length",
    "gradient_clipping": "clip_norm",
    "hidden": "hidden_size",
    "layers": "num_layers",
    "learning_rate": "lr",
    "level": "tokens",
    "max_epochs": "epochs",
    "model": "cell",
    "optim": "optimizer",
    "scheduler": "schedule",
    "steps": "max_steps",
    "units": "hidden_size",
}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was probably meant to be, or None: a synonym, the only one that starts with it, or a
    similar spelling. Case is ignored."""
    from difflib import get_close_matches  # here: errors alone need it

    if len(name) > LONGEST:
        return None
    name, known = name.lower(), list(known)
    if SYNONYMS.get(name) in known:
        return SYNONYMS[name]
    longer = [each for each in known if each.startswith(name)] if len(name) >= SHORTEST else []
    if len(longer) == 1:
        return longer[0]
    return next(iter(get_close_matches(name, known, 1, SIMILAR)), None)


class Registry(Generic[T]):
    """Things of one `kind` ("cell", "optimizer") by name.

    `verify(name, thing)` raises ConfigError if a thing breaks the contract of its kind: a mistake is reported where
    it was made and not in the middle of a run.
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
            near = nearest(name, self._things)
            raise ConfigError(
                f"unknown {self.kind} '{name}'; known: {', '.join(self._things)}",
                f"did you mean '{near}'?" if near else f"choose one of the known {self.kind}s",
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
