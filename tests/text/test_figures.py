"""One strict reader: what is typed is one number in one reading, or it is refused."""

from decimal import Decimal

import pytest

from perfeval.text.figures import NotANumber, TypedNumber, read_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1，234，567", "1234567"),
        ("1 234 567.8", "1234567.8"),
        ("１２３．５", "123.5"),
        ("−5", "-5"),
        ("+3", "3"),
        (".5", "0.5"),
        ("5.", "5"),
        ("12万元", "12"),
        (" 89.71\n", "89.71"),
        ("¥3", "3"),
    ],
)
def test_number_is_read_as_it_is_meant(typed, number):
    assert read_number(typed, unit="万元") == TypedNumber(Decimal(number))


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("25,754,899.39元", "万元", "2575.489939"),
        ("1.2亿元", "万元", "12000"),
        ("3万", "元", "30000"),
        ("98.5%", "%", "98.5"),
        ("12场", "场", "12"),
    ],
)
def test_unit_word_is_read_where_it_makes_sense(typed, unit, number):
    read = read_number(typed, unit=unit)

    assert read is not None
    assert (read.number, str(read.number)) == (Decimal(number), number)
    assert read.is_converted == (unit in ("元", "万元"))


@pytest.mark.parametrize(
    ("typed", "code", "understood"),
    [
        ("12,5", "grouping", "12.5"),
        ("1，23", "grouping", "1.23"),
        ("797,28", "grouping", "797.28"),
        ("1,2345", "grouping", ""),
        ("12 34", "grouping", ""),
        ("1,234 567", "grouping", ""),
        ("1.2.3", "grouping", ""),
        ("552\t89.71", "two_values", ""),
        ("552\n89.71", "two_values", ""),
        ("12 / 34", "two_values", ""),
        ("98%", "unit", "%"),
        ("1e3", "invalid", ""),
        ("٣", "invalid", ""),
        ("1_000", "invalid", ""),
        ("约12", "invalid", ""),
        (".", "invalid", ""),
        ("-", "invalid", ""),
        ("9" * 41, "invalid", ""),
    ],
)
def test_what_could_be_two_numbers_or_none_is_refused(typed, code, understood):
    with pytest.raises(NotANumber) as refused:
        read_number(typed, unit="万元")

    assert (refused.value.code, refused.value.understood) == (code, understood)


@pytest.mark.parametrize("typed", ["", "  ", "\u3000", "\n"])
def test_empty_box_holds_no_number(typed):
    assert read_number(typed) is None
