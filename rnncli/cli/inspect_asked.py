"""What one `inspect` asks for: its options by name, and those that exclude each other."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..config import option_name
from ..errors import ConfigError
from .inspect_options import CELLS_SHOWN, LISTS, OF_TASKS, PARTS, UNITS

if TYPE_CHECKING:
    from ..laboratory.inspection import Fresh

ACTIVATIONS = {"tanh": "rnn", "logistic": "rnn-logistic", "relu": "rnn-relu", "identity": "rnn-identity"}


class Asked(NamedTuple):
    """The options of one command. looks, fresh: {name: value or None} of LOOKS and FRESH_FROM; settings: {path: value}
    of untrained networks; reading: {path: value} by which files are read."""

    runs: Sequence[str]
    looks: Mapping[str, Any]
    settings: Mapping[str, str]
    reading: Mapping[str, Any]
    fresh: Mapping[str, Any]
    seed: int | None

    @property
    def data(self) -> Sequence[str]:
        return self.looks["data"] or ()

    @property
    def parts(self) -> tuple[str, ...]:
        return parts_of(self.looks["show"]) or ((UNITS,) if self.looks["unit"] else ())

    @property
    def sources(self) -> tuple[Sequence[str], Sequence[str]]:
        """(-c, --set)"""
        return self.fresh["configs"] or (), self.fresh["assignments"] or ()

    def refuse_with_demo(self) -> None:
        """Raise ConfigError for options that a demonstration does not take."""
        looks = [f"--{name.replace('_', '-')}" for name, value in self.looks.items() if value]
        fresh = [*map(option_name, self.settings), *(["--activation"] if self.fresh["activation"] else [])]
        seed = ["--seed"] if self.seed is not None else []
        if given := [*(["RUN"] if self.runs else []), *looks, *fresh, *map(option_name, self.reading), *seed]:
            raise ConfigError(
                f"--demo has its own settings and takes no {', '.join(given)}",
                "leave them out; -c FILE and --set KEY=VALUE change the settings of a demonstration",
            )

    def check(self) -> None:
        """Raise ConfigError for an unknown part, and for options without use beside others."""
        parts = self.parts
        for name, owners in {"unit": (UNITS,), "symbols": tuple(OF_TASKS)}.items():
            if self.looks[name] and parts and not set(parts) & set(owners):
                one = "add one of " if len(owners) > 1 else "add "
                raise ConfigError(
                    f"--{name}: not for --show {','.join(parts)}", f"{one}{', '.join(owners)}, or leave it out"
                )
        if self.reading and not self.data:
            raise ConfigError(
                f"{', '.join(map(option_name, self.reading))}: for reading --data FILE, which is not given",
                "name the file; the data of a run are read as in training",
            )
        self._check_beside_runs()

    def _check_beside_runs(self) -> None:
        """Raise ConfigError for options of untrained networks beside a RUN, and for the trust in none."""
        names = {"activation": "--activation", "configs": "-c", "assignments": "--set"}
        given = [*map(option_name, self.settings), *(name for key, name in names.items() if self.fresh[key])]
        if self.runs and given:
            raise ConfigError(
                f"{', '.join(given)}: for untrained networks, and {self.runs[0]} is a trained one",
                "leave one of them out; a RUN is shown before and after training anyway",
            )
        if self.looks["trust_paths"] and not self.runs:
            raise ConfigError("--trust-paths: for the data of a RUN, and none is named", "leave it out, or name a RUN")

    def networks(self) -> "Fresh":
        """The untrained networks that the options describe. Raises ConfigError for --activation beside a gated cell."""
        from ..laboratory.inspection import Fresh

        cell, activation, (configs, assignments) = (
            self.settings.get("model.cell"),
            self.fresh["activation"],
            self.sources,
        )
        if activation and cell not in (None, "rnn"):
            raise ConfigError(
                f"--activation {activation}: only the cell rnn has a choice, found --cell {cell}",
                f"use --cell rnn, or name the cell: --cell {ACTIVATIONS[activation]}",
            )
        named = configs or any(each.startswith("model.cell=") for each in assignments)
        usual = {} if named else {"model.cell": ",".join(CELLS_SHOWN)}
        settings = {**self.settings, **self.reading}
        texts = usual | {path: settings[path] for path in LISTS if path in settings}
        texts |= {"model.cell": ACTIVATIONS[activation]} if activation else {}
        choices = {path: [each.strip() for each in text.split(",")] for path, text in texts.items()}
        given = {path: value for path, value in settings.items() if path not in LISTS}
        return Fresh(given, choices, tuple(configs), tuple(assignments))


def parts_of(show: Sequence[str] | None) -> tuple[str, ...]:
    """The parts of --show, in the given order; () for all. Raises ConfigError for an unknown one."""
    from ..registry import nearest

    names = [name for text in show or () for name in map(str.strip, text.split(",")) if name]
    if show and not names:
        raise ConfigError("--show names no part", f"choose among {', '.join(PARTS)}")
    for name in names:
        if name not in PARTS:
            guess = nearest(name, PARTS)
            meant = f". Did you mean {guess}?" if guess else ""
            raise ConfigError(f"--show {name}: unknown part{meant}", f"choose among {', '.join(PARTS)}")
    return tuple(dict.fromkeys(names))
