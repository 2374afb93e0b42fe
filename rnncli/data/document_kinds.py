"""Documents that are no plain text, recognised by their content, and the programs that make one of them."""

import re
import zipfile
from contextlib import suppress
from pathlib import PurePath
from typing import IO, NamedTuple

from ..errors import shell_name
from .file_marks import EMPTY, FOREIGN, OLE, PARQUET, ZIP
from .markup_kinds import MARKUPS, bytes_of, markup_of
from .packed import DAMAGED

PEEKED = 1 << 12  # bytes of a file to look at
OTHER = "name a text file"
PANDOC, OFFICE = "pandoc -t plain {file} -o {text}", "soffice -headless -convert-to txt {file}"
MARKS = {  # the first bytes of documents, and the command that makes a text of one
    b"%PDF": ("a PDF", "pdftotext {file} {text}"),
    b"{\\rtf": ("an RTF document", PANDOC),
    b"%!PS": ("a PostScript document", "ps2ascii {file} {text}"),
    b"AT&TFORM": ("a DjVu document", "djvutxt {file} {text}"),
    OLE: ("an Office document of before 2007", OFFICE),
}
PICTURES = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"II*\x00": "TIFF", b"MM\x00*": "TIFF"}
TAR = 257, b"ustar"  # where a mark stands
HTML = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
MEMBERS = {  # a file that stands in the zip of a document
    "word/document.xml": ("a Word document", PANDOC),
    "ppt/presentation.xml": ("a PowerPoint presentation", OFFICE),
    "xl/workbook.xml": ("an Excel workbook", OFFICE),
    "xl/workbook.bin": ("an Excel workbook", OFFICE),
    "META-INF/container.xml": ("an EPUB book", PANDOC),
    "Index/Document.iwa": ("a Pages document", "File > Export To > Plain Text in Pages"),
}
TYPES = {  # what the file `mimetype` in the zip of a document says
    "application/epub+zip": ("an EPUB book", PANDOC),
    "application/vnd.oasis.opendocument.text": ("an OpenDocument text", PANDOC),
    "application/vnd.oasis.opendocument.presentation": ("an OpenDocument presentation", OFFICE),
    "application/vnd.oasis.opendocument.graphics": ("an OpenDocument drawing", OFFICE),
    "application/vnd.oasis.opendocument.spreadsheet": ("an OpenDocument spreadsheet", OFFICE),
}
TABLES = frozenset(("an Excel workbook", "an OpenDocument spreadsheet"))
MARKUP = frozenset(
    ("an HTML page", "an RTF document", "a PostScript document", *MARKUPS)
)  # of letters that can be learned


class DocumentKind(NamedTuple):
    """What a file is, and how to get the text in it."""

    name: str  # with its article
    conversion: str  # a command with {file} and {text}; "" if there is none
    remedy: str = "convert it to a text first"

    @property
    def is_table(self) -> bool:
        return self.name in TABLES

    @property
    def is_markup(self) -> bool:
        return self.name in MARKUP

    def hint(self, name: str) -> str:
        """What to do with the file `name`."""
        if not self.conversion:
            return self.remedy
        file = "FILE" if name == "-" else name
        text = "FILE.txt" if name == "-" else str(PurePath(name).with_suffix(".txt"))
        return f"{self.remedy}: " + self.conversion.format(file=shell_name(file), text=shell_name(text))


def document_kind(file: IO[bytes]) -> DocumentKind | None:
    """The kind of document in a seekable file, which is at its beginning afterwards; None for a text and for a zip
    archive of other files."""
    file.seek(0)
    head = file.read(PEEKED)
    try:
        return _of_zip(file) if head.startswith((ZIP, EMPTY)) else kind_by_head(head)
    finally:
        file.seek(0)


def kind_by_head(head: bytes) -> DocumentKind | None:
    """The kind of document that begins with these bytes, PEEKED of them; None for a text and for any zip archive."""
    if head[TAR[0] : TAR[0] + 5] == TAR[1]:
        return DocumentKind("a tar archive", "tar -xf {file}", "unpack it")
    if mark := next((mark for mark in PICTURES if head.startswith(mark)), None):
        return DocumentKind(f"a picture ({PICTURES[mark]})", "", OTHER)
    if mark := next((mark for mark in FOREIGN if head.startswith(mark) and mark not in MARKS), None):
        return DocumentKind(FOREIGN[mark][0], "", FOREIGN[mark][1])
    if head.startswith(PARQUET):
        return DocumentKind("a Parquet file", "", "save the texts in it as a file of their own")
    plain = head.replace(b"\0", b"")  # as UTF-16 has it between Latin letters
    if mark := next((mark for mark in MARKS if plain.removeprefix(b"\xef\xbb\xbf").startswith(mark)), None):
        return DocumentKind(*MARKS[mark])
    if HTML.match(plain):
        return DocumentKind("an HTML page", PANDOC)
    if markup := markup_of(head):
        return DocumentKind(markup, MARKUPS[markup], "convert it to a text first" if MARKUPS[markup] else OTHER)
    return DocumentKind(binary, "", OTHER) if (binary := bytes_of(head)) else None


def _of_zip(file):
    try:
        with zipfile.ZipFile(file) as archive:
            return document_in(archive)
    except DAMAGED:
        return None


def document_in(archive: zipfile.ZipFile) -> DocumentKind | None:
    """The kind of document that a zip archive is; None for an archive of other files."""
    names = {*archive.namelist()}
    if "mimetype" in names:
        with suppress(*DAMAGED, RuntimeError, NotImplementedError), archive.open("mimetype") as file:
            told = file.read(PEEKED).decode("ascii", "replace").strip()
            if told in TYPES:
                return DocumentKind(*TYPES[told])
    return next((DocumentKind(*MEMBERS[name]) for name in MEMBERS if name in names), None)
