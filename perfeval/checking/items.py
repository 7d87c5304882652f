"""Scored items in prose: name, weight, score, score rate, points lost, and the level of each.

Reads the many ways to say it: 分值20分，评价得分19分，得分率95% · 采购管理（10分）得9分 ·
权重15，自评得分12.5分，扣2.5分. The level comes from the paragraph's numbering and from 其中.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

_NUM = r"(?P<{0}>\d{{1,3}}(?:\.\d{{1,4}})?)"
_TOKEN = re.compile(
    r"(?:(?:(?:标准|指标)?(?:分值|权重|满分值?|标准分|基准分|赋分)"
    r"|总分(?=[为是：: ]{0,2}\d{1,3}(?:\.\d)? ?分[，、]?(?:自评|评价|实际)?得分))[为是共：: ]{0,3}"
    + _NUM.format("weight")
    + r" ?(?:分|%)?(?![\d.]|个|项|钟)"
    r"|[（(](?:分值|权重|满分|共|计|本项|总分)?[为：: ]{0,2}"
    + _NUM.format("weight_in_brackets")
    + r" ?分[)）]"
    # 投入15分，得13分 · 投入13分（满分15分）
    r"|(?<=[\u4e00-\u9fff”])(?<![得为分扣计共是达评少多超每满])"
    + _NUM.format("bare_weight")
    + r" ?分[，、（(]?(?=(?:(?:自评|评价|考核|实际|实)?得分?|自评)[为：:]?\d"
    r"|[^，。；\n]{0,12}率[为达]?[\d.]{1,6}%，(?:自评)?得\d)"
    r"|(?<=[\u4e00-\u9fff”])(?<![得为分扣计共是达评少多超每满])"
    + _NUM.format("bare_score")
    + r" ?分(?=[（(](?:满分|分值|权重|总分)[为：:]?\d)"
    r"|(?P<rate_label>得分率|评分率)[为达到是：: ]{0,3}(?P<rate>\d{1,3}(?:\.\d{1,4})?) ?%"
    r"|(?P<lost_label>酌情扣减|酌情扣|共扣减|共扣|扣减|扣除|扣分|扣)了?[为：: ]{0,2}"
    + _NUM.format("lost")
    + r" ?分(?![钟值]|/)"
    r"|(?P<score_label>自评得分|评价得分|考核得分|实际得分|评定得分|综合得分|最终得分|自评分|实得分|得分|自评|评分|实得|得)"
    r"[为是共：: ]{0,3}" + _NUM.format("score") + r" ?分(?![钟之类值]|/))"
)
_RESTATED = re.compile(r"(?:本|该|此)(?:项|指标|项指标)(?:自评|评价|实际|应)?$")
_FOREIGN = re.compile(
    r"(?:共|合计|小计|累计|复核|审定|财政|第三方|评价机构|上年|平均|应)(?:评价|考核|自评)?$"
)
_PER_CASE = re.compile(r"(?:每|各|未达|不足|逾期|缺|少)[^，。；]{0,14}$")
_NAME_STOPS = frozenset("，,。；;：:、\n\t！？（()）")
_NAME_NUMBER = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})+ ?|其中|[一二三四五六七八九十]{1,2}是|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.]|[①-⑳])+"
)
_NAME_TAIL = re.compile(r"(?:指标|项|的|满分|分值|权重|共|总|，|：|该)+$")
_MARKERS = (
    re.compile(r"^[一二三四五六七八九十]{1,3}[、.]"),
    re.compile(r"^[（(][一二三四五六七八九十]{1,3}[)）]"),
    re.compile(r"^\d{1,2}(?:[、．.])(?!\d)"),
    re.compile(r"^[（(]\d{1,2}[)）]|^\d{1,2}[)）]"),
    re.compile(r"^[①-⑳]"),
)
#: 1.整体效能。该指标分值… · （二）预算执行 as a paragraph of its own
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、．.)）]|[①-⑳]) ?"
    r"(?P<name>[\u4e00-\u9fff“”]{2,24})(?:[（(][^（）()\n]{0,12}[)）])?(?:[。：:]|$)",
    re.MULTILINE,
)
#: （1）“培训人次”指标，…，该指标分值8分
_QUOTED_NAME = re.compile(r"[^“”\n]{0,6}“(?P<name>[^“”\n]{2,30})”")
#: Below such a heading stands again what was scored above.
_TOLD_AGAIN = re.compile(r"未完成|偏离|问题|改进")
#: 3.1 投入, 3.1.2 在职人员控制率: as deep as its points
_DECIMAL_NUMBER = re.compile(
    r"^\d{1,2}(?P<rest>(?:\.\d{1,2}){1,3})(?![\d.%]) ?(?=[\u4e00-\u9fff“])"
)
_LONGEST_PART = 24
_PART_NAME = re.compile(
    r"^(?:[\u4e00-\u9fff“”]{2,22})(?:率|性|度|情况|制度|机制|管理|公开|目标|立项|投入|编制|执行|质量|时效|成本|效益|数量|指标)$"
)
_NO_PART = re.compile(
    r"^(?:按|根据|依据|经|对照|依照|该|本|此|因|综合|整体|自评|评价|实际|支出率|执行率)|计算|比例|标准"
)
_SUBTOTAL = re.compile(
    r"(?:共计|合计|小计|累计)(?:自评)?(?:得分?)?[为：:]?(?P<points>\d{1,3}(?:\.\d{1,4})?) ?分(?![值钟])"
)
_LONGEST_HEADING = 40
_UNMARKED = len(_MARKERS)
_BELOW = re.compile(r"其中|包括|包含|下设")
#: Farther away than this a score no longer belongs to the weight before it.
_REACH = 90
_REACH_OF_A_RATE = 40


@dataclass(slots=True)
class Item:
    """One scored item. Spans count in the prose; what was not stated is None.

    ``is_listed``: other items stand in the same paragraph.
    ``is_loss_meant``: 酌情扣减 was said, so that the figure is no rule of the scheme.
    ``is_weight_percent``: the weight is a share, and a score above it counts of 100.
    ``is_told_again``: it stands below a heading of problems, and counts in no sum.
    ``tail``: the text from the item's last figure to the next item, where reasons stand.
    ``parts``: scores of what has a name but no weight of its own.
    ``further``: scores that follow the first without a weight of their own.
    ``restated``: further places where the item's own score is given.
    """

    name: str
    weight: Decimal
    start: int
    end: int
    level: int
    score: Decimal | None = None
    score_span: tuple[int, int] = (0, 0)
    rate: Decimal | None = None
    rate_digits: int = 0
    rate_span: tuple[int, int] = (0, 0)
    lost: list[Decimal] = field(default_factory=list)
    lost_span: tuple[int, int] = (0, 0)
    is_loss_meant: bool = False
    is_listed: bool = False
    is_weight_percent: bool = False
    is_told_again: bool = False
    parts: list[Decimal] = field(default_factory=list)
    further: list[tuple[Decimal, int, int]] = field(default_factory=list)
    restated: list[tuple[Decimal, int, int]] = field(default_factory=list)
    tail: str = ""
    children: list["Item"] = field(default_factory=list)

    @property
    def is_total(self) -> bool:
        """Return whether this is the report as a whole (满分100分，得96.45分)."""
        return self.weight >= 100

    @property
    def figures(self) -> int:
        """Return how many figures were read for this item."""
        return 1 + (self.score is not None) + (self.rate is not None) + len(self.lost)


class ItemReader:
    """Reads the items of a text, paragraph by paragraph."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self._text = text

    def items(self) -> list[Item]:
        """Return every item in order, children attached to their parents."""
        found: list[Item] = []
        headings: list[tuple[int, int, bool]] = []
        for match in re.finditer(r"[^\n]+", self._text):
            if "\t" not in match.group():
                items = self._paragraph(match.start(), match.end())
                for item in items:
                    item.is_told_again = bool(headings) and headings[-1][2]
                found += items
                if not items and len(match.group()) <= _LONGEST_HEADING:
                    is_again = bool(_TOLD_AGAIN.search(match.group()))
                    headings.append((match.start(), _level(match.group()[:12]), is_again))
        _attach_children(found, headings)
        return found

    def _paragraph(self, start: int, end: int) -> list[Item]:
        """Return the items of one paragraph."""
        level = _level(self._text[start : start + 12])
        items: list[Item] = []
        below: int | None = None
        loose: tuple[Decimal, int, int] | None = None
        for match in _TOKEN.finditer(self._text, start, end):
            if match["weight"] or match["weight_in_brackets"] or match["bare_weight"]:
                if below is None and items:  # the first item ends here, so it is looked for once
                    words = _BELOW.search(self._text, items[0].end, end)
                    below = words.end() if words else end
                is_below = below is not None and below <= match.start()
                item = self._open_item(match, items, start=start, level=level, loose=loose)
                item.level += is_below
                items.append(item)
                loose = None
            elif match["bare_score"]:
                loose = (Decimal(match["bare_score"]), match.start(), match.end())
            elif match["score"]:
                loose = self._take_score(items, match)
            elif items:
                _take_other(self._text, items[-1], match)
        for item in items:
            _settle(item)
        self._totals(items, end)
        for item, following in zip(items, [*items[1:], None], strict=False):
            item.is_listed = len(items) > 1
            item.tail = self._text[item.end : following.start if following else end]
        return [item for item in items if item.name and not _counts_of_100(item)]

    def _open_item(
        self,
        match: re.Match[str],
        items: list[Item],
        *,
        start: int,
        level: int,
        loose: tuple[Decimal, int, int] | None,
    ) -> Item:
        """Begin an item at its weight, or give the open score (得9分（满分10分）) its weight."""
        name_start, name = self._name(match.start(), start)
        if loose and match.start() - loose[2] <= 3 and match["weight_in_brackets"]:
            name_start, name = self._name(loose[1], start)
        if not name and not items:
            name_start, name = self._heading(start)
            level = _level(self._text[name_start : name_start + 12]) if name else level
        weight = Decimal(match["weight"] or match["weight_in_brackets"] or match["bare_weight"])
        item = Item(name, weight, name_start, match.end(), level)
        item.is_weight_percent = match.group().endswith("%")
        if loose and match.start() - loose[2] <= 3 and match["weight_in_brackets"]:
            if items and items[-1].further:
                items[-1].further.pop()
            item.score, item.score_span = loose[0], (loose[1], loose[2])
        return item

    def _take_score(
        self, items: list[Item], match: re.Match[str]
    ) -> tuple[Decimal, int, int] | None:
        """Give the item before its score; return a score that no item wants."""
        before = self._text[max(0, match.start() - 12) : match.start()]
        points = Decimal(match["score"])
        if _FOREIGN.search(before) or _PER_CASE.search(before):
            return None
        start, end = match.start("score"), match.end()
        if items and self._is_of_a_part(match, items[-1]):
            items[-1].parts.append(points)
            return None
        if items and items[-1].score is None and start - items[-1].end <= _REACH:
            if "。" in self._text[items[-1].end : start] and start - items[-1].end > 40:
                return (points, start, end)
            items[-1].score, items[-1].score_span, items[-1].end = points, (start, end), end
            return None
        if items and items[-1].score is not None and _RESTATED.search(before):
            items[-1].restated.append((points, start, end))
            items[-1].end = max(items[-1].end, items[-1].score_span[1])
            return None
        if items and items[-1].score is not None:
            items[-1].further.append((points, start, end))
        return (points, match.start(), end)

    def _is_of_a_part(self, match: re.Match[str], item: Item) -> bool:
        """Return whether a name of its own stands before the score: 资金到位率得4分 below 资金管理（12分）."""
        low = max(item.end, match.start() - _LONGEST_PART)
        clause = re.split(r"[，。；：、（）,;:() ]", self._text[low : match.start()])[-1]
        return bool(_PART_NAME.match(clause)) and not _NO_PART.search(clause)

    def _totals(self, items: list[Item], end: int) -> None:
        """Give what is followed by scores of its parts the 共计 or 小计 behind them."""
        for item, following in zip(items, [*items[1:], None], strict=False):
            stop = following.start if following else end
            total = _SUBTOTAL.search(self._text, item.end, stop)
            if item.parts and item.score is None and total:
                item.score = Decimal(total["points"])
                item.score_span = (total.start("points"), total.end())
        if len(items) > 1 and items[0].score is None:
            total = _SUBTOTAL.search(self._text, items[-1].end, end)
            if total:
                items[0].score = Decimal(total["points"])
                items[0].score_span = (total.start("points"), total.end())
                for item in items[1:]:
                    item.level += 1

    def _heading(self, paragraph_start: int) -> tuple[int, str]:
        """Return what 该指标分值… speaks of: the paragraph's first words, or the short one above."""
        own = _HEADING.match(self._text, paragraph_start) or _QUOTED_NAME.match(
            self._text, paragraph_start
        )
        if own:
            return paragraph_start, _NAME_TAIL.sub("", own["name"])
        if _level(self._text[paragraph_start : paragraph_start + 12]) == _UNMARKED * 2:
            above = self._text.rfind("\n", 0, max(0, paragraph_start - 1)) + 1
            match = _HEADING.match(self._text, above)
            if match:
                return above, _NAME_TAIL.sub("", match["name"])
        return paragraph_start, ""

    def _name(self, before: int, paragraph_start: int) -> tuple[int, str]:
        """Return where the name that ends at ``before`` begins, and the name."""
        low = max(paragraph_start, before - 45)
        window = self._text[low:before].rstrip('，,：:（( \t“”"')
        position = len(window)
        while position and window[position - 1] not in _NAME_STOPS:
            position -= 1
        raw = window[position:]
        name = _NAME_TAIL.sub("", _NAME_NUMBER.sub("", raw)).strip('“”"《》 ')
        return low + position, name if re.search(r"[\u4e00-\u9fff]", name) else ""


def _settle(item: Item) -> None:
    """Decide among several scores: the last is the item's when the others add up to it, else none is."""
    if not item.further or item.score is None:
        return
    before = [item.score, *(points for points, _, _ in item.further[:-1])]
    points, start, end = item.further[-1]
    if len(before) > 1 and sum(before, Decimal(0)) == points:
        item.score, item.score_span = points, (start, end)
    elif any(other != item.score for other, _, _ in item.further):
        item.score, item.rate = None, None


def _counts_of_100(item: Item) -> bool:
    """Return whether the score is on another scale than the weight (权重20%，得90分)."""
    return item.is_weight_percent and item.score is not None and item.score > item.weight


def _take_other(text: str, item: Item, match: re.Match[str]) -> None:
    """Give the item a score rate or points lost."""
    if match["rate"]:
        is_near = match.start() - item.score_span[1] <= _REACH_OF_A_RATE
        if item.rate is None and item.score is not None and is_near:
            item.rate = Decimal(match["rate"])
            item.rate_digits = len(match["rate"].partition(".")[2])
            item.rate_span = (match.start("rate"), match.end())
            item.end = match.end()
        return
    before = text[max(0, match.start() - 16) : match.start()]
    if not _PER_CASE.search(before):
        item.lost.append(Decimal(match["lost"]))
        item.is_loss_meant = item.is_loss_meant or match["lost_label"].startswith("酌情")
        item.lost_span = (match.start(), match.end())


def _level(head: str) -> int:
    """Return the level of a paragraph by its numbering, from 0."""
    decimal = _DECIMAL_NUMBER.match(head)
    if decimal:
        return decimal["rest"].count(".") * 2
    for level, marker in enumerate(_MARKERS):
        if marker.match(head):
            return level * 2
    return _UNMARKED * 2


def _attach_children(items: list[Item], headings: Sequence[tuple[int, int, bool]]) -> None:
    """Attach each item to the nearest item before it of a higher level.

    ``headings``: place and level of each; what follows one is not below an item before it of its level.
    """
    open_items: list[Item] = []
    position = 0
    for item in items:
        while position < len(headings) and headings[position][0] < item.start:
            _close(open_items, headings[position][1])
            position += 1
        if item.is_total or item.is_told_again:
            continue
        _close(open_items, item.level)
        if open_items:
            open_items[-1].children.append(item)
        open_items.append(item)


def _close(open_items: list[Item], level: int) -> None:
    """Take away the items of this level and below it."""
    while open_items and open_items[-1].level >= level:
        open_items.pop()


def roots(items: tuple[Item, ...]) -> Iterator[Item]:
    """Yield the items that stand below no other."""
    below = {id(child) for item in items for child in item.children}
    apart = (item for item in items if not item.is_total and not item.is_told_again)
    return (item for item in apart if id(item) not in below)
