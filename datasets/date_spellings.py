"""The spellings of a day that dates.tsv has, and what they are made of.

The day stands before the month wherever both are numbers, except after the year. A year of two digits is one of 1930
to 2029, so that every spelling means one day. The day of the year ("1968, day 124") is not among them: it takes a sum
over months, which a thousand examples do not teach.
"""

from number_words import ordinal, roman, with_suffix, year_in_words

MONTHS = "January February March April May June July August September October November December"
SHORT_MONTHS = "Jan. Feb. Mar. Apr. May June July Aug. Sept. Oct. Nov. Dec."
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
TWO_DIGITS = range(1930, 2030)  # the years that two digits may stand for

# The comments are the 3rd of May 1968.
SPELLINGS = (
    "{year}-{mm}-{dd}",  # 1968-05-03
    "{year}{mm}{dd}",  # 19680503
    "{year}/{m}/{d}",  # 1968/5/3
    "{d}/{m}/{year}",  # 3/5/1968
    "{d}/{m}/{yy}",  # 3/5/68
    "{dd}.{mm}.{year}",  # 03.05.1968
    "{d}.{roman}.{year}",  # 3.V.1968
    "{d} {month} {year}",  # 3 May 1968
    "{nth} {month} {year}",  # 3rd May 1968
    "the {nth} of {month} {year}",  # the 3rd of May 1968
    "{ordinal} of {month}, {words}",  # third of May, nineteen sixty-eight
    "{month} {d}, {year}",  # May 3, 1968
    "{mon} {nth} {year}",  # May 3rd 1968
    "{short} {d}, {year}",  # May 3, 1968, but Sept. 3, 1968
    "{MONTH} {d} {year}",  # MAY 3 1968
    "{dd}-{MON}-{yy}",  # 03-MAY-68
    "{d} {month} '{yy}",  # 3 May '68
    "{wday} {d} {mon} {year}",  # Fri 3 May 1968
    "{weekday}, {month} {d}, {year}",  # Friday, May 3, 1968
    "{year} {month} {d}",  # 1968 May 3
)


def is_clear(spelling, day):
    """Whether a spelling of a day (datetime.date) means that day alone."""
    return "{yy}" not in spelling or day.year in TWO_DIGITS


def spelt(spelling, day):
    """A day (datetime.date) in one of the SPELLINGS."""
    month, weekday = MONTHS.split()[day.month - 1], WEEKDAYS.split()[day.weekday()]
    return spelling.format(
        year=day.year,
        yy=f"{day.year % 100:02}",
        words=year_in_words(day.year),
        m=day.month,
        mm=f"{day.month:02}",
        roman=roman(day.month),
        month=month,
        MONTH=month.upper(),
        mon=month[:3],
        MON=month[:3].upper(),
        short=SHORT_MONTHS.split()[day.month - 1],
        d=day.day,
        dd=f"{day.day:02}",
        nth=with_suffix(day.day),
        ordinal=ordinal(day.day),
        weekday=weekday,
        wday=weekday[:3],
    )
