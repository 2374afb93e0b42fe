"""Files for a model that writes texts: as many examples as lines, in their order, whatever format training had."""

import pytest

from rnncli.data.pairs.examples import read_examples

PAIRS = "a fine day\tein Tag\nrain\tRegen\nsun again\twieder Sonne\n"
NAMED = "source,target\n" + PAIRS.replace("\t", ",")
TAGGED = "go\twent\tPST\nsee\tsees\tPRS\nbe\twas\tPST\n"
ODD = [
    "",
    "a text, with commas",
    " outer blanks  ",
    "x" * 10_000,
    '"quotes',
    "source: target",
    "naïve\x85\u2028 ends \U0001f600",
    "{no JSON}",
    "a tab\twithin",
    "",
    "",
]
TRAINING = {  # {form of the files: ({name: text}, answers, options)}
    "columns without names": ({"a.tsv": PAIRS}, "text", {}),
    "columns with names": ({"a.csv": NAMED}, "text", {}),
    "conditions without names": ({"a.tsv": TAGGED}, "text", {"source": "1", "target": "2", "condition": "3"}),
    "conditions with names": ({"a.tsv": "lemma\tform\ttag\n" + TAGGED}, "text", {"condition": ["tag"]}),
    "the target first": ({"a.tsv": PAIRS}, "text", {"source": "2", "target": "1"}),
    "JSON lines": ({"a.jsonl": '{"src": "a", "tgt": "x"}\n{"src": "b", "tgt": "y"}\n'}, "text", {}),
    "two files": ({"a.en": "a\nb\n", "a.de": "x\ny\n"}, "text", {}),
    "classes without names": ({"a.tsv": "A\tone\nA\ttwo\nB\tthree\n"}, "description", {}),
    "classes with names": ({"a.csv": "language,name\nA,one\nA,two\nB,three\n"}, "description", {}),
    "a folder of classes": ({"names/A.txt": "one\ntwo\n", "names/B.txt": "three\n"}, "description", {}),
    "labelled texts": ({"a.txt": "__label__A one\n__label__B two\n"}, "description", {}),
    "classes in JSON lines": (
        {"a.jsonl": '{"kind": "A", "text": "b c"}\n{"kind": "B", "text": "d e"}\n'},
        "description",
        {},
    ),
}


@pytest.fixture
def trained(write):
    """trained(kind) -> (answers, choices)"""

    def read(kind):
        files, answers, options = TRAINING[kind]
        names = [write(text, name) for name, text in files.items()]
        names = ["names"] if names[0].startswith("names/") else names
        return answers, read_examples(names, answers, **options).choices

    return read


@pytest.mark.parametrize("kind", TRAINING)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_line_is_one_source_as_it_stands(write, trained, kind, line_end):
    answers, choices = trained(kind)
    for text in ("\n".join(ODD) + "\n", "\n".join(ODD) + "\nno line end", "\n", "one\n", "one\ntwo, three\n", ""):
        path = write(text.replace("\n", line_end), "new.txt")
        examples = read_examples([path], answers, target_required=False, **choices)
        lines = text.split("\n")
        lines = lines if lines[-1] else lines[:-1]
        assert examples.sources == (lines if answers == "text" else [(line,) for line in lines])
        assert examples.line.tolist() == list(range(1, len(lines) + 1))
        assert examples.targets is None and examples.conditions is None


@pytest.mark.parametrize("kind", TRAINING)
def test_lines_of_several_files_are_the_sources_of_all(write, trained, kind):
    answers, choices = trained(kind)
    files = [write("one\n\n", "new.en"), write("two\n", "new.de")]
    examples = read_examples(files, answers, target_required=False, **choices)
    assert len(examples) == 3 and examples.where(2) == "new.de:1"


@pytest.mark.parametrize("kind", TRAINING)
def test_the_training_files_are_read_again_with_their_choices(trained, kind):
    answers, choices = trained(kind)
    files = ["names"] if kind.startswith("a folder") else list(TRAINING[kind][0])
    first = read_examples(files, answers, **TRAINING[kind][2])
    for required in (True, False):
        again = read_examples(files, answers, target_required=required, **choices)
        if required:
            assert again.digest == first.digest and again.choices == choices
        if required or kind not in ("two files", "a folder of classes"):  # without answers their lines are sources
            assert (again.sources, again.targets) == (first.sources, first.targets)
            assert (again.conditions, again.condition_names) == (first.conditions, first.condition_names)


@pytest.mark.parametrize("kind", ["columns without names", "columns with names", "two files"])
def test_pairs_in_any_format_are_scored_by_a_model_of_any_other(write, trained, kind):
    answers, choices = trained(kind)
    write("go on\nhi\n", "t.en"), write("va\nsalut\n", "t.fr")
    write('{"question": "go on", "answer": "va"}\n{"question": "hi", "answer": "salut"}\n', "t.jsonl")
    names = "" if kind == "columns without names" else "source\ttarget\n"
    for files in (["t.en", "t.fr"], ["t.jsonl"], [write(names + "go on\tva\nhi\tsalut\n", "t.tsv")]):
        examples = read_examples(files, answers, to_learn=False, **choices)
        assert examples.sources == ["go on", "hi"] and examples.targets == ["va", "salut"]


def test_objects_without_the_keys_of_training_are_refused(write, trained, refusal):
    answers, choices = trained("JSON lines")
    message, hint = refusal(write('{"src": "a", "out": "x"}\n', "t.jsonl"), answers, to_learn=False, **choices)
    assert message.startswith("t.jsonl: no column 'tgt', the answers; columns: 'src'") and "src, tgt" in hint


@pytest.mark.parametrize("kind", [kind for kind in TRAINING if TRAINING[kind][1] == "description"])
def test_texts_of_classes_in_any_format_are_scored_by_a_model_of_any_other(write, trained, kind):
    answers, choices = trained(kind)
    write("x\ny\n", "new/A.txt"), write("z\n", "new/B.txt")
    write('{"kind": "A", "text": "x"}\n{"kind": "A", "text": "y"}\n{"kind": "B", "text": "z"}\n', "t.jsonl")
    for files in (["new"], ["t.jsonl"]):
        examples = read_examples(files, answers, to_learn=False, **choices)
        assert examples.sources == [("A",), ("A",), ("B",)] and examples.targets == ["x", "y", "z"]


@pytest.mark.parametrize(
    "kind, text",
    [
        ("conditions without names", "see\tPRS\n\nbe\tPST\n"),
        ("conditions without names", "see\tsees\tPRS\n\nbe\twas\tPST\n"),
        ("conditions with names", "tag,lemma\nPRS,see\n,\nPST,be\n"),
        ("conditions with names", '{"lemma": "see", "tag": "PRS"}\n\n{"lemma": "be", "tag": "PST"}\n'),
    ],
)
def test_sources_may_come_with_their_conditions(write, trained, kind, text):
    answers, choices = trained(kind)
    examples = read_examples([write(text, "new.txt")], answers, target_required=False, **choices)
    assert examples.sources == ["see", "", "be"] and examples.conditions == [("PRS",), ("",), ("PST",)]
    assert examples.condition_names == (("tag",) if "with " in kind else ("column 3",))


def test_sources_without_their_conditions_are_sources_and_examples_without_them_are_refused(write, trained, refusal):
    answers, choices = trained("conditions with names")
    for text in ("lemma\nsee\n", '{"lemma": "see"}\n', "see\n"):
        examples = read_examples([write(text, "new.txt")], answers, target_required=False, **choices)
        assert examples.sources == ["see"] and examples.conditions is None
    again = {"to_learn": False, **choices}
    message, hint = refusal(write("lemma\tform\nsee\tsees\n", "n.tsv"), answers, **again)
    assert message.startswith("n.tsv: no column 'tag', which the model reads") and "lemma, tag, form" in hint
    write("see\n", "t.en"), write("sees\n", "t.fr")
    for files in (["t.en", "t.fr"], [write('{"lemma": "see", "form": "sees"}\n', "t.jsonl")]):
        assert "no column 'tag', which the model reads" in refusal(files, answers, **again)[0]


def test_rows_of_features_come_with_their_names_in_any_order(write, refusal):
    text = "size,colour,text\n" + "".join(f"{k / 2},{'rg'[k % 2]},some text of {k}\n" for k in range(9))
    choices = read_examples([write(text, "a.csv")], "description").choices
    for text in ("colour,size\nr,1.5\n\n,\n", '{"colour": "r", "size": 1.5}\n\n{}\n'):
        examples = read_examples([write(text, "new.txt")], "description", target_required=False, **choices)
        assert examples.sources == [("1.5", "r"), ("", ""), ("", "")]
    message, hint = refusal(write("r\ng\n", "new.txt"), "description", target_required=False, **choices)
    assert message == "new.txt:1: expected the names of the columns, found r" and hint.endswith("size, colour")
    write("x\n", "names/A.txt"), write("y\n", "names/B.txt")
    message, hint = refusal("names", "description", to_learn=False, **choices)
    assert message == "names/A.txt: one class for each text, but the model reads size, colour" and "JSON lines" in hint


def test_names_above_columns_that_had_none_are_refused_with_what_is_expected(write, trained, refusal):
    answers, choices = trained("columns without names")
    message, hint = refusal(write("source\ttarget\n" + PAIRS, "n.tsv"), answers, to_learn=False, **choices)
    assert message == (
        "n.tsv: the first line names the columns (source, target), "
        "expected 2 columns without names: the text, then the target"
    )
    assert hint.startswith("remove the first line")
    for first in ("text\tText\n", "name\tName\n"):  # a known word among many pairs
        path = write(first + PAIRS * 10, "n.tsv")
        assert len(read_examples([path], answers, to_learn=False, **choices)) == 31
