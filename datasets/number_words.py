"""Whole numbers, ordinals and years in English words, as British English writes them: "three hundred and seven"."""

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ONES += ("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
ORDINALS |= {"twelve": "twelfth", "twenty": "twentieth", "thirty": "thirtieth"}
LARGEST = 999_999


def in_words(number):
    """4307 as "four thousand three hundred and seven"; ValueError outside 0 to 999,999."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is not from 0 to {LARGEST:,}")
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    unit, name, joint = (100, "hundred", " and ") if number < 1000 else (1000, "thousand", " ")
    rest = number % unit
    if 0 < rest < 100:
        joint = " and "
    return f"{in_words(number // unit)} {name}" + (joint + in_words(rest) if rest else "")


def ordinal(number):
    """23 as "twenty-third"; for numbers below 100."""
    head, dash, last = in_words(number).rpartition("-")
    return head + dash + ORDINALS.get(last, f"{last}th")


def with_suffix(number):
    """23 as "23rd"."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def year_in_words(year):
    """1968 as "nineteen sixty-eight", 1905 as "nineteen oh five", 2005 as "two thousand and five"."""
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:
        return in_words(year)
    if rest == 0:
        return f"{in_words(century)} hundred"
    return f"{in_words(century)} " + (f"oh {ONES[rest]}" if rest < 10 else in_words(rest))


def roman(number):
    """9 as "IX"; for 1 to 39."""
    return "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]
