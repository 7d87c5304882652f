"""What is stated twice: one rate, one figure, one name, with two values or two spellings."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from perfeval.checking.figures import Origin, StatedFigure
from perfeval.checking.findings import Hit
from perfeval.checking.numbers import AmountRole, Kind, Quantity
from perfeval.checking.prose.sums import is_typing_error
from perfeval.checking.reading import Reading
from perfeval.scoring.quantity import Rounding

EXECUTION = re.compile(r"(?:执行率|支出率|支付率|支出进度|执行进度|完成率)$")
OTHER_SCOPE = re.compile(
    r"基本支出|项目|人员|公用|三公|采购|专项|拨款|结转|结余|基金|转移支付|国有资本|上半年|季度|\d月|截至|任务|目标|指标|同比|计划"
    r"|平均|上年|去年|经费|工程|活动|收入|培训|工资|资产|合同|培养|服务"
)
WHOLE_SCOPE = re.compile(
    r"^(?:20\d\d年)?(?:度)?(?:我|本|全)?(?:部门|单位|局|会|整体|全年|年度|本年|当年|总体|区|市|县|的|度)*(?:预算|资金|整体|总|支出)*"
    r"(?:执行率|支出率|支付率|支出进度|执行进度|完成率)$"
)
WHOLE = re.compile(r"部门|整体|单位|我局|本局|我会|本会|我委|本委|全局|全区|全县|全市")
OF_A_PART = re.compile(r"项目|任务|工程|专项|其中|分别")
_ANOTHER_TIME = re.compile(
    r"截至|上半年|下半年|季度|\d月(?!均)|上年|去年|上一年|下属|所属单位|直属"
)
#: So far before a rate the words of its time and its unit stand.
_NEAR = 40
_YEAR = re.compile(r"(20\d\d)年")
#: Names that can't mean two things in one report.
_SPECIFIC = re.compile(
    r"^(?:部门|本级)?(?:基本|项目(?:支出)?|整体|三公经费|人员经费|公用经费|机关运行经费|收入总计|支出总计|收支总计|收入合计|支出合计)$"
)
_LEAST_NAME = 2
_A_PAIR = 2
_TOTALS = ("收入总计", "支出总计", "收支总计")
_MOST_OF_A_NAME = 12
#: So many digits two different figures seldom share all but one of.
_TELLING_DIGITS = 5
#: Names are compared pairwise; more than this many a report never has.
_MOST_NAMES = 150


@dataclass(frozen=True, slots=True)
class _Stated:
    """A rate of the whole department at one place."""

    quantity: Quantity
    label: str
    year: int | None


def one_rate_two_values(reading: Reading) -> Iterator[Hit]:
    """Compare all places that state the execution rate of the department as a whole."""
    stated = list(_whole_rates(reading))
    if not stated:
        return
    first = stated[0]
    for other in stated[1:]:
        digits = min(first.quantity.digits, other.quantity.digits)
        rounding = Rounding(digits=digits)
        if None not in (first.year, other.year) and first.year != other.year:
            continue
        if rounding.apply(first.quantity.number) == rounding.apply(other.quantity.number):
            continue
        yield Hit(
            "rate-restated",
            other.quantity.label_start,
            other.quantity.end,
            other.quantity.written,
            first.quantity.written,
            {
                "label": other.label,
                "other_label": first.label,
                "line": _line(reading, first.quantity.start),
            },
        )


def _whole_rates(reading: Reading) -> Iterator[_Stated]:
    """Yield the execution rates that are said of everything the department spent."""
    for sentence in reading.sentences:
        amounts: list[Quantity] = []
        for quantity in sentence.quantities:
            if quantity.kind == Kind.AMOUNT:
                amounts.append(quantity)
                continue
            if quantity.kind != Kind.PERCENT or not EXECUTION.search(quantity.label):
                continue
            before = sentence.text[: quantity.start - sentence.start]
            labels = "".join(amount.label for amount in amounts) + quantity.label
            says_whole = WHOLE.search(before if amounts else quantity.label)
            is_whole = (
                says_whole is not None
                and WHOLE_SCOPE.match(quantity.label) is not None
                and not OTHER_SCOPE.search(labels)
                and not (amounts and OF_A_PART.search(before))
            )
            is_now = not _ANOTHER_TIME.search(before[-_NEAR:])
            if is_whole and is_now and not quantity.is_open:
                years = _YEAR.findall(before)
                year = int(years[-1]) if years else reading.title_year
                yield _Stated(quantity, quantity.label, year)
            amounts = []


def one_figure_two_values(reading: Reading) -> Iterator[Hit]:
    """Compare the figures that carry one name, in prose and in tables, of one year, budget and scope.

    Two values a typing error apart are said wherever the name tells anything; others only where the name can't
    mean two things.
    """
    is_budget_only = not re.search(r"决算|执行|实际", reading.text)
    for name in reading.figure_table.names():
        groups: dict[tuple[object, ...], list[StatedFigure]] = {}
        for figure in reading.figure_table.named(name):
            part = _part_of_budget(figure, is_budget_only=is_budget_only)
            if part and not figure.is_open and len(name) >= _LEAST_NAME:
                groups.setdefault((figure.year, figure.kind, figure.unit, part), []).append(figure)
        for figures in groups.values():
            if 2 <= len(figures) <= _MOST_OF_A_NAME:
                yield from _compare(reading, name, figures)
    yield from _totals_of_a_year(reading)


def _totals_of_a_year(reading: Reading) -> Iterator[Hit]:
    """Compare 收入总计, 支出总计 and 收支总计 of a year: they are one figure."""
    groups: dict[int | None, list[StatedFigure]] = {}
    for name in _TOTALS:
        for figure in reading.figure_table.named(name):
            if figure.kind == Kind.AMOUNT and not figure.scope and not figure.is_open:
                groups.setdefault(figure.year, []).append(figure)
    for figures in groups.values():
        counts = Counter(figure.value for figure in figures)
        usual, number = counts.most_common(1)[0]
        for figure in figures[: _MOST_OF_A_NAME if len(figures) > 1 else 0]:
            known = next(other for other in figures if other.value == usual)
            if figure.value == usual:
                if number > 1:
                    reading.hold(figure.start)
            elif (number > 1 or len(figures) == _A_PAIR) and is_typing_error(
                figure.value - usual, min(figure.quantum, known.quantum)
            ):
                yield Hit(
                    "figure-restated",
                    figure.start,
                    figure.end,
                    figure.written,
                    known.written,
                    {"label": figure.subject, "line": _line(reading, known.start)},
                )


def _part_of_budget(figure: StatedFigure, *, is_budget_only: bool) -> str:
    """Return the same word for figures that may be one: budgets of each stage, and what was spent."""
    if figure.role == AmountRole.REST:
        return ""
    if figure.role in (AmountRole.SPENT, AmountRole.OTHER) or (
        is_budget_only and figure.role == AmountRole.BUDGET
    ):
        return "spent"
    return str(figure.role)


def _compare(reading: Reading, name: str, figures: list[StatedFigure]) -> Iterator[Hit]:
    """Report each figure that stands alone against others of its name."""
    values = {figure.value for figure in figures}
    for place, figure in enumerate(figures):
        others = [
            other
            for other in figures
            if other is not figure
            and (
                other.scope == figure.scope
                or (other.scope < figure.scope or figure.scope < other.scope)
            )
            and Origin.PROSE in (other.origin, figure.origin)
        ]
        agreeing = [other for other in others if other.agrees_with(figure)]
        if agreeing:
            reading.hold(figure.start, *(other.start for other in agreeing))
            continue
        before = [
            other for other in others if other.start < figure.start or other.origin == Origin.TABLE
        ]
        if not before or len(values) > 2:
            continue
        known = before[0]
        if place and _is_one_figure(name, known, figure, len(figures)):
            reading.hold(figure.start, known.start)
            yield Hit(
                "figure-restated",
                figure.start,
                figure.end,
                figure.written,
                known.written,
                {"label": figure.subject or name, "line": _line(reading, known.start)},
            )


def _is_one_figure(name: str, one: StatedFigure, other: StatedFigure, number: int) -> bool:
    """Return whether two figures of one name with two values must be one."""
    quantum = min(one.quantum, other.quantum)
    is_slip = is_typing_error(one.value - other.value, quantum)
    is_specific = bool(_SPECIFIC.search(name))
    digits = len(str(int(max(one.value, other.value) / quantum)))
    if one.kind != Kind.AMOUNT:
        return False
    apart = abs(one.value - other.value)
    if one.scope == other.scope and is_specific and (is_slip or apart * 20 <= one.value):
        return True
    return is_slip and (digits >= _TELLING_DIGITS or (is_specific and number > 2))


def one_score_two_values(reading: Reading) -> Iterator[Hit]:
    """Compare an indicator's score in the text with its score in the table."""
    in_text = {item.name: item for item in reading.items if item.score is not None}
    for sheet in reading.score_sheets:
        for row in sheet.rows:
            item = in_text.get(row.name)
            weight = row.weight.number if row.weight else None
            if item is None or weight != item.weight or item.score is None:
                continue
            if row.score.number is not None and row.score.number != item.score:
                yield Hit(
                    "score-restated",
                    row.score.start,
                    row.score.end,
                    row.score.text,
                    str(item.score),
                    {"name": row.name, "line": _line(reading, item.score_span[0])},
                )


def one_name_two_spellings(reading: Reading) -> Iterator[Hit]:
    """Compare names of indicators that differ by a word or two."""
    names: dict[str, tuple[int, int]] = {}
    for item in reading.items:
        names.setdefault(item.name, (item.start, 0))
    for number, sheet in enumerate(reading.score_sheets, 1):
        for row in sheet.rows:
            if row.name:
                names.setdefault(row.name, (row.score.start, number))
    listed = [(name, *place) for name, place in names.items() if len(name) >= 6][:_MOST_NAMES]
    for index, (name, start, source) in enumerate(listed):
        for other, other_start, other_source in listed[:index]:
            if source == other_source or not _is_variant(name, other):
                continue
            yield Hit(
                "name-variant",
                start,
                start + len(name),
                name,
                other,
                {"line": _line(reading, other_start)},
            )
            break


def _is_variant(one: str, other: str) -> bool:
    """Return whether two names are nearly the same, digits and numerals apart."""
    if one in other or other in one:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.quick_ratio() < 0.8 or matcher.ratio() < 0.8:
        return False
    changed = "".join(
        one[a:b] + other[c:d] for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    )
    return (
        not re.search(r"[\d一二三四五六七八九十甲乙上下年内外男女省市区县]", changed)
        and len(changed) <= 4
    )


def _line(reading: Reading, offset: int) -> str:
    """Return the line of the raw text in which a place of the prose stands."""
    return str(reading.prose.line_number(reading.prose.raw_span(offset, offset + 1)[0]))
