"""How closely a printed figure must agree with what follows from other printed figures."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from perfeval.checking.numbers import Kind, Quantity, with_unit
from perfeval.scoring.quantity import Rounding, RoundingMode, exact, plain


class Fit(StrEnum):
    """How a stated figure stands to the computed one."""

    EXACT = "exact"  # equal after rounding half up
    CUT_OFF = "cut_off"  # equal after cutting off the further digits
    NEAR = "near"  # within what the rounding of the figures it comes from can explain
    WRONG = "wrong"


def fit_ratio(stated: Decimal, digits: int, part: Fraction, slack: Fraction) -> Fit:
    """Return how ``stated`` (with ``digits`` decimals) agrees with ``part``.

    ``slack``: how far ``part`` may lie from the truth because its own figures were rounded.
    """
    if Rounding(RoundingMode.HALF_UP, digits).apply(part) == stated:
        return Fit.EXACT
    step = Fraction(1, 10**digits)
    low, high = exact(stated) - step / 2, exact(stated) + step
    if slack >= step and abs(part - exact(stated)) <= slack:
        return Fit.EXACT  # printed too coarsely to say more: 2.08亿元 ÷ 2.13亿元
    if Rounding(RoundingMode.TRUNCATE, digits).apply(part) == stated:
        return Fit.CUT_OFF
    if part + slack >= low and part - slack < high:
        return Fit.NEAR
    return Fit.WRONG


def percent_of(numerator: Quantity, denominator: Quantity) -> tuple[Fraction, Fraction] | None:
    """Return numerator / denominator in percent and how far rounding may have moved it."""
    if denominator.value <= 0 or numerator.value < 0:
        return None
    percent = exact(numerator.value) / exact(denominator.value) * 100
    if (
        numerator.kind == denominator.kind == Kind.COUNT
        and numerator.quantum <= 1
        and denominator.quantum <= 1
    ):
        return percent, Fraction(0)  # what is counted is not rounded
    slack = (exact(numerator.quantum) / 2 * 100 + percent * exact(denominator.quantum) / 2) / exact(
        denominator.value
    )
    return percent, slack


def fit_of(rate: Quantity, numerator: Quantity, denominator: Quantity) -> Fit:
    """Return how a stated percentage agrees with a division."""
    pair = percent_of(numerator, denominator)
    if pair is None:
        return Fit.WRONG
    return fit_ratio(rate.number, rate.digits, *pair)


def show_percent(percent: Fraction, digits: int = 2) -> str:
    """Return a percentage with two decimals more than stated at most four: 99.4941%."""
    shown = Rounding(RoundingMode.HALF_UP, min(4, max(2, digits + 2))).apply(percent)
    return f"{plain(shown)}%"


def show_ratio(numerator: Quantity, denominator: Quantity, percent: Fraction, digits: int) -> str:
    """Return the division in full: 639.15万元 ÷ 642.40万元 = 99.4941%."""
    return f"{numerator.written} ÷ {denominator.written} = {show_percent(percent, digits)}"


def show_sum(parts: Sequence[Quantity], total: Decimal, like: Quantity) -> str:
    """Return an addition in full, shortened in the middle when it is long."""
    shown = [part.written for part in parts]
    if len(shown) > 12:
        shown = [*shown[:8], "…", *shown[-3:]]
    return f"{' + '.join(shown)} = {with_unit(total, like)}"


def show_points(parts: Sequence[Decimal], total: Decimal) -> str:
    """Return an addition of points in full."""
    shown = [plain(part) for part in parts]
    if len(shown) > 16:
        shown = [*shown[:12], "…", *shown[-3:]]
    return f"{' + '.join(shown)} = {plain(total)}"


def as_decimal(value: Fraction) -> Decimal:
    """Return a sum or difference of printed figures, which has few decimals, as a Decimal."""
    return Rounding(RoundingMode.HALF_UP, 6).apply(value).normalize()
