"""What is stated twice: one rate, one figure, one name, with two values or two spellings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from perfeval.checking.findings import Hit
from perfeval.checking.numbers import AmountRole, Kind, Quantity
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
_OWN_FIGURE = re.compile(
    r"^(?:20\d\d年)?度?(?:我|本)?(?:部门|单位|局|会|委|中心)?(?:整体)?"
    r"(?:年初预算|年度预算|全年预算|调整预算|调整后预算|预算收入|预算支出|收入总计|支出总计|收入合计|支出合计|支出决算|收入决算|年初部门预算|部门预算"
    r"|整体支出|总支出|总收入|实际支出|实际完成支出|基本支出|项目支出|“?三公”?经费支出|人员经费支出|公用经费支出)"
    r"(?:数|总额|金额|合计|总计|决算数)?$"
)
_STANCE = re.compile(r"[为是达到共计约近]|(?:总额|金额|合计|数)$")
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
    """Compare amounts of the department as a whole that carry the same name."""
    first: dict[str, Quantity] = {}
    for sentence in reading.sentences:
        for quantity in sentence.quantities:
            if quantity.kind != Kind.AMOUNT or quantity.is_open:
                continue
            if not _OWN_FIGURE.match(quantity.label) or quantity.role == AmountRole.REST:
                continue
            key = _STANCE.sub("", re.sub(r"^20\d\d年度?|^度", "", quantity.label))
            year = re.match(r"20\d\d", quantity.label)
            if year:
                key = f"{year.group()}{key}"
            known = first.setdefault(key, quantity)
            if not _agree(known, quantity) and _is_about_the_whole(key):
                yield Hit(
                    "figure-restated",
                    quantity.label_start,
                    quantity.end,
                    quantity.written,
                    known.written,
                    {"label": quantity.label, "line": _line(reading, known.start)},
                )


def _is_about_the_whole(key: str) -> bool:
    """Return whether the name can only be said of the whole department."""
    return bool(re.search(r"部门|本单位|整体|总计", key))


def _agree(one: Quantity, other: Quantity) -> bool:
    """Return whether two amounts are one, written with different units or decimals."""
    return abs(one.value - other.value) < max(one.quantum, other.quantum)


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
