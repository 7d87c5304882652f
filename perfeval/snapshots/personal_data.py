"""Find personal data in what people typed: phone numbers, identity numbers, bank accounts, e-mail addresses.

A report that is put before the public must not name them (个人信息保护法, 第二十八条: 金融账户 and the like are sensitive).
What looks like one and checks like one is found, with its place; amounts and counts are not taken for one.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum

from perfeval.scoring.figures import Figures
from perfeval.scoring.result import Problem, Severity


class PersonalKind(StrEnum):
    """What kind of personal data was found."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    BANK_ACCOUNT = "bank_account"
    EMAIL = "email"


_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ID_18 = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
_NAMED_ID = re.compile(r"身份证[^\d\n]{0,8}(\d{17}[0-9Xx]|\d{15})(?![0-9A-Za-z])")
_ID_15 = re.compile(r"(?<![0-9A-Za-z.])\d{15}(?![0-9A-Za-z.])")
_ACCOUNT = re.compile(r"(?<![\d.])\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![\d.])")
_AMOUNT_AFTER = r"(?!\d|\.\d|,\d| *(?:元|万|亿))"
_MOBILE = re.compile(rf"(?<![\d.,])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}{_AMOUNT_AFTER}")
_LANDLINE = re.compile(
    rf"(?<![\d.,])(?:\(0\d{{2,3}}\) ?|0\d{{2,3}}[ -])[2-9]\d{{6,7}}{_AMOUNT_AFTER}"
    rf"|(?<![\d.,])[48]00[ -]?\d{{3}}[ -]?\d{{4}}{_AMOUNT_AFTER}"
)
#: A number of seven or eight digits is a phone number where the words before it say so.
_NAMED_PHONE = re.compile(
    r"(?:电话|手机|热线|传真|联系方式|Tel)[^\d\n]{0,6}([2-9]\d{6,7})(?!\d)", re.IGNORECASE
)
_NAMED_ACCOUNT = re.compile(r"(?:账号|帐号|账户|卡号)[^\d\n]{0,6}(\d(?:[ -]?\d){8,29})(?!\d)")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def find(text: str) -> Iterator[tuple[PersonalKind, str]]:
    """Yield each piece of personal data in ``text`` with its kind, in the order of the kinds."""
    text = _plain(text)
    taken: list[tuple[int, int]] = []
    for kind, pattern, is_meant in _PATTERNS:
        for match in pattern.finditer(text):
            found = match[pattern.groups]
            start, end = match.span(pattern.groups)
            is_new = all(end <= first or start >= last for first, last in taken)
            if is_new and is_meant(found):
                taken.append((start, end))
                yield kind, found


def personal_data(figures: Figures, narratives: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a warning for each piece of personal data in a report's texts, with the place where it was typed."""
    for place, text in typed_texts(figures, narratives):
        for kind, found in find(text):
            yield problem(kind, place, found)


def problem(kind: PersonalKind, place: str, found: str) -> Problem:
    """Return the warning about one finding at a place (as ``Problem.place`` names it)."""
    told = {"found": found}
    match kind:
        case PersonalKind.PHONE:
            return Problem("personal_phone", Severity.WARNING, place, told)
        case PersonalKind.ID_NUMBER:
            return Problem("personal_id_number", Severity.WARNING, place, told)
        case PersonalKind.BANK_ACCOUNT:
            return Problem("personal_bank_account", Severity.WARNING, place, told)
        case PersonalKind.EMAIL:
            return Problem("personal_email", Severity.WARNING, place, told)


def typed_texts(figures: Figures, narratives: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield every text that somebody typed, with its place."""
    for section, text in narratives.items():
        yield f"section:{section}", text
    for number, goal in enumerate(figures.goals):
        for text in (goal.name, goal.target_text, goal.actual_text, goal.deviation_reason):
            yield f"goal:{number}", text
    for number, task in enumerate(figures.key_tasks):
        for text in (task.name, task.progress):
            yield f"key_task:{number}", text
    for code, answer in figures.answers.items():
        yield f"indicator:{code}", answer.deduction_reason
        for value in answer.inputs.values():
            if isinstance(value, str):
                yield f"indicator:{code}", value
    for own in figures.own_part:
        for text in (own.name, own.heading, own.standard):
            yield f"indicator:{own.code}", text


def _plain(text: str) -> str:
    """Return ``text`` with full-width digits as plain ones, odd dashes as hyphens, and nothing invisible in it."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub("[‐‑‒–—−]", "-", text)
    return "".join(
        " " if character.isspace() and character != "\n" else character
        for character in text
        if unicodedata.category(character) != "Cf"
    )


def _is_id_number(number: str) -> bool:
    """Return whether 18 characters are an identity number. Source: GB 11643-1999."""
    if not _is_date(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == number[17].upper()


def _is_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    return 1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31


def _is_luhn(number: str) -> bool:
    """Return whether 16 to 19 digits check like a bank card. Source: ISO/IEC 7812-1, annex B."""
    number = re.sub(r"\D", "", number)
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and number[0] in "23456"


#: Each kind with its pattern, whose last group is what was found, and what else must hold; the surest come first.
_PATTERNS = (
    (PersonalKind.EMAIL, _EMAIL, bool),
    (PersonalKind.ID_NUMBER, _NAMED_ID, bool),
    (PersonalKind.ID_NUMBER, _ID_18, _is_id_number),
    (PersonalKind.ID_NUMBER, _ID_15, lambda number: _is_date(f"19{number[6:12]}")),
    (PersonalKind.BANK_ACCOUNT, _NAMED_ACCOUNT, bool),
    (PersonalKind.BANK_ACCOUNT, _ACCOUNT, _is_luhn),
    (PersonalKind.PHONE, _MOBILE, bool),
    (PersonalKind.PHONE, _LANDLINE, bool),
    (PersonalKind.PHONE, _NAMED_PHONE, bool),
)
