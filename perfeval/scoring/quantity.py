"""Amounts in 万元, rates, points: rounding by the scheme's word and the one formatter.

Everything that is stored or shown is a ``Decimal``. Between the two the rules compute with
``fractions.Fraction``, so that a division is exact and a value is rounded once, where the scheme
says so. No float enters: ``exact`` refuses one.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

#: Amounts are kept in 万元 with two decimals (百元), as the official tables print them, so that a
#: printed sum equals the sum of the printed parts.
AMOUNT_DIGITS = 2
#: Largest amount taken, in 万元: a trillion yuan is beyond any department's year.
AMOUNT_LIMIT = Decimal("99999999.99")


class RoundingMode(StrEnum):
    """How a value between two steps is decided; a scheme names one of these."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True)
class Rounding:
    """A rounding rule of a scheme: the mode, and how many decimals are kept (0 to 6)."""

    mode: RoundingMode = RoundingMode.HALF_UP
    digits: int = 2

    @property
    def step(self) -> Decimal:
        """Return the smallest difference that this rule keeps, for instance ``0.01``."""
        return Decimal(1).scaleb(-self.digits)

    def apply(self, value: Decimal | Fraction | int) -> Decimal:
        """Round ``value`` to a Decimal with exactly ``digits`` decimals.

        Half up means away from zero at a tie, as in 四舍五入.
        """
        number = exact(value)
        whole, rest = divmod(abs(number.numerator) * 10**self.digits, number.denominator)
        doubled_rest = 2 * rest
        is_tie, is_above = doubled_rest == number.denominator, doubled_rest > number.denominator
        match self.mode:
            case RoundingMode.HALF_UP:
                whole += is_tie or is_above
            case RoundingMode.HALF_EVEN:
                whole += is_above or (is_tie and whole % 2 == 1)
            case RoundingMode.TRUNCATE:
                pass
        sign = "-" if number.numerator < 0 and whole else ""
        return Decimal(f"{sign}{whole}E-{self.digits}")


#: Rates are printed as percentages with two decimals, half up (99.4941% -> 99.49%).
PERCENT_ROUNDING = Rounding(RoundingMode.HALF_UP, 2)


def exact(value: Decimal | Fraction | int) -> Fraction:
    """Return ``value`` as an exact fraction.

    Raises: TypeError for a float or anything else that is not exact; ValueError for NaN, infinity.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"not an exact number: {value!r} ({type(value).__name__})")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"not a finite number: {value}")
    return Fraction(value)


def plain(value: Decimal) -> str:
    """Return ``value`` in plain digits without an exponent and without needless zeros: 20, 12.5."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def format_wan(amount: Decimal) -> str:
    """Return an amount in 万元 as official tables print it: 40,959.93."""
    return f"{Rounding(RoundingMode.HALF_UP, AMOUNT_DIGITS).apply(amount):,f}"


def format_points(points: Decimal, *, fixed: bool = False) -> str:
    """Return points as prose prints them (20, 12.5, 48.95), or with two decimals when ``fixed``."""
    if fixed:
        return f"{Rounding(RoundingMode.HALF_UP, max(2, decimals(points))).apply(points):f}"
    return plain(points)


def format_percent(rate: Decimal | Fraction) -> str:
    """Return a rate (1 is 100%) with two decimals, and none when it is a whole percentage.

    99.4941% prints as 99.49%, 95% as 95%, and 99.999% as 100.00%, which is not the whole 100%.
    """
    percent = exact(rate) * 100
    if percent.denominator == 1:
        return f"{percent.numerator}%"
    return f"{PERCENT_ROUNDING.apply(percent):f}%"


def decimals(value: Decimal) -> int:
    """Return how many decimals ``value`` is written with, needless zeros not counted."""
    text = plain(value)
    return len(text.partition(".")[2])


def ratio(numerator: Decimal | Fraction | int, denominator: Decimal | Fraction | int) -> Fraction:
    """Return numerator / denominator exactly.

    Raises: ZeroDivisionError when the denominator is zero.
    """
    return exact(numerator) / exact(denominator)
