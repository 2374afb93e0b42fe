"""`rnncli eval` for a writer of descriptions: how likely the true texts are, and what its own texts are like."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...errors import ConfigError
from ...generation.sampling import Sampling
from ..base import Output
from ..pairs.scored import examples_to_score
from ..texts.answering import search_of
from ..texts.evaluating import share_new, text_report
from ..texts.metric_names import text_metric_names
from ..texts.text_report import TextReport
from ..texts.writing import Manner
from .judge import recovered_by
from .task import DescribeTask


def metric_names(loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
    """See `tasks.base.Task.metric_names`."""
    return text_metric_names(described=True)


def evaluate(loaded: Any, options: Mapping[str, Any], out: Output) -> TextReport:
    """See `tasks.base.Task.evaluate`: a sample for each example, with --beam its most probable text."""
    manner = manner_of(loaded, options)
    scored = examples_to_score(loaded, DescribeTask.answers, options, out)
    recovered = recovered_by(options["judge"], loaded, scored.examples, out)
    extra = {"new": share_new(scored.train), "recovered": recovered}
    how = "samples; --beam finds the most probable ones" if manner.sampling else "the most probable ones"
    notes = [f"the texts are {how}"]
    if (own := recovered(scored.examples.targets)) is not None:
        notes.append(f"recovered: the mean over the classes of the judge, which recovers {own:.3f} of the true texts")
    scored = replace(scored, notes=(*notes, *scored.notes))
    return text_report(loaded, DescribeTask, scored, manner, options, out, extra)


def manner_of(loaded: Any, options: Mapping[str, Any]) -> Manner:
    """How texts are found; the samples are those of the seed of the run. Raises ConfigError."""
    temperature = options["temperature"]
    if options["beam"]:
        if temperature is not None:
            raise ConfigError(
                "--beam finds the most probable texts, and --temperature is for samples", "leave one of them out"
            )
        return search_of(options)
    return Manner(sampling=Sampling(temperature=1.0 if temperature is None else temperature), seed=loaded.config.seed)
