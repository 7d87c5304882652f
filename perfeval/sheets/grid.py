"""A sheet as plain cells: what was read of a workbook, and what one is made of. No Excel here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

#: What a cell holds: text, an exact number, or yes and no.
Value = str | Decimal | bool
#: More columns are not read; the widest real sheet found has 14.
MOST_COLUMNS = 60
#: Row and column, both from 1, as Excel counts them.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Range:
    """A block of merged cells, its last row and column included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: Place) -> bool:
        """Return whether ``place`` lies in the block."""
        row, column = place
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet as it was read.

    ``formulas``: cells that compute their value; what they last showed stands in ``cells``.
    ``hidden_rows``, ``hidden_columns``: what a person who looks at the sheet does not see.
    """

    name: str
    cells: Mapping[Place, Value]
    merged: tuple[Range, ...] = ()
    formulas: frozenset[Place] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    is_hidden: bool = False
    last_row: int = field(init=False)
    columns: range = field(init=False)

    def __post_init__(self) -> None:
        """Measure the sheet once: its last row with anything in it, the columns that are read."""
        last_column = max((column for _, column in self.cells), default=0)
        object.__setattr__(self, "last_row", max((row for row, _ in self.cells), default=0))
        object.__setattr__(self, "columns", range(1, min(last_column, MOST_COLUMNS) + 1))

    def text(self, row: int, column: int) -> str:
        """Return what the cell itself says, empty where it is empty."""
        return as_text(self.cells.get((row, column), "")).strip()

    def rows(self) -> Iterator[int]:
        """Yield the rows that hold anything, from the top."""
        return iter(sorted({row for row, _ in self.cells}))


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet to be written.

    ``styles``: by place, one of the names that ``workbook`` knows; ``widths``: in characters;
    ``heights``: in points, by row; ``head_row``: repeated on every printed page, kept in sight;
    ``printed_columns``: how many columns are printed, 0 for all.
    """

    name: str
    cells: Mapping[Place, Value]
    styles: Mapping[Place, str] = field(default_factory=dict)
    merged: tuple[Range, ...] = ()
    widths: tuple[int, ...] = ()
    heights: Mapping[int, int] = field(default_factory=dict)
    head_row: int = 1
    printed_columns: int = 0


def as_text(value: Value) -> str:
    """Return a cell's value as it reads."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value


def column_letters(column: int) -> str:
    """Return the letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return a cell's name as Excel shows it: C12."""
    return f"{column_letters(column)}{row}"


def grid_of(page: Page) -> Grid:
    """Return a page as it would be read again."""
    cells = {place: value for place, value in page.cells.items() if value != ""}
    return Grid(page.name, cells, page.merged)


def grid_as_json(grid: Grid) -> dict[str, Any]:
    """Return a grid as plain data, to be carried from one page of a form to the next."""
    return {
        "name": grid.name,
        "cells": [[*place, _value_as_json(value)] for place, value in grid.cells.items()],
        "merged": [[area.top, area.left, area.bottom, area.right] for area in grid.merged],
        "formulas": sorted(grid.formulas),
        "hidden": [sorted(grid.hidden_rows), sorted(grid.hidden_columns), grid.is_hidden],
    }


def grid_from_json(data: Mapping[str, Any]) -> Grid:
    """Return the grid that ``grid_as_json`` wrote; the caller knows that it did."""
    rows, columns, is_hidden = data["hidden"]
    return Grid(
        name=data["name"],
        cells={
            (row, column): Decimal(value[0]) if isinstance(value, list) else value
            for row, column, value in data["cells"]
        },
        merged=tuple(Range(*block) for block in data["merged"]),
        formulas=frozenset((row, column) for row, column in data["formulas"]),
        hidden_rows=frozenset(rows),
        hidden_columns=frozenset(columns),
        is_hidden=is_hidden,
    )


def _value_as_json(value: Value) -> str | bool | list[str]:
    return [f"{value}"] if isinstance(value, Decimal) else value
