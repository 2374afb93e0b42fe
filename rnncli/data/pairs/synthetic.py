"""Examples of made problems in place of those of files: `synthetic:NAME:LENGTH[:COUNT]`.

Apart from `made`, imports no NumPy.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...errors import ConfigError, DataError
from ..synthetic.problems import Asked, asked, is_synthetic
from .recognition import Sniffed

if TYPE_CHECKING:  # it reads tables, which needs NumPy
    from .records import Wanted

FORMATS = {"series": "ts", "words": "conll", "text": "delimited"}  # of files with sources of the same form
ONE_WAY = "-c memory reads in one direction; a network that reads both sees what comes next, and needs little memory"
NOUNS = {"class": "a class", "number": "a number", "step": "a label for each step"}
COLUMNS = {"series": ("value", "mark"), "words": ("symbol",), "text": ("text",)}
TARGETS = {"class": "class", "number": "sum", "step": "answer"}


def sniff_synthetic(files: Sequence[str]) -> Sniffed | None:
    """The Sniffed of made examples; None for files. A name that stands for none is left to the reader to refuse."""
    if not is_synthetic(files):
        return None
    try:
        problem = asked(files[0]).problem
    except ConfigError:
        return Sniffed("lines", "class", 1.0)
    return Sniffed(FORMATS[problem.form], problem.answers, 1.0)


def made(files: Sequence[str], wanted: "Wanted") -> dict[str, Any]:
    """The fields of the Examples that these names stand for.

    `choices` are those of files with sources of the same form, which a model that learnt them can read. Raises
    ConfigError for a name that stands for none, and where files or other problems are among them, DataError for
    columns, and for answers or sources of another kind than is wanted.
    """
    import numpy as np

    each_asked = [_asked(name, files) for name in files]
    problem = each_asked[0].problem
    _refuse_others(files, each_asked, wanted)
    parts = [each.make() for each in each_asked]
    sources, targets = ([one for part in parts for one in part[side]] for side in (0, 1))
    counts = [each.count for each in each_asked]
    digest = hashlib.sha256()
    for source, target in zip(sources, targets):
        digest.update(source.tobytes() if problem.form == "series" else repr(source).encode())
        digest.update(repr(target).encode())
    return {
        "form": problem.form,
        "sources": sources,
        "targets": [(target,) for target in targets] if problem.answers == "number" else targets,
        "files": tuple(files),
        "file": np.repeat(np.arange(len(files)), counts),
        "line": np.concatenate([np.arange(1, count + 1) for count in counts]),
        "columns": COLUMNS[problem.form],
        "target_names": (TARGETS[problem.answers],),
        "groups": None,
        "rows": None if problem.form == "series" else [(" ".join(source),) for source in sources],
        "step_lines": None,
        "choices": _choices(problem.form),
        "notes": (f"{problem.name}: {problem.asks}; {problem.nothing}", *(() if wanted.again else (ONE_WAY,))),
        "digest": digest.hexdigest(),
        "answers": problem.answers,
    }


def _asked(name, files) -> Asked:
    if not is_synthetic((name,)):
        raise ConfigError(f"{name}: a file beside examples that are made", "name files, or made examples alone")
    return asked(name)


def _refuse_others(files, each_asked, wanted):
    """Raises for different problems, for columns, and for a problem that is not of the wanted kind."""
    problem = each_asked[0].problem
    for name, each in zip(files, each_asked):
        if each.problem is not problem:
            raise ConfigError(f"{name}: another problem than {files[0]}", "name made examples of one problem")
    named = next((option for option in ("source", "target", "group") if getattr(wanted, option)), None)
    if named and not wanted.again:
        raise DataError(f"{files[0]}: examples that are made have no columns, found --{named}", f"leave out --{named}")
    if problem.answers != wanted.answers:
        raise DataError(
            f"{files[0]}: each example has {NOUNS[problem.answers]}, expected {NOUNS.get(wanted.answers, 'a text')}",
            "without --task the data decide it; a trained model needs examples of the kind that it learnt",
        )
    if wanted.form not in (None, problem.form):
        raise DataError(
            f"{files[0]}: the sources are {problem.form}, but the model reads {wanted.form}",
            "give it sources as in the training files",
        )


def _choices(form):
    """See `examples.Examples`."""
    columns = {"source": (), "target": ()} if form == "series" else {"source": ("1",), "target": ("2",)}
    header, separator = {"series": (None, None), "words": (None, "\t"), "text": (False, "\t")}[form]
    return {"format": FORMATS[form], **columns, "header": header, "separator": separator, "form": form}
