"""Lists of numbers as `--level` and `--quantiles` take them."""

from ...errors import ConfigError

NONE = "none"
EXAMPLES = {100: "80,95", 1: "0.1,0.5,0.9"}


def number_list(option: str, text: str | None, most: int) -> tuple[float, ...] | None:
    """The distinct numbers between 0 and `most` of a text as "80,95", rising; () for "none" and None for None.

    option: its name, for the error; most: 100 for per cent, 1 for shares. Raises ConfigError for anything else.
    """
    if text is None or text.strip() == NONE:
        return None if text is None else ()
    try:
        found = tuple(sorted({float(part) for part in text.split(",")}))
    except ValueError:
        found = (0.0,)
    if not all(0 < number < most for number in found):
        raise ConfigError(
            f"{option} {text}: not numbers between 0 and {most}, with commas between them",
            f"write {option} {EXAMPLES[most]}, or {option} {NONE}",
        )
    return found
