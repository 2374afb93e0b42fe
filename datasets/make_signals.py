"""Write gestures_TRAIN.ts, gestures_TEST.ts, sounds.ts and waves.ts: series of unequal length and what each one is.

    python make_signals.py [FOLDER]          (default: the folder of this file)

Standard library only, seeded, from the stream of the other series. The files are in the .ts format of sktime and aeon:
a header, then an example a line, its channels and its class or number separated by colons.
"""

import math
import sys
from pathlib import Path

from make_series import Chance

SEED = 1936
TURN = 2 * math.pi

# Strokes of a pen: how many of each class a file has, and the pad, 100 mm wide and high, in tenths of a millimetre.
PER_CLASS = 30
PAD = 999
STROKES = ("circle_left", "circle_right", "eight", "spiral_in", "spiral_out", "zigzag")

# Vowels: the first two formants in Hz, in round figures, at the beginning and at the end. ae is ea backwards.
VOWELS = {
    "a": ((700, 1300), (700, 1300)),
    "e": ((430, 1900), (430, 1900)),
    "o": ((480, 900), (480, 900)),
    "ae": ((700, 1300), (430, 1900)),
    "ea": ((430, 1900), (700, 1300)),
}
NEUTRAL = (500, 1450)  # the mouth at rest, before and after
BANDS = ((100, 450), (450, 950), (950, 1700), (1700, 3000))  # Hz; each is a channel
SPEAKERS = 20
TAKES = 2  # of each vowel by each speaker
DAMPING = 80  # Hz: half the bandwidth of a formant
HISS = 0.02  # energy of the background in every band; a harmonic on a formant has 1

WAVES = 300


def between(chance, low, high):
    """A number from low to high, each as likely."""
    return low + (high - low) * chance.uniform()


def header(name, dimensions, target):
    """The lines before the examples; `target` says what stands at the end of each."""
    return [
        f"@problemName {name}",
        "@timeStamps false",
        "@missing false",
        f"@univariate {'true' if dimensions == 1 else 'false'}",
        *([f"@dimensions {dimensions}"] if dimensions > 1 else []),
        "@equalLength false",
        target,
        "@data",
    ]


def outline(stroke, u, phase):
    """Where the pen is, x and y from about -1 to 1, after the share u of a stroke that begins at the angle `phase`."""
    angle = TURN * u
    if stroke == "circle_left":
        return math.cos(phase + angle), math.sin(phase + angle)
    if stroke == "circle_right":
        return math.cos(phase - angle), math.sin(phase - angle)
    if stroke == "eight":
        return math.sin(phase + angle), math.sin(2 * (phase + angle)) * 0.6
    if stroke == "zigzag":
        swing = (4 * u + phase / TURN) % 1
        return 2 * u - 1, (4 * swing - 1 if swing < 0.5 else 3 - 4 * swing) * 0.6
    radius, turns = (u, 2 * angle) if stroke == "spiral_out" else (1 - u, -2 * angle)
    return radius * math.cos(phase + turns), radius * math.sin(phase + turns)


def gesture(chance, stroke):
    """A line of a stroke: its x and y at equal times, with a size, a place, a tilt, a speed and a hand of its own."""
    T = 25 + int(36 * chance.uniform() ** 2)
    size, narrow = between(chance, 130, 380), between(chance, 0.7, 1.0)
    centre = [between(chance, size + 60, PAD - size - 60) for _ in "xy"]
    phase, tilt, haste = TURN * chance.uniform(), between(chance, -0.5, 0.5), between(chance, -0.6, 0.6)
    backwards = stroke in ("eight", "zigzag") and chance.uniform() < 0.5
    drift = [0.0, 0.0]
    xs, ys = [], []
    for t in range(T):
        u = t / (T - 1)
        u += haste * u * (1 - u)
        x, y = outline(stroke, 1 - u if backwards else u, phase)
        x, y = x, y * narrow
        x, y = x * math.cos(tilt) - y * math.sin(tilt), x * math.sin(tilt) + y * math.cos(tilt)
        drift = [0.8 * each + 0.06 * chance.normal() for each in drift]
        for values, place, middle, off in zip((xs, ys), (x, y), centre, drift):
            values.append(min(PAD, max(0, round(middle + size * (place + off)))))
    return ":".join([*(",".join(map(str, values)) for values in (xs, ys)), stroke])


def gestures(seed):
    """The lines of one file: the strokes by turns."""
    chance = Chance(seed)
    lines = (gesture(chance, stroke) for _ in range(PER_CLASS) for stroke in STROKES)
    return [*header("Gestures", 2, f"@classLabel true {' '.join(STROKES)}"), *lines]


def band_energies(pitch, formants):
    """The energy in each of BANDS of a voice at `pitch` Hz.

    A formant is a damped sinusoid that every pulse of the voice starts anew, so the amplitude of the harmonic at f Hz
    is a sum over formants F of 1 / (1 + ((f - F) / DAMPING)²), half as much for the second.
    """
    energies = []
    for low, high in BANDS:
        harmonics = [k * pitch for k in range(math.ceil(low / pitch), math.ceil(high / pitch))]
        amplitudes = [
            sum(weight / (1 + ((f - F) / DAMPING) ** 2) for weight, F in zip((1, 0.5), formants)) for f in harmonics
        ]
        energies.append(sum(a * a for a in amplitudes))
    return energies


def sound(chance, vowel, pitch, tract):
    """A line of one vowel, in frames of 10 ms, by a voice of that pitch whose formants are `tract` times the usual."""
    T = chance.number(15, 30)
    begin, end = VOWELS[vowel]
    loud, turning = between(chance, 45, 60), between(chance, 0.35, 0.65)
    sloppy = [tract * (1 + 0.03 * chance.normal()) for _ in begin]
    channels = [[] for _ in BANDS]
    for t in range(T):
        u = t / (T - 1)
        glide = 1 / (1 + math.exp(-12 * (u - turning)))
        voiced = min(1, 4 * min(u, 1 - u))
        aims = [first + (last - first) * glide for first, last in zip(begin, end)]
        formants = [(rest + (aim - rest) * voiced) * slip for rest, aim, slip in zip(NEUTRAL, aims, sloppy)]
        for channel, energy in zip(channels, band_energies(pitch * (1.1 - 0.2 * u), formants)):
            channel.append(max(0, round(loud + 10 * math.log10(voiced * energy + HISS) + 2.5 * chance.normal())))
    return ":".join([*(",".join(map(str, channel)) for channel in channels), vowel])


def sounds(seed):
    """The lines of the file: speaker after speaker, each says every vowel TAKES times."""
    chance = Chance(seed)
    lines = header("Sounds", len(BANDS), f"@classLabel true {' '.join(VOWELS)}")
    for _ in range(SPEAKERS):
        pitch, tract = between(chance, 95, 240), between(chance, 0.88, 1.15)
        lines += [sound(chance, vowel, pitch, tract) for _ in range(TAKES) for vowel in VOWELS]
    return lines


def wave(chance):
    """A line of one damped oscillation and its period in steps, from 5 to 25, small ones as frequent as large."""
    T = 40 + int(41 * chance.uniform() ** 1.7)
    period = 5 * 5 ** chance.uniform()
    height, lasts, phase = between(chance, 40, 90), between(chance, 15, 60), TURN * chance.uniform()
    level = between(chance, -10, 10)
    values = (
        level + height * math.exp(-t / lasts) * math.cos(TURN * t / period + phase) + 6 * chance.normal()
        for t in range(T)
    )
    return ",".join(str(round(value)) for value in values) + f":{period:.2f}"


def waves(seed):
    """The lines of the file."""
    chance = Chance(seed)
    return [*header("Waves", 1, "@targetLabel true"), *(wave(chance) for _ in range(WAVES))]


FILES = {
    "gestures_TRAIN.ts": lambda: gestures(SEED),
    "gestures_TEST.ts": lambda: gestures(SEED + 1),
    "sounds.ts": lambda: sounds(SEED + 2),
    "waves.ts": lambda: waves(SEED + 3),
}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, lines in FILES.items():
        (folder / name).write_bytes("".join(f"{line}\n" for line in lines()).encode("ascii"))
