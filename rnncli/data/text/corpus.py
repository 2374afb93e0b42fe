"""Text files as a corpus: an encoder, and the training, validation and test parts as tokens.

The data is read chunk by chunk: once for its digest, and once or twice for its tokens. The tokens of large data lie in
a memory-mapped file keyed by that digest (see `token_cache`).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...errors import DataError, ModelFileError
from ...phrases import counted
from ...resources import cache_folder
from ..files import CHUNK, Meter, checked_encoding, fingerprint
from ..text_files import open_texts
from .cache_entries import usable
from .encoders import Encoder
from .splits import UNITS, Split, whereabouts
from .token_cache import CACHE_ABOVE, Damaged, FileStorage, MemoryStorage
from .tokens import Job, encode_sources, from_record, passes

SHOWN = 3  # names of files in a note

__all__ = ["Corpus", "Split", "load_corpus", "load_split"]


@dataclass(frozen=True)
class Corpus:
    """A text, ready for training."""

    encoder: Encoder
    train: Split
    val: Split | None  # None where its fraction is 0
    test: Split | None
    digest: str  # SHA-256 in hexadecimal of the bytes of the files, in order, and of the settings that change tokens
    notes: tuple[str, ...]  # one sentence for each change to the text and each oddity
    files: tuple[str, ...]  # as read, in order; folders are resolved
    chars_per_token: float  # of the training targets; nats per token divided by this are nats per character


def load_corpus(
    config: Any,
    encoder: Encoder | None = None,
    progress: Callable[[int, int], None] | None = None,
    cache_above: int = CACHE_ABOVE,
    chunk: int = CHUNK,
) -> Corpus:
    """The Corpus of `config` (DataConfig).

    encoder      the one of a stored model; None fits one, to the characters of all the data or the words of the
                 training part
    progress     called as progress(done_bytes, total_bytes), counting every pass over the data
    cache_above  bytes of data above which tokens go to a memory-mapped file
    chunk        bytes read at a time; affects nothing but memory
    DataError for files that are missing, empty, undecodable, too short to split, or have a character unknown to the
    given encoder; ConfigError for an unknown encoding; ResourceError if the cache cannot be written.
    """
    encoded, digest, sources = _load(config, encoder, progress, cache_above, chunk)
    title = _title(sources)
    splits = {part.name: encoded.split(part, whereabouts(part, config, title)) for part in encoded.parts}
    train = splits["train"]
    return Corpus(
        encoded.encoder,
        train,
        splits.get("val"),
        splits.get("test"),
        digest,
        encoded.notes,
        tuple(source.name for source in sources),
        train.characters / train.targets,
    )


def load_split(
    path: str | Path,
    encoder: Encoder,
    config: Any,
    progress: Callable[[int, int], None] | None = None,
    cache_above: int = CACHE_ABOVE,
    chunk: int = CHUNK,
) -> Split:
    """Another file, folder or `-` as one Split with its name, read with the settings of `config` (DataConfig).

    Errors as for `load_corpus`.
    """
    whole = replace(config, files=(str(path),), val_frac=0.0, test_frac=0.0)
    encoded, _, sources = _load(whole, encoder, progress, cache_above, chunk)
    (part,) = encoded.parts
    unit = "lines" if whole.documents == "line" else UNITS[encoder.level]
    where = f"all {part.last:,} {unit} of {_title(sources)}"
    whole_file = f"{part.name}: "  # not a part of one
    notes = tuple(note.removeprefix(whole_file) for note in encoded.notes)
    return replace(encoded.split(part, where), name=str(path), notes=notes)


def _load(config, encoder, progress, cache_above, chunk):
    """(Encoded, digest, sources) of the data, from the cache if possible."""
    if encoder is not None:
        config = replace(config, tokens=encoder.level)
    if config.tokens != "byte":
        checked_encoding(config.encoding)
    with open_texts(config.files, config.tokens == "byte", progress) as found:
        total = sum(source.size for source in found.sources)
        meter = Meter(progress, total * (1 + passes(config.tokens, encoder)))
        sources, prints, skipped = _with_text(fingerprint(found.sources, meter, chunk))
        digest = _digest(prints, config)
        job = Job(sources, config, encoder, _title(sources), meter, chunk)
        large = sum(source.size for source in sources) > cache_above
        encoded = _encoded(job, digest, cache_folder()) if large else encode_sources(job, MemoryStorage())
        meter.finish()
    return replace(encoded, notes=found.notes + skipped + encoded.notes), digest, sources


def _encoded(job, digest, place):
    """The Encoded of large data: from an earlier run's files in the folder `place`, or read now and stored there."""
    folder, notes = usable(place)
    fitted = FileStorage(folder, digest)  # of a run that fitted the encoder, usually the same one
    storages = [fitted] if job.encoder is None else [fitted, FileStorage(folder, _with_encoder(digest, job.encoder))]
    for storage in storages:
        try:
            found = storage.recall()
            encoded = from_record(*found, job.config, job.title) if found else None
        except (Damaged, ModelFileError) as error:
            what = "were damaged" if isinstance(error, Damaged) else "are of an older version"
            notes += (f"tokens in the cache {folder} {what}; they are made again",)
            continue
        if encoded and job.encoder in (None, encoded.encoder):
            return replace(encoded, notes=(*encoded.notes, *notes, f"tokens read from the cache {folder}"))
    encoded = encode_sources(job, storages[-1])
    if folder == place:
        notes += (f"tokens stored in the cache {folder}; delete *.tokens and *.record there to clear it",)
    return replace(encoded, notes=encoded.notes + notes)


def _with_text(prints):
    """(sources, [(size, hash)], notes), without the empty files of folders, and with each text once: a copy would put
    what is learnt into the validation part. DataError for other empty files."""
    for source, _ in prints:
        if not source.size and not source.listed:
            raise DataError(f"{source.name}: the file is empty", "name a file that has text")
    full = [(source, sha) for source, sha in prints if source.size]
    if not full:
        folder = Path(prints[0][0].name).parent
        raise DataError(f"{folder}: every file in the folder is empty", "name a file that has text")
    first = {sha: source for source, sha in reversed(full)}
    kept = [(source, sha) for source, sha in full if first[sha] is source]
    copies = [(source, first[sha]) for source, sha in full if first[sha] is not source]
    empty = len(prints) - len(full)
    notes = (f"{counted(empty, 'empty file')} ignored",) if empty else ()
    return tuple(source for source, _ in kept), [(source.size, sha) for source, sha in kept], notes + _about(copies)


def _about(copies):
    """One sentence about sources that are left out, (source, the one that it equals), if there are any."""
    if not copies:
        return ()
    shown = [f"{again.name} (as {source.name})" for again, source in copies[:SHOWN]]
    more = f" and {counted(len(copies) - SHOWN, 'more file')}" if len(copies) > SHOWN else ""
    return (f"the same text again, left out: {', '.join(shown)}{more}",)


def _digest(prints, config):
    """SHA-256 over the hashes of all files and the settings that change the tokens."""
    settings = {
        "level": config.tokens,
        "documents": config.documents,
        "val_frac": config.val_frac,
        "test_frac": config.test_frac,
    }
    if config.tokens != "byte":
        settings["encoding"] = checked_encoding(config.encoding)
    if config.tokens == "word":
        settings |= {"min_count": config.min_count, "max_vocab": config.max_vocab}
    return hashlib.sha256(json.dumps([settings, prints], sort_keys=True).encode()).hexdigest()


def _with_encoder(digest, encoder):
    described = json.dumps([digest, encoder.to_dict()], sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()


def _title(sources):
    """A title for the files, with up to three names."""
    titles = [source.title for source in sources]
    if len(titles) <= 3:
        return ", ".join(titles)
    return f"{titles[0]} to {titles[-1]} ({len(titles)} files)"
