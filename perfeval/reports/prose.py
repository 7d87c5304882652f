"""The checker over a report's own prose: every section as typed, against the report's own figures.

All sections are read as one text, so that what two of them say differently is found too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from perfeval.checking.findings import Finding
from perfeval.checking.known import Known, KnownAmount, KnownRate, KnownScore
from perfeval.checking.numbers import role_of
from perfeval.checking.services import check_text
from perfeval.scoring.figures import Figures
from perfeval.scoring.result import RateResult, Result
from perfeval.scoring.scheme.tree import OutlineSection, Scheme

#: Set before each line, so that no line is read as the rest of the one above.
_INDENT = "\u3000\u3000"
#: What the form asks for at the indicator itself, and prints beside it.
_TOLD_BY_THE_FORM = frozenset({"loss-without-reason"})
#: The line whose figures are those of the whole department.
_WHOLE_LINE = "total"


@dataclass(frozen=True, slots=True)
class ProseFinding:
    """A finding and the section it is in; its line and offsets count in that section's text."""

    section: OutlineSection
    finding: Finding


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line of the joint text: where it begins there, and where it comes from."""

    start: int
    section: OutlineSection | None
    line: int
    offset: int


def check_prose(
    *,
    scheme: Scheme,
    figures: Figures,
    result: Result,
    narratives: Mapping[str, str],
    title: str,
) -> tuple[ProseFinding, ...]:
    """Return what does not hold in the prose of a report, in the order of its outline.

    ``title``: the report's, which names its year. Nothing here stands in the way of submitting.
    """
    if not any(narratives.values()):
        return ()
    text, lines = _joined(scheme.outline, narratives, title)
    known = known_of(scheme, figures, result)
    found = []
    for finding in check_text(text, scheme, known).findings:
        line = _line_at(lines, finding.start)
        if line.section is not None and finding.code not in _TOLD_BY_THE_FORM:
            moved = line.offset - line.start - len(_INDENT)
            here = replace(
                finding,
                line=line.line,
                start=finding.start + moved,
                end=finding.end + moved,
                words=_words(finding, lines, line.section),
            )
            found.append(ProseFinding(line.section, here))
    return tuple(found)


def known_of(scheme: Scheme, figures: Figures, result: Result) -> Known:
    """Return what is known of the report: amounts, rates, key tasks, points, total and grade."""
    names = {line.code: line.name for line in scheme.figure_lines} | {_WHOLE_LINE: ""}
    columns = {column.code: column.name for column in scheme.figure_columns}
    amounts = []
    for reference, amount in figures.amounts.items():
        line, _, column = reference.partition(".")
        if line in names and column in columns:
            role = role_of(columns[column])
            amounts.append(KnownAmount(names[line], role, scheme.amount_label(reference), amount))
    lines = {rate.code: _line_of(rate.numerator, rate.denominator) for rate in scheme.rates}
    rates = [
        (names[lines[rate.code]], rate) for rate in result.rates if lines.get(rate.code) in names
    ]
    rates += [(rate.name, rate) for rate in result.key_task_rates if rate.name]
    return Known(
        year=scheme.year,
        amounts=tuple(amounts),
        rates=tuple(known for line, rate in rates for known in _known_rate(line, rate)),
        scores=tuple(KnownScore(node.name, node.weight, node.points) for node in result.walk()),
        total=result.total if result.is_complete else None,
        grade=result.grade if result.is_complete else "",
    )


def _line_of(numerator: str, denominator: str) -> str:
    """Return the line of which both amounts of a rate are, empty when they are of two."""
    line, other = numerator.partition(".")[0], denominator.partition(".")[0]
    return line if line == other else ""


def _known_rate(line: str, rate: RateResult) -> Iterable[KnownRate]:
    """Yield the rate when both its amounts are there."""
    if rate.numerator is not None and rate.denominator:
        yield KnownRate(line, rate.name, Decimal(rate.numerator), Decimal(rate.denominator))


def _joined(
    outline: Iterable[OutlineSection], narratives: Mapping[str, str], title: str
) -> tuple[str, list[_Placed]]:
    """Return title, headings and prose as one text, and where each of its lines comes from."""
    parts: list[str] = []
    lines: list[_Placed] = []
    position = 0

    def add(text: str, section: OutlineSection | None, line: int, offset: int) -> None:
        nonlocal position
        lines.append(_Placed(position, section, line, offset))
        parts.append(f"{_INDENT}{text}\n")
        position += len(parts[-1])

    add(title, None, 0, 0)
    for section in outline:
        typed = narratives.get(section.code, "")
        if not typed.strip():
            continue
        add(section.title, None, 0, 0)
        offset = 0
        for number, text in enumerate(typed.split("\n"), 1):
            add(text, section, number, offset)
            offset += len(text) + 1
    return "".join(parts), lines


def _line_at(lines: list[_Placed], offset: int) -> _Placed:
    """Return the line of the joint text in which an offset stands."""
    return lines[bisect_right(lines, offset, key=lambda line: line.start) - 1]


def _words(finding: Finding, lines: list[_Placed], section: OutlineSection) -> Mapping[str, str]:
    """Return the finding's words with the other place that it names as the reader knows it."""
    if "line" not in finding.words:
        return finding.words
    other = lines[int(finding.words["line"]) - 1]
    is_elsewhere = other.section is not None and other.section.code != section.code
    named = other.section.title if other.section is not None and is_elsewhere else ""
    return {**finding.words, "line": str(other.line), "section": named}
