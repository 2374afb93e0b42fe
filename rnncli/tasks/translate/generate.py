"""`rnncli generate` for a translator: a text for each source, in order."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...data.pairs.tokens import condition_tokens, tokens_of
from ...data.pairs.written import UNKNOWN_ID
from ...errors import ConfigError
from ...generation.search import Written
from ..base import Output
from ..pairs.given import fields_of, sources_to_answer
from ..picture_files import check_picture
from ..texts.answering import answer_lines, answers_of, manner_of, warn_of_lines
from ..texts.attention_matrix import Attended, attended_lines
from ..texts.conditions import COLUMN, check_known, given_conditions
from .task import TranslateTask

DRAWN = 6  # texts in a picture


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """See `tasks.base.Task.generate`: a line out for every line in; of an empty line, an empty one."""
    picture, shown = options["plot"], bool(options["show_attention"])
    if picture:
        check_picture(picture)  # before the work
    if (picture or shown) and loaded.model.attention is None:
        raise ConfigError(
            f"{loaded.path} was trained without attention, so there is none to show",
            "leave out --show-attention and --plot, or train with --attention dot",
        )
    manner = manner_of(options, sampled=False, keep_attention=bool(picture or shown))
    examples = with_conditions(loaded, sources_to_answer(loaded, TranslateTask.answers, options, out), options)
    if not len(examples):
        return
    if manner.sampling is not None and options["drawn"]:
        out.note(f"seed {options['seed']}")
    coded = TranslateTask.code(loaded.encoder, examples)
    warn_of_unknown(examples, coded, out)
    found = answers_of(loaded, coded, [not source.strip() for source in examples.sources], manner, out)
    for k, best in enumerate(found):
        for line in answer_lines(loaded.encoder.target, fields_of(examples, k), best, manner, out.format):
            out.write(line)
        if shown and out.format == "text" and best[0].attention is not None:
            out.flush()
            out.draw(attended_lines([looked_at(loaded, examples, k, best[0])], out.width - 1, out.unicode, out.color))
    if picture:
        draw(loaded, examples, found, picture, out)


def warn_of_unknown(examples: Any, coded: Any, out: Output) -> None:
    """A warning on sources with symbols that training did not have: they are all read as the same unknown one."""
    given = enumerate(zip(coded.sources, examples.sources))
    unknown = [k for k, (steps, text) in given if text.strip() and (steps.inputs == UNKNOWN_ID).any()]
    warn_of_lines(examples, unknown, "symbols that training did not have", out)


def with_conditions(loaded: Any, examples: Any, options: Mapping[str, Any]) -> Any:
    """The examples without answers, with the values that --condition gives; raises ConfigError where one is missing."""
    names, texts = loaded.encoder.source.conditions, options["condition"] or ()
    if texts and not names:
        raise ConfigError(f"--condition {texts[0]}: {loaded.path} knows no conditions", "leave it out")
    given = given_conditions(texts, names)
    for name, value in given.items():
        check_values(loaded.encoder.source, name, value)
    own = examples.conditions
    if own is None and (missing := [name for name in names if name not in given]):
        verb = "decides" if len(missing) == 1 else "decide"
        raise ConfigError(
            f"no value for {', '.join(missing)}, which {verb} the text together with the source",
            f"add --condition {missing[0].removeprefix(COLUMN)}=VALUE, or give a file with the columns of training",
        )
    rows = own or [("",) * len(names)] * len(examples)
    filled = [tuple(given.get(name, value) for name, value in zip(names, row)) for row in rows]
    return replace(examples, targets=None, conditions=filled if names else None)


def check_values(side: Any, name: str, cell: str) -> None:
    """Raises ConfigError for a value in a cell of a condition that training did not have."""
    start = condition_tokens([name], ["x"])[0].removesuffix("x")
    known = [symbol.removeprefix(start) for symbol in side.symbols if symbol.startswith(start)]
    for token in condition_tokens([name], [cell]):
        check_known(name.removeprefix(COLUMN), token.removeprefix(start), known)


def looked_at(loaded: Any, examples: Any, k: int, written: Written) -> Attended:
    """What the writer looked at in source k for each symbol of its text."""
    side, cells = loaded.encoder.source, examples.conditions[k] if examples.conditions else ()
    told = [token.partition(" = ")[2] for token in condition_tokens(side.conditions, cells)]
    source = [*told, *tokens_of(examples.sources[k], side.tokens, side.lower)][: side.longest]
    text = [loaded.encoder.target.symbols[token] for token in written.tokens]
    assert written.attention is not None
    return Attended(tuple(source), tuple(text), written.attention)


def draw(loaded: Any, examples: Any, found: list[list[Written]], path: str, out: Output) -> None:
    """A picture of what the writer looked at, of the first texts; a warning where every source is empty."""
    from ..texts.pictures import save_attention

    some = [k for k, best in enumerate(found) if best[0].attention is not None][:DRAWN]
    if not some:
        out.warn(f"warning: {path} not written: every source is empty")
        return
    save_attention(path, [looked_at(loaded, examples, k, found[k][0]) for k in some])
    out.note(f"wrote {path}")
