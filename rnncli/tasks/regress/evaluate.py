"""`rnncli eval` for a regressor: its answers beside those of simple methods."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from ...phrases import counted
from ..base import Output
from ..pairs.answering import stored_scores
from ..pairs.baselines import TITLES, check_beaten, number_baselines
from ..pairs.metric_names import number_metric_names
from ..pairs.number_report import NumberReport
from ..pairs.pictures import drawn
from ..pairs.scored import examples_to_score, shown_source
from .predicting import predictions
from .task import RegressTask


def metric_names(loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
    """See `tasks.base.Task.metric_names`."""
    return number_metric_names(loaded.encoder.target.names)


def evaluate(loaded: Any, options: Mapping[str, Any], out: Output) -> NumberReport:
    """See `tasks.base.Task.evaluate`."""
    scored = examples_to_score(loaded, RegressTask.answers, options, out)
    encoder, examples, given = loaded.encoder, scored.examples, {}
    if scored.train is not None:
        given = number_baselines(encoder, scored.train, examples, loaded.config.seed, out.progress)
    scores = stored_scores(loaded, RegressTask.code(encoder, examples), out)
    check_beaten(options["beaten"], given, encoder.source.form)
    report = NumberReport(
        heading=f"{scored.name}: {counted(len(examples), 'example')}",
        names=encoder.target.names,
        truth=np.array(examples.targets, float),
        predicted=predictions(loaded.model, encoder.target, scores),
        where=examples.where,
        text=partial(shown_source, examples),
        given={name: each.answers for name, each in given.items()},
        titles=TITLES,
        per_example=bool(options["per_example"]),
        worst=options["worst"],
        unicode=out.unicode,
        more_warnings=scored.warnings,
        more_notes=scored.notes_with(given),
    )
    return drawn(report, options["plot"], out)
