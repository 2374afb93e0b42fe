"""Write airline.csv, sunspots.csv, shops.csv and mackey_glass.csv: monthly, yearly, daily and chaotic series.

    python make_series.py [FOLDER]          (default: the folder of this file)

Standard library only. The first two are figures that others counted, printed here with their source; the third is
made up, the fourth computed. All chance comes from `random.Random(SEED).random()`, the one stream that Python
promises not to change, so that the same bytes come out again.
"""

import math
import random
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

SEED = 1949

# International airline passengers a month, in thousands, January 1949 to December 1960.
# G. E. P. Box and G. M. Jenkins, "Time Series Analysis: Forecasting and Control" (1976), series G. A line is a year.
AIRLINE_FROM = 1949
AIRLINE = """
112 118 132 129 121 135 148 148 136 119 104 118
115 126 141 135 125 149 170 170 158 133 114 140
145 150 178 163 172 178 199 199 184 162 146 166
171 180 193 181 183 218 230 242 209 191 172 194
196 196 236 235 229 243 264 272 237 211 180 201
204 188 235 227 234 264 302 293 259 229 203 229
242 233 267 269 270 315 364 347 312 274 237 278
284 277 317 313 318 374 413 405 355 306 271 306
315 301 356 348 355 422 465 467 404 347 305 336
340 318 362 348 363 435 491 505 404 359 310 337
360 342 406 396 420 472 548 559 463 407 362 405
417 391 419 461 472 535 622 606 508 461 390 432
"""

# Yearly mean sunspot number, 1700 to 2008: version 1 of the international series, which version 2 replaced in 2015.
# WDC-SILSO, Royal Observatory of Belgium, Brussels. A line is ten years.
SUNSPOTS_FROM = 1700
SUNSPOTS = """
5.0 11.0 16.0 23.0 36.0 58.0 29.0 20.0 10.0 8.0
3.0 0.0 0.0 2.0 11.0 27.0 47.0 63.0 60.0 39.0
28.0 26.0 22.0 11.0 21.0 40.0 78.0 122.0 103.0 73.0
47.0 35.0 11.0 5.0 16.0 34.0 70.0 81.0 111.0 101.0
73.0 40.0 20.0 16.0 5.0 11.0 22.0 40.0 60.0 80.9
83.4 47.7 47.8 30.7 12.2 9.6 10.2 32.4 47.6 54.0
62.9 85.9 61.2 45.1 36.4 20.9 11.4 37.8 69.8 106.1
100.8 81.6 66.5 34.8 30.6 7.0 19.8 92.5 154.4 125.9
84.8 68.1 38.5 22.8 10.2 24.1 82.9 132.0 130.9 118.1
89.9 66.6 60.0 46.9 41.0 21.3 16.0 6.4 4.1 6.8
14.5 34.0 45.0 43.1 47.5 42.2 28.1 10.1 8.1 2.5
0.0 1.4 5.0 12.2 13.9 35.4 45.8 41.1 30.1 23.9
15.6 6.6 4.0 1.8 8.5 16.6 36.3 49.6 64.2 67.0
70.9 47.8 27.5 8.5 13.2 56.9 121.5 138.3 103.2 85.7
64.6 36.7 24.2 10.7 15.0 40.1 61.5 98.5 124.7 96.3
66.6 64.5 54.1 39.0 20.6 6.7 4.3 22.7 54.8 93.8
95.8 77.2 59.1 44.0 47.0 30.5 16.3 7.3 37.6 74.0
139.0 111.2 101.6 66.2 44.7 17.0 11.3 12.4 3.4 6.0
32.3 54.3 59.7 63.7 63.5 52.2 25.4 13.1 6.8 6.3
7.1 35.6 73.0 85.1 78.0 64.0 41.8 26.2 26.7 12.1
9.5 2.7 5.0 24.4 42.0 63.5 53.8 62.0 48.5 43.9
18.6 5.7 3.6 1.4 9.6 47.4 57.1 103.9 80.6 63.6
37.6 26.1 14.2 5.8 16.7 44.3 63.9 69.0 77.8 64.9
35.7 21.2 11.1 5.7 8.7 36.1 79.7 114.4 109.6 88.8
67.8 47.5 30.6 16.3 9.6 33.2 92.6 151.6 136.3 134.7
83.9 69.4 31.5 13.9 4.4 38.0 141.7 190.2 184.8 159.0
112.3 53.9 37.6 27.9 10.2 15.1 47.0 93.8 105.9 105.5
104.5 66.6 68.9 38.0 34.5 15.5 12.6 27.5 92.5 155.4
154.6 140.4 115.9 66.6 45.9 17.9 13.4 29.4 100.2 157.6
142.6 145.7 94.3 54.6 29.9 17.5 8.6 21.5 64.3 93.3
119.6 111.0 104.0 63.7 40.4 29.8 15.2 7.5 2.9
"""


class Shop(NamedTuple):
    """A shop of the Wend valley; it sells about `level` loaves a day."""

    name: str
    region: str
    opened: date
    closed: date  # its last day in the table
    level: float  # loaves a day when it opened
    growth: float  # share of the level that a year adds
    summer: float  # how much more it sells at midsummer than in spring, as a share; below 0 sells in winter
    week: tuple  # Monday to Sunday, about 1


OPENING, LAST = date(2022, 1, 1), date(2024, 6, 30)
MARKET = (0.8, 0.8, 0.9, 1.0, 1.25, 1.6, 0.65)
STREET = (1.05, 1.0, 1.0, 1.05, 1.2, 1.1, 0.6)
BEACH = (0.7, 0.7, 0.7, 0.8, 1.1, 1.5, 1.5)
CLOSED_SUNDAYS = (1.1, 1.0, 1.0, 1.1, 1.3, 1.5, 0.0)
SHOPS = (
    Shop("ambry", "town", OPENING, LAST, 82, 0.06, 0.10, STREET),
    Shop("bakehouse", "town", OPENING, LAST, 140, 0.02, -0.08, CLOSED_SUNDAYS),
    Shop("bridge", "river", date(2022, 5, 14), LAST, 46, 0.10, 0.30, MARKET),
    Shop("crook", "hill", date(2022, 9, 1), LAST, 23, 0.15, 0.20, STREET),
    Shop("ferry", "river", date(2022, 3, 1), LAST, 37, -0.05, 0.45, BEACH),
    Shop("granary", "hill", OPENING, LAST, 58, 0.00, -0.15, MARKET),
    Shop("lantern", "hill", date(2023, 10, 2), LAST, 29, 0.30, 0.10, STREET),
    Shop("marsh", "river", date(2022, 7, 1), LAST, 4, 0.00, 0.50, BEACH),
    Shop("orchard", "hill", date(2022, 2, 10), date(2024, 1, 31), 64, -0.12, 0.25, MARKET),
    Shop("shore", "coast", OPENING, LAST, 71, 0.08, 0.60, BEACH),
    Shop("tollgate", "town", date(2022, 11, 21), LAST, 95, 0.05, 0.05, CLOSED_SUNDAYS),
    Shop("willow", "coast", date(2024, 3, 25), LAST, 33, 0.00, 0.40, BEACH),
)
COLUMNS = "unique_id,ds,y,visitors,promotion,price,region"
LIFT = 1.55  # what a promotion multiplies sales by
BASE = 2.4  # the price that leaves sales as they are
ELASTICITY = -1.2  # sales go with the price to this power
PERSISTENCE = 0.85  # how much of yesterday's bustle is left today; the visitors show it, nothing else does
BUSTLE = 0.09  # standard deviation of what a day adds to it, in the logarithm


class Chance:
    """Draws from the one stream of random numbers."""

    def __init__(self, seed):
        self.uniform = random.Random(seed).random

    def number(self, low, high):
        """A whole number from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def normal(self):
        """A standard normal figure, close enough: twelve uniforms less six."""
        return sum(self.uniform() for _ in range(12)) - 6

    def poisson(self, mean):
        """A count with that mean, by inversion of its distribution; for means up to some 600."""
        left, p, count = self.uniform(), math.exp(-mean), 0
        while left > p and count < 2000:
            left -= p
            count += 1
            p *= mean / count
        return count


def shop_rows(shop, chance):
    """The lines of one shop, day by day: what it sold, who came in, what was planned; some days and values missing."""
    bustle, price = 0.0, BASE
    promotion = missing = 0  # days that it still lasts
    for days in range((shop.closed - shop.opened).days + 1):
        day = shop.opened + timedelta(days)
        bustle = PERSISTENCE * bustle + BUSTLE * chance.normal()
        if day.day == 1 and day.month % 3 == 1:
            price = (20 + chance.number(0, 10)) / 10
        if not promotion and chance.uniform() < 0.025:
            promotion = chance.number(3, 10) + 1
        promotion = max(0, promotion - 1)
        if not missing and chance.uniform() < 0.004:
            missing = chance.number(1, 9) + 1
        missing = max(0, missing - 1)
        summer = 1 + shop.summer * math.cos(2 * math.pi * (day.timetuple().tm_yday - 182) / 365.25)
        trade = shop.level * (1 + shop.growth * days / 365.25) * shop.week[day.weekday()] * summer * math.exp(bustle)
        sales = chance.poisson(trade * (LIFT if promotion else 1) * (price / BASE) ** ELASTICITY)
        visitors = chance.poisson(1.8 * trade)
        unread, broken = chance.uniform() < 0.006, chance.uniform() < 0.01
        if not missing:
            yield (
                f"{shop.name},{day},{'' if unread else sales},{'' if broken else visitors},"
                f"{int(promotion > 0)},{price:.1f},{shop.region}"
            )


def airline():
    """ds,y: a line for each month."""
    months = enumerate(AIRLINE.split())
    return ["ds,y", *(f"{AIRLINE_FROM + place // 12}-{place % 12 + 1:02d},{count}" for place, count in months)]


def sunspots():
    """ds,y: a line for each year."""
    return ["ds,y", *(f"{SUNSPOTS_FROM + place},{mean}" for place, mean in enumerate(SUNSPOTS.split()))]


def shops(seed=SEED):
    """The table of all shops; each draws from the stream after the one before."""
    chance = Chance(seed)
    return [COLUMNS, *(row for shop in SHOPS for row in shop_rows(shop, chance))]


def mackey_glass(count=1500, between=46, h=0.05, delay=17.0, start=1.2, burn_in=40_000):
    """y: the equation of Mackey and Glass (1977), Science 197, 287-289, on its attractor, 75 points a Lyapunov time.

        dx/dt = 0.2 x(t - delay) / (1 + x(t - delay)^10) - 0.1 x(t),      x(t) = start for t <= 0

    Runge and Kutta's fourth order in steps of `h`, the delayed value halfway taken as the mean of its neighbours. A row
    is every `between`th step after `burn_in` of them: 2.3 units of time, a 75th of 172, in which errors grow e-fold.
    Powers are products, which every machine rounds alike.
    """

    def slope(x, late):
        square = late * late
        fourth = square * square
        return 0.2 * late / (1 + fourth * fourth * square) - 0.1 * x

    back = round(delay / h)
    x = [start] * (back + 1)
    for _ in range(burn_in + (count - 1) * between):
        now, late, later = x[-1], x[-1 - back], x[-back]
        half = (late + later) / 2
        first = slope(now, late)
        second = slope(now + h / 2 * first, half)
        third = slope(now + h / 2 * second, half)
        x.append(now + h / 6 * (first + 2 * second + 2 * third + slope(now + h * third, later)))
    return ["y", *(f"{value:.9f}" for value in x[back + burn_in :: between])]


FILES = {"airline.csv": airline, "sunspots.csv": sunspots, "shops.csv": shops, "mackey_glass.csv": mackey_glass}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, lines in FILES.items():
        (folder / name).write_bytes("".join(f"{line}\n" for line in lines()).encode("ascii"))
