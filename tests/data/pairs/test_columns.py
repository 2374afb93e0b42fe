"""Which columns are read where no option names the source, and what is said about those left aside."""

import random

import pytest

from rnncli.data.pairs.examples import read_examples
from rnncli.data.tables.reading import Reading

NAMES = ("Braund", "Heikkinen", "Allen", "Moran", "Palsson", "Sandstrom", "Bonnell", "Vestrom", "Rice")


def csv(names, rows, separator=","):
    return "".join(separator.join(map(str, row)) + "\n" for row in (names.split(","), *rows))


def passengers(count=60):
    rng = random.Random(1)
    return [
        (
            k,
            k % 2,
            k % 3 + 1,
            f'"{rng.choice(NAMES)}, Mr. John {k}"',
            ("male", "female")[k % 2],
            k % 7 or "",
            "SCQ"[k % 3],
        )
        for k in range(1, count + 1)
    ]


TITANIC = csv("PassengerId,Survived,Pclass,Name,Sex,Age,Embarked", passengers())
REVIEWS = [
    (k, f"2024-01-{k % 28 + 1:02}", f"u{k % 7}", f"my title {k}", f"this is review {k}", "UB"[k % 2], k % 5 + 1)
    for k in range(1, 41)
]


def test_beside_a_target_all_columns_are_features_but_row_numbers_and_names(write):
    examples = read_examples([write(TITANIC, "t.csv")], "class", target=["Survived"])
    assert (examples.form, examples.columns) == ("features", ("Pclass", "Sex", "Age", "Embarked"))
    assert examples.sources[0] == ("2", "female", "1", "C")
    assert examples.notes[0] == (
        "source: Pclass, Sex, Age, Embarked; left aside: PassengerId, Name (--source names the columns to read)"
    )


def test_a_text_of_a_known_name_is_the_source_and_the_other_columns_are_noted(write):
    path = write(csv("id,date,user,title,review,city,stars", REVIEWS), "r.csv")
    examples = read_examples([path], "class", target=["stars"])
    assert (examples.form, examples.columns, examples.sources[0]) == ("text", ("review",), "this is review 1")
    assert examples.notes == (
        "source: review; left aside: id, date, user, title, city (--source names the columns to read)",
    )
    assert read_examples([path], "class", source=["review"], target=["stars"]).notes == ()


def test_dates_beside_a_text_are_left_aside_with_a_note(write):
    rows = [(f"2024-01-{k % 28 + 1:02}", f"it is fine {k}", "ab"[k % 2]) for k in range(30)]
    for names in ("date,text,label", "when,body,label"):
        examples = read_examples([write(csv(names, rows), "d.csv")], "class")
        when, text, _ = names.split(",")
        assert examples.form == "text" and examples.sources[3] == "it is fine 3"
        assert examples.notes == (f"source: {text}; left aside: {when} (--source names the columns to read)",)


def test_nothing_is_noted_where_nothing_is_left_aside(write):
    assert read_examples([write("text,label\nfine,a\nbad,b\nso so,a\nno,b\n", "a.csv")], "class").notes == ()
    rows = [(k % 5, k * k, "ab"[k % 2]) for k in range(9)]
    assert read_examples([write(csv("a,b,kind", rows), "a.csv")], "class", target=["kind"]).notes == ()


@pytest.mark.parametrize(
    "rows, columns",
    [
        ([(k + 1, k % 3, k % 4, "ab"[k % 2]) for k in range(30)], ("b", "c")),  # 1, 2, ... number the rows
        ([(k % 9, f"name{k}", k % 4, "ab"[k % 2]) for k in range(30)], ("a", "c")),  # every value is another
        ([(k % 9, f"a text of {k % 25} words", k % 4, "ab"[k % 2]) for k in range(90)], ("a", "c")),  # free texts
        ([(k % 9, ["red", "blue"][k % 2], k % 4, "ab"[k % 2]) for k in range(30)], ("a", "b", "c")),
        ([("r" if k == 7 else k % 9, "g" if k % 2 else "h", "ab"[k // 2 % 2]) for k in range(6)], ("a", "b")),
    ],
)
def test_features_are_numbers_and_values_that_repeat(write, rows, columns):
    path = write(csv("a,b,c,kind" if len(rows[0]) == 4 else "a,b,kind", rows), "a.csv")
    assert read_examples([path], "class", target=["kind"]).columns == columns


def test_a_name_is_a_source_only_where_nothing_else_can_be_one(write):
    names = [(k, f"{NAMES[k % 9]}{k}", "ab"[k % 2]) for k in range(30)]
    assert read_examples([write(csv("id,name,origin", names), "n.csv")], "class", target=["origin"]).columns == (
        "name",
    )


def test_several_texts_are_joined_and_a_note_says_so(write):
    path = write(csv("id,date,user,title,review,city,stars", REVIEWS), "r.csv")
    examples = read_examples([path], "class", source=["title", "review"], target=["stars"])
    assert (examples.form, examples.sources[0]) == ("text", "my title 1 this is review 1")
    assert examples.notes == ("source: title, review, joined into one text",)
    new = write('review,title\nlovely,\n"b, c",a\n', "new.csv")
    again = read_examples([new], "class", target_required=False, **examples.choices)
    assert again.sources == ["lovely", "a b, c"] and again.notes == ()


def test_texts_in_json_are_joined_too(write):
    rows = [f'{{"title": "my title {k}", "body": "a text {k}", "label": {k % 2}}}\n' for k in range(9)]
    examples = read_examples([write("".join(rows), "a.jsonl")], "class", source=["title", "body"], target=["label"])
    assert (examples.form, examples.sources[2]) == ("text", "my title 2 a text 2")


@pytest.mark.parametrize(
    "source, kind, hint",
    [
        ("review,city", "texts (review) with categories (city)", ("text alone", "review", "it", "city")),
        ("stars,review", "texts (review) with numbers (stars)", ("text alone", "review", "it", "stars")),
        ("title,review,city", "texts (title, review)", ("texts alone", "title,review", "them", "city")),
    ],
)
def test_texts_mixed_with_others_are_refused_with_two_remedies_that_work(write, refusal, source, kind, hint):
    path = write(csv("id,date,user,title,review,city,stars", REVIEWS), "r.csv")
    target = ["user"] if "stars" in source else ["stars"]
    message, found = refusal(path, source=source.split(","), target=target)
    assert message.startswith(f"r.csv: the source mixes {kind}")
    text, own, it, others = hint
    assert found == f"read the {text} with --source {own}, or leave {it} out: --source {others}"
    for each in (own, others):
        assert len(read_examples([path], "class", source=each.split(","), target=target)) == 40


def test_where_only_the_source_is_unclear_the_message_says_so_and_lists_all_columns(write, refusal):
    rows = [(f"what is {k} here", f"it is {k} there", *"abcd", "xy"[k % 2]) for k in range(30)]
    path = write(csv("question,sentence,c,d,e,f,g", rows), "q.csv")
    message, hint = refusal(path, target=["g"])
    assert message == (
        "q.csv: cannot tell which column is the source; the class is g; "
        "columns: 'question', 'sentence', 'c', 'd', 'e', 'f', 'g'"
    )
    assert hint == "add the source: --source question"
    message, hint = refusal(path, source=["question"])
    assert "cannot tell which column is the class; the source is question" in message and "--target" in hint
    many = csv(",".join(f"c{k}" for k in range(14)), [[f"{k} b{d}" for d in range(14)] for k in range(3)])
    assert "'c11'; ... (14 in all)" in refusal(write(many, "m.csv"), header=True)[0]


# ---- numbers with decimal commas

PRICES = "size;price\n" + "".join(f"{k},5;{k * 7 % 40},25\n" for k in range(30))


def test_decimal_commas_between_semicolons_are_found_and_noted(write):
    examples = read_examples([write(PRICES, "p.csv")], "number", target=["price"])
    assert examples.sources[1] == ("1.5",) and examples.targets[1] == (7.25,)
    assert "numbers are read with a decimal comma, as in 0,5" in examples.notes
    new = read_examples([write("size\n2,5\n", "new.csv")], "number", target_required=False, **examples.choices)
    assert new.sources == [("2.5",)] and new.notes == ()


def test_decimal_commas_that_are_not_found_are_in_the_hint(write, refusal):
    points = Reading(decimal=".")
    for path, table in ((write(PRICES, "p.csv"), points), (write(PRICES.replace(";", "\t")), Reading())):
        assert "--decimal ," in refusal(path, "number", target=["price"], table=table)[1]
        assert "--decimal ," in refusal(path, "number", table=table)[1]


# ---- missing values and titles


def test_empty_sources_and_answers_are_counted(write, refusal):
    text = "text,label\ngood,a\nbad,\n" + "so,\n" * 50 + ",a\n" * 48 + "fine,b\n"
    message, hint = refusal(write(text, "e.csv"))
    assert message == "e.csv:3: the answer is empty (51 such rows, and 48 with an empty source)"
    assert hint == "give every example its answer, or remove the lines"
    assert refusal(write("text,label\n,a\nb,b\n,a\nc,\n", "e.csv"))[0] == (
        "e.csv:2: the source is empty (2 such rows, and 1 with an empty answer)"
    )
    numbers = write("text,y\na,1\nb,NA\nc,NA\nd,2\n", "n.csv")
    assert refusal(numbers, "number")[0] == "n.csv:3, column y: 'NA' is a missing value (2 such rows)"
    lines = '{"text": "a", "label": "x"}\n{"text": "b"}\n{"text": "c", "label": null}\n'
    assert refusal(write(lines, "a.jsonl"))[0] == "a.jsonl:2: no value for 'label' (2 such objects)"


@pytest.mark.parametrize("separator, title", [(",", "Survey of 2024\n\n"), (";", "Survey of 2024;\n;\n")])
def test_a_title_and_a_blank_line_above_the_names_are_skipped_with_a_note(write, separator, title):
    rows = "".join(f"it is fine {k}{separator}{'ab'[k % 2]}\n" for k in range(9))
    examples = read_examples([write(f"{title}text{separator}label\n" + rows, "t.csv")], "class")
    assert len(examples) == 9 and examples.line.tolist()[0] == 4 and examples.columns == ("text",)
    assert examples.notes == ("t.csv: line 1 looks like a title and is skipped: 'Survey of 2024'",)


def test_a_title_that_may_be_part_of_the_table_is_refused(write, refusal):
    message, hint = refusal(write("Survey;\ntext;label\na b;x\nc;y\n", "t.csv"), header=True)
    assert (
        message.startswith("t.csv:1: line 1 looks like a title") and hint == "remove the lines above the column names"
    )
    message, _ = refusal(write("Survey\ntext\tlabel\na b\tx\nc\ty\n", "t.tsv"))
    assert message.startswith("t.tsv:1: line 1 looks like a title")
