"""400,040 weights × rates through the real rule and rounding, against whole-number arithmetic.

Path: ``RULES["rate"].function`` on a context, then ``leaf.settle``, which rounds, caps and floors.
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from perfeval.scoring.leaf import settle
from perfeval.scoring.quantity import Rounding, RoundingMode
from perfeval.scoring.rules.context import RuleContext, Value
from perfeval.scoring.rules.kinds import RULES

WHOLE = 10_000


def _half_up(whole: int, doubled_rest: int, divisor: int) -> bool:
    return doubled_rest >= divisor


def _half_even(whole: int, doubled_rest: int, divisor: int) -> bool:
    return doubled_rest > divisor or (doubled_rest == divisor and whole % 2 == 1)


def _truncate(whole: int, doubled_rest: int, divisor: int) -> bool:
    return False


def _reference(half_points: int, part: int, goes_up: Callable[[int, int, int], bool]) -> Decimal:
    """Return half_points ÷ 2 × part ÷ 10,000 in hundredths, by whole numbers alone."""
    divisor = 2 * WHOLE
    hundredths, rest = divmod(half_points * part * 100, divisor)
    hundredths += goes_up(hundredths, 2 * rest, divisor)
    return Decimal(hundredths) / 100


def _mismatches(
    half_points: int, rounding: Rounding, goes_up: Callable[[int, int, int], bool]
) -> list[tuple[int, Decimal | None, Decimal]]:
    kind, weight = RULES["rate"], Decimal(half_points) / 2
    whole = Value(Fraction(WHOLE), "10000")
    found = []
    for part in range(WHOLE + 1):
        values = {
            "numerator": Value(Fraction(part), str(part)),
            "denominator": whole,
            "full_when_none": False,
        }
        scored = settle(kind.function(RuleContext(weight, values)), weight, rounding, kind)
        expected = _reference(half_points, part, goes_up)
        if scored.points != expected:
            found.append((part, scored.points, expected))
    return found


def test_grid_of_rates_agrees_with_whole_number_arithmetic_half_up() -> None:
    rounding = Rounding()

    wrong = {half: _mismatches(half, rounding, _half_up) for half in range(1, 41)}

    assert wrong == {half: [] for half in range(1, 41)}


@pytest.mark.parametrize(
    ("mode", "goes_up"), [(RoundingMode.HALF_EVEN, _half_even), (RoundingMode.TRUNCATE, _truncate)]
)
def test_other_modes_agree_with_whole_number_arithmetic(
    mode: RoundingMode, goes_up: Callable[[int, int, int], bool]
) -> None:
    for half_points in (1, 13, 40):
        assert _mismatches(half_points, Rounding(mode), goes_up) == []
