"""The tales and the pairs that come with us: they are what their scripts write, and hold what their README promises."""

import hashlib
import re
import runpy
import subprocess
import sys
from collections import Counter, defaultdict
from math import log
from pathlib import Path

import numpy as np
import pytest
from processes import PATIENCE

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
PEOPLE = {who.name: who for who in runpy.run_path(str(DATASETS / "tale_words.py"))["PEOPLE"]}
LANGUAGES = ("Ambric", "Dorgun", "Oaliri", "Sundrisk", "Taremesh", "Tumblish")
WRITTEN = {
    "make_reviews.py": ("reviews.tsv",),
    "make_signals.py": ("gestures_TRAIN.ts", "gestures_TEST.ts", "sounds.ts", "waves.ts"),
    "make_flowers.py": ("flowers.csv",),
    "make_tags.py": ("tags.tsv",),
    "make_dates.py": ("dates.tsv",),
    "make_numbers.py": ("numbers.tsv",),
    "make_phrases.py": ("phrases.csv",),
    "make_names.py": tuple(f"names/{name}.txt" for name in LANGUAGES),
}
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@pytest.fixture(scope="module")
def text():
    return (DATASETS / "tales.txt").read_bytes().decode("ascii")


@pytest.fixture(scope="module")
def tales(text):
    """Each tale as its list of blocks: title, paragraphs, closing."""
    assert text.endswith("\n\n* * *\n")
    return [tale.split("\n\n") for tale in text.removesuffix("\n\n* * *\n").split("\n\n* * *\n\n")]


def number(word):
    return NUMBERS.index(word.lower())


def pairs(items):
    return zip(items, items[1:])


def test_the_generator_writes_the_kept_file_byte_for_byte(tmp_path):
    command = [sys.executable, "-B", str(DATASETS / "make_tales.py"), str(tmp_path / "tales.txt")]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=PATIENCE)
    assert (tmp_path / "tales.txt").read_bytes() == (DATASETS / "tales.txt").read_bytes()


def test_another_seed_writes_another_book(monkeypatch):
    monkeypatch.syspath_prepend(str(DATASETS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import make_tales

    one, same, other = (make_tales.write_book(seed, tales=24) for seed in (5, 5, 6))
    assert one == same != other
    assert one.count(make_tales.RULE) == 24


def test_the_readme_states_the_size_and_digest_of_the_file():
    kept = (DATASETS / "tales.txt").read_bytes()
    readme = (DATASETS / "README.md").read_text(encoding="utf-8")
    assert f"{len(kept):,} bytes" in readme
    assert hashlib.sha256(kept).hexdigest() in readme


def test_the_text_is_200_to_400_kilobytes_of_short_printable_lines(text):
    assert 200_000 <= len(text) <= 400_000
    assert set(text) <= {"\n", *map(chr, range(32, 127))}
    assert max(map(len, text.split("\n"))) <= 70
    assert not re.search(r" \n|  |\n\n\n|[{}|]", text)


def test_every_tale_has_a_title_an_opening_a_middle_and_a_moral_and_none_comes_twice(tales):
    assert len({"\n".join(tale) for tale in tales}) == len(tales) >= 300
    for title, opening, *middle, closing in tales:
        assert re.fullmatch(r"[A-Z][A-Za-z', ]+", title)
        assert opening.split("\n")[0][0].isupper() and opening[-1] in ".:"
        assert middle
        assert re.fullmatch(r"So they say along the Wend:\n[a-z][a-z', ]+\.", closing, flags=re.I)


def test_the_last_tenth_of_the_text_holds_every_form(tales):
    signs = (
        "and no|did not.",
        "have you seen my",
        "and that left none",
        "and so",
        "There was once",
        "there was a ",
        "In the basket:",
        "What am I?",
        "asleep|to the mice",
        '"One, two,',
        "Let me in",
        "Your friend",
    )
    held_out = "\n".join("\n".join(tale) for tale in tales[-(len(tales) // 10) :])
    for sign in signs:
        assert any(part in held_out for part in sign.split("|")), sign


def test_every_quote_that_opens_closes_before_the_tale_ends(tales):
    nested = 0
    for tale in tales:
        story = "\n".join(tale)
        opened, closed = re.findall(r'(?<!\S)"(?=\w)', story), re.findall(r'(?<=[,.?])"(?!\S)', story)
        assert len(opened) == len(closed) == story.count('"') / 2
        inner = re.findall(r"(?<!\S)'(?=\w)", story)
        assert len(inner) == len(re.findall(r"(?<=[,.?])'(?!\S)", story))
        for speech in re.findall(r'"[^"]*"', story):
            assert len(re.findall(r"(?<!\S)'", speech)) == len(re.findall(r"[,.?]'(?!\S)", speech))
            nested += speech.count("said the")
    assert nested > 100


def test_everybody_keeps_their_kind_home_and_pronoun(text, tales):
    introduced = re.findall(r"\b([A-Z][a-z]+) the ([a-z]+)\b", text)
    assert {name for name, _ in introduced} >= set(PEOPLE)
    assert all(PEOPLE[name].kind == kind for name, kind in introduced if name in PEOPLE)
    for kind, name in re.findall(r"an? ([a-z]+) called ([A-Z][a-z]+)", text):
        assert PEOPLE[name].kind == kind
    for _, opening, *_ in tales:
        sentence = opening.replace("\n", " ")
        who = PEOPLE[re.search(rf"\b({'|'.join(PEOPLE)})\b", sentence).group()]
        assert who.home in sentence and who.craft in sentence
        about_them = re.split(r" Tansy the hare (?:came|knocked)", sentence)[0]
        others = r"\b(she|her)\b" if who.he == "he" else r"\b(he|his|him)\b"
        assert not re.search(others, about_them, flags=re.I)


def test_a_flock_goes_one_by_one_and_comes_home_whole(text, tales):
    flocks = [tale for tale in tales if "and that left none." in "\n".join(tale)]
    assert len(flocks) > 20
    for _, opening, *verses, home, _ in flocks:
        counts = [(number(verse.split()[0]), number(verse.rstrip(".").split()[-1])) for verse in verses]
        assert counts == [(left, left - 1) for left in range(len(verses), 0, -1)]
        total, first, second, made = re.search(
            r"my (\w+) .*came, (\w+) .* and (\w+) .*that made (\w+)\.", home.replace("\n", " ")
        ).groups()
        assert number(first) + number(second) == number(made) == number(total) == len(verses)
        assert f" {total} " in opening


def test_each_verse_of_a_chain_is_the_one_before_with_a_line_on_top(tales):
    chains = [tale for tale in tales if re.search(r"(But|And) why did the", "\n".join(tale))]
    assert len(chains) > 20
    for tale in chains:
        verses = [block.split("\n") for block in tale if "\nand so " in block]
        assert len(verses) >= 4
        for before, after in pairs(verses):
            first, *rest = before
            assert after[1:] == [f"and so {first[0].lower()}{first[1:]}", *rest]


def test_what_was_nested_going_in_comes_out_backwards(tales):
    nests = [tale for tale in tales if any("by the hand." in block for block in tale)]
    assert len(nests) > 20
    for tale in nests:
        *_, going_in, _, coming_out, _ = tale
        way_in = re.findall(r"(\w+) the (\w+) there was a (.+?)[,.]\n?", going_in + "\n", flags=re.I)
        way_out = re.findall(r"the (.+) (\w+) the (\w+),", coming_out, flags=re.I)
        assert [(thing, where.lower(), place) for where, place, thing in reversed(way_in)] == way_out
        assert all(inner == place for (_, _, inner), (_, place, _) in pairs(way_in))


def test_a_basket_names_all_it_holds_and_gives_up_the_last_first(tales):
    baskets = [tale for tale in tales if any("In the basket:" in block for block in tale)]
    assert len(baskets) > 20
    for tale in baskets:
        lists = [block.replace("\n", " ").split("In the basket: ")[1] for block in tale if "In the basket:" in block]
        stops = [re.split(r", | and ", held.rstrip(".")) for held in lists]
        assert all(after[:-1] == before for before, after in pairs(stops))
        emptied = re.findall(r"out came ([^,.]+)[,.]", tale[-2], flags=re.I)
        assert emptied == stops[-1][::-1]
        assert number(re.search(r"That was (\w+) things", tale[-2]).group(1)) == len(emptied)


def test_what_is_divided_adds_up(tales):
    shares = [block for tale in tales for block in tale if block.startswith('"One, two')]
    assert len(shares) > 20
    for block in shares:
        aloud, division = block.replace("\n", " ").split(" said ")
        counted = [number(word) for word in re.findall(r"\w+", aloud)]
        first, second, rest = re.search(r'"(\w+) for \w+, (\w+) for \w+, and (\w+) ', division).groups()
        assert counted == list(range(1, len(counted) + 1))
        assert number(first) + number(second) + (rest == "one") == len(counted)


def test_an_answered_letter_is_signed_by_who_was_asked_for_the_day_that_was_asked(tales):
    letters = [tale for tale in tales if sum("Your friend" in block for block in tale) == 2]
    assert len(letters) > 20
    for tale in letters:
        asked, answered = (block.split("\n") for block in tale if "Your friend" in block)
        for mine, yours in ((asked, answered), (answered, asked)):
            name, kind = mine[-1].split(" the ")
            assert yours[0] == f"Dear {name}," and PEOPLE[name].kind == kind
            assert mine[-2] == f"Your friend {PEOPLE[name].home},"
        day = re.search(r"[Cc]ome(?: and see me)? by ([\w ]+)\.", "\n".join(asked)).group(1)
        assert f" by {day}," in "\n".join(answered)


def test_a_refrain_or_refusal_stays_the_same_through_its_tale(tales):
    songs = [
        [
            block.split("\n")[-1]
            for block in tale
            if block.count("\n") == 4
            and block[0] != '"'
            and re.match(r"(Hush|Sleep|Rest|Dream), ", block.split("\n")[-1])
        ]
        for tale in tales
    ]
    songs = [refrains for refrains in songs if refrains]
    vigils = [[block.split("\n")[-1] for block in tale if re.match(r"On the \w+ night", block)][:-1] for tale in tales]
    assert len(songs) > 20 and all(len(lines) == 3 and len(set(lines)) == 1 for lines in songs)
    assert sum(map(bool, vigils)) > 20 and all(len(set(lines)) <= 1 for lines in vigils)


def lines_of(name):
    return (DATASETS / name).read_bytes().decode("ascii").removesuffix("\n").split("\n")


def signals(name):
    """(header lines, [(series (T, D), answer), ...]) of a .ts file."""
    lines = lines_of(name)
    examples = [line.split(":") for line in lines if line[0] != "@"]
    return [line for line in lines if line[0] == "@"], [
        (np.array([channel.split(",") for channel in channels], float).T, answer) for *channels, answer in examples
    ]


def tagged():
    """Each sentence of tags.tsv as its list of [word, tag]."""
    sentences = "\n".join(lines_of("tags.tsv")).removesuffix("\n").split("\n\n")
    return [[line.split("\t") for line in sentence.split("\n")] for sentence in sentences]


@pytest.mark.parametrize("script", WRITTEN)
def test_a_script_of_pairs_writes_its_kept_files_byte_for_byte(script, tmp_path):
    names = WRITTEN[script]
    target = (tmp_path / names[0]).parent if len(names) > 1 else tmp_path / names[0]
    command = [sys.executable, "-B", str(DATASETS / script), str(target)]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=PATIENCE)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(names)
    for name in names:
        assert (tmp_path / name).read_bytes() == (DATASETS / name).read_bytes(), name


def test_the_pairs_stay_small_and_the_readme_states_their_sizes_and_digests():
    readme = (DATASETS / "README.md").read_text(encoding="utf-8")
    kept = {name: (DATASETS / name).read_bytes() for names in WRITTEN.values() for name in names}
    assert sum(map(len, kept.values())) < 1_600_000
    for name, content in kept.items():
        assert re.search(rf"\| `{name}` \|.* {len(content):,} bytes", readme), name
        assert f"- `{name}` `{hashlib.sha256(content).hexdigest()}`" in readme


def test_reviews_are_distinct_short_and_have_three_verdicts():
    rows = [line.split("\t") for line in lines_of("reviews.tsv")]
    assert len({text.lower().rstrip(".!") for text, _ in rows}) == len(rows) == 1500
    assert all(4 <= len(text.split()) <= 25 and text == text.strip() for text, _ in rows)
    assert not any(re.search(r"[{}]|  |\b[Aa] [aeiou]", text) for text, _ in rows)
    assert Counter(verdict for _, verdict in rows) == {"good": 562, "bad": 563, "mixed": 375}


def test_a_bag_of_words_is_right_about_most_reviews_but_not_about_all():
    rows = [line.split("\t") for line in lines_of("reviews.tsv")]
    rows = [(re.findall("[a-z]+", text.lower()), verdict) for text, verdict in rows]
    known, held_out = rows[:1200], rows[1200:]
    counts = defaultdict(lambda: defaultdict(lambda: 1))
    for words, verdict in known:
        for word in words:
            counts[verdict][word] += 1
    totals = {verdict: sum(own.values()) for verdict, own in counts.items()}
    frequent = Counter(verdict for _, verdict in known)

    def score(words, verdict):
        return log(frequent[verdict]) + sum(log(counts[verdict][word] / totals[verdict]) for word in words)

    right = sum(max(frequent, key=lambda each: score(words, each)) == verdict for words, verdict in held_out)
    assert 0.8 < right / len(held_out) < 0.92


@pytest.mark.parametrize("name", ["gestures_TRAIN.ts", "gestures_TEST.ts"])
def test_gestures_that_draw_the_same_shape_differ_by_its_order(name):
    header, examples = signals(name)
    assert {"@univariate false", "@dimensions 2", "@equalLength false"} < set(header)
    assert set(Counter(stroke for _, stroke in examples).values()) == {30}
    lengths = {len(series) for series, _ in examples}
    assert min(lengths) >= 25 and max(lengths) <= 60 and len(lengths) > 20
    for series, stroke in examples:
        assert series.min() >= 0 and series.max() <= 999
        x, y = (series - series.mean(0)).T
        if stroke.startswith("circle"):
            turned = np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])  # twice the area: above 0 anticlockwise
            assert (turned > 0) == (stroke == "circle_left")
        if stroke.startswith("spiral"):
            assert (np.hypot(x[0], y[0]) < np.hypot(x[-1], y[-1])) == (stroke == "spiral_out")


def test_every_speaker_says_every_vowel_twice_and_glides_go_both_ways():
    header, examples = signals("sounds.ts")
    vowels = header[-2].split()[2:]
    assert len(examples) == 200 and {series.shape[1] for series, _ in examples} == {4}
    for first in range(0, 200, 10):
        assert Counter(vowel for _, vowel in examples[first : first + 10]) == dict.fromkeys(vowels, 2)
    rises = defaultdict(list)
    for series, vowel in examples:
        early, late = (half.mean(0) for half in np.array_split(series, 2))
        rises[vowel].append((late - early) @ [0, -1, -1, 1])  # e has its second formant in the highest band
    assert np.mean(np.array(rises["ae"]) > 0) > 0.9 and np.mean(np.array(rises["ea"]) < 0) > 0.9


def test_the_period_of_a_wave_is_that_of_the_peak_of_its_spectrum():
    header, examples = signals("waves.ts")
    assert header[-2:] == ["@targetLabel true", "@data"] and len(examples) == 300
    assert {len(series) for series, _ in examples} <= set(range(40, 81))
    frequency = np.arange(513) / 1024
    sought = (frequency > 1 / 26) & (frequency < 1 / 4.5)
    errors = []
    for series, period in examples:
        power = np.abs(np.fft.rfft(series[:, 0] - series.mean(), 1024))[sought]
        errors.append(abs(1 / frequency[sought][power.argmax()] - float(period)))
    assert np.mean(errors) < 0.3  # steps; 5 from the mean period


def test_flowers_are_a_whole_table_of_four_species():
    header, *rows = [line.split(",") for line in lines_of("flowers.csv")]
    assert header == ["stem_mm", "leaves", "bloom_week", "nectar_mg", "soil", "height", "species"]
    assert len(rows) == 300 and all(all(row) and len(row) == 7 for row in rows)
    assert min(Counter(row[-1] for row in rows).values()) > 50 and len({row[-1] for row in rows}) == 4
    assert all(float(row[column]) > 0 for row in rows for column in (0, 1, 2, 3, 5))


def test_words_of_the_tagged_sentences_are_ambiguous_and_suffixes_are_not():
    sentences = tagged()
    assert len({str(sentence) for sentence in sentences}) == len(sentences) == 800
    assert all(3 <= len(sentence) <= 15 and sentence[-1][1] == "PUNCT" for sentence in sentences)
    tags = defaultdict(Counter)
    for sentence in sentences:
        for word, tag in sentence:
            tags[word.lower()][tag] += 1
    assert {"saw": 2, "can": 2, "fish": 2, "her": 2, "that": 3, "light": 3, "back": 3}.items() <= {
        word: len(own) for word, own in tags.items()
    }.items()
    assert len({tag for own in tags.values() for tag in own}) == 10
    most_frequent = sum(max(own.values()) for own in tags.values()) / sum(map(len, sentences))
    assert 0.75 < most_frequent < 0.9
    coined = [word for word, own in tags.items() if sum(own.values()) == 1 and len(word) > 5]
    assert len(coined) > 200
    for suffix, tag, share in (("ly", "ADV", 0.9), ("ness", "NOUN", 1), ("ed", "VERB", 1), ("ing", "VERB", 1)):
        own = [tag in tags[word] for word in coined if word.endswith(suffix)]
        assert np.mean(own) >= share, suffix  # "grobbly" is an adjective
