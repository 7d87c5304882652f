"""Cells in rows: from lines whose cells stand apart, and from a text that gives one cell a line."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfeval.checking.text import Prose

_NUMBER_CELL = re.compile(
    r"^[-−]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,10})? ?(?:%|分|万元|亿元|元)?$"
)
_NO_VALUE = frozenset({"", "—", "-", "——", "无", "/", "--", "－"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its place in the prose; ``number`` when it holds nothing else."""

    text: str
    start: int
    end: int
    number: Decimal | None

    @property
    def is_percent(self) -> bool:
        """Return whether the number is a percentage."""
        return self.text.endswith("%")

    @property
    def digits(self) -> int:
        """Return how many decimals the number is written with."""
        return len(re.sub(r"[^\d.]", "", self.text).partition(".")[2])

    @property
    def words(self) -> str:
        """Return the text without the spaces that spread words over a cell."""
        return "".join(self.text.split())


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TextGrid:
    """Rows of cells that stand below each other without other text between."""

    rows: tuple[Row, ...]

    @property
    def figures(self) -> int:
        """Return how many cells hold a number."""
        return sum(cell.number is not None for row in self.rows for cell in row)


def grids(text: str) -> Iterator[TextGrid]:
    """Yield every run of rows whose cells stand apart by tabs."""
    rows: list[Row] = []
    for match in re.finditer(r"[^\n]+", text):
        if "\t" in match.group():
            rows.append(tuple(_cells(match.group(), match.start())))
        elif rows:
            yield TextGrid(_padded(rows))
            rows = []
    if rows:
        yield TextGrid(_padded(rows))


def _padded(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows, each as wide as the widest where empty cells show that columns are kept.

    What stands empty at the end of a row is often cut off.
    """
    if not any(not cell.text for row in rows for cell in row):
        return tuple(rows)
    width = max(len(row) for row in rows)
    return tuple(
        row + (Cell("", row[-1].end, row[-1].end, None),) * (width - len(row)) for row in rows
    )


def _cells(line: str, offset: int) -> Iterator[Cell]:
    """Yield the cells of a row."""
    position = 0
    for part in line.split("\t"):
        text = part.strip()
        start = offset + position + len(part) - len(part.lstrip())
        yield Cell(text, start, start + len(text), number_of(text))
        position += len(part) + 1


def number_of(text: str) -> Decimal | None:
    """Return the number that is all a cell holds, None otherwise."""
    if not text or text[0] not in "-−0123456789" or not _NUMBER_CELL.match(text):
        return None
    return Decimal(re.sub(r"[^\d.\-]", "", text.replace("−", "-")))


def tokens(prose: Prose) -> Iterator[Cell]:
    """Yield what stands between spaces in the raw lines, placed in the prose."""
    for line in prose.lines:
        for match in re.finditer(r"[^\s|]+", line.text):
            raw_start = line.start + match.start()
            start = bisect_left(prose.origin, raw_start)
            text = match.group()
            yield Cell(text, start, start + len(text), number_of(text))


def has_no_value(text: str) -> bool:
    """Return whether a cell says nothing."""
    return text.strip() in _NO_VALUE


def is_figures(row: Sequence[Cell]) -> bool:
    """Return whether a row holds a number."""
    return any(cell.number is not None for cell in row)
