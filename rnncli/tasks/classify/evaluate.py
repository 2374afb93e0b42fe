"""`rnncli eval` for a classifier: its answers beside those of simple methods."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from ...phrases import counted
from ..base import Output
from ..pairs.answering import stored_scores
from ..pairs.baselines import TITLES, check_beaten, class_baselines
from ..pairs.class_report import ClassReport
from ..pairs.metric_names import class_metric_names
from ..pairs.pictures import drawn
from ..pairs.scored import examples_to_score, shown_source
from .task import ClassifyTask


def metric_names(loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
    """See `tasks.base.Task.metric_names`."""
    return class_metric_names(loaded.encoder.target.size)


def evaluate(loaded: Any, options: Mapping[str, Any], out: Output) -> ClassReport:
    """See `tasks.base.Task.evaluate`."""
    scored = examples_to_score(loaded, ClassifyTask.answers, options, out)
    encoder, examples = loaded.encoder, scored.examples
    coded = ClassifyTask.code(encoder, examples)
    given = {}
    if scored.train is not None:
        given = class_baselines(encoder, scored.train, examples, loaded.config.seed, out.progress)
    check_beaten(options["beaten"], given, encoder.source.form)
    report = ClassReport(
        heading=f"{scored.name}: {counted(len(examples), 'example')}, {encoder.target.size} classes",
        names=encoder.target.names,
        truth=coded.targets,
        labels=examples.targets,
        probabilities=probabilities(loaded, coded, out),
        lengths=coded.lengths,
        where=examples.where,
        text=partial(shown_source, examples),
        given={name: each.answers for name, each in given.items()},
        titles=TITLES,
        confusion=bool(options["confusion"]),
        by_length=bool(options["by_length"]),
        per_class=bool(options["per_class"]),
        per_example=bool(options["per_example"]),
        worst=options["worst"],
        unicode=out.unicode,
        more_warnings=scored.warnings,
        more_notes=scored.notes_with(given),
    )
    return drawn(report, options["plot"], out)


def probabilities(loaded: Any, coded: Any, out: Output) -> np.ndarray:
    """(E, K) probabilities of a stored model for coded examples."""
    return loaded.model.likelihood.probabilities(np.concatenate(stored_scores(loaded, coded, out)))
