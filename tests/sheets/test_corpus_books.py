"""The corpus of workbooks in the shapes that bureaus send: every row, every weight, or a message with its cell.

A book that the reader does not get right yet carries ``open = true``; it is asserted to be wrong still, so
that whoever mends the reader takes the mark away.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from perfeval.sheets.understood import Remark
from tests.sheets.books_corpus import (
    Comparison,
    Reading,
    Row,
    as_workbook,
    books,
    compared,
    expected_rows,
    read_book,
)

BOOKS = books()


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book["file"])
def test_book_is_understood_whole(book):
    found = compared(book, read_book(book))

    assert found.is_whole is not book.get("open", False), found


def test_corpus_has_every_shape():
    assert len(BOOKS) >= 25
    assert all(book["shape"] for book in BOOKS)
    assert max(len(expected_rows(book)) for book in BOOKS) == 3000
    assert max(len(row.names) for book in BOOKS for row in expected_rows(book)) == 4
    assert len([book for book in BOOKS if len(book.get("sheet", ())) > 1]) >= 2


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book["file"])
def test_book_says_what_it_expects(book):
    rows = expected_rows(book)
    texts = {str(cell) for sheet in book.get("sheet", ()) for row in sheet["rows"] for cell in row}

    assert set(book) <= {"file", "shape", "sheet", "generated", "roles", "expected", "open"}
    assert len(as_workbook(book)) > 4000
    # Weights that are no points are told by their cells instead.
    unread = [row for row in rows if row.weight is None]
    assert len(unread) == len(book.get("expected", {}).get("faults", ()))
    for row in rows if "sheet" in book else ():
        assert all(part in texts for part in row.standard.split("\n") if part), row
        assert sum(row.weight or 0 for row in rows) in range(40, 121)


# ── the measure itself ──

BOOK = {
    "sheet": [{"name": "甲", "rows": [["一级指标"]]}],
    "expected": {
        "leaves": [["产出", "数量|场次", 40, "按比例"], ["效益", 60, ""]],
        "told_rows": [5, 9],
        "faults": ["D7"],
        "not_printed": ["台账"],
    },
}
RIGHT = Reading(
    (
        Row(("产出", "场次"), Decimal(40), "按比例"),
        Row(("效益",), Decimal(60), ""),
    ),
    (
        Remark("weight_missing", "D7", {}),
        Remark("left_out", "4–6", {}, is_fault=False),
        Remark("left_out", "A9", {}, is_fault=False),
    ),
    ("按比例",),
)


def test_right_reading_is_whole():
    assert compared(BOOK, RIGHT) == Comparison(2, 2, 2, 0, ())
    assert compared(BOOK, RIGHT).is_whole


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rows": RIGHT.rows[:1]}, Comparison(2, 1, 1, 0, ())),
        ({"rows": (*RIGHT.rows, Row(("合计",), None, ""))}, Comparison(2, 2, 2, 1, ())),
        (
            {"rows": (replace(RIGHT.rows[0], weight=None), RIGHT.rows[1])},
            Comparison(2, 2, 1, 0, ()),
        ),
        (
            {"rows": (replace(RIGHT.rows[0], names=("场次",)), RIGHT.rows[1])},
            Comparison(2, 1, 1, 1, ()),
        ),
        (
            {"rows": (replace(RIGHT.rows[0], standard="按比例\n说明"), RIGHT.rows[1])},
            Comparison(2, 1, 1, 1, ()),
        ),
        ({"remarks": RIGHT.remarks[:2]}, Comparison(2, 2, 2, 0, ("row 9",))),
        ({"remarks": RIGHT.remarks[1:]}, Comparison(2, 2, 2, 0, ("D7",))),
        ({"printed": ("按比例\n评价依据：台账",)}, Comparison(2, 2, 2, 0, ("printed: 台账",))),
    ],
)
def test_every_difference_counts(changes, expected):
    found = compared(BOOK, replace(RIGHT, **changes))

    assert found == expected
    assert not found.is_whole
