"""How sure a task of pairs is that files are its own: by what stands in them. Imports no NumPy: kinds read it."""

from collections.abc import Callable, Sequence


def accepts(answers: str) -> Callable[[Sequence[str]], float]:
    """The `accepts` of a kind whose answers are "class", "number" or "step"."""

    def sure(files: Sequence[str]) -> float:
        from ...data.pairs.detection import sniff

        found = sniff(files)
        return found.sure if found and found.answers == answers else 0.0

    return sure
