"""Scores of the validation examples while a writer of descriptions trains."""

from ...generation.sampling import Sampling
from ..texts.validation import TextValidation
from ..texts.writing import Manner


class Validation(TextValidation):
    """See `tasks.base.Evaluator`. The score is the mean nats of a symbol; the texts that are shown are samples."""

    shown = Manner(sampling=Sampling())
    has_truth = False
