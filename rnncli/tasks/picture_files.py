"""Pictures as PNG or SVG files, with the optional extra matplotlib.

Drawn with the defaults of matplotlib, not the settings of the user, and without a date: with the same version of
matplotlib, the same figures give the same bytes.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from ..errors import ConfigError, shell_name
from ..storage.atomic_files import write_atomically

ELSEWHERE = "free space there, or name a file in another folder"  # the remedy for a picture that cannot be written
FORMATS = {".png": {"Software": None}, ".svg": {"Date": None}}  # with the metadata that would make files differ
SETTINGS = {
    "svg.hashsalt": "rnncli",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write_picture(path: str, draw: Callable[[Any], Any], dpi: int = 120) -> None:
    """Write the figure that `draw` makes of matplotlib's Figure class to `path`; the whole file or none of it.

    Raises ConfigError for another extension than .png and .svg, and where matplotlib is not installed; ResourceError
    where the file cannot be written.
    """
    write_atomically(path, picture(check_picture(path), draw, dpi), ELSEWHERE)


def picture(kind: str, draw: Callable[[Any], Any], dpi: int = 120) -> bytes:
    """The figure that `draw` makes of matplotlib's Figure class, as a file of a `kind` of FORMATS. Raises ConfigError
    where matplotlib is not installed."""
    style, Figure = plotting()
    with style.context(["default", SETTINGS]):
        figure = draw(Figure)
        _settle(figure)
        file = BytesIO()
        figure.savefig(file, format=kind[1:], dpi=dpi, metadata=FORMATS[kind])
    return file.getvalue()


def check_picture(path: str, kinds: Sequence[str] = tuple(FORMATS)) -> str:
    """The extension of a picture, one of `kinds`; raises ConfigError for an unknown one."""
    kind = Path(path).suffix.lower()
    if kind not in kinds:
        *others, last = kinds
        raise ConfigError(
            f"{path}: a picture ends in {', '.join(others)} or {last}, found {kind or 'no extension'}",
            f"name it {shell_name((Path(path).stem or 'picture') + kinds[0])}",
        )
    return kind


def _settle(figure):
    """Lay the figure out once and round the places, whose last digits differ from run to run."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position([round(float(edge), 4) for edge in axes.get_position(original=True).bounds])


def plotting() -> tuple[Any, Any]:
    """matplotlib's style and Figure; raises ConfigError where it is not installed.

    What it logs is not shown, such as the temporary folder that it makes for its fonts where HOME is not writable: the
    picture is the same.
    """
    import logging

    logger = logging.getLogger("matplotlib")
    if logger.level == logging.NOTSET:  # a program that uses rnncli may have chosen one
        logger.setLevel(logging.ERROR)
    try:
        from matplotlib import style
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ConfigError(
            f"a picture needs matplotlib, which cannot be imported: {error}", "pip install matplotlib"
        ) from error
    return style, Figure
