"""The one strict reader of numbers that people type or paste: exact, and refused where two readings are possible."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

#: Longest text worth reading as a number; everything longer is a slip of the keyboard.
LONGEST = 40
#: Groups of three with one separator throughout, or none; one decimal mark; no exponent.
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:(?P<group>[, ])\d{3})(?:(?P=group)\d{3})*|\d+)?(?P<part>\.\d*)?",
    re.ASCII,
)
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "))
#: What else is written for a minus, a decimal point or a comma.
_MARKS = str.maketrans({"−": "-", "–": "-", "﹣": "-", "。": ".", "，": ",", "﹐": ","})
#: Unit words with the power of ten by which they differ from 元, and the percent sign.
_MONEY = {"元": 0, "万元": 4, "亿元": 8, "万": 4, "亿": 8}
_UNIT = re.compile(r"(?P<unit>万元|亿元|元|万|亿|%)$")


class NotANumber(Exception):
    """What was typed is no number, or could be two; ``code`` says why, ``understood`` what it might have meant."""

    def __init__(self, code: str, understood: str = "") -> None:
        """Keep the reason: ``invalid``, ``grouping``, ``two_values``, ``unit``."""
        super().__init__(code)
        self.code = code
        self.understood = understood


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A number as typed, in the unit of its field. ``is_converted``: a unit word moved its decimal point."""

    number: Decimal
    is_converted: bool = False


def read_number(text: str, *, unit: str = "") -> TypedNumber | None:
    """Return the number that ``text`` says, None where it is empty.

    ``unit``: the unit of the field, 万元 or 元 or % or another word; that word may be typed behind the number, and in
    an amount of money another one of 元, 万元, 亿元, by which the number is moved. Full-width digits and marks are read;
    a comma or a blank separates groups of three only.
    Raises: NotANumber.
    """
    typed = (
        unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS).translate(_BLANKS)
    )
    typed = typed.strip()
    if not typed:
        return None
    if len(typed) > LONGEST:
        raise NotANumber("invalid")
    if re.search(r"[\t\r\n]|\d\s*/\s*\d", typed):
        raise NotANumber("two_values")
    shift, typed = _without_unit(typed.removeprefix("¥").strip(" "), unit)
    found = _NUMBER.fullmatch(typed)
    if not found or not (found["whole"] or (found["part"] or "").strip(".")):
        raise _refusal(typed)
    whole = (found["whole"] or "0").replace(",", "").replace(" ", "")
    number = Decimal(f"{found['sign']}{whole}{found['part'] or ''}".rstrip("."))
    return TypedNumber(Decimal(f"{number.scaleb(shift):f}"), bool(shift))


def _without_unit(typed: str, unit: str) -> tuple[int, str]:
    """Return by how many powers of ten the number is moved, and the text without its unit word."""
    if unit and unit not in _MONEY and typed.endswith(unit):
        return 0, typed[: -len(unit)].rstrip(" ")
    found = _UNIT.search(typed)
    if not found:
        return 0, typed
    named = found["unit"]
    if unit not in _MONEY or named not in _MONEY:
        raise NotANumber("unit", named)
    return _MONEY[named] - _MONEY[unit], typed[: found.start()].rstrip(" ")


def _refusal(typed: str) -> NotANumber:
    """Return why ``typed`` is no number: marks in odd places, or no digits at all."""
    if re.fullmatch(r"[+-]?\d+,\d{1,2}", typed, re.ASCII):
        return NotANumber("grouping", typed.replace(",", "."))
    if re.fullmatch(r"[+-]?[\d,. ]+", typed) and re.search(r"[0-9]", typed):
        return NotANumber("grouping")
    return NotANumber("invalid")
