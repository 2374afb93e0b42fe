"""Who and what the tales are about: the people, the things, the riddles and the rhymes of the Wend valley.

Only data. Every word is ours, written for this file. A fact stands here once, so that it holds in every tale:
Bramble is always a fox, always `he`, always at home under Crook Hill.
"""

from typing import NamedTuple


class Person(NamedTuple):
    """Somebody who may walk into any tale."""

    name: str
    kind: str  # "fox": follows the name, as in "Bramble the fox"
    he: str  # "he" or "she"; him and his follow from it
    home: str  # "under Crook Hill": follows a verb as it stands
    craft: str  # "mended lanterns": past tense, follows "who" or "and"
    creed: str  # what they say when asked; no full stop
    sight: str  # what they have seen; follows "I have seen"
    gift: str  # what they give away, with its article


PEOPLE = (
    Person(
        "Bramble",
        "fox",
        "he",
        "under Crook Hill",
        "mended lanterns",
        "Light first, and talk after",
        "moths in a ring round every lamp",
        "a lantern with new glass",
    ),
    Person(
        "Tansy",
        "hare",
        "she",
        "in the barley field",
        "carried the letters",
        "Quick is slow with its coat off",
        "forty gates and the gaps beside them",
        "a letter with a red seal",
    ),
    Person(
        "Odo",
        "badger",
        "he",
        "below the Nine Stones",
        "dug the wells",
        "Dig where it is dry, and dig again",
        "the underside of the whole valley",
        "a bucket of clear water",
    ),
    Person(
        "Wick",
        "mouse",
        "he",
        "in the bell tower",
        "counted the hours",
        "Every hour is new until you wind it",
        "noon go by twice in one day",
        "an hour that nobody had used",
    ),
    Person(
        "Sorrel",
        "otter",
        "she",
        "by the river Wend",
        "rowed the ferry",
        "The river is late for nobody",
        "the moon go under the bridge in pieces",
        "a rope of plaited reeds",
    ),
    Person(
        "Maud",
        "crow",
        "she",
        "in the dead elm",
        "gathered the news",
        "I only repeat what I have seen twice",
        "all of Ambry from above, with its lid off",
        "a black feather",
    ),
    Person(
        "Pim",
        "hedgehog",
        "he",
        "behind the bakehouse",
        "sold needles and pins",
        "A small point goes far",
        "a button roll the length of the lane",
        "a bright needle",
    ),
    Person(
        "Alder",
        "heron",
        "he",
        "in the Long Marsh",
        "read the weather",
        "Stand still, and the day will come to you",
        "three kinds of rain and their cousins",
        "a promise of fair wind",
    ),
    Person(
        "Juniper",
        "goat",
        "she",
        "on the high pasture",
        "knitted stockings",
        "Up is forward with stones in it",
        "the tops of a great many clouds",
        "a pair of green stockings",
    ),
    Person(
        "Fennel",
        "cat",
        "she",
        "on the granary stairs",
        "guarded the flour",
        "I saw it, but I was comfortable",
        "one mouse go by, and then the same mouse",
        "a cup of white flour",
    ),
    Person(
        "Barnaby",
        "toad",
        "he",
        "under the mill wheel",
        "sang bass in the choir",
        "Low notes keep the house up",
        "the wheel come round ten thousand times",
        "a song with a low ending",
    ),
    Person(
        "Quill",
        "owl",
        "she",
        "in Lantern Wood",
        "kept the book of names",
        "Ask me again after dark",
        "what the wood does when it is alone",
        "a page with a clean back",
    ),
    Person(
        "Marta",
        "miller",
        "she",
        "at the old mill",
        "ground the barley",
        "The stone turns, and so do we",
        "a whole field go by in forty sacks",
        "a sack of barley meal",
    ),
    Person(
        "Ansel",
        "baker",
        "he",
        "in Pepper Lane",
        "baked the bread",
        "Bread forgives a late start",
        "dough climb out of its bowl and look about",
        "a warm loaf",
    ),
    Person(
        "Nell",
        "lamplighter",
        "she",
        "at the toll gate",
        "lit the lamps",
        "One lamp is enough to find the next",
        "every shadow in its nightshirt",
        "a match in a dry tin",
    ),
    Person(
        "Gregor",
        "beekeeper",
        "he",
        "beyond the orchard",
        "kept the bees",
        "Walk slowly, and hum",
        "a bee come home with yellow knees",
        "a jar of clover honey",
    ),
    Person(
        "Wilma",
        "weaver",
        "she",
        "beside the stone bridge",
        "wove the blankets",
        "A knot is a thread in a hurry",
        "a red thread cross the whole cloth",
        "a blue blanket",
    ),
    Person(
        "Jonas",
        "fisherman",
        "he",
        "on the salt shore",
        "fished for herring",
        "The sea gives, but it does not wrap",
        "the tide go out without its shoes",
        "a silver herring",
    ),
)

THINGS = (  # the name, whose last word is its short form, and what is special about it
    ("brass key", "it opened nothing, but it opened it well"),
    ("copper kettle", "it sang a little before it boiled"),
    ("silver spoon", "it made any soup taste of Sunday"),
    ("red umbrella", "it had never once let in the rain"),
    ("tin whistle", "it knew nine tunes and the start of a tenth"),
    ("wooden ladder", "it had one rung more on the way down"),
    ("iron bell", "it rang a little before it was touched"),
    ("blue cup", "it was never quite empty"),
    ("straw hat", "it remembered every head it had sat on"),
    ("paper boat", "it had crossed the Wend and come back dry"),
    ("yellow ribbon", "it came untied only on purpose"),
    ("old fiddle", "it could weep on three strings out of four"),
    ("glass button", "it had the whole sky in it"),
    ("clay lamp", "it burned best when somebody was late"),
    ("round mirror", "it was kinder in the evening"),
    ("brown teapot", "it poured for one more than you asked"),
    ("walnut box", "it shut with a sound like a small yes"),
    ("wool scarf", "it was long enough for two, and knew it"),
)

FLOCKS = (  # one, many
    ("grey goose", "grey geese"),
    ("brown hen", "brown hens"),
    ("black crow", "black crows"),
    ("young lamb", "young lambs"),
    ("tame sparrow", "tame sparrows"),
    ("slow snail", "slow snails"),
    ("small frog", "small frogs"),
    ("cross kitten", "cross kittens"),
)

FRUIT = ("plums", "pears", "walnuts", "apples", "eggs", "acorns")

EVENTS = (  # who, what it did, and the same after "why did ... ?"
    ("the bell", "rang", "ring"),
    ("the goat", "leaned back", "lean back"),
    ("the bee", "lost its temper", "lose its temper"),
    ("the kettle", "boiled over", "boil over"),
    ("the cat", "jumped down", "jump down"),
    ("the lamp", "went out", "go out"),
    ("the ladder", "slipped", "slip"),
    ("the goose", "took fright", "take fright"),
    ("the bucket", "tipped", "tip"),
    ("the dog", "barked", "bark"),
    ("the door", "blew open", "blow open"),
    ("the cart", "ran downhill", "run downhill"),
    ("the hen", "flew up", "fly up"),
    ("the cork", "popped", "pop"),
    ("the pig", "sat up", "sit up"),
    ("the gate", "swung", "swing"),
)

NEST = (  # from the largest to the smallest; what a place holds lies in, under or behind it
    ("valley", "in"),
    ("wood", "in"),
    ("hill", "under"),
    ("garden", "in"),
    ("house", "in"),
    ("stair", "under"),
    ("door", "behind"),
    ("cupboard", "in"),
    ("chest", "in"),
    ("drawer", "in"),
    ("box", "in"),
    ("glove", "in"),
)

VISITORS = (  # who knocks, and why
    ("wind", "I have walked since Tuesday"),
    ("rain", "I am wet through"),
    ("frost", "I have drawn you a fern"),
    ("fog", "I cannot find myself"),
    ("snow", "I am light and will not stay"),
    ("dark", "I am afraid of the dark"),
    ("moon", "there is nobody up there"),
    ("tide", "I must be gone by six"),
    ("star", "I fell, and it is cold"),
)

RIDDLES = {  # the answer, and what it says of itself
    "the moon": (
        "I come to the window and never knock",
        "I borrow every coin I shine with",
        "I go to bed when the baker gets up",
        "I am thin or fat, and nobody feeds me",
    ),
    "the wind": (
        "I open doors and never come in",
        "I have no hands, and every hat knows me",
        "I read the letters left on the sill",
        "Trees bow to me, and stones do not",
    ),
    "the snow": (
        "I rub out every road I walk on",
        "I come down without a ladder",
        "I make all the roofs one family",
        "I go quietly, and then I drip",
    ),
    "the night": (
        "I come to every house at once",
        "I cover the hill and wake nobody",
        "Owls call me morning",
        "I am let in when the lamp goes out",
    ),
    "a candle": (
        "I am paid in darkness, and I spend it all",
        "I weep as I work, and nobody asks why",
        "I grow short with staying up",
        "One breath is the end of me",
    ),
    "a shadow": (
        "I am small at noon and tall at supper",
        "I follow you home and never eat",
        "I fall from every tower and am not hurt",
        "When the lamp goes out, I have the night off",
    ),
    "an egg": (
        "I have one room and no door",
        "I am sat upon for weeks and do not complain",
        "What lives in me must break the wall",
        "I roll, but I would rather not",
    ),
    "a bell": (
        "I have a tongue and no opinion",
        "I am struck, and I sing",
        "I call everyone and go nowhere",
        "I hang all week for one loud morning",
    ),
    "a key": (
        "I turn in my place, and the house lets go",
        "I am small, and the door obeys me",
        "Lose me, and you will sleep with the hens",
        "I know one word, and it is open",
    ),
    "bread": (
        "I am beaten before breakfast, and I rise",
        "I wear a brown coat over a white shirt",
        "I am broken among friends",
        "I get up in the dark and have no legs",
    ),
    "a well": (
        "I keep a round piece of sky",
        "I am a house built downward",
        "Drop me a stone, and I answer late",
        "I am dark so that you may drink",
    ),
    "a boat": (
        "I stand where you would sink",
        "I am wet below and dry above",
        "I have ribs and no supper",
        "They tie me up when I have done well",
    ),
    "a clock": (
        "I have a face and never wash it",
        "I use both hands all day and make nothing",
        "I walk in a circle and call it work",
        "I say two words, and I say them all night",
    ),
    "a seed": (
        "Bury me, and I will thank you",
        "I am a tree that fits in a pocket",
        "I wait all winter with my coat on",
        "I know the way up in the dark",
    ),
    "a bridge": (
        "I stand in the river with dry shoulders",
        "I am on both sides of every quarrel",
        "The whole market walks on my back",
        "I go over, and I never get across",
    ),
    "tomorrow": (
        "I am always on the road and never at the door",
        "Everyone has plans for me",
        "When I come, I have another name",
        "Nobody has met me, and everyone expects me",
    ),
}

RHYMES = (  # lines of four beats; the lines of one group rhyme
    (
        "The lamps go out along the night",
        "The moon has put her boat in sight",
        "The bakehouse keeps a single light",
        "The kettle hums with all its might",
    ),
    (
        "The Wend runs dark, the Wend runs slow",
        "The bread is in, the fire is low",
        "The roofs have made their peace with snow",
        "The stars come out to see the show",
    ),
    (
        "The fog lies sleeping on the hill",
        "The wheel has stopped beneath the mill",
        "The geese are in, the yard is still",
        "The bees have signed the summer's will",
    ),
    (
        "The hill has counted all its sheep",
        "The well is round, the well is deep",
        "The barley nods itself to sleep",
        "The mouse has crumbs enough to keep",
    ),
    (
        "The road has put its dust away",
        "The hay is in, the sky is grey",
        "The tide is tired and will not stay",
        "There is no more of it today",
    ),
    (
        "The bell forgets that it can ring",
        "The wren is folded in her wing",
        "The crickets tune a single string",
        "The ice remembers being spring",
    ),
    (
        "The boats are drawn along the shore",
        "The cold has leaned against the door",
        "The sea says what it said before",
        "The night is long, and there is more",
    ),
    (
        "The sun has put its boots to bed",
        "The tale is told, the lamp is fed",
        "The rain is walking overhead",
        "There is one thing I have not said",
    ),
    (
        "The ivy sleeps along the wall",
        "The plums are late, and let them fall",
        "The coats hang quiet in the hall",
        "One candle is enough for all",
    ),
    (
        "The dusk has settled on the town",
        "The thistle lets its feathers down",
        "The king of frogs takes off his crown",
        "The mist has drunk the river down",
    ),
    (
        "The honey darkens with the bees",
        "The wind has combed the orchard trees",
        "The goat has mud upon her knees",
        "The night has lost its ring of keys",
    ),
    (
        "The marsh is humming out of tune",
        "The heron stands upon the moon",
        "The lilac came and went too soon",
        "The sand lies folded, dune by dune",
    ),
)
