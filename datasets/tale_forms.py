"""The forms that a tale can take: each makes a title, paragraphs and a moral from what a book draws.

A form binds its people to letters (a, b, c, ...) and its thing to t, then tells its phrases. What must hold over many
lines (a count, a list said backwards, a day that was promised) is made here, not drawn.
"""

from typing import NamedTuple

from tale_words import EVENTS, FLOCKS, FRUIT, NEST, PEOPLE, RHYMES, RIDDLES, THINGS, VISITORS

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NIGHTS = ("first", "second", "third", "fourth")


class Tale(NamedTuple):
    """A finished tale; `|` ends a line inside a paragraph."""

    title: str
    paragraphs: list
    moral: str


def person(letter, who):
    """What a phrase may say of `who`: a.name, a.he, a.him, a.his, a.home, ... and a.a, "a fox" or "an owl"."""
    him, his = ("him", "his") if who.he == "he" else ("her", "her")
    facts = {**who._asdict(), "him": him, "his": his, "a": with_article(who.kind)}
    return {f"{letter}.{fact}": value for fact, value in facts.items()}


def noun(letter, name):
    """What a phrase may say of a thing: t (brass key), t.a (a brass key), t.short (key)."""
    return {letter: name, f"{letter}.a": with_article(name), f"{letter}.short": name.split()[-1]}


def with_article(name):
    """A fox, an owl."""
    return ("an " if name[0] in "aeiou" else "a ") + name


def in_a_row(items):
    """One; one and two; one, two and three."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def cast(book, letters):
    """Different people, one for each letter: the scene that names them, and the people."""
    people = book.several("people", PEOPLE, len(letters))
    scene = {}
    for letter, who in zip(letters, people):
        scene |= person(letter, who)
    return scene, people


def with_thing(book, scene):
    """The scene with a thing bound to t, and what is special about it to t.use."""
    name, use = book.draw("things", THINGS)
    return scene | noun("t", name) | {"t.use": use}


def tale(book, form, scene, paragraphs):
    """The tale that the paragraphs tell in `scene`, with a title and a moral drawn for its form."""
    told = [book.tell(paragraph, scene) for paragraph in paragraphs]
    return Tale(book.tell(f"{{{form}_title}}", scene), told, book.tell(f"{{{form}_moral}}", scene))


def borrow(book):
    """A thing is lent until a day, and the day goes by."""
    scene = with_thing(book, cast(book, "ab")[0])
    scene["due"] = book.tell("{due}", scene)
    return tale(
        book,
        "borrow",
        scene,
        [
            "{opening}|{trait}|{borrow_have}",
            "{arrive}|{borrow_ask}|{borrow_lend}",
            "{borrow_late}|{borrow_go}|{borrow_find}|{borrow_speak}",
            "{borrow_end}|{borrow_thanks}|{closer}",
        ],
    )


def ask(book):
    """The same question to two, three or four neighbours, and home again past their doors in reverse."""
    scene, (seeker, *neighbours) = cast(book, "abcde"[: book.number(3, 5)])
    scene = with_thing(book, scene)
    scene["question"] = book.tell("{question}", scene)
    spot = book.draw("spot", book.grammar["spot"])
    paragraphs = ["{opening}|{trait}|{ask_lost}"]
    for who in neighbours:
        turn, answer = "Then", "but no {t.short}."
        if who is neighbours[0]:
            turn = "First"
        if who is neighbours[-1]:
            turn, answer = "Last", "and your {t.short} too. It is " + spot.format(own="your own") + "."
        paragraphs.append(
            book.tell(
                f'{turn} {{a.he}} asked {{x.name}} the {{x.kind}}, {{x.home}}.|"{{question}}"|'
                f'"I have seen {{x.sight}}," said {{x.name}},|"{answer}"',
                scene | person("x", who),
            )
        )
    doors = in_a_row([f"past {who.name}" for who in reversed(neighbours[:-1])])
    there = spot.format(own=scene["a.his"] + " own")
    paragraphs.append(f"So {seeker.name} went home {doors},|and looked {there},|and there was the {{t}}.|{{closer}}")
    return tale(book, "ask", scene, paragraphs)


def count(book):
    """They leave one by one, and all come home in a sum that is right."""
    scene = cast(book, "a")[0]
    (one, many), total = book.draw("flocks", FLOCKS), book.number(3, 7)
    scene |= {"many": many, "total": NUMBERS[total], "perch": book.tell("{perch}", scene)}
    verses = []
    for left, leaves in zip(range(total, 0, -1), book.several("leaves", book.grammar["leaves"], total)):
        who, it = (many, "One") if left > 1 else (one, "It")
        here = f"{NUMBERS[left].capitalize()} {who} {{perch}}."
        verses.append(f"{here}|{it} {leaves}, and that left {NUMBERS[left - 1]}.")
    first, (way, other) = book.number(1, total - 1), book.several("way", book.grammar["way"], 2)
    return tale(
        book,
        "count",
        scene,
        [
            "{opening}|{trait}|{count_have}",
            *verses,
            '"Where are my {total} {many}?" said {a.name}, and {call}.|'
            f"Home they came, {NUMBERS[first]} {way} and {NUMBERS[total - first]} {other},|"
            "and that made {total}.|{closer}",
        ],
    )


def because(book):
    """One thing happened because of another; each verse is the one before with a line on top."""
    scene = cast(book, "ab")[0]
    scene |= {symbol: book.tell(f"{{{symbol}}}", scene) for symbol in ("noise", "slip")}
    paragraphs = ["{opening}|{trait}", "One day {noise},|and {b.name} the {b.kind} wished to know why."]
    verse = "{noise}."
    for who, did, do in book.several("events", EVENTS, book.number(3, 5)):
        verse = f"{who} {did},|and so {verse}"
        paragraphs.append(verse.capitalize())
        paragraphs.append(book.tell("{because_ask}", scene | {"who": who, "do": do}))
    paragraphs.append("{a.name} {slip},|and so " + verse)
    return tale(book, "because", scene, [*paragraphs, "{because_end}|{closer}"])


def told(book):
    """A tale inside the tale: one speech over many lines, with speech inside it."""
    scene = with_thing(book, cast(book, "ab")[0])
    for letter, name in zip("xy", book.several("someone", book.grammar["someone"], 2)):
        scene |= noun(letter, name)
    *refused, taken = book.several("offer", book.grammar["offer"], book.number(2, 4))
    haggling = [f"'I will give you {offer},' said the {{y}}.|'I have {offer},' said the {{x}}." for offer in refused]
    speech = [
        '"There was once {x.a} who had {t.a}, and {t.use}.',
        "{^y.a} came by and said, 'Give me the {t.short}.'",
        "'What will you give me?' said the {x}.",
        *haggling,
        f"'Then I will give you {taken},' said the {{y}}.",
        "'That I have not,' said the {x}.",
        'So the {x} gave the {y} the {t}, and {told_result}."',
    ]
    return tale(
        book,
        "told",
        scene,
        [
            "{opening}|{trait}",
            "{arrive}|{told_ask}",
            "|".join(speech),
            "{told_true}|{closer}",
        ],
    )


def nest(book):
    """One thing inside another, going in; the same list backwards, coming out."""
    scene = cast(book, "ab")[0]
    places = [NEST[depth] for depth in sorted(book.several("nest", range(len(NEST)), book.number(4, 6)))]
    scene |= {"jewel": book.tell("{jewel}", scene), "outer": "the " + places[0][0], "inner": places[-1][0]}
    inside = [with_article(name) for name, _ in places[1:]] + [scene["jewel"]]
    going_in = [f"{where} the {name} there was {thing}" for (name, where), thing in zip(places, inside)]
    held = [name for name, _ in places[1:]] + [scene["jewel"].removeprefix("a ")]
    coming_out = [f"the {thing} {where} the {name}" for (name, where), thing in zip(places, held)][::-1]
    return tale(
        book,
        "nest",
        scene,
        [
            "{opening}|{trait}",
            "One day {a.he} took {b.name} the {b.kind} by the hand.|" + ",|and ".join(going_in).capitalize() + ".",
            "{nest_ask}|{nest_reply}",
            ",|".join(coming_out).capitalize() + ",|and there it is today.|{closer}",
        ],
    )


def basket(book):
    """A basket fills along the road, all of it is named again at each gift, and the last in is the first out."""
    scene, (_, _, *givers) = cast(book, "abcdef"[: book.number(4, 6)])
    paragraphs, held = ["{opening}|{trait}|{basket_set_out}"], []
    for who in givers:
        held.append(who.gift)
        meeting = book.tell("{basket_meet}", scene | person("x", who))
        paragraphs.append(f"{meeting}|In the basket: {in_a_row(held)}.")
    out = ",|".join(f"out came {gift}" for gift in reversed(held)).capitalize()
    total = NUMBERS[len(held)]
    paragraphs.append(f"{{basket_home}}|{out}.|That was {total} things, and then the basket was empty.|{{closer}}")
    return tale(book, "basket", scene, paragraphs)


def riddle(book):
    """Three lines that a thing says of itself, one or two wrong guesses, and the answer."""
    scene = cast(book, "ab")[0]
    answer, *wrong = book.several("riddles", tuple(RIDDLES), book.number(2, 3))
    lines = ".|".join(book.shuffled(RIDDLES[answer])[:3])
    guesses = [f'"Are you {guess}?" asked {{b.name}}.|"I am not {guess}," said {{a.name}}.' for guess in wrong]
    return tale(
        book,
        "riddle",
        scene,
        [
            "{opening}|{trait}",
            "{arrive}|{riddle_bet}",
            f'"{lines}.|What am I?" said {{a.name}}.',
            "|".join(guesses),
            f'{{think}}|"Then you are {answer}," said {{b.name}}.|{{riddle_win}}|{{closer}}',
        ],
    )


def song(book):
    """Three verses of two couplets each, with a refrain that stays."""
    scene = cast(book, "ab")[0]
    scene["refrain"] = book.tell("{refrain}", scene)
    couplets = []
    for group in book.several("rhymes", range(len(RHYMES)), 6):
        couplets.append(",|".join(book.several(f"rhyme {group}", RHYMES[group], 2)))
    verses = [f"{one},|{two}.|{{refrain}}" for one, two in zip(couplets[::2], couplets[1::2])]
    return tale(book, "song", scene, ["{opening}|{trait}|{song_need}", *verses, "{song_end}|{closer}"])


def share(book):
    """Two find something, and a third counts it aloud and divides it."""
    scene, (a, b, _) = cast(book, "abc")
    total = book.number(4, 9)
    scene |= {"total": NUMBERS[total], "many": book.draw("fruit", FRUIT)}
    aloud = ", ".join(NUMBERS[1 : total + 1]).capitalize()
    half, rest = NUMBERS[total // 2], "{share_odd}" if total % 2 else "{share_even}"
    return tale(
        book,
        "share",
        scene,
        [
            "{opening}|{trait}",
            "{share_find}|{share_claim}",
            "{share_go}",
            f'"{aloud}," said {{c.name}}.|"{half.capitalize()} for {a.name}, {half} for {b.name},|{rest}"',
            "{share_end}|{closer}",
        ],
    )


def vigil(book):
    """Somebody knocks each night and gets the same answer, until the last one."""
    scene = cast(book, "a")[0]
    visitors = book.several("visitors", VISITORS, book.number(2, 4))
    scene |= {"answer": book.tell("{answer}", scene), "last": visitors[-1][0], "total": NUMBERS[len(visitors)]}
    paragraphs = ["{opening}|{trait}|{vigil_alone}"]
    for night, (who, why) in zip(NIGHTS, visitors):
        reply = "{vigil_open}|{vigil_end}|{closer}" if who == scene["last"] else '"{answer}," said {a.name}.'
        paragraphs.append(
            f"On the {night} night there was a knock, and it was the {who}.|"
            f'"Let me in, for {why}," said the {who}.|{reply}'
        )
    return tale(book, "vigil", scene, paragraphs)


def letter(book):
    """A letter and its answer, each signed; the day that is asked for is the day that is promised."""
    scene, people = cast(book, "ab")
    while any(who.name == "Tansy" for who in people):  # she carries it
        scene, people = cast(book, "ab")
    scene = with_thing(book, scene)
    scene["due"] = book.tell("{due}", scene)
    one, two, three = book.several("news", book.grammar["news"], 3)
    return tale(
        book,
        "letter",
        scene,
        [
            "{opening}|{trait}|{letter_carry}",
            f"Dear {{a.name}},|{one}.|{two}.|{{wish}}.|Your friend {{b.home}},|{{b.name}} the {{b.kind}}",
            "{letter_read}",
            f"Dear {{b.name}},|{three}.|{{letter_yes}}.|Your friend {{a.home}},|{{a.name}} the {{a.kind}}",
            "{letter_end}",
        ],
    )


FORMS = (borrow, ask, count, because, told, nest, basket, riddle, song, share, vigil, letter)
