"""From sources to the tokens of all the data: survey, encode, drop empty lines, count characters and spelling nats."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...errors import DataError
from ...phrases import counted
from ..files import Meter, Reader, Source
from .encoders import (
    CODE_POINTS,
    ByteEncoder,
    CharEncoder,
    Encoder,
    UnseenCharacter,
    code_points,
    encoder_from_dict,
    text_of,
)
from .splits import STRIDE, Part, Split, as_split, cut, target_counts
from .word_index import Pieces, WordIndex
from .word_vocabulary import fit_words, split_words

LINES = 1 << 24  # documents, at most: each takes about 100 bytes while a pass over them is planned
GAPS = 1 << 18  # places of empty lines that are kept, at most, of about 200 bytes each


@dataclass(frozen=True)
class Encoded:
    """All the data as tokens, with the counts that need the text itself."""

    tokens: np.ndarray  # (L,)
    encoder: Encoder
    bounds: list[int]  # (F+1,) where each file begins, and L
    parts: tuple[Part, ...]
    sums: dict[str, list[float]]  # part -> [characters, spelling_nats] of its targets
    notes: tuple[str, ...]
    empty: list[list[int]] | None = None  # where lines are documents: [lines before, empty lines that were dropped]

    def split(self, part: Part, where: str) -> Split:
        """The Split of one of `parts`; where: its place, in words."""
        characters, spelling_nats = self.sums[part.name]
        found = as_split(part, self.tokens, characters, spelling_nats, where)
        if self.empty is None:
            return found
        inside = (each for each in self.empty if part.first < each[0] < part.last or each[0] == part.first == 0)
        return replace(found, empty=tuple((before - part.first, count) for before, count in inside))

    def record(self) -> dict[str, Any]:
        """JSON data from which `from_record` restores this object, given the tokens."""
        return {"encoder": self.encoder.to_dict(), "bounds": self.bounds, "sums": self.sums, "notes": self.notes} | {
            "empty": self.empty
        }


def from_record(tokens: np.ndarray, record: dict[str, Any], config: Any, title: str) -> Encoded:
    """The Encoded of a `record`."""
    encoder = encoder_from_dict(record["encoder"])
    newline = encoder.encode("\n")[0] if config.documents == "line" else None
    parts = cut(tokens, record["bounds"], newline, config, title)
    return Encoded(tokens, encoder, record["bounds"], parts, record["sums"], tuple(record["notes"]), record["empty"])


@dataclass(frozen=True)
class Job:
    """The sources to encode and how; encoder: None to fit one to the data."""

    sources: tuple[Source, ...]
    config: Any  # DataConfig
    encoder: Any
    title: str  # of the files, for messages
    meter: Meter
    chunk: int

    def reader(self) -> Reader:
        """A Reader for one pass over the sources."""
        return Reader(self.config.encoding, self.meter, self.chunk)


def passes(level: str, encoder: Encoder | None) -> int:
    """The number of times that `encode_sources` reads the data."""
    return 2 if level == "char" and encoder is None else 1


def encode_sources(job: Job, storage: Any) -> Encoded:
    """The Encoded of all sources, written to `storage`. DataError for text that cannot be read or encoded."""
    return _encode_words(job, storage) if job.config.tokens == "word" else _encode_symbols(job, storage)


def _encode_symbols(job, storage):
    encoder = job.encoder or (ByteEncoder() if job.config.tokens == "byte" else survey(job))
    newline = encoder.encode("\n")[0] if job.config.documents == "line" else None
    reader = job.reader()
    token_parts = byte_tokens if job.config.tokens == "byte" else char_tokens
    with storage.tokens(encoder.dtype) as writer:
        bounds, notes, empty = _write(writer, job, newline, lambda source: token_parts(reader, source, encoder))
        tokens = writer.finish()
        parts = cut(tokens, bounds, newline, job.config, job.title)
        lengths = encoder.char_counts(np.arange(encoder.size))
        sums = {part.name: [int(target_counts(tokens, part.pieces, encoder.size) @ lengths), 0.0] for part in parts}
        encoded = Encoded(tokens, encoder, bounds, parts, sums, reader.notes() + notes, empty)
        storage.keep(writer, encoded.record())
    return encoded


def _encode_words(job, storage):
    """Number the words as they appear; then cut the data, and fit the vocabulary to the training part."""
    index, reader = WordIndex(), job.reader()
    newline = index.number(Pieces.of("\n"))[0] if job.config.documents == "line" else None
    with storage.scratch(np.uint32) as draft_writer:
        bounds, notes, empty = _write(draft_writer, job, newline, lambda source: word_tokens(reader, source, index))
        draft, words = draft_writer.finish(), index.words
        parts = cut(draft, bounds, newline, job.config, job.title)
        encoder = job.encoder or _fitted(draft, words, parts[0], job.config)
        table = encoder.ids(words)
        with storage.tokens(encoder.dtype) as writer:
            for start in range(0, len(draft), STRIDE):
                writer.append(table[draft[start : start + STRIDE]])
            sums, strangers = _word_sums(draft, words, table, parts, encoder)
            notes = reader.notes() + notes + strangers
            encoded = Encoded(writer.finish(), encoder, bounds, parts, sums, notes, empty)
            storage.keep(writer, encoded.record())
    return encoded


def _fitted(draft, words, train, config):
    begin, end = train.pieces[0, 0], train.pieces[-1, 1]
    counts = target_counts(draft, np.array([[begin - 1, end]]), len(words))
    always = ("\n",) if config.documents == "line" else ()
    return fit_words(words, counts, config.min_count, config.max_vocab, always)


def _word_sums(draft, words, table, parts, encoder):
    """([characters, spelling nats] of each part's targets, notes on the unknown words among them)."""
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    nats = np.zeros(len(words))
    unknown = np.flatnonzero(table == 0)
    nats[unknown] = [encoder.spelling_nats(words[i]) for i in unknown]
    sums, notes = {}, []
    for part in parts:
        counts = target_counts(draft, part.pieces, len(words))
        sums[part.name] = [int(counts @ lengths), float(counts @ nats)]
        if strange := int(counts[unknown].sum()):
            total = int(counts.sum())
            notes.append(
                f"{part.name}: {strange:,} of {total:,} tokens ({strange / total:.1%}) are words outside the "
                "vocabulary; their loss includes their spelling"
            )
    return sums, tuple(notes)


def survey(job: Job) -> CharEncoder:
    """The CharEncoder of all the data, with every character of every part."""
    seen = np.zeros(CODE_POINTS, bool)
    seen[ord("\n")] = job.config.documents == "line"
    reader = job.reader()
    for source in job.sources:
        for text in reader.text(source):
            seen[code_points(text)] = True
    return CharEncoder(text_of(np.flatnonzero(seen)))


def byte_tokens(reader: Reader, source: Source, encoder: Any) -> Iterator[np.ndarray]:
    """Yield the bytes of `source` as ids."""
    yield from map(encoder.encode_bytes, reader.bytes(source))


def char_tokens(reader: Reader, source: Source, encoder: Any) -> Iterator[np.ndarray]:
    """Yield the ids of the characters of `source`. UnseenCharacter reports the file and the offset in it."""
    start = 0
    for text in reader.text(source):
        try:
            yield encoder.encode(text)
        except UnseenCharacter as error:
            raise error.within(source.name, start) from None
        start += len(text)


def word_tokens(reader: Reader, source: Source, index: WordIndex) -> Iterator[np.ndarray]:
    """Yield the words of `source` as numbers of `index`."""
    for pieces in ahead(Pieces.of, whole_words(reader.text(source))):
        yield index.number(pieces)


def whole_words(texts: Iterable[str]) -> Iterator[str]:
    """Yield the same text in pieces that end where a word ends. The last word waits: the next piece may continue it."""
    held = []
    for text in texts:
        end = max(text.rfind(" "), text.rfind("\n"))  # a word begins with each of them
        if end < 0:
            end = len(text) - len(split_words(text)[-1])
        if end:
            yield "".join((*held, text[:end]))
            held = []
        held.append(text[end:])
    yield "".join(held)


def ahead(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """Yield function(item) for each item, in order. Another thread works on the next one meanwhile: NumPy lets it."""
    from concurrent.futures import ThreadPoolExecutor  # here: texts in words alone need it

    with ThreadPoolExecutor(1) as pool:
        waiting = None
        for item in items:
            coming = pool.submit(function, item)
            if waiting is not None:
                yield waiting.result()
            waiting = coming
        if waiting is not None:
            yield waiting.result()


def _write(writer, job, newline, token_parts):
    """Write the tokens of every source; with lines as documents, a newline before the first and no empty lines.

    Returns (bounds, notes, `Encoded.empty`).
    """
    lines = None if newline is None else LineFilter(newline)
    if lines:
        writer.append(np.array([newline]))
    bounds = [writer.length]
    for source in job.sources:
        parts = token_parts(source)
        for tokens in lines.kept(parts) if lines else parts:
            writer.append(tokens)
        bounds.append(writer.length)
    if lines is None:
        return bounds, (), None
    return bounds, lines.notes(), lines.empty


class LineFilter:
    """Drops the newlines of empty lines, and ends every file with a newline. `empty`: see Encoded; GAPS at most.

    DataError for more than LINES lines, each of which takes memory of its own.
    """

    def __init__(self, newline: Any):
        self._newline, self._lines, self._dropped = newline, 0, 0
        self.empty: list[list[int]] = []

    def notes(self) -> tuple[str, ...]:
        """One sentence on the empty lines, if there are any."""
        told = f"{counted(self._dropped, 'empty line')} dropped"
        if len(self.empty) == GAPS:
            told += f"; after {GAPS:,} gaps, the numbers of lines leave them out"
        return (told,) if self._dropped else ()

    def kept(self, parts: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Yield the tokens to keep of the `parts` of one file, each (L,). The token before the file is a newline."""
        ended = True
        for tokens in parts:
            if len(tokens):
                ends = tokens == self._newline
                empty = ends & np.r_[ended, ends[:-1]]
                ended = bool(ends[-1])
                self._count(ends, empty)
                yield tokens[~empty]
        if not ended:
            self._lines += 1
            yield np.array([self._newline])

    def _count(self, ends, empty):
        """Count the lines that end, and note where empty ones were dropped."""
        lines = self._lines + np.cumsum(ends & ~empty)
        self._lines = int(lines[-1])
        if self._lines > LINES:
            raise DataError(
                f"more than {LINES:,} lines, which are too many documents for the memory",
                "--documents file reads one line after the other; or name fewer lines",
            )
        self._dropped += int(empty.sum())
        before, counts = np.unique(lines[empty], return_counts=True)
        if self.empty and len(before) and self.empty[-1][0] == before[0]:
            self.empty[-1][1] += int(counts[0])
            before, counts = before[1:], counts[1:]
        room = GAPS - len(self.empty)
        self.empty += np.stack([before, counts], axis=1)[:room].tolist()
