"""A report's raw text as prose: lines put together again, digits made plain, every place kept.

A PDF gives lines as they stood on paper, so a sentence and even a number may be cut in two, with a
running page number in between. ``read`` undoes that and remembers for each character where it
stood, so that a finding can be shown in the text as the reader gave it.
"""

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

#: One character for one character, so that offsets stay: full-width digits and marks, odd spaces.
_PLAIN = str.maketrans(
    "０１２３４５６７８９％﹪．＋－＝＜＞／＊｜();:\u00a0\u3000\u2002\u2003\u2009\u202f\ufeff\u200b\r\v",
    "0123456789%%.+-=<>/*|（）；：          ",
)
#: A half-width comma that parts words or clauses, not thousands.
_CLAUSE_COMMA = re.compile(r"(?<!\d),|,(?! ?\d{3}(?!\d))")
_RADICALS = str.maketrans(
    "⼀⼆⼈⼊⼋⼗⼤⼩⼯⽂⽅⽇⽉⽬⾏⾦⻓⺠⻚", "一二人入八十大小工文方日月目行金长民页"
)
#: "—8—", "- 8 -", "第 8 页", "第8页 共20页", "8/20"
_PAGE_NUMBER = re.compile(
    r"^(?:[—–―\-_─·]+ ?\d{1,4} ?[—–―\-_─·]+|第 ?\d{1,4} ?页(?:[ ,，/]*共 ?\d{1,4} ?页)?)$"
)
#: A page number that a PDF joins to the first or the last line of the page.
_GLUED_BEFORE = re.compile(r"^ *[—–―] ?\d{1,4} ?[—–―](?=.)")
_GLUED_AFTER = re.compile(r"(?<=.)[—–―] ?\d{1,4} ?[—–―] *$")
_BARE_NUMBER = re.compile(r"^\d{1,4}(?: ?/ ?\d{1,4})?$")
#: What begins a paragraph: 一、 （一） (1) 1. 1、 ① 附件 第一章
_MARKER = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|[（(][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}(?:[、．]|\.(?!\d)|\)|）)|[①-⑳]|附[件表] ?\d?|第[一二三四五六七八九十]{1,3}[章节条]|●|•|■|◆|➢|表 ?\d)"
)
_SENTENCE_END = frozenset("。！？!?")
_LOOSE_SPACES = re.compile(
    r"(?<=\d)(?: (?=\.\d)| (?=,\d{3}(?!\d))| (?=%))|(?<=\d\.) (?=\d)|(?<=\d,) (?=\d{3}(?!\d))"
)
#: "39 398.33 万元" and "40，959.93 万元": thousands set apart otherwise than by a comma.
_ODD_THOUSANDS = re.compile(r"(?<![\d.,，])\d{1,3}(?:[ ，]\d{3}){1,4}(?=(?:\.\d+)? ?(?:亿|万)?元)")
#: A line counts as full when it is at least this share (in percent) as wide as lines usually are.
_FULL_LINE_PERCENT = 80
_NARROWEST_PAGE = 30
_LONGEST_ROW = 200
_NUMBER_ROW = re.compile(
    r"^[^\s。，；]+(?: [^\s。，；]+)*(?: -?\d[\d,]*(?:\.\d+)?%?){2,}(?: [^\s。，；]+)?$"
)
_WORDS_AND_GAPS = re.compile(r"[^ \t|]+|[ \t|]+")
_WIDE_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the raw text without its outer spaces; offsets count in the raw text.

    ``is_at_page_edge``: it is the first or the last line of a page that has an end mark.
    """

    start: int
    end: int
    text: str
    is_indented: bool = False
    is_at_page_edge: bool = False

    @property
    def width(self) -> int:
        """Return how wide the line is: a Chinese character counts 2, any other 1."""
        return sum(2 if char > "\u2e80" else 1 for char in self.text)

    @property
    def is_row(self) -> bool:
        """Return whether the line looks like a row of a table."""
        if "\t" in self.text or "|" in self.text:
            return True
        return "。" not in self.text and len(_WIDE_GAP.findall(self.text)) >= 2


@dataclass(frozen=True)
class Prose:
    """Text to read for claims, and for each of its characters the offset in ``raw``.

    Paragraphs end with a newline; cells of a row stand apart by a tab.
    """

    raw: str
    text: str
    origin: "array[int]"
    lines: tuple[Line, ...]

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.raw))]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]`` stands in the raw text."""
        if start >= len(self.origin):
            return len(self.raw), len(self.raw)
        last = max(start, min(end, len(self.origin)) - 1)
        return self.origin[start], self.origin[last] + 1

    def line_number(self, offset: int) -> int:
        """Return the line, from 1, in which a raw offset stands."""
        return bisect_right(self._line_starts, offset)


def read(raw: str) -> Prose:
    """Put the lines of a raw text together again to paragraphs."""
    plain = _CLAUSE_COMMA.sub("，", raw.translate(_PLAIN).translate(_RADICALS))
    lines = _with_rows_apart(_content_lines(plain))
    usual = _usual_width(lines)
    chars: list[str] = []
    origin = array("q")
    for number, line in enumerate(lines):
        _append_line(line, chars, origin)
        if number + 1 == len(lines) or not _continues(line, lines[number + 1], usual):
            chars.append("\n")
            origin.append(line.end)
    return _without_loose_spaces(raw, "".join(chars), origin, tuple(lines))


def _content_lines(plain: str) -> list[Line]:
    """Return all lines with content, page numbers and running heads left out."""
    lines = [
        line
        for page in _pages(plain)
        for line in page
        if not _PAGE_NUMBER.match(line.text)
        and not (line.is_at_page_edge and _BARE_NUMBER.match(line.text))
    ]
    heads: dict[str, int] = {}
    for line in lines:
        if line.is_at_page_edge:
            heads[line.text] = heads.get(line.text, 0) + 1
    return [line for line in lines if not (line.is_at_page_edge and heads[line.text] > 2)]


def _with_rows_apart(lines: list[Line]) -> list[Line]:
    """Set the cells of rows apart that a PDF left with single spaces: 基本支出 820.35 965.30 117.67%.

    A row ends with two bare numbers or more; its heading has as many words as it has cells.
    """
    found = list(lines)
    for number, line in enumerate(lines):
        is_short = len(line.text) <= _LONGEST_ROW
        if not is_short or line.is_row or not _NUMBER_ROW.match(line.text):
            continue
        cells = line.text.count(" ")
        above = lines[number - 1] if number else line
        for place, row in ((number, line), (number - 1, above)):
            if place >= 0 and row.text.count(" ") == cells and not found[place].is_row:
                found[place] = replace(row, text=row.text.replace(" ", "\t"))
    return found


def _pages(plain: str) -> list[list[Line]]:
    """Return the lines of each page; a text without form feeds is one page without edges."""
    pages: list[list[Line]] = []
    has_edges = "\f" in plain
    for page in re.finditer(r"[^\f]+", plain):
        found = [match for match in re.finditer(r"[^\n]+", page.group()) if match.group().strip()]
        lines = []
        for number, match in enumerate(found):
            whole = match.group()
            if has_edges and number == 0:
                whole = _GLUED_BEFORE.sub(_blank, whole)
            if has_edges and number == len(found) - 1:
                whole = _GLUED_AFTER.sub(_blank, whole)
            text = whole.strip(" ")
            start = page.start() + match.start() + len(whole) - len(whole.lstrip(" "))
            lines.append(
                Line(
                    start=start,
                    end=start + len(text),
                    text=text,
                    is_indented=len(match.group()) - len(match.group().lstrip(" ")) >= 2,
                    is_at_page_edge=has_edges and number in (0, len(found) - 1),
                )
            )
        pages.append(lines)
    return pages


def _blank(match: re.Match[str]) -> str:
    """Return as many spaces, so that offsets stay."""
    return " " * len(match.group())


def _usual_width(lines: list[Line]) -> int:
    """Return the width that nine of ten lines of prose do not exceed; 0 when lines say nothing."""
    widths = sorted(line.width for line in lines if not line.is_row)
    if len(widths) < 3:
        return max(widths, default=0)
    return widths[(len(widths) * 9) // 10]


def _continues(line: Line, following: Line, usual: int) -> bool:
    """Return whether a paragraph goes on from one line to the next."""
    if line.is_row or following.is_row or _MARKER.match(following.text):
        return False
    if following.is_indented:
        return False
    if line.text[-1] in _SENTENCE_END and not following.text.startswith("其中"):
        return False
    return usual >= _NARROWEST_PAGE and line.width * 100 >= usual * _FULL_LINE_PERCENT


def _append_line(line: Line, chars: list[str], origin: "array[int]") -> None:
    """Append a line's characters: spaces beside Chinese dropped, gaps of a row made one tab."""
    text = line.text
    is_row = line.is_row
    for run in _WORDS_AND_GAPS.finditer(text):
        start, position = run.span()
        gap = run.group()
        if gap[0] not in " \t|":
            chars.append(gap)
            origin.extend(range(line.start + start, line.start + position))
            continue
        if is_row and (gap.strip(" ") or len(gap) > 1):
            # Each bar or tab ends a cell, also an empty one.
            marks = [index for index, mark in enumerate(gap) if mark != " "] or [0]
            chars += "\t" * len(marks)
            origin.extend(line.start + start + index for index in marks)
        elif start and position < len(text) and text[start - 1] < "\u2000" > text[position]:
            chars.append(" ")
            origin.append(line.start + start)


def _without_loose_spaces(
    raw: str, text: str, origin: "array[int]", lines: tuple[Line, ...]
) -> Prose:
    """Drop the spaces and odd thousands marks that stand inside a number."""
    holes = [
        match.start()
        for match in _LOOSE_SPACES.finditer(text)
        if not _is_list_number(text, match.start())
    ]
    for match in _ODD_THOUSANDS.finditer(text):
        holes += [
            match.start() + index for index, char in enumerate(match.group()) if char in " ，"
        ]
    if not holes:
        return Prose(raw, text, origin, lines)
    bounds = [-1, *sorted(set(holes)), len(text)]
    kept_text = []
    kept_origin = array("q")
    for before, after in pairwise(bounds):
        kept_text.append(text[before + 1 : after])
        kept_origin.extend(origin[before + 1 : after])
    return Prose(raw, "".join(kept_text), kept_origin, lines)


def _is_list_number(text: str, space: int) -> bool:
    """Return whether the space follows the "1." that begins a paragraph."""
    line_start = text.rfind("\n", max(0, space - 5), space) + 1
    return bool(re.match(r"\d{1,2}\.$", text[line_start:space]))
