"""The header of a model file; imports no NumPy, so that help stays fast."""

import json
from pathlib import Path

KEY = "rnncli"  # key of our JSON in the metadata of a safetensors file
LARGEST = 100_000_000  # most bytes of a header, the limit of safetensors


def model_path(path: str | Path) -> Path:
    """The model file at `path`, a run folder or the file itself."""
    path = Path(path)
    return path / "model.safetensors" if path.is_dir() else path


def stored_task(path: str | Path) -> str | None:
    """The name of the task of the model at `path`, a run folder or a file; None if it cannot be read."""
    try:
        file = model_path(path)
        if not file.is_file():
            return None
        with file.open("rb") as data:
            length = int.from_bytes(data.read(8), "little")
            header = json.loads(data.read(length)) if length <= LARGEST else {}
        return json.loads(header["__metadata__"][KEY])["config"]["task"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
