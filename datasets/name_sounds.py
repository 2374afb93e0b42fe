"""The sounds of six invented languages, from which their names are built.

Only data; ours, written for this file, after no language that is spoken. In a grammar, `name` has the forms of a name
and any other symbol its sounds, each as often as it stands there. Short names of two languages may look alike: it
takes the whole of a name to tell them apart.
"""

from typing import NamedTuple


class Language(NamedTuple):
    """A language, how many of its names are written, and the grammar of a name: symbol -> what it may be."""

    name: str
    names: int
    grammar: dict


AMBRIC = {  # liquids, open syllables and soft endings: Lasoris, Lisinië
    "name": "{on}{v}{mid}{v}{end} {on}{v}{mid}{v}{end} {on}{v}{mid}{v}{mid}{v}{end} {on}{v}{end} {v}{mid}{v}{end}",
    "on": "l l m n r r s s v f th d",
    "mid": "l l ll r r nn nn m v v s th lv nd r",
    "v": "a a a e e i i o o u ua",
    "end": "vel rin lë na nië ra sel lune thas vina mar ëna ris lo",
}
DORGUN = {  # hard consonants in clusters: Grishosh, Skorg
    "name": "{first} {first}{v}{end} {first}{v}{end} {first}{v}{end} {on}{v}{join}{first}",
    "first": "{on}{v}{coda}",
    "on": "b br d dr g gr gr h kr kr kr m r sk t tr v z zg",
    "v": "a a a o o u u u i",
    "coda": "g gg k kk rg rg rk zg zd ld lk n nk sh rn m r",
    "join": "r z l d",
    "end": "k k sh r rg t z n lm",
}
OALIRI = {  # a consonant and a vowel in turn, often with a stop of the breath: Ta'eya, Rowoda
    "name": "{on}{v}{on}{v}{on}{v} {on}{v}{on}{v}{on}{v} {on}{v}{on}{v} {on}{v}'{v}{on}{v} {on}{v}{on}{v}'{v} "
    "{on}{v}'{v}{on}{v}{on}{v} {on}{v}{v}{on}{v} {v}{on}{v}{on}{v} {v}{on}{v}'{v}{on}{v}",
    "on": "d f l l m n r t t v w y",
    "v": "a a a e i i o o u",
}
SUNDRISK = {  # two roots, the second one of a few, and vowels with marks: Hårvard, Skognstein, Garne
    "name": "{first}{end} {first}{end} {first}{end} {first}{end} {first}{short} {on}{v}{coda}",
    "first": "{on}{v}{coda} {on}{v}{coda} {on}{v}{coda} {v}{coda}",
    "on": "b br f fr g h hj j k r s sk st sv t th tr v",
    "v": "a a e i o o u y å å ø ø æ",
    "coda": "l ld lf n nd r rn rs gn m st v r l",
    "end": "dis dis gerd rik vard vard mund ung lund hild leif stein var borg",
    "short": "a e i o",
}
TAREMESH = {  # three consonants in a few moulds, half of them with a title in front: Eth-Tamesh, Kitanat, Harula
    "name": "{^root} {^root} {^root} {^root} Ur-{^root} Eth-{^root} Bel-{^root} Shu-{^root}",
    "root": "{c}a{c}esh {c}i{c}ur {c}i{c}a{c}at {c}a{c}i{c}u {c}e{c}{c}ar {c}a{c}u{c}a {c}u{c}e{c}im",
    "c": "b d d k k l l m m n n r r s s t t h",
}
TUMBLISH = {  # round little words with a homely end: Dimbleworth, Poppleton, Hebby
    "name": "{on}{v}{mid}e{end} {on}{v}{mid}e{end} {on}{v}{mid}e{end} {on}{v}{mid}ere{end} {on}{v}{mid}{small}",
    "on": "b b bl br d f f fl g h m n p p pl t t tr w",
    "v": "a e i i o o u u",
    "mid": "bb bbl dd ddl ff mbl mbl mp mpl ndl ndl ntl ppl ttl zzl",
    "end": "wick wick bee worth kin sby ton more foot bottom whistle",
    "small": "y y in o",
}
LANGUAGES = (
    Language("Ambric", 800, AMBRIC),
    Language("Dorgun", 600, DORGUN),
    Language("Oaliri", 500, OALIRI),
    Language("Sundrisk", 700, SUNDRISK),
    Language("Taremesh", 400, TAREMESH),
    Language("Tumblish", 500, TUMBLISH),
)
