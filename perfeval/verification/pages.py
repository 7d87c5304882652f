"""Hold the text of the pages against what the report's data print, and name each difference with its place.

Pure: texts in, differences out. The time grows with the length of the text; the search for where two texts meet again
looks at a short stretch only.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import accumulate, chain

from perfeval.documents.printed import Place, Printed, squeezed
from perfeval.verification.page_order import PlacedPage, in_order, split_page

#: More differences than this say nothing new: it is another document.
MOST_DIFFERENCES = 40
#: Texts meet again where at least this many characters are the same, at most this far on.
_SURE, _WINDOW = 6, 300
#: A stretch of this length is found in one place only.
_TELLING = 24
_AROUND, _LONGEST = 8, 80
_NUMBER = frozenset("0123456789.,%％")


class DifferenceKind(StrEnum):
    """What is different."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    # Of a page as a whole; the same words as ``page_order.Fault``.
    PAGE_NUMBER = "page_number"
    PAGE_MISSING = "page_missing"
    PAGE_MOVED = "page_moved"
    PAGE_ADDED = "page_added"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something on a page that the data do not print, or the other way round.

    ``page`` counts from 1 (0: on no page). ``expected`` and ``found`` are the differing words, figures whole;
    ``around`` is the text in which they stand.
    """

    kind: DifferenceKind
    page: int
    place: Place
    expected: str
    found: str
    around: str = ""


def compare(
    pages: Sequence[str], expected: Sequence[Printed], front: Sequence[Printed] = ()
) -> tuple[Difference, ...]:
    """Return what differs between the texts of the pages and what should be printed, in the order of the pages.

    ``front``: what stands on the pages without a number before the others; none where there are none.
    """
    found: list[Difference] = []
    ahead = _unnumbered(pages) if front else 0
    comparison = _Comparison(expected, ahead)
    for difference in chain(
        comparison.differences(pages[ahead:]),
        _in_front("".join(pages[:ahead]), front, comparison) if front else (),
    ):
        found.append(difference)
        if len(found) == MOST_DIFFERENCES:
            break
    return tuple(found)


def _unnumbered(pages: Sequence[str]) -> int:
    """Return how many pages before the first numbered one bear no number."""
    numbers = (split_page(squeezed(page))[1] for page in pages)
    return next((place for place, number in enumerate(numbers) if number), 0)


def _in_front(text: str, front: Sequence[Printed], body: "_Comparison") -> Iterator[Difference]:
    """Yield what differs on cover and table of contents; ``body`` knows on which page each heading stands."""
    entries = [piece for piece in body.pieces if piece.is_entry]
    start = "".join(piece.text for piece in front)
    listed = "".join(rf"{re.escape(piece.text)}\.*(\d{{1,4}})" for piece in entries)
    text = squeezed(text)
    if text == start:
        return
    match = re.fullmatch(re.escape(start) + listed, text)
    if match is None:
        comparison = _Comparison([*front, *entries], 0)
        yield from comparison.of_text(re.sub(r"\.{2,}\d{1,4}", "", text), page=1)
        return
    for piece, printed_number in zip(entries, match.groups(), strict=True):
        number = body.number_of(piece)
        if number and printed_number != str(number):
            place = Place(front[-1].place.section, row=piece.text)
            yield Difference(
                DifferenceKind.CHANGED, 0, place, str(number), printed_number, piece.text
            )


class _Comparison:
    """Walks through the pages. ``at``: how much of what is expected was found so far.

    Labels that several rows share are drawn anywhere among these rows, so they are kept apart: ``waiting`` are those
    whose rows have begun on this page and that were not seen yet, each with where its row begins.
    """

    def __init__(self, expected: Sequence[Printed], ahead: int) -> None:
        """Prepare; ``ahead``: how many pages of the file stand before the first of these."""
        self.ahead = ahead
        self.begun: list[tuple[int, int]] = []
        printed = [piece for piece in expected if piece.text]
        self.pieces = [piece for piece in printed if not piece.is_label]
        self.text = "".join(piece.text for piece in self.pieces)
        self.starts = [0, *accumulate(len(piece.text) for piece in self.pieces)]
        self.labels: list[tuple[int, Printed]] = []
        place = 0
        for piece in printed:
            if piece.is_label:
                self.labels.append((self.starts[place], piece))
            else:
                place += 1
        self.whole = "".join(piece.text for piece in printed)
        self.at = 0
        self.page = 0
        self.waiting: list[tuple[int, Printed]] = []

    def differences(self, texts: Sequence[str]) -> Iterator[Difference]:
        """Yield every difference: of whole pages first, then in the order of the report."""
        pages, faults = in_order(texts, self.whole)
        for fault in faults:
            at = fault.page + self.ahead if fault.page else 0
            yield Difference(
                DifferenceKind(fault.fault), at, Place(""), fault.expected, fault.found
            )
        before = 0
        for page in pages:
            self.page = page.place + self.ahead
            if page.number > before + 1:
                # Pages are missing here, and were named; what they held is not named again.
                self._go_to(self._start_of(page))
            before = page.number
            self.begun.append((self.at, page.number))
            yield from self._page(page.text)
            # Labels of what begins exactly where the page ends are on the next one.
            self.labels[:0] = [one for one in self.waiting if one[0] == self.at]
            for start, label in self.waiting:
                if start != self.at:
                    yield Difference(
                        DifferenceKind.MISSING, self.page, label.place, _short(label.text), ""
                    )
            self.waiting = []
        yield from self._left_over()

    def of_text(self, text: str, *, page: int) -> Iterator[Difference]:
        """Yield every difference of one text."""
        self.page = page
        yield from self._page(text)
        yield from self._left_over()

    def number_of(self, piece: Printed) -> int:
        """Return the number of the page on which a piece begins, 0 when it is on none."""
        start = next(
            start for one, start in zip(self.pieces, self.starts, strict=False) if one is piece
        )
        if start >= self.at:
            return 0
        return next((number for at, number in reversed(self.begun) if at <= start), 0)

    def _left_over(self) -> Iterator[Difference]:
        if self.at < len(self.text):
            self.page = 0
            yield self._difference(DifferenceKind.MISSING, (self.at, len(self.text)), "")

    def _go_to(self, at: int) -> None:
        self.at = at
        self.labels = [one for one in self.labels if one[0] >= at]

    def _start_of(self, page: PlacedPage) -> int:
        """Return where the text of a page begins in what is expected."""
        found = self.text.find(page.text[:_TELLING], self.at)
        if found >= 0:
            return found
        for piece, start in zip(self.pieces, self.starts, strict=False):
            if start < self.at or not piece.head or not page.text.startswith(piece.head):
                continue
            # The labels of a table that goes on may stand before its first row.
            if piece.text in page.text[len(piece.head) : len(piece.head) + _TELLING * 3]:
                return start
        return self.at

    def _page(self, text: str) -> Iterator[Difference]:
        position = self._begin(text)
        while True:
            same = _common(self.text, self.at, text, position)
            self.at += same
            position += same
            if position == len(text):
                # What begins exactly here begins on the next page.
                self._meet_labels(self.at - 1)
                return
            self._meet_labels(self.at)
            back = self.at - self.starts[self._index(self.at)]
            for step in (0, back):
                label = self._label_at(text, position - step)
                if label:
                    self.at -= step
                    position += len(label[1].text) - step
                    self.waiting.remove(label)
                    break
            else:
                if self.at == len(self.text):
                    yield self._difference(
                        DifferenceKind.ADDED, (self.at, self.at), text[position:]
                    )
                    return
                if changed := self._changed_label(text, position):
                    yield changed
                    position += len(changed.found)
                    continue
                ours, theirs = self._meet(text, position)
                self._meet_labels(self.at + ours)
                found = self._without_labels(text[position : position + theirs])
                kind = (
                    DifferenceKind.CHANGED
                    if ours and theirs
                    else DifferenceKind.MISSING
                    if ours
                    else DifferenceKind.ADDED
                )
                around = text[max(0, position - _AROUND) : position + theirs + _AROUND][:_LONGEST]
                yield self._difference(kind, (self.at, self.at + ours), found, around)
                self.at += ours
                position += theirs
            if position == len(text):
                return

    def _begin(self, text: str) -> int:
        """Return how much of a page's start only repeats the head of a table that goes on."""
        piece = self.pieces[self._index(self.at)]
        if self.at not in self.starts or not piece.head or not text.startswith(piece.head):
            return 0
        self.waiting = [(-1, replace(piece, text=label, is_label=True)) for label in piece.labels]
        return len(piece.head)

    def _meet_labels(self, upto: int) -> None:
        """Let the labels of all rows that have begun wait to be seen."""
        while self.labels and self.labels[0][0] <= upto:
            self.waiting.append(self.labels.pop(0))

    def _without_labels(self, found: str) -> str:
        """Return what differs without the labels of the row that begins behind it."""
        while True:
            fitting = [
                one
                for one in self.waiting
                if found.endswith(one[1].text) and len(found) > len(one[1].text)
            ]
            if not fitting:
                return found
            label = max(fitting, key=lambda one: len(one[1].text))
            self.waiting.remove(label)
            found = found.removesuffix(label[1].text)

    def _label_at(self, text: str, position: int) -> tuple[int, Printed] | None:
        fitting = [one for one in self.waiting if text.startswith(one[1].text, position)]
        return max(fitting, key=lambda one: len(one[1].text), default=None)

    def _changed_label(self, text: str, position: int) -> Difference | None:
        """Return the label that stands here with one character changed: a figure in a chart."""
        for one in self.waiting:
            label = one[1]
            found = text[position : position + len(label.text)]
            same = sum(ours == theirs for ours, theirs in zip(label.text, found, strict=False))
            if same >= len(label.text) - 1 >= 3 and len(found) == len(label.text):
                self.waiting.remove(one)
                return Difference(
                    DifferenceKind.CHANGED, self.page, label.place, label.text, found, found
                )
        return None

    def _index(self, at: int) -> int:
        """Return the number of the piece that stands there, the last one at the end."""
        return min(bisect_right(self.starts, at), len(self.pieces)) - 1

    def _meet(self, text: str, position: int) -> tuple[int, int]:
        """Return after how many characters of what is expected and of the page the two go on alike."""
        ours = self.text[self.at : self.at + _WINDOW]
        theirs = text[position : position + _WINDOW]
        matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
        for block in matcher.get_matching_blocks():
            ends = block.b + block.size == len(theirs) or block.a + block.size == len(ours)
            if block.size >= _SURE or (block.size and ends):
                return block.a, block.b
        # Something long was left out, or put in, or the rest of the page is another text.
        later = self.text.find(text[position : position + _TELLING], self.at)
        if later >= 0:
            return later - self.at, 0
        rest = text.find(self.text[self.at : self.at + _TELLING], position)
        if rest >= 0:
            return 0, rest - position
        return 0, len(text) - position

    def _difference(
        self, kind: DifferenceKind, span: tuple[int, int], found: str, around: str = ""
    ) -> Difference:
        """Return a difference whose figures are whole: 96.45 and 96.46, not 5 and 6."""
        start, end = span
        # A figure does not go over from one cell to the next.
        first, last = self._index(start), self._index(max(start, end - 1))
        left, right = start, end
        if kind is DifferenceKind.CHANGED or _is_figure(self.text[start:end] + found):
            while left > self.starts[first] and self.text[left - 1] in _NUMBER:
                left -= 1
            while right < self.starts[last + 1] and self.text[right] in _NUMBER:
                right += 1
        before, after = self.text[left:start], self.text[end:right]
        expected = _short(before + self.text[start:end] + after)
        found = _short(before + found + after)
        return Difference(kind, self.page, self.pieces[first].place, expected, found, around)


def _common(one: str, start: int, other: str, position: int) -> int:
    """Return how many characters are the same from there on."""
    longest = min(len(one) - start, len(other) - position)
    if one[start : start + longest] == other[position : position + longest]:
        return longest
    low, high = 0, longest
    while high - low > 1:
        middle = (low + high) // 2
        if one[start + low : start + middle] == other[position + low : position + middle]:
            low = middle
        else:
            high = middle
    return low


def _is_figure(text: str) -> bool:
    return bool(text) and all(character in _NUMBER for character in text)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]}…{text[-12:]}"
