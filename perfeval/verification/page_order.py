"""Which page of the report each page of a file is: by the number printed on it, and by its text where that is wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from perfeval.documents.printed import squeezed

_NUMBER = re.compile(r"—(\d{1,4})—")
#: So many characters at its start tell whether a page belongs to the report.
_TELLING = 24


class Fault(StrEnum):
    """What is wrong with a page as a whole."""

    NUMBER = "page_number"
    MISSING = "page_missing"
    MOVED = "page_moved"
    ADDED = "page_added"


@dataclass(frozen=True, slots=True)
class PageFault:
    """A fault: at which place in the file (0: none), which number is printed there or should be."""

    fault: Fault
    page: int
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page of the report: its place in the file, its number in the report, its text without the number."""

    place: int
    number: int
    text: str


def in_order(texts: Sequence[str], whole: str) -> tuple[list[PlacedPage], list[PageFault]]:
    """Return the report's pages in the order of their numbers, and what is wrong with the pages of the file.

    ``whole``: all that the report prints, without white space.
    """
    pages: list[PlacedPage] = []
    faults: list[PageFault] = []
    seen: set[str] = set()
    split = [split_page(squeezed(text)) for text in texts]
    right = {place for place, (_, number) in enumerate(split, start=1) if number == place}
    taken = set(right)
    for place, (text, number) in enumerate(split, start=1):
        found = str(number) if number else ""
        if place in right:
            pages.append(PlacedPage(place, place, text))
        elif number and number not in taken:
            taken.add(number)
            pages.append(PlacedPage(place, number, text))
        elif not text or text in seen or text[:_TELLING] not in whole:
            faults.append(PageFault(Fault.ADDED, place, "", found))
            continue
        else:
            faults.append(PageFault(Fault.NUMBER, place, str(place), found))
            pages.append(PlacedPage(place, place, text))
        seen.add(text)
    faults += _out_of_order(pages)
    return sorted(pages, key=lambda page: (page.number, page.place)), faults


def _out_of_order(pages: Sequence[PlacedPage]) -> list[PageFault]:
    """Return the pages that stand behind a later one, and the numbers that no page has."""
    faults, highest = [], 0
    for page in pages:
        if page.number < highest:
            faults.append(PageFault(Fault.MOVED, page.place, "", str(page.number)))
        highest = max(highest, page.number)
    present = {page.number for page in pages}
    return faults + [
        PageFault(Fault.MISSING, 0, str(number), "")
        for number in range(1, highest)
        if number not in present
    ]


def split_page(text: str) -> tuple[str, int]:
    """Return a page's text without its number, and the number, 0 where there is none; it stands last, or first."""
    matches = list(_NUMBER.finditer(text))
    for match in (*matches[-1:], *matches[:1]):
        if match.end() == len(text) or match.start() == 0:
            return text[: match.start()] + text[match.end() :], int(match[1])
    return text, 0
