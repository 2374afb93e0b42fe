"""Files, folders and standard input as texts: compressed ones are unpacked, documents that are no text are refused."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, cast

from ..errors import DataError
from ..phrases import counted
from .document_kinds import PEEKED, DocumentKind, document_kind, kind_by_head
from .file_marks import EMPTY, ZIP
from .files import STANDARD_INPUT, Source, open_sources, reading
from .folders import EXAMINED, is_binary, left_out
from .packed import CHUNK, SPOOL, Damage, Watched, check_size, copied, head_of, is_hidden, keep, limit_of, stream_of

SHOWN = 3  # names of files in a note
BINARY = "a binary file"


@dataclass(frozen=True)
class TextFiles:
    """The texts of a command, in order, with one sentence on archives and one on what was left out."""

    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()


@contextmanager
def open_texts(
    files: Sequence[str], as_bytes: bool = False, progress: Callable[[int, int], None] | None = None
) -> Iterator[TextFiles]:
    """A context with the TextFiles of files, folders and `-`, as `open_sources` names them.

    What is compressed by gzip, bzip2 or xz is unpacked, and a zip archive is read as a folder. A document such as a PDF
    or a web page raises DataError, with the program that makes a text of it; in a folder or an archive it is left out,
    with a note, and so are binary files and run folders in a folder. as_bytes: documents are read as they are.
    progress: called with (bytes of a packed file that are unpacked, all of them).
    """
    with ExitStack() as stack:
        named = stack.enter_context(open_sources(files))
        opening = _Opening(as_bytes, stack, progress)
        found = [text for source in named for text in opening.texts(source)]
        if not found:
            raise DataError(f"{files[0]}: no text in it; left out: {opening.skipped()}", "name a text file")
        yield TextFiles(tuple(found), left_out(files) + opening.notes())


class _Opening:
    """Finds the texts in sources. Temporary files live as long as the stack; `left_out`: (name, kind) of documents."""

    def __init__(self, as_bytes: bool, stack: ExitStack, progress: Callable[[int, int], None] | None):
        self._as_bytes, self._stack, self._progress = as_bytes, stack, progress
        self.left_out: list[tuple[str, str]] = []
        self._archives: list[str] = []

    def texts(self, source: Source) -> list[Source]:
        """The Sources of the texts in a source: itself, what is compressed in it, or the files of a zip."""
        with reading(source.name), source.open() as file:
            head = head_of(file, EXAMINED)
            is_zip, stream = head.startswith((ZIP, EMPTY)), stream_of(head)
            kind = document_kind(file) if is_zip or not self._as_bytes else None
            if kind is None and is_zip:
                return self._members(file, source)
            if kind is None and stream:
                return self._unpacked(file, source, *stream)
        if kind is None and source.listed and is_binary(head):
            self.left_out.append((source.name, BINARY))
            return []
        return [source] if kind is None or self._as_bytes else self._refused(source, kind)

    def _refused(self, source, kind):
        """No Source for a document: it is an error unless it lies in a folder."""
        if not source.listed:
            raw = "; to train on it as it is, with its markup: --tokens byte" if kind.is_markup else ""
            raise DataError(f"{_name(source)}: {kind.name}, not a text", kind.hint(source.name) + raw)
        self.left_out.append((source.name, kind.name))
        return []

    def _unpacked(self, file, source, name, opened):
        """The text in a compressed file, which holds one file."""
        limit = limit_of(source.size)
        file = Watched(file, source.size, self._progress)
        inside = copied(lambda: opened(file), _name(source), name, limit, source.size, self._stack)
        size = inside.seek(0, io.SEEK_END)
        inside.seek(0)
        head = head_of(inside)
        if head.startswith((ZIP, EMPTY)) or stream_of(head):
            raise DataError(f"{_name(source)}: an archive in an archive", "unpack it")
        return self.texts(Source(source.name, size, spool=inside, listed=source.listed))

    def _members(self, file, source):
        """The texts in a zip archive, by name; all of them lie in one temporary file."""
        with Damage(_name(source), "zip"):
            watched = cast(IO[bytes], Watched(file, source.size, self._progress))
            archive = self._stack.enter_context(zipfile.ZipFile(watched))
            members = [each for each in archive.infolist() if not each.is_dir() and not is_hidden(each.filename)]
        if not members:
            raise DataError(f"{_name(source)}: an archive without a file", "name another file")
        target = self._stack.enter_context(tempfile.SpooledTemporaryFile(max_size=SPOOL))  # noqa: SIM115 (the stack)
        members.sort(key=lambda each: each.filename)
        parts = [part for each in members for part in self._member(archive, each, source, target, len(members) == 1)]
        if len(members) > 1:
            self._archives.append(f"{_name(source)}: {counted(len(parts), 'file')} read from the archive")
        return parts

    def _member(self, archive, member, source, target, alone):
        """[the Source of one file of an archive, copied to the end of `target`], [] for a document."""
        folder, begin = "" if source.name == "-" else f"{source.name}/", target.tell()
        name = source.name if alone else folder + member.filename
        with Damage(_name(source), "zip"), archive.open(member) as stream:
            data = stream.read(PEEKED)
            kind = None if self._as_bytes else kind_by_head(data)
            if data.startswith((ZIP, EMPTY)) or stream_of(data):
                kind = DocumentKind("an archive in an archive", "")
            if kind:
                self.left_out.append((name, kind.name))
                return []
            while data:
                check_size(_name(source), target.tell() + len(data), limit_of(source.size), source.size)
                keep(target, data, _name(source))
                data = stream.read(CHUNK)
        return [Source(name, target.tell() - begin, spool=target, begin=begin, listed=not alone or source.listed)]

    def skipped(self) -> str:
        """The documents that were left out, in words."""
        shown = [f"{name} ({kind})" for name, kind in self.left_out[:SHOWN]]
        more = [counted(len(self.left_out) - SHOWN, "more file")] if len(self.left_out) > SHOWN else []
        return ", ".join(shown + more)

    def notes(self) -> tuple[str, ...]:
        return (*self._archives, *([f"left out: {self.skipped()}"] if self.left_out else []))


def _name(source: Source) -> str:
    return STANDARD_INPUT if source.name == "-" else source.name
