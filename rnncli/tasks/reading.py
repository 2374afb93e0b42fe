"""The settings by which tasks read tables, the same at train, generate and eval. Imports no NumPy: kinds read it."""

from dataclasses import dataclass

from ..settings import Rule, setting

TABLE = "Reading a table"


@dataclass(frozen=True)
class TableConfig:
    """How a table is written; what is null is found in the table."""

    sep: str | None = setting(None, "Separator of cells, one character, or tab or space; null: found.")
    decimal: str | None = setting(None, "Decimal separator of numbers; null: found.", choices=(".", ","))
    thousands: str | None = setting(
        None, "Thousands separator, one character, or space or none; null: found.", option="--thousands"
    )
    na: tuple[str, ...] = setting(
        (), "Cells that mean a missing value, besides the usual ones, separated by commas.", commas=True
    )
    skip_rows: int | None = setting(None, "Lines to skip before the header; null: found.", min=0, max=1_000_000)
    comment: str | None = setting(None, "Sign that begins a comment, such as #; null: none.")
    sheet: str | None = setting(
        None, "Sheet of a workbook, or file in an archive, by name or by number from 1; null: the first with a table."
    )


def _is_one_sign(sign: str | None) -> bool:
    return sign is None or len(sign) == 1 or sign in ("tab", "space", "none", "\\t")


RULES = (
    Rule(("table.sep",), lambda sep: not _is_one_sign(sep) or sep == "none", "one character, or tab or space"),
    Rule(("table.thousands",), lambda sign: not _is_one_sign(sign), "one character, or space or none"),
    Rule(
        ("table.thousands", "table.decimal"),
        lambda thousands, decimal: thousands is not None and thousands == decimal,
        "a thousands separator different from decimal",
    ),
    Rule(("table.comment",), lambda sign: sign is not None and len(sign) not in (1, 2), "one or two characters"),
)
OPTIONS = ("table.sep", "table.decimal", "table.thousands", "table.na", "table.skip_rows", "table.comment")
OPTIONS += ("table.sheet",)
