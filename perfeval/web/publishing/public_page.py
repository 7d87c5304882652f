"""The public page of a report, gathered: its text in blocks, tables with heads for screen readers, what machines read."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from perfeval.documents.document import (
    BodyTable,
    Chart,
    Heading,
    Paragraph,
    ReportDocument,
    ScoreSheet,
)
from perfeval.scoring.quantity import plain
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import Snapshot
from perfeval.web.charts import ShownChart, shown_chart

_NAME_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class PublicCell:
    """A cell; ``scope`` is row or rowgroup for one that heads others, empty for one with data."""

    text: str
    align: str = "left"
    scope: str = ""
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A row of a table."""

    cells: tuple[PublicCell, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table with its caption and headings."""

    caption: str
    unit: str
    headings: tuple[str, ...]
    rows: tuple[PublicRow, ...]
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A heading (``level`` 2 to 5, below the page's own) or, with level 0, a paragraph."""

    text: str
    level: int = 0
    anchor: str = ""
    kind: str = "text"


def blocks_of(document: ReportDocument) -> list[TextBlock | TableBlock | ShownChart]:
    """Return the report's text for the page."""
    return list(_blocks(document))


def _blocks(document: ReportDocument) -> Iterator[TextBlock | TableBlock | ShownChart]:
    for number, block in enumerate(document.blocks, start=1):
        match block:
            case Heading():
                yield TextBlock(
                    f"{block.number}{block.text}", min(block.level + 1, 5), f"s{number}"
                )
            case Paragraph():
                yield TextBlock(block.text)
            case BodyTable():
                yield _table(block)
            case Chart():
                yield shown_chart(block)


def _table(table: BodyTable) -> TableBlock:
    first_total = len(table.rows) - table.total_rows
    heads = max(1, table.merged_columns)
    rows = []
    for index, texts in enumerate(table.rows):
        is_total = index >= first_total
        cells: list[PublicCell] = []
        column = 0
        while column < len(texts):
            span, wide, scope = 1, 1, "row" if column < heads else ""
            if column < table.merged_columns and is_total:
                wide = 2 if texts[column + 1] == texts[column] else 1
            elif column < table.merged_columns:
                names = [row[: column + 1] for row in table.rows[:first_total]]
                span = _span(names, index)
                scope = "rowgroup" if span > 1 else scope
            if span:
                align = table.columns[column].align.value
                cells.append(PublicCell(texts[column], align, scope, span, wide))
            column += wide
        rows.append(PublicRow(tuple(cells), is_total))
    headings = tuple(column.heading for column in table.columns)
    return TableBlock(table.caption, table.unit, headings, tuple(rows))


def sheet_of(sheet: ScoreSheet) -> TableBlock:
    """Return the score sheet for the page; each leaf's name heads its row."""
    paths = [(row.primary, row.secondary, row.tertiary) for row in sheet.rows]
    rows = []
    for index, row in enumerate(sheet.rows):
        depth = sum(1 for name in paths[index] if name) or 1
        cells = []
        for column in range(depth - 1):
            span = _span([path[: column + 1] for path in paths], index)
            if span:
                cells.append(PublicCell(paths[index][column], "center", "rowgroup", span))
        leaf = paths[index][depth - 1]
        cells.append(PublicCell(leaf, "left", "row", column_span=_NAME_COLUMNS - depth + 1))
        aligns = [column.align.value for column in sheet.columns[_NAME_COLUMNS:]]
        texts = (row.standard, row.weight, row.points, row.reason)
        cells += [PublicCell(text, align) for text, align in zip(texts, aligns, strict=True)]
        rows.append(PublicRow(tuple(cells)))
    total = (
        PublicCell(sheet.total_label, "center", "row", column_span=_NAME_COLUMNS),
        PublicCell(""),
        PublicCell(sheet.total_weight, "center"),
        PublicCell(sheet.total_points, "center"),
        PublicCell(""),
    )
    grade = (
        PublicCell(sheet.grade_label, "center", "row", column_span=_NAME_COLUMNS),
        PublicCell(sheet.grade, "center", column_span=len(sheet.columns) - _NAME_COLUMNS),
    )
    rows.append(PublicRow(total, is_total=True))
    if sheet.grade:
        rows.append(PublicRow(grade, is_total=True))
    headings = tuple(column.heading for column in sheet.columns)
    return TableBlock(sheet.title, "", headings, tuple(rows))


def _span(names: Sequence[tuple[str, ...]], index: int) -> int:
    """Return over how many rows the name at ``index`` goes, 0 where it began above."""
    if index and names[index - 1] == names[index]:
        return 0
    span = 1
    while index + span < len(names) and names[index + span] == names[index]:
        span += 1
    return span


def structured_data(
    snapshot: Snapshot, scheme: Scheme, *, page: str, pdf: str, data: str, released: str
) -> SafeString:
    """Return what search engines read: the report as a Dataset of schema.org, as the inside of a script element.

    ``page``, ``pdf``, ``data``: full addresses; ``released``: the date, ISO 8601.
    """
    result = snapshot.result
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": snapshot.title,
        "description": f"{snapshot.title}：总分{plain(result.total)}分"
        + (f"，等级{result.grade}" if result.grade else "")
        + "，含评分表、收支数据和绩效目标完成情况。",
        "inLanguage": "zh-CN",
        "url": page,
        "temporalCoverage": str(snapshot.year),
        "datePublished": released,
        "isAccessibleForFree": True,
        "creator": {"@type": "GovernmentOrganization", "name": snapshot.department_name},
        "publisher": {"@type": "GovernmentOrganization", "name": scheme.authority},
        "measurementTechnique": scheme.name,
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": node.name,
                "value": plain(node.points),
                "maxValue": plain(node.weight),
                "unitText": "分",
            }
            for node in result.walk()
            if node.points is not None and not node.is_adjustment
        ],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": "application/json", "contentUrl": data},
            {"@type": "DataDownload", "encodingFormat": "application/pdf", "contentUrl": pdf},
        ],
    }
    text = json.dumps(described, ensure_ascii=False, indent=1)
    # Nothing in it can end the element that it stands in.
    for character, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, escaped)
    return mark_safe(text)
