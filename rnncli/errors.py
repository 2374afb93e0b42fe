"""The errors of rnncli, each with the exit code of its command."""


class RnncliError(Exception):
    """An error in two lines: the problem with its place, and the remedy.

    `str(error)` is the first line; `error.hint` the second, or None. `error.options`: what added to the command cures
    it, as in "--decimal , --thousands .", if options do.
    """

    exit_code = 70  # a bug in rnncli, unless a subclass sets another

    def __init__(self, message: str, hint: str | None = None, options: str = ""):
        super().__init__(message)
        self.hint, self.options = hint, options


class CheckFailed(RnncliError):
    """A metric check or a gradient check failed: the command worked, the answer is no."""

    exit_code = 1


class ConfigError(RnncliError):
    """Invalid options or configuration."""

    exit_code = 2


class DataError(RnncliError):
    """A data file that is missing, unreadable or invalid."""

    exit_code = 3


class ModelFileError(RnncliError):
    """A checkpoint or run folder that is missing, damaged or of another architecture."""

    exit_code = 4


class Diverged(RnncliError):
    """Training produced non-finite values repeatedly."""

    exit_code = 5


class ResourceError(RnncliError):
    """The disk, the memory or a permission does not suffice."""

    exit_code = 6


class RunInUse(RnncliError):
    """The run folder is used by another process or another run."""

    exit_code = 7


class Interrupted(RnncliError):
    """Stopped by a signal after saving; 130 for SIGINT, 143 for SIGTERM."""

    def __init__(self, message: str, hint: str | None = None, exit_code: int = 130):
        super().__init__(message, hint)
        self.exit_code = exit_code
