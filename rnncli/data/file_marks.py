"""What files are by their first bytes."""

GZIP, BZIP2, XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"  # the first bytes of such files
EMPTY = b"PK\x05\x06"  # a zip without a file
ZIP, PARQUET, OLE = b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0"  # OLE: a workbook of before 2007
FOREIGN = {  # files that we do not read, with what helps
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "unpack it"),
    b"Rar!": ("a rar archive", "unpack it"),
    b"\x28\xb5\x2f\xfd": ("a file compressed by zstd", "unpack it, as in `zstd -d FILE`"),
    b"ARROW1": ("an Arrow or Feather file", "save it as Parquet or CSV"),
    b"FEA1": ("a Feather file", "save it as Parquet or CSV"),
    b"\x89HDF": ("an HDF5 file", "save the table in it as Parquet or CSV"),
    b"SQLite format": ("a database of SQLite", "export a table as CSV, as in `sqlite3 -csv -header FILE 'select ...'`"),
    b"%PDF": ("a PDF", "save the table in it as CSV"),
}
OTHERS = {
    ZIP: "a zip archive or a workbook",
    OLE: "a workbook",
    PARQUET: "a Parquet file",
    GZIP: "a file compressed by gzip",
    BZIP2: "a file compressed by bzip2",
    XZ: "a file compressed by xz",
}


def kind_of(head: bytes) -> str | None:
    """What a file with these first bytes is, in words; None for one that may be a text."""
    kinds = OTHERS | {mark: what for mark, (what, _) in FOREIGN.items()}
    return next((what for mark, what in kinds.items() if head.startswith(mark)), None)
