"""Counting vowels, as it is known before it is loaded."""

from dataclasses import dataclass

from rnncli.settings import setting
from rnncli.tasks.base import Metric, Option, TaskKind


@dataclass(frozen=True)
class VowelsConfig:
    letters: str = setting("aeiou", "Letters that count as vowels.")


VOWELS = TaskKind(
    name="vowels",
    data="lines",
    summary="a file that ends in .vowels trains a counter of vowels",
    heavy="toy_task.task:VowelsTask",
    accepts=lambda files: float(bool(files) and str(files[0]).endswith(".vowels")),
    unit="line",
    sections={"vowels": VowelsConfig},
    defaults={"model.hidden_size": 8},
    length={"epochs": 20},
    metrics=(Metric("mae", "vowels", "lower", "MAE"), Metric("exact", "", "higher", "exact")),
    score="mae",
    default_metric="mae",
    example_limit="mae=1",
    baselines=("mean",),
    train_options={"Vowels": ("vowels.letters",)},
    generate_options=(Option("--digits", int, "Decimals of a count.", "Vowels", 1, "N", min=0),),
    generate_files="Files with lines to count in.",
)
