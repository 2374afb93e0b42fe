"""Whether the memory that the system could give suffices, asked before any of it is used."""

from ..errors import ResourceError

SMALL = 10**8  # bytes that are always there


def refuse_beyond_memory(what: str, nbytes: int, hint: str) -> None:
    """Raise ResourceError if so many bytes, which `what` needs, are more than the system could give now."""
    free = available_memory() if nbytes > SMALL else None
    if free is not None and nbytes > free:
        raise ResourceError(f"{what} need {nbytes:,} bytes of memory, and {free:,} are free", hint)


def available_memory() -> int | None:
    """Bytes of memory that the system could give, swap included; None where it does not say."""
    try:
        with open("/proc/meminfo") as file:
            sizes = dict(line.split(":") for line in file)
        return 1024 * sum(int(sizes[name].split()[0]) for name in ("MemAvailable", "SwapFree"))
    except (OSError, ValueError, KeyError, IndexError):
        return None
