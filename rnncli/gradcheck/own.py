"""The cases of layers and losses that a user wrote.

An instance is made by `example()`, if the class has one; otherwise with D, H and V, as far as it takes them without a
default. A layer is checked like ours, for every parameter, its input and its states. What it returns is checked for its
shape first, so that a mistake is told by its name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from inspect import Parameter, signature
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..errors import ConfigError
from ..nn.layer import Layer
from ..nn.likelihood import Likelihood
from ..nn.memory import Memory
from ..nn.parameters import ParamSpec
from ..plugins import Parts, user_code
from ..random_streams import Noise, stream
from .cases import TIMES, D, H, K, LayerCase, LossCase, N, V, make_plan, padding, present
from .derivatives import Case
from .reach import reaching

SIZES = {"D": D, "H": H, "V": V}  # arguments that are filled in
REST = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
FILLED = 2.0**-10  # what gradients hold before a backward pass that is to add to them


def own_cases(parts: Parts, seed: int) -> list[Case]:
    """The cases of the layers and losses of `parts`. Raises ConfigError for one that cannot be made, that returns
    another shape than the contract says, or that fails."""
    cases: list[Case] = []
    with user_code():
        for name, layer_class in parts.layers.items():
            cases += reaching(partial(own_layer_cases, name, made_layer(name, layer_class)), seed)
        for name, loss_class in parts.losses.items():
            cases += reaching(partial(own_loss_cases, name, made_loss(name, loss_class)), seed)
    return cases


def made(name: str, part: type, kind: str) -> Any:
    """An instance of a user's class. Raises ConfigError for one that needs other arguments than SIZES."""
    if hasattr(part, "example"):
        found = part.example()
        right, expected = isinstance(found, part), f"an instance of {part.__name__}"
        expect(right, f"{kind} '{name}': example() returned {found!r}", expected)
        return found
    takes = signature(part).parameters.values()
    needed = [each.name for each in takes if each.default is Parameter.empty and each.kind not in REST]
    unknown = [each for each in needed if each not in SIZES]
    expect(
        not unknown,
        f"{kind} '{name}': cannot be made, as {', '.join(unknown)} has no default",
        "defaults for all fields but D, H and V, or a classmethod example() that returns an instance",
    )
    return part(**{each: SIZES[each] for each in needed})


def made_layer(name: str, layer_class: type[Layer]) -> Layer:
    """An instance of a user's layer. Raises ConfigError if it lacks a part of the contract."""
    layer, who = made(name, layer_class, "layer"), f"layer '{name}': found"
    for method in ("plan", "backward"):
        has_own = getattr(layer_class, method) is not getattr(Layer, method)
        expect(has_own, f"{who} no method {method}", "the layer to define it")
    width = getattr(layer, "V", None) or getattr(layer, "D", None)
    right = isinstance(width, int) and width > 0
    expect(right, f"{who} no D", "D, the columns of x, as a field; or V, the number of ids, if x are token ids")
    specs = layer.specs()
    right = isinstance(specs, tuple) and all(isinstance(spec, ParamSpec) for spec in specs)
    expect(right, f"{who} specs() = {specs!r}", "a tuple of ParamSpec")
    for spec in specs:
        expect(isinstance(spec.shape, tuple), f"{who} {spec.name} of shape {spec.shape!r}", "a tuple, such as (D,)")
    return layer


def made_loss(name: str, loss_class: type[Likelihood]) -> Likelihood:
    """An instance of a user's loss. Raises ConfigError if its `terms` do not keep the contract."""
    loss, who = made(name, loss_class, "loss"), f"loss '{name}':"
    P = loss.columns
    expect(isinstance(P, int) and P > 0, f"{who} columns = {P!r}", "the number of scores for a target, 1 or more")
    if loss_class.terms is Likelihood.terms:  # it has a `loss` of its own
        return loss
    arguments = [each for each in signature(loss.terms).parameters.values() if each.default is Parameter.empty]
    expect(len(arguments) == 3, f"{who} terms takes {len(arguments)} arguments", "three: parts, y, xp")
    y = np.ones((N, K))
    returned = loss.terms([np.full((N, K), 0.5) for _ in range(P)], y, np)
    right = isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], list | tuple)
    form = f"(losses, [a gradient for each of {P} columns])"
    expect(right, f"{who} terms returned {type(returned).__name__}", form)
    losses, gradients = returned
    expect(len(gradients) == P, f"{who} terms returned {len(gradients)} gradients", form)
    arrays = {"losses": losses} | {f"gradient {k}": each for k, each in enumerate(gradients)}
    for what, array in arrays.items():
        found = getattr(array, "shape", type(array).__name__)
        expect(found == y.shape, f"{who} {what} of terms has shape {found}", f"{y.shape}, as y")
    return loss


def expect(right: bool, found: str, expected: str) -> None:
    """Raises ConfigError with what was found and what was expected, unless `right`."""
    if not right:
        raise ConfigError(f"{found}; expected {expected}", "docs/gradcheck.md has the contract")


@dataclass(frozen=True)
class OwnLayerCase(LayerCase):
    """A LayerCase that looks at the shapes of what a user's layer returns, and at whether gradients are added."""

    @property
    def thing(self) -> Any:
        """The layer."""
        return self.layer

    def gradient(self) -> dict[str, np.ndarray]:
        """dL/d(array) by the name of the array. Raises ConfigError for a wrong shape and for a gradient replaced."""
        plan, g = self.plan("f8"), {spec.name: np.full(spec.shape, FILLED) for spec in self.layer.specs()}
        self.value(self.arrays, plan)
        given = SimpleNamespace(**g)
        returned = self.layer.backward(given, self.dy, self.dsT, plan)
        dx, ds0 = pair(self.cell, "backward", returned, "(dx, ds0)")
        for name, array in g.items():
            kept = getattr(given, name, None) is array
            expect(kept, f"layer '{self.cell}': backward replaces g.{name}", f"it to be added to: g.{name} += ...")
        found = {name: array - FILLED for name, array in g.items()}
        states = [name for name in self.arrays if name.startswith("s0.")]
        right = len(ds0) == len(states)
        expect(right, f"layer '{self.cell}': backward returned {len(ds0)} ds0", f"{len(states)}, as s0")
        found |= dict(zip(states, ds0)) | ({"x": dx} if self.x is None else {})
        for name, array in self.arrays.items():
            of_shape(self.cell, f"the gradient of {name}", found[name], array.shape)
        return found


def own_layer_cases(name: str, layer: Any, seed: int) -> Iterator[OwnLayerCase]:
    """A user's layer for each length, with padding if its forward pass takes a mask, and with drawn masks if it draws
    some."""
    masks = (False, True) if "mask" in signature(layer.forward).parameters else (False,)
    draws = (False, True) if type(layer).draw is not Layer.draw else (False,)
    for T in TIMES:
        for padded in masks:
            for noisy in draws:
                yield own_layer_case(name, layer, T, seed, padded, noisy)


def own_layer_case(name: str, layer: Any, T: int, seed: int, padded: bool, noisy: bool) -> OwnLayerCase:
    """One case, of normal random numbers; y and the states have the shapes that the layer returns."""
    ids = getattr(layer, "V", 0)
    case = f"T={T}, {'tokens' if ids else 'vectors'}" + ", padding" * padded + ", masks drawn" * noisy
    rng, s0 = stream(seed, f"gradcheck {name} {case}"), layer.initial_state(N, Memory("f8"))
    arrays = {spec.name: rng.normal(0, max((1, *spec.shape[:1])) ** -0.5, spec.shape) for spec in layer.specs()}
    arrays |= {} if ids else {"x": rng.normal(size=(T, N, layer.D))}
    arrays |= {f"s0.{k}": rng.normal(size=s.shape) for k, s in enumerate(s0)}
    x, mask = rng.integers(0, ids, (T, N)) if ids else None, padding(T) if padded else None
    noise = Noise(seed, T) if noisy else None
    y, sT = outputs(name, layer, arrays, x, mask, make_plan(layer, (T, N), "f8", noise))
    dsT = tuple(rng.normal(size=s.shape) for s in sT)
    return OwnLayerCase(name, case, layer, arrays, x, rng.normal(size=y.shape), dsT, mask, noise)


def outputs(name: str, layer: Any, arrays: dict[str, Any], x: Any, mask: Any, plan: Any) -> tuple[Any, tuple]:
    """y and the last state of a user's layer. Raises ConfigError for a wrong shape."""
    layer.load(SimpleNamespace(**arrays), plan)
    s0 = tuple(array for each, array in arrays.items() if each.startswith("s0."))
    given = arrays["x"] if x is None else x
    y, sT = pair(name, "forward", layer.forward(given, s0, plan, *(() if mask is None else (mask,))), "(y, sT)")
    (T, rows), found = given.shape[:2], np.shape(y)
    fits = len(found) == 3 and found[:2] == (T, rows)
    expect(fits, f"layer '{name}': forward returned y of shape {found}", f"(T, N, .), here ({T}, {rows}, .)")
    expect(len(sT) == len(s0), f"layer '{name}': forward returned {len(sT)} states", f"{len(s0)}, as initial_state")
    for k, (last, first) in enumerate(zip(sT, s0)):
        of_shape(name, f"state {k}", last, first.shape)
    return y, sT


def pair(name: str, method: str, returned: Any, form: str) -> tuple[Any, tuple]:
    """What a method returned. Raises ConfigError unless these are an array and a tuple."""
    right = isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], tuple)
    expect(right, f"layer '{name}': {method} returned {type(returned).__name__}", f"{form}, an array and a tuple")
    return returned


def of_shape(name: str, what: str, array: Any, shape: tuple[int, ...]) -> None:
    """Raises ConfigError unless `array` is one of this shape."""
    found = getattr(array, "shape", type(array).__name__)
    expect(found == shape, f"layer '{name}': {what} has shape {found}", str(shape))


def own_loss_cases(name: str, loss: Any, seed: int) -> Iterator[LossCase]:
    """A user's loss of M rows of K targets: all of them, and with some missing."""
    shape = (4 * N, K)
    for case, real in {"all targets": None, "missing targets": present(shape)}.items():
        rng = stream(seed, f"gradcheck {name} {case}")
        scores = rng.normal(0, 2, (shape[0], loss.outputs(K)))
        targets = loss.example_targets(rng, shape) if hasattr(loss, "example_targets") else rng.poisson(3.0, shape)
        targets = np.array(targets, np.float64)
        if real is not None:
            targets[~real] = np.nan
        value = loss.loss(scores.copy(), targets, real)
        expect(np.ndim(value) == 0, f"loss '{name}': loss returned an array of shape {np.shape(value)}", "one number")
        yield LossCase(name, case, loss.loss, {"scores": scores}, targets, real)
