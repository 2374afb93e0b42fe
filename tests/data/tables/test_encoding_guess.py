"""Encodings guessed from texts of many languages: none is wrong and sure, and the right one is among those named."""

import pytest

from rnncli.data.decoding_errors import GUESSES
from rnncli.data.tables.encoding_guess import guesses, is_sure, utf16_of, words_in

GERMAN = "Der Müller geht früh über die Brücke, trägt große Säcke und hört später schöne Lieder."
TEXTS = {  # a sentence or two on a miller, and the encodings in which people wrote that language
    "German": (GERMAN, ("cp1252", "cp850", "mac_roman")),
    "French": ("Le meunier était levé très tôt, déjà prêt à chanter près du moulin ; il a hâte.", ("cp1252", "cp850")),
    "Spanish": ("El molinero cantó mañana y después, según él, la canción más pequeña del año.", ("cp1252", "cp850")),
    "Portuguese": ("O moleiro não está só: a canção começa às três da manhã, até amanhã.", ("cp1252", "mac_roman")),
    "Swedish": ("Mjölnaren går över ån på våren, hör fåglarna och sjunger där han står.", ("cp1252", "cp850")),
    "Danish": ("Mølleren går over åen om foråret, hører fuglene og sætter sig på en høj sten.", ("cp1252", "cp850")),
    "Polish": ("Młynarz wstał wcześnie, poszedł przez łąkę i śpiewał piękną pieśń o życiu.", ("cp1250", "iso8859_2")),
    "Czech": ("Mlynář vstal brzy, šel přes louku a zpíval krásnou píseň o životě dědečka.", ("cp1250", "iso8859_2")),
    "Hungarian": ("A molnár korán kelt, átment a réten, és szép dalt énekelt a hűvös erdőről.", ("cp1250", "cp852")),
    "Russian": (
        "Мельник встал рано, пошёл через луг и пел песню о жизни.",
        ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic"),
    ),
    "Ukrainian": ("Мельник встав рано, пішов через луг і співав пісню про життя її дітей.", ("cp1251", "koi8_u")),
    "Bulgarian": ("Мелничарят стана рано, тръгна през ливадата и пееше песен за живота.", ("cp1251",)),
    "Greek": ("Ο μυλωνάς ξύπνησε νωρίς, πέρασε το λιβάδι και τραγούδησε για τη ζωή.", ("cp1253", "iso8859_7")),
    "Turkish": ("Değirmenci erken kalktı, çayırdan geçti ve güzel bir şarkı söyledi, ağaç altında.", ("cp1254",)),
    "Hebrew": ("הטוחן קם מוקדם בבוקר, הלך דרך האחו ושר שיר יפה על החיים.", ("cp1255", "iso8859_8", "cp862")),
    "Arabic": ("استيقظ الطحان باكرا ومشى عبر المرج وغنى أغنية جميلة عن الحياة.", ("cp1256", "iso8859_6")),
    "Persian": ("آسيابان زود بيدار شد و از دشت گذشت و ترانه‌اي زيبا در باره زندگي خواند.", ("cp1256",)),
    "Lithuanian": (
        "Malūnininkas atsikėlė anksti, ėjo per pievą ir dainavo gražią dainą apie žmonių širdį.",
        ("cp1257",),
    ),
    "Thai": ("คนโม่แป้งตื่นแต่เช้าเดินผ่านทุ่งหญ้าและร้องเพลงเกี่ยวกับชีวิต", ("cp874",)),
    "Japanese": (
        "粉屋は朝早く起きて、野原を歩きながら、人生についての歌を歌いました。",
        ("cp932", "euc_jp", "utf-16-le"),
    ),
    "Chinese": ("磨坊主很早就起来了，他走过草地，唱着一首关于生活的歌。我们都听见了。", ("gb18030", "utf-16-be")),
    "Taiwanese": ("磨坊主很早就起來了，他走過草地，唱著一首關於生活的歌。我們都聽見了。", ("big5", "utf-16-le")),
    "Korean": ("방앗간 주인은 아침 일찍 일어나 들판을 지나가며 삶에 대한 노래를 불렀다.", ("cp949", "utf-16-be")),
}
CASES = [(language, encoding) for language, (_, encodings) in TEXTS.items() for encoding in encodings]


def words(text):
    """The different words of a text that have letters beyond ASCII, a line each."""
    return "\n".join(dict.fromkeys(word for word in text.split() if not word.isascii()))


def readings(data):
    """([the texts that are named], whether the first is sure)."""
    if unmarked := utf16_of(data):
        return [words(data.decode(unmarked))], True
    found = guesses(data)
    return [guess.text for guess in found[:GUESSES]], is_sure(found)


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_the_likeliest_reading_of_a_sentence_is_the_right_one(language, encoding):
    text = TEXTS[language][0]
    assert readings((text + "\n").encode(encoding))[0][0] == words(text)


def test_a_sentence_is_enough_to_be_sure_in_four_of_five_cases():
    sure = [readings((TEXTS[language][0] + "\n").encode(encoding))[1] for language, encoding in CASES]
    assert sum(sure) >= 0.8 * len(CASES)


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_of_three_words_the_right_reading_is_among_those_named_and_no_wrong_one_is_sure(language, encoding):
    whole = TEXTS[language][0].split()
    for k in range(0, len(whole), 3):
        text = " ".join(whole[k : k + 3])[:24]
        data = (text + "\n").encode(encoding)
        if text.isascii():
            continue
        found, sure = readings(data)
        assert words(text) in found and (found[0] == words(text) or not sure), (text, found)


def test_the_words_that_a_person_judges_by_are_short_and_few():
    assert words_in(guesses(("plain\n" + GERMAN + "\n").encode("cp1252"))[0], 3) == ["Müller", "früh", "über"]
    (found, *_) = guesses((TEXTS["Chinese"][0] + "\n").encode("gb18030"))
    assert words_in(found, 2) == ["磨坊主很早就起来了，他走过草地，"]


def test_what_is_repeated_makes_no_reading_surer():
    assert not is_sure(guesses("Мельник\n".encode("cp1251") * 1000))


def test_bytes_that_are_no_text_are_no_sure_reading():
    found = guesses(bytes(range(256)) * 40)
    assert not found or not is_sure(found)


def test_source_code_is_not_taken_for_utf16():
    assert utf16_of(b"for (i = 0; i < n; i++) { x[i] += y[i]; }\n" * 90) is None
    assert utf16_of(GERMAN.encode() * 30) is None and utf16_of(GERMAN.encode("cp1252") * 30) is None
    assert utf16_of(b"") is None
