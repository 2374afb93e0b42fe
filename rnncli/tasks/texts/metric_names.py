"""The metrics of written texts, as the kinds declare them; without NumPy, so that help stays fast."""

from ..base import Metric

TEXT_METRICS = (
    Metric("symbol_error_rate", "", "lower", "symbol error", ".3f"),
    Metric("exact_match", "", "higher", "exact", ".3f"),
    Metric("length_ratio", "", None, "length", ".3f"),
    Metric("distinct", "", "higher", "distinct", ".3f"),
    Metric("nats_per_symbol", "nats", "lower", "nats", ".3f"),
    Metric("bleu", "", "higher", "BLEU", ".1f"),
    Metric("chrf", "", "higher", "chrF", ".1f"),
    Metric("examples", "", None, "examples", ",d"),
)
DESCRIPTION_METRICS = (
    *TEXT_METRICS[:-1],
    Metric("new", "", "higher", "new", ".3f"),
    Metric("recovered", "", "higher", "recovered", ".3f"),
    TEXT_METRICS[-1],
)
TEXT_SCORE = "symbol_error_rate"  # the metric of the skill and of --beat-baseline


def text_metric_names(described: bool = False) -> tuple[str, ...]:
    """The names of `TextReport.metrics`; described: of texts that were written from features."""
    return tuple(metric.name for metric in (DESCRIPTION_METRICS if described else TEXT_METRICS))
