"""The report of an evaluation of tags: words, sentences, spans as conlleval finds them, screens and colours."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from pair_reports import HOSTILE, tag_report

from rnncli.tasks.pairs.metric_names import TAG_METRICS, tag_metric_names
from rnncli.tasks.pairs.spans import Span, marks_spans, span_scores, spans_of, total
from rnncli.tasks.pairs.tag_report import TagReport
from rnncli.ui.report import render

ANSI = re.compile("\x1b\\[[0-9;]*m")
TAGS = ("DET", "NOUN", "VERB")


def text_of(report):
    return "".join(render(report, "made"))


def small(truth, said, names=TAGS, known=None, labels=None, **fields):
    """A report of sentences of tags by number, by hand."""
    made = {
        "heading": "test",
        "words": [[f"w{k}" for k in range(len(tags))] for tags in truth],
        "where": lambda s: f"f:{s + 1}",
    }
    labels = labels or [[names[k] for k in tags] for tags in truth]
    known = known or [[True] * len(tags) for tags in truth]
    return TagReport(names=names, truth=truth, said=said, labels=labels, known=known, **(made | fields))


def test_the_metrics_equal_naive_ones():
    report = tag_report()
    pairs = [(t, s, known) for parts in zip(report.truth, report.said, report.known) for t, s, known in zip(*parts)]
    truth, said = [int(t) for t, _, _ in pairs], [int(s) for _, s, _ in pairs]
    metrics, n = report.metrics(), len(pairs)
    assert metrics["accuracy"] == pytest.approx(sum(map(int.__eq__, truth, said)) / n)
    assert metrics["sentence_accuracy"] == pytest.approx(
        np.mean([list(t) == list(s) for t, s in zip(report.truth, report.said)])
    )
    unseen = [t == s for t, s, known in pairs if not known]
    assert metrics["unseen_accuracy"] == pytest.approx(np.mean(unseen))
    f1 = [2 * sum(t == s == k for t, s in zip(truth, said)) / (truth.count(k) + said.count(k)) for k in range(4)]
    assert metrics["macro_f1"] == pytest.approx(np.mean(f1))
    p = np.concatenate(report.probabilities)
    assert metrics["nats"] == pytest.approx(-np.log(p[range(n), truth]).mean())
    assert (metrics["words"], metrics["unseen_words"], metrics["sentences"]) == (n, len(unseen), 40)
    assert tuple(metrics) == tag_metric_names(True)


def test_tags_that_mark_no_spans_have_no_span_metrics_and_no_unseen_word_no_accuracy():
    report = small([[0, 1], [2]], [[0, 1], [1]])
    assert tuple(report.metrics()) == tag_metric_names(False)
    assert "spans" not in report.lists
    assert report.metrics()["unseen_accuracy"] is None and report.metrics()["nats"] is None
    assert (report.metrics()["accuracy"], report.metrics()["sentence_accuracy"]) == (2 / 3, 0.5)
    assert all(any(metric.covers(name) for metric in TAG_METRICS) for name in report.metrics())


@pytest.mark.parametrize(
    "tags, expected",
    [
        ("O B-PER I-PER O", [(1, 2, "PER")]),
        ("B-PER B-PER", [(0, 0, "PER"), (1, 1, "PER")]),
        ("O I-PER I-PER", [(1, 2, "PER")]),  # an I- after O starts a span
        ("I-PER I-LOC", [(0, 0, "PER"), (1, 1, "LOC")]),  # and after another type
        ("B-PER I-LOC I-LOC", [(0, 0, "PER"), (1, 2, "LOC")]),
        ("S-PER B-LOC E-LOC E-LOC", [(0, 0, "PER"), (1, 2, "LOC"), (3, 3, "LOC")]),
        ("U-PER B-LOC L-LOC", [(0, 0, "PER"), (1, 2, "LOC")]),
        ("B-PER I-PER S-PER I-PER", [(0, 1, "PER"), (2, 2, "PER"), (3, 3, "PER")]),
        ("B I O B", [(0, 1, ""), (3, 3, "")]),
        ("B-PER-SON I-PER-SON", [(0, 1, "PER-SON")]),
        ("O O", []),
        ("", []),
    ],
)
def test_spans_are_found_as_conlleval_finds_them(tags, expected):
    assert list(spans_of(tags.split())) == [Span(*span) for span in expected]


@pytest.mark.parametrize(
    "tags, expected",
    [
        ("O B-PER I-PER", True),
        ("O I-PER", True),
        ("B-X I-X E-X S-X O", True),
        ("B I O", True),
        ("B-X I-X", True),
        ("O", False),
        ("NOUN VERB O", False),
        ("B I", False),
        ("B-PER X", False),
    ],
)
def test_tags_look_like_spans_only_where_all_of_them_do(tags, expected):
    assert marks_spans(tags.split()) is expected


def test_a_span_is_right_only_with_its_words_and_type():
    truth = [["B-PER", "I-PER", "O", "B-LOC", "O", "B-ORG"]]
    said = [["B-PER", "O", "O", "B-LOC", "O", "B-LOC"]]
    every = total(span_scores(truth, said))
    assert (every.n, every.found, every.hits) == (3, 3, 1)
    assert (every.precision, every.recall, every.f1) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_no_spans_have_no_f1_and_spans_that_are_all_missed_have_0():
    names = ("O", "B-PER")
    none = small([[0, 0]], [[0, 0]], names).metrics()
    assert (none["span_f1"], none["span_precision"], none["span_recall"]) == (None, None, None)
    missed = small([[0, 1]], [[0, 0]], names).metrics()
    assert (missed["span_f1"], missed["span_precision"], missed["span_recall"]) == (0, None, 0)


def test_an_unseen_tag_is_wrong_and_is_named_with_its_place():
    report = small([[0], [1, -1]], [[0], [1, 2]], labels=[["DET"], ["NOUN", "X"]])
    assert report.metrics()["accuracy"] == pytest.approx(2 / 3)
    assert report.warnings == ("1 word with a tag that the model never saw counts as wrong: 'X' (f:2)",)
    assert report.metrics()["macro_f1"] == pytest.approx((1 + 1 + 0 + 0) / 4)


def test_probabilities_that_are_not_numbers_leave_no_metric():
    report = small([[0, 1]], [[0, 1]], probabilities=[np.array([[0.8, 0.1, 0.1], [np.nan] * 3])], show=1)
    metrics = report.metrics()
    assert {metrics[name] for name in ("accuracy", "sentence_accuracy", "macro_f1", "nats")} == {None}
    assert report.warnings == ("metrics cannot be computed: the network diverged: 1 of 2 answers is not finite",)
    assert "w1/-(NOUN)" in text_of(report)


def test_one_word_and_no_sentence_have_a_report():
    assert small([[0]], [[1]], show=3).metrics()["sentence_accuracy"] == 0
    assert "w0/NOUN(DET)" in text_of(small([[0]], [[1]], show=3))
    nothing = small([], [], show=3)
    assert nothing.metrics()["accuracy"] is None and text_of(nothing) and list(nothing.drawing(80)) == []


def test_baselines_of_tags_and_of_log_probabilities_stand_beside_the_model():
    p = [np.log(np.array([[0.6, 0.3, 0.1], [0.6, 0.3, 0.1]]))]
    report = small([[0, 1]], [[0, 1]], given={"frequent": [np.array([0, 0])], "suffix": p, "none": None})
    frequent, suffix = report.baselines()["frequent"], report.baselines()["suffix"]
    assert report.baselines()["none"] is None
    assert (frequent["accuracy"], frequent["nats"], frequent["skill_percent"]) == (0.5, None, 100)
    assert suffix["nats"] == pytest.approx(-np.log([0.6, 0.3]).mean())
    worse = small([[0, 0]], [[0, 1]], given={"frequent": [np.array([0, 0])]})
    assert worse.notes == ("frequent beats the model: words 1.000 against 0.500, 50.0 points higher",)


def test_plain_sentences_are_words_with_tags_and_the_truth_of_wrong_ones():
    report = small([[0, 1, 2]], [[0, 2, 2]], words=[["the", "man/boy", HOSTILE]], show=1)
    shown = "the/DET man/boy/VERB(NOUN) \\x1b[31mred\\x07 \\u202e and a …/VERB"
    assert shown in text_of(report) and text_of(report).startswith("f:1\n")


def test_coloured_sentences_have_a_legend_and_underlined_errors_with_the_truth_below():
    report = small([[0, 1, 2]], [[0, 2, 2]], words=[["the", "man", "saw"]], show=1, color=True)
    legend, about, _, place, words, truth, _ = report.drawing(80)
    assert ANSI.sub("", legend) == "DET  NOUN  VERB" and place == "f:1"
    assert ANSI.sub("", words) == "the man  saw" and truth == "    NOUN" and "underlined" in about
    codes = dict(re.findall("\x1b\\[([0-9;]*)m(\\w+)", legend + words)[::-1])
    painted = {word: code for code, word in re.findall("\x1b\\[([0-9;]*)m(\\w+)", legend + words)}
    assert painted["the"] == painted["DET"] and painted["man"] == painted["VERB"] + ";4", codes
    assert "man" not in text_of(report)  # it is drawn


def test_the_lines_of_a_drawing_are_as_wide_as_asked_and_safe():
    words = [[HOSTILE, "internationalisation", "名前"] * 20]
    report = small([[0, 1, 2] * 20], [[0, 2, 2] * 20], words=words, show=1, color=True)
    lines = [ANSI.sub("", line) for line in report.drawing(60)]
    assert max(map(len, lines)) <= 60 and not {"\x1b", "\x07", "\u202e"} & set("".join(lines))


def test_the_words_of_spans_of_one_type_have_one_colour_and_o_has_none():
    report = small([[0, 1, 2]], [[0, 1, 2]], ("O", "B-PER", "I-PER"), words=[["so", "Anna", "Karenina"]], show=1)
    lines = list(report.drawing(80))
    assert "so \x1b[38;5;39mAnna\x1b[0m \x1b[38;5;39mKarenina\x1b[0m" in lines
    assert ANSI.sub("", lines[0]) == "PER"


def test_shown_sentences_are_spread_over_all():
    report = tag_report(S=41, show=5)
    assert report.shown() == [0, 10, 20, 30, 40] and replace(report, show=100).shown() == list(range(41))


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("K", [3, 17, 40])
def test_no_line_is_wider_than_80_columns(K, unicode):
    names = ["O", *(f"B-a type of span, number {k}" for k in range(1, K))]
    report = tag_report(names, show=9, confusion=K > 3, per_class=True, per_example=K == 17, unicode=unicode)
    text = text_of(report)
    assert max(map(len, text.splitlines())) <= 80 and all(line == line.rstrip() for line in text.splitlines())
    assert unicode or text.isascii()


def test_json_holds_tags_confusion_spans_and_sentences():
    report = tag_report(per_example=True)
    found = json.loads("".join(render(report, "made", format="json")))
    assert tuple(name for name in found if name in report.lists) == ("tags", "confusion", "spans", "examples")
    assert [row["type"] for row in found["spans"]] == ["LOC", "PER"]
    assert len(found["examples"]) == found["metrics"]["sentences"]
    first = found["examples"][0]
    assert first["where"] == "test.conllu:1"
    assert first["truth"] == report.labels[0] and first["answer"] == [report.names[k] for k in report.said[0]]
