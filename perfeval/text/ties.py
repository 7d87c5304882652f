"""Which characters of a text stay together, and how many lines it takes.

A text for the page is a string, or a list of strings, of parts that stay together (a list of one string) and of places
where a line may break although nothing shows it (0).
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Width of the type area in pt, upright (156 mm) and landscape (225 mm), and characters in a line of the body.
PORTRAIT_WIDTH_PT, LANDSCAPE_WIDTH_PT = 442.2, 637.79
BODY_EMS = 26.0

Part = str | list[str] | int
Parts = str | list[Part]

_UNITS = (
    "万平方米|平方公里|平方米|个百分点|百分点|万人次|万余元|亿元|万元|人次|名次|场次|分钟|小时|公里|余万|余人|余场|"
    "万余|万人|万个|年度|周年|万|亿|余|多|[\u4e00-\u9fff]"
)
#: Marks before which a line could break if they stood alone beside a part that stays together.
_FOLLOWING = "[；：·…～]*"
_MEASURE = re.compile(
    rf"(?:(?:第|表|图|附件)\d[\d,.]*(?:%|％|‰)?(?:{_UNITS})?|\d[\d,.]*(?:%|％|‰)?(?:{_UNITS})|\d[\d,.]*[％‰]){_FOLLOWING}"
)
_QUOTES = re.compile(r"(?<=[\u4e00-\u9fff\d])(?=[“‘])|(?<=[”’])(?=[\u4e00-\u9fff\d“‘《（])")
_WORD = re.compile(r"[!-~]+")

_THIN = frozenset(".,:;'|!()[]ijlft ")
_FAT = frozenset("mwMW%@&")
#: What may not start or end a line goes down or up with its neighbour.
_NO_START = frozenset("，。、；：？！）》〉」』】〕”’％·…—,.;:?!)]}%")
_NO_END = frozenset("（《〈「『【〔“‘([{")


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a table is set, all in pt."""

    size: float
    pitch: float
    padding: float
    width: float
    side: float = 3.5

    def room(self, width: float) -> float:
        """Return how many characters a line of a cell ``width`` percent wide has room for."""
        return max(1.0, (self.width * width / 100 - 2 * self.side - 0.5) / self.size)


@lru_cache(maxsize=4096)
def tie(text: str, room: float = BODY_EMS) -> Parts:
    """Return ``text`` with its figures tied to their units; ``room``: characters in a line."""
    parts: list[Part] = []
    at = 0
    for match in _MEASURE.finditer(text):
        if measure_em(match[0]) > room:
            continue
        parts.extend(_free(text[at : match.start()], room))
        parts.append([match[0]])
        at = match.end()
    parts.extend(_free(text[at:], room))
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else parts or ""


def _free(text: str, room: float) -> Iterator[Part]:
    """Yield ``text`` with a place to break at quotation marks, and in words longer than a line."""
    for number, piece in enumerate(_QUOTES.split(text)):
        if number:
            yield 0
        at = 0
        for word in _WORD.finditer(piece):
            if measure_em(word[0]) <= room:
                continue
            length = max(1, int(room / 1.05))
            if word.start() > at:
                yield piece[at : word.start()]
            for start in range(word.start(), word.end(), length):
                yield 0
                yield piece[start : min(start + length, word.end())]
            yield 0
            at = word.end()
        if piece[at:]:
            yield piece[at:]


def measure_em(text: str) -> float:
    """Return about how wide ``text`` runs, in characters; rather too wide than too narrow."""
    total = 0.0
    for character in text:
        if not character.isascii():
            total += 1.0
        elif character.isdigit():
            total += 0.5
        elif character in _THIN:
            total += 0.4
        elif character in _FAT:
            total += 1.0
        elif character.isupper():
            total += 0.78
        else:
            total += 0.56
    return total


def _unbreakable(parts: Parts) -> Iterator[str]:
    """Yield the pieces between which a line may break."""
    piece = ""
    for part in [parts] if isinstance(parts, str) else parts:
        if isinstance(part, int):
            if piece:
                yield piece
            piece = ""
            continue
        is_tied = isinstance(part, list)
        for position, character in enumerate(part[0] if isinstance(part, list) else part):
            last = piece[-1:]
            joined = (
                not piece
                or (is_tied and position)
                or (character.isascii() and last.isascii() and " " not in (character, last))
                or character in _NO_START
                or last in _NO_END
            )
            if joined:
                piece += character
            else:
                yield piece
                piece = character
    if piece:
        yield piece


@lru_cache(maxsize=4096)
def count_lines(text: str, width: float, style: CellStyle) -> int:
    """Return how many lines ``text`` takes in a cell ``width`` percent wide, rather too many than too few."""
    room = style.room(width)
    lines, used = 1, 0.0
    for piece in _unbreakable(tie(text, room)):
        ems = measure_em(piece)
        if used and used + ems > room:
            lines, used = lines + 1, 0.0
        if ems > room:
            extra = math.ceil(ems / max(1.0, room - 1)) - 1
            lines, used = lines + extra, room
        else:
            used += ems
    return lines


def row_height(texts: Sequence[str], widths: Sequence[float], style: CellStyle) -> float:
    """Return the height of a row in pt, its lower rule included; rather too much than too little."""
    lines = max(
        (count_lines(text, width, style) for text, width in zip(texts, widths, strict=True)),
        default=1,
    )
    return lines * style.pitch + 2 * style.padding
