"""The errors that a user can meet, each with the exit code that its command ends with."""


class RnncliError(Exception):
    """What was wrong and where, in one line, and what to do about it in another.

    `str(error)` is the first line; `error.hint` the second, or None.
    """

    exit_code = 70  # a bug of ours, if nothing below says otherwise

    def __init__(self, message: str, hint: str | None = None):
        super().__init__(message)
        self.hint = hint


class CheckFailed(RnncliError):
    """A gate or a gradient check did not pass: the tool worked, the answer is no."""

    exit_code = 1


class ConfigError(RnncliError):
    """Options or configuration that cannot be used."""

    exit_code = 2


class DataError(RnncliError):
    """A data file that is missing, unreadable or not what it should be."""

    exit_code = 3


class ModelFileError(RnncliError):
    """A checkpoint or run folder that is missing, damaged or of another architecture."""

    exit_code = 4


class Diverged(RnncliError):
    """Training met non-finite values again and again."""

    exit_code = 5


class ResourceError(RnncliError):
    """The disk, a permission or the memory did not allow it."""

    exit_code = 6


class RunInUse(RnncliError):
    """The run folder belongs to another process, or to another run."""

    exit_code = 7


class Interrupted(RnncliError):
    """Stopped by a signal after saving; 130 for SIGINT, 143 for SIGTERM."""

    def __init__(self, message: str, hint: str | None = None, exit_code: int = 130):
        super().__init__(message, hint)
        self.exit_code = exit_code
