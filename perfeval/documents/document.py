"""A report as ReportDocument: sections, sentences, tables; the one thing all formats are made of.

``building.build`` makes one from a Snapshot and its Scheme; PDF (and later Word, HTML) only lay it
out. Every figure in it was formatted from the stored Result.
"""

from dataclasses import dataclass
from enum import StrEnum

from perfeval.documents.charts.drawing import Drawing


class Align(StrEnum):
    """How a table column is set."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A table column: its heading, its share of the width in percent, its alignment."""

    heading: str
    width: int
    align: Align = Align.CENTER


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of body text, indented by two characters. ``is_pending``: a gap in a draft."""

    text: str
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class BodyTable:
    """A plain table of the body: caption, unit mark, columns, rows.

    ``total_rows`` counts rows of totals from the end. In the first ``merged_columns`` columns equal
    neighbours below each other are one cell.
    """

    caption: str
    unit: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    total_rows: int = 0
    merged_columns: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its number written out: level 1 一、 level 2 （一） level 3 1."""

    level: int
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its numbered caption."""

    caption: str
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One leaf of the score sheet with the names of what it belongs to, all formatted.

    ``secondary`` and ``tertiary`` are empty where the leaf stands higher in the tree.
    """

    primary: str
    secondary: str
    tertiary: str
    weight: str
    standard: str
    points: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The score sheet annex: its mark, title, seven columns, rows in order, and the closing lines.

    ``grade``: empty where the scheme has no grades, and there is no line for it.
    """

    mark: str
    title: str
    title_lines: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    rows: tuple[ScoreRow, ...]
    total_label: str
    grade_label: str
    total_weight: str
    total_points: str
    grade: str


Block = Heading | Paragraph | BodyTable | Chart


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The whole document.

    ``title_lines``: the title broken by meaning. ``watermark``: 草稿 while it is not published. ``cover``: the
    lines below the title of a cover, none without one. ``contents_title``: over a table of contents,
    empty without one.
    """

    title: str
    title_lines: tuple[str, ...]
    annex_mark: str
    blocks: tuple[Block, ...]
    score_sheet: ScoreSheet
    subject: str
    author: str
    language: str = "zh-CN"
    watermark: str = ""
    cover: tuple[str, ...] = ()
    contents_title: str = ""
