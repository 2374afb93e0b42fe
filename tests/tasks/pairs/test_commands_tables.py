"""Tables in other ways of writing, from training to new files, by the options that every task of tables has."""

import json

import pytest

from rnncli.config import from_dict
from rnncli.tasks.registry import TASKS

PAIRS = [kind for kind in TASKS.values() if "pairs" in kind.sections]
ROWS = [(1000 + 137 * k % 4000, k % 7 / 4) for k in range(60)]
TRAIN = ["--max-steps", "2", "--hidden-size", "8", "--sample-length", "0", "--seed", "1"]


def table(sep, sign, rows=ROWS):
    """Sizes with thousands, distances with decimals, and prices, below their names and a title."""
    text = "prices of houses\n" + sep.join(("size", "distance", "price")) + "\n"
    for size, distance in rows:
        cells = (f"{size:,}".replace(",", "'"), f"{distance}".replace(".", sign), f"{size * 3}".replace(".", sign))
        text += sep.join(cells) + "\n"
    return text


@pytest.mark.parametrize("kind", PAIRS, ids=lambda kind: kind.name)
def test_a_stored_run_with_the_old_names_of_settings_is_read(kind):
    config = from_dict({"task": kind.name, "pairs": {"decimal": ",", "sheet": "2", "header": "no"}})
    assert (config.table.decimal, config.table.sheet, config.pairs.header) == (",", "2", "no")
    assert "table.sep" in kind.reading and "pairs.sheet" not in kind.reading


@pytest.mark.usefixtures("apart")
def test_the_same_options_read_tables_at_train_eval_and_generate(command, saved):
    options = ["--sep", "|", "--thousands", "'", "--decimal", ",", "--skip-rows", "1"]
    path = saved("a.txt", table("|", ","))
    code, _, err = command("train", path, "--task", "regress", "--target", "price", "-o", "run", *options, *TRAIN)
    assert code == 0, err
    other = saved("b.txt", table("!", ".", ROWS[:5]))
    given = ["--sep", "!", "--decimal", "."]
    found = []
    for name, more in ((path, []), (other, given)):
        code, out, err = command("generate", "run", name, *more, "-q")
        assert code == 0, err
        found.append(out.splitlines()[:5])
    assert found[0] == found[1]
    reports = []
    for name, more in ((other, given), (saved("c.txt", table("|", ",", ROWS[:5])), [])):
        code, out, err = command("eval", "run", name, *more, "--format", "json", "--no-baseline", "-q")
        assert code == 0, err
        reports.append(json.loads(out)["metrics"])
    assert reports[0] == reports[1]


@pytest.mark.usefixtures("apart")
def test_new_texts_on_lines_are_read_by_a_run_with_another_separator(command, saved):
    rows = "".join(f"{'good' if k % 2 else 'bad'} day {k}|{'pos' if k % 2 else 'neg'}\n" for k in range(40))
    path = saved("a.txt", "text|mood\n" + rows)
    code, _, err = command("train", path, "--task", "classify", "--sep", "|", "-o", "run", *TRAIN)
    assert code == 0, err
    code, out, err = command("generate", "run", saved("b.txt", "good day\nbad, bad day\n"))
    assert code == 0 and len(out.splitlines()) == 2, err
    code, out, err = command("generate", "run", saved("c.csv", 'text,mood\n"good, day",pos\n'))
    assert code == 0 and len(out.splitlines()) == 1, err  # another separator is no error, as the names are there
