"""The text that the quick start learns: it is what its generator writes, and its long-range structure holds."""

import hashlib
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from processes import PATIENCE

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
PEOPLE = {who.name: who for who in runpy.run_path(str(DATASETS / "tale_words.py"))["PEOPLE"]}
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
