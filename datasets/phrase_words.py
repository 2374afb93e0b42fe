"""The words of phrases.csv, and the sentences they make.

Only data; ours, written for this file. A size or a colour that is as usual is not said, and some sizes have two words.
"""

from typing import NamedTuple


class Animal(NamedTuple):
    """An animal: "a fox", "two foxes"."""

    name: str
    many: str


class Action(NamedTuple):
    """What animals do: "they run", "it runs", "they ran", "running"."""

    name: str
    it: str
    past: str
    doing: str
    moves: bool


class Place(NamedTuple):
    """Where they do it: "across the bridge" if they move, "under the bridge" if they stay."""

    name: str
    way: str
    at: str


COUNTS = ("one", "two", "three", "four", "five", "six")
SIZES = {  # how each is said: the second word of two comes in one phrase of four
    "tiny": ("tiny",),
    "small": ("small", "small", "small", "little"),
    "average": ("",),
    "big": ("big", "big", "big", "large"),
    "enormous": ("enormous", "enormous", "enormous", "huge"),
}
COLOURS = {colour: colour for colour in ("red", "orange", "brown", "grey", "black", "white")} | {"plain": ""}
TIMES = ("past", "now", "future")
ANIMALS = (
    Animal("fox", "foxes"),
    Animal("goose", "geese"),
    Animal("hare", "hares"),
    Animal("mouse", "mice"),
    Animal("otter", "otters"),
    Animal("owl", "owls"),
    Animal("ox", "oxen"),
    Animal("pony", "ponies"),
    Animal("sheep", "sheep"),
    Animal("wolf", "wolves"),
)
ACTIONS = (
    Action("creep", "creeps", "crept", "creeping", True),
    Action("dance", "dances", "danced", "dancing", False),
    Action("hurry", "hurries", "hurried", "hurrying", True),
    Action("march", "marches", "marched", "marching", True),
    Action("run", "runs", "ran", "running", True),
    Action("sing", "sings", "sang", "singing", False),
    Action("sleep", "sleeps", "slept", "sleeping", False),
    Action("wait", "waits", "waited", "waiting", False),
)
PLACES = (
    Place("barn", "into", "in"),
    Place("bridge", "across", "under"),
    Place("garden", "through", "in"),
    Place("hill", "up", "on"),
    Place("meadow", "across", "in"),
    Place("pond", "round", "by"),
    Place("river", "along", "by"),
    Place("road", "down", "beside"),
    Place("wall", "along", "behind"),
    Place("wood", "through", "in"),
)

# What a phrase begins with. {who} is "two small red foxes", {do} "run", {where} "across the bridge".
FORMS = {"who": "{who} {do} {where}", "where": "{where} {do} {who}", "there": "there {be} {who} {doing} {where}"}
