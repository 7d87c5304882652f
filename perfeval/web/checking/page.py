"""The checked text with its findings marked, and the findings as rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfeval.checking.findings import Finding
from perfeval.office.finding_list import FindingRow
from perfeval.web.checking.files import Checked
from perfeval.words.checking import SEVERITY_NAMES, describe_finding

#: More of a text than this is not shown; the findings are all listed.
MOST_SHOWN = 400_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text; ``row`` where it is marked."""

    text: str
    row: FindingRow | None = None


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the checked text with its number."""

    number: int
    pieces: tuple[Piece, ...]


def rows_of(checked: Checked) -> list[FindingRow]:
    """Return the findings of a file as rows, numbered from 1."""
    return [
        _row(number, checked.name, finding) for number, finding in enumerate(checked.findings, 1)
    ]


def _row(number: int, file: str, finding: Finding) -> FindingRow:
    """Return one finding in the active language."""
    return FindingRow(
        number=number,
        file=file,
        line=finding.line,
        severity=str(finding.severity),
        severity_name=str(SEVERITY_NAMES[finding.severity]),
        code=finding.code,
        message=describe_finding(finding),
        excerpt=finding.excerpt,
        stated=finding.stated,
        computed=finding.computed,
    )


def text_lines(checked: Checked, rows: Sequence[FindingRow]) -> Iterator[TextLine]:
    """Yield the lines of the text that hold anything, findings marked where they stand."""
    marks = _without_overlap(checked.findings, rows)
    offset = 0
    next_mark = 0
    for number, line in enumerate(checked.text[:MOST_SHOWN].split("\n"), 1):
        end = offset + len(line)
        pieces: list[Piece] = []
        position = offset
        while next_mark < len(marks) and marks[next_mark][0] < end:
            start, stop, row = marks[next_mark]
            start = max(start, position)
            pieces.append(Piece(checked.text[position:start]))
            pieces.append(Piece(checked.text[start : min(stop, end)], row))
            position = min(stop, end)
            if stop > end:
                break
            next_mark += 1
        pieces.append(Piece(checked.text[position:end]))
        if line.strip():
            yield TextLine(number, tuple(piece for piece in pieces if piece.text))
        offset = end + 1


def _without_overlap(
    findings: Sequence[Finding], rows: Sequence[FindingRow]
) -> list[tuple[int, int, FindingRow]]:
    """Return the places to mark; of two that overlap only the first, the table has both."""
    marks: list[tuple[int, int, FindingRow]] = []
    for finding, row in zip(findings, rows, strict=True):
        if finding.end > finding.start and (not marks or finding.start >= marks[-1][1]):
            marks.append((finding.start, finding.end, row))
    return marks
