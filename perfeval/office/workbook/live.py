"""Terms that are an Excel formula and an exact number at once, and the points of a leaf as such a term.

A formula goes into the sheet only where its exact value equals the stored Result; otherwise the Result's number does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from perfeval.scoring.quantity import Rounding, RoundingMode, exact, plain
from perfeval.scoring.result import IndicatorResult
from perfeval.scoring.rules.parameters import read_bands
from perfeval.scoring.scheme.tree import Indicator

Number = Decimal | Fraction | int
#: A binary number is near a decimal one when they agree in so many decimals.
_NEAR = 9


@dataclass(frozen=True, slots=True)
class Live:
    """An Excel expression without its equals sign, and what it comes to."""

    text: str
    value: Fraction

    @classmethod
    def of(cls, number: Number) -> "Live":
        """Return a number written out; exact where its decimals end."""
        value = exact(number)
        if isinstance(number, Fraction) and number.denominator != 1:
            return cls(f"({number.numerator}/{number.denominator})", value)
        return cls(
            plain(Decimal(number) if not isinstance(number, Fraction) else Decimal(int(number))),
            value,
        )

    def __add__(self, other: "Live") -> "Live":
        """Return the sum."""
        return Live(f"({self.text}+{other.text})", self.value + other.value)

    def __sub__(self, other: "Live") -> "Live":
        """Return the difference."""
        return Live(f"({self.text}-{other.text})", self.value - other.value)

    def __mul__(self, other: "Live") -> "Live":
        """Return the product."""
        return Live(f"{self.text}*{other.text}", self.value * other.value)

    def __truediv__(self, other: "Live") -> "Live":
        """Return the quotient. Raises: ZeroDivisionError."""
        return Live(f"{self.text}/{other.text}", self.value / other.value)

    def at_most(self, other: "Live") -> "Live":
        """Return the smaller of the two."""
        return Live(f"MIN({self.text},{other.text})", min(self.value, other.value))

    def at_least(self, other: "Live") -> "Live":
        """Return the larger of the two."""
        return Live(f"MAX({self.text},{other.text})", max(self.value, other.value))

    def rounded(self, rounding: Rounding) -> "Live":
        """Return the value rounded as ``rounding`` says, half up or cut off. Raises: TypeError for half even.

        Before digits are cut off, what binary numbers add at the far end is rounded away.
        """
        digits = rounding.digits
        if rounding.mode is RoundingMode.HALF_UP:
            return Live(f"ROUND({self.text},{digits})", exact(rounding.apply(self.value)))
        if rounding.mode is RoundingMode.TRUNCATE:
            near = exact(Rounding(RoundingMode.HALF_UP, _NEAR).apply(self.value))
            cut = exact(rounding.apply(near))
            return Live(f"ROUNDDOWN(ROUND({self.text},{_NEAR}),{digits})", cut)
        raise TypeError(rounding.mode)

    def whole(self) -> "Live":
        """Return the largest whole number not above the value."""
        return Live(f"INT(ROUND({self.text},{_NEAR}))", Fraction(self.value.__floor__()))


def choose(condition: str, then: Live, otherwise: Live, *, is_met: bool) -> Live:
    """Return IF(condition, then, otherwise); ``is_met`` says which one it is now."""
    value = then.value if is_met else otherwise.value
    return Live(f"IF({condition},{then.text},{otherwise.text})", value)


@dataclass(frozen=True, slots=True)
class Cells:
    """What a leaf's formula may name: its weight, the figures that its rule read, the goals and the deduction."""

    weight: Live
    inputs: Mapping[str, Live]
    goals: Mapping[str, tuple[tuple[Live, Live], ...]]
    deduction: Live | None


def points_formula(
    leaf: Indicator, result: IndicatorResult, cells: Cells, rounding: Rounding
) -> Live | None:
    """Return the leaf's points as a formula, None where the rule is none or the formula would not give the Result."""
    rule = leaf.rule
    make = _KINDS.get(rule.kind) if rule else None
    rounding = (rule.rounding if rule else None) or rounding
    if rule is None or make is None or result.points is None:
        return None
    if cells.weight.value != result.weight:
        return None
    try:
        ruled = make(rule.parameters, cells).rounded(rounding)
    except (KeyError, TypeError, ZeroDivisionError):
        return None
    held = ruled.at_most(cells.weight).at_least(Live.of(0))
    points = held if cells.deduction is None else held - cells.deduction
    return points if points.value == exact(result.points) else None


def _figure(
    parameters: Mapping[str, object], name: str, cells: Cells, default: object = None
) -> Live:
    """Return a rule's parameter: a cell where it names one. Raises: KeyError, TypeError."""
    held = parameters.get(name, default)
    if isinstance(held, str):
        return cells.inputs[held]
    if isinstance(held, Decimal | int) and not isinstance(held, bool):
        return Live.of(held)
    raise TypeError(name)


def _rate(parameters: Mapping[str, object], cells: Cells) -> Live:
    numerator = _figure(parameters, "numerator", cells)
    denominator = _figure(parameters, "denominator", cells)
    if not parameters.get("full_when_none"):
        return cells.weight * numerator / denominator
    is_none = not denominator.value
    share = Live(f"{cells.weight.text}*{numerator.text}/{denominator.text}", Fraction(0))
    if not is_none:
        share = cells.weight * numerator / denominator
    return choose(f"{denominator.text}=0", cells.weight, share, is_met=is_none)


def _ratio_up(parameters: Mapping[str, object], cells: Cells) -> Live:
    return (
        cells.weight * _figure(parameters, "actual", cells) / _figure(parameters, "target", cells)
    )


def _ratio_down(parameters: Mapping[str, object], cells: Cells) -> Live:
    actual, target = _figure(parameters, "actual", cells), _figure(parameters, "target", cells)
    is_within = actual.value <= target.value
    share = Live(f"{cells.weight.text}*{target.text}/{actual.text}", Fraction(0))
    if actual.value:
        share = cells.weight * target / actual
    return choose(f"{actual.text}<={target.text}", cells.weight, share, is_met=is_within)


def _imported(parameters: Mapping[str, object], cells: Cells) -> Live:
    whole = _figure(parameters, "out_of", cells, Decimal(100))
    return _figure(parameters, "score", cells) * cells.weight / whole


def _per_defect(parameters: Mapping[str, object], cells: Cells) -> Live:
    each = _figure(parameters, "points_each", cells)
    return cells.weight - each * _figure(parameters, "count", cells)


def _deadline(parameters: Mapping[str, object], cells: Cells) -> Live:
    loss = _figure(parameters, "points_each", cells) * _figure(parameters, "late", cells)
    if parameters.get("max_loss") is not None:
        loss = loss.at_most(_figure(parameters, "max_loss", cells))
    return cells.weight - loss


def _measured(parameters: Mapping[str, object], cells: Cells) -> Live:
    """Return the value of a rule, in percent where it is held against a whole."""
    value = _figure(parameters, "value", cells)
    if parameters.get("out_of") is None:
        return value
    return value / _figure(parameters, "out_of", cells) * Live.of(100)


def _bands(parameters: Mapping[str, object], cells: Cells) -> Live:
    value = _measured(parameters, cells)
    near = f"ROUND({value.text},{_NEAR})"
    points = Live("NA()", Fraction(-1))
    for band in reversed(read_bands(parameters["bands"])):
        conditions, holds = [], True
        if band.low is not None:
            conditions.append(f"{near}>{'=' if band.is_low_closed else ''}{plain(band.low)}")
            low = exact(band.low)
            holds = value.value >= low if band.is_low_closed else value.value > low
        if band.high is not None:
            conditions.append(f"{near}<{'=' if band.is_high_closed else ''}{plain(band.high)}")
            high = exact(band.high)
            holds = holds and (value.value <= high if band.is_high_closed else value.value < high)
        condition = f"AND({','.join(conditions)})" if conditions else "TRUE"
        points = choose(condition, Live.of(band.points), points, is_met=holds)
    return points


def _per_point(parameters: Mapping[str, object], cells: Cells) -> Live:
    value, threshold = _measured(parameters, cells), _figure(parameters, "threshold", cells)
    is_above = parameters.get("direction", "above") == "above"
    excess = (value - threshold if is_above else threshold - value).at_least(Live.of(0))
    if parameters.get("whole"):
        excess = excess.whole()
    return cells.weight - _figure(parameters, "points_each", cells) * excess


def _yes_no(parameters: Mapping[str, object], cells: Cells) -> Live:
    met = _figure(parameters, "met", cells)
    return choose(met.text, cells.weight, Live.of(0), is_met=met.value == 1)


def _manual(_parameters: Mapping[str, object], cells: Cells) -> Live:
    return cells.weight


def _list_avg(parameters: Mapping[str, object], cells: Cells) -> Live:
    categories = parameters["categories"]
    if not isinstance(categories, tuple | list):
        raise TypeError("categories")
    goals = [goal for category in categories for goal in cells.goals[category]]
    weights = sum((weight for weight, _ in goals[1:]), start=goals[0][0])
    summed = sum((one * two for one, two in goals[1:]), start=goals[0][0] * goals[0][1])
    return cells.weight * summed / weights


_KINDS: Mapping[str, Callable[[Mapping[str, object], Cells], Live]] = {
    "rate": _rate,
    "ratio_up": _ratio_up,
    "ratio_down": _ratio_down,
    "imported": _imported,
    "per_defect": _per_defect,
    "deadline": _deadline,
    "bands": _bands,
    "per_point": _per_point,
    "yes_no": _yes_no,
    "manual": _manual,
    "list_avg": _list_avg,
}
