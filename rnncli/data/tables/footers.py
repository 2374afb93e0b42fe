"""Lines below a table that are no rows of it: sources, remarks and totals. Imports no NumPy."""

import re
from collections.abc import Collection, Sequence

from .kinds import EMPTY, NUMBER, STAMP, WORD, is_value, kind_of_cell, kind_of_cells

SUMS = (  # the first word of a row that sums up the others, in many languages
    "total totals sum sums subtotal average mean median count summe gesamt gesamtsumme durchschnitt mittelwert anzahl "
    "totale totaux somme moyenne suma promedio media soma totaal som gemiddelde totalt genomsnitt razem średnia celkem "
    "mittel insgesamt gesamtergebnis ensemble annual ytd grand průměr medelvärde átlag ortalama keskiarvo "
    "összesen yhteensä toplam итого всего среднее 合计 总计 合計 平均 합계"
)
TOTALS = frozenset(SUMS.split())
MOST = 20  # lines, at most
FEWEST = 3  # rows that show what the first column holds
ROUNDED = 1e-3  # of a sum, as its parts are rounded
COMPARED = 50  # rows above them that show what the first column holds
REMARKS = 100  # lines below a blank line, at most


def footer_length(rows: Sequence[Sequence[str]]) -> int:
    """How many of the last rows of a table are no rows of it: its first column holds numbers or stamps, theirs words,
    with nothing else or with a total; the last one may lack the stamp that all others have if it is their sum.

    rows   the last ones, as many as MOST and COMPARED ask for
    """
    count = int(_is_nameless(rows))
    while count < min(MOST, len(rows) - 1) and is_footer(rows[-1 - count]):
        count += 1
    return count if count and begin_with_values(rows[: len(rows) - count]) else 0


def is_footer(row: Sequence[str]) -> bool:
    """Whether a row may stand below a table: words in its first cell and nothing else, a total, or stars for a sum."""
    given = [cell for cell in row if cell.strip()]
    if given and is_starred(row[0]):
        return True
    if not given or not row[0].strip() or kind_of_cell(row[0]) in (EMPTY, NUMBER, STAMP):
        return False
    words = given[0].lower().replace(":", "").split()
    return not any(map(is_value, given)) or not TOTALS.isdisjoint(words[:1])


def is_starred(cell: str) -> bool:
    """Whether a cell marks a row of sums, as in lists of SAP: * for a group, ** for groups of these."""
    return set(cell.strip()) == {"*"}


def is_remark(row: Sequence[str]) -> bool:
    """Whether a row may go on what a footer begins below a blank line: it ends with words, as a numbered footnote."""
    given = [cell for cell in row if cell.strip()]
    return bool(given) and kind_of_cell(given[-1]) == WORD


def are_footnotes(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are a header of words and footnotes numbered from 1."""
    header, *notes = rows
    numbers = [row[0].strip().strip("().[]*") for row in notes]
    return bool(notes) and is_footer(header) and numbers == [str(k) for k in range(1, 1 + len(notes))]


def are_sentences(rows: Sequence[Sequence[str]], above: Sequence[str]) -> bool:
    """Whether rows are a cell of words each, the first one of more words than any of those `above`: no row cut off."""
    most = max((len(cell.split()) for cell in above), default=0)
    return all(len(row) == 1 for row in rows) and len(rows[0][0].split()) > max(most, 1)


def remarks_length(rows: Sequence[Sequence[str]], lines: Sequence[int], gaps: Collection[int]) -> int:
    """How many of the last rows have words in the first of several cells and nothing else, from below a blank line on.

    lines   of the rows in the file
    gaps    the lines that are blank
    """
    count = 0
    for k in reversed(range(len(rows))):
        row = rows[k]
        if len(row) < FEWEST or not is_footer(row) or any(map(str.strip, row[1:])):
            break
        if lines[k] - 1 in gaps and not any(row[0] == above[0] for above in rows[:k]):
            count = len(rows) - k
    return count


def _is_nameless(rows):
    """Whether the last row has the sum of a column, and lacks the stamp that the first column has in all rows above."""
    *above, last = rows
    return (
        not last[0].strip()
        and all(row[0].strip() for row in above[-COMPARED:])
        and begin_with_values(above)
        and kind_of_cells([row[0] for row in above[-COMPARED:]]) == STAMP
        and any(_ends_with_sum(column, decimal) for column in list(zip(*rows))[1:] for decimal in ".,")
    )


def _ends_with_sum(column, decimal):
    """Whether the last cell of a column is at least the sum of those above, of which more may stand in the table."""
    digits = [re.sub(rf"[^\d{decimal}-]", "", cell).replace(decimal, ".") for cell in column if is_value(cell)]
    try:
        *above, last = map(float, digits)
    except ValueError:
        return False
    return bool(column[-1].strip()) and len(above) >= FEWEST and last >= (1 - ROUNDED) * sum(map(abs, above))


def begin_with_values(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first cells of rows, if there are several, are numbers or stamps."""
    return len(rows) >= FEWEST and kind_of_cells([row[0] for row in rows[-COMPARED:]]) in (NUMBER, STAMP)
