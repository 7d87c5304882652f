"""What a scoring standard says, clause by clause: which condition earns or costs how many points.

Every word of the text ends up in a clause, in a fact, in a setting (a cap, what a part of a step
costs) or among what was not understood. Only a standard without the last may be called read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from perfeval.sheets.intervals import Interval, is_rest, read_interval
from perfeval.sheets.numbers import COUNTED, MEASURED, SHARES, UNIT
from perfeval.sheets.wording import ENDS, ITEM, Mark, MarkKind, N, marks


@dataclass(frozen=True, slots=True)
class Each:
    """每…: for what points go or come. ``step`` units; ``verb`` before it, ``after`` behind it.

    ``than``: the threshold of 每低于100%1个百分点. ``before``: what stands before 每.
    """

    text: str
    verb: str
    step: Decimal
    unit: str
    after: str = ""
    before: str = ""
    than: Decimal | None = None

    @property
    def is_share(self) -> bool:
        return bool(re.fullmatch(SHARES, self.unit))

    @property
    def is_measured(self) -> bool:
        return bool(re.fullmatch(f"(?:[十百千]?万|亿)?(?:{MEASURED})", self.unit))


@dataclass(frozen=True, slots=True)
class Clause:
    """A mark and what it stands for.

    ``condition``: the words before it in its sentence; ``last``: behind their last comma.
    """

    mark: Mark
    condition: str = ""
    is_item: bool = False
    interval: Interval | None = None
    each: Each | None = None

    @property
    def kind(self) -> MarkKind:
        return self.mark.kind

    @property
    def points(self) -> Decimal | None:
        return self.mark.points

    @property
    def last(self) -> str:
        return self.condition.rpartition(",")[2]

    @property
    def is_rest(self) -> bool:
        return is_rest(self.condition) or is_rest(self.last)

    @property
    def said(self) -> str:
        return f"{self.condition}{self.mark.said}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence without points."""

    text: str
    is_item: bool = False


@dataclass(slots=True)
class ClauseReading:
    """A standard in clauses. ``unread``: what was not understood."""

    clauses: list[Clause] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    settings: dict[MarkKind, list[Mark]] = field(default_factory=dict)

    def of(self, *kinds: MarkKind) -> list[Clause]:
        return [one for one in self.clauses if one.kind in kinds]

    def setting(self, kind: MarkKind) -> list[Mark]:
        return self.settings.get(kind, [])

    @property
    def is_judged(self) -> bool:
        return bool(self.setting(MarkKind.JUDGE))


#: Marks that change others and need no condition of their own.
_SETTINGS = frozenset(
    {
        *(
            MarkKind.FLOOR,
            MarkKind.LOSS_CAP,
            MarkKind.GAIN_CAP,
            MarkKind.FULL_MARKS,
            MarkKind.PARTIAL,
            MarkKind.NEUTRAL,
        ),
        *(MarkKind.JUDGE, MarkKind.DEFINITION, MarkKind.VETO),
    }
)
#: Words in what is left over that could carry points.
_DANGER = re.compile(
    r"扣|得分|计分|评分|打分|给分|赋分|分值|权重|系数|折算|换算|否决|加分|减分|满分|零分|加倍|比例(?:计|递)|"
    r"归零|清零|递减|递增|依次|逐[级档次项]|降[1一]?(?:个)?(?:档|级|等)|减半|翻倍|双倍|(?:项|指标|得分|分值|分数)(?:为|计|记|按)0(?![.\d%])|取消|不予认定|重新计算|"
    r"插值|内插|酌情|\d分(?!钟|之)|择一|任选|择其一|选取其一|2选1|二选一"
)
#: A score given elsewhere is no danger where it is converted.
_SCORE = re.compile(r"(?:考核|考评|评价|测评|评估|检查|审查)?(?:得分|评分|计分)")
#: 测评得分90分以上: a score that is measured.
_SCORED = re.compile(
    r"(?:得分|评分|分数)?[^\d,;]{0,6}\d{1,4}(?:\.\d+)?(?:[-至到]\d{1,4}(?:\.\d+)?)?分"
)
_BRACKETS = re.compile(r"\((?!不?[均都皆]?含|均不含|包含)([^()]{1,60})\)")
_SMALL = re.compile(
    r"^[,、:()的者,]*(?:且|并|并且|同时|其中|如|但|另外|此外|其|本项|该项|此项|项目|直接|分别|则|均)?[,、:()的]*$"
)
_TAIL = re.compile(r"^(?:的|者|等|处理|为准|即可|情况|\)|\(|,|、|:)*$")


def read_clauses(text: str, weight: Decimal | None) -> ClauseReading:
    """Return what a prepared standard says."""
    reading = ClauseReading()
    place, is_item = 0, False
    for mark in sorted(marks(text, weight), key=lambda one: one.start):
        if mark.start < place:
            continue
        gap = text[place : mark.start]
        head, is_item = _passed(gap, reading, is_item=is_item, is_first=place == 0)
        _place(mark, head, reading, is_item=is_item)
        place = mark.end
    rest = text[place:]
    _passed(f"{rest};", reading, is_item=is_item, is_first=place == 0)
    return reading


def _passed(gap: str, reading: ClauseReading, *, is_item: bool, is_first: bool) -> tuple[str, bool]:
    """Return the condition that a gap ends with, and whether it stands in an item of a list.

    Sentences before it become facts; what hangs behind the mark before is not understood.
    """
    gap = _BRACKETS.sub(lambda found: _aside(found, reading), gap)
    pieces = re.split(f"([{ENDS}])", gap)
    words, ends = pieces[::2], ["", *pieces[1::2]]
    if not is_first and len(words) > 1:
        tail = words.pop(0)
        ends.pop(0)
        if not _TAIL.match(tail):
            reading.unread.append(tail)
    for word, end in zip(words[:-1], ends[:-1], strict=True):
        is_item = end == ITEM if end else is_item
        _fact(word, reading, is_item=is_item)
    if len(words) == 1 and not ends[-1]:
        return words[-1], is_item
    return words[-1], ends[-1] == ITEM


def _aside(found: re.Match[str], reading: ClauseReading) -> str:
    is_limit = re.search(r"\d", found[1]) and re.search("超|低于|不足|以上|以下|高于|按", found[1])
    if _DANGER.search(found[1]) or is_limit:
        reading.unread.append(found[1])
        return ""
    reading.asides.append(found[1])
    return ""


def _fact(word: str, reading: ClauseReading, *, is_item: bool, is_score: bool = False) -> None:
    plain = word.lstrip(",、:)").rstrip(",、:(")
    if not plain:
        return
    if _DANGER.search(_SCORE.sub("", plain) if is_score else plain):
        reading.unread.append(plain)
    else:
        reading.facts.append(Fact(plain, is_item))


def _place(mark: Mark, head: str, reading: ClauseReading, *, is_item: bool) -> None:
    """Add a mark with what stands before it."""
    condition = _condition(head)
    if mark.kind in _SETTINGS:
        if not _SMALL.match(head):
            if mark.kind in (
                MarkKind.JUDGE,
                MarkKind.DEFINITION,
                MarkKind.GAIN_CAP,
                MarkKind.NEUTRAL,
                MarkKind.FULL_MARKS,
                MarkKind.VETO,
            ):
                is_score = mark.kind is MarkKind.FULL_MARKS
                if mark.kind is MarkKind.JUDGE and _is_about_rest(condition):
                    reading.unread.append(condition)
                _fact(condition, reading, is_item=is_item, is_score=is_score)
            else:
                reading.unread.append(head)
        reading.settings.setdefault(mark.kind, []).append(mark)
        return
    if _TWO.search(condition):
        reading.unread.append(condition)
    each = _each(condition, mark)
    if each is None and _EVERY.search(condition):
        reading.unread.append(condition)
    interval = None if each else _interval(condition)
    if interval is not None and interval.is_point and interval.tail:
        interval = None  # 四项内容全部公开: how many there are, and no limit
    is_score = mark.kind in (MarkKind.CONVERTED, MarkKind.FORMULA, MarkKind.PROPORTION)
    words = _SCORE.sub("", condition) if is_score else condition
    if interval is not None and interval.unit == "分":
        words = _SCORE.sub("", _SCORED.sub("", words))
    if _DANGER.search(words):
        reading.unread.append(condition)
    reading.clauses.append(Clause(mark, condition, is_item, interval, each))


def _is_about_rest(condition: str) -> bool:
    """Return whether a judgement decides what falls short, and so a part of the rule itself."""
    is_short = re.match("未达|低于|不足|达不到|未完成|不达标|超过|超出", condition)
    return is_rest(condition) or bool(is_short) or _interval(condition) is not None


def _condition(head: str) -> str:
    """Return the words of a condition without what joins them to its neighbours."""
    plain = head.lstrip(",、:)").rstrip(",、:(")
    heading, colon, after = plain.rpartition(":")
    if colon and after:
        plain = after
    elif colon:
        plain = heading
    plain = re.sub(r"^(?:且|并|但|其中|另外|此外|以及|和(?=[\u4e00-\u9fff]{4}))[,:]?", "", plain)
    plain = re.sub(r"(?:,)?(?:本项|该项|此项|本指标|该指标|直接)$", "", plain)
    return plain.strip(",、:").removesuffix("的").removesuffix("者").strip(",、")


#: What may stand before an interval without being a second condition.
_LEADS = re.compile(
    r"^(?:对照|根据|按照?|以|依据|参照|其中|与[^,\d]{1,12}(?:相比|比较)|[\u4e00-\u9fff]{2,6}方面)[^\d]{0,30}$|^[^\d]{0,8}(?:指标|目标|情况|标准)$"
)


def _interval(condition: str) -> Interval | None:
    """Return the interval of a condition, or of its last part where others stand before it."""
    whole = read_interval(condition)
    if whole is not None and "," not in whole.measure:
        return whole
    parts = condition.split(",")
    for first in range(1, len(parts)):
        if not _LEADS.match(",".join(parts[:first])):
            continue
        found = read_interval(",".join(parts[first:]))
        if found is not None:
            return found
    return None


_EACH = re.compile(
    rf"每(?P<verb>[^\d每]{{0,16}}?)(?:(?P<than>{N})(?:%|个百分点)的?(?=\d))?(?P<step>{N})?(?P<unit>{UNIT})(?P<after>[^\d每,]{{0,30}}(?:(?:未达到?|不足|低于|超过|达不到|不到){N}(?:{UNIT})?[^\d每,]{{0,10}})?)$"
)
#: 每年召开2次, 每月少开展1次: how often, and no 每 of points.
_OFTEN = re.compile(r"每(?:个)?(?:年度?|月|季度?|周|日|天|学期|半年)(?=[^\d每,]{1,16}\d)")
#: A 每 that says for what points go, and was not understood.
_EVERY = re.compile(r"每(?!个?(?:年|月|季|周|日|天|学期|半年))(?![^,]{0,20}(?:均|都))")
#: 每件公文超时1天: points for each of two things.
_TWO = re.compile(rf"每(?:{COUNTED})[^\d每,]{{1,12}}\d")
_BARE_STEP = re.compile(rf"每(?P<verb>[^\d每]{{1,12}}?)(?P<step>{N})$")
_ONE = re.compile(
    rf"(?P<before>[^\d]{{0,40}})(?<![.\d])1(?P<unit>{SHARES}|{COUNTED}|{MEASURED})(?P<after>[^\d,]{{0,24}})$"
)
#: A limit and no single case.
_NO_CASE = re.compile(
    r"(?:不足|少于|低于|不到|未达|未达到|超过|大于|达到|不满|高于|完成|达|≥|≤|<|>|=|第|上|近|任何|任意|任)$"
)


def _each(condition: str, mark: Mark) -> Each | None:
    """Return what points go for each of, None where the condition is none of that kind."""
    before, _, part = condition.rpartition(",")
    part = _OFTEN.sub("", part)
    found = _EACH.search(part)
    if found:
        step = Decimal(found["step"]) if found["step"] else Decimal(1)
        than = Decimal(found["than"]) if found["than"] else None
        lead = f"{before},{part[: found.start()]}".strip(",的")
        return Each(found[0], found["verb"], step, found["unit"], found["after"], lead, than)
    bare = _BARE_STEP.search(part)
    if bare:
        lead = f"{before},{part[: bare.start()]}".strip(",的")
        return Each(bare[0], bare["verb"], Decimal(bare["step"]), "", "", lead)
    if mark.unit and mark.kind is MarkKind.LOSE:
        return Each(part, part, Decimal(1), mark.unit, "", before)
    one = _ONE.match(part) if mark.kind is MarkKind.LOSE else None
    if one and not _NO_CASE.search(one["before"]):
        return Each(part, one["before"], Decimal(1), one["unit"], one["after"], before)
    return None


def sentences(reading: ClauseReading) -> Iterator[str]:
    """Yield the facts and the conditions, for what they name."""
    for fact in reading.facts:
        yield fact.text
    for clause in reading.clauses:
        yield clause.condition
