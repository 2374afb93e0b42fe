"""Write flowers.csv: what was measured on 300 flowers of four invented species, for a row in and one answer out.

    python make_flowers.py [OUTPUT]          (default: flowers.csv beside this file)

Standard library only, seeded, from the stream of the series. The answer is the species or the height.
"""

import math
import sys
from pathlib import Path
from typing import NamedTuple

from make_series import Chance

SEED = 1753
FLOWERS = 300
COLUMNS = "stem_mm,leaves,bloom_week,nectar_mg,soil,height,species"
SOILS = ("chalk", "clay", "loam", "sand")


class Species(NamedTuple):
    """An invented species: means of what is measured, and the share of its flowers that `common` soils hold."""

    name: str
    height: float  # cm
    thickness: float  # mm of stem for 40 cm
    leaves: float
    bloom_week: float
    nectar: float  # mg
    common: tuple  # its two soils; they hold three flowers of four


SPECIES = (
    Species("candlewort", 52, 3.4, 11, 24, 3.1, ("clay", "loam")),
    Species("hareclover", 34, 3.0, 15, 21, 2.2, ("chalk", "sand")),
    Species("mossrue", 40, 3.9, 10, 25, 1.9, ("clay", "loam")),
    Species("wendbell", 42, 3.1, 12, 20, 2.9, ("chalk", "clay")),
)
GROWTH = {"chalk": 0.9, "clay": 1.0, "loam": 1.2, "sand": 0.8}  # what a soil multiplies height by


def flower(chance, species):
    """A line of the table. In every soil the stem is thicker the higher the flower, and late ones have more leaves."""
    soils = species.common if chance.uniform() < 0.75 else SOILS
    soil = soils[chance.number(0, len(soils) - 1)]
    vigour = chance.normal()
    height = species.height * GROWTH[soil] * math.exp(0.12 * vigour + 0.06 * chance.normal())
    stem = species.thickness * math.sqrt(height / 40) * math.exp(0.08 * chance.normal())
    week = species.bloom_week + 1.5 * chance.normal()
    leaves = max(3, round(species.leaves + 0.6 * (week - species.bloom_week) + 1.2 * vigour + 1.5 * chance.normal()))
    nectar = species.nectar * math.exp(0.22 * chance.normal())
    return f"{stem:.2f},{leaves},{round(week)},{nectar:.2f},{soil},{height:.1f},{species.name}"


def flowers(seed=SEED):
    """The lines of the table, the species in no order."""
    chance = Chance(seed)
    return [COLUMNS, *(flower(chance, SPECIES[chance.number(0, len(SPECIES) - 1)]) for _ in range(FLOWERS))]


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("flowers.csv")
    target.write_bytes("".join(f"{line}\n" for line in flowers()).encode("ascii"))
