"""Amounts, rates and points as the templates print them."""

from decimal import Decimal

import pytest

from perfeval.web.templatetags.quantities import NO_NUMBER, percent, points, wan


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (wan(Decimal("40959.93")), "40,959.93"),
        (wan(Decimal(5)), "5.00"),
        (percent(Decimal("0.9949")), "99.49%"),
        (points(Decimal("48.9500")), "48.95"),
        (points(Decimal("20.00")), "20"),
        (wan(None), NO_NUMBER),
        (percent(None), NO_NUMBER),
        (points(None), NO_NUMBER),
    ],
)
def test_numbers_are_printed_by_the_one_formatter(printed, expected):
    assert printed == expected
