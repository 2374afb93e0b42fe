"""CSV and TSV as examples: columns by name, by number or by their values, and errors with file and line."""

import bz2
import gzip
import io
import lzma
import sys

import pytest

from rnncli.data.pairs.examples import read_examples
from rnncli.data.tables.reading import Reading

TEXTS = ["Good case, excellent value.", "It broke.", "Fine; I like it", "No", "Loved it", "Never again"]
LABELS = ["1", "0", "1", "0", "1", "0"]
REVIEWS = "".join(f"{text}\t{label}\n" for text, label in zip(TEXTS, LABELS))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_texts_and_labels_without_a_header_are_told_by_repeated_values(write, line_end, pack):
    path = write(pack(REVIEWS.replace("\n", line_end).encode()))
    examples = read_examples([path], "class")
    assert (examples.form, examples.sources, examples.targets) == ("text", TEXTS, LABELS)
    assert examples.where(2) == f"{path}:3" and len(examples) == 6 and examples.file.tolist() == [0] * 6
    assert examples.rows[0] == (TEXTS[0], "1") and examples.columns == ("column 1",)
    assert examples.target_names == ("column 2",)


def test_the_label_may_come_first(write):
    text = "".join(f"{label}\t{text}\n" for text, label in zip(TEXTS, LABELS))
    examples = read_examples([write(text)], "class")
    assert (examples.sources, examples.targets) == (TEXTS, LABELS)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("names", [("text", "label"), ("Review", "Sentiment"), ("sentence", "mood"), ("x", "y")])
def test_a_header_with_known_names_says_which_is_which(write, separator, names):
    rows = [("id", *names), *((k, f'"{text}"', label) for k, (text, label) in enumerate(zip(TEXTS, LABELS)))]
    examples = read_examples([write("".join(separator.join(map(str, row)) + "\n" for row in rows))], "class")
    assert (examples.sources, examples.targets) == (TEXTS, LABELS)
    assert examples.columns == names[:1] and examples.target_names == names[1:] and examples.where(0).endswith(":2")


def test_columns_are_chosen_by_name_or_by_number(write):
    path = write("french\tenglish\ttopic\nva\tgo\tmotion\nviens\tcome\tmotion\nchat\tcat\tanimal\n")
    for source, target in ((["english"], ["topic"]), (["2"], ["3"])):
        examples = read_examples([path], "class", source=source, target=target)
        assert (examples.sources, examples.targets) == (["go", "come", "cat"], ["motion", "motion", "animal"])
        assert examples.choices["source"] == ("english",) and examples.choices["header"] is True


def test_all_columns_of_numbers_are_features_without_the_one_that_numbers_the_rows(write):
    path = write("Id,length,width,species\n1,5.1,NA,setosa\n2,6.2,2.9,virginica\n3,5.0,3.3,setosa\n", "iris.csv")
    examples = read_examples([path], "class")
    assert (examples.form, examples.columns) == ("features", ("length", "width"))
    assert examples.sources == [("5.1", ""), ("6.2", "2.9"), ("5.0", "3.3")]
    assert examples.targets == ["setosa", "virginica", "setosa"]
    assert "source: length, width; left aside: Id (--source names the columns to read)" in examples.notes
    headless = write("5.1,3.5,setosa\n6.2,2.9,virginica\n5.0,3.3,setosa\n")
    assert read_examples([headless], "class").sources[1] == ("6.2", "2.9")


def test_several_source_columns_are_features_also_if_they_are_words(write):
    path = write("sex,initial,name\nf,a,Anna\nm,b,Bert\nf,a,Ada\n")
    examples = read_examples([path], "class", source=["sex", "initial"], target=["name"])
    assert (examples.form, examples.sources[0]) == ("features", ("f", "a"))


def test_numbers_are_read_as_floats_and_several_targets_as_tuples(write):
    path = write("molecule\tlogP\nCCO\t-0.31\nCCCC\t1e2\n")
    examples = read_examples([path], "number")
    assert (examples.form, examples.sources, examples.targets) == ("text", ["CCO", "CCCC"], [(-0.31,), (100.0,)])
    path = write("a;b;c\n1,5;2;0,25\n2;3;-1\n")
    examples = read_examples([path], "number", source=["a"], target=["b", "c"], table=Reading(decimal=","))
    assert (examples.form, examples.sources, examples.targets) == ("features", [("1.5",), ("2",)], [(2, 0.25), (3, -1)])
    assert examples.target_names == ("b", "c")


def test_a_label_that_is_a_number_stays_as_it_is_written(write):
    examples = read_examples([write("text,label\nfine,1.0\nbad, 0 \n")], "class")
    assert examples.targets == ["1.0", "0"]


def test_lone_quotes_between_tabs_are_characters_and_consistent_ones_quote(write):
    lone = write('" The structure is tight.  \t1\nSaid "no"\t0\n"Twice"\t1\nOnce\t0\nagain\t1\n')
    assert read_examples([lone], "class").sources[:2] == ['" The structure is tight.  ', 'Said "no"']
    quoted = write('text\tlabel\n"a\ttab"\t1\n"say ""no"""\t0\nplain\t1\n')
    examples = read_examples([quoted], "class")
    assert examples.sources == ["a\ttab", 'say "no"', "plain"] and examples.line.tolist() == [2, 3, 4]


def test_a_quoted_text_may_go_over_several_lines(write):
    examples = read_examples([write('text,label\n"one\ntwo",a\nthree,b\n')], "class")
    assert examples.sources == ["one\ntwo", "three"] and examples.line.tolist() == [2, 4]


def test_characters_that_only_look_like_line_ends_stay_in_their_text(write):
    text = "naïve\x85text\u2028here\t0\nother\t1\nthird\t0\n"
    assert read_examples([write(text)], "class").sources[0] == "naïve\x85text\u2028here"


def test_files_follow_each_other_and_their_columns_are_matched_by_name(write):
    first, second = write("text,label\na b,x\n", "1.csv"), write("label,text\ny,c d\n", "2.csv")
    examples = read_examples([first, second], "class")
    assert (examples.sources, examples.targets) == (["a b", "c d"], ["x", "y"])
    assert examples.where(1) == "2.csv:2" and examples.file.tolist() == [0, 1]
    assert examples.rows == [("a b", "x"), ("c d", "y")]


def test_standard_input_is_named_in_words(write, refusal, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(REVIEWS.encode())))
    assert read_examples(["-"], "class").where(1) == "standard input:2"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\tb\tc\nd\n")))
    assert refusal("-")[0].startswith("standard input:2: ")


def test_groups_are_the_cells_of_their_column(write):
    examples = read_examples([write("author,text,label\nann,a b,1\nbob,c,0\nann,d,1\n")], "class", group="author")
    assert examples.groups == ["ann", "bob", "ann"]


def test_blank_lines_are_counted(write):
    examples = read_examples([write("a b\t1\n\nc\t0\n  \n\nd\t0\n")], "class")
    assert examples.sources == ["a b", "c", "d"] and examples.line.tolist() == [1, 3, 6]
    assert "3 blank lines skipped" in examples.notes


def test_words_and_their_labels_may_stand_in_two_cells(write, refusal):
    examples = read_examples([write("the cat sat\tDET NOUN VERB\na dog\tDET NOUN\n")], "step", source="1", target="2")
    assert (examples.form, examples.sources[1]) == ("words", ("a", "dog"))
    assert examples.targets == [("DET", "NOUN", "VERB"), ("DET", "NOUN")]
    path = write("the cat\tDET NOUN\na dog\tDET\n")
    assert refusal(path, "step", source="1", target="2")[0] == "pairs.tsv:2: 2 words, but 1 answer"


# ---- what is refused


def test_columns_that_cannot_be_told_apart_are_listed_with_values(write, refusal):
    path = write("Go.\tVa !\tCC-BY\nHi.\tSalut !\tCC-BY\n", "eng-fra.txt")
    message, hint = refusal(path)
    assert message == (
        "eng-fra.txt: cannot tell which column is the source and which the class; columns: "
        "'1' ('Go.', 'Hi.', ...); '2' ('Va !', 'Salut !', ...); '3' ('CC-BY', ...)"
    )
    assert hint == "name them: --source 1 --target 2"
    assert refusal(write("aa\ta a\nabandon\ta b\n"))[0].startswith("pairs.tsv: cannot tell")
    assert refusal(write("label,tag,text\nx,y,z\n"))[1] == "name them: --source NAME --target NAME"


def test_dates_with_measurements_are_not_guessed_to_be_classes(write, refusal):
    rows = "".join(f"1981-01-{k % 28 + 1:02}T{k // 28:02},{k % 30 + 0.5}\n" for k in range(200))
    assert "cannot tell" in refusal(write("Date,Temp\n" + rows))[0]


def test_a_row_with_other_columns_is_named_with_both_numbers(write, refusal):
    message, hint = refusal(write("a b\t1\nc\t0\nd\te\t0\n"))
    assert message == "pairs.tsv:3: 3 columns separated by tabs, expected 2 as in line 1" and "tabs" in hint
    message, hint = refusal(write("text,label\nfine, or so,1\nbad,0\nworse,0\ngood,1\n", "a.csv"))
    assert message == "a.csv:2: 3 columns separated by ',', expected 2 as in the header" and "quote" in hint


def test_an_unknown_column_is_named_with_the_known_ones(write, refusal):
    path = write("text,label\na b,1\nc,0\n", "a.csv")
    message, hint = refusal(path, source=["txt"])
    assert message.startswith("a.csv: --source: no column 'txt'; columns: 'text' ('a b', 'c', ...); 'label'")
    assert hint.startswith("did you mean 'text'?")
    assert refusal(write(REVIEWS), target=["3"])[1] == "use a number from 1 to 2"
    assert "both source and target" in refusal(path, source=["text"], target=["text"])[0]


@pytest.mark.parametrize(
    "text, answers, problem",
    [
        ("a b\t1\n \t0\nd\t1\n", "class", "pairs.tsv:2: the source is empty"),
        ("a b\t1\nc\t\nd\t1\n", "class", "pairs.tsv:2: the answer is empty"),
        ("text\ty\na\t1.5\nb\tlow\n", "number", "pairs.tsv:3, column y: 'low' is not a number"),
        ("text\ty\na\t1.5\nb\tNA\n", "number", "pairs.tsv:3, column y: 'NA' is a missing value"),
        ("text\ty\na\t1,5\nb\t2\n", "number", "pairs.tsv:2, column y: '1,5' is not a number"),
        ("text\ty\na\tinf\nb\t2\n", "number", "pairs.tsv:2, column y: 'inf' is infinite"),
        ("text,label\n", "class", "pairs.tsv: only a header, no examples"),
        ("text,text\na,b\n", "class", "pairs.tsv:1: more than one column is called 'text'"),
        ('text,label\n"a,1\nb,0\n', "class", "pairs.tsv:2: not a valid row (unexpected end of data)"),
        ("a b\tx\nc\tx\nd\tx\n", "class", "pairs.tsv: all 3 labels are 'x', so there is nothing to learn"),
        ("one text\nanother\n", "class", "pairs.tsv: no answers found: its lines are plain texts"),
        (" \n\n", "class", "pairs.tsv: the file is empty"),
    ],
)
def test_what_is_no_example_is_refused_with_its_place(write, refusal, text, answers, problem):
    assert refusal(write(text), answers)[0] == problem


def test_files_with_other_columns_are_refused(write, refusal):
    first, second = write("text,label\na b,x\n", "1.csv"), write("text,mood\nc,y\n", "2.csv")
    assert refusal([first, second])[0] == "2.csv: columns differ from those of 1.csv: only one has label, mood"
    third = write("c,d,y\n", "3.csv")
    assert refusal([first, third], header=False)[0].startswith("3.csv:1: 3 columns")


# ---- files read as those of training


def again(write, text, choices, name="new.csv", **more):
    return read_examples([write(text, name)], "class", **{"target_required": False, **choices, **more})


def test_a_name_above_repeated_labels_is_one_of_a_column(write):
    rows = "".join(f"text number {k},some {k},{'ab'[k % 2]}\n" for k in range(30))
    examples = read_examples([write("alpha,beta,gamma\n" + rows)], "class", source=["1"], target=["3"])
    assert len(examples) == 30 and set(examples.targets) == {"a", "b"} and examples.columns == ("alpha",)
    once = read_examples([write("alpha,beta,a\n" + rows)], "class", source=["1"], target=["3"])
    assert len(once) == 31 and once.columns == ("column 1",)


def test_a_table_may_come_with_another_separator_and_order(write):
    choices = read_examples([write("text,label\nfine,1\nbad,0\nworse,0\n", "a.csv")], "class").choices
    examples = again(write, "label\ttext\n1\tnice, or so\n", choices, target_required=True, to_learn=False)
    assert examples.sources == ["nice, or so"] and examples.targets == ["1"]


def test_json_lines_are_read_whatever_training_files_were(write):
    choices = read_examples([write(REVIEWS)], "class").choices
    examples = again(write, '{"text": "fine", "label": "1"}\n\n', choices)
    assert examples.sources == ["fine", ""] and "read as JSON lines, unlike the training files" in examples.notes
    assert again(write, "{not JSON}\nplain\n", choices).sources == ["{not JSON}", "plain"]


def test_a_column_of_the_group_is_not_needed_again_and_missing_ones_are_named(write, refusal):
    path = write("a,b,species\n1,2,lily\n3,4,rose\n2,2,rose\n", "a.csv")
    choices = read_examples([path], "class").choices
    message, hint = refusal(write("a,c\n1,2\n", "new.csv"), target_required=False, **choices)
    assert message.startswith("new.csv: no column 'b', which the model reads; columns: 'a'")
    assert hint == "give it the columns of the training files: a, b, species"
    message, hint = refusal(write("1,2\n", "new.csv"), target_required=False, **choices)
    assert message == "new.csv:1: expected the names of the columns, found 1, 2" and hint.startswith("begin the file")


def test_columns_of_repeated_names_are_features_beside_a_target(write):
    rows = "".join(f"{k % 9},{'rgb'[k % 3]},{'xy'[k % 2]}\n" for k in range(30))
    examples = read_examples([write("size,colour,kind\n" + rows, "a.csv")], "class", target=["kind"])
    assert (examples.form, examples.columns) == ("features", ("size", "colour"))


def test_a_cell_that_is_no_number_among_numbers_is_refused(write, refusal):
    rows = "".join(f"{k},{k % 7},{'xy'[k % 2]}\n" for k in range(30))
    path = write("size,width,kind\n" + rows + "3,o,x\n", "a.csv")
    assert refusal(path, target=["kind"], source=["size", "width"])[0] == (
        "a.csv:32, column width: 'o' is not a number, as others of this column are"
    )
