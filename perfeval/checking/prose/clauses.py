"""What each figure of a sentence is: a level, the year before, a change, a growth, a share, a rate.

The words between two figures (the lead of the second) decide. A figure whose lead says nothing known
is a plain level of whatever the words name; nothing is guessed from its neighbours.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from perfeval.checking.figures import bare_name
from perfeval.checking.numbers import AmountRole, Kind, Quantity


class Aspect(StrEnum):
    """What is said with a figure."""

    LEVEL = "level"  # so much it is: 支出120万元
    BEFORE = "before"  # so much it was: 上年110万元
    CHANGE = "change"  # 增加10万元
    GROWTH = "growth"  # 增长9.09%
    SHARE = "share"  # 占20%
    RATE = "rate"  # 执行率98%
    DIFFERENCE = "difference"  # 差额5万元
    PER = "per"  # 人均、每个
    OTHER = "other"


class Base(StrEnum):
    """What a change or a growth is measured against."""

    YEAR = "year"  # 上年
    BUDGET = "budget"  # 年初预算
    NONE = ""


#: A list begins: the words, and whether they say that it is whole.
TRIGGER = re.compile(
    r"其中|分别为|分别是|具体为|具体是|具体如下|具体情况(?:如下|为)?|主要用于(?:以下|下列)?(?:几个?|[一二三四五六七八九]个)?方面|(?<!主要)(?:包括|包含)|分为|(?:来源|构成|结构)(?:如下)?(?:为|是|包括|：)|(?:支出|经费|决算|[元人个项]|收入|人员|教师|资金|预算)中，"
    r"|按[^，。：；（）\d]{2,12}(?:划分|分类|分|看)(?=[：，:])|(?<=[，（、])含|从[^，。：；（）\d]{2,10}(?:来看|看)(?=[：，])|(?<=[，（：\d人个项名])即"
)
_STRONG = re.compile(r"来源|构成|结构|分别|具体|以下|下列|分为|按|从|即")
_STOPS = "，；：。（）！？\n\t"
_ASIDE_IN_BRACKETS = re.compile(r"（[^（）]*）")
_JOIN = re.compile(r"[、，]?(?:和|及|与|以及)?$|、$")
_UP = r"增加|增长|上升|提高|提升|增幅|升幅|净增|新增长|扩大|多支出|增收|超收|超支|超出|(?<!新)增"
_DOWN = r"减少|下降|降低|压减|压缩|缩减|节约|节省|降幅|减幅|少支出|减收|短收|净减|缩小|减|少"
_CHANGE = re.compile(
    rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<both>增减变?化?|变动|增长?[（(/]?减少?[)）]?))"
    r"(?:了|额|数|量|金额|幅度?|率|比例|支出|收入|预算|决算|资金|总额|共计|约|为|达到?|近|：|:| )*$"
)
_TO = re.compile(
    r"(?:增加|增长|上升|提高|提升|扩大|增|减少|下降|降低|压减|压缩|缩减|减|降|升)(?:到|至)(?:了)?(?:20\d\d年度?|今年|本年|当年)?的?$"
)
_LAST_YEAR = r"(?:上年度?|去年|上一年度?|前一年|上年同期|去年同期)"
_COMPARED = re.compile(
    rf"(?P<word>[比较与同和对](?:比|照)?|同比|对比|相比|环比)(?:于)?(?:[^，。；（）\d]{{0,10}}?)"
    rf"(?:(?P<year>{_LAST_YEAR}|20\d\d年)|(?P<budget>(?:年初|年度|全年|当年|调整)?(?:部门)?(?:预算|计划|目标)|年初))"
)
_TONGBI = re.compile(r"同比|环比|对比|相比")
_EACH = re.compile(r"(?:分别|各|均|都)(?:为|是|达到?|占)?$")
_AGAINST = re.compile(
    rf"^(?:[^，。；（）\d]{{0,10}}?)?[比较与]{_LAST_YEAR}|^[^，。；（）\d]{{0,10}}?[比较与](?:20\d\d年|(?:年初|年度|全年|原)?(?:预算|计划|目标)|年初|年末|期初)"
)
_AGAINST_BUDGET = re.compile(r"(?:超支|节约|节省|少支出|多支出)[^，。；]{0,4}$")
_BEFORE = re.compile(rf"{_LAST_YEAR}|上年末|上年年末")
_NO_BEFORE = re.compile(
    r"(?:上年|去年|以前年度|历年)(?:财政|未完|度)?(?:拨款)?(?:结转|结余|滚存|未)"
)
_SHARE = re.compile(
    r"(?:所?占)(?P<of>[^，。；、（）]{0,36}?)(?:的)?(?:比例|比重|比率|比)?(?:为|是|达|约|：| )*$"
)
_OF_BUDGET = re.compile(
    r"(?:完成|占|为|是|达到?)(?:了)?(?:[^，。；（）]{0,12})(?:预算|计划|任务|目标)(?:数|额|总额|总数|支出|收入)*(?:的|比例|比重|比率|比|：| )*$"
)
#: 占一般公共预算支出的: a share of that budget, not a rate of what was planned.
_OF_A_KIND = re.compile(r"占[^，。；]{0,8}(?:公共|基金|经营|保险)预算")
_RATE = re.compile(
    r"(?:率|进度|完成比例|完成率?|使用比例|支付比例)(?:为|是|达到?|约|仅|只有|：| )*$"
)
_PER = re.compile(
    r"每[^，。；]{0,8}$|(?:平均|人均|车均|户均|均价|单价|日均|月均|次均)[^，。；]{0,10}$"
)
_DIFFERENCE = re.compile(r"(?:差额|差值|差异|相差|差距|差异合计)(?:为|是|：|合计| )*$")
_FROM = re.compile(r"(?:由|从)[^，。；（）]{0,10}的$")
_FROM_THEN = re.compile(r"(?:由|从)(?:[^，。；（）]{0,10}(?:年度?|期|底|末|初|前|原来))?的?$")
_OF_A_BUDGET = re.compile(r"(?:为|是|占|达到?|完成)(?:[^，。；]{0,8})预算(?:数|的)*$")
_OWN = re.compile(r"^(?:我|本|全)(?:部门|单位|局|校|馆|中心|院|委|镇|县|市|区|会)(?=20\d\d年)")
_YEAR_BEFORE = re.compile(rf"^(?:由|从)?(?:{_LAST_YEAR}|20\d\d年度?(?:末|底)?)的?")
_USE = re.compile(r"(?:用于|投入|为|系|是)([\u4e00-\u9fff]{2,14})")
_TOTAL = re.compile(
    r"(?:总收入|总支出|收支总|收、支总)|(?:收入|支出)(?:决算|预算)?(?:总计|合计|总额)"
)
_YEAR = re.compile(r"(20\d\d)年")
#: Words that only say which figure of a thing it is, not which thing.
_STANCE = re.compile(
    r"^(?:年初|年末|年中|年底|年度|全年|当年|本年度?|今年|部门|单位|总|收支|调整|调增|调减|追加|后|前|初|的|数|额|量|预算|决算|支出|收入|实际|实有|完成|执行"
    r"|使用|支付|安排|下达|批复|金额|总额|资金|经费|财政|拨款|到位|累计|已|共|计|合计|总计|核定|涉及|达|为|是|有|约|近|仅|收、支|收入、支出|由|从|年|度|其|该|我|局|项目(?=支出决算数|预算数)"
    r"|人数|人员数|数量|到|至|分别|各|均|都|合同|中|内|：| )*$"
)
_LEAD_WORDS = re.compile(
    r"^(?:其中|其|另外?|此外|同时|还有|以及|和|及|与|截至[^，]{2,12}?[日月底末]|包括|包含|含|分别为|分别是|即|具体为|一是|二是|三是|四是|五是|六是|七是|主要(?:是|为|包括)?|其余|[、，：；\s])+"
)
_NUMBERED = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[①-⑳])+")


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A quantity with what the words before it make of it.

    ``phrase``: those words from the last stop on; ``subject``: what they name, empty when they name nothing new.
    ``sign``: of a change or growth, 0 where the number's own sign says it. ``of``: the whole that a share
    names. ``depth``: of brackets. ``mark``: the strongest mark before it (。；，、 or empty). ``trigger``: the words in its
    lead that begin a list. ``is_joined``: nothing but 、 or 和 parts it from the figure before.
    """

    quantity: Quantity
    aspect: Aspect
    phrase: str
    lead: str
    subject: str
    sign: int
    base: Base
    year: int | None
    of: str
    depth: int
    mark: str
    trigger: str
    is_strong: bool
    is_joined: bool

    @property
    def start(self) -> int:
        """Return where the number begins."""
        return self.quantity.start


def figures_of(text: str, start: int, quantities: Sequence[Quantity]) -> Iterator[Figure]:
    """Yield the figures of one sentence, classified."""
    depth = 0
    position = start
    base = Base.NONE
    for quantity in quantities:
        lead = text[position : quantity.start]
        depth = max(0, depth + lead.count("（") - lead.count("）"))
        figure = _figure(text, lead, quantity, depth=depth, base=base, is_first=position == start)
        base = figure.base if figure.aspect in (Aspect.CHANGE, Aspect.BEFORE) else Base.NONE
        yield figure
        position = quantity.end


def _figure(
    text: str, lead: str, quantity: Quantity, *, depth: int, base: Base, is_first: bool
) -> Figure:
    """Return one figure; ``base``: what the figure before was compared with."""
    plain = _ASIDE_IN_BRACKETS.sub("", lead) if "（" in lead else lead
    cut = max(plain.rfind(mark) for mark in _STOPS)
    phrase = plain[cut + 1 :].lstrip("、")
    if quantity.number < 0:
        phrase = phrase.rstrip("-－")
    each = _EACH.search(phrase)
    if each and quantity.kind == Kind.PERCENT:
        phrase = phrase[: each.start()] + ("占" if "占" in each.group() else "")
    elif each:
        phrase = phrase[: each.start()]
    trigger = last_trigger(plain)
    aspect, sign, of = _aspect(quantity, phrase)
    if lead == "的" and quantity.kind == Kind.PERCENT:
        aspect = Aspect.RATE
    if aspect in (Aspect.CHANGE, Aspect.GROWTH, Aspect.DIFFERENCE):
        base = _base(lead) or base
    elif aspect == Aspect.BEFORE:
        base = _base(phrase) or Base.YEAR
    else:
        base = Base.NONE
    years = _YEAR.findall(lead if aspect == Aspect.LEVEL else phrase)
    is_joined = not is_first and bool(_JOIN.fullmatch(lead)) and lead != "，"
    return Figure(
        quantity=quantity,
        aspect=aspect,
        phrase=phrase,
        lead=lead,
        subject=_subject(text, _before_comparison(phrase, aspect), quantity)
        if aspect in (Aspect.LEVEL, Aspect.BEFORE, Aspect.CHANGE, Aspect.DIFFERENCE)
        else "",
        sign=sign,
        base=base,
        year=int(years[-1]) if years else None,
        of=of,
        depth=depth,
        mark=next((mark for mark in "。；，、" if mark in lead), ""),
        trigger=trigger.group() if trigger else "",
        is_strong=bool(trigger and _STRONG.search(trigger.group())),
        is_joined=is_joined,
    )


def last_trigger(words: str) -> re.Match[str] | None:
    """Return the last of the words that open a list."""
    found = None
    for match in TRIGGER.finditer(words):
        found = match
    return found


def _aspect(quantity: Quantity, phrase: str) -> tuple[Aspect, int, str]:
    """Return what is said with the figure, the sign of a change, and the whole that a share names."""
    change = _CHANGE.search(phrase)
    sign = 0 if change is None or change["both"] else (1 if change["up"] else -1)
    if quantity.kind == Kind.PERCENT_POINT:
        return (Aspect.CHANGE if change else Aspect.OTHER), sign, ""
    if quantity.kind == Kind.PERCENT:
        return _aspect_of_percent(phrase, change, sign)
    if _FROM.search(phrase):
        return Aspect.BEFORE, 0, ""
    if _PER.search(phrase) and not _TO.search(phrase):
        return Aspect.PER, 0, ""
    if _DIFFERENCE.search(phrase):
        return Aspect.DIFFERENCE, 0, ""
    if _TO.search(phrase):
        return Aspect.LEVEL, 0, ""
    if change:
        return Aspect.CHANGE, sign, ""
    if _BEFORE.search(phrase) and not _NO_BEFORE.search(phrase):
        return Aspect.BEFORE, 0, ""
    if _AGAINST.search(phrase) or _FROM_THEN.search(phrase):
        return Aspect.BEFORE, 0, ""
    return Aspect.LEVEL, 0, ""


def _aspect_of_percent(
    phrase: str, change: re.Match[str] | None, sign: int
) -> tuple[Aspect, int, str]:
    """Return the aspect of a percentage."""
    if _OF_BUDGET.search(phrase) and not _OF_A_KIND.search(phrase):
        return Aspect.RATE, 0, ""
    if change and "率" not in phrase[: change.start()]:
        return Aspect.GROWTH, sign, ""
    share = _SHARE.search(phrase)
    if share and _STANCE.match(_LEAD_WORDS.sub("", phrase[: share.start()])):
        return Aspect.SHARE, 0, share["of"]
    if share:
        return Aspect.OTHER, 0, ""  # 民生支出占比82%: of something else than the amount before it
    if _RATE.search(phrase) or _OF_A_BUDGET.search(phrase):
        return Aspect.RATE, 0, ""
    return Aspect.OTHER, 0, ""


def _base(lead: str) -> Base:
    """Return what the words compare with: the last comparison in the lead."""
    found = Base.NONE
    for match in _COMPARED.finditer(lead):
        found = Base.YEAR if match["year"] else Base.BUDGET
    if not found and "同比" in lead:
        return Base.YEAR
    if not found and _AGAINST_BUDGET.search(lead):
        return Base.BUDGET
    return found


def _before_comparison(phrase: str, aspect: Aspect) -> str:
    """Return the words of a change that name what changed: 基本支出 in 基本支出比上年增加."""
    if aspect == Aspect.LEVEL:
        return _TO.sub("", phrase)
    cuts = (
        _COMPARED.search(phrase),
        _CHANGE.search(phrase),
        _TONGBI.search(phrase),
        _DIFFERENCE.search(phrase),
    )
    found = [match.start() for match in cuts if match]
    return phrase[: min(found)] if found else phrase


def _subject(text: str, phrase: str, quantity: Quantity) -> str:
    """Return what the phrase names; of an amount that stands before its use, what follows it."""
    words = _NUMBERED.sub("", _LEAD_WORDS.sub("", phrase))
    words = _YEAR_BEFORE.sub("", _OWN.sub("", words))
    if not words.strip("、和及与"):
        if not phrase.strip("、和及与") and quantity.kind != Kind.AMOUNT:
            return ""
        use = _USE.match(text, quantity.end)
        return use[1] if use else ""
    if _STANCE.match(words):
        total = _TOTAL.search(words)
        return total.group() if total else ""
    return bare_name(words) or words


def role_family(role: AmountRole) -> str:
    """Return the same word for roles that may be the parts of each other."""
    return (
        "budget"
        if role in (AmountRole.INITIAL, AmountRole.ADJUSTED, AmountRole.BUDGET)
        else str(role)
    )
