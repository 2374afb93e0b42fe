"""`rnncli eval` for a model that writes texts: its texts beside the true ones and those of simple methods."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...phrases import counted
from ..base import Output
from ..pairs.baselines import check_beaten
from ..pairs.scored import Scored
from ..pairs.task import UNITS
from .answering import written_texts
from .nearest import TITLES, text_baselines
from .pictures import drawn
from .text_report import TextReport
from .validation import shown_text
from .writing import Manner, Writer

Extra = Mapping[str, Callable[[Sequence[str]], float | None]]


def text_report(
    loaded: Any, task: Any, scored: Scored, manner: Manner, options: Mapping[str, Any], out: Output, extra: Extra
) -> TextReport:
    """The TextReport of a stored model (Loaded). Texts are written from the sources alone; the true ones give the nats
    of a symbol, each with those before it. extra: {metric: function of all written texts}."""
    examples, encoder = scored.examples, loaded.encoder
    given = {}
    if scored.train is not None:
        given = text_baselines(scored.train, examples, loaded.config.seed, out.progress)
    check_beaten(options["beaten"], given, encoder.source.form)
    coded = task.code(encoder, examples)
    written = written_texts(loaded, replace(coded, targets=None), manner, out)
    with np.errstate(all="ignore"):  # diverged weights: the figure shows it
        nats = Writer(loaded.model, encoder.target, coded).nats(loaded.store.views(loaded.theta))
    report = TextReport(
        heading=f"{scored.name}: {counted(len(examples), 'example')}",
        truth=examples.targets,
        written=[encoder.target.decode(best[0].tokens) for best in written],
        sources=[shown_text(examples, k) for k in range(len(examples))],
        split=encoder.target.split,
        lengths=coded.lengths,
        where=examples.where,
        nats=nats,
        symbols=coded.target_lengths,
        given={name: each.answers for name, each in given.items()},
        titles=TITLES,
        extra=extra,
        unit=UNITS.get(getattr(encoder.source, "tokens", ""), "steps").removesuffix("s"),
        by_length=bool(options["by_length"]),
        per_example=bool(options["per_example"]),
        worst=options["worst"],
        unicode=out.unicode,
        color=out.color,
        more_notes=scored.notes_with(given),
        more_warnings=scored.warnings,
    )
    if report.color:
        out.draw(report.drawing(out.width - 1))
    return drawn(report, options["plot"], out)


def share_new(train: Any) -> Callable[[Sequence[str]], float | None]:
    """The share of written texts that stand nowhere in the training examples, None without these."""
    known = None if train is None else set(train.targets)

    def share(written: Sequence[str]) -> float | None:
        return None if known is None or not written else sum(text not in known for text in written) / len(written)

    return share
