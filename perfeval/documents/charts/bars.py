"""Level bars below each other, each with its name beside or above it and its figure on the right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from perfeval.documents.charts.drawing import Anchor, Area, Label, Length, Shape, Stroke, Tone

_NAME_LINES = 2
_BAR_GAP = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things go, in pt. ``name``: the column of the names, 0 where each stands above its bars.

    ``figure``: the column of the figures. ``between``: from one row to the next.
    """

    width: int
    name: int
    figure: int
    size: Fraction
    line: int
    bar: int
    between: int
    gap: int = 8

    @property
    def left(self) -> int:
        """Return where the bars begin: this is 0 of what they measure."""
        return self.name + self.gap if self.name else 1

    @property
    def right(self) -> int:
        """Return where the longest bar ends."""
        return self.width - self.figure - self.gap

    @property
    def name_room(self) -> int:
        """Return the room of a line of a name."""
        return self.name - 2 if self.name else self.width


#: As wide as the type area of an upright page, 156 mm.
PRINT = Layout(width=442, name=132, figure=112, size=Fraction(21, 2), line=14, bar=11, between=9)
#: As wide as a telephone, where a picture of the page's width would have letters of 8 pixels.
SCREEN = Layout(width=330, name=0, figure=108, size=Fraction(12), line=16, bar=12, between=12)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how much of the room it takes (0 to 1), its tone and the figure beside it."""

    share: Fraction
    tone: Tone
    text: str
    has_track: bool = False


@dataclass(frozen=True, slots=True)
class BarRow:
    """A name with its bars."""

    name: str
    bars: tuple[Bar, ...]


def draw(
    rows: Sequence[BarRow], layout: Layout, *, legend: Sequence[tuple[Tone, str]] = ()
) -> tuple[Length, tuple[Shape, ...]]:
    """Return how high the picture must be, and its shapes. A bar beyond the room ends at its edge."""
    shapes: list[Shape] = list(_legend(legend, layout))
    top: Length = layout.bar * 2 if legend else 4
    axis = top
    for row in rows:
        lines = _lines(row.name, layout)
        bars = len(row.bars) * (layout.bar + _BAR_GAP) - _BAR_GAP
        names = len(lines) * layout.line
        if layout.name:
            height: Length = max(bars, names)
            middle = top + Fraction(height, 2)
            first_line, first_bar = middle - Fraction(names, 2), middle - Fraction(bars, 2)
        else:
            height = names + bars
            first_line, first_bar = Fraction(top), Fraction(top + names)
        for number, line in enumerate(lines):
            y = first_line + (number + Fraction(1, 2)) * layout.line
            if layout.name:
                shapes.append(Label(layout.name, y, line, layout.size, Anchor.END))
            else:
                shapes.append(Label(0, y, line, layout.size))
        for number, bar in enumerate(row.bars):
            shapes += _bar(bar, first_bar + number * (layout.bar + _BAR_GAP), layout)
        if not layout.name:
            # Names stand between the bars: each row has a piece of the line on which bars begin.
            shapes.append(Stroke(layout.left, first_bar - 2, layout.left, first_bar + bars + 2))
        top += height + layout.between
    if layout.name:
        end = top - layout.between + _BAR_GAP
        shapes.append(Stroke(layout.left, axis - _BAR_GAP, layout.left, end))
    return top, tuple(shapes)


def _bar(bar: Bar, y: Length, layout: Layout) -> Iterator[Shape]:
    room = layout.right - layout.left
    if bar.has_track:
        yield Area(layout.left, y, room, layout.bar, Tone.LIGHT)
    share = min(Fraction(1), max(Fraction(0), bar.share))
    if share:
        yield Area(layout.left, y, share * room, layout.bar, bar.tone)
    yield Label(layout.right + layout.gap, y + Fraction(layout.bar, 2), bar.text, layout.size)


def _legend(legend: Sequence[tuple[Tone, str]], layout: Layout) -> Iterator[Shape]:
    x: Length = layout.left
    for tone, text in legend:
        yield Area(x, 3, 14, 9, tone)
        yield Label(x + 18, Fraction(15, 2), text, layout.size)
        x += 18 + _ems(text) * layout.size + 16


def _lines(name: str, layout: Layout) -> list[str]:
    """Return a name in at most two lines that fit; what is longer ends with an ellipsis."""
    room = Fraction(layout.name_room) / layout.size
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
