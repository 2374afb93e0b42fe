"""The metrics of tasks of pairs, as the kinds declare them; without NumPy, so that help stays fast."""

from collections.abc import Sequence

from ..base import Metric

RANKED = 3  # the classes among which top_3 looks for the truth

CLASS_METRICS = (
    Metric("accuracy", "", "higher", "accuracy", ".3f"),
    Metric("macro_f1", "", "higher", "macro F1", ".3f"),
    Metric("nats", "nats", "lower", "nats", ".3f"),
    Metric("top_3", "", "higher", "top 3", ".3f"),
    Metric("expected_calibration_error", "", "lower", "ECE", ".3f"),
    Metric("examples", "", None, "examples", ",d"),
    Metric("unseen_labels", "", None, "unseen labels", ",d"),
)
TAG_METRICS = (
    Metric("accuracy", "", "higher", "words", ".3f"),
    Metric("sentence_accuracy", "", "higher", "sentences", ".3f"),
    Metric("unseen_accuracy", "", "higher", "unseen", ".3f"),
    Metric("macro_f1", "", "higher", "macro F1", ".3f"),
    Metric("nats", "nats", "lower", "nats", ".3f"),
    Metric("span_f1", "", "higher", "span F1", ".3f"),
    Metric("span_precision", "", "higher", "span P", ".3f"),
    Metric("span_recall", "", "higher", "span R", ".3f"),
    Metric("words", "", None, "words", ",d"),
    Metric("unseen_words", "", None, "unseen words", ",d"),
    Metric("sentences", "", None, "sentences", ",d"),
)
NUMBER_METRICS = (
    Metric("rmse", "", "lower", "RMSE"),
    Metric("mae", "", "lower", "MAE"),
    Metric("r2", "", "higher", "R²", ".3f"),
    Metric("examples", "", None, "examples", ",d"),
    Metric("rmse_*", "", "lower", "RMSE"),
    Metric("mae_*", "", "lower", "MAE"),
    Metric("r2_*", "", "higher", "R²", ".3f"),
)
CLASS_SCORE, TAG_SCORE, NUMBER_SCORE = "accuracy", "accuracy", "rmse"  # metrics of the skill and of --beat-baseline
SPAN_METRICS = ("span_f1", "span_precision", "span_recall")


def class_metric_names(classes: int) -> tuple[str, ...]:
    """The names of `ClassReport.metrics` of a model with this number of classes."""
    return tuple(metric.name for metric in CLASS_METRICS if metric.name != "top_3" or classes > RANKED)


def tag_metric_names(spans: bool) -> tuple[str, ...]:
    """The names of `TagReport.metrics`; spans: whether the tags mark spans."""
    return tuple(metric.name for metric in TAG_METRICS if spans or metric.name not in SPAN_METRICS)


def number_metric_names(targets: Sequence[str]) -> tuple[str, ...]:
    """The names of `NumberReport.metrics` for the names of its targets."""
    alone = ("rmse", "mae", "r2")
    each = [f"{name}_{target}" for target in targets for name in alone] if len(targets) > 1 else []
    return (*alone, *each, "examples")
