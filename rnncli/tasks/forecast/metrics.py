"""The metrics of forecasts, each with its formula, for one series and over many.

S windows, H steps ahead, Q quantile levels. y are the true values, `actual` (S, H), nan where missing; f is the
forecast (S, H) in the same units. Means run over the y that are not missing. A nan in a forecast of such a y makes the
metric nan: a missing forecast is never better than a bad one. Sources that several metrics share:

    [HK]  Hyndman and Koehler, "Another look at measures of forecast accuracy", Int. J. of Forecasting 22 (2006) 679-688
    [M4]  Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition: 100,000 time series and 61 forecasting
          methods", Int. J. of Forecasting 36 (2020) 54-74
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...events import finite

METRICS = ("mae", "rmse", "mse", "mape", "smape", "mase", "owa", "wql", "z_mae", "z_mse", "z_rmse")


def mae(actual, forecast):
    """Mean absolute error, mean |y - f|, in the units of y [HK]. nan if every y is missing."""
    y, f = _observed(actual, forecast)
    return _mean(np.abs(y - f))


def mse(actual, forecast):
    """Mean squared error, mean (y - f)^2, in squared units [HK]. nan if every y is missing."""
    y, f = _observed(actual, forecast)
    return _mean((y - f) ** 2)


def rmse(actual, forecast):
    """Root mean squared error, sqrt(mean (y - f)^2), in the units of y [HK]. nan if every y is missing."""
    return math.sqrt(mse(actual, forecast))


def mape(actual, forecast):
    """Mean absolute percentage error, mean 100 |y - f| / |y|, in per cent [HK].

    nan if every y is missing, and if one of them is 0, where the formula is undefined.
    """
    y, f = _observed(actual, forecast)
    return _mean(100 * np.abs(y - f) / np.abs(y)) if y.all() else math.nan


def smape(actual, forecast):
    """Symmetric MAPE of M4, mean 200 |y - f| / (|y| + |f|), from 0 to 200 [M4]. 0 where y and f are both 0.

    nan if every y is missing.
    """
    y, f = _observed(actual, forecast)
    size = np.abs(y) + np.abs(f)
    return _mean(200 * np.abs(y - f) / np.where(size == 0, 1, size))


def seasonal_scale(train, m):
    """The error of the seasonal naive forecast one season ahead: mean |y_t - y_{t-m}| over `train` (L,) [HK].

    Pairs with a missing value are left out. nan, no scale, if there is no pair or all of them are equal, as in a
    constant series. ValueError for a season m below 1.
    """
    if m < 1:
        raise ValueError(f"the season is {m}; it must be 1 or more")
    train = np.asarray(train, np.float64)
    change = np.abs(train[m:] - train[:-m])
    return _mean(change[~np.isnan(change)]) or math.nan


def mase(actual, forecast, scale):
    """Mean absolute scaled error, mean |y - f| / scale, with the `seasonal_scale` of the training part [HK, M4].

    1: as good as the seasonal naive forecast on the training part. nan if there is no scale.
    """
    return _ratio(mae(actual, forecast), scale)


def wql(actual, quantile_forecasts, levels):
    """Weighted quantile loss, the mean over levels q of 2 sum rho_q(y, f_q) / sum |y|.

    rho_q(y, f) = max(q (y - f), (q - 1) (y - f)), sums over windows and steps; `quantile_forecasts` (Q, S, H) at
    `levels` (Q,), each between 0 and 1. As mean_wQuantileLoss in GluonTS (Alexandrov et al. 2019, arXiv:1906.05264).
    nan if every y is missing or 0.
    """
    return _ratio(_quantile_loss(actual, quantile_forecasts, levels), _magnitude(actual))


def coverage(actual, lo, hi):
    """The share of y, 0 to 1, that lies in [lo, hi], bounds (S, H) included. nan if every y is missing.

    Calibrated intervals of level p cover about p of them (Gneiting and Raftery, J. Am. Stat. Assoc. 102 (2007)
    359-378).
    """
    y, lo, hi = _observed(actual, lo, hi)
    inside = ((lo <= y) & (y <= hi)).astype(np.float64)
    inside[np.isnan(lo) | np.isnan(hi)] = math.nan
    return _mean(inside)


def msis(actual, lo, hi, alpha, scale):
    """Mean scaled interval score of intervals [lo, hi] of level 1 - alpha; smaller is better [M4].

    mean (hi - lo + 2/alpha (lo - y) [y < lo] + 2/alpha (y - hi) [y > hi]) / scale, with the `seasonal_scale` of the
    training part: the interval score of Gneiting and Raftery (2007, equation 43), scaled as MASE. nan if there is no
    scale or every y is missing. ValueError unless alpha is between 0 and 1.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}; it must be between 0 and 1")
    y, lo, hi = _observed(actual, lo, hi)
    missed = np.maximum(lo - y, 0) + np.maximum(y - hi, 0)
    return _ratio(_mean(hi - lo + 2 / alpha * missed), scale)


def owa(smape, mase, smape_naive2, mase_naive2):
    """Overall weighted average, (sMAPE / sMAPE of Naive2 + MASE / MASE of Naive2) / 2; below 1 beats Naive2 [M4].

    Over many series the four are means over the series, taken before the ratios. nan if Naive2 has no error.
    """
    return (_ratio(smape, smape_naive2) + _ratio(mase, mase_naive2)) / 2


def skill(loss, reference):
    """The share of the loss of a reference forecast that is saved, 100 (1 - loss / reference), in per cent.

    Murphy, "Skill scores based on the mean square error", Monthly Weather Review 116 (1988) 2417-2424, for any loss
    whose best value is 0. nan if the reference has no loss.
    """
    return 100 * (1 - _ratio(loss, reference))


@dataclass(frozen=True, slots=True)
class Scores:
    """The metrics of one forecast, as computed by the functions above; nan where undefined."""

    values: int  # the number of y scored
    magnitude: float  # sum |y|
    mae: float
    mse: float
    rmse: float
    mape: float
    smape: float
    mase: float
    owa: float = math.nan  # see `aggregate`
    z_mae: float = math.nan  # MAE and MSE of z-scores, (y - mean) / deviation of the training rows
    z_mse: float = math.nan
    quantile_loss: float = math.nan  # the mean over levels of 2 sum rho_q
    wql: float = math.nan
    coverage: dict[float, float] = field(default_factory=dict)  # of each interval, by its level in per cent
    msis: dict[float, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, float | None]:
        """{name: float, or None where undefined}; intervals as coverage_95, msis_95 and so on."""
        named = {name: getattr(self, name) for name in METRICS if name != "z_rmse"} | {"z_rmse": math.sqrt(self.z_mse)}
        for name, by_level in (("coverage", self.coverage), ("msis", self.msis)):
            named |= {f"{name}_{level:g}": value for level, value in by_level.items()}
        return finite({name: float(value) for name, value in named.items()})


def names_of_metrics(levels: Sequence[float] = ()) -> tuple[str, ...]:
    """The names in `Scores.as_dict` of a forecast with intervals of these levels in per cent."""
    return (*METRICS, *(f"{name}_{level:g}" for name in ("coverage", "msis") for level in levels))


def score(
    actual: np.ndarray,
    forecast: np.ndarray,
    scale: float,
    quantiles: Mapping[float, np.ndarray] | None = None,
    intervals: Mapping[float, tuple[np.ndarray, ...]] | None = None,
    spread: float = math.nan,
) -> Scores:
    """The Scores of the windows of one series: `actual`, `forecast` (S, H), its `seasonal_scale`.

    quantiles: {level between 0 and 1: forecast (S, H)}. intervals: {level in per cent, such as 95: (lo, hi), each
    (S, H)}. spread: the standard deviation that z-scores are in. OWA needs Naive2 beside the forecast: see `aggregate`.
    """
    found = {"quantile_loss": math.nan, "wql": math.nan}
    if quantiles:
        stacked = np.stack(list(quantiles.values())), list(quantiles)
        found = {"quantile_loss": _quantile_loss(actual, *stacked), "wql": wql(actual, *stacked)}
    intervals, absolute, squared = intervals or {}, mae(actual, forecast), mse(actual, forecast)
    return Scores(
        values=len(_observed(actual)[0]),
        magnitude=_magnitude(actual),
        mae=absolute,
        mse=squared,
        rmse=math.sqrt(squared),
        mape=mape(actual, forecast),
        smape=smape(actual, forecast),
        mase=_ratio(absolute, scale),
        z_mae=_ratio(absolute, spread),
        z_mse=_ratio(squared, spread**2),
        coverage={level: coverage(actual, lo, hi) for level, (lo, hi) in intervals.items()},
        msis={level: msis(actual, lo, hi, 1 - level / 100, scale) for level, (lo, hi) in intervals.items()},
        **found,
    )


def pooled(parts: Sequence[Scores]) -> Scores:
    """The Scores of one series that was scored in several parts, none of them with OWA; levels must be the same.

    Every metric is a mean over values, weighted by the values of each part, or a sum; RMSE and wQL follow from these.
    """
    seen = [part for part in parts if part.values]
    if len(seen) < 2:
        return (seen or parts)[0]
    weights = np.array([part.values for part in seen], np.float64)

    def mean(values):
        return float(np.average(values, weights=weights))

    means = {
        name: mean([getattr(part, name) for part in seen])
        for name in ("mae", "mse", "mape", "smape", "mase", "z_mae", "z_mse")
    }
    magnitude, loss = (math.fsum(getattr(part, name) for part in seen) for name in ("magnitude", "quantile_loss"))
    return Scores(
        values=int(weights.sum()),
        magnitude=magnitude,
        rmse=math.sqrt(means["mse"]),
        **means,
        quantile_loss=loss,
        wql=_ratio(loss, magnitude),
        coverage={level: mean([part.coverage[level] for part in seen]) for level in seen[0].coverage},
        msis={level: mean([part.msis[level] for part in seen]) for level in seen[0].msis},
    )


def aggregate(scores_per_series: Sequence[Scores], naive2: Sequence[Scores] | None = None) -> Scores:
    """The Scores of many series together, each series counting the same, as in M4.

    Means over the series; RMSE is the root of the mean MSE; wQL is summed over all series before it is divided, as in
    GluonTS. With `naive2`, the Scores of Naive2 on the same windows in the same order, OWA is computed from the means
    [M4]. Series without any y are left out, and so are, for MASE, MSIS, MAPE and z-scores, those where these are
    undefined; a series with y but without a forecast makes everything nan. ValueError if series differ in their
    interval levels, or if `naive2` was not scored on the same values.
    """
    series = [one for one in scores_per_series if one.values]
    levels = tuple(series[0].coverage) if series else ()
    if any(tuple(one.coverage) != levels for one in series):
        raise ValueError("the series have intervals of different levels; score all of them with the same ones")
    complete = not any(math.isnan(one.mae) for one in series)

    def mean(values):
        """The mean of the defined values; nan where a series has no forecast."""
        found = np.array(values, np.float64)
        return _mean(found[~np.isnan(found)]) if complete else math.nan

    means = {
        name: mean([getattr(one, name) for one in series])
        for name in ("mae", "mse", "mape", "smape", "mase", "z_mae", "z_mse")
    }
    values, magnitude = sum(one.values for one in series), math.fsum(one.magnitude for one in series)
    loss = sum(one.quantile_loss for one in series) if series else math.nan
    overall = math.nan
    if naive2 is not None:
        if [one.values for one in naive2] != [one.values for one in scores_per_series]:
            raise ValueError("Naive2 was not scored on the same values as the forecast")
        reference = aggregate(naive2)
        overall = owa(means["smape"], means["mase"], reference.smape, reference.mase)
    return Scores(
        values=values,
        magnitude=magnitude,
        rmse=math.sqrt(means["mse"]),
        **means,
        owa=overall,
        quantile_loss=loss,
        wql=_ratio(loss, magnitude),
        coverage={level: mean([one.coverage[level] for one in series]) for level in levels},
        msis={level: mean([one.msis[level] for one in series]) for level in levels},
    )


def _observed(actual, *forecasts):
    """`actual` and the forecasts where `actual` is not missing, each (n,) float64; shapes must agree."""
    actual = np.asarray(actual, np.float64)
    arrays = [actual, *(np.asarray(forecast, np.float64) for forecast in forecasts)]
    for array in arrays:
        if array.shape != actual.shape:
            raise ValueError(f"the forecast has shape {array.shape}, expected {actual.shape} like the actual values")
    there = ~np.isnan(actual)
    return [array[there] for array in arrays]


def _quantile_loss(actual, quantile_forecasts, levels):
    """The mean over `levels` (Q,) of 2 sum rho_q(y, f_q); nan if every y is missing."""
    losses = []
    for q, forecast in zip(levels, quantile_forecasts, strict=True):
        if not 0 < q < 1:
            raise ValueError(f"a quantile level is {q}; it must be between 0 and 1")
        y, f = _observed(actual, forecast)
        losses.append(2 * np.maximum(q * (y - f), (q - 1) * (y - f)).sum() if len(y) else math.nan)
    return _mean(np.array(losses))


def _magnitude(actual):
    return float(np.abs(_observed(actual)[0]).sum())


def _mean(values):
    return float(values.mean()) if len(values) else math.nan


def _ratio(above, below):
    return above / below if below else math.nan
