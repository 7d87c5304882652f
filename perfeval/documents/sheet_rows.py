"""The score sheet of a report: every leaf with its standard, weight, points and reason, and the totals."""

from collections.abc import Iterator

from perfeval.documents.document import ScoreRow, ScoreSheet
from perfeval.documents.report_words import ReportWords, default_wording
from perfeval.scoring.quantity import plain
from perfeval.scoring.result import IndicatorResult
from perfeval.scoring.scheme.tree import Indicator
from perfeval.text import prose
from perfeval.text.titles import break_title

#: The title of the landscape annex has 225 mm in 22 pt type.
_SHEET_TITLE_EMS = 28.0
_NAME_DEPTH = 3


def score_sheet(words: ReportWords) -> ScoreSheet:
    """Return every leaf with its standard, weight, points and reason, and the totals."""
    result = words.snapshot.result
    title = words.word("sheet_title")
    widths = (
        (7, "center"),
        (8, "center"),
        (14, "left"),
        (40, "left"),
        (5, "center"),
        (7, "center"),
        (19, "left"),
    )
    return ScoreSheet(
        mark=words.word("sheet_mark"),
        title=title,
        title_lines=break_title(
            title, name=words.snapshot.department_name, line_ems=_SHEET_TITLE_EMS
        ),
        columns=words.columns("sheet_headings", widths),
        rows=tuple(_score_rows(words)),
        total_label=words.word("sheet_total"),
        grade_label=words.word("sheet_grade"),
        total_weight=plain(result.full_score),
        total_points=plain(result.total) if result.is_complete else default_wording()["pending"],
        grade=result.grade or (default_wording()["pending"] if words.scheme.grade_bands else ""),
    )


def _score_rows(words: ReportWords) -> Iterator[ScoreRow]:
    """Yield the leaves in the scheme's order with the names of what they belong to."""
    for root in words.scheme.indicators:
        for path in _leaf_paths(root):
            leaf = path[-1]
            names = [node.name for node in path] + [""] * (_NAME_DEPTH - len(path))
            scored = words.snapshot.result.indicator(leaf.code)
            yield ScoreRow(
                primary=names[0],
                secondary=names[1],
                tertiary=names[2],
                weight=default_wording()["not_applicable"]
                if leaf.is_adjustment
                else plain(leaf.weight),
                standard="".join(prose.paragraphs(leaf.standard)),
                points=_points(scored),
                reason="".join(prose.paragraphs(scored.reason)),
            )


def _points(scored: IndicatorResult) -> str:
    """Return a leaf's points, or a gap while it is not answered."""
    return default_wording()["pending"] if scored.points is None else plain(scored.points)


def _leaf_paths(
    node: Indicator, above: tuple[Indicator, ...] = ()
) -> Iterator[tuple[Indicator, ...]]:
    path = (*above, node)
    if node.is_leaf:
        yield path
    for child in node.children:
        yield from _leaf_paths(child, path)
