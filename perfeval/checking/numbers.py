"""Numbers in prose: what is counted or measured, how exactly, and which words stand before it.

Years, dates, ordinals, document numbers and list numbers are no quantities.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from perfeval.scoring.quantity import plain


class Kind(StrEnum):
    """What a quantity measures; only like is compared with like."""

    AMOUNT = "amount"  # money, in 元
    PERCENT = "percent"
    PERCENT_POINT = "percent_point"
    POINTS = "points"  # 分
    COUNT = "count"  # 个, 项, 人次 …


class AmountRole(StrEnum):
    """What an amount is in a budget, by the words before it."""

    INITIAL = "initial"  # 年初预算
    ADJUSTED = "adjusted"  # 调整预算数, 全年预算数
    BUDGET = "budget"
    SPENT = "spent"
    REST = "rest"  # 结转, 结余, 调增, 调减: neither
    OTHER = "other"


BUDGETS = frozenset({AmountRole.INITIAL, AmountRole.ADJUSTED, AmountRole.BUDGET})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit. ``number`` as written, ``factor`` of the unit to the plain one.

    ``start``/``end`` span number and unit; ``label`` is the text before it back to the last stop,
    without the linking word, and begins at ``label_start``.
    ``is_open``: 近, 约, 余, 以上 and the like stand beside it.
    """

    number: Decimal
    factor: int
    digits: int
    kind: Kind
    unit: str
    written: str
    start: int
    end: int
    label: str
    label_start: int
    is_open: bool
    role: AmountRole

    @property
    def value(self) -> Decimal:
        """Return the quantity in 元, percent, points or pieces."""
        return self.number * self.factor

    @property
    def quantum(self) -> Decimal:
        """Return what one unit of the last written digit is worth."""
        return Decimal(1).scaleb(-self.digits) * self.factor


_NUMBER = re.compile(
    r"(?<![\dA-Za-z])(?<!\d[.,])(?P<number>\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d{1,15}(?:\.\d{1,10})?)(?![\d])"
    r" ?(?P<many1>[余多])?"
    r"(?:(?P<money>(?:亿|千万|百万|万)?元)(?!素|旦|月|件)"
    r"|(?P<percent>%)|(?P<point>个?百分点)"
    r"|(?P<points>分)(?![钟之类局会公析校部支包管期布解项别配层享级散工店行])"
    r"|(?P<scale>[万亿])?(?P<many2>[余多])?"
    r"(?P<unit>人次|剂次|册次|场次|批次|户次|班次|学时|公顷|平方公里|人|个|项|家|次|场|篇|件|套|台|户|名|册|期|条|处|亩|公里|平方米|吨|例|份|批|所|辆|座|支|头|只|门|课时|天|小时|分钟|学时|张|部|类|宗|起|对|幅|本|片|盏|棵|株|块|款|棟|栋|间|根|组|班|堂|节|米|千克|公斤|斤|升|度|卷|盘|组织))"
)
_NO_QUANTITY_BEFORE = re.compile(r"(?:第|〔|\[|图|表|附件|科目|[A-Za-z])$")
_RANGE_BEFORE = re.compile(r"\d[-—–~～至到]$")
_BACK_TO_A_LIST = re.compile(r"^.*(?:其中|包括|包含|[：:])")
_NO_QUANTITY_AFTER = re.compile(r"^(?:年|月(?!均)|日|号|届|季度|时(?!效))")
_OPEN_BEFORE = re.compile(
    r"(?:近|(?<!节)约|大约|超|超过|逾|突破|不少于|不低于|不超过|不足|至少|将近|接近|多达|高达|预计|≥|≤|>|<|大于|小于|低于|高于|控制在)(?:了|为|到)?[ ]?$"
)
_OPEN_AFTER = re.compile(r"^(?:余|多(?!个)|以上|左右|上下|以内|以下|不等|之多|及以上)")
_STOPS = frozenset("，,。；;、（()）\n\t！？|“”《》")
_LINK = re.compile(r"(?:[：:为是达到近超即仅于了 ]|(?<!节)约|等于|共(?!计))+$")
_LABEL_LENGTH = 40

_ROLE_WORDS = re.compile(
    r"(?P<rest>结转|结余|剩余|调增|调减|追加|核减|压减|压缩|收回|上缴|缴回|节约|节余|差额|缺口|减少|增加|增长|下降|退回|调入|调出)"
    r"|(?P<budget>预算|批复|下达|到位|安排|计划(?!资金)|指标数|资金总额)"
    r"|(?P<spent>支出|发放|兑付|核销|执行|使用|支付|决算|完成|列支|花费|拨付|实际(?:政府)?采购)"
)
_PLANNED = re.compile(r"安排|计划|年初|下达|批复|预算支出")
_DONE = re.compile(r"实际|执行|决算|完成|支付|使用")


def quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """Return every quantity of ``text[start:end]`` in order."""
    found: list[Quantity] = []
    floor = start
    for match in _NUMBER.finditer(text, start, len(text) if end is None else end):
        quantity = _quantity(text, match, floor)
        if quantity is not None:
            found.append(quantity)
            floor = quantity.end
    return found


def _quantity(text: str, match: re.Match[str], floor: int) -> Quantity | None:
    """Return the quantity that a number and its unit make, or None when it is a date or the like."""
    before = text[max(0, match.start() - 8) : match.start()]
    after = text[match.end() : match.end() + 6]
    if _NO_QUANTITY_BEFORE.search(before):
        return None
    if _RANGE_BEFORE.search(before) or _NO_QUANTITY_AFTER.match(after):
        return None  # ranges: 3-5个
    kind, factor, unit = _unit(match)
    written = match["number"]
    number = Decimal(written.replace(",", ""))
    if text[match.start() - 1 : match.start()] in ("-", "－") and (
        match.start() < 2 or text[match.start() - 2] not in "0123456789"
    ):
        number = -number
    label = _label(text, match.start(), floor)
    return Quantity(
        number=number,
        factor=factor,
        digits=len(written.partition(".")[2]),
        kind=kind,
        unit=unit,
        written=text[match.start() : match.end()],
        start=match.start(),
        end=match.end(),
        label=label,
        label_start=text.rfind(label, 0, match.start()) if label else match.start(),
        is_open=bool(
            _OPEN_BEFORE.search(before)
            or match["many1"]
            or match["many2"]
            or _OPEN_AFTER.match(after)
        ),
        role=role_of(label) if kind == Kind.AMOUNT else AmountRole.OTHER,
    )


def _unit(match: re.Match[str]) -> tuple[Kind, int, str]:
    """Return the kind of a number, the factor of its unit, and the plain unit."""
    if match["money"]:
        factor = {"元": 1, "万元": 10**4, "百万元": 10**6, "千万元": 10**7, "亿元": 10**8}
        return Kind.AMOUNT, factor[match["money"]], "元"
    if match["percent"]:
        return Kind.PERCENT, 1, "%"
    if match["point"]:
        return Kind.PERCENT_POINT, 1, "个百分点"
    if match["points"]:
        return Kind.POINTS, 1, "分"
    factor_of = {"万": 10**4, "亿": 10**8}
    return Kind.COUNT, factor_of.get(match["scale"], 1), match["unit"]


def _label(text: str, number_start: int, floor: int) -> str:
    """Return the words that name a number: back to the last stop, linking words taken off."""
    lowest = max(floor, number_start - _LABEL_LENGTH)
    window = text[lowest:number_start]
    window = _LINK.sub("", window)
    position = len(window)
    while position and window[position - 1] not in _STOPS:
        position -= 1
    label = window[position:].strip()
    return _BACK_TO_A_LIST.sub("", label)


def role_of(label: str) -> AmountRole:
    """Return what an amount is by the last telling word of its label."""
    words = list(_ROLE_WORDS.finditer(label))
    if not words:
        return AmountRole.OTHER
    last = words[-1]
    if last["rest"]:
        is_new_budget = last.group() in ("追加", "调增", "调减") and "后" in label[last.end() :]
        return AmountRole.ADJUSTED if is_new_budget else AmountRole.REST
    if last["spent"] and not (_PLANNED.search(label) and not _DONE.search(label)):
        return AmountRole.SPENT
    if "年初" in label:
        return AmountRole.INITIAL
    if re.search(r"调整|全年预算|年度预算|调增后|追加后", label):
        return AmountRole.ADJUSTED
    return AmountRole.BUDGET


def with_unit(value: Decimal, like: Quantity) -> str:
    """Return a plain value written in the unit of ``like``: 6424000 like 1.00万元 is 642.40万元."""
    scaled = value / like.factor
    digits = max(like.digits, min(4, len(plain(scaled).partition(".")[2])))
    unit = re.sub(r"^[-\d.,\s]+", "", like.written)
    shown = scaled.quantize(Decimal(1).scaleb(-digits))
    return f"{shown:,f}{unit}" if "," in like.written else f"{shown:f}{unit}"
