"""Years of other eras: those of the Buddha in Thailand, and of the republic in Taiwan, on the days of our calendar."""

from dataclasses import replace

import numpy as np

from .fields import parts
from .forms import Form
from .shapes import Column

BUDDHIST, MINGUO = 543, -1911  # years ahead of ours
YEARS = {BUDDHIST: (2400, 2600), MINGUO: (50, 150)}  # of tables
NAMES = {BUDDHIST: "the Buddhist era", MINGUO: "the Republic of China"}


def with_era(column: Column, form: Form) -> Form:
    """A Form that knows of which era its years are: of another one if all of a Column are of no table of ours."""
    minguo = "%-Y" in form.pattern and ("%d" in form.pattern or "年" in form.pattern)
    if form.era or "%Y" not in form.pattern and not minguo:
        return form
    years = [fields["Y"] for _, fields, _ in parts(column, form) if "Y" in fields]
    if not years:
        return form
    era = MINGUO if minguo else BUDDHIST
    least, most = min(map(np.min, years)), max(map(np.max, years))
    return replace(form, era=era) if YEARS[era][0] <= least and most <= YEARS[era][1] else form


def said_of_era(form: Form) -> list[str]:
    """What is noted of years of another era."""
    if not form.era:
        return []
    return [f"its years are those of {NAMES[form.era]}, {abs(form.era):,} {'after' if form.era > 0 else 'before'} ours"]
