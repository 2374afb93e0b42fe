"""User code: files that define cells, layers and losses, loaded on request; cells are registered beside ours."""

import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from inspect import unwrap
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple, TypeVar

from .errors import ConfigError
from .nn.cell import CELLS, Block, Cell, Vector
from .nn.layer import Layer
from .nn.likelihood import Likelihood

Base = TypeVar("Base")
PREFIX = "rnncli_code_"  # of the modules of user code; a digest of the contents follows
CONTRACT = "docs/cells.md has the contract of a cell"
LAYERS = "docs/gradcheck.md has those of a layer and a loss"
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


class Place(NamedTuple):
    """A line of user code."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Parts(NamedTuple):
    """What files of users define."""

    cells: list[str]  # registered names
    layers: dict[str, type[Layer]]
    losses: dict[str, type[Likelihood]]


def load_code(paths: Iterable[str]) -> list[str]:
    """Register the cells that the Python files `paths` define and return their names, in order.

    A cell is a class of the file that derives from `rnncli.nn.cell.Cell` and has blocks; it is registered under its
    `name`, or under the name of the class in lower case. Names that start with _ are skipped. Loading the same contents
    again changes nothing. Raises ConfigError if a file is missing, is not Python, fails or defines no cell, and if a
    cell breaks the contract or its name is taken.
    """
    names = []
    for path in paths:
        module = _module(Path(path))
        cells = _register_cells(path, module)
        if not cells:
            raise _nothing(path, "no cell", "a class that derives from rnncli.nn.cell.Cell and has blocks")
        names += cells
    return names


def load_parts(paths: Iterable[str]) -> Parts:
    """Like `load_code`, but with the layers and losses of the files: classes with a forward pass of their own that
    derive from `rnncli.nn.layer.Layer` and `rnncli.nn.likelihood.Likelihood`. A file may define any of the three.

    Raises ConfigError as `load_code` does, and if two parts have one name.
    """
    parts = Parts([], {}, {})
    for path in paths:
        module = _module(Path(path))
        cells, layers = _register_cells(path, module), _classes(module, Layer, ("forward",))
        losses = _classes(module, Likelihood, ("terms", "loss"))
        if not (cells or layers or losses):
            raise _nothing(path, "no cell, layer or loss", "a class that derives from Cell, Layer or Likelihood")
        parts.cells.extend(cells)
        _check_names(path, layers, parts.layers, parts.losses)
        parts.layers.update(layers)
        _check_names(path, losses, parts.losses, parts.layers)
        parts.losses.update(losses)
    return parts


def _check_names(path: str, found: Mapping[str, type], same: Mapping[str, type], others: Mapping[str, type]) -> None:
    """Raises ConfigError for a name that is no text, or that another part has, of the same kind or of others."""
    for name, each in found.items():
        if not isinstance(name, str) or not name:
            raise ConfigError(
                f"--code {path}: {each.__name__}: found name = {name!r}; expected a text", "give it a name, or none"
            )
        if name in CELLS or name in others or same.get(name, each) is not each:
            raise ConfigError(f"--code {path}: there are two parts called '{name}'", "give one of them another `name`")


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
        raise ConfigError(f"{place}: {fault(error)}", f"correct the file; {CONTRACT}; {LAYERS}") from error


def fault(error: BaseException) -> str:
    """An error of user code in words; of a name that is not among the arrays of a cell, with those that are."""
    if isinstance(error, AttributeError) and isinstance(error.obj, SimpleNamespace):
        return f"no array is called '{error.name}'; known here: {', '.join(sorted(vars(error.obj)))}"
    return f"{type(error).__name__}: {error}"


def place_of(error: BaseException) -> Place | None:
    """The innermost line of user code in the traceback of `error`, or None."""
    frames = [
        Place(frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith(PREFIX)
    ]
    return frames[-1] if frames else None


def line_of_method(thing: object, names: Iterable[str]) -> Place | None:
    """The first line of the first of these methods that a user wrote for the class of `thing`, or None."""
    for name in names:
        method: Any = unwrap(getattr(type(thing), name, None))  # pyright: ignore[reportArgumentType]
        if str(getattr(method, "__module__", "")).startswith(PREFIX):
            return Place(method.__code__.co_filename, method.__code__.co_firstlineno)
    return None


def _nothing(path: str, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"--code {path}: defines {what}", f"define {remedy}; see docs/cells.md and docs/gradcheck.md")


def _module(path: Path) -> ModuleType:
    """The module of a file, run once for the same contents."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"--code {path}: {error.strerror}", "name a Python file that defines a cell") from error
    name = PREFIX + sha256(source).hexdigest()[:16]
    return sys.modules.get(name) or _execute(path, source, name)


def _register_cells(path: str, module: ModuleType) -> list[str]:
    """Register the cells of a module; returns their names."""
    cells = {name: each for name, each in _classes(module, Cell).items() if hasattr(each, "blocks")}
    for name, cell_class in cells.items():
        if name not in CELLS or type(CELLS[name]) is not cell_class:
            CELLS.register(name, _made(path, name, cell_class))
    return list(cells)


def _classes(module: ModuleType, base: type[Base], methods: Sequence[str] = ()) -> dict[str, type[Base]]:
    """{name: class} of the public classes of a module that derive from `base` and override one of `methods`, if there
    are any: others are only base classes."""
    return {
        _name_of(thing): thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, base)
        and thing.__module__ == module.__name__
        and not thing.__name__.startswith("_")
        and (not methods or any(getattr(thing, name) is not getattr(base, name) for name in methods))
    }


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


def _name_of(part: type) -> str:
    return getattr(part, "name", part.__name__.lower())


def _made(path: str, name: str, cell_class: type[Cell]) -> Cell:
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
