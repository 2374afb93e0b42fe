"""Names given where a trained model is asked for: a table in its place, or no file at all."""

from pathlib import Path

from ..errors import ConfigError, ModelFileError, shell_name
from ..resources import near_name
from ..storage.header import stored_task
from ..tasks.registry import detect


def check_run(run: str, command: str) -> None:
    """Raise ConfigError for a `run` that is data and no model, ModelFileError for one missing beside its like."""
    path = Path(run)
    if not path.exists():
        if meant := near_name(run):
            from ..storage.checkpoint import WRITTEN_BY  # imports NumPy

            raise ModelFileError(f"no model at {run}", f"did you mean {shell_name(meant)}? If not, {WRITTEN_BY}")
    elif path.is_file() and stored_task(run) is None and path.suffix != ".safetensors":
        made, data = shell_name(f"runs/{path.stem}"), shell_name(run)
        raise ConfigError(
            f"{run} is not a trained model, but data ({detect([run]).data})",
            f"train one first: rnncli train {data} -o {made}; then: rnncli {command} {made}",
        )
