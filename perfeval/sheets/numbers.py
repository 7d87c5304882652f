"""Numbers as people write them: weights (10分, １０, 10%, 产出（20分）), 九成, 三分之二, 一个."""

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum

#: No weight is larger; what is, is a year or a sum of money.
LARGEST = Decimal(1000)

_WEIGHT = re.compile(
    r"^[（(]?\s*(?:计|满分|共|±|\+)?\s*(-?\d{1,6}(?:\.\d{1,4})?)\s*(?:分|%|点)?\s*[)）]?$"
)
_IN_NAME = re.compile(
    r"[（(\[【]\s*(?:计|满分|共|权重|分值)?\s*[:：]?\s*(\d{1,3}(?:\.\d{1,4})?)\s*(分|%)?\s*[)）\]】]\s*$"
)
_BEHIND_NAME = re.compile(r"(?<=[^\d.\s])\s*[:：]?\s*(\d{1,3}(?:\.\d{1,4})?)\s*分\s*$")
_AT_HEAD = re.compile(
    r"^[(\[【]\s*(?:满分|计|共|分值)?[:：]?\s*(\d{1,3}(?:\.\d{1,2})?)\s*分\s*[)\]】]"
)
_WHOLE = re.compile(
    r"(?:本项|该项|此项|本指标|该指标)(?:分值|满分|共|计|总分)?[:：为]?(?:满分|共|计)?(\d{1,3}(?:\.\d{1,2})?)分"
)
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}(?:[.．]\d{1,2}){1,3}[、.．\s]*(?=[^\d%])|\d{1,3}[、.．](?=[^\d])|[①-⑳])\s*"
)

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_CHINESE = "[零〇一二两三四五六七八九十百千]"
#: What is counted or measured; longer words before those that they begin with.
COUNTED = (
    "人次|场次|批次|个名次|名次|个位次|位次|环节|要点|要素|项次|次数|个|项|次|例|起|处|件|宗|笔|份|条|人|家|户|类|篇|期|张|册"
    "|台\\(套\\)|台|套|辆|间|所|名|批|场|座|栋|页|票|株|棵|头|部|门|款|位|款|方面|级"
)
MEASURED = (
    "个?工作日|个?自然日|个月|个?季度|个?学时|学时|课时|小时|分钟|秒|半年|半天|星期|周|天|日|月|年"
    "|[万亿]?平方公里|[万亿]?平方米|[万亿]?立方米|[万亿]?公里|千米|毫米|厘米|米|公顷|[万]?亩|[万亿]?吨|公斤|千克|克"
    "|百万元|[千百十]?万元|亿元|元|[万亿]?千瓦时|[万亿]?人次|万人|万户|倍|度"
)
SHARES = "个?百分点|个点|%|‰|点"
UNIT = f"(?:{SHARES}|(?:[十百千]?万|亿)?(?:{MEASURED}|{COUNTED}))"
_NUMERAL = re.compile(
    rf"(?<![统同唯单上零〇一二两三四五六七八九十百千])(?!百分[点制比之数率])({_CHINESE}{{1,8}})(?=分(?![析别类工管解明重])|成(?![立果效员本就功])"
    rf"|(?:以上|以下)?(?:{SHARES}|{MEASURED}|{COUNTED})(?!性|否决|验收|通过|合格|交验|成功|办)|[至到\-~—、]{_CHINESE}{{1,8}}(?:{MEASURED}|{COUNTED}))"
)


def _value(numeral: str) -> int:
    """Return the number that a Chinese numeral stands for."""
    total, digit = 0, 0
    for sign in numeral:
        if sign in _PLACES:
            total += (digit or 1) * _PLACES[sign]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return total + digit


def with_digits(text: str) -> str:
    """Return the text with Chinese numerals before units as digits: 九成 as 90%, 三分之二 as 3分之2."""
    text = re.sub(
        rf"百分之({_CHINESE}{{1,8}}|\d{{1,4}}(?:\.\d{{1,4}})?)",
        lambda found: f"{found[1] if found[1][0].isdigit() else _value(found[1])}%",
        text,
    )
    text = _NUMERAL.sub(lambda found: str(_value(found[1])), text)
    text = re.sub(
        rf"(\d分之)({_CHINESE}{{1,8}})", lambda found: f"{found[1]}{_value(found[2])}", text
    )
    text = re.sub(r"(?<=[为到得])零(?=[得的,;。计分)]|$)", "0", text)
    text = re.sub(r"零分", "0分", text)
    return re.sub(
        r"(?<!\d)(\d)成(\d)?(?![立果效员本就功])", lambda found: f"{found[1]}{found[2] or 0}%", text
    )


class WeightFault(StrEnum):
    """Why a text is no weight."""

    NO_NUMBER = "weight_no_number"
    NEGATIVE = "weight_negative"
    TOO_LARGE = "weight_too_large"


def half_width(text: str) -> str:
    """Return the text with full-width digits, letters and signs as plain ones."""
    return unicodedata.normalize("NFKC", text)


def read_weight(text: str) -> Decimal | WeightFault:
    """Return the weight in points that a cell's text states."""
    found = _WEIGHT.match(half_width(text).strip())
    if not found:
        return WeightFault.NO_NUMBER
    weight = Decimal(found[1])
    if weight < 0:
        return WeightFault.NEGATIVE
    return WeightFault.TOO_LARGE if weight > LARGEST else weight


def name_and_weight(text: str) -> tuple[str, Decimal | None]:
    """Return an indicator's name without its number and weight, and the weight that it states."""
    name = " ".join(text.split())
    if re.search(r"[\u4e00-\u9fff]\s[\u4e00-\u9fff]", name):
        name = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff（(])", "", name)
    plain = half_width(name)
    for pattern in (_IN_NAME, _BEHIND_NAME):
        found = pattern.search(plain)
        if found and found.start() > 0 and len(plain) == len(name):
            return without_number(name[: found.start()].strip()), Decimal(found[1])
    return without_number(name), None


def points_in_text(text: str) -> Decimal | None:
    """Return the points (分) that a standard says the whole indicator has: （8分）… at its head, 本项8分."""
    plain = half_width(text).strip()
    found = _AT_HEAD.match(plain) or _WHOLE.search(plain)
    return Decimal(found[1]) if found else None


def without_number(name: str) -> str:
    """Return a name without the number before it: 一、 （二） 3. ①."""
    shorter = _NUMBERED.sub("", name, count=1).strip()
    return shorter or name
