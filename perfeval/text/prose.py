"""Make what people typed fit for print: paragraphs, stray spaces, the marks of lists."""

import re
import unicodedata
from collections.abc import Iterator

#: A paragraph longer than this is cut at the end of a sentence: laying out one paragraph takes time by the square of
#: its length.
LONGEST_PARAGRAPH = 2000

_CJK = "\u2e80-\u303e\u3105-\u9fff\uf900-\ufaff\uff01-\uffee“”‘’—…"
_STRAY_SPACE = re.compile(
    rf"(?<=[{_CJK}]) +(?=[{_CJK}0-9A-Za-z(])|(?<=[0-9A-Za-z)%.]) +(?=[{_CJK}])"
)
_SPACES = re.compile(r"[^\S\n]+")
_CHINESE_MARK = re.compile(r"^[(（]([一二三四五六七八九十]{1,3}|\d{1,2})[)）]\s*")
#: 1、 begins a point; 5、6月份 and 3、4季度 do not: there a second figure goes on with the first.
_POINT_MARK = re.compile(r"^(\d{1,2})(?:[．、]|\.)(?!\s*\d)\s*")
_SENTENCE_END = "。！？；"
#: Control characters, directions and other marks that no official text has and that would confuse the page.
#: Private and unassigned characters stay: some are rare Chinese ones, and the glyph guard must see them.
_UNWANTED = frozenset({"Cc", "Cf", "Cs"})


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of ``text``: one for each line, cleaned, none of them empty."""
    for line in text.splitlines():
        cleaned = clean(line)
        if cleaned:
            yield from _cut(cleaned)


def clean(line: str) -> str:
    """Return ``line`` without invisible characters and without spaces between Chinese characters and figures.

    The mark of a list point is written as the standard has it: （1） and 1. instead of (1) and 1、.
    """
    kept = "".join(
        " " if character == "\t" else character
        for character in unicodedata.normalize("NFC", line)
        if character == "\t" or unicodedata.category(character) not in _UNWANTED
    )
    kept = _STRAY_SPACE.sub("", _SPACES.sub(" ", kept)).strip()
    kept = _CHINESE_MARK.sub(lambda match: f"（{match[1]}）", kept)
    return _POINT_MARK.sub(lambda match: f"{match[1]}.", kept)


def _cut(paragraph: str) -> Iterator[str]:
    while len(paragraph) > LONGEST_PARAGRAPH:
        head = paragraph[:LONGEST_PARAGRAPH]
        end = max(head.rfind(mark) for mark in _SENTENCE_END) + 1
        if end < LONGEST_PARAGRAPH // 2:
            end = LONGEST_PARAGRAPH
        yield paragraph[:end]
        paragraph = paragraph[end:]
    if paragraph:
        yield paragraph
