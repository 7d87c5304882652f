"""The formula of a scheme: exact, bounded, and unmoved by anything that is no formula."""

import gc
import random
import time
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval.scoring.quantity import Rounding
from perfeval.scoring.rules import formula
from perfeval.scoring.rules.formula import (
    MAX_LENGTH,
    FormulaDividesByZero,
    FormulaError,
    FormulaSyntax,
    FormulaTooLarge,
    FormulaUnknownName,
    compute,
    names_of,
    read_formula,
    with_numbers,
)
from tests.scoring.building import ROUNDINGS, WEIGHTS, points_of

FIGURES = {"weight": Fraction(10), "spent": Fraction("639.15"), "budget": Fraction("642.4")}


def _value(text: str) -> Fraction:
    return compute(read_formula(text), FIGURES)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("weight × min(1, spent ÷ budget)", Fraction(63915, 6424)),
        ("2 - 3 - 4", Fraction(-5)),
        ("10 / 4 / 5", Fraction(1, 2)),
        ("2 + 3 * 4", Fraction(14)),
        ("-2 * -3", Fraction(6)),
        ("（1＋2）×3", Fraction(9)),
        ("80%", Fraction(4, 5)),
        ("(20 + 30)%", Fraction(1, 2)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1 / 3 * 3", Fraction(1)),
        ("floor(7/2) + ceil(7/2) + abs(-1)", Fraction(8)),
        ("max(1, 2, 3) - min(4, 5)", Fraction(-1)),
        ("if(spent >= budget, 1, 2)", Fraction(2)),
        ("if(1 ≠ 1, 1, 2)", Fraction(2)),
        ("if(0 = 0, 3, 1 / 0)", Fraction(3)),
    ],
)
def test_formula_is_computed_exactly(text: str, value: Fraction) -> None:
    assert _value(text) == value


@pytest.mark.parametrize(
    ("text", "position", "found"),
    [
        ("", 1, ""),
        ("1 +", 4, ""),
        ("(1", 3, ""),
        ("1 2", 3, "2"),
        ("min(1)", 1, "min"),
        ("2 ** 3", 4, "*"),
        ("a.b", 2, "."),
        ("a = 1", 3, "="),
        ("__import__('os')", 1, "_"),
        ("1e9", 2, "e9"),
        ("9" * 16, 1, "9"),
        ("٣ + 1", 1, "٣"),
        ("lambda: 1", 7, ":"),
        ("if(1, 2, 3)", 5, ","),
        ("spent(1)", 6, "("),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text: str, position: int, found: str) -> None:
    with pytest.raises(FormulaSyntax) as refused:
        read_formula(text)

    assert (refused.value.position, refused.value.found) == (position, found)


@pytest.mark.parametrize(
    "text", ["1" + "+1" * MAX_LENGTH, "(" * 100 + "1" + ")" * 100, "-" * 99 + "1"]
)
def test_formula_beyond_the_limits_is_refused(text: str) -> None:
    with pytest.raises(FormulaTooLarge):
        read_formula(text)


def test_value_beyond_the_limit_unknown_name_and_division_by_zero_are_told() -> None:
    with pytest.raises(FormulaTooLarge):
        _value("999999999999999" + "*999999999999999" * 30)
    with pytest.raises(FormulaUnknownName, match=r"^luck$"):
        _value("luck")
    with pytest.raises(FormulaDividesByZero):
        _value("1 / (spent - spent)")


def test_names_and_arithmetic_of_a_formula() -> None:
    text = "if(spent>=budget*80%,weight,-1)"

    assert names_of(read_formula(text)) == {"spent", "budget", "weight"}
    assert with_numbers(text, {"spent": "79.9", "budget": "100", "weight": "10"}) == (
        "if(79.9 ≥ 100 × 80%, 10, − 1)"
    )


PIECES = [
    "weight",
    "spent",
    "budget",
    "luck",
    "min",
    "max",
    "abs",
    "floor",
    "ceil",
    "if",
    "0",
    "1",
    "2",
    "9",
    "0.5",
    "100",
    "999999999999999",
    "123456789012.123456789012",
    "+",
    "-",
    "*",
    "/",
    "%",
    "(",
    ")",
    ",",
    "<",
    "<=",
    ">",
    ">=",
    "=",
    "==",
    "!=",
    "×",
    "÷",
    "−",
    "（",
    "）",
    "，",
    "≤",
    "≥",
    "≠",
    "％",
    "**",
    "//",
    ".",
    "..",
    "_",
    "__import__",
    "('os')",
    "lambda",
    ":",
    ";",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "\\",
    "#",
    "@",
    "!",
    "~",
    "&",
    "|",
    "^",
    "1e999",
    "0x10",
    "1_0",
    "nan",
    "inf",
    "None",
    "eval(",
    "é",
    "ß",
    "中",
    "文",
    "٣",
    "²",
    "Ⅷ",
    "\u200b",
    "\u202e",
    "\x00",
    "\x7f",
    "�",
    "😀",
    "\t",
    "\n",
]
MANY = 12_000


def _formula(source: random.Random, depth: int) -> str:
    """Return a text that keeps to the grammar, with anything that may stand there."""
    if depth <= 0:
        return source.choice(("weight", "spent", "budget", "0", "1", "0.000000000001", "9" * 15))
    one, other = _formula(source, depth - 1), _formula(source, depth - source.randrange(2, 9))
    sign = source.choice("+-*/×÷−")
    forms = (f"{one}{sign}{other}", f"-{one}", f"({one})%", f"min({one},{other})")
    return source.choice((*forms, f"if({one}<{other},{other},{one})"))


def _hostile(source: random.Random, n: int) -> str:
    """Return a text: pieces at random, a good formula with changes, nesting, a chain, a formula."""
    match n % 5:
        case 0:
            return "".join(source.choices(PIECES, k=source.randrange(60)))
        case 1:
            good = list("weight*min(1,spent/budget)-if(spent>=80%,2,max(0,1-budget))")
            for _ in range(source.randrange(1, 6)):
                good[source.randrange(len(good))] = source.choice(PIECES)
            return "".join(good)
        case 2:
            opening = source.choice(("(", "-", "min(1,", "if(1<2,3,", "abs(", "weight*("))
            return opening * source.randrange(200) + "1" + ")" * source.randrange(200)
        case 3:
            return _formula(source, source.randrange(12))
        case _:
            link = source.choice(("*", "/", "+", "-", "*spent/", "*weight*"))
            return link.join(source.choices(PIECES[:20], k=source.randrange(1, 120)))


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Keep the collection of the whole run's objects out of the formula's time."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
def test_no_hostile_text_crashes_takes_long_or_gives_a_float() -> None:
    source = random.Random(20221231)  # the same texts in every run
    slowest, computed, refused = 0.0, 0, 0
    for n in range(MANY):
        text = _hostile(source, n)
        began = time.thread_time()
        try:
            value = _value(text)
            assert type(value) is Fraction, text
            computed += 1
        except FormulaError:
            refused += 1
        slowest = max(slowest, time.thread_time() - began)

    assert computed + refused == MANY
    assert computed > 200
    assert refused > 200
    assert slowest < 0.05


def test_no_evaluation_and_no_float_stands_in_the_source() -> None:
    source = Path(formula.__file__).read_text(encoding="utf-8")

    assert not {"float", "eval(", "exec(", "compile(", "ast"} & set(
        source.replace("(", "( ").split()
    )


@given(st.text(max_size=80))
def test_any_text_is_computed_or_refused(text: str) -> None:
    try:
        value = _value(text)
    except FormulaError:
        return
    assert type(value) is Fraction


@given(WEIGHTS, ROUNDINGS, st.decimals(-1000, 1000, places=2))
def test_points_of_a_formula_stay_within_the_weight(
    weight: Decimal, rounding: Rounding, value: Decimal
) -> None:
    points = points_of("formula", weight, rounding, expression="x", figures={"x": value})

    assert points == min(max(rounding.apply(value), Decimal(0)), weight)
