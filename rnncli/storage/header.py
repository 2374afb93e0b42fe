"""The header of a model file; imports no NumPy, so that help stays fast."""

import json
from pathlib import Path

KEY = "rnncli"  # key of our JSON in the metadata of a safetensors file
LARGEST = 100_000_000  # most bytes of a header, the limit of safetensors
MOST_TENSORS = 20_000  # the largest models of ours have some hundreds


def model_path(path: str | Path) -> Path:
    """The model file at `path`, a run folder or the file itself."""
    path = Path(path)
    return path / "model.safetensors" if path.is_dir() else path


def count_of_tensors(header: bytes) -> int:
    """How many tensors a header names, before it is parsed: no text of the metadata has these quotes unescaped."""
    return header.count(b'"dtype"')


def stored_task(path: str | Path) -> str | None:
    """The name of the task of the model at `path`, a run folder or a file; None if it cannot be read."""
    try:
        file = model_path(path)
        if not file.is_file():
            return None
        with file.open("rb") as data:
            length = int.from_bytes(data.read(8), "little")
            header = data.read(length) if length <= LARGEST else b"{}"
        if count_of_tensors(header) > MOST_TENSORS:
            return None
        task = json.loads(json.loads(header)["__metadata__"][KEY])["config"]["task"]
        return task if isinstance(task, str) else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
