"""Level bars below each other, each with its name on the left and its figure on the right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from perfeval.rendering.charts.drawing import (
    Anchor,
    Area,
    Drawing,
    Label,
    Length,
    Rule,
    Shape,
    Tone,
)

#: The width of the type area of an upright page, 156 mm, in pt.
WIDTH = 442
_SIZE, _LINE = Fraction(21, 2), 14
_NAME, _FIGURE, _GAP = 132, 112, 8
_BAR, _BETWEEN = 11, 9
_LEGEND = 22
_NAME_LINES = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how much of the room it takes (0 to 1), its tone and the figure beside it."""

    share: Fraction
    tone: Tone
    text: str
    has_track: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A name with its bars."""

    name: str
    bars: tuple[Bar, ...]


def draw(
    rows: Sequence[Row], *, title: str, description: str, legend: Sequence[tuple[Tone, str]] = ()
) -> Drawing:
    """Return the bars as a picture, as high as it must be. A bar beyond the room ends at its edge."""
    shapes: list[Shape] = list(_legend(legend))
    top: Length = _LEGEND if legend else 4
    left, right = _NAME + _GAP, WIDTH - _FIGURE - _GAP
    first = top
    for row in rows:
        lines = _lines(row.name)
        height = max(len(row.bars) * (_BAR + 3) - 3, len(lines) * _LINE)
        middle = top + Fraction(height, 2)
        for number, line in enumerate(lines):
            y = middle + (number - Fraction(len(lines) - 1, 2)) * _LINE
            shapes.append(Label(_NAME, y, line, _SIZE, Anchor.END))
        begin = middle - Fraction(len(row.bars) * (_BAR + 3) - 3, 2)
        for number, bar in enumerate(row.bars):
            y = begin + number * (_BAR + 3)
            if bar.has_track:
                shapes.append(Area(left, y, right - left, _BAR, Tone.LIGHT))
            share = min(Fraction(1), max(Fraction(0), bar.share))
            if share:
                shapes.append(Area(left, y, share * (right - left), _BAR, bar.tone))
            shapes.append(Label(right + _GAP, y + Fraction(_BAR, 2), bar.text, _SIZE))
        top += height + _BETWEEN
    shapes.append(Rule(left, first - 3, left, top - _BETWEEN + 3))
    return Drawing(WIDTH, top, title, description, tuple(shapes))


def _legend(legend: Sequence[tuple[Tone, str]]) -> Iterator[Shape]:
    x: Length = _NAME + _GAP
    for tone, text in legend:
        yield Area(x, 3, 14, 9, tone)
        yield Label(x + 18, Fraction(15, 2), text, _SIZE)
        x += 18 + _ems(text) * _SIZE + 16


def _lines(name: str) -> list[str]:
    """Return a name in at most two lines that fit; what is longer ends with an ellipsis."""
    room = Fraction(_NAME - 2) / _SIZE
    lines = [""]
    for character in name:
        if lines[-1] and _ems(lines[-1] + character) > room:
            lines.append("")
        lines[-1] += character
    if len(lines) > _NAME_LINES:
        lines = [*lines[: _NAME_LINES - 1], lines[_NAME_LINES - 1][:-1] + "…"]
    return lines


def _ems(text: str) -> Fraction:
    return sum((Fraction(11, 20) if one.isascii() else Fraction(1) for one in text), Fraction(0))
