"""Which figures are noticed when one alone is changed: ``python -m benchmarks.change_one_figure FOLDER``.

Each document of the folder is checked as it is (every finding is a false one, where the documents are
right), then once for each decidable figure and each way of mistyping it. A change is *noticed* when the
checker gives a finding that it did not give before, and *named* when such a finding points at the
figure: it lies on it, stands on its line, or shows the changed number in its sentence.
Documents without marks: all figures are changed, so that the shares say how much of a text is held
against anything.
"""

import argparse
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import django

from benchmarks.marked_documents import Document, Figure, Kind, documents_of
from perfeval.checking.findings import Finding, Findings, FindingSeverity
from perfeval.checking.services import check_text
from perfeval.reading.refusals import ReportUnreadable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
django.setup()  # the sentences of findings are translated

from perfeval.words.checking import describe_finding  # noqa: E402

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_CONTEXT = 16


@dataclass
class Measure:
    """What one document gave; counts of changes by kind of figure."""

    name: str
    refused: str = ""
    false: list[Finding] = field(default_factory=list)
    figures: Counter[Kind] = field(default_factory=Counter)
    changes: Counter[Kind] = field(default_factory=Counter)
    noticed: Counter[Kind] = field(default_factory=Counter)
    named: Counter[Kind] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)


def mistyped(figure: Figure, draw: random.Random) -> Iterator[str]:
    """Yield the figure with one digit replaced, twice, and with two neighbours exchanged.

    The length stays, and a number above zero keeps its first digit above zero. A coarse figure is
    changed in its first digit only.
    """
    places = [index for index, char in enumerate(figure.written) if char.isdigit()]
    if figure.is_coarse:
        first = next((n for n, place in enumerate(places) if figure.written[place] != "0"), 0)
        places = places[first : first + 1]
    seen = {figure.written}
    for _ in range(2):
        place = draw.choice(places)
        lowest = 1 if place == places[0] and len(places) > 1 else 0
        digits = [d for d in "0123456789"[lowest:] if d != figure.written[place]]
        other = _with(figure.written, {place: draw.choice(digits)})
        if other not in seen:
            seen.add(other)
            yield other
    pairs = [
        (left, right)
        for left, right in pairwise(places)
        if figure.written[left] != figure.written[right]
        and not (left == places[0] and figure.written[right] == "0")
    ]
    if pairs:
        left, right = draw.choice(pairs)
        other = _with(figure.written, {left: figure.written[right], right: figure.written[left]})
        if other not in seen:
            yield other


def _with(written: str, digits: dict[int, str]) -> str:
    return "".join(digits.get(index, char) for index, char in enumerate(written))


def measure(document: Document, *, seed: int = 0, most: int = 0) -> Measure:
    """Check a document, and check it with each figure changed.

    ``most``: take so many of its figures at random, 0 for all.
    """
    draw = random.Random(f"{seed} {document.name}")  # noqa: S311 (not a secret)
    result = Measure(document.name)
    numbers = list(range(len(document.figures)))
    if most and len(numbers) > most:
        numbers = sorted(draw.sample(numbers, most))
    try:
        text = document.text()
    except ReportUnreadable as refused:
        result.refused = refused.reason
        for figure in document.figures:
            result.figures[figure.kind] += 1
            result.changes[figure.kind] += sum(1 for _ in mistyped(figure, draw))
        return result
    before = check_text(text)
    result.false = list(before.findings)
    for number in numbers:
        figure = document.figures[number]
        result.figures[figure.kind] += 1
        for other in mistyped(figure, draw):
            result.changes[figure.kind] += 1
            changed = document.text({number: other})
            fresh = list(_fresh(before, check_text(changed)))
            place = _difference(text, changed)
            result.noticed[figure.kind] += bool(fresh)
            is_named = any(_names(finding, place, changed) for finding in fresh)
            result.named[figure.kind] += is_named
            if not is_named:
                how = "elsewhere" if fresh else "missed"
                low = max(0, place[0] - _CONTEXT)
                words = re.sub(r"\s+", " ", changed[low : place[1] + _CONTEXT])
                result.misses.append(
                    f"{how} ({figure.kind}): {figure.written} → {other} in “{words}”"
                )
    return result


def _fresh(before: Findings, after: Findings) -> Iterator[Finding]:
    """Yield what was not found before; the same code at the same place is nothing new."""
    known = {(finding.code, finding.start) for finding in before.findings}
    for finding in after.findings:
        if (finding.code, finding.start) not in known:
            yield finding


def _difference(text: str, changed: str) -> tuple[int, int]:
    """Return where the changed figure stands in the changed text: the number around what differs."""
    start = next(
        (n for n, (a, b) in enumerate(zip(text, changed, strict=False)) if a != b), len(changed) - 1
    )
    for match in _NUMBER.finditer(changed, max(0, start - 30)):
        if match.end() > start:
            return match.span()
    return start, start + 1


def _names(finding: Finding, place: tuple[int, int], text: str) -> bool:
    """Return whether a finding points at the place."""
    start, end = place
    if finding.start < end and start < finding.end:
        return True
    if finding.line == text.count("\n", 0, start) + 1:
        return True
    value = _value(text[start:end])
    return any(_value(found) == value for found in _NUMBER.findall(describe_finding(finding)))


def _value(written: str) -> Decimal:
    return Decimal(written.replace(",", ""))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else ""


def table(measures: list[Measure]) -> Iterator[str]:
    """Yield the lines of the report."""
    yield (
        "| document | errors, warnings, notes on the unchanged text | prose: figures, changes | noticed | named "
        "| table: figures, changes | noticed | named |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for each in measures:
        yield _row(each.name, [each])
    yield _row(f"**{len(measures)} documents**", measures)


def _row(name: str, measures: list[Measure]) -> str:
    levels = Counter(finding.severity for each in measures for finding in each.false)
    refused = [each.refused for each in measures if each.refused]
    false = ", ".join(str(levels[level]) for level in FindingSeverity)
    if refused:
        false = (
            f"not read ({refused[0]})"
            if len(measures) == 1
            else f"{false}; {len(refused)} not read"
        )
    cells = [name, false]
    for kind in Kind:
        figures, changes, noticed, named = (
            sum(getattr(each, count)[kind] for each in measures)
            for count in ("figures", "changes", "noticed", "named")
        )
        cells += [f"{figures}, {changes}", _share(noticed, changes), _share(named, changes)]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
    django.setup()  # the sentences of findings go through gettext
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0, help="of the changes")
    parser.add_argument(
        "--most", type=int, default=0, help="so many figures of each document at most"
    )
    parser.add_argument("--misses", action="store_true", help="list every change that is not named")
    asked = parser.parse_args()
    if not asked.folder.is_dir():
        parser.error(f"{asked.folder} is not a folder")
    out = sys.stdout.write
    measures = []
    for document in documents_of(asked.folder):
        each = measure(document, seed=asked.seed, most=asked.most)
        measures.append(each)
        for finding in each.false:
            out(
                f"{each.name}: {finding.severity} {finding.code}: {describe_finding(finding)} [{finding.excerpt}]\n"
            )
        if asked.misses:
            out("".join(f"{each.name}: {miss}\n" for miss in each.misses))
    out("\n".join(["", *table(measures), ""]))


if __name__ == "__main__":
    main()
