"""What the parameters of one rule may not say together, found while a scheme is read."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.quantity import plain
from perfeval.scoring.rules.context import band_text
from perfeval.scoring.rules.formula import names_of, read_formula
from perfeval.scoring.rules.others import WEIGHT
from perfeval.scoring.rules.parameters import Band, read_bands, read_levels
from perfeval.scoring.scheme.tree import Indicator

#: Looks at an indicator's parsed parameters and yields what cannot be meant.
RuleCheck = Callable[[Indicator, Mapping[str, object], str], Iterator[FormatProblem]]


def check_bands(
    indicator: Indicator, parameters: Mapping[str, object], path: str
) -> Iterator[FormatProblem]:
    """Yield where bands overlap, leave a gap, are empty or give more than the weight."""
    bands = sorted(read_bands(parameters["bands"]), key=_low_end)
    for band in bands:
        shown = band_text(band, "x")
        if band.points > indicator.weight:
            yield FormatProblem(
                path, "band_above_weight", {"band": shown, "weight": plain(indicator.weight)}
            )
        if _is_empty(band):
            yield FormatProblem(path, "band_empty", {"band": shown})
        if band.high is not None and (band.high, band.is_high_closed) < (Decimal(0), True):
            yield FormatProblem(path, "band_unreachable", {"band": shown})
    bands = [band for band in bands if not _is_empty(band)]
    if not bands:
        return
    yield from _check_joints(bands, path)
    lowest, highest = bands[0], bands[-1]
    if lowest.low is not None and (lowest.low > 0 or not lowest.is_low_closed):
        yield FormatProblem(path, "bands_do_not_cover", {"band": band_text(lowest, "x")})
    if highest.high is not None and highest.high < 100:
        yield FormatProblem(path, "bands_do_not_cover", {"band": band_text(highest, "x")})


def _check_joints(bands: list[Band], path: str) -> Iterator[FormatProblem]:
    """Yield where two neighbours of the sorted bands overlap or leave a gap."""
    for lower, upper in pairwise(bands):
        values = {"lower": band_text(lower, "x"), "upper": band_text(upper, "x")}
        if lower.high is None or upper.low is None or lower.high > upper.low:
            yield FormatProblem(path, "bands_overlap", values)
        elif lower.high < upper.low or not (lower.is_high_closed or upper.is_low_closed):
            yield FormatProblem(path, "bands_gap", values)
        elif lower.is_high_closed and upper.is_low_closed:
            yield FormatProblem(path, "bands_overlap", values)


def _is_empty(band: Band) -> bool:
    if band.low is None or band.high is None:
        return False
    is_point = band.is_low_closed and band.is_high_closed
    return band.low > band.high or (band.low == band.high and not is_point)


def _low_end(band: Band) -> tuple[bool, Decimal, bool]:
    """Return a key that sorts bands from low to high, a single point before what follows it."""
    return (band.low is not None, band.low or Decimal(0), not band.is_low_closed)


def check_checklist(
    indicator: Indicator, parameters: Mapping[str, object], path: str
) -> Iterator[FormatProblem]:
    """Yield when the points do not add up to the weight or are not one for each choice."""
    table = parameters["points"]
    if not isinstance(table, Mapping) or indicator.rule is None:
        return
    total = sum(table.values(), Decimal(0))
    if total != indicator.weight:
        values = {"sum": plain(total), "weight": plain(indicator.weight)}
        yield FormatProblem(path, "checklist_sum", values)
    yield from check_choices(indicator, parameters["met"], table, path)


def check_states(
    indicator: Indicator, parameters: Mapping[str, object], path: str
) -> Iterator[FormatProblem]:
    """Yield when a state earns more than the weight or the states are not the choices."""
    table = parameters["points"]
    if not isinstance(table, Mapping):
        return
    for code, points in table.items():
        if points > indicator.weight:
            values = {"state": code, "points": plain(points), "weight": plain(indicator.weight)}
            yield FormatProblem(path, "state_above_weight", values)
    yield from check_choices(indicator, parameters["state"], table, path)


def check_levels(
    indicator: Indicator, parameters: Mapping[str, object], path: str
) -> Iterator[FormatProblem]:
    """Yield where the levels overlap, leave a gap, do not reach 0 or 100, or are not the choices."""
    levels = read_levels(parameters["levels"])
    bands = sorted(levels.values(), key=_low_end)
    for band in bands:
        if _is_empty(band):
            yield FormatProblem(path, "band_empty", {"band": band_text(band, "x")})
    bands = [band for band in bands if not _is_empty(band)]
    if not bands:
        return
    yield from _check_joints(bands, path)
    lowest, highest = bands[0], bands[-1]
    if lowest.low is not None and (lowest.low > 0 or not lowest.is_low_closed):
        yield FormatProblem(path, "levels_do_not_cover", {"end": "0"})
    if highest.high is not None and (highest.high < 100 or not highest.is_high_closed):
        yield FormatProblem(path, "levels_do_not_cover", {"end": "100"})
    yield from check_choices(indicator, parameters["level"], levels, path)


def check_choices(
    indicator: Indicator, reference: object, table: Mapping[str, object], path: str
) -> Iterator[FormatProblem]:
    """Yield when the codes of ``table`` are not those of the choices of the input."""
    name = str(reference).partition(".")[2]
    for spec in indicator.rule.inputs if indicator.rule else ():
        choices = {choice.code for choice in spec.choices}
        if spec.name == name and choices != set(table):
            values = {"choices": ", ".join(sorted(choices)), "points": ", ".join(sorted(table))}
            yield FormatProblem(path, "choices_differ", values)


def check_adjustment(
    indicator: Indicator, parameters: Mapping[str, object], path: str
) -> Iterator[FormatProblem]:
    """Yield when the weight of an adjustment is not its bonus cap."""
    if indicator.weight != parameters["bonus_cap"]:
        values = {
            "weight": plain(indicator.weight),
            "bonus_cap": plain(Decimal(str(parameters["bonus_cap"]))),
        }
        yield FormatProblem(path, "adjustment_weight", values)


def check_formula(
    _indicator: Indicator, parameters: Mapping[str, object], path: str
) -> Iterator[FormatProblem]:
    """Yield each name of the formula that no figure supplies, and each figure that it never reads."""
    figures = parameters.get("figures", {})
    given = set(figures) if isinstance(figures, Mapping) else set()
    read = names_of(read_formula(str(parameters["expression"]))) - {WEIGHT}
    for name in sorted(read - given):
        yield FormatProblem(f"{path}.expression", "formula_name_not_supplied", {"name": name})
    for name in sorted(given - read):
        yield FormatProblem(f"{path}.figures.{name}", "formula_figure_not_read")
