"""`rnncli eval` for a translator: its texts beside the source itself and the target of the nearest source."""

from collections.abc import Mapping
from typing import Any

from ..base import Output
from ..pairs.scored import examples_to_score
from ..texts.answering import search_of
from ..texts.evaluating import text_report
from ..texts.metric_names import text_metric_names
from ..texts.text_report import TextReport
from .task import TranslateTask


def metric_names(loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
    """See `tasks.base.Task.metric_names`."""
    return text_metric_names()


def evaluate(loaded: Any, options: Mapping[str, Any], out: Output) -> TextReport:
    """See `tasks.base.Task.evaluate`."""
    manner = search_of(options)
    scored = examples_to_score(loaded, TranslateTask.answers, options, out)
    return text_report(loaded, TranslateTask, scored, manner, options, out, {})
