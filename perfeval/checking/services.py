"""Check a text: the one entry for the command, the page and the forms."""

import re

from perfeval.checking.catalogue import CATALOGUE
from perfeval.checking.findings import SEVERITIES, Coverage, Finding, Findings, Hit
from perfeval.checking.known import Known
from perfeval.checking.reading import Reading
from perfeval.checking.text import Prose, read
from perfeval.scoring.scheme.tree import Scheme

#: Characters of context on each side of what an excerpt shows.
_CONTEXT = 24
#: A text longer than this is no report; it is cut, so that a page never waits.
LONGEST_TEXT = 2_000_000
#: Whoever has so many findings of one code needs no more of them.
_MOST_OF_A_CODE = 200


def check_text(text: str, scheme: Scheme | None = None, known: Known | None = None) -> Findings:
    """Check every claim of a text and return what does not hold, in the order of the text.

    ``scheme``: whose grade bands and full score are taken; the common ones otherwise.
    ``known``: the figures that the text must agree with, where it belongs to a report of our own.
    """
    prose = read(text[:LONGEST_TEXT])
    reading = Reading(prose, scheme, known)
    counts: dict[str, int] = {}
    seen: set[tuple[str, int, int]] = set()
    found: list[Finding] = []
    for check in CATALOGUE:
        for hit in check.run(reading):
            place = (hit.code, hit.start, hit.end)
            counts[hit.code] = counts.get(hit.code, 0) + 1
            if place not in seen and counts[hit.code] <= _MOST_OF_A_CODE:
                seen.add(place)
                found.append(_finding(prose, hit))
    found.sort(key=lambda finding: (finding.start, finding.code))
    return Findings(tuple(found), reading.claims, _coverage(reading))


def _coverage(reading: Reading) -> Coverage:
    """Return which figures any check has held against something, in offsets of the raw text."""
    sides: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    held = reading.held
    for start, end in reading.places:
        sides[start not in held].append(reading.prose.raw_span(start, end))
    return Coverage(tuple(sides[0]), tuple(sides[1]))


def _finding(prose: Prose, hit: Hit) -> Finding:
    """Return a hit with its place in the raw text."""
    start, end = prose.raw_span(hit.start, hit.end)
    low = _excerpt_start(prose.text, hit.start)
    high = min(len(prose.text), hit.end + _CONTEXT)
    stop = prose.text.find("\n", hit.end, high)
    high = stop if stop >= 0 else high
    return Finding(
        code=hit.code,
        severity=SEVERITIES[hit.code],
        start=start,
        end=end,
        line=prose.line_number(start),
        excerpt=prose.text[low:high].replace("\t", " ").replace("\n", " "),
        stated=hit.stated,
        computed=hit.computed,
        words=hit.words,
    )


def _excerpt_start(text: str, start: int) -> int:
    """Return where the words around a place begin: at a clause, not in the middle of a figure."""
    paragraph = text.rfind("\n", max(0, start - _CONTEXT - 1), start) + 1
    if paragraph or start <= _CONTEXT:
        return paragraph
    clause = re.search(r"[，。；、（\t]", text[start - _CONTEXT : start])
    return start - _CONTEXT + (clause.end() if clause else 0)
