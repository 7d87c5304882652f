"""Plan where the lines of a paragraph end, so that none is pulled apart: pure arithmetic, no WeasyPrint.

Filling line after line puts the whole rest of a line into the gaps of that line, and a figure that stays with its unit
leaves up to six characters. A careful typist looks at the lines around: gives a character to the next line, or sets the
marks of a line narrower (half of each is blank) and takes the figure in; parts figure and unit last of all.
All lengths are in type sizes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

TIE, FREE = "\u2060", "\u200b"
INVISIBLE = frozenset(TIE + FREE)
#: A gap that grows by this much is not noticed. Only a paragraph where filling line after line does worse is planned.
WELL = 0.055
#: What a mark and what any other gap may lose.
_MARK, _GAP = 0.33, 0.02
#: Marks with the blank half behind them, and before them.
_BLANK_BEHIND, _BLANK_BEFORE = frozenset("，。；：、）》”’"), frozenset("（《“‘")
#: Costs: a line is as bad as the square of its stretch over ``WELL``; a line squeezed by all it can is as bad as this.
_ALL_SQUEEZED = 3.0
_TORN = 18.0
#: A line of Chinese characters alone stands on the grid of the page, 28 in a line, unless a later one is pulled far apart.
_OFF_GRID = 5.0
#: A single character makes no line (单字不成行, a rule of typists).
_LONELY_END = 6.0
#: A last line of a character and a mark.
_LONELY = 2.5
_WORST = 1e9
#: A sum of widths may be beside the length of the line that is set by this much.
_UNSURE = 0.02
#: What no line is left to lack unless nothing else fits: a figure with its unit.
_MOST_LEFT = 3.5
_GREAT = frozenset("万亿")
_LAST_NARROW = "\u02ff"
_NARROW_EXTRAS = frozenset("‐–")
#: Both halves of one dash.
_DASH = ("—", "—")


def is_narrow(character: str) -> bool:
    """Return whether a character is a figure, a Latin letter or a mark of theirs: no gap grows between two of them."""
    return character <= _LAST_NARROW or character in _NARROW_EXTRAS


def is_gap(before: str, after: str) -> bool:
    """Return whether the gap between two characters may grow or shrink."""
    return not (is_narrow(before) and is_narrow(after)) and (before, after) != _DASH


def shrink(before: str, after: str) -> float:
    """Return by how much the gap between two characters may shrink."""
    blanks = (before in _BLANK_BEHIND) + (after in _BLANK_BEFORE)
    return blanks * _MARK or _GAP


def shrinks(text: str) -> list[float]:
    """Return by how much the gap behind each character of a line may shrink."""
    found = [0.0] * len(text)
    before = None
    for place, character in enumerate(text):
        if character in INVISIBLE:
            continue
        if before is not None and is_gap(text[before], character):
            found[before] = shrink(text[before], character)
        before = place
    return found


class PlannedParagraph:
    """A paragraph to be cut into lines, with sums up to each of its places."""

    def __init__(
        self,
        text: str,
        breaks: Sequence[int],
        width_of: Callable[[str], float],
        first_room: float,
        room: float,
    ) -> None:
        """``breaks``: places before which a line may begin, rising; ``first_room``: of the first line."""
        self.text, self.breaks, self.first_room, self.room = text, breaks, first_room, room
        widths, gaps, shrinks, narrow = [0.0], [0], [0.0], [0]
        width, gap, less, figures, before, was_narrow = 0.0, 0, 0.0, 0, "", False
        for character in text:
            if character not in INVISIBLE:
                width += width_of(character)
                is_figure = is_narrow(character)
                figures += is_figure
                # As ``is_gap``, which would ask for each character twice.
                if before and not (was_narrow and is_figure) and (before, character) != _DASH:
                    gap += 1
                    less += shrink(before, character)
                before, was_narrow = character, is_figure
            widths.append(width)
            gaps.append(gap)
            shrinks.append(less)
            narrow.append(figures)
        self._widths, self._narrow = widths, narrow
        #: A gap counts at the character behind it: the one before a line is taken off with its first character.
        self._gaps, self._shrinks = gaps, shrinks
        self._first = list(range(1, len(text) + 1))
        for place in range(len(text) - 2, -1, -1):
            if text[place] in INVISIBLE:
                self._first[place] = self._first[place + 1]

    def left(self, start: int, end: int) -> float:
        """Return what a line leaves of its room; less than nothing when it is too long."""
        room = self.room if start else self.first_room
        return room - self._widths[end] + self._widths[start]

    def ends(self, start: int) -> tuple[int, int]:
        """Return the shortest line that is worth a thought, and where one ends that takes all it can.

        The latter is ``start`` when nothing fits.
        """
        widths, size = self._widths, len(self.text)
        full = widths[start] + (self.room if start else self.first_room)
        end = bisect_right(widths, full + _UNSURE) - 1
        if end < size:
            place = bisect_right(self.breaks, end)
            end = max(start, self.breaks[place - 1]) if place else start
        return min(max(start + 1, bisect_left(widths, full - _MOST_LEFT)), end), end

    def stretch(self, start: int, end: int) -> float:
        """Return by how much each gap of a line has to grow."""
        gaps = self._gaps[end] - self._gaps[self._first[start]]
        return self.left(start, end) / gaps if gaps > 0 else 0.0

    def cost(self, start: int, end: int) -> float:
        """Return how bad a line is that is not the last one."""
        left = self.left(start, end)
        if left >= -_UNSURE:
            return (max(0.0, self.stretch(start, end)) / WELL) ** 2
        share = -left / (self._shrinks[end] - self._shrinks[self._first[start]] or _UNSURE)
        return _ALL_SQUEEZED * share**2 if share <= 1 else _WORST

    def is_lonely(self, start: int) -> bool:
        """Return whether the last line, beginning at ``start``, holds a character and a mark or less."""
        return start > 0 and self.left(start, len(self.text)) > self.room - _LONELY

    def is_wide_only(self, start: int, end: int) -> bool:
        """Return whether a line holds Chinese characters and marks only."""
        return self._narrow[start] == self._narrow[end]


def plan(paragraph: PlannedParagraph) -> list[int] | None:
    """Return where the lines begin, after the first; None where filling line after line does well, or nothing can."""
    start, is_well = 0, True
    while is_well and (end := paragraph.ends(start)[1]) < len(paragraph.text):
        if end == start:
            return None
        is_well = paragraph.stretch(start, end) <= WELL
        start = end
    return None if is_well and not paragraph.is_lonely(start) else _best(paragraph)


def joints(text: str) -> list[int]:
    """Return the places between a figure and its unit where they may be parted at the worst."""
    return [
        place + 1
        for place, character in enumerate(text[1:-1], start=1)
        if character == TIE
        and not text[place + 1].isascii()
        and (text[place - 1].isdigit() or (text[place - 1] in _GREAT and text[place + 1] != "元"))
    ]


def _best(paragraph: PlannedParagraph) -> list[int] | None:
    """Return the line beginnings that cost least in all."""
    size = len(paragraph.text)
    torn = frozenset(joints(paragraph.text))
    places = sorted({*paragraph.breaks, *torn, size})
    best: dict[int, tuple[float, int]] = {0: (0.0, 0)}
    for start in [0, *places[:-1]]:
        if start not in best:
            continue
        so_far, (shortest, full) = best[start][0], paragraph.ends(start)
        for end in places[bisect_left(places, shortest) :]:
            left = paragraph.left(start, end)
            if end == size and left >= -_UNSURE:
                cost = _LONELY_END * paragraph.is_lonely(start)
            else:
                cost = paragraph.cost(start, end)
                if cost >= _WORST:
                    break
                cost += _TORN * (end in torn)
                cost += _OFF_GRID * (end != full and paragraph.is_wide_only(start, end))
            if end not in best or so_far + cost < best[end][0]:
                best[end] = (so_far + cost, start)
    if size not in best:
        return None
    found, place = [], best[size][1]
    while place:
        found.append(place)
        place = best[place][1]
    return found[::-1]
