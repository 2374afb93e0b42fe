"""Files with a series in a line, seasons, and folders of texts: one command trains on each."""

import json
from pathlib import Path

import pytest
from table_zoo import HORIZON, TINY, Animal, dates, is_understood, text, wave


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


def tsf():
    """Half hours, two series of one start, a value that is missing."""
    stamps, ahead = dates("2012-10-10 00:30", 200, "30min")
    cells = [",".join("?" if t == 5 else str(value) for t, value in enumerate(wave(200, seed))) for seed in (1, 2)]
    head = "# remarks\n@relation Meters\n@attribute series_name string\n@attribute start_timestamp date\n"
    lines = [f"T{k}:{stamps[0]:%Y-%m-%d %H-%M-%S}:{own}\n" for k, own in enumerate(cells, start=1)]
    data = f"{head}@frequency half_hourly\n@missing true\n@equallength true\n@data\n{''.join(lines)}"
    last = tuple(wave(200, 1)[-3:])
    return Animal("meters.tsf", data, text(ahead, "%Y-%m-%d %H:%M"), "30min", "value", ("T1", "T2"), last)


def objects():
    """The step is asked for."""
    stamps, ahead = dates("2019-01-01", 60, "MS")
    lines = [{"start": str(stamps[0]), "target": wave(60, k), "item_id": f"H{k}"} for k in (1, 2)]
    data = "".join(f"{json.dumps(line)}\n" for line in lines)
    last = tuple(wave(60, 1)[-3:])
    own = text(ahead, "%Y-%m-%d")
    return Animal("train.json", data, own, "MS", "target", ("H1", "H2"), last, ("--freq", "MS"))


def years():
    """Values of the last months are missing: the forecast begins at the first of them."""
    values = [*wave(68), *[-99.99] * 4]
    lines = [f" {2010 + k}" + "".join(f"{v:8.2f}" for v in values[12 * k : 12 * k + 12]) for k in range(6)]
    data = "\n".join([" 2010 2015", *lines, "  -99.99", "  an index, version 5", ""])
    return Animal("index.data", data, ["2015-09", "2015-10", "2015-11", "2015-12"], "MS", last=tuple(wave(68)[-3:]))


def seasons():
    """December to February is January."""
    names = ["DJF", "JFM", "FMA", "MAM", "AMJ", "MJJ", "JJA", "JAS", "ASO", "SON", "OND", "NDJ"]
    rows = [f"  {names[t % 12]}  {2010 + t // 12}  {value:6.2f}" for t, value in enumerate(wave(62))]
    ahead = ["2015-03", "2015-04", "2015-05", "2015-06"]
    data = "\n".join([" SEAS  YR   TOTAL", *rows, ""])
    return Animal("index.ascii.txt", data, ahead, "MS", "TOTAL", last=tuple(wave(62)[-3:]))


@pytest.mark.parametrize("animal", [tsf, objects, years, seasons])
def test_series_in_lines_and_seasons_are_understood(command, animal):
    is_understood(animal(), command)


def test_the_command_that_a_series_without_a_step_proposes_trains(command):
    Path("train.json").write_text(str(objects().data))
    code, _, err = command("train", "train.json", *TINY, *HORIZON, "-o", "run")
    assert code == 3 and "run: rnncli train train.json" in err and "--freq D" in err
    assert command("train", "train.json", *TINY, *HORIZON, "--freq", "D", "-o", "run")[0] == 0


def test_a_folder_of_texts_with_one_header_trains_a_series_for_each(command):
    days, ahead = dates("2024-01-01", 60, "D")
    Path("stocks").mkdir()
    for k, name in enumerate(("a", "b")):
        rows = [f"{name},{day:%Y%m%d},{value}" for day, value in zip(days, wave(60, k), strict=True)]
        Path("stocks", f"{name}.us.txt").write_text("\n".join(["<TICKER>,<DATE>,<CLOSE>", *rows, ""]))
    code, _, err = command("train", "stocks", *TINY, *HORIZON, "-o", "run")
    assert code == 0, err
    code, out, _ = command("generate", "run", "-q", "--level", "none")
    found = [line.split(",")[:2] for line in out.splitlines()[1:]]
    assert found == [[name, f"{day:%Y%m%d}"] for name in "ab" for day in ahead]
    assert command("generate", "run", "stocks", "-q", "--level", "none")[1] == out


def test_records_read_as_a_text_get_one_note_on_tables(command):
    records = [{"who": f"someone with number {k}", "text": "said a few words", "n": k} for k in range(80)]
    Path("said.jsonx").write_text("".join(f"{json.dumps(record)}\n" for record in records))
    code, _, err = command("train", "said.jsonx", "--hidden-size", "4", "--max-steps", "2", "-o", "run")
    assert code == 0 and err.count("--task forecast") == 1, err
