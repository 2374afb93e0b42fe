"""What the reviews are made of: four kinds of things with their aspects, and the forms of praise, blame and both.

Only data; every phrase is ours, written for this file. In a form, `{a}` and `{b}` are two aspects of the thing at hand,
`{a.good}` and `{a.bad}` what is said of one, `{a.was}`, `{a.is}` and `{a.it}` agree with it; `{fine}` and `{poor}` are
said of the whole, and any other symbol stands for a phrase drawn from GRAMMAR.
"""

from typing import NamedTuple


class Aspect(NamedTuple):
    """A part of a thing that can be good or bad."""

    name: str
    plural: bool
    good: tuple
    bad: tuple


class Domain(NamedTuple):
    """A kind of thing that is reviewed."""

    wholes: tuple  # singular nouns for all of it
    aspects: tuple
    joy: tuple  # follows "so good that": sincere
    irony: tuple  # follows "so good that": the opposite is meant


DOMAINS = (
    Domain(
        ("shop", "stall", "market", "bakery", "bookshop"),
        (
            Aspect("staff", False, ("kind", "patient", "helpful", "cheerful"), ("rude", "grumpy", "careless", "bored")),
            Aspect("prices", True, ("fair", "low", "honest"), ("steep", "silly", "unfair")),
            Aspect("queue", False, ("short", "quick", "orderly"), ("endless", "slow", "unruly")),
            Aspect("shelves", True, ("tidy", "full", "clean"), ("bare", "dusty", "messy")),
            Aspect("choice", False, ("wide", "clever", "rich"), ("poor", "narrow", "dull")),
            Aspect("delivery", False, ("prompt", "quick", "careful"), ("late", "slow", "careless")),
            Aspect("bags", True, ("sturdy", "neat", "clean"), ("flimsy", "torn", "dusty")),
        ),
        ("I went back the next day", "we stayed until closing time", "my aunt moved house to be nearer"),
        ("I grew a beard at the till", "the spiders have the counter now", "even the mice shop elsewhere"),
    ),
    Domain(
        ("meal", "lunch", "dinner", "supper", "breakfast"),
        (
            Aspect("soup", False, ("warm", "tasty", "rich", "lovely"), ("cold", "bland", "watery", "salty")),
            Aspect("bread", False, ("fresh", "warm", "crusty"), ("stale", "dry", "hard")),
            Aspect("waiters", True, ("kind", "quick", "cheerful"), ("rude", "slow", "grumpy")),
            Aspect("fish", False, ("tender", "fresh", "tasty"), ("dry", "raw", "bland")),
            Aspect("pudding", False, ("light", "lovely", "sweet"), ("soggy", "sickly", "heavy")),
            Aspect("portions", True, ("generous", "huge", "fair"), ("tiny", "mean", "silly")),
            Aspect("table", False, ("quiet", "clean", "neat"), ("sticky", "noisy", "wobbly")),
        ),
        ("we licked the plates", "I asked for the recipe", "nobody spoke until the plates were empty"),
        ("the dog sent it back", "the butter asked for a coat", "I dreamt of dry toast all night"),
    ),
    Domain(
        ("film", "comedy", "thriller", "drama", "sequel"),
        (
            Aspect("plot", False, ("clever", "gripping", "fresh"), ("dull", "silly", "muddled")),
            Aspect("acting", False, ("moving", "natural", "brave"), ("wooden", "flat", "bored")),
            Aspect("jokes", True, ("sharp", "funny", "witty"), ("stale", "cheap", "tired")),
            Aspect("ending", False, ("moving", "brave", "clever"), ("rushed", "silly", "flat")),
            Aspect("music", False, ("lovely", "gentle", "rich"), ("loud", "dull", "shrill")),
            Aspect("speeches", True, ("short", "witty", "honest"), ("endless", "clumsy", "wooden")),
            Aspect("costumes", True, ("splendid", "lovely", "clever"), ("cheap", "drab", "silly")),
        ),
        ("I forgot my popcorn", "the whole row stood up to clap", "we saw it twice in a week"),
        ("I counted the lamps on the ceiling", "the man beside me snored in tune", "my popcorn had more to say"),
    ),
    Domain(
        ("drill", "saw", "mower", "ladder", "lamp"),
        (
            Aspect("blade", False, ("sharp", "sturdy", "clean"), ("blunt", "flimsy", "rusty")),
            Aspect("handle", False, ("firm", "comfortable", "sturdy"), ("loose", "slippery", "wobbly")),
            Aspect("battery", False, ("strong", "reliable", "light"), ("weak", "useless", "heavy")),
            Aspect("motor", False, ("quiet", "strong", "smooth"), ("noisy", "weak", "rough")),
            Aspect("instructions", True, ("clear", "short", "helpful"), ("muddled", "useless", "vague")),
            Aspect("screws", True, ("solid", "tight", "strong"), ("loose", "rusty", "soft")),
            Aspect("case", False, ("neat", "sturdy", "light"), ("cheap", "flimsy", "clumsy")),
        ),
        ("I built a shed with it", "all the neighbours want to borrow it", "the old one went to the attic"),
        ("butter stopped it", "I finished the job with my teeth", "my spoon does the work now"),
    ),
)

# Forms that say what they mean: the words alone give the verdict away.
PLAIN = {
    "good": (
        "the {a} {a.was} {a.good} and the {b} {b.was} {b.good}",
        "{a.good} {a}, {b.good} {b}, a {fine} {whole}",
        "a {fine} {whole}, and I {liked} the {a}",
        "I {liked} the {a}, and the {b} {b.was} {b.good} too",
        "what a {fine} {whole}, the {a} {a.was} {very} {a.good}",
        "the {a} {a.was} {a.good}, the {b} even more so",
    ),
    "bad": (
        "the {a} {a.was} {a.bad} and the {b} {b.was} {b.bad}",
        "{a.bad} {a}, {b.bad} {b}, a {poor} {whole}",
        "a {poor} {whole}, and I {loathed} the {a}",
        "I {loathed} the {a}, and the {b} {b.was} {b.bad} too",
        "what a {poor} {whole}, the {a} {a.was} {very} {a.bad}",
        "the {a} {a.was} {a.bad}, the {b} even more so",
    ),
    "mixed": (
        "the {a} {a.was} {a.bad} but the {b} {b.was} {b.good}",
        "the {a} {a.was} {a.good} but the {b} {b.was} {b.bad}",
        "{a.good} {a}, but {b.bad} {b}",
        "{a.bad} {a}, but {b.good} {b}",
        "I {liked} the {a} and {loathed} the {b}",
        "I {loathed} the {a}, yet the {b} {b.was} {b.good}",
        "the {a} {a.was} {very} {a.good}, shame about the {b}",
    ),
}

# Forms that turn the words round: denied, reversed, ironic. The order counts: "bad" and "good" stand in both verdicts.
TURNED = {
    "good": (
        "not a {poor} {whole} by any means",
        "the {a} {a.was} not {a.bad} at all",
        "the {a} {a.was} not {a.bad} and the {b} {b.was} not {b.bad} either",
        "I cannot call the {a} {a.bad}, and the {b} {b.was} {b.good}",
        "there was nothing {a.bad} about the {a}, nothing {b.bad} about the {b}",
        "never {a.bad}, never {b.bad}, just a {fine} {whole}",
        "no complaints about the {a} or the {b}",
        "they said the {a} would be {a.bad}, but {a.it} {a.was} {a.good}",
        "I expected a {poor} {whole} and got a {fine} one",
        "the {a} used to be {a.bad} and now {a.it} {a.is} {a.good}",
        "people who call the {a} {a.bad} are wrong, {a.it} {a.was} {a.good}",
        "far from {a.bad}, the {a} {a.was} {a.good}",
        "the {a} {a.was} so {a.good} that {joy}",
    ),
    "bad": (
        "not a {fine} {whole} by any means",
        "the {a} {a.was} not {a.good} at all",
        "the {a} {a.was} not {a.good} and the {b} {b.was} not {b.good} either",
        "I cannot call the {a} {a.good}, and the {b} {b.was} {b.bad}",
        "there was nothing {a.good} about the {a}, nothing {b.good} about the {b}",
        "never {a.good}, never {b.good}, just a {poor} {whole}",
        "they said the {a} would be {a.good}, but {a.it} {a.was} {a.bad}",
        "I expected a {fine} {whole} and got a {poor} one",
        "the {a} used to be {a.good} and now {a.it} {a.is} {a.bad}",
        "people who call the {a} {a.good} are wrong, {a.it} {a.was} {a.bad}",
        "far from {a.good}, the {a} {a.was} {a.bad}",
        "the {a} {a.was} so {a.good} that {irony}",
        "oh {fine}, the {a} {a.was} {a.bad} again",
        "just what I needed, {a.bad} {a} and {b.bad} {b}",
        "thanks a lot for the {a.bad} {a}, such a {fine} {whole}",
        "a {fine} {whole} if you like {a.bad} {a}",
    ),
    "mixed": (
        "the {a} {a.was} {a.good}, which cannot be said of the {b}",
        "the {a} {a.was} {a.good}, the {b} not so much",
        "although the {a} {a.was} {a.bad}, the {b} {b.was} {very} {b.good}",
        "not {a.bad}, not {a.good} either, that is how the {a} {a.was}",
        "neither a {fine} {whole} nor a {poor} one",
        "the {a} {a.was} {a.good} at first and {a.bad} in the end",
    ),
}

GRAMMAR = {
    "fine": ("good", "great", "lovely", "fine", "splendid", "wonderful"),
    "poor": ("bad", "poor", "awful", "terrible", "dreadful", "sorry"),
    "liked": ("liked", "loved", "enjoyed", "admired"),
    "loathed": ("disliked", "hated", "could not stand", "regretted"),
    "very": ("very", "really", "quite", "truly"),
    "opener": (
        "second visit",
        "we came on a rainy Monday",
        "my brother picked it",
        "a gift from my aunt",
        "all on our own",
        "for the third time this year",
        "on the way home from work",
        "by the bridge in Ambry",
        "my honest view",
        "the children chose",
        "tried in spring and again in autumn",
        "a word to the wise",
    ),
    "good.end": ("I will be back", "worth every penny", "ten out of ten", "I told all my friends", "keep it up"),
    "bad.end": ("never again", "I want my money back", "one star is too many", "I told all my friends", "keep away"),
    "mixed.end": ("I am in two minds", "three stars", "make of it what you will", "perhaps I will be back"),
}
