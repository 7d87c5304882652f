"""Whether a place lies in one of many spans, found without looking at each of them."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Spans:
    """Spans of one text, which may overlap; a place is looked up by halving."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        """Keep the starts in order and, for each, the farthest end so far."""
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._ends = list(accumulate((end for _, end in ordered), max))

    def __contains__(self, place: int) -> bool:
        """Return whether a span begins at the place or before it and ends behind it."""
        before = bisect_right(self._starts, place)
        return before > 0 and place < self._ends[before - 1]
