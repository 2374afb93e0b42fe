"""The signs of numbers: what stands before the decimals and what between thousands, given or found in a table.

Imports no NumPy: files are recognised with it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ...errors import ConfigError

DECIMALS = (".", ",")
SPACES = " \u00a0\u2007\u2009\u202f"  # between thousands: plain, no-break, figure, thin and narrow no-break space
QUOTES = "'\u2019"  # the Swiss way
BETWEEN = {" ": f"[{SPACES}]", "'": f"[{QUOTES}]"}
GROUPING = (",", ".", " ", "'")  # the usual signs between thousands
NAMED = {"none": "", "space": " ", "\u2019": "'", "\u00a0": " ", "\u202f": " "}  # other ways to give --thousands


@dataclass(frozen=True)
class Signs:
    """The signs of numbers. ConfigError for signs that cannot be told from each other or from digits."""

    decimal: str = "."
    thousands: str = ""  # between groups of three digits, never required; "": nothing

    def __post_init__(self) -> None:
        object.__setattr__(self, "thousands", NAMED.get(self.thousands, self.thousands))
        if self.decimal not in DECIMALS:
            raise ConfigError(f"--decimal is {self.decimal!r}", "allowed: '.', ','")
        if len(self.thousands) > 1 or re.match(r"[\w+()-]", self.thousands):
            raise ConfigError(f"--thousands is {self.thousands!r}", "allowed: one sign such as , . ' or space, or none")
        if self.decimal == self.thousands:
            raise ConfigError(f"--decimal and --thousands are both {self.decimal!r}", "choose different ones")

    @property
    def options(self) -> str:
        """The options that ask for these signs; what they leave open is found in the table."""
        group = {" ": "space", "'": '"\'"'}.get(self.thousands, self.thousands)
        given = [f"--decimal {self.decimal}"] if self.decimal == "," or not group else []
        return " ".join(given + [f"--thousands {group}"] * bool(group))

    @property
    def example(self) -> str:
        """A number with these signs."""
        return f"1{self.thousands}234{self.decimal}5"

    def pattern(self) -> re.Pattern[str]:
        """Its fullmatch is a number without sign and unit: 1,234.5, .5 or 1e-3, in ASCII digits; groups of three, or of
        two before the last three as in India."""
        return _body_pattern(self.decimal, self.thousands)


WAYS = tuple(
    [Signs(decimal) for decimal in DECIMALS]
    + [Signs(decimal, sign) for decimal in DECIMALS for sign in GROUPING if sign != decimal]
)  # from the plainest on


@lru_cache
def _body_pattern(decimal, thousands):
    point, whole = re.escape(decimal), r"\d+"
    if thousands:
        sign = BETWEEN.get(thousands, re.escape(thousands))
        whole = rf"(?:\d{{1,3}}(?:{sign}\d{{3}})+|\d{{1,2}}(?:{sign}\d\d)+{sign}\d{{3}}|\d+)"
    return re.compile(rf"(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d+)?", re.ASCII)


@lru_cache
def number_pattern(decimal: str = ".", thousands: str = "") -> re.Pattern[str]:
    """A compiled pattern whose fullmatch is a number with these separators: 1234.5, -1e3 or .5, in ASCII digits.

    ConfigError for unknown separators, or two equal ones.
    """
    return re.compile(rf"[-+]?{Signs(decimal, thousands).pattern().pattern}", re.ASCII)
