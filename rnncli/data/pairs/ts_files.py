"""Series in `.ts` files, as sktime and aeon write them: a header, then an example a line, `values:values:answer`.

A ':' separates channels, a ',' values. The header is a hint: the data decide, and a note says where they disagree.
"""

import re
from collections.abc import Sequence

from ...errors import DataError
from ...phrases import counted
from .cells import is_number, shortlist
from .documents import Document
from .records import Found, Wanted, refuse_columns, refuse_steps
from .series_values import channel_names, checked_channels, series_of

STAMPED = re.compile(r"\(([^,()]*),([^,()]*)\)")  # a value with its time: (0,1.5)


def read_ts(documents: Sequence[Document], wanted: Wanted) -> Found:
    """The examples of `.ts` files. DataError for missing values, and for channels of different lengths."""
    refuse_steps(documents, wanted, "a .ts file")
    refuse_columns(documents, wanted, "a .ts file")
    found = Found("series", target_names=("class" if wanted.answers == "class" else "target",))
    blank = stamped = 0
    for file, document in enumerate(documents):
        header, lines = _parts(document)
        while lines and not lines[-1][1].strip():
            lines.pop()
        if not wanted.required:
            _refuse_blank(document, lines)
        rows = [(number, line) for number, line in lines if line.strip() and not line.startswith("#")]
        blank += sum(not line.strip() for _, line in lines)
        begin = len(found.sources)
        fields = [_fields(line, f"{document.name}:{number}") for number, line in rows]
        answered = _answered(document, header, rows, fields, wanted)
        stamped += any("(" in line for _, line in rows)
        for (number, _), channels in zip(rows, fields):
            *channels, answer = channels if answered else (*channels, None)
            place = f"{document.name}:{number}"
            if not channels:
                raise DataError(f"{place}: an answer without a series", "write the values, a colon and the answer")
            source = series_of([_values(channel) for channel in channels], place)
            found.add(source, None if answer is None else (answer.strip(),), file, number)
        found.notes += _disagreements(document.name, header, found, begin, wanted)
    if stamped:
        found.notes.append("time stamps left aside: values are taken to be equally spaced")
    if blank and wanted.required:
        found.notes.append(f"{counted(blank, 'blank line')} skipped")
    if found.sources:
        places = [f"{documents[file].name}:{line}" for file, line in zip(found.file, found.line)]
        found.columns = channel_names(checked_channels(found.sources, places))
    return found


def _parts(document):
    """({key in lower case: words}, [(number, line)] of the data)."""
    header, lines = {}, list(enumerate(document.lines(), start=1))
    for k, (_, line) in enumerate(lines):
        if line.startswith("@"):
            key, *words = line.split()
            header[key.lower()] = words
            if key.lower() == "@data":
                return header, lines[k + 1 :]
        elif line.strip() and not line.startswith("#"):
            return header, lines[k:]
    return header, []


def _refuse_blank(document, lines):
    """DataError for a blank line between examples, whose answers would no longer stand in line with them."""
    for number, line in lines:
        if not line.strip():
            raise DataError(
                f"{document.name}:{number}: a series without values", "give it at least one value, or remove the line"
            )


def _fields(line, place):
    """The channels of a line and its answer, as text."""
    if "(" not in line:
        return line.split(":")
    for stamp, _ in STAMPED.findall(line):
        if not is_number(stamp):
            raise DataError(
                f"{place}: {stamp.strip()!r} is not a simple time stamp",
                "write times as numbers, as in (0,1.5),(1,1.7), or the values alone",
            )
    times = [[float(stamp) for stamp, _ in STAMPED.findall(part)] for part in line.split(":")]
    if any(later <= earlier for own in times for earlier, later in zip(own, own[1:])):
        raise DataError(f"{place}: times do not rise", "sort the values of each channel by their time")
    plain = STAMPED.sub(r"\2", line)
    if "(" in plain:
        raise DataError(f"{place}: more than one value at a time", "write one value a time, as in (0,1.5)")
    return plain.split(":")


def _values(channel):
    return channel.split(",") if channel.strip() else []


def _answered(document, header, rows, fields, wanted):
    """Whether the last field of each line is its answer. DataError where answers are required and a line has none."""
    said = any(
        [word.lower() for word in header.get(key, ())[:1]] == ["true"] for key in ("@classlabel", "@targetlabel")
    )
    ends = [len(own) > 1 and "," not in own[-1] for own in fields]
    answered = all(ends) and (said or all("," in own[0] for own in fields))
    if wanted.required and not answered:
        line = rows[ends.index(False)][0] if any(ends) and not all(ends) else None
        raise DataError(
            f"{document.name}{f':{line}' if line else ''}: no answer after the last colon",
            "end each line with a colon and its class or number, with @classLabel true A B in the header",
        )
    return answered


def _disagreements(name, header, found, begin, wanted):
    """A note for each entry of the header that the data do not bear out."""
    sources, answers = found.sources[begin:], found.answers[begin:]
    if not sources:
        return
    lengths, D = {len(source) for source in sources}, sources[0].shape[1]
    said = {key: words[0].lower() for key, words in header.items() if words}
    if said.get("@equallength") == "true" and len(lengths) > 1:
        yield f"{name}: the header says equal lengths, the series have {min(lengths):,} to {max(lengths):,} steps"
    if "@serieslength" in said and {said["@serieslength"]} != {str(length) for length in lengths}:
        yield f"{name}: the header says {said['@serieslength']} steps, the series have {_range(lengths)}"
    if said.get("@univariate") == "true" and D > 1:
        yield f"{name}: the header says one channel, the series have {D}"
    dimensions = said.get("@dimensions", said.get("@dimension"))
    if dimensions not in (None, str(D)):
        yield f"{name}: the header says {dimensions} channels, the series have {D}"
    listed = header.get("@classlabel", [])[1:]
    others = {answer[0] for answer in answers if answer} - set(listed)
    if listed and others and wanted.answers == "class":
        yield f"{name}: classes that the header does not list: {shortlist(sorted(others))}"


def _range(lengths):
    return f"{min(lengths):,}" if len(lengths) == 1 else f"{min(lengths):,} to {max(lengths):,}"
