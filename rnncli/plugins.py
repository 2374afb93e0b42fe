"""User code: files that define cells, loaded on request and registered beside the built-in ones."""

import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from .errors import ConfigError
from .nn.cell import CELLS, Block, Cell, Vector

PREFIX = "rnncli_code_"  # of the modules of user code; a digest of the contents follows
CONTRACT = "see docs/cells.md for the contract of a cell"
MISTAKES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


def load_code(paths: Iterable[str]) -> list[str]:
    """Register the cells that the Python files `paths` define and return their names, in order.

    A cell is a class of the file that derives from `rnncli.nn.cell.Cell` and has blocks; it is registered under its
    `name`, or under the name of the class in lower case. Names that start with _ are skipped. Loading the same contents
    again changes nothing. Raises ConfigError if a file is missing, is not Python, fails or defines no cell, and if a
    cell breaks the contract or its name is taken.
    """
    return [name for path in paths for name in _load_file(Path(path))]


def loaded_files() -> list[str]:
    """The files whose cells are registered in this process, in order."""
    modules = [type(cell).__module__ for _, cell in CELLS.items() if is_user_code(cell)]
    return [str(sys.modules[name].__file__) for name in dict.fromkeys(modules)]


def is_user_code(thing: object) -> bool:
    """Whether the class of `thing` comes from a file loaded by `load_code`."""
    return type(thing).__module__.startswith(PREFIX)


@contextmanager
def user_code() -> Iterator[None]:
    """Turns an error in user code into a ConfigError that names its file and line; other errors pass."""
    try:
        yield
    except MISTAKES as error:
        place = place_of(error)
        if place is None:
            raise
        raise ConfigError(f"{place}: {type(error).__name__}: {error}", "correct the file; " + CONTRACT) from error


def place_of(error: BaseException) -> str | None:
    """FILE:LINE of the innermost line of user code in the traceback of `error`, or None."""
    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith(PREFIX)
    ]
    return "{}:{}".format(*frames[-1]) if frames else None


def _load_file(path: Path) -> list[str]:
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"--code {path}: {error.strerror}", "name a Python file that defines a cell") from error
    module_name = PREFIX + sha256(source).hexdigest()[:16]
    module = sys.modules.get(module_name) or _execute(path, source, module_name)
    cells = {_name_of(thing): thing for thing in vars(module).values() if _is_cell_of(thing, module_name)}
    if not cells:
        raise ConfigError(
            f"--code {path}: defines no cell",
            "define a class that derives from rnncli.nn.cell.Cell and has blocks; see docs/cells.md",
        )
    for name, cell_class in cells.items():
        if name not in CELLS or type(CELLS[name]) is not cell_class:
            CELLS.register(name, _made(path, name, cell_class))
    return list(cells)


def _execute(path: Path, source: bytes, name: str) -> ModuleType:
    """The module of a file, run from its source: no bytecode is written beside it and no stale one is read."""
    module = ModuleType(name)
    module.__file__ = str(path)
    try:
        code = compile(source, str(path), "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ConfigError(
            f"{path}:{line}: not valid Python: {getattr(error, 'msg', error)}", "correct the file"
        ) from error
    sys.modules[name] = module  # dataclasses look up their module here
    with ExitStack() as undo:
        undo.callback(sys.modules.pop, name)
        with user_code():
            exec(code, vars(module))
        undo.pop_all()  # nothing went wrong
    return module


def _is_cell_of(thing: object, module_name: str) -> bool:
    """Whether `thing` is a class of this module that can be a cell, not just a base class of cells."""
    return (
        isinstance(thing, type)
        and issubclass(thing, Cell)
        and thing.__module__ == module_name
        and not thing.__name__.startswith("_")
        and hasattr(thing, "blocks")
    )


def _name_of(cell_class: type[Cell]) -> str:
    return getattr(cell_class, "name", cell_class.__name__.lower())


def _made(path: Path, name: str, cell_class: type[Cell]) -> Cell:
    """An instance of a user's class; raises ConfigError if its declarations or methods are invalid."""
    with user_code():
        cell = cell_class()
    for wrong, found, expected in _problems(name, cell):
        if wrong:
            raise ConfigError(f"{path}: cell '{name}': found {found}; expected {expected}", CONTRACT)
    return cell


def _problems(name: str, cell: Cell) -> Iterator[tuple[Any, str, str]]:
    """(whether it is wrong, found, expected) for everything that `check_cell` assumes."""
    yield not isinstance(name, str) or not name, f"name = {name!r}", "a text"
    for attribute, kind in {"blocks": Block, "state": str, "saved": str, "slopes": str, "vectors": Vector}.items():
        found = getattr(cell, attribute)
        yield (
            not isinstance(found, tuple) or not all(isinstance(part, kind) for part in found),
            f"{attribute} = {found!r}",
            f"a tuple of {kind.__name__}; a tuple of one element needs a comma, (x,)",
        )
    for method in ("step", "step_backward"):
        yield getattr(type(cell), method) is getattr(Cell, method), f"no method {method}", "the cell to define it"
    blocks = [block.name for block in cell.blocks]
    yield (
        set(cell.slopes) & set(blocks),
        f"slopes = {cell.slopes!r}",
        "names other than those of the blocks, each of which already has a slope",
    )
    values = {*blocks, *cell.state, *cell.saved, *(f"{state}_prev" for state in cell.state)}
    for vector in cell.vectors:
        yield vector.block not in blocks, f"{vector}", f"block to be one of {', '.join(blocks)}"
        yield vector.times not in values, f"{vector}", f"times to be one of {', '.join(sorted(values))}"
    for gate in (cell.keep, cell.write):
        yield gate not in (None, *blocks), f"keep or write '{gate}'", f"one of the blocks {', '.join(blocks)}"
