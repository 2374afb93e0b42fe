"""Units and empty names of a table in what is forecast for it."""

import pytest

TINY = ("--hidden-size", "4", "--max-steps", "2", "--window", "8", "--workers", "1", "--horizon", "2")
DAYS = [f"2024-01-{k:02}" for k in range(1, 29)]


@pytest.fixture
def forecasts(command, write):
    """forecasts(cells of the first table, of the second): the lines after the second, and the notes."""

    def made(first, second, header="day,energy"):
        for name, cells in (("a.csv", first), ("b.csv", second)):
            write("\n".join([header, *(f"{day},{cell}" for day, cell in zip(DAYS, cells)), ""]), name)
        code, _, err = command("train", "a.csv", *TINY, "-o", "run")
        assert code == 0, err
        code, out, err = command("generate", "run", "b.csv", "--like-input", "--level", "none")
        assert code == 0, err
        return out.splitlines(), err

    return made


def test_a_newer_table_in_another_unit_of_the_same_kind_is_read_in_that_of_training(forecasts):
    first = [f"{500 + k} Wh" if k % 3 == 0 else f"{0.5 + k / 1000:.3f} kWh" for k in range(28)]
    lines, err = forecasts(first, [f"{500 + k} Wh" for k in range(28)])
    assert "energy: Wh read as 0.001 kWh, the unit of training" in err
    cells = [line.split(",")[1].split(" ") for line in lines[1:]]
    assert len(cells) == 2 and all(0.4 < float(number) < 0.7 and unit == "kWh" for number, unit in cells)


def test_a_header_cell_that_is_empty_in_the_table_is_empty_again(forecasts):
    cells = [f"{k}.5" for k in range(28)]
    lines, _ = forecasts(cells, cells, ",y")
    assert [line.split(",")[0] for line in lines] == ["", "2024-01-29", "2024-01-30"]
