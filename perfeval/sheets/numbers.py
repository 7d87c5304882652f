"""Weights as people write them: 10分, １０, 10%, 产出（20分）."""

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
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}(?:[.．]\d{1,2}){1,3}[、.．\s]*(?=[^\d%])|\d{1,3}[、.．](?=[^\d])|[①-⑳])\s*"
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


def without_number(name: str) -> str:
    """Return a name without the number before it: 一、 （二） 3. ①."""
    shorter = _NUMBERED.sub("", name, count=1).strip()
    return shorter or name
