"""The metrics of written texts, by hand and against naive sums."""

import sys

import numpy as np
import pytest
from text_reports import text_report

from rnncli.tasks.texts import text_metrics
from rnncli.tasks.texts.edits import distance
from rnncli.tasks.texts.metric_names import DESCRIPTION_METRICS, TEXT_METRICS, text_metric_names
from rnncli.tasks.texts.mt_scores import MISSING, REFERENCES, MtScores
from rnncli.tasks.texts.text_metrics import TrueTexts


def figures(written, truth, sources=None, split=list):
    texts = TrueTexts(truth, sources or [f"source {k}" for k in range(len(truth))], split)
    compared = texts.compare(written)
    return texts.metrics(written, compared), compared


def test_the_metrics_equal_naive_sums():
    report = text_report(E=80)
    found, own, true = report.metrics(), report.written, report.truth
    assert found["symbol_error_rate"] == sum(map(distance, own, true)) / sum(map(len, true))
    assert found["exact_match"] == sum(map(str.__eq__, own, true)) / 80
    assert found["length_ratio"] == sum(map(len, own)) / sum(map(len, true))
    assert found["distinct"] == len(set(own)) / 80
    assert found["nats_per_symbol"] == pytest.approx(sum(report.nats) / sum(len(text) + 1 for text in true))
    assert found["examples"] == 80


def test_symbols_are_those_of_the_split_and_not_characters():
    found, _ = figures(["ʃ a t"], ["ʃ  a  tt"], split=str.split)
    assert found["symbol_error_rate"] == pytest.approx(1 / 3) and found["length_ratio"] == 1
    assert figures(["ʃ a"], ["ʃ  a"], split=str.split)[0]["exact_match"] == 1


def test_a_source_with_several_true_texts_accepts_each_of_them_and_counts_the_nearest():
    truth, sources = ["cat", "kitten", "dog", "hound"], ["chat", "chat", "chien", "chien"]
    found, compared = figures(["kitten", "mitten", "dug", "cat"], truth, sources)
    assert compared.nearest == ["kitten", "kitten", "dog", "dog"]
    assert compared.distances.tolist() == [0, 1, 1, 3]
    assert found["symbol_error_rate"] == 5 / (6 + 6 + 3 + 3)
    assert found["exact_match"] == 0.25
    assert found["length_ratio"] == (6 + 6 + 3 + 3) / (3 + 6 + 3 + 5)  # lengths are those of its own


def test_of_equally_near_true_texts_that_of_the_example_counts():
    _, compared = figures(["ab", "ab"], ["aXY", "YXb"], ["s", "s"])
    assert compared.nearest == ["aXY", "YXb"]


def test_sources_with_very_many_true_texts_are_compared_with_the_first_and_their_own(monkeypatch):
    monkeypatch.setattr(text_metrics, "MOST", 2)
    truth = ["aaaa", "bbbb", "cccc", "dddd"]
    _, compared = figures(["bbbb", "dddd", "cccc", "cccc"], truth, ["s"] * 4)
    assert compared.distances.tolist() == [0, 4, 0, 4]


@pytest.mark.parametrize("written, truth", [([], []), (["a"], [""])])
def test_what_cannot_be_divided_has_no_value(written, truth):
    found, compared = figures(written, truth)
    assert found["symbol_error_rate"] is None and found["length_ratio"] is None
    assert np.isfinite(compared.errors).all()


def test_the_names_are_those_declared():
    assert text_metric_names() == tuple(text_report().metrics())
    extra = {"new": lambda written: 0.5, "recovered": lambda written: None}
    assert text_metric_names(True) == tuple(text_report(extra=extra).metrics())
    assert {metric.name for metric in TEXT_METRICS} < {metric.name for metric in DESCRIPTION_METRICS}


def test_without_sacrebleu_bleu_has_no_value_and_a_note_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    report = text_report()
    assert (report.metrics()["bleu"], report.metrics()["chrf"]) == (None, None)
    assert MISSING in report.notes and "pip install sacrebleu" in MISSING


def test_bleu_and_chrf_are_those_of_sacrebleu_with_every_true_text_as_a_reference():
    sacrebleu = pytest.importorskip("sacrebleu")
    written = ["the cat sat on the mat", "a dog"]
    references = [["the cat sat on a mat"], ["the dog", "a dog"]]
    scores = MtScores(references)
    found = scores.scores(written)
    assert found["bleu"] == pytest.approx(sacrebleu.corpus_bleu(written, [["the cat sat on a mat", "a dog"]]).score)
    assert found["chrf"] == pytest.approx(sacrebleu.corpus_chrf(written, [["the cat sat on a mat", "a dog"]]).score)
    assert MtScores([["x"]]).scores(["x"])["chrf"] == 100
    assert "version" in scores.signatures["bleu"]
    assert MISSING not in text_report().notes


def test_the_own_true_text_is_always_a_reference():
    truth = [f"text {k}" for k in range(REFERENCES + 3)]
    texts = TrueTexts(truth, ["s"] * len(truth), list)
    assert texts.answers(len(truth) - 1, REFERENCES) == [truth[-1], *truth[: REFERENCES - 1]]
    assert texts.answers(1, REFERENCES)[:3] == ["text 1", "text 0", "text 2"]
    assert len(texts.answers(1, REFERENCES)) == REFERENCES


def test_no_text_has_no_score():
    assert MtScores([]).scores([]) == {"bleu": None, "chrf": None}
