"""Tagged words in columns, as in CoNLL and Universal Dependencies."""

import pytest

from rnncli.data.pairs.examples import read_examples

TAGGED = "The\tDET\ncat\tNOUN\n\n\nA\tDET\ndog\tNOUN\nran\tVERB\n"
UD = """# sent_id = 1
# text = I haven't a clue
1\tI\tI\tPRON\t_\t_\t2\tnsubj\t_\t_
2-3\thaven't\t_\t_\t_\t_\t_\t_\t_\t_
2\thave\thave\tVERB\t_\t_\t0\troot\t_\t_
3\tn't\tnot\tPART\t_\t_\t2\tadvmod\t_\t_
3.1\tany\tany\tDET\t_\t_\t_\t_\t_\t_
4\t#\t#\tSYM\t_\t_\t2\tobj\t_\t_

# sent_id = 2
1\tGo\tgo\tVERB\t_\t_\t0\troot\t_\t_
"""


@pytest.mark.parametrize("separator", ["\t", " "])
def test_sentences_are_told_by_blank_lines(write, separator):
    examples = read_examples([write(TAGGED.replace("\t", separator))], "step")
    assert (examples.form, examples.sources) == ("words", [("The", "cat"), ("A", "dog", "ran")])
    assert examples.targets == [("DET", "NOUN"), ("DET", "NOUN", "VERB")]
    assert examples.line.tolist() == [1, 5] and examples.step_lines == [(1, 2), (5, 6, 7)]
    assert examples.where(1) == "pairs.tsv:5" and examples.groups is None


def test_conll_u_gives_forms_and_universal_tags_and_tells_what_it_skips(write):
    path = write(UD, "en.conllu")
    examples = read_examples([path], "step")
    assert examples.sources == [("I", "have", "n't", "#"), ("Go",)]
    assert examples.targets == [("PRON", "VERB", "PART", "SYM"), ("VERB",)]
    assert {"3 comment lines skipped", "1 range of words skipped", "1 empty node skipped"} <= set(examples.notes)
    for k, row in enumerate(examples.rows):
        words = [row[line - examples.line[k]].split("\t")[1] for line in examples.step_lines[k]]
        assert tuple(words) == examples.sources[k]
    assert "\n\n".join("\n".join(row) for row in examples.rows) + "\n" == UD


def test_columns_are_chosen_by_number(write):
    examples = read_examples([write(UD)], "step", source=["3"], target=["8"])
    assert examples.sources[1] == ("go",) and examples.targets[1] == ("root",)
    assert examples.choices["source"] == ("3",) and examples.choices["target"] == ("8",)


def test_document_starts_are_skipped_and_a_hash_may_be_a_word(write):
    path = write("-DOCSTART- -X- O\n\nEU NNP B-ORG\n# SYM O\n\nno DT O\n")
    examples = read_examples([path], "step")
    assert examples.sources == [("EU", "#"), ("no",)] and examples.targets == [("B-ORG", "O"), ("O",)]
    assert "1 -DOCSTART- line skipped" in examples.notes


@pytest.mark.parametrize("answers", ["class", "number"])
def test_one_answer_an_example_is_refused_with_the_task_to_use(write, refusal, answers):
    message, hint = refusal(write(TAGGED + "\n" + TAGGED), answers)
    assert message.startswith("pairs.tsv: words in columns") and hint == "use --task label"


def test_bad_columns_are_refused_with_their_place(write, refusal):
    assert refusal(write("a\tX\nb\n\nc\tY\n"), "step")[0] == "pairs.tsv:2: 1 column, but most lines have 2"
    message, hint = refusal(write(TAGGED), "step", target=["tag"])
    assert "have no names; there are 2" in message and hint == "give one number from 1 to 2"
    assert refusal(write(TAGGED), "step", source=["3"])[1] == "give one number from 1 to 2"
    assert refusal(write("a\nb\n\nc\n"), "step")[0] == "pairs.tsv:1: only one column, so no labels"
    assert "all 2 labels are 'X'" in refusal(write("a\tX\n\nb\tX\n"), "step")[0]


def test_words_without_labels_are_read_a_word_or_a_sentence_a_line(write):
    choices = read_examples([write(TAGGED)], "step").choices

    def read(text):
        return read_examples([write(text)], "step", target_required=False, **choices)

    assert read("The\ncat\n\nran\n").sources == [("The", "cat"), ("ran",)]
    assert read("The cat\n\nA dog ran\n").sources == [("The", "cat"), (), ("A", "dog", "ran")]
    assert read("The cat\nran\n").targets is None
    labelled = read(TAGGED)
    assert labelled.sources == [("The", "cat"), ("A", "dog", "ran")] and labelled.targets is not None


def test_one_word_a_line_is_read_also_if_words_were_not_in_the_first_column(write):
    choices = read_examples([write(UD)], "step").choices
    assert choices["source"] == ("2",)
    assert read_examples([write("I\nrun\n")], "step", target_required=False, **choices).sources == [("I", "run")]


def test_without_answers_the_rows_of_a_file_are_all_of_its_lines(write):
    choices = read_examples([write(TAGGED)], "step").choices
    text = "\n\n# about\nThe\t1\n\n\n# alone\n\nran\t2\n\n \n"
    files = [write(text, "new.tsv"), write("\n\n", "blank.tsv"), write(text.rstrip(), "cut.tsv")]
    examples = read_examples(files, "step", target_required=False, **choices)
    assert examples.sources == [("The",), ("ran",), (), ("The",), ("ran",)]
    assert examples.step_lines == [(4,), (9,), (), (4,), (9,)] and examples.line.tolist() == [1, 9, 1, 1, 9]
    rows = [line for lines in examples.rows[:2] for line in lines]
    assert rows == text.split("\n")[:-1] and examples.rows[2] == ("", "")
