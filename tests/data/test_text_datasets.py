"""The pairs that end in a text: every answer follows from its source, and is right by other code than that wrote it."""

import csv
import importlib
import re
import sys
from collections import Counter, defaultdict
from datetime import date, datetime
from math import log
from pathlib import Path

import pytest

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
FORMATS = (
    *("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%b %d %Y"),
    *("%b. %d, %Y", "%B %d %Y", "%d-%b-%y", "%d %B '%y", "%a %d %b %Y", "%A, %B %d, %Y", "%Y %B %d", "the %d of %B %Y"),
)
UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
UNITS += ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}


def table(name):
    """(names of the columns, rows) of a table."""
    lines = (DATASETS / name).read_text(encoding="utf-8").split("\n")[:-1]
    header, *rows = csv.reader(lines, delimiter="\t" if name.endswith(".tsv") else ",")
    return header, rows


def script(name, monkeypatch):
    """A script of the data sets as a module."""
    monkeypatch.syspath_prepend(str(DATASETS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return importlib.import_module(name)


def read_back(text):
    """The days (year mod 100, month, day) that a spelling in figures can be in one of the FORMATS; [] for words."""
    text = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text).replace("Sept.", "Sep.")
    found = set()
    for form in FORMATS:
        try:
            day = datetime.strptime(text, form)
        except ValueError:
            continue
        if form not in ("%Y%m%d", "%d/%m/%y") or re.fullmatch(r"\d{8}|\d+/\d+/\d\d", text):
            found.add((day.year % 100, day.month, day.day))
    if roman := re.fullmatch(r"(\d+)\.([IVX]+)\.(\d{4})", text):
        found.add((int(roman[3]) % 100, MONTHS.index(roman[2]) + 1, int(roman[1])))
    return sorted(found)


def value(words):
    """A number below a million in words."""
    total = part = 0
    for word in re.findall("[a-z]+", words):
        if word == "thousand":
            total, part = 1000 * part, 0
        elif word == "hundred":
            part *= 100
        elif word != "and":
            part += TENS[word] if word in TENS else UNITS.index(word)
    return total + part


@pytest.mark.parametrize("name, pairs", [("dates.tsv", 20_000), ("numbers.tsv", 6000)])
def test_a_source_has_one_target_and_stands_in_the_file_once(name, pairs):
    header, rows = table(name)
    assert header == ["source", "target"] and len(rows) == pairs
    assert len({source for source, _ in rows}) == pairs
    assert all(cell == cell.strip() and cell.isascii() for row in rows for cell in row)


def test_a_date_in_figures_is_read_back_as_its_day_and_no_other():
    spelt_out = 0
    for source, target in table("dates.tsv")[1][::7]:
        day = date.fromisoformat(target)
        if found := read_back(source):
            assert found == [(day.year % 100, day.month, day.day)], source
            assert str(day.year) in source or 1930 <= day.year < 2030, source
        else:
            spelt_out += 1
            assert re.fullmatch(f"[a-z-]+ of {day:%B}, [a-z -]+", source), source
    assert 100 < spelt_out < 200


def test_a_date_in_words_names_its_day_and_its_year():
    irregular = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
    irregular |= {20: "twentieth", 30: "thirtieth"}
    years = set()
    for source, target in table("dates.tsv")[1]:
        if words := re.fullmatch("([a-z-]+) of [A-Z][a-z]+, ([a-z -]+)", source):
            day = date.fromisoformat(target)
            last = day.day if day.day <= 20 or day.day == 30 else day.day % 10
            assert words[1].endswith(irregular.get(last, f"{UNITS[last % 20]}th")), source
            century, _, rest = words[2].replace("oh ", "").partition(" ")
            whole = "thousand" in rest or "hundred" in rest
            assert day.year == (value(words[2]) if whole else 100 * value(century) + value(rest)), source
            years.add(day.year)
    assert len(years) > 190


def test_days_are_spread_evenly_and_come_in_one_to_three_spellings_in_a_row():
    _, rows = table("dates.tsv")
    times = Counter(target for _, target in rows)
    assert set(times.values()) == {1, 2, 3} and len(times) > 9900
    assert len(times) == 1 + sum(before[1] != after[1] for before, after in zip(rows, rows[1:]))
    decades = Counter(day[:3] for day in times)
    assert len(decades) == 20 and max(decades.values()) - min(decades.values()) < 10
    assert len({day[5:] for day in times}) == 366


def test_a_number_in_words_is_the_number_in_digits_and_small_ones_are_all_there():
    numbers = {}
    for digits, words in table("numbers.tsv")[1]:
        numbers[int(digits.replace(",", ""))] = words
        assert f"{value(words):,}" == digits
    assert set(range(1000)) < set(numbers) and max(numbers) < 1_000_000
    assert Counter(len(str(number)) for number in numbers if number >= 1000).keys() == {4, 5, 6}
    assert numbers[0] == "zero" and numbers[110] == "one hundred and ten"
    for number, words in numbers.items():
        hundreds = [part for part in (number // 1000, number % 1000) if part > 100 and part % 100]
        low = number > 1000 and 0 < number % 1000 < 100  # "four thousand and seven"
        assert len(re.findall(r"\band\b", words)) == len(hundreds) + low, words


def test_numbers_may_be_written_the_other_way_round(monkeypatch):
    make_numbers = script("make_numbers", monkeypatch)
    forth, back = (make_numbers.write_numbers(7, 300, reverse).splitlines()[1:] for reverse in (False, True))
    assert [line.split("\t")[::-1] for line in forth] == [line.split("\t") for line in back]


@pytest.mark.parametrize("name", ["make_dates.write_dates", "make_numbers.write_numbers", "make_phrases.write_phrases"])
def test_another_seed_writes_other_pairs_and_a_count_is_kept(name, monkeypatch):
    module, function = name.split(".")
    write = getattr(script(module, monkeypatch), function)
    one, same, other = (write(seed, 60) for seed in (5, 5, 6))
    assert one == same != other and one.count("\n") == 61


def test_a_phrase_says_all_that_its_attributes_say_and_agrees_with_their_number():
    header, rows = table("phrases.csv")
    assert header == ["count", "size", "colour", "animal", "action", "time", "place", "begin", "phrase"]
    many = {"goose": "geese", "mouse": "mice", "ox": "oxen", "sheep": "sheep", "wolf": "wolves", "pony": "ponies"}
    first_words = {"little": "small", "large": "big", "huge": "enormous", "an": "a"}
    for count, size, colour, animal, _, time, place, begin, phrase in rows:
        assert not re.search(r"\b(a [aeiou]|an [^aeiou])", phrase), phrase
        one = count == "1"
        said = [word for word in (size, colour) if word not in ("average", "plain")]
        plural = many.get(animal, animal + ("es" if animal.endswith("x") else "s"))
        group = " ".join(["a" if one else UNITS[int(count)], *said, animal if one else plural])
        words = " ".join(first_words.get(word, word) for word in phrase.split())
        rest = f" {words} ".replace(f" {group} ", " # ").split()
        assert "#" in rest and f"the {place}" in phrase, phrase
        assert ("who", "there", "where")[["#", "there", rest[0]].index(rest[0])] == begin, phrase
        assert ("will" in rest) == (time == "future"), phrase
        assert time != "now" or one == any(word.endswith("s") for word in rest if word != "across"), phrase


def test_some_attributes_have_two_phrases_that_differ_in_one_word():
    _, rows = table("phrases.csv")
    phrases = defaultdict(list)
    for row in rows:
        phrases[tuple(row[:-1])].append(row[-1].split())
    twice = [both for both in phrases.values() if len(both) > 1]
    assert len(rows) == 3000 and 200 < len(twice) < 300
    for one, other in twice:
        differing = [{mine, theirs} for mine, theirs in zip(one, other) if mine != theirs]
        assert {"small", "little"} in differing or {"big", "large"} in differing or {"enormous", "huge"} in differing


def languages():
    """{language: its names}"""
    files = sorted((DATASETS / "names").iterdir())
    return {file.stem: file.read_text(encoding="utf-8").split("\n")[:-1] for file in files}


def test_each_language_has_its_own_letters_and_no_name_twice():
    for language, names in languages().items():
        assert 400 <= len(names) == len(set(names)) <= 800
        text = "".join(names)
        assert ("'" in text) == (language == "Oaliri") and ("-" in text) == (language == "Taremesh")
        assert bool(re.search("[åøæ]", text)) == (language == "Sundrisk") and ("ë" in text) == (language == "Ambric")
        assert all(name[0].isupper() and 3 <= len(name) <= 14 for name in names)


def test_the_letters_of_a_name_tell_most_languages_but_not_all():
    known, held_out = Counter(), []
    counts = defaultdict(Counter)
    for language, names in languages().items():
        held_out += [(name, language) for name in names[::5]]
        for name in (name for k, name in enumerate(names) if k % 5):
            known[language] += 1
            counts[language].update(grams(name))
    different = len(set().union(*counts.values()))
    totals = {language: own.total() + different for language, own in counts.items()}

    def score(name, language):
        own = counts[language]
        return log(known[language]) + sum(log((own[gram] + 1) / totals[language]) for gram in grams(name))

    right = [max(known, key=lambda each, name=name: score(name, each)) == language for name, language in held_out]
    assert 0.92 < sum(right) / len(right) < 0.99


def grams(name):
    """The runs of one to three letters of a name and its two ends."""
    text = f"^{name}$"
    return [text[k : k + n] for n in (1, 2, 3) for k in range(len(text) - n + 1)]
