"""Break a title into lines by meaning, in the shape that official documents ask for.

A title is centred; a word is not torn, and the lines form a trapezoid or a diamond, not a block and not an hourglass.
Source: GB/T 9704-2012, 7.3.1 (分一行或多行居中排布；回行时，要做到词意完整，排列对称，长短适宜，间距恰当，
标题排列应当使用梯形或菱形).
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

#: What fits into a line of 156 mm in 22 pt type: 20 characters.
LINE_EMS = 20.0
_NARROW_EM = 0.5
_MOST_LINES = 9
_MOST_CHOICES = 6_000

#: Words of report titles that stay whole. A longer word wins over a shorter one.
_WHOLE_WORDS = (
    "部门整体支出绩效自评",
    "部门整体支出",
    "整体支出",
    "绩效自评报告",
    "绩效评价报告",
    "绩效自评",
    "绩效评价",
    "自评报告",
    "评价报告",
    "部门预算",
    "专项资金",
    "项目支出",
    "财政支出",
    "人民政府",
    "人民代表大会",
    "常务委员会",
    "代表大会",
    "委员会",
    "办公室",
    "科学技术",
    "科学",
    "技术",
    "协会",
    "研究院",
    "研究所",
    "管理局",
    "管理处",
    "领导小组",
    "领导",
    "小组",
    "事务",
    "服务",
    "中心",
    "发展",
    "改革",
    "教育",
    "文化",
    "旅游",
    "体育",
    "卫生",
    "健康",
    "住房",
    "城乡",
    "建设",
    "交通",
    "运输",
    "生态",
    "环境",
    "农业",
    "农村",
    "应急",
    "市场",
    "监督",
    "管理",
    "社会",
    "保障",
    "人力资源",
    "社会保障",
    "人力",
    "资源",
    "自然",
    "规划",
    "工业",
    "信息化",
    "商务",
    "审计",
    "统计",
    "机关",
    "事业",
    "单位",
    "综合",
    "行政",
    "执法",
    "退役",
    "军人",
    "医疗",
    "国有",
    "资产",
    "开发区",
    "自治区",
    "自治州",
    "自治县",
    "街道",
    "年度",
    "关于",
    "情况",
    "报告",
    "通知",
    "部门",
    "整体",
    "支出",
    "绩效",
    "自评",
    "评价",
    "政治",
    "协商",
    "会议",
    "共产党",
    "广播",
    "电视",
    "新闻",
    "出版",
    "图书馆",
    "学校",
    "学院",
    "大学",
    "中学",
    "小学",
    "医院",
    "知识产权",
    "知识",
    "产权",
    "少年",
    "青年",
    "妇女",
    "联合会",
    "工商业",
    "残疾人",
    "中国人民政治协商会议",
    "中国共产党",
    "退役军人事务",
    "行政执法",
    "群众",
    "工作",
    "公共",
    "资金",
    "预算",
    "执行",
)
_WORDS = re.compile("|".join(sorted(map(re.escape, _WHOLE_WORDS), key=len, reverse=True)))
_NUMBERS = re.compile(r"[0-9A-Za-z.,%—–\-]+(?:年度|年|月|日|号|届|期)?度?")
_QUOTED = re.compile(r"《[^《》]{1,18}》|（[^（）]{1,12}）|“[^“”]{1,12}”")
#: A place name ends here; a break behind it does no harm.
_PLACE_END = "省市县区州盟旗镇乡"
_NO_LINE_START = "，。、；：？！）》〉」』】〕”’％·的和与及"
_NO_LINE_END = "（《〈「『【〔“‘"

_COST_AFTER_NAME, _COST_BEFORE_NAME, _COST_BETWEEN_WORDS, _COST_PLACE = 0.0, 2.0, 4.0, 3.0
_COST_INSIDE_NAME, _COST_BESIDE_WORD, _COST_UNKNOWN, _COST_TORN = 6.0, 7.0, 14.0, 60.0
_COST_HOURGLASS, _COST_BLOCK, _COST_LINE, _COST_SHORT = 9.0, 5.0, 9.0, 12.0
#: Added when no line ends with the department's name.
_COST_NAME_RUNS_ON = 16.0


@dataclass(frozen=True, slots=True)
class _Break:
    """A place where a line may end: before ``position``, at a cost."""

    position: int
    cost: float


def width_em(text: str) -> float:
    """Return the width of ``text`` in characters, Latin letters and digits as halves."""
    return sum(_NARROW_EM if character.isascii() else 1.0 for character in text)


@lru_cache(maxsize=256)
def break_title(title: str, *, name: str = "", line_ems: float = LINE_EMS) -> tuple[str, ...]:
    """Return ``title`` in lines of at most ``line_ems`` characters; the lines joined are the title.

    ``name``: the department's name in it, kept whole where it can be. A line break typed into the title is kept.
    """
    lines: list[str] = []
    for part in title.splitlines():
        if part.strip():
            lines.extend(_break_part(part.strip(), name, line_ems))
    return tuple(lines)


def _break_part(title: str, name: str, line_ems: float) -> list[str]:
    if width_em(title) <= line_ems:
        return [title]
    breaks = _breaks(title, name)
    fewest = max(2, -(-int(width_em(title) * 10) // int(line_ems * 10)))
    best: tuple[float, list[str]] | None = None
    for count in range(fewest, min(fewest + 2, _MOST_LINES) + 1):
        for lines, cost in _choices(title, breaks, count, line_ems):
            total = cost + _COST_LINE * (count - fewest) + _shape_cost(lines, line_ems)
            if name and name in title and not any(line.endswith(name[-4:]) for line in lines):
                total += _COST_NAME_RUNS_ON
            if best is None or total < best[0]:
                best = (total, lines)
    return best[1] if best else _fill(title, line_ems)


def _choices(
    title: str, breaks: list[_Break], count: int, line_ems: float
) -> Iterator[tuple[list[str], float]]:
    """Yield the ways to cut ``title`` into ``count`` lines that fit, the cheapest places first considered."""
    candidates = sorted(breaks, key=lambda one: one.cost)
    while len(candidates) > count and _ways(len(candidates), count - 1) > _MOST_CHOICES:
        candidates.pop()
    candidates.sort(key=lambda one: one.position)
    for chosen in itertools.combinations(candidates, count - 1):
        ends = [0, *(one.position for one in chosen), len(title)]
        lines = [title[start:end] for start, end in itertools.pairwise(ends)]
        if all(width_em(line) <= line_ems for line in lines):
            yield lines, sum(one.cost for one in chosen)


def _ways(places: int, breaks: int) -> int:
    ways = 1
    for step in range(breaks):
        ways = ways * (places - step) // (step + 1)
    return ways


def _breaks(title: str, name: str) -> list[_Break]:
    """Return every place where a line may end, with how much it hurts."""
    whole = [
        match.span() for pattern in (_QUOTED, _NUMBERS, _WORDS) for match in pattern.finditer(title)
    ]
    starts = {start for start, _ in whole}
    ends = {end for _, end in whole}
    name_start = title.find(name) if name else -1
    name_end = name_start + len(name) if name_start >= 0 else -1
    found = []
    for position in range(1, len(title)):
        if title[position] in _NO_LINE_START or title[position - 1] in _NO_LINE_END:
            continue
        if title[position - 1].isascii() and title[position].isascii():
            continue
        if any(start < position < end for start, end in whole):
            cost = _COST_TORN
        elif position == name_end:
            cost = _COST_AFTER_NAME
        elif position == name_start:
            cost = _COST_BEFORE_NAME
        elif title[position - 1] in _PLACE_END:
            cost = _COST_PLACE
        elif position in ends and position in starts:
            cost = _COST_BETWEEN_WORDS
        elif position in ends or position in starts:
            cost = _COST_BESIDE_WORD
        else:
            cost = _COST_UNKNOWN
        if name_start < position < name_end:
            cost += _COST_INSIDE_NAME
        found.append(_Break(position, cost))
    return found


def _shape_cost(lines: list[str], line_ems: float) -> float:
    """Return how far the lines are from a trapezoid or a diamond."""
    widths = [width_em(line) for line in lines]
    longest, mean = max(widths), sum(widths) / len(widths)
    cost = sum(abs(width - mean) for width in widths) / len(widths)
    cost += sum(_COST_SHORT for width in widths if width < longest * 0.35)
    cost += sum(_COST_BLOCK for one, two in itertools.pairwise(widths) if abs(one - two) < 1)
    peak = widths.index(longest)
    rises = all(one <= two for one, two in itertools.pairwise(widths[: peak + 1]))
    falls = all(one >= two for one, two in itertools.pairwise(widths[peak:]))
    if not (rises and falls):
        cost += _COST_HOURGLASS
    if longest > line_ems - 1:
        cost += 1
    return cost


def _fill(title: str, line_ems: float) -> list[str]:
    """Cut anywhere, when no better way exists (a title of many lines, or one endless word)."""
    lines, line = [], ""
    for character in title:
        if line and width_em(line + character) > line_ems:
            lines.append(line)
            line = ""
        line += character
    return [*lines, line]
