"""Intervals and their bands as scoring standards word them: ≥95%, 90%（含）—95%, 超过5%不超过10%, 10例以上."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from perfeval.sheets.numbers import COUNTED, UNIT

_N = r"\d{1,12}(?:\.\d{1,6})?"


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of values; an end of None is unlimited.

    An end is soft where the words leave open whether it belongs to the interval (90%以上, 80%—90%).
    ``is_point``: one value was named (100%). ``measure``: what stands before the numbers, ``tail``
    behind them. ``unit``: %, 天, 件 … ``is_absolute``: with ±.
    """

    low: Decimal | None = None
    is_low_closed: bool = False
    high: Decimal | None = None
    is_high_closed: bool = False
    is_low_soft: bool = False
    is_high_soft: bool = False
    is_point: bool = False
    measure: str = ""
    tail: str = ""
    unit: str = ""
    is_absolute: bool = False

    def holds(self, value: Decimal) -> bool:
        """Return whether a value lies in the interval."""
        if self.low is not None and (
            value < self.low or (value == self.low and not self.is_low_closed)
        ):
            return False
        return not (
            self.high is not None
            and (value > self.high or (value == self.high and not self.is_high_closed))
        )


_GE = "大于或者等于|大于或等于|大于等于|高于或等于|高于等于|不得?低于|不得?少于|不小于|不短于|不下于|达到或超过|达到|达(?=±?\\d)|至少|≥|满(?=\\d)"
_LE = "小于或者等于|小于或等于|小于等于|低于或等于|低于等于|不得?高于|不得?超过|不超出|未超过|未超出|不大于|不多于|控制在|不晚于|不长于|≤|前(?=\\d+[位名])"
_GT = "大于|高于|超过|超出|多于|超(?=\\d)|>"
_LT = "小于|低于|不足|少于|未能?达到|未达|没有达到|达不到|不到|不满|未满|不及|短于|<"
_EQ = "等于|=|为(?=±?\\d)|是(?=\\d)|均为(?=\\d)"
_DATE = (
    r"\d{4}年(?:度)?(?:\d{1,2}月)?(?:\d{1,2}[日号])?|\d{1,2}月(?:份)?(?:\d{1,2}[日号]|底|末|初|中旬|上旬|下旬)(?:前|以前|之前|内)?"
    r"|\d{1,2}月(?:前|以前|之前|份)|\d{1,2}[日号](?:前|以前|之前)|第\d+(?:条|款|号|批|季度|档|类|项|阶段|期)|[1-4]季度|[1-9]年以上(?=[\u4e00-\u9fff]{2})"
    r"|《[^》]{0,60}》|〔[^〕]{0,20}〕"
)
_TOKEN = re.compile(
    rf"(?P<date>{_DATE})"
    r"|(?P<sep>(?<=[\d%‰)\u4e00-\u9fff])[-至到](?=±?\d))"
    rf"|(?P<pair>[\[(](?P<first>{_N})%?[,-](?P<last>{_N}|\+?∞)%?(?P<right>[\])]))"
    r"|(?P<incl>\((?P<not>不)?(?:均|都|两端|皆)?(?:包)?含[^()]{0,10}\)|\((?P<excl>均不含)\))"
    rf"|(?P<ge>{_GE})|(?P<le>{_LE})|(?P<lt>{_LT})|(?P<gt>{_GT})|(?P<eq>{_EQ})"
    r"|(?P<over>(?P<over_firm>及|或)?以上)|(?P<under>(?P<under_firm>及|或)?以下)|(?P<within>以内|之内|范围内|内(?![容部控]))"
    r"|(?P<between>之间|区间)|(?P<beyond>(?P<beyond_firm>及|或)?以后)|(?P<about>左右|上下)"
    rf"|(?P<num>(?P<pm>±|\+-)?(?P<value>-?{_N})(?P<unit>{UNIT}|分(?!之|钟)|[万亿](?=[-至到]))?)"
    r"|(?P<at>在(?=±?[\d\[]))"
    r"|(?P<conj>且|但|并且|并|、|,|和|与|或|以及|而|同时|的(?=[且但并、,不未小低大高超]))"
    r"|(?P<other>.)",
    re.DOTALL,
)
_SIGN = frozenset({"ge", "le", "lt", "gt"})
_CHAIN = frozenset("≤<≥>")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    value: Decimal = Decimal(0)
    unit: str = ""
    is_firm: bool = False
    is_not: bool = False
    is_absolute: bool = False
    pair: tuple[Decimal, Decimal | None, bool, bool] | None = None


def _tokens(text: str) -> Iterator[_Token]:
    word = ""
    for found in _TOKEN.finditer(text):
        kind = next(name for name in _KINDS if found[name] is not None)
        if kind in ("date", "other"):
            word += found[0]
            continue
        if word:
            yield _Token("word", word)
            word = ""
        if kind == "num":
            yield _Token(
                "num",
                found[0],
                Decimal(found["value"]),
                found["unit"] or "",
                is_absolute=bool(found["pm"]),
            )
        elif kind == "pair":
            last = None if "∞" in found["last"] else Decimal(found["last"])
            ends = (Decimal(found["first"]), last, found[0][0] == "[", found["right"] == "]")
            yield _Token("pair", found[0], pair=ends, unit="%" if "%" in found[0] else "")
        else:
            is_firm = bool(found["over_firm"] or found["under_firm"] or found["beyond_firm"])
            yield _Token(
                kind, found[0], is_firm=is_firm, is_not=bool(found["not"] or found["excl"])
            )
    if word:
        yield _Token("word", word)


_KINDS = (
    *("date", "pair", "incl", "ge", "le", "lt", "gt", "eq", "over", "under", "within", "between"),
    *("beyond", "about", "num", "sep", "at", "conj", "other"),
)


@dataclass(slots=True)
class _Bound:
    """One end: ``side`` low, high or both; ``is_closed``; ``is_soft``."""

    side: str
    value: Decimal
    is_closed: bool
    is_soft: bool


class _Unreadable(Exception):
    """A condition with numbers that are no interval."""


class _Reader:
    """Reads one condition, token by token."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.bounds: list[_Bound] = []
        self.words: list[str] = []
        self.tail = ""
        self.unit = ""
        self.is_absolute = False
        self.is_point = False

    def peek(self, by: int = 0) -> str:
        place = self.at + by
        return self.tokens[place].kind if place < len(self.tokens) else ""

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def number(self) -> _Token:
        if self.peek() != "num":
            raise _Unreadable
        one = self.take()
        self.unit = one.unit or self.unit
        self.is_absolute |= one.is_absolute
        return one

    def included(self) -> bool | None:
        """Return whether a bracket says that the end belongs to it; None where none stands."""
        return not self.take().is_not if self.peek() == "incl" else None

    def read(self) -> Interval | None:
        while self.at < len(self.tokens):
            self.step()
        return self.interval()

    def step(self) -> None:
        kind = self.peek()
        if kind == "word":
            self.word(self.take().text)
        elif kind in ("at", "conj"):
            held = self.take()
            if held.kind == "conj" and not self.bounds:
                self.word(held.text)
        elif kind == "pair":
            self.pair(self.take())
        elif kind in _SIGN or kind == "eq":
            self.compared(self.take())
        elif kind == "num":
            self.plain()
        elif not self.bounds and kind in (
            "incl",
            "between",
            "over",
            "under",
            "within",
            "beyond",
            "sep",
        ):
            self.word(self.take().text)
        elif kind == "between" or (kind == "within" and self.bounds):
            self.take()
        else:
            raise _Unreadable

    def word(self, text: str) -> None:
        if self.bounds:
            self.tail += text
        else:
            self.words.append(text)

    def pair(self, token: _Token) -> None:
        if self.bounds or token.pair is None:
            raise _Unreadable
        low, high, is_low, is_high = token.pair
        self.unit = token.unit
        self.bounds.append(_Bound("low", low, is_low, is_soft=False))
        if high is not None:
            self.bounds.append(_Bound("high", high, is_high, is_soft=False))

    def compared(self, sign: _Token) -> None:
        if self.peek() != "num":
            if self.bounds:
                raise _Unreadable
            self.word(sign.text)  # 达到目标值: no number follows
            return
        if self.tail and not self.is_repeated(self.tail):
            raise _Unreadable
        self.tail = ""
        one = self.number()
        inside = self.included()
        if self.peek() == "sep" and self.peek(1) == "num":
            self.ranged(one, inside=inside)
            return
        closed = {"ge": True, "le": True, "eq": True}.get(sign.kind, False)
        if self.peek() in ("over", "under", "within", "between"):
            suffix = self.take()
            later = self.included()
            inside = inside if later is None else later
            opposite = {"over": ("le", "lt"), "under": ("ge", "gt")}.get(suffix.kind, ())
            if sign.kind in opposite and sign.kind != "lt":
                raise _Unreadable
            if sign.kind == "eq":
                self.suffixed(one, suffix, inside=inside)
                return
        closed = closed if inside is None else inside
        if sign.kind == "eq":
            self.is_point = True
            self.bounds.append(_Bound("both", one.value, is_closed=True, is_soft=False))
            return
        side = "low" if sign.kind in ("ge", "gt") else "high"
        self.bounds.append(_Bound(side, one.value, closed, is_soft=False))

    def is_repeated(self, text: str) -> bool:
        """Return whether a text between two ends names the measure again."""
        return not self.words or text.strip("的") in "".join(self.words)

    def plain(self) -> None:
        """Read a number without a sign before it: 90%以上, 80%—90%, 0<x, 100%."""
        if self.tail:
            raise _Unreadable
        if not self.bounds and self.is_within_words():
            while self.peek() != "word":
                self.word(self.take().text)
            return
        one = self.number()
        inside = self.included()
        kind = self.peek()
        if kind == "sep" and self.peek(1) == "num":
            self.ranged(one, inside=inside)
        elif kind in _SIGN and self.tokens[self.at].text in _CHAIN and self.peek(1) != "num":
            self.chained(one, self.take())
        elif kind in ("over", "under", "within", "beyond"):
            suffix = self.take()
            later = self.included()
            self.suffixed(one, suffix, inside=inside if later is None else later)
        elif kind == "conj" and self.tokens[self.at].text in "和与" and self.peek(1) == "num":
            self.take()
            if self.peek(1) != "between":
                raise _Unreadable
            self.ranged(one, inside=inside, is_taken=True)
        elif inside is None or self.peek() in ("", "word"):
            self.is_point = True
            self.bounds.append(_Bound("both", one.value, is_closed=True, is_soft=False))
        else:
            raise _Unreadable

    def is_within_words(self) -> bool:
        """Return whether a number belongs to what is measured: 4类资料完整率90%以上."""
        later = self.tokens[self.at + 1 :]
        if later and later[0].kind == "within":
            later = later[1:]
        return bool(later) and later[0].kind == "word" and any(one.kind == "num" for one in later)

    def chained(self, one: _Token, sign: _Token) -> None:
        """Read the first half of 80%≤x<90%."""
        side = "low" if sign.text in "≤<" else "high"
        self.bounds.append(_Bound(side, one.value, sign.text in "≤≥", is_soft=False))
        if self.peek() == "word":
            self.words.append(self.take().text)
        if self.peek() not in _SIGN or self.peek(1) != "num":
            raise _Unreadable

    def suffixed(self, one: _Token, suffix: _Token, *, inside: bool | None) -> None:
        is_firm = suffix.is_firm or inside is not None
        if suffix.kind == "over":
            closed = True if inside is None else inside
            self.bounds.append(_Bound("low", one.value, closed, is_soft=not is_firm))
        elif suffix.kind == "beyond":
            self.bounds.append(_Bound("low", one.value, suffix.is_firm, is_soft=False))
        elif suffix.kind == "under":
            closed = suffix.is_firm if inside is None else inside
            self.bounds.append(_Bound("high", one.value, closed, is_soft=not is_firm))
        else:
            closed = True if inside is None else inside
            self.bounds.append(_Bound("high", one.value, closed, is_soft=False))

    def ranged(self, one: _Token, *, inside: bool | None, is_taken: bool = False) -> None:
        if not is_taken:
            self.take()
        if self.bounds:
            raise _Unreadable
        other = self.number()
        last = self.peek() == "incl" and self.tokens[self.at].text.startswith(
            ("(均", "(都", "(两端", "(皆")
        )
        named = self.tokens[self.at].text if self.peek() == "incl" else ""
        later = self.included()
        number = re.search(_N, named)
        if last:
            inside = later
        elif number and Decimal(number[0]) == one.value:
            inside, later = later, None  # 80%—90%（含80%）: the bracket names the other end
        ends = [(one, inside), (other, later)]
        if one.value > other.value:
            ends.reverse()
        (low, low_in), (high, high_in) = ends
        low_closed = low_in if low_in is not None else not high_in
        high_closed = high_in if high_in is not None else False
        self.bounds.append(_Bound("low", low.value, bool(low_closed), is_soft=low_in is None))
        self.bounds.append(_Bound("high", high.value, bool(high_closed), is_soft=high_in is None))
        if self.peek() == "between":
            self.take()

    def interval(self) -> Interval | None:
        if not self.bounds:
            return None
        found = Interval(
            measure=_measure("".join(self.words)),
            tail=self.tail.strip("的者时,、"),
            unit=self.unit,
            is_absolute=self.is_absolute,
            is_point=self.is_point,
        )
        if self.is_point:
            if len(self.bounds) != 1:
                raise _Unreadable
            only = self.bounds[0].value
            return replace(found, low=only, is_low_closed=True, high=only, is_high_closed=True)
        for one in self.bounds:
            if one.side == "low" and found.low is None:
                found = replace(
                    found, low=one.value, is_low_closed=one.is_closed, is_low_soft=one.is_soft
                )
            elif one.side == "high" and found.high is None:
                found = replace(
                    found, high=one.value, is_high_closed=one.is_closed, is_high_soft=one.is_soft
                )
            else:
                raise _Unreadable
        if found.low is not None and found.high is not None and found.low >= found.high:
            raise _Unreadable
        return found


def _measure(text: str) -> str:
    return re.sub(r"[()\[\]]", "", text).strip("的,、:")


_UNCHANGED = re.compile(
    r"^(?P<measure>[^\d,]{0,20}?)(?:未|没有|无|不)(?P<way>下降|降低|减少|压减|压缩|增长|增加|提高|提升|上升)$"
)


def read_interval(condition: str) -> Interval | None:
    """Return the interval that a condition names, None where it names none."""
    unchanged = _UNCHANGED.match(condition.removesuffix("的"))
    if condition.removesuffix("的").endswith("负增长"):
        return Interval(high=Decimal(0), measure="增长", unit="%")
    if unchanged:
        measure = f"{unchanged['measure']}{unchanged['way']}"
        return Interval(high=Decimal(0), is_high_closed=True, measure=measure, unit="%")
    try:
        return _Reader(re.sub(r"^(?:如|若|当|凡|对于?)", "", condition)).read()
    except _Unreadable:
        return None


_REST = re.compile(
    r"^(?:其他|其它|其余|否则|反之|以外|除此(?:以|之)外|除上述(?:情况|情形)?(?:以|之)?外)"
    r"(?:的|者|情况|情形|等次|等级|结果|档次|区间|单位|均|则|一律)*$"
    r"|^(?:超出|不在)(?:该|上述|此)?(?:区间|范围)(?:内)?的?$"
)


def is_rest(condition: str) -> bool:
    """Return whether a condition means everything that was not named."""
    return bool(_REST.match(condition.strip("的,;:。、")))


# ── bands ──

Banded = tuple[Interval, Decimal]


class BandsFault(Exception):
    """Bands that leave a gap, overlap or go up and down."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands from high to low that meet, and what had to be assumed, as codes."""

    bands: tuple[Banded, ...]
    assumptions: tuple[str, ...]


def settled(pairs: Iterable[Banded], rest: Decimal | None, weight: Decimal) -> Bands:
    """Return bands that meet and cover what was said. Raises: BandsFault.

    ``rest``: the points of what was not named; None where nothing is said of it.
    """
    bands = sorted(_limited(list(pairs)), key=_order)
    bands, assumed = _met(bands)
    points = [one for _, one in bands]
    rises = all(a <= b for a, b in pairwise(points))
    falls = all(a >= b for a, b in pairwise(points))
    is_corridor = len(bands) == 1 and bands[0][0].low is not None and bands[0][0].high is not None
    if not rises and not falls:
        raise BandsFault
    if len(bands) == 1 and rest is None:
        raise BandsFault
    if len(bands) > 1 and rises and falls:
        raise BandsFault
    if is_corridor and not bands[0][0].is_point:
        bands, more = _corridor(bands, rest or Decimal(0))
    elif len(bands) == 1:
        bands, more = _alone(bands[0], rest or Decimal(0))
    elif rises:
        bands, more = _filled(bands, rest, weight)
    else:
        mirrored = [(_mirror(one), held) for one, held in reversed(bands)]
        filled, more = _filled(mirrored, rest, weight, is_mirrored=True)
        bands = [(_mirror(one), held) for one, held in reversed(filled)]
    return Bands(tuple(reversed(bands)), (*assumed, *more))


def _order(pair: Banded) -> tuple[bool, Decimal, bool]:
    """Return what sorts intervals by their lower ends; a closed one begins before an open one."""
    one = pair[0]
    return (one.low is not None, one.low or Decimal(0), not one.is_low_closed)


def _limited(pairs: list[Banded]) -> list[Banded]:
    """Return intervals without what a narrower one took: =0, ≤10%; ≥90, ≥80."""
    found = []
    for stated, points in pairs:
        one = stated
        others = [other for other, _ in pairs if other is not stated]
        if one.low is None and one.high is not None:
            below = [o for o in others if o.high is not None and o.high < one.high]
            if below:
                near = max(below, key=lambda o: o.high or Decimal(0))
                one = replace(
                    one,
                    low=near.high,
                    is_low_closed=not near.is_high_closed,
                    is_low_soft=near.is_high_soft,
                )
        elif one.high is None and one.low is not None:
            above = [o for o in others if o.low is not None and o.low > one.low]
            if above:
                near = min(above, key=lambda o: o.low or Decimal(0))
                one = replace(
                    one,
                    high=near.low,
                    is_high_closed=not near.is_low_closed,
                    is_high_soft=near.is_low_soft,
                )
        found.append((one, points))
    return found


def _met(bands: list[Banded]) -> tuple[list[Banded], tuple[str, ...]]:
    """Return neighbours with their shared ends settled, from low to high. Raises: BandsFault."""
    assumed: set[str] = set()
    found = list(bands)
    for n in range(len(found) - 1):
        (lower, low_points), (upper, up_points) = found[n], found[n + 1]
        if lower.high is None or upper.low is None:
            raise BandsFault
        if _are_next(lower, upper):
            if "分" in (lower.unit, upper.unit):
                assumed.add("end_assumed")  # 89.5 lies between 80—89 and 90 or more
            lower = replace(lower, high=upper.low, is_high_closed=False)
            upper = replace(upper, is_low_closed=True)
        if lower.high != upper.low:
            raise BandsFault
        if lower.is_high_closed == upper.is_low_closed:
            lower, upper = _shared(lower, upper, assumed)
        found[n], found[n + 1] = (lower, low_points), (upper, up_points)
    return found, tuple(sorted(assumed))


def _are_next(lower: Interval, upper: Interval) -> bool:
    """Return whether whole numbers follow on each other: 8—11份, 12份以上; 0件, 1—2件."""
    unit = lower.unit or upper.unit or "%"
    if lower.high is None or upper.low is None or not re.fullmatch(f"{COUNTED}|分", unit):
        return False
    is_whole = lower.high == int(lower.high)
    ends = lower.is_high_closed or lower.is_high_soft
    starts = upper.is_low_closed or upper.is_low_soft
    follows = upper.low == lower.high + 1 and ends and starts
    after = upper.low == lower.high and lower.is_high_soft and not upper.is_low_closed and is_whole
    return is_whole and follows and not after


def _shared(lower: Interval, upper: Interval, assumed: set[str]) -> tuple[Interval, Interval]:
    """Return two neighbours of which one has the end that both or none claimed."""
    is_both = lower.is_high_closed
    if lower.is_high_soft == upper.is_low_soft and not lower.is_high_soft:
        raise BandsFault
    if lower.is_high_soft and upper.is_low_soft:
        assumed.add("end_assumed")
        return replace(lower, is_high_closed=False), replace(upper, is_low_closed=True)
    if is_both:
        assumed.add("end_assumed")
    if lower.is_high_soft:
        return replace(lower, is_high_closed=not is_both), upper
    return lower, replace(upper, is_low_closed=not is_both)


def _corridor(bands: list[Banded], rest: Decimal) -> tuple[list[Banded], tuple[str, ...]]:
    """Return one band with the rest on both sides; above 100 % nothing is taken off."""
    one, points = bands[0]
    if one.low is None or one.high is None:
        raise BandsFault
    if one.high == 100 and one.unit == "%":
        one = replace(one, high=None, is_high_closed=False)
        return _with_below([(one, points)], rest), ("beyond_assumed",)
    assumed = ("end_assumed",) if one.is_low_soft or one.is_high_soft else ()
    one = replace(one, is_low_closed=one.is_low_closed or one.is_low_soft)
    one = replace(one, is_high_closed=one.is_high_closed or one.is_high_soft)
    above = Interval(low=one.high, is_low_closed=not one.is_high_closed)
    if one.low == 0 and one.is_low_closed:
        return [(one, points), (above, rest)], assumed
    return [*_with_below([(one, points)], rest), (above, rest)], assumed


def _alone(band: Banded, rest: Decimal) -> tuple[list[Banded], tuple[str, ...]]:
    """Return one band and the rest on its open side."""
    one, points = band
    if one.is_point:
        if one.low == 0:
            above = Interval(low=one.high, is_low_closed=False)
            return [(one, points), (above, rest)], ()
        top = replace(one, high=None, is_high_closed=False, is_point=False)
        return _with_below([(top, points)], rest), ("beyond_assumed",)
    if one.high is None:
        return _with_below([(one, points)], rest), ()
    return [(one, points), (Interval(low=one.high, is_low_closed=not one.is_high_closed), rest)], ()


def _with_below(bands: list[Banded], rest: Decimal) -> list[Banded]:
    first = bands[0][0]
    return [(Interval(high=first.low, is_high_closed=not first.is_low_closed), rest), *bands]


def _mirror(one: Interval) -> Interval:
    """Return the interval of the negated values, so that both directions are filled alike."""
    return replace(
        one,
        low=None if one.high is None else -one.high,
        is_low_closed=one.is_high_closed,
        is_low_soft=one.is_high_soft,
        high=None if one.low is None else -one.low,
        is_high_closed=one.is_low_closed,
        is_high_soft=one.is_low_soft,
    )


def _filled(
    bands: list[Banded], rest: Decimal | None, weight: Decimal, *, is_mirrored: bool = False
) -> tuple[list[Banded], tuple[str, ...]]:
    """Return bands of rising points with both sides filled.

    At the good end what was named holds on; at the bad end the rest begins.
    """
    assumed: list[str] = []
    found = list(bands)
    top, most = found[-1]
    if top.high is not None and not (is_mirrored and top.high == 0) and most == weight:
        # Beyond the best nothing may be taken off: 100 % of the points for 100 %, and for 105 % too.
        is_whole = top.high == 100 and not is_mirrored
        if not is_whole or (top.is_point and rest is not None):
            assumed.append("beyond_assumed")
        if top.is_point or not is_whole or top.is_high_soft:
            found[-1] = (replace(top, high=None, is_high_closed=False, is_point=False), most)
    bottom, least = found[0]
    if bottom.low is None:
        return found, tuple(assumed)
    if not is_mirrored and bottom.low == 0 and bottom.is_low_closed:
        return found, tuple(assumed)
    if rest is None and least == 0:
        found[0] = (replace(bottom, low=None, is_low_closed=False, is_point=False), least)
        return found, tuple(assumed)
    if rest is None:
        assumed.append("rest_is_zero")
    if (rest or Decimal(0)) > least:
        raise BandsFault
    return _with_below(found, rest or Decimal(0)), tuple(assumed)
