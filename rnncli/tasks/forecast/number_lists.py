"""Parses the lists of numbers of options: --level 80,95, --quantiles 0.1,0.5,0.9."""

from ...errors import ConfigError

NONE = "none"
EXAMPLES = {100: "80,95", 1: "0.1,0.5,0.9"}


def parse_level(text: str | None) -> tuple[float, ...] | None:
    """The numbers of --level, in per cent; see `parse_numbers`."""
    return parse_numbers("--level", text, 100)


def parse_quantiles(text: str | None) -> tuple[float, ...] | None:
    """The numbers of --quantiles; see `parse_numbers`."""
    return parse_numbers("--quantiles", text, 1)


def parse_numbers(option: str, text: str | None, most: int) -> tuple[float, ...] | None:
    """(n,) distinct numbers between 0 and `most`, 1 or 100, in the order of `text`; () for "none", None for None.

    Raises ConfigError for an empty item and for anything but such numbers.
    """
    if text is None or text.strip() == NONE:
        return None if text is None else ()
    try:
        found = tuple(dict.fromkeys(float(part) for part in text.split(",")))
    except ValueError:
        found = (0.0,)
    if not all(0 < number < most for number in found):
        raise ConfigError(
            f"{option} {text or repr('')}: expected numbers between 0 and {most}, separated by commas, or none",
            f"write {option} {EXAMPLES[most]}",
        )
    return found
