"""Every parser of what strangers send, as a function of bytes: it returns, or raises an error of ours.

for parser in parsers(folder): parser.read(data)
"""

import json
import os
import random
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import count
from pathlib import Path

import numpy as np

from rnncli.config import load_config, read_settings
from rnncli.data.pairs.detection import sniff
from rnncli.data.pairs.examples import ANSWERS, read_examples
from rnncli.data.pairs.formats import READERS
from rnncli.data.tables.detection import is_table
from rnncli.data.tables.found_signs import find_signs
from rnncli.data.tables.looks import look_of
from rnncli.data.tables.numbers import parse_numbers, unit_of
from rnncli.data.tables.reading import Reading
from rnncli.data.text.corpus import load_corpus
from rnncli.data.text.encoders import encoder_from_dict
from rnncli.data.time.closed import read_closed
from rnncli.data.time.forms import form_of_format
from rnncli.data.time.found_frequency import find_frequency
from rnncli.data.time.frequency import frequency_named
from rnncli.data.time.stamps import read_stamps
from rnncli.errors import RnncliError
from rnncli.storage.checkpoint import load
from rnncli.storage.header import stored_task
from rnncli.storage.model_files import load_model
from rnncli.tasks.forecast.tables import read_tables
from rnncli.tasks.language.generate import write_texts
from rnncli.tasks.registry import TASKS, detect

from . import fuzz_seeds as seeds
from .fuzz_mutations import of_bytes, of_json, of_packed
from .malformed import sealed
from .small_runs import WORDS, parts_of, trained

BUG = 70  # the exit code of an error that is none of a user's
MOST_CELLS = 200
FORECASTER = next(name for name, kind in TASKS.items() if "series" in kind.sections)
LEVELS = ("char", "byte", "word")
ENCODINGS = (
    *("utf-8", "utf-16", "utf-16-le", "utf-32", "utf-7", "utf-8-sig", "latin-1", "cp1252", "cp037", "shift_jis"),
    *(
        "gb18030",
        "hz",
        "iso2022_jp",
        "big5",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "mbcs",
        "rot13",
    ),
)
UNKNOWN = ("error", "skip", "replace")
TABLES = ("a.csv", "a.json", "a.parquet", "a.xlsx", "a.zip")


@dataclass(frozen=True)
class Parser:
    """A parser; the seeds are good inputs, the words belong to its language.

    read        read(bytes): returns, or raises
    mutate      mutate(data, words, draw, others): a changed input
    """

    name: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()
    mutate: Callable[[bytes, Sequence[bytes], random.Random, Sequence[bytes]], bytes] = of_bytes

    def accepts(self, data: bytes) -> bool:
        """Whether an input is read, and not refused by an error of ours. Anything else is raised."""
        try:
            self.read(data)
        except RnncliError as error:
            if error.exit_code == BUG:
                raise
            f"{error} {error.hint} {error.options}".encode("utf-8", "surrogatepass")
            return False
        return True


def parsers(folder: Path) -> dict[str, Callable[[], Parser]]:
    """{name: makes the Parser}; files that they need are in `folder`."""
    tables = {
        "delimited": (seeds.DELIMITED, seeds.WORDS_OF_TABLES, of_bytes),
        "json": (seeds.JSON, seeds.WORDS_OF_TABLES, of_json),
        "parquet": (seeds.parquets, (b"PAR1", b"pandas", b"Timestamp"), of_bytes),
        "workbook": (seeds.workbooks, seeds.WORDS_OF_WORKBOOKS, of_packed),
        "archive": (seeds.archives, seeds.WORDS_OF_TABLES, of_packed),
    }
    return {
        "settings": lambda: Parser("settings", partial(_settings, folder), seeds.SETTINGS, seeds.WORDS_OF_SETTINGS),
        "assigned": lambda: Parser("assigned", _assigned, seeds.ASSIGNED, seeds.WORDS_OF_SETTINGS),
        "numbers": lambda: Parser("numbers", _numbers, seeds.NUMBERS, seeds.WORDS_OF_TABLES),
        "dates": lambda: Parser("dates", _dates, seeds.DATES, seeds.WORDS_OF_DATES),
        **{name: partial(_table, name, folder, *parts) for name, parts in tables.items()},
        "detection": partial(_detection, folder),
        "pairs": lambda: Parser("pairs", partial(_pairs, folder), seeds.PAIRS, seeds.WORDS_OF_PAIRS, of_json),
        "texts": lambda: Parser(
            "texts", partial(_text, folder), seeds.TEXTS, (b"\x1b$B", b"~{", b"+AAA-", b"\xed\xa0\x80")
        ),
        "model files": partial(_model_files, folder),
        "descriptions": partial(_descriptions, folder),
        "prompts": partial(_prompts, folder),
    }


def _settings(folder, data):
    path = folder / "c.yaml"
    path.write_bytes(data)
    read_settings((path,)).freeze()


def _assigned(data):
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    environ = dict(line.partition("=")[::2] for line in lines if line.startswith("RNNCLI_"))
    read_settings((), environ, [line for line in lines if line and not line.startswith("RNNCLI_")]).freeze()


def _cells(data):
    """At most so many cells, as a reader of tables decodes them."""
    return data.decode("utf-8", "replace").split("\n")[:MOST_CELLS]


def _row(row, column=""):
    return f"a.csv:{row}, column {column}"


def _numbers(data):
    cells = _cells(data)
    signs, _ = find_signs({"y": cells}, _row, Reading())
    parse_numbers(cells, _row, signs)
    unit_of(cells)
    look_of(cells, signs)


def _dates(data):
    """A column of stamps; its first cell also as the name of a step, as a format and as closed steps."""
    cells = _cells(data)
    for read in (frequency_named, form_of_format, read_closed):
        with suppress(RnncliError):
            read(cells[0])
    stamps = read_stamps(np.array([cell for cell in cells if cell], np.dtypes.StringDType()), _row, name="ds")
    if len(stamps.values):
        find_frequency([stamps.values], stamps.kind, stamps.clock)
        stamps.text(stamps.values)


def _table(name, folder, given, words, mutate):
    """The Parser of tables of a format: found out, arranged, and made a panel."""
    path = folder / next(each for each in TABLES if each.startswith("a." + name[0]) or each == TABLES[0])
    config = load_config(overrides={"task": FORECASTER, "data.files": [str(path)]})

    def read(data):
        path.write_bytes(data)
        read_tables(config)

    return Parser(name, read, tuple(given() if callable(given) else given), words, mutate)


def _detection(folder):
    """The Parser that finds out which task a file is for; it must never raise."""
    changes = count()
    every = (*seeds.DELIMITED, *seeds.JSON, *seeds.PAIRS, *seeds.TEXTS, *seeds.archives())

    def read(data):
        path = folder / ("a", "a.txt", "a.csv")[zlib.crc32(data) % 3]
        path.write_bytes(data)
        os.utime(path, ns=(0, next(changes)))  # what is in a packed file is remembered until it changes
        try:
            is_table([str(path)])
            sniff([str(path)])
            detect([str(path)])
        except RnncliError as error:
            raise AssertionError(f"the kind of a file is found without an error: {error}") from error

    return Parser("detection", read, every, seeds.WORDS_OF_PAIRS + seeds.WORDS_OF_TABLES, of_packed)


def _pairs(folder, data):
    """Examples of a kind of answers and a format that the bytes decide."""
    kind = zlib.crc32(data)
    path = folder / ("p.txt", "p.tsv", "p.jsonl")[kind // 7 % 3]
    path.write_bytes(data)
    format = ("auto", *READERS)[kind // 31 % (2 * len(READERS))] if kind // 31 % 20 <= len(READERS) else "auto"
    read_examples([str(path)], ANSWERS[kind % len(ANSWERS)], format=format, target_required=kind // 3 % 4 > 0)


def _text(folder, data):
    """A text at a level and in an encoding that the bytes decide; what was read is written again."""
    kind = zlib.crc32(data)
    path = folder / "t.txt"
    path.write_bytes(data)
    encoding = ENCODINGS[max(0, kind // 11 % (2 * len(ENCODINGS)) - len(ENCODINGS))]
    corpus = load_corpus(_text_config(str(path), LEVELS[kind % 3], encoding, "file" if kind // 5 % 3 else "line"))
    stored = json.loads(json.dumps(corpus.encoder.to_dict()))
    assert encoder_from_dict(stored) == corpus.encoder, "an encoder is stored whole"


@cache
def _text_config(path, level, encoding, documents):
    config = load_config(overrides={"data.files": [path], "data.tokens": level, "task": next(iter(TASKS))})
    return replace(config.data, encoding=encoding, documents=documents)


@cache
def _models(folder):
    """{name: path} of a small model of each task, and of one at word level."""
    found = {}
    for name in (*TASKS, WORDS):
        (folder / name).mkdir(parents=True, exist_ok=True)
        found[name] = trained(name, folder / name) / "model.safetensors"
    return found


def _model_files(folder):
    """The Parser of the bytes of model files."""
    path = folder / "m.safetensors"

    def read(data):
        path.write_bytes(data)
        stored_task(path)
        load(path)

    found = tuple(model.read_bytes() for model in _models(folder).values())
    return Parser("model files", read, tuple(each[:5000] for each in found) + found, (b'"dtype":"F32"', b'"shape":[2]'))


def _descriptions(folder):
    """The Parser of what model files say of themselves, sealed anew, with the tensors of the task that is named."""
    path, whole = folder / "d.safetensors", {name: parts_of(model) for name, model in _models(folder).items()}
    tensors = {_kind(meta): arrays for arrays, meta in whole.values()}

    def read(data):
        try:
            meta = json.loads(data)
        except (ValueError, RecursionError):
            meta = {}
        meta = meta if isinstance(meta, dict) else {"config": meta}
        path.write_bytes(sealed(tensors.get(_kind(meta), {}), meta))
        load_model(path)

    described = tuple(json.dumps(meta).encode() for _, meta in whole.values())
    return Parser("descriptions", read, described, (), partial(_long, of_json))


def _kind(meta):
    """The task and the level of tokens of a description, "" where it is malformed."""
    try:
        return f"{meta['config']['task']} {meta['config']['data'].get('tokens')}"
    except (TypeError, LookupError, AttributeError):
        return ""


def _long(mutate, data, words, draw, others):
    """JSON that keeps its length: the descriptions of some models are long."""
    return mutate(data, words, draw, ())


def _prompts(folder):
    """The Parser of prompts: each is read and continued by a few tokens."""
    first = next(iter(TASKS))
    loaded = [load_model(_models(folder)[name]) for name in (first, WORDS)]

    def read(data):
        kind = zlib.crc32(data)
        text = data.decode("utf-8", "surrogateescape")
        stop = (text[:1],) if kind % 5 == 0 and text else ()
        pieces = write_texts(loaded[kind % 2], text, 2, seed=kind, stop=stop, unknown=UNKNOWN[kind // 2 % 3])
        assert all(isinstance(piece.text, str) for piece in pieces)

    return Parser("prompts", read, seeds.PROMPTS, (b"the", b"cat", b"mat "))
