"""The sheet of the groups: weight, points and rate of each, as formulas over the score sheet."""

from collections.abc import Iterator
from decimal import Decimal

from perfeval.fonts.choice import TypefaceRole
from perfeval.office.workbook.pages import RATE, WorkbookPage, quoted
from perfeval.office.workbook.scores import Written
from perfeval.office.workbook.wording import wording
from perfeval.scoring.result import IndicatorResult
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.snapshots.snapshot import Snapshot


def write_groups(
    page: WorkbookPage,
    snapshot: Snapshot,
    scheme: Scheme,
    written: Written,
    *,
    pending: str,
    grade: str,
) -> None:
    """Write weight, points and rate of each node that has others below it, and the closing lines.

    ``pending``: what stands for points that are missing. ``grade``: as it is printed, empty without one.
    """
    words = wording()
    page.title(words["groups_title"])
    page.head(words["groups_headings"].split("|"), is_repeated=True)
    for node in _groups(scheme.indicators):
        scored = snapshot.result.indicator(node.code)
        _write_group(page, written, node, scored, pending)
    page.put(1, words["groups_total"], role=TypefaceRole.HEI)
    page.put(2, "")
    result = snapshot.result
    page.put(3, result.full_score, role=TypefaceRole.HEI)
    total = result.total if result.is_complete else pending
    page.put(4, total, formula=written.total, role=TypefaceRole.HEI)
    page.put(5, "")
    page.row += 1
    if not grade:
        return
    page.put(1, words["groups_grade"], role=TypefaceRole.HEI)
    page.put(2, "")
    page.put(3, "")
    page.put(4, grade, formula=written.grade, role=TypefaceRole.HEI)
    page.put(5, "")
    page.row += 1


def _write_group(
    page: WorkbookPage, written: Written, node: Indicator, scored: IndicatorResult, pending: str
) -> None:
    """Write one group; its leaves stand below each other in the score sheet."""
    rows = [written.rows[leaf.code] for leaf in node.leaves()]
    first, last = min(rows), max(rows)
    name = written.title
    page.put(1, node.name, align="left", indent=2 * (node.level - 1))
    page.put(2, node.level)
    printed = sum((leaf.weight for leaf in node.leaves()), Decimal(0))
    is_sum = printed == scored.weight
    weights = f"SUM('{name}'!E{first}:E{last})" if is_sum else ""
    page.put(3, scored.weight, formula=weights)
    cells = f"'{name}'!F{first}:F{last}"
    points = f"SUM({cells})"
    if scored.is_complete and scored.points is not None:
        page.put(4, scored.points, formula=points)
    else:
        # A sum of gaps is no nought.
        count = last - first + 1
        points = f'IF(COUNT({cells})<{count},"{quoted(pending)}",{points})'
        page.put(4, pending, formula=points)
    if scored.score_rate is None:
        page.put(5, pending if not scored.is_complete else "—")
    else:
        page.put(
            5,
            scored.score_rate,
            formula=f"ROUND(D{page.row}/C{page.row},4)",
            number_format=RATE,
        )
    page.row += 1


def _groups(indicators: tuple[Indicator, ...]) -> Iterator[Indicator]:
    for root in indicators:
        yield from (node for node in root.walk() if not node.is_leaf)
