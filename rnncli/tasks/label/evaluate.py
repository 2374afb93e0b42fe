"""`rnncli eval` for a labeller: its labels beside the most frequent ones."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...phrases import counted
from ..base import Output
from ..pairs.answering import stored_scores
from ..pairs.baselines import TITLES, check_beaten, tag_baselines
from ..pairs.metric_names import tag_metric_names
from ..pairs.pictures import drawn
from ..pairs.scored import examples_to_score, words_of
from ..pairs.spans import marks_spans
from ..pairs.tag_report import TagReport
from .task import LabelTask


def metric_names(loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
    """See `tasks.base.Task.metric_names`."""
    return tag_metric_names(marks_spans(loaded.encoder.target.names))


def evaluate(loaded: Any, options: Mapping[str, Any], out: Output) -> TagReport:
    """See `tasks.base.Task.evaluate`."""
    scored = examples_to_score(loaded, LabelTask.answers, options, out)
    encoder, examples, given = loaded.encoder, scored.examples, {}
    if scored.train is not None and encoder.source.form == "words":
        number = encoder.target.number
        given = {
            name: [np.array([number(tag) for tag in tags]) for tags in sentences]
            for name, sentences in tag_baselines(scored.train, examples).items()
        }
    coded, words = LabelTask.code(encoder, examples), [words_of(source) for source in examples.sources]
    probabilities = [loaded.model.likelihood.probabilities(each) for each in stored_scores(loaded, coded, out)]
    check_beaten(options["beaten"], given, encoder.source.form)
    is_known = known_words(encoder.source, scored.train)
    report = TagReport(
        heading=f"{scored.name}: {counted(len(examples), 'sequence')}, {encoder.target.size} labels",
        names=encoder.target.names,
        truth=coded.targets,
        labels=examples.targets,
        said=[each.argmax(1) for each in probabilities],
        words=words,
        known=[[is_known(word) for word in each] for each in words],
        where=examples.where,
        probabilities=probabilities,
        given=given,
        titles=TITLES,
        show=options["show"],
        confusion=bool(options["confusion"]),
        per_class=bool(options["per_class"]),
        unicode=out.unicode,
        color=out.color,
        more_warnings=scored.warnings,
        more_notes=scored.notes,
    )
    if report.color:
        out.draw(report.drawing(out.width - 1))
    return drawn(report, options["plot"], out)


def known_words(side: Any, train: Any) -> Callable[[str], bool]:
    """Whether a word stood in training; without the training examples, whether the model has a vector for it."""
    if side.form != "words":
        return lambda word: True
    if train is None:
        return side.known
    return {word for words in train.sources for word in words}.__contains__
