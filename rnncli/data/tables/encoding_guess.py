"""The encoding of a text that is not UTF-8, guessed by what its bytes make of the words. Imports no NumPy."""

import re
from collections.abc import Iterable

WESTERN = "\u00e4\u00f6\u00fc\u00df \u00e9\u00e8\u00ea\u00eb\u00e0\u00e2\u00e7\u00ee\u00ef\u00f4\u00fb\u00f9\u0153 "
WESTERN += "\u00e1\u00e9\u00ed\u00f3\u00fa\u00f1\u00fc "
WESTERN += "\u00e1\u00e2\u00e3\u00e0\u00e7\u00e9\u00ea\u00ed\u00f3\u00f4\u00f5\u00fa "
WESTERN += (
    "\u00e0\u00e8\u00e9\u00ec\u00f2\u00f9 \u00e5\u00e4\u00f6\u00e6\u00f8\u00e9 \u00eb\u00ef\u00e9\u00e8\u00f6\u00fc "
)
ICELANDIC = "\u00e1\u00f0\u00e9\u00ed\u00f3\u00fa\u00fd\u00fe\u00e6\u00f6"
CENTRAL = "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű čćđšž ăâîşţșț"
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяё абвгґдеєжзиіїйклмнопрстуфхцчшщьюя абвгдђежзијклљмнњопрстћуфхцчџш"
GREEK, TURKISH = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", "çğıöşüâî"
BALTIC = "ąčęėįšųūž āčēģīķļņšūž äöõüšž"
ALPHABETS = (  # letters of each language, and what another encoding must be better by; the usual ones first
    ("cp1252", WESTERN, 0.0),
    ("cp1250", CENTRAL, 0.5),
    ("cp1251", CYRILLIC, 0.5),
    ("cp1254", TURKISH, 0.5),
    ("cp1253", GREEK, 0.5),
    ("cp1257", BALTIC, 0.5),
    ("cp1252", ICELANDIC, 1.0),
    ("iso8859_2", CENTRAL, 1.0),
    ("cp850", WESTERN, 1.0),
    ("mac_roman", WESTERN, 1.0),
    ("cp852", CENTRAL, 1.5),
    ("cp866", CYRILLIC, 1.5),
    ("koi8_r", CYRILLIC, 1.5),
)
WIDE = {  # the last lead byte of its frequent characters, and some that stand in most tables
    "cp932": (0x97, "日付時間年月金額店舗商品名数量価格気温売上"),
    "gb18030": (0xD7, "日期时间年月周销售量额价格数金店产品名称城市地区温度总计收入"),
    "big5": (0xC6, "日期時間年月週銷售量額價格數金店產品名稱城市地區溫度總計收入"),
    "cp949": (0xC8, "날짜일자시간년월매출수량금액가격점포상품이름지역온도합계"),
}
WIDE_PRIOR, BONUS = 1.0, 1.0
SYMBOLS = frozenset("€£¥§°µ²³–—‘’“”„«»…•·©®™½¼¾¿¡ªº±×\u00a0")  # that stand beside words and numbers
FOREIGN, SYMBOL, BROKEN, NOISE = 1.0, 0.2, 3.0, 4.0  # costs of a character
MOST = 2000  # different words that are looked at
PIECES = re.compile(rb"[^\s,;|\t\"]*[\x80-\xff][^\s,;|\t\"]*")
RUNS = re.compile(r"[^\W\d_]+|[^\x00-\x7f]")  # words, and other signs one by one
BEYOND = re.compile(r"[^\x00-\x7f]")
WIDE_RUNS = re.compile(r"[^\x00-\x7f]+")  # a single one is often a sign and a letter, as in \u00b0C, read together
UTF16 = 0.2  # of the bytes at even or at odd places are 0


def words_of(data: bytes) -> set[bytes]:
    """The different pieces between blanks and separators that have bytes beyond ASCII, MOST at most."""
    found: set[bytes] = set()
    for piece in PIECES.finditer(data):
        found.add(piece.group())
        if len(found) == MOST:
            break
    return found


def utf16_of(head: bytes) -> str | None:
    """UTF-16 without its mark: "utf-16-le" or "utf-16-be" where every other byte is often 0, and no other."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    few = len(head) / 200
    if odd > UTF16 * len(head) / 2 and even <= few:
        return "utf-16-le"
    return "utf-16-be" if even > UTF16 * len(head) / 2 and odd <= few else None


def guessed_encodings(words: Iterable[bytes]) -> list[str]:
    """The encodings in which all words can be read, the likeliest first.

    Likely is what makes words of the letters of one language, of one script and without capitals in the middle.
    """
    words = list(words)
    costs: dict[str, float] = {}
    for encoding in dict.fromkeys((*(each for each, _, _ in ALPHABETS), *WIDE)):
        try:
            texts = [word.decode(encoding) for word in words]
        except UnicodeDecodeError:
            continue
        costs[encoding] = _wide_cost(encoding, texts) if encoding in WIDE else _narrow_cost(encoding, texts)
    return sorted(costs, key=costs.__getitem__)


def _narrow_cost(encoding, texts):
    """How unlikely texts are in an encoding of a byte a character: as in the language that fits best."""
    beyond = (sign for text in texts for sign in BEYOND.findall(text))
    letters = [sign.lower() for sign in beyond if sign.isalpha() and sign not in SYMBOLS]
    languages = ((each, prior) for name, group, prior in ALPHABETS if name == encoding for each in group.split())
    fit = min(prior + FOREIGN * sum(letter not in known for letter in letters) for known, prior in languages)
    return fit + sum(map(_oddness, texts))


def _wide_cost(encoding, texts):
    """How unlikely texts are in an encoding of two bytes a character."""
    last, usual = WIDE[encoding]
    cost = WIDE_PRIOR + sum(map(_oddness, texts))
    for text in texts:
        for sign in BEYOND.findall(text):
            lead = sign.encode(encoding)
            rare = len(lead) != 2 or lead[0] > last or encoding == "cp949" and not "\uac00" <= sign <= "\ud7a3"
            kana = "\u3041" <= sign <= "\u30ff"
            cost += -BONUS if sign in usual else 0 if kana else FOREIGN * rare
        lone = (run for run in WIDE_RUNS.findall(text) if len(run) == 1 and run not in usual)
        cost += BROKEN * sum(1 for _ in lone)
    return cost


def _oddness(text):
    """The cost of signs, of capitals and of letters of another script within words."""
    cost = 0.0
    for run in RUNS.finditer(text):
        word, (begin, end) = run.group(), run.span()
        if word[0].isalpha():
            pairs = [one + two for one, two in zip(word, word[1:]) if one.islower() and two.isupper()]
            cost += BROKEN * sum(not pair.isascii() for pair in pairs)
            cost += BROKEN * (len({_script(sign) for sign in word}) - 1)
            cost += FOREIGN * (len(word) == 1 and 0x7F < ord(word) < 0x2E80)
        elif word not in SYMBOLS:
            cost += NOISE
        else:
            within = text[begin - 1 : begin].isalpha() and text[end : end + 1].isalpha() and word != "’"
            cost += NOISE if within else SYMBOL
    return cost


def _script(sign):
    code = ord(sign)
    if code >= 0x2E80:
        return "hangul" if 0xAC00 <= code <= 0xD7A3 else "wide"
    return "cyrillic" if 0x400 <= code < 0x530 else "greek" if 0x370 <= code < 0x400 else "latin"
