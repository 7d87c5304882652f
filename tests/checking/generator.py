"""Builds correct reports of many styles, with the place of every figure that takes part in a relation.

A figure is written as «kind|digits»; ``build`` takes the marks out and remembers the places.
All figures of a report follow from a few drawn ones, so nothing in it can be wrong.
"""

import random
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_MARK = re.compile(r"«([a-z]+)(?::(\d+))?\|([^»]*)»")
_NARROW = str.maketrans("０１２３４５６７８９．", "0123456789.")
_NAMES = (
    "预算编制",
    "预算执行",
    "信息公开",
    "绩效管理",
    "采购管理",
    "资产管理",
    "运行成本",
    "财务管理",
    "内部控制",
    "履职效果",
    "社会效益",
    "可持续影响",
    "服务对象满意度",
    "产出数量",
    "产出质量",
    "产出时效",
)
_REASONS = ("因个别项目进度滞后", "主要原因是部分制度还不完善", "由于资料归档不及时")
_PLACES = ("青山区", "临江县", "白云市", "平川区")
_OFFICES = ("农业农村局", "文化广电旅游局", "市场监督管理局", "科学技术协会", "档案馆")


@dataclass(frozen=True)
class Figure:
    """A figure's kind and its place in the text.

    ``relation``: the number of the one rate that an amount serves and nothing else; 0 for none.
    """

    kind: str
    start: int
    end: int
    relation: int = 0


@dataclass(frozen=True)
class Generated:
    """A correct report and its figures."""

    text: str
    figures: tuple[Figure, ...]
    style: str


class _Writer:
    """Draws figures and writes them in one style."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        pick = self.random.choice
        self.unit = pick(("万元", "万元", "万元", "元", "亿元"))
        self.commas = pick((True, False))
        self.spaces = pick((True, False))
        self.full_width = self.random.random() < 0.15
        self.year = self.random.randint(2018, 2024)
        self.place = pick(_PLACES)
        self.office = pick(_OFFICES)

    def amount(self, low: int = 2000, high: int = 900000) -> Decimal:
        """Draw an amount in hundredths of the unit."""
        return Decimal(self.random.randint(low, high)) / 100

    def split(self, whole: Decimal, count: int) -> list[Decimal]:
        """Divide an amount into parts of at least 3% each."""
        least = whole * 3 / 100
        cuts = sorted(self.random.random() for _ in range(count - 1))
        shares = [b - a for a, b in zip([0.0, *cuts], [*cuts, 1.0], strict=True)]
        spare = whole - least * count
        parts = [
            (least + spare * Decimal(str(round(share, 6)))).quantize(Decimal("0.01"))
            for share in shares[:-1]
        ]
        return [*parts, whole - sum(parts, Decimal(0))]

    def money(self, kind: str, value: Decimal) -> str:
        """Write an amount with its unit."""
        digits = f"{value:,.2f}" if self.commas else f"{value:.2f}"
        gap = " " if self.spaces else ""
        return f"{gap}«{kind}|{digits}»{gap}{self.unit}"

    def percent(self, kind: str, part: Decimal, whole: Decimal) -> str:
        """Write part / whole in percent with two decimals."""
        value = (part / whole * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return f"«{kind}|{value}»%"

    def spent(self, budget: Decimal) -> Decimal:
        """Draw what was spent of a budget: 80 to 99.9%."""
        return (budget * self.random.randint(8000, 9990) / 10000).quantize(Decimal("0.01"))


def _money_zengcheng(w: _Writer) -> str:
    adjusted = w.amount(20000)
    basic, project = w.split(adjusted, 2)
    basic_spent, project_spent = w.spent(basic), w.spent(project)
    spent = basic_spent + project_spent
    return (
        f"{w.year}年部门年度调整预算数为{w.money('sum', adjusted)}，实际完成支出{w.money('sum', spent)}，"
        f"完成率为{w.percent('rate', spent, adjusted)}，其中：基本支出年度预算数为{w.money('sum', basic)}，"
        f"支出数为{w.money('sum', basic_spent)}，完成年度预算{w.percent('rate', basic_spent, basic)}，"
        f"项目支出年度预算数为{w.money('sum', project)}，支出数为{w.money('sum', project_spent)}，"
        f"完成年度预算{w.percent('rate', project_spent, project)}。"
    )


def _money_shares(w: _Writer) -> str:
    total = w.amount(20000)
    grant, income, other = w.split(total, 3)
    spent_basic, spent_project = w.split(w.spent(total), 2)
    spent = spent_basic + spent_project
    return (
        f"{w.year}年度收入合计{w.money('share', total)}，其中：财政拨款收入{w.money('share', grant)}，占{w.percent('share', grant, total)}；"
        f"事业收入{w.money('share', income)}，占{w.percent('share', income, total)}；其他收入{w.money('share', other)}，"
        f"占{w.percent('share', other, total)}。\n{w.year}年度支出合计{w.money('sum', spent)}，其中：基本支出{w.money('sum', spent_basic)}，"
        f"项目支出{w.money('sum', spent_project)}。"
    )


def _money_adjusted(w: _Writer) -> str:
    initial, change = w.amount(30000), w.amount(1000, 9000)
    adjusted = initial + change
    spent = w.spent(adjusted)
    return (
        f"年初预算数为{w.money('balance', initial)}，年中追加{w.money('balance', change)}，"
        f"调整后预算数为{w.money('balance', adjusted)}。"
        f"全年预算数{w.money('rate:1', adjusted)}，全年执行数{w.money('rate:1', spent)}，"
        f"预算执行率{w.percent('rate:1', spent, adjusted)}。"
    )


def _money_projects(w: _Writer) -> str:
    lines = []
    for number, name in enumerate(("道路养护", "技能培训", "平台运维"), 1):
        budget = w.amount(3000, 60000)
        spent = w.spent(budget)
        kind = f"rate:{number}"
        lines.append(
            f"{number}.{name}项目。预算安排{w.money(kind, budget)}，实际支出{w.money(kind, spent)}，"
            f"预算执行率为{w.percent(kind, spent, budget)}。"
        )
    return "\n".join(lines)


def _counts(w: _Writer) -> str:
    parts = [w.random.randint(2, 60) for _ in range(3)]
    people = [w.random.randint(3, 40) for _ in range(2)]
    return (
        f"全年举办活动«count|{sum(parts)}»场，其中：讲座«count|{parts[0]}»场、展览«count|{parts[1]}»场、竞赛«count|{parts[2]}»场。"
        f"现有在职人员«count|{sum(people)}»人（含行政人员«count|{people[0]}»人，事业人员«count|{people[1]}»人）。"
        "共设置三个一级指标，分别为产出指标、效益指标、满意度指标。"
    )


@dataclass(frozen=True)
class _Line:
    name: str
    weight: Decimal
    score: Decimal


def _scored(w: _Writer) -> list[_Line]:
    """Draw indicators whose weights add to 100."""
    count = w.random.randint(4, 9)
    names = w.random.sample(_NAMES, count)
    cuts = sorted(w.random.sample(range(1, 33), count - 1))
    weights = [Decimal((b - a) * 3) for a, b in zip([0, *cuts], [*cuts, 33], strict=True)]
    weights[-1] += 1
    return [
        _Line(
            name,
            weight,
            weight - (Decimal(w.random.randint(1, 40)) / 20 if w.random.random() < 0.5 else 0),
        )
        for name, weight in zip(names, weights, strict=True)
    ]


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _grade(total: Decimal) -> str:
    return "优" if total >= 90 else "良" if total >= 80 else "中" if total >= 60 else "差"


def _scores_sentences(w: _Writer, lines: list[_Line]) -> str:
    total = sum((line.score for line in lines), Decimal(0))
    verb = w.random.choice(("评价得分", "自评得分", "得分"))
    out = [f"部门整体支出绩效自评得分«total|{_plain(total)}»分，等级为{_grade(total)}。"]
    for number, line in enumerate(lines, 1):
        percent = (line.score / line.weight * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        reason = ""
        if line.score < line.weight:
            reason = f"，{w.random.choice(_REASONS)}，酌情扣减«lost|{_plain(line.weight - line.score)}»分"
        out.append(
            f"{number}.{line.name}分值«weight|{_plain(line.weight)}»分，{verb}«score|{_plain(line.score)}»分，"
            f"得分率«scorerate|{_plain(percent)}»%{reason}。"
        )
    return "\n".join(out)


def _scores_brackets(w: _Writer, lines: list[_Line]) -> str:
    total = sum((line.score for line in lines), Decimal(0))
    out = [
        f"经自评，本部门整体支出绩效综合得分为«total|{_plain(total)}»分，评价等级为“{_grade(total)}”。"
    ]
    for number, line in enumerate(lines, 1):
        reason = ""
        if line.score < line.weight:
            reason = f"扣«lost|{_plain(line.weight - line.score)}»分，{w.random.choice(_REASONS)}。"
        out.append(
            f"（{'一二三四五六七八九'[number - 1]}）{line.name}（«weight|{_plain(line.weight)}»分），得«score|{_plain(line.score)}»分。{reason}"
        )
    return "\n".join(out)


def _scores_groups(w: _Writer, lines: list[_Line]) -> str:
    half = len(lines) // 2
    total = sum((line.score for line in lines), Decimal(0))
    out = [f"部门整体支出绩效自评总分«total|{_plain(total)}»分，评价等级为{_grade(total)}。"]
    for number, (name, group) in enumerate(
        (("管理效率", lines[:half]), ("履职效能", lines[half:])), 1
    ):
        weight = sum((line.weight for line in group), Decimal(0))
        score = sum((line.score for line in group), Decimal(0))
        rows = [
            f"{line.name}分值«weight|{_plain(line.weight)}»分，得分«score|{_plain(line.score)}»分"
            + (f"，{w.random.choice(_REASONS)}" if line.score < line.weight else "")
            for line in group
        ]
        out.append(
            f"{number}.{name}分值«groupweight|{_plain(weight)}»分，得分«groupscore|{_plain(score)}»分。其中：{'；'.join(rows)}。"
        )
    return "\n".join(out)


def _table(w: _Writer, lines: list[_Line], *, mark: str) -> str:
    total = sum((line.score for line in lines), Decimal(0))
    rows = [["一级指标", "年度指标值", "实际完成值", "分值", "得分", "扣分原因"]]
    for line in lines:
        reason = w.random.choice(_REASONS) if line.score < line.weight else "无"
        rows.append(
            [
                line.name,
                "按时完成",
                "已经办结",
                f"«weight|{_plain(line.weight)}»",
                f"«score|{_plain(line.score)}»",
                reason,
            ]
        )
    rows.append(["总分", "", "", "«totalweight|100»", f"«total|{_plain(total)}»", ""])
    return "\n".join(mark.join(row) for row in rows)


def _scores_tabs(w: _Writer, lines: list[_Line]) -> str:
    return _table(w, lines, mark="\t")


def _scores_bars(w: _Writer, lines: list[_Line]) -> str:
    return "\n".join(f"| {row} |" for row in _table(w, lines, mark=" | ").split("\n"))


def _scores_cells(w: _Writer, lines: list[_Line]) -> str:
    return re.sub(r"\n+", "\n", _table(w, lines, mark="\n"))


def _scores_spaces(w: _Writer, lines: list[_Line]) -> str:
    return re.sub(r" +", " ", _table(w, lines, mark=" "))


def _scores_gaps(w: _Writer, lines: list[_Line]) -> str:
    return "\n".join(re.sub(r"\t+", "    ", row) for row in _table(w, lines, mark="\t").split("\n"))


def _budget_table(w: _Writer) -> str:
    budget = w.amount(20000)
    parts = w.split(budget, 3)
    spent = [w.spent(part) for part in parts]
    rows = [["资金来源", "全年预算数", "全年执行数", "执行率"]]
    rows += [
        [
            name,
            f"«tablesum|{part:.2f}»",
            f"«tablesum|{done:.2f}»",
            w.percent("tablerate", done, part),
        ]
        for name, part, done in zip(("财政拨款", "事业收入", "其他资金"), parts, spent, strict=True)
    ]
    rows.append(
        [
            "合计",
            f"«tablesum|{budget:.2f}»",
            f"«tablesum|{sum(spent):.2f}»",
            w.percent("tablerate", sum(spent), budget),
        ]
    )
    return "\n".join("\t".join(row) for row in rows)


MONEY = {
    "zengcheng": _money_zengcheng,
    "shares": _money_shares,
    "adjusted": _money_adjusted,
    "projects": _money_projects,
    "table": _budget_table,
}
SCORES = {
    "sentences": _scores_sentences,
    "brackets": _scores_brackets,
    "groups": _scores_groups,
    "tabs": _scores_tabs,
    "bars": _scores_bars,
    "cells": _scores_cells,
    "spaces": _scores_spaces,
    "gaps": _scores_gaps,
}


def generate(seed: int) -> Generated:
    """Return one correct report."""
    w = _Writer(seed)
    money = list(MONEY)[seed % len(MONEY)]
    scores = list(SCORES)[(seed // len(MONEY)) % len(SCORES)]
    text = "\n".join(
        [
            f"{w.place}{w.office}{w.year}年度部门整体支出绩效自评报告",
            "一、基本情况",
            "（一）部门概况",
            f"{w.place}{w.office}是政府工作部门，内设办公室等机构，负责辖区内有关业务的组织、指导和监督工作。",
            "（二）部门整体收支情况",
            MONEY[money](w),
            "二、综合评价分析",
            SCORES[scores](w, _scored(w)),
            _counts(w),
            "三、存在的主要问题",
            "一是部分项目前期论证不够充分；二是绩效目标设置还不够具体。",
            "四、下一步改进措施",
            "加强项目储备和论证，细化绩效目标，做好全过程跟踪。",
        ]
    )
    wrap = seed % 3 == 0 and scores in ("sentences", "brackets", "groups") and money != "table"
    return _unmarked(text, f"{money}+{scores}{'+wrapped' if wrap else ''}", w, wrap=wrap)


def _unmarked(text: str, style: str, w: _Writer, *, wrap: bool) -> Generated:
    """Take the marks out, break lines as on paper where asked, and return the places."""
    out: list[str] = []
    width = 0
    lines = 0
    spans: list[tuple[int, int, str, int]] = []
    plain: list[str] = []
    position = 0
    for match in _MARK.finditer(text):
        plain.append(text[position : match.start()])
        start = sum(map(len, plain))
        plain.append(match[3])
        spans.append((start, start + len(match[3]), match[1], int(match[2] or 0)))
        position = match.end()
    plain.append(text[position:])
    whole = "".join(plain)
    places: list[int] = []
    length = 0
    for char in whole:
        places.append(length)
        out.append(chr(ord(char) + 0xFEE0) if w.full_width and char in "0123456789" else char)
        length += 1
        if not wrap:
            continue
        width = 0 if char == "\n" else width + (2 if ord(char) > 0x2E80 else 1)
        if width >= 56:
            lines += 1
            out.append("\n\n\n—9—\n\n" if lines % 9 == 0 else "\n\n")
            length += len(out[-1])
            width = 0
    figures = [
        Figure(kind, places[start], places[end - 1] + 1, relation)
        for start, end, kind, relation in spans
    ]
    return Generated("".join(out), tuple(figures), style)


def mutate(report: Generated, figure: Figure, draw: random.Random) -> str:
    """Return the report with one digit of one figure changed."""
    text = report.text
    digits = [i for i in range(figure.start, figure.end) if text[i].isdigit()]
    place = draw.choice(digits)
    old = text[place]
    zero = "０" if ord(old) > 0xFF00 else "0"
    is_leading = place == digits[0] and len(digits) > 1
    choices = [chr(ord(zero) + n) for n in range(1 if is_leading else 0, 10)]
    return text[:place] + draw.choice([c for c in choices if c != old]) + text[place + 1 :]


def is_still_true(report: Generated, figure: Figure, changed: str) -> bool:
    """Return whether a changed amount leaves the one rate that it serves as printed.

    The last digit of an amount often moves the rate by less than it is printed with; then nothing
    in the report is wrong, and nothing can be found.
    """
    if not figure.relation:
        return False
    whole, part, percent = (
        Decimal(re.sub(r"[^\d.．]", "", changed[other.start : other.end]).translate(_NARROW))
        for other in report.figures
        if other.relation == figure.relation
    )
    return (part / whole * 100).quantize(Decimal("0.01"), ROUND_HALF_UP) == percent
