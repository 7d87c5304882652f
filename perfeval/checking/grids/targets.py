"""Whether an indicator's actual value reaches its target, where both are figures of one kind."""

import re
from decimal import Decimal
from enum import StrEnum

_VALUE = re.compile(
    r"^(?P<bound>≥|≧|>=|>|≤|≦|<=|<|=|＝|不低于|不少于|达到|大于等于|小于等于|不超过|不高于|控制在|低于|高于)?"
    r" ?(?P<number>\d{1,12}(?:,\d{3})*(?:\.\d+)?) ?(?P<unit>[^\d，。；、（）()]{0,6}?)(?P<after>以上|及以上|以内|以下|及以下)?$"
)
_AT_LEAST = frozenset(
    {"≥", "≧", ">=", ">", "不低于", "不少于", "达到", "大于等于", "高于", "以上", "及以上"}
)
_AT_MOST = frozenset(
    {
        "≤",
        "≦",
        "<=",
        "<",
        "小于等于",
        "不超过",
        "不高于",
        "控制在",
        "低于",
        "以内",
        "以下",
        "及以下",
    }
)
_EQUAL = frozenset({"=", "＝", "等于", "定量"})
#: Without a sign, less of these is no worse.
_BETTER_LOW = re.compile(
    r"成本|费用|经费|投诉|事故|时间|时限|天数|周期|损失|降低|下降|减少|控制|变动|结余|结转|超|违|死亡|排放|能耗|差|漏|失|次数"
)


class Reached(StrEnum):
    """What can be said of an actual value."""

    REACHED = "reached"
    MISSED = "missed"
    UNKNOWN = "unknown"


def reached(bound: str, target: str, actual: str, name: str) -> Reached:
    """Return whether the actual value reaches the target; UNKNOWN for words, dates, unlike units."""
    wanted, got = _VALUE.match(re.sub(r"\s", "", target)), _VALUE.match(re.sub(r"\s", "", actual))
    if wanted is None or got is None or (got["bound"] or got["after"]) or _is_time(wanted["unit"]):
        return Reached.UNKNOWN
    if wanted["unit"] != got["unit"] and wanted["unit"] and got["unit"]:
        return Reached.UNKNOWN
    if "%" in wanted["unit"] + got["unit"] and wanted["unit"] != got["unit"]:
        return Reached.UNKNOWN
    value, limit = (Decimal(each["number"].replace(",", "")) for each in (got, wanted))
    sign = re.sub(r"\s", "", bound) or wanted["bound"] or wanted["after"] or ""
    if sign in _AT_LEAST:
        return Reached.REACHED if value >= limit else Reached.MISSED
    if sign in _AT_MOST:
        return Reached.REACHED if value <= limit else Reached.MISSED
    if sign not in _EQUAL and (sign or _BETTER_LOW.search(name)):
        return Reached.UNKNOWN
    if value < limit and not _BETTER_LOW.search(name):
        return Reached.MISSED
    return Reached.REACHED if value >= limit else Reached.UNKNOWN


def _is_time(unit: str) -> bool:
    return re.search(r"[年月日号天时前底旬]|季度", unit) is not None
