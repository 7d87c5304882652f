"""Intervals and their points as scoring standards word them: ≥95%得满分，90%（含）—95%得8分，其余不得分."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

_N = r"(-?\d+(?:\.\d+)?)"
_INCLUDED = r"(\(?[^()]{0,2}含[^()]{0,6}\)?)?"
_AT_LEAST = r"(?<![未不])(?:≥|>=|⩾|≧|大于等于|大于或等于|高于或等于|不低于|不少于|不小于|达到或超过|达到|达|在)"
_ABOVE = r"(?<![不未])(?:>|大于|高于|超过|超出|多于)"
_AT_MOST = r"(?:≤|<=|⩽|≦|小于等于|小于或等于|低于或等于|不高于|不超过|不大于|不多于|控制在|在)"
_BELOW = r"(?<!不)(?:<|小于|低于|不足|少于|未达到|达不到|不到)"
_UNIT = r"(?:%|个百分点|分|天|日|次|人|项|个|件)?"


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of values; an end of None is unlimited. ``is_fixed``: its ends were stated."""

    low: Decimal | None = None
    is_low_closed: bool = False
    high: Decimal | None = None
    is_high_closed: bool = False
    is_low_fixed: bool = True
    is_high_fixed: bool = True


@dataclass(frozen=True, slots=True)
class Earned:
    """A condition in words and the points it earns; ``points`` None means the full weight."""

    condition: str
    points: Decimal | None
    text: str


_POINTS = re.compile(
    r"(?:的|者|可|(?<!否)则)*[,:]*(?:得|计|记|为|给|赋)?(?:"
    r"(?P<none>不得分|不计分|不给分|得?0分|无分)"
    r"|(?P<full>满分|全部分值|全分|全部分数)"
    r"|(?P<points>\d+(?:\.\d+)?)分)"
    r"(?!值|数|钟|之|为|[÷/×*])(?:\((?:满分|不得分)\))?"
)


def earned_points(text: str) -> list[Earned]:
    """Return each condition of a standard with the points behind it, in order."""
    found = []
    start = 0
    for match in _POINTS.finditer(text):
        condition = text[start : match.start()].strip(",;。:、 ")
        if re.search(r"(扣|减|扣减|扣除|折|加)$", condition) or condition.endswith(
            ("每", "共", "计", "总")
        ):
            continue
        points = Decimal(match["points"]) if match["points"] else None
        if match["none"]:
            points = Decimal(0)
        found.append(Earned(condition, points, text[start : match.end()].strip(",;。: ")))
        start = match.end()
    return found


def read_interval(condition: str) -> Interval | None:
    """Return the interval that a condition names, None when it names none or several."""
    for pattern, shape in _TWO_ENDED:
        found = pattern.search(condition)
        if found:
            whole = {"chain": _chain, "range": _range}.get(shape)
            return whole(found) if whole else _shaped(found, shape)
    for pattern, shape in _ONE_ENDED:
        hits = list(pattern.finditer(condition))
        if len(hits) == 1 and len(_NUMBER.findall(condition)) == 1:
            return _shaped(hits[0], shape)
    return None


def own_interval(condition: str) -> Interval | None:
    """Return the interval of a condition, or of its last part where others stand before it."""
    parts = (condition, condition.rpartition(";")[2], re.split(r"[;,。]", condition)[-1])
    found = (read_interval(part) for part in parts if part)
    return next((interval for interval in found if interval), None)


def is_rest(condition: str) -> bool:
    """Return whether a condition means everything that was not named."""
    return bool(re.search(r"其他|其它|其余|否则|反之|以外", condition)) and not _NUMBER.search(
        condition
    )


def completed(
    pairs: Iterable[tuple[Interval, Decimal]], rest: Decimal | None
) -> list[tuple[Interval, Decimal]]:
    """Return the bands from high to low with their shared ends settled and the open side filled.

    ``rest``: the points of what was not named; None leaves the sides as they are.
    """
    stated = list(pairs)
    ends = [one for one, _ in stated]
    bands = [(_limited(one, ends), points) for one, points in stated]
    bands.sort(key=lambda pair: _order(pair[0]), reverse=True)
    for n in range(len(bands) - 1):
        upper, lower = bands[n][0], bands[n + 1][0]
        if upper.low is None or upper.low != lower.high:
            continue
        if not lower.is_high_fixed:
            bands[n + 1] = (replace(lower, is_high_closed=not upper.is_low_closed), bands[n + 1][1])
        elif not upper.is_low_fixed:
            bands[n] = (replace(upper, is_low_closed=not lower.is_high_closed), bands[n][1])
    if rest is not None and bands:
        top, bottom = bands[0][0], bands[-1][0]
        if bottom.low is not None and bottom.low > 0:
            bands.append((Interval(high=bottom.low, is_high_closed=not bottom.is_low_closed), rest))
        if top.high is not None:
            bands.insert(0, (Interval(low=top.high, is_low_closed=not top.is_high_closed), rest))
    return bands


def _order(interval: Interval) -> tuple[bool, Decimal, bool]:
    """Return what sorts intervals by their lower ends; a closed one begins before an open one."""
    return (interval.low is not None, interval.low or Decimal(0), not interval.is_low_closed)


def _limited(one: Interval, others: list[Interval]) -> Interval:
    """Return an interval without what a narrower one took: =0 得8分，≤10% 得6分; ≥90 …，≥80 …."""
    if one.low is None and one.high is not None:
        taken = [other for other in others if other.high is not None and other.high < one.high]
        if taken:
            near = max(taken, key=lambda other: other.high or Decimal(0))
            return replace(one, low=near.high, is_low_closed=not near.is_high_closed)
    if one.high is None and one.low is not None:
        taken = [other for other in others if other.low is not None and other.low > one.low]
        if taken:
            near = min(taken, key=lambda other: other.low or Decimal(0))
            return replace(one, high=near.low, is_high_closed=not near.is_low_closed)
    return one


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _range(found: re.Match[str]) -> Interval:
    """Return A—B: the lower end belongs to it, the upper to the band above unless it says 含."""
    low, high = Decimal(found[1]), Decimal(found[3])
    low_says, high_says = bool(found[2]), bool(found[4])
    if low > high:
        low, high, low_says, high_says = high, low, high_says, low_says
    return Interval(
        low,
        is_low_closed=low_says or not high_says,
        high=high,
        is_high_closed=high_says,
        is_low_fixed=low_says,
        is_high_fixed=high_says,
    )


def _chain(found: re.Match[str]) -> Interval:
    """Return A≤x<B or B>x≥A."""
    first, left, right, second = Decimal(found[1]), found[2], found[3], Decimal(found[4])
    if left in "<≤":
        return _between(first, second, is_low_closed=left == "≤", is_high_closed=right == "≤")
    return _between(second, first, is_low_closed=right == "≥", is_high_closed=left == "≥")


def _between(
    low: Decimal | None, high: Decimal | None, *, is_low_closed: bool, is_high_closed: bool
) -> Interval:
    return Interval(low, is_low_closed=is_low_closed, high=high, is_high_closed=is_high_closed)


def _shaped(found: re.Match[str], shape: str) -> Interval:
    """Return the interval of a match; ``shape`` says its ends: ``[)`` is ≥ … <, ``[`` only ≥.

    An end that says 含 is closed whatever the shape.
    """
    if shape == "=":
        only = Decimal(found[1])
        return _between(only, only, is_low_closed=True, is_high_closed=True)
    low = shape[0] if shape[0] in "[(" else ""
    high = shape[-1] if shape[-1] in "])" else ""
    high_group = 3 if low else 1
    return _between(
        Decimal(found[1]) if low else None,
        Decimal(found[high_group]) if high else None,
        is_low_closed=low == "[" or (bool(low) and bool(found[2])),
        is_high_closed=high == "]" or (bool(high) and bool(found[high_group + 1])),
    )


_END = rf"{_N}{_UNIT}{_INCLUDED}"
_SEP = r"(?:的|但|且|并|、|,|和|以上|以内|之间|而)*"
_LIMIT = r"(?:≤|<=|⩽|≦|小于等于|小于或等于|低于或等于|不高于|不超过|不大于|不多于|控制在)"
#: Pattern and shape; the first that fits counts.
_TWO_ENDED = tuple(
    (re.compile(pattern), shape)
    for pattern, shape in (
        (rf"{_N}{_UNIT}([<≤])[^<≤>≥\d]{{0,16}}([<≤]){_N}", "chain"),
        (rf"{_N}{_UNIT}([>≥])[^<≤>≥\d]{{0,16}}([>≥]){_N}", "chain"),
        (rf"{_AT_LEAST}{_END}{_SEP}{_BELOW}{_END}", "[)"),
        (rf"{_END}以上{_SEP}{_BELOW}{_END}", "[)"),
        (rf"{_END}以上{_SEP}{_END}以下", "[)"),
        (rf"{_AT_LEAST}{_END}{_SEP}{_AT_MOST}{_END}", "[]"),
        (rf"{_ABOVE}{_END}{_SEP}{_AT_MOST}{_END}", "(]"),
        (rf"{_ABOVE}{_END}{_SEP}{_BELOW}{_END}", "()"),
        (rf"{_END}(?:-|~|—+|–|至|到){_END}", "range"),
    )
)
_ONE_ENDED = tuple(
    (re.compile(pattern), shape)
    for pattern, shape in (
        (rf"{_AT_MOST}{_END}(?:以内|以下|之内)", "]"),
        (rf"{_END}(?:以内|之内)", "]"),
        (rf"(?<!达){_BELOW}{_END}", ")"),
        (rf"(?<!达到或){_ABOVE}{_END}", "("),
        (rf"{_LIMIT}{_END}", "]"),
        (rf"{_END}(?:及)?以上", "["),
        (rf"{_END}(?:及)?以下", ")"),
        (rf"{_AT_LEAST}{_END}", "["),
        (rf"(?:=|等于|为){_END}", "="),
    )
)
