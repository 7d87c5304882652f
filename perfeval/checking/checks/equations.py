"""Equations that the text writes out (43.89+50+0=93.89)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from perfeval.checking.checks.arithmetic import Fit, fit_ratio, show_percent
from perfeval.checking.findings import Hit
from perfeval.checking.reading import Reading

_QUOTED = re.compile(r"“[^“”\n]{0,60}$")
_MONEY_UNIT = re.compile(r"万元|亿元|(?<![万亿])元")
#: What has more digits is no figure, and Python prints no integer of thousands of digits.
_FIGURE = r"\d[\d,]{0,19}(?:\.\d{1,20})?"
_OPERATION = re.compile(
    rf"(?P<left>(?<![\d.,A-Za-z+\-×÷*/）)%]){_FIGURE}(?:%|万元|亿元|元|分|个|项)?"
    rf"(?: ?[+\-×÷*/＋－xX] ?{_FIGURE}(?:%|万元|亿元|元|分|个|项)?){{1,12}})"
    rf" ?[=＝] ?(?P<right>{_FIGURE}(?:%|万元|亿元|元|分|个|项)?)(?![\d.]| ?[+\-×÷*/])"
)
#: 控制率=（118/126）×100%=93.65% · 变动率=（28-30）/30×100%=-6.67%
_WORDS = r"[\u4e00-\u9fff“”]{0,14}"
_BRACKETED = re.compile(
    rf"（{_WORDS}(?P<a>{_FIGURE})(?:万元|人|个)? ?(?P<operation>[/÷\-－]) ?{_WORDS}(?P<b>{_FIGURE})(?:万元|人|个)?）"
    rf" ?(?:[/÷] ?{_WORDS}(?P<c>{_FIGURE})(?:万元|人|个)?)? ?[×*xX] ?100% ?= ?(?P<right>[-－]?\d{{1,15}}(?:\.\d{{1,10}})?)%"
)
_RATE_OF = re.compile(
    rf"(?P<rate>\d{{1,3}}(?:\.\d{{1,4}})?)%（(?P<a>{_FIGURE})(?:万元)? ?[/÷] ?(?P<b>{_FIGURE})(?:万元)?(?:[×*]100%)?）"
)


def equations(reading: Reading) -> Iterator[Hit]:
    """Compute each equation that the text writes out (43.89+50+0=93.89)."""
    for match in _OPERATION.finditer(reading.text):
        computed = _value_of(match["left"])
        is_slogan = _QUOTED.search(reading.text, max(0, match.start() - 60), match.start())
        if computed is None or is_slogan or len(set(_MONEY_UNIT.findall(match.group()))) > 1:
            continue
        right = match["right"]
        stated = Decimal(re.sub(r"[^\d.]", "", right))
        digits = len(re.sub(r"[^\d.]", "", right).partition(".")[2])
        options = _readings_of(computed, match["left"], right)
        fits = [fit_ratio(stated, digits, option, Fraction(0)) for option in options]
        if any(fit != Fit.WRONG for fit in fits):
            continue
        shown = show_percent(options[0], digits).rstrip("%")
        unit = re.sub(r"[\d.,]", "", right)
        yield Hit(
            "equation-wrong",
            match.start(),
            match.end(),
            match.group(),
            f"{shown}{unit}",
            {"arithmetic": f"{match['left']} = {shown}{unit}"},
        )


def bracketed_rates(reading: Reading) -> Iterator[Hit]:
    """Compute a rate's formula with its figures in brackets: （28-30）/30×100%=-6.67%."""
    for match in _BRACKETED.finditer(reading.text):
        a, b = (Fraction(Decimal(match[name].replace(",", ""))) for name in ("a", "b"))
        c = Fraction(Decimal(match["c"].replace(",", ""))) if match["c"] else Fraction(1)
        is_division = match["operation"] in "/÷"
        if not c or (is_division and not b) or is_division == bool(match["c"]):
            continue
        percent = (a / b if is_division else a - b) / c * 100
        right = match["right"].replace("－", "-")
        digits = len(right.partition(".")[2])
        if fit_ratio(Decimal(right), digits, percent, Fraction(0)) in (Fit.EXACT, Fit.CUT_OFF):
            continue
        shown = show_percent(percent, digits)
        formula = match.group().rpartition("=")[0]
        yield Hit(
            "equation-wrong",
            match.start(),
            match.end(),
            match.group(),
            shown,
            {"arithmetic": f"{formula} = {shown}"},
        )


def rates_in_brackets(reading: Reading) -> Iterator[Hit]:
    """Compute the division that a rate carries in brackets: 97.97%（24,680.90/25,193.05）."""
    for match in _RATE_OF.finditer(reading.text):
        above, below = (Fraction(Decimal(match[name].replace(",", ""))) for name in ("a", "b"))
        digits = len(match["rate"].partition(".")[2])
        if not below:
            continue
        percent = above / below * 100
        fit = fit_ratio(Decimal(match["rate"]), digits, percent, Fraction(0))
        if fit in (Fit.EXACT, Fit.CUT_OFF):
            continue
        shown = show_percent(percent, digits)
        yield Hit(
            "equation-wrong",
            match.start(),
            match.end(),
            match.group(),
            shown,
            {"arithmetic": f"{match['a']} ÷ {match['b']} = {shown}"},
        )


def _readings_of(computed: Fraction, left: str, right: str) -> list[Fraction]:
    """Return the value in the unit of the right side; percent may stand on either side."""
    if right.endswith("%"):
        return [computed * 100, computed] if "%" in left else [computed * 100]
    if "%" in left:
        return [computed, computed * 100]
    return [computed]


def _value_of(expression: str) -> Fraction | None:
    """Return the value of numbers joined by + - × ÷, None when it divides by zero."""
    parts = re.findall(
        r"\d[\d,]*(?:\.\d+)?%?|[+\-×÷*/＋－xX]", re.sub(r"万元|亿元|元|分|个|项| ", "", expression)
    )
    terms: list[Fraction] = []
    sign, operation = 1, "+"
    for part in parts:
        if not part[0].isdigit():
            operation = part
            sign = -1 if part in "-－" else 1
            continue
        value = Fraction(Decimal(part.rstrip("%").replace(",", "")))
        value = value / 100 if part.endswith("%") else value
        if operation in "×*xX" and terms:
            terms[-1] *= value
        elif operation in "÷/" and terms:
            if not value:
                return None
            terms[-1] /= value
        else:
            terms.append(sign * value)
    return sum(terms, Fraction(0))
