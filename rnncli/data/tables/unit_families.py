"""Units of one kind in a column, such as Wh beside kWh, and the words for debit and credit: what they stand for."""

from collections.abc import Collection

PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
BINARY = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40}
SCALED = ("Wh", "W", "VA", "J", "Hz", "Pa", "V", "A", "bps", "bit/s", "B", "B/s")  # units with these prefixes
BYTES = ("B", "B/s")
OTHERS = (
    {"mg": 1e-3, "g": 1.0, "kg": 1e3, "t": 1e6},
    {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3},
    {"ml": 1e-3, "l": 1.0, "hl": 100.0},
    {"mL": 1e-3, "L": 1.0, "hL": 100.0},
)
DEBITS = {"dr": "cr", "s": "h", "d": "c"}  # a debit, which is negative, and its credit; German: Soll and Haben
ALONE = "dr"  # the one that means nothing else
NEGATIVE, POSITIVE = -1.0, 1.0


def _families():
    for unit in SCALED:
        family = {prefix + unit: factor for prefix, factor in PREFIXES.items()}
        if unit in BYTES:
            family |= {prefix + unit: factor for prefix, factor in BINARY.items()} | {f"K{unit}": 1e3}
        elif unit in ("W", "V", "A"):
            family[f"m{unit}"] = 1e-3
        yield family
    yield from OTHERS


FAMILIES = tuple(_families())


def scales_of(units: Collection[str], usual: str) -> dict[str, float]:
    """{unit: factor} that turns numbers with any of the `units` of a column into those with its `usual` one; for
    debits and credits, their sign. {} for a single unit, for unlike ones, and where numbers without a unit are."""
    signs = _signs({unit for unit in units if unit})
    if signs or "" in units or len(units) < 2:
        return signs
    family = next((each for each in FAMILIES if set(units) <= each.keys()), None)
    return {unit: family[unit] / family[usual] for unit in sorted(units)} if family else {}


def are_of_one_kind(units: Collection[str]) -> bool:
    """Whether these are several units of one family."""
    return len(units) > 1 and any(set(units) <= each.keys() for each in FAMILIES)


def between(unit: str, other: str) -> float:
    """What numbers with a unit are multiplied by to have the `other` one; 1 for the same, and for unlike ones."""
    family = next((each for each in FAMILIES if unit in each and other in each), None)
    return family[unit] / family[other] if family else 1.0


def _signs(units):
    """{word: sign} of debits and credits; a single letter is one only beside its counterpart, in capitals."""
    words = {unit.rstrip(".").casefold() for unit in units}
    for debit, credit in DEBITS.items():
        long = debit == ALONE
        if words <= {debit, credit} and debit in words and (long or credit in words and all(map(str.isupper, units))):
            return {unit: NEGATIVE if unit.rstrip(".").casefold() == debit else POSITIVE for unit in sorted(units)}
    return {}
