"""How the tales are told: a small grammar, in which every symbol has phrases and one of them is drawn.

In a phrase `{arrive}` stands for a phrase drawn for that symbol, `{a.name}` for a fact of the tale at hand
(`tale_forms.py` binds the letters to people and t to a thing), `{^a.he}` for the same with a capital, and `|` for
the end of a line. Only data; every phrase is ours, written for this file.
"""

# What any tale may need: when and where it begins, who comes in, how it ends.
COMMON = {
    "hour": ("morning", "evening", "afternoon", "night"),
    "spring": (
        "the ice had let go of the Wend",
        "the rooks were quarrelling over twigs",
        "the first lambs stood up to look at it all",
        "the lanes ran with brown water",
        "every ditch had found its voice",
    ),
    "summer": (
        "the barley stood still to listen",
        "the wells were low and the shadows short",
        "even the bees took the shady side",
        "the swallows had worn grooves in the sky",
        "the river had gone thin and talkative",
    ),
    "autumn": (
        "the plums had begun to fall by themselves",
        "smoke lay down along the valley",
        "the geese were asking everyone the way",
        "the leaves came in without knocking",
        "the mushrooms had set out their chairs",
    ),
    "winter": (
        "the snow had rubbed out every road",
        "the stars hung low enough to count",
        "the kettle was the loudest voice in Ambry",
        "the frost had drawn ferns on every pane",
        "the wind was trying all the latches",
    ),
    "long_ago": (
        "In the year of the two winters",
        "Long ago, when the moon was lent out by the week",
        "Before the stone bridge had learned to stand",
        "In the week when all the clocks were wrong together",
        "When the oldest apple tree was still a pip",
        "In the days when the Wend ran both ways",
        "On the day after the longest day",
        "Not long ago, and not far from the pump",
        "When your grandmother had muddy knees",
        "Back when the night was sold by the yard",
    ),
    "somebody": (
        "the moon",
        "the wind",
        "the fog",
        "the smoke",
        "an owl",
        "the last bee",
        "a dog",
        "the rain",
        "a small cloud",
        "the mist",
        "the bell",
        "the cold",
        "the first star",
        "a moth",
        "the echo",
    ),
    "did": (
        "went home",
        "lay down",
        "turned over",
        "kept quiet",
        "waited",
        "wandered off",
        "hummed to itself",
        "sat and thought",
        "lost its way",
        "stood still",
        "took its time",
        "went to sleep",
        "looked about",
    ),
    "somewhere": (
        "behind the bakehouse",
        "over the barley",
        "along the Wend",
        "in the ivy",
        "beyond the orchard",
        "under the bridge",
        "among the hives",
        "on the high pasture",
        "by the pump",
        "at the toll gate",
        "in Pepper Lane",
        "over the roofs of Ambry",
        "in the Long Marsh",
        "on the salt shore",
        "behind the mill",
        "up on Crook Hill",
    ),
    "glimpse": ("{somebody} {did} {somewhere}",),
    "when": (
        "One spring {hour}, when {spring}",
        "One summer {hour}, when {summer}",
        "One autumn {hour}, when {autumn}",
        "One winter {hour}, when {winter}",
        "{long_ago}",
        "{long_ago}",
        "One {hour}, when {glimpse}",
        "One {hour}, when {glimpse}",
    ),
    "opening": (
        "{when},|{a.name} the {a.kind} lived {a.home} and {a.craft}.",
        "{when},|there lived {a.home} {a.a} called {a.name}, who {a.craft}.",
        "{when},|{a.name} the {a.kind}, who {a.craft}, sat {a.home}.",
    ),
    "trait": (
        "{^a.he} owned one chair, and lent it often.",
        "{^a.he} was known for two things, and one was patience.",
        "Nobody had ever seen {a.him} without {a.his} hat.",
        "{^a.he} slept little, and owed nobody.",
        "{^a.he} talked to the stove, and the stove kept quiet.",
        "{^a.he} never shut {a.his} door before the stars were out.",
        "In all {a.his} days {a.he} had not once been early.",
        "{^a.he} could whistle, but only when it mattered.",
        "{^a.he} ate {a.his} supper standing, in case of visitors.",
        "{^a.he} had three coats, and wore them all.",
        "On Sundays {a.he} did the same, but slower.",
        "{^a.he} was not afraid of the dark, only of being asked about it.",
        "When it rained, {a.he} took it as a letter.",
        "{^a.he} could find the moon with {a.his} eyes shut.",
        "{^a.he} laughed at jokes a day later, but for longer.",
        "{^a.he} hummed at {a.his} work, and the work went home humming.",
        "{^a.he} had been to the end of the lane, and thought well of it.",
        "{^a.he} kept a place at the table for whoever was late.",
    ),
    "arrive": (
        "Along came {b.name} the {b.kind}, who {b.craft}.",
        "{b.name} the {b.kind} came in without knocking.",
        "There was a knock, and it was {b.name} the {b.kind}.",
        "{b.name} the {b.kind} put {b.his} head round the door.",
        "{b.name} the {b.kind} was passing, and then was not passing.",
        "{b.name} the {b.kind}, who lived {b.home}, sat down to rest.",
    ),
    "closer": ("{last_line}", "{^glimpse}."),
    "last_line": (
        "That night the lamp burned late {a.home}.",
        "Then there was tea, and nobody counted the cups.",
        "The Wend ran on, as it does, and told nobody.",
        "It rained a little, but only on the roof.",
        "And the stars came out to see what they had missed.",
        "Somewhere a gate shut, very softly.",
        "They sat until the fire was only a colour.",
        "In the morning there was one more apple on the tree.",
        "{a.name} slept well, and so did the mice.",
        "The bell of Ambry rang nine, and meant it.",
        "The geese tell it differently, but they were not there.",
        "{a.name} tells it still, and it is a little longer each year.",
    ),
    "due": ("noon", "nightfall", "Sunday", "the new moon", "the first snow", "market day", "cherry time", "Friday"),
}

# A thing is lent until a day, and the day goes by.
BORROW = {
    "borrow_title": (
        "The {b.kind} who borrowed {t.a}",
        "The {a.kind}, the {b.kind} and the {t}",
        "How {b.name} kept the {t}",
        "The {t} that went visiting",
    ),
    "borrow_have": ("{^a.he} had {t.a}, and {t.use}.", "On a nail by the door hung {t.a}, and {t.use}."),
    "borrow_ask": (
        '"Lend me your {t.short}," said {b.name},|"and you shall have it back by {due}."',
        '"May I borrow the {t}?" asked {b.name}.|"It will be home by {due}."',
        '"I need {t.a}," said {b.name}, "but only until {due}."',
    ),
    "care": (
        "do not let it get its feet wet",
        "carry it with both hands",
        "bring it home by the short road",
        "say good night to it",
        "never leave it with the geese",
        "keep it out of the wind",
    ),
    "borrow_lend": ('"Take it," said {a.name}, "but {care}."', '"{a.creed}," said {a.name}.|"Take it, but {care}."'),
    "borrow_late": ("{^due} came, and the {t.short} did not.", "{^due} came and went, and no {t.short}."),
    "borrow_go": (
        "{a.name} waited one day, and two days, and on the third {a.he} set out.",
        "{a.name} looked at the empty nail, and then {a.he} put on {a.his} hat.",
        "{a.name} counted to a hundred, and then {a.he} locked {a.his} door.",
    ),
    "busy": (
        "asleep in the sun",
        "counting clouds",
        "with {b.his} back to the road",
        "trying to look busy",
        "hiding behind {b.his} hat",
    ),
    "borrow_find": ("{^a.he} found {b.name} {b.home}, {busy}.",),
    "excuse": (
        "It has made friends with my kettle",
        "I lent it to the wind, and the wind is out",
        "It was so useful that I forgot it was yours",
        "I meant to bring it, but the road was busy",
        "It did not like to travel in the rain",
        "It asked to stay for supper",
    ),
    "borrow_speak": (
        '"{excuse}," said {b.name}.|"You said {due}," said {a.name}, "and I believed you."',
        '"{excuse}," said {b.name}.|"A promise has a day on it," said {a.name}, "and the day was {due}."',
    ),
    "borrow_end": (
        "So {b.name} brought out the {t},|and beside it {b.he} laid {b.gift}.",
        "{b.name} gave back the {t} with both hands,|and with it {b.gift}.",
    ),
    "borrow_thanks": (
        '"What is this?" asked {a.name}.|"That is for the waiting," said {b.name}.',
        '"That was not mine," said {a.name}.|"It is now," said {b.name}.',
    ),
    "borrow_moral": (
        "what is lent with both hands comes home on its own feet.",
        "a promise is a debt with a day on it.",
        "late is a small word with a long shadow.",
        "lend what you love, and you will see it loved.",
    ),
}

# A thing is lost, and the neighbours are asked one by one.
ASK = {
    "ask_title": ("{a.name} looks for the {t}", "The {t} that was not lost", "The {a.kind} who asked everyone"),
    "ask_lost": (
        "{^a.he} had {t.a}, and {t.use},|and one morning it was gone.",
        "One day {a.he} went to take down {a.his} {t}, and it was not there.",
    ),
    "question": (
        "Neighbour, neighbour, have you seen my {t.short}?",
        "Good day to you, and have you seen my {t.short}?",
        "By the moon and the mill, have you seen my {t.short}?",
    ),
    "spot": (
        "behind {own} door",
        "under {own} chair",
        "at the end of {own} garden",
        "beneath {own} stairs, with the spiders",
        "on {own} sill, behind the curtain",
    ),
    "ask_moral": (
        "look at home first, and then look again.",
        "nothing is lost that somebody is looking for.",
        "the eye sees the hill and misses the doorstep.",
        "what hides in the house is found on the road.",
    ),
}

# They leave one by one, and the count is kept.
COUNT = {
    "count_title": ("{^total} {many} {perch}", "{a.name} counts the {many}", "The {many} that went away"),
    "count_have": (
        "{^a.he} had {total} {many}, and none of them would sit still.",
        "{^a.he} had {total} {many}, and loved them all alike.",
        "{^a.he} had {total} {many}, and knew them by their coughs.",
    ),
    "perch": (
        "on the orchard wall",
        "on the mill roof",
        "in a row by the pump",
        "along the garden fence",
        "under the stone bridge",
        "on the cold church step",
    ),
    "leaves": (
        "went down to look at the sea",
        "followed a cart to the fair",
        "heard its name called over the hill",
        "fell asleep in a hat",
        "saw a cloud it used to know",
        "would not say where it was going",
        "was sent for salt",
        "went to see about the rain",
        "took the wrong road on purpose",
        "stepped aside to let the moon by",
        "joined the choir at Ambry",
        "had a letter to write",
    ),
    "way": ("by the gate", "by the lane", "over the hill", "along the Wend", "through the hedge"),
    "call": ("rang the dinner bell", "whistled twice", "lit the big lamp", "beat on a pan"),
    "count_moral": (
        "count what goes, and be glad of what comes home.",
        "the gate that opens out opens in.",
        "an empty wall is only waiting.",
        "the last to leave turns down the lamp.",
    ),
}

# One thing happened because of another, and each verse repeats the one before.
BECAUSE = {
    "because_title": ("Why {noise}", "How it was that {noise}", "The day that {noise}"),
    "noise": (
        "all Ambry woke",
        "the baker missed the moon",
        "the ferry left early",
        "the whole choir stopped",
        "the king came late",
        "nobody got any tea",
    ),
    "slip": (
        "sneezed",
        "hummed",
        "dropped one crumb",
        "laughed at nothing",
        "whispered to the hay",
        "blew on the soup",
    ),
    "because_ask": ('"But why did {who} {do}?" asked {b.name}.', '"And why did {who} {do}?" asked {b.name}.'),
    "because_end": (
        '"I only {slip}," said {a.name}.|"{b.creed}," said {b.name}, "and yet {noise}."',
        '"It was me," said {a.name}. "I {slip}, and {noise}."|"{b.creed}," said {b.name}.',
    ),
    "because_moral": (
        "pull one thread, and the whole coat turns round.",
        "small feet start large stones.",
        "every why has another why behind it.",
        "who asks long enough comes to something small.",
    ),
}

# A tale told inside the tale, with quotes inside quotes.
TOLD = {
    "told_title": ("The tale that {b.name} told", "{b.name} tells of {x.a} and {y.a}", "{^x.a}, {y.a} and {t.a}"),
    "told_ask": (
        '"Tell me something," said {a.name}, "and I will pour the tea."',
        '"It is too early to sleep," said {a.name}. "Tell me a tale."',
        '"What is the news?" asked {a.name}.|"There is none," said {b.name}, "but there is a story."',
    ),
    "someone": (
        "king",
        "star",
        "snail",
        "shepherd girl",
        "young wind",
        "scarecrow",
        "thief",
        "queen",
        "stone",
        "white horse",
    ),
    "offer": (
        "a hill to look at",
        "seven quiet days",
        "the sound of the sea",
        "a window",
        "three good dreams",
        "a place by the fire",
        "rain on the roof",
        "an open door",
        "the smell of bread",
        "half of the moon",
    ),
    "told_result": (
        "neither of them was ever cold again",
        "they have been neighbours ever since",
        "that is why the moon is never quite full",
        "that was the first market in the world",
    ),
    "told_true": (
        '"Is that true?" asked {a.name}.|"It is true on Sundays," said {b.name}.',
        '"Who told you that?" asked {a.name}.|"The {t.short}," said {b.name}.',
        '"And then?" asked {a.name}.|"And then they slept," said {b.name}, "and so must you."',
        '"Did you know the {x}?" asked {a.name}.|"I was the {y}," said {b.name}.',
    ),
    "told_moral": (
        "a tale is a gift that the giver keeps.",
        "ask for what you lack, and not for what shines.",
        "every story has a smaller one asleep in it.",
        "a good bargain leaves two smiles.",
    ),
}

# One thing inside another, going in and coming out again.
NESTED = {
    "nest_title": ("{^jewel} in {outer}", "What {a.name} found", "Inside the {inner}"),
    "jewel": ("a seed", "a ring", "a star", "a song", "a letter", "a word", "a blue bead"),
    "nest_ask": (
        '"Whose is it?" asked {b.name}.',
        '"May we keep it?" asked {b.name}.',
        '"Who put it there?" asked {b.name}.',
    ),
    "nest_reply": (
        '"It is where it belongs," said {a.name},|and {a.he} put it back, and they went out as they came.',
        '"It is asleep," said {a.name},|and {a.he} shut it all up again, softly, one by one.',
    ),
    "nest_moral": (
        "go in by the door that you will leave by.",
        "shut gently whatever you opened.",
        "a thing is as large as what it lies in.",
        "every inside has an inside.",
    ),
}

# A basket fills along the road and is emptied at home, the last thing first.
BASKET = {
    "basket_title": ("{a.name} and the basket", "What the {a.kind} brought home", "The basket that went to Ambry"),
    "basket_set_out": (
        "{^a.he} took an empty basket and set out for Ambry.",
        "One day {a.he} took down the basket and went to market.",
    ),
    "basket_meet": (
        "{^a.he} met {x.name} the {x.kind}, who gave {a.him} {x.gift}.",
        "{^x.home} {a.he} met {x.name}, who had {x.gift} to spare.",
    ),
    "basket_home": (
        '"What did you bring?" asked {b.name} the {b.kind},|when {a.he} came home.',
        '"Is it heavy?" asked {b.name} the {b.kind} at the door.',
    ),
    "basket_moral": (
        "the last thing in is the first thing out.",
        "carry little, and the road will fill it.",
        "an empty basket is the best invitation.",
        "go out light and come home late.",
    ),
}

# A riddle, a wrong guess or two, and the answer.
RIDDLE = {
    "riddle_title": (
        "The riddle of {a.name} the {a.kind}",
        "What the {a.kind} asked the {b.kind}",
        "A riddle for the {b.kind}",
    ),
    "riddle_bet": (
        '"Guess," said {a.name}, "and you shall have {a.gift}."',
        '"Stay," said {a.name}, "and tell me who I am."',
        '"Before you go," said {a.name}, "guess me this."',
    ),
    "think": (
        "{b.name} thought until the kettle boiled.",
        "{b.name} walked once round the table.",
        "{b.name} shut one eye, and then the other.",
        "{b.name} asked the fire, and the fire was busy.",
    ),
    "riddle_win": (
        '"So I am," said {a.name}, and {a.he} fetched {a.gift}.',
        '"At last," said {a.name}. "I was tired of being it."',
        '"{a.creed}," said {a.name}, which meant yes.',
    ),
    "riddle_moral": (
        "a riddle is a door with the key inside.",
        "two wrong guesses make a path.",
        "the plainest thing wears the best mask.",
        "what you use each day, you have never met.",
    ),
}

# A song in rhymed lines, with a refrain.
SONG = {
    "song_title": ("The song that {a.name} sang", "A song for {b.name}", "{a.name} sings the {b.kind} to sleep"),
    "song_need": (
        '"I cannot sleep," said {b.name} the {b.kind},|"for the night is large." So {a.name} sang:',
        '"Sing to me," said {b.name} the {b.kind},|and {a.name} sang what {a.his} mother had sung:',
    ),
    "refrain": (
        "Hush, {b.name}, hush, and let it be.",
        "Sleep, {b.name}, sleep, till morning comes.",
        "Rest, {b.name}, rest: the gate is shut.",
        "Dream, {b.name}, dream, and I will watch.",
    ),
    "song_end": (
        "And before the last line {b.name} was asleep {b.home}.",
        "{b.name} slept, and {a.name} sang the end to the mice.",
    ),
    "song_moral": (
        "sing low, and the night sits down to listen.",
        "a song is a lamp for the ears.",
        "the tune goes home when the words are tired.",
        "the dark is only the day with its coat on.",
    ),
}

# Two find something, and a third divides it.
SHARE = {
    "share_title": ("How {c.name} divided {total} {many}", "{^total} {many} for two", "{c.name} the judge"),
    "share_find": (
        "{a.name} and {b.name} the {b.kind} found {total} {many} on the road.",
        "Under a cart {a.name} and {b.name} the {b.kind} found {total} {many}.",
    ),
    "share_claim": (
        '"I saw them first," said {a.name}.|"I saw them longer," said {b.name}.',
        '"They are mine," said {a.name}, "for I am taller."|"They are mine," said {b.name}, "for I am hungry."',
        '"I found them," said {a.name}.|"I found you," said {b.name}, "and so I found them too."',
    ),
    "share_go": (
        "So they went to {c.name} the {c.kind}, {c.home}.",
        "So they asked {c.name} the {c.kind}, who {c.craft}.",
    ),
    "share_odd": ("and one for the judge.", "and one for the road."),
    "share_even": ("and none for the judge.", "and nothing left to quarrel over."),
    "share_end": (
        '"{c.creed}," said {c.name}, and went back to work.',
        '"Is that fair?" asked {b.name}.|"It is even," said {c.name}, "which is nearer than most."',
    ),
    "share_moral": (
        "count aloud, and the quarrel grows quiet.",
        "find it together, and it is twice found.",
        "the judge who is fed is in no hurry.",
        "what is divided by a friend comes out even.",
    ),
}

# Somebody knocks each night, and the answer is the same until the last one.
VIGIL = {
    "vigil_title": ("The {total} nights of {a.name}", "Who knocked at the {a.kind}'s door", "{a.name} and the {last}"),
    "vigil_alone": ("{^a.he} had shut {a.his} door for the season.", "{^a.he} was alone, and meant to be."),
    "answer": (
        "The fire is small, and so am I",
        "The door is shut, and I am behind it",
        "I have one chair, and I am in it",
        "Go round, go round, the road is wide",
    ),
    "vigil_open": (
        "{a.name} looked at the fire, and at the chair, and at the door,|and {a.he} let it in.",
        "And {a.name} said nothing at all, and lifted the latch.",
    ),
    "vigil_end": (
        "It sat by the fire till morning and took up no room.",
        "It had brought nothing, and the house was full of it.",
    ),
    "vigil_moral": (
        "the smallest knock is the hardest to refuse.",
        "a door is a wall that has thought better of it.",
        "one chair is enough, if you stand.",
        "who comes in the dark has come a long way.",
    ),
}

# A letter goes and an answer comes, and Tansy carries both.
LETTER = {
    "letter_title": ("A letter for {a.name}", "What {b.name} wrote to {a.name}", "The {b.kind}'s letter"),
    "letter_carry": (
        "Tansy the hare came over the hill with a letter,|and her ears were wet, and the letter was dry.",
        "Tansy the hare knocked twice, which meant a letter.",
    ),
    "news": (
        "The roof leaks only when it rains",
        "The geese have asked after you",
        "I have learned a new way to be idle",
        "The moon came up behind the wrong tree",
        "I have had three colds and kept the best one",
        "It is so quiet that I can hear the paint",
        "The apples fell on Tuesday, all at once",
        "The stove is well and sends its smoke",
    ),
    "wish": ("Come and see me by {due}", "Bring your {t.short}, and come by {due}"),
    "letter_read": (
        "{a.name} read it to the stove, and then {a.he} wrote:",
        "{a.name} held it to the lamp, and sat down, and answered:",
    ),
    "letter_yes": ("I will come by {due}, if the road is dry", "Look for me by {due}, and leave the gate open"),
    "letter_end": (
        "Tansy carried it back the same night,|and would not say what she knew.",
        "And by {due} there were two cups on the table|{b.home}.",
    ),
    "letter_moral": (
        "a letter is a visit that you can fold.",
        "write while the ink is warm.",
        "far is only near with a road in it.",
        "a short answer is best when it is yes.",
    ),
}

GRAMMAR = COMMON | BORROW | ASK | COUNT | BECAUSE | TOLD | NESTED | BASKET | RIDDLE | SONG | SHARE | VIGIL | LETTER
