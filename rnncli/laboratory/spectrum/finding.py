"""What a step multiplies a gradient by: singular values, spectral radii and Lyapunov exponents of a layer.

dL/ds_{t-k} = dL/ds_t J_t J_{t-1} ... J_{t-k+1}, with the step Jacobians J_t = ds_t/ds_{t-1} of all states jointly. In a
simple network J_t = diag(f'(a_t)) W_h^T, so that ||J_t|| <= ||W_h|| max |f'|: 1 for tanh, 1/4 for the logistic function
(Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063v2). With gates, the state also passes beside W_h, and no such bound
holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import exp, floor, inf, isinf, isnan, log10
from typing import Any

import numpy as np

from ...phrases import counted
from ...tasks.base import Progress, Table
from ..decay import half_life
from ..drawings import Curve, Curves, Element, Finding
from ..remarks import Remarks
from ..subjects import Subject
from ..watching import WatchedLayer, steps_of, watch
from .step_spectra import LayerSpectra, Spectrum, spectra_of

EDGE = 0.01  # |exponent| below which a gradient neither shrinks nor grows
GROWS = "gradients explode (chaos, unless it is linear)"
PLAIN = -3, 3  # logarithms to base 10 of numbers that are written without a power of ten
SAID = 3  # layers of which sentences stand beside the table; those of more stand with their details
EXPLAINED = (
    "|.|: largest singular value; r: spectral radius; J: Jacobian of a step, ds_t/ds_{t-1}, mean of the steps; "
    "exponent: Lyapunov, of the long run: below 0 gradients vanish, above 0 they explode."
)
BOUND = "bound of |J|: |W_h| max |f'|, with 1 for tanh and 1/4 for the logistic function."
GATED = "No |W_h| bounds |J| where the state also passes beside W_h, as through the gate that keeps it."


def spectrum(subjects: Sequence[Subject], progress: Progress) -> Finding:
    """The Finding of the part "spectrum": the layers of all subjects side by side."""
    remarks = Remarks()
    found = [
        spectra_of(subject.label, layer, progress) for subject in subjects for layer in layers_of(subject, remarks)
    ]
    return Finding(
        part="spectrum",
        title="What a step multiplies the gradient by: spectra of W_h and step Jacobians",
        record={"metrics": metrics(found), "layers": [record(each) for each in found]},
        rows=[row for each in found for row in rows(each)],
        brief=[*brief(found), *remarks.sentences],
        more=[element for each in found for element in details(each, said=len(found) <= SAID)],
    )


def layers_of(subject: Subject, remarks: Remarks) -> list[WatchedLayer]:
    """The layers of a pass with more than a step."""
    watched = watch(subject, at_last=True)
    layers = remarks.kept(subject.label, watched, steps_of)
    remarks.dead(subject.label, layers)
    return layers


def metrics(found: Sequence[LayerSpectra]) -> dict[str, float]:
    """{"SUBJECT/LAYER/NAME": number}"""
    result: dict[str, float] = {}
    for each in found:
        key = f"{each.subject}/{each.layer}"
        result |= {f"{key}/exponent": each.exponent, f"{key}/bound": each.bound}
        for name in Spectrum._fields:
            result[f"{key}/step_{name}"] = each.of_steps(name)
            for gate, values in each.gates.items():
                result[f"{key}/W_h.{gate}_{name}"] = getattr(values, name)
    return result


def record(each: LayerSpectra) -> dict[str, Any]:
    """One layer for JSON; of products the logarithms to base 10, which do not underflow."""
    extent = each.extent
    return {
        "subject": each.subject,
        "layer": each.layer,
        "looked_at": {"rows": extent.rows, "steps": extent.steps},
        "W_h": {gate: values._asdict() for gate, values in each.gates.items()},
        "steps": [values._asdict() for values in each.steps],
        "products_log10": [
            {"steps": k, **values._asdict(), "bound": log10(each.bound) * k if each.bound > 0 else None}
            | {"own_path": each.own.get(k)}
            for k, values in each.products.items()
        ],
        "exponents": each.exponents.tolist(),
        "bound": each.bound,
    }


def rows(each: LayerSpectra) -> Iterator[Mapping[str, Any]]:
    """A row for each matrix: blocks of W_h, Jacobians of steps, products."""
    about = {"subject": each.subject, "layer": each.layer}
    for gate, values in each.gates.items():
        yield about | {"matrix": f"W_h.{gate}", "steps": 0} | values._asdict()
    for values in each.steps:
        yield about | {"matrix": "step", "steps": 1} | values._asdict()
    for k, values in each.products.items():
        yield about | {"matrix": "product, log10", "steps": k} | values._asdict()


def brief(found: Sequence[LayerSpectra]) -> list[Element]:
    """The figures of all layers, what they mean, and the chart of their products; nothing without a layer."""
    if not found:
        return []
    words = [EXPLAINED, *([BOUND] if any(each.bound > 0 for each in found) else [])]
    words += [GATED] if any(isnan(each.slope) for each in found) else []
    said = [meaning(each) for each in found] if len(found) <= SAID else []
    return [" ".join(words), summary(found), chart(found), *said]


def summary(found: Sequence[LayerSpectra]) -> Table:
    """A row for each layer."""
    bounded = any(each.bound > 0 for each in found)
    header = ["", "layer", "|W_h|", "r(W_h)", "|J|", "smallest", "r(J)", "exponent", *(["bound"] if bounded else [])]
    body = [
        [
            each.subject,
            each.layer,
            f"{each.norm_of_W_h:.3g}",
            f"{max(gate.radius for gate in each.gates.values()):.3g}",
            *(shown(each.of_steps(name)) for name in Spectrum._fields),
            shown(each.exponent, "+.3f"),
            *([shown(each.bound)] if bounded else []),
        ]
        for each in found
    ]
    return Table([header, *body], left=2)


def shown(value: float, how: str = ".3g") -> str:
    """A figure, "-" for none."""
    return "-" if isnan(value) else format(value, how)


def power(log: float) -> str:
    """10**log, which may be far beyond the range of a float: 0.32 or 3.2e-2000."""
    if isnan(log):
        return "-"
    if isinf(log):
        return "0" if log < 0 else "inf"
    if PLAIN[0] < log < PLAIN[1]:
        return f"{10**log:.3g}"
    exponent = floor(log)
    mantissa = f"{10 ** (log - exponent):.1f}"
    return f"1.0e{exponent + 1:+03d}" if mantissa == "10.0" else f"{mantissa}e{exponent:+03d}"


def chart(found: Sequence[LayerSpectra]) -> Curves:
    """The largest singular value of the products, and the bounds of simple networks."""
    many, lines, groups = len({each.layer for each in found}) > 1, {}, {}
    for each in found:
        k = np.array(list(each.products))
        name = " ".join(filter(None, (each.subject, each.layer if many else ""))) or each.layer
        lines[name] = Curve(k, np.array([10**values.largest for values in each.products.values()]))
        if each.bound > 0:
            with np.errstate(over="ignore", under="ignore"):
                lines[f"{name}, bound"] = Curve(k, each.bound ** k.astype(float))
        groups |= dict.fromkeys((name, f"{name}, bound"), each.subject)
    return Curves("", "steps k", "largest singular value of J...J", lines, log_y=True, groups=groups)


def meaning(each: LayerSpectra) -> str:
    """What the exponent says, and the bound beside what was measured."""
    name, steps = " ".join(filter(None, (each.subject, each.layer))), max(each.products, default=0)
    if not steps:
        return f"{name}: the Jacobians are not finite."
    return f"{name}: {rate(each.exponent)}. Over {counted(steps, 'step')}, {product_of(each, steps)}."


def rate(exponent: float) -> str:
    """A Lyapunov exponent in words."""
    if isnan(exponent):
        return "too few steps for an exponent"
    if exponent == -inf:
        return "exponent -inf: a step hands nothing back"
    if abs(exponent) < EDGE or exponent > 0:
        return f"exponent {exponent:+.3f}, x {exp(exponent):.3g} a step: {'the edge' if exponent < EDGE else GROWS}"
    life = f"half-life {half_life(exp(exponent)):.3g} steps in the long run"
    return f"exponent {exponent:+.3f}, x {exp(exponent):.3g} a step, {life}: it forgets"


def product_of(each: LayerSpectra, steps: int) -> str:
    """What a product carries, beside the bound or the own path."""
    rows = f", the mean of {each.extent.rows} rows" if each.extent.rows > 1 else ""
    measured = f"|J...J| is {power(each.products[steps].largest)}{rows}"
    if each.bound > 0:
        return f"{measured}; the bound is {power(log10(each.bound) * steps)}"
    if not each.own:
        return measured
    gate = f"the gate {each.keep}" if each.keep else "its own path"
    return f"{measured}; {gate} alone carries {power(each.own[steps])} in its best unit"


def details(each: LayerSpectra, said: bool) -> Iterator[Element]:
    """The blocks of W_h, the steps and the products of one layer; said: whether its meaning is."""
    name, extent = " ".join(filter(None, (each.subject, each.layer))), each.extent
    if not said:
        yield meaning(each)
    yield f"{name}: singular values and spectral radius of each block of W_h, and of the Jacobians of single steps"
    body = [[f"W_h, {gate}", *(f"{value:.3g}" for value in values)] for gate, values in each.gates.items()]
    for title, how in (("a step, mean", np.mean), ("lowest", np.min), ("highest", np.max)):
        body.append([title, *(shown(each.of_steps(field, how)) for field in Spectrum._fields)])
    yield Table([["", "largest", "smallest", "radius"], *body])
    yield f"{name}: the same of the product of k Jacobians (-: too small beside the largest for float64)"
    yield products(each)
    if not isnan(each.exponent):
        yield f"Lyapunov exponents: {', '.join(f'{value:+.3f}' for value in each.exponents.tolist())}"
    yield (
        f"Looked at: the last {counted(extent.steps, 'step')} of {counted(extent.rows, 'row')}, singular values at "
        f"{extent.singular} of them, radii at {extent.radii}."
    )


def products(each: LayerSpectra) -> Table:
    """A row for the product of k Jacobians, with the bound or the own path beside it."""
    columns = {"k": [str(k) for k in each.products]}
    for name in Spectrum._fields:
        columns[name] = [power(getattr(values, name)) for values in each.products.values()]
    columns["a step"] = [f"x {10 ** (values.largest / k):.3g}" for k, values in each.products.items()]
    if each.bound > 0:
        columns["bound"] = [power(log10(each.bound) * k) for k in each.products]
    if each.own:
        columns["own path"] = [power(value) for value in each.own.values()]
    return Table([list(columns), *(list(row) for row in zip(*columns.values()))])
