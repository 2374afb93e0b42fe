"""Pictures of forecasts: what stands in them, that they come out the same, and what is said where none can be made."""

import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from rnncli.errors import ConfigError, ResourceError
from rnncli.tasks.forecast.chart import Labels
from rnncli.tasks.forecast.picture import Plot, save_picture

NAN = float("nan")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def matplotlib():
    return pytest.importorskip("matplotlib")


def panel(name="series", L=30, h=6, **parts):
    steps = np.arange(L + h)
    y = 10 + np.sin(steps)
    stamps = [f"day {step}" for step in steps]
    intervals = {level: (y[L:] - level / 50, y[L:] + level / 50) for level in (80, 95)}
    return Plot(Labels(name, stamps), y[:L], y[L:], **({"intervals": intervals} | parts))


def written(path):
    """All text in an SVG file, a string each; its being read proves that it is whole XML."""
    return [
        "".join(element.itertext()).strip()
        for element in ElementTree.parse(path).iter()
        if element.tag.endswith("}text")
    ]


def test_an_svg_holds_the_names_stamps_and_levels_as_text(matplotlib, tmp_path):
    path = tmp_path / "plot.svg"
    save_picture(path, [panel("first & <last>", truth=np.full(6, 10.0)), panel("cost in $ or $", L=5000)])
    texts = written(path)
    assert "first & <last>: 30 steps, 6 ahead" in texts
    assert "cost in $ or $: last 146 of 5,000 steps, 6 ahead" in texts  # a $ is no formula
    assert {"day 0", "day 30", "day 35", "day 4854", "day 5000", "day 5005"} <= set(texts)
    assert {"95 %", "80 %", "history", "forecast", "truth"} <= set(texts)
    assert texts.count("truth") == 1  # the second panel knows none


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_same_panels_are_the_same_bytes_whatever_the_user_has_set(matplotlib, tmp_path, ending):
    one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending.upper()}"
    save_picture(one, [panel(), panel("b")])
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": None}):
        save_picture(other, [panel(), panel("b")])
    assert one.read_bytes() == other.read_bytes()
    assert b"<dc:date>" not in one.read_bytes()


def test_other_figures_are_another_picture(matplotlib, tmp_path):
    pictures = []
    for truth in (np.full(6, 10.0), np.full(6, 10.5), None):
        save_picture(tmp_path / "a.svg", [panel(truth=truth)])
        pictures.append((tmp_path / "a.svg").read_bytes())
    assert len(set(pictures)) == 3


def test_a_png_has_a_panel_for_each_series_and_two_columns_from_four_on(matplotlib, tmp_path):
    sizes = []
    for count in (1, 3, 4):
        save_picture(tmp_path / "plot.png", [panel(f"s{k}") for k in range(count)], dpi=20)
        data = (tmp_path / "plot.png").read_bytes()
        assert data.startswith(PNG)
        sizes.append((int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")))
    assert sizes == [(160, 52), (160, 156), (320, 104)]


def test_gaps_single_points_constants_and_nothing_at_all_can_be_drawn(matplotlib, tmp_path):
    def bare(history, forecast):
        stamps = [str(step) for step in range(len(history) + len(forecast))]
        return Plot(Labels("\x1b[31mname\nof 名", stamps), np.array(history, float), np.array(forecast, float))

    cases = [
        ([1, NAN, 3], [NAN, 2]),
        ([1], [2]),
        ([5] * 9, [5] * 3),
        ([NAN] * 3, [NAN]),
        ([], [1, 2]),
        ([1, 2], []),
        ([1e12, -1e12], [float("inf")]),
    ]
    save_picture(tmp_path / "a.svg", [bare(*case) for case in cases])
    texts = written(tmp_path / "a.svg")
    names = (r"\x1b[31mname of 名: ", r"\x1b[31mname of \u540d: ")  # escaped where no font has the sign
    assert sum(text.startswith(names) for text in texts) == len(cases)


def test_the_new_picture_takes_the_place_of_the_old_and_leaves_nothing_else(matplotlib, tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")
    save_picture(tmp_path / "a.png", [panel()])
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes().startswith(PNG)


def test_a_folder_that_is_not_there_is_an_error_of_resources(matplotlib, tmp_path):
    with pytest.raises(ResourceError, match="cannot write .*a.svg"):
        save_picture(tmp_path / "nowhere" / "a.svg", [panel()])


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch, tmp_path):
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ConfigError, match="needs matplotlib") as caught:
        save_picture(tmp_path / "a.png", [panel()])
    assert caught.value.hint == "pip install matplotlib"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name, found", [("plot.pdf", ".pdf"), ("plot", "no extension")])
def test_another_ending_is_refused_with_the_ones_that_are_known(name, found):
    with pytest.raises(ConfigError, match=f"{name}: a picture ends in .png or .svg, found {found}") as caught:
        save_picture(name, [panel()])
    assert caught.value.hint == "name it plot.png"


def test_no_series_is_refused():
    with pytest.raises(ConfigError, match="no series to draw"):
        save_picture("plot.svg", [])
