"""Charts on pages: the same figures as in the report, in the reader's words and drawn for a screen, as SVG."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from perfeval.documents.charts.bars import SCREEN
from perfeval.documents.charts.drawing import Drawing, as_svg
from perfeval.documents.charts.report_charts import CHARTS, ChartStyle, Source
from perfeval.documents.charts.words import ChartWords
from perfeval.documents.document import Chart
from perfeval.scoring.result import Result
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import EarlierYear

_OFFICIAL_LANGUAGE = "zh-CN"


@dataclass(frozen=True, slots=True)
class ShownChart:
    """A chart with its caption and its figures as a table; ``svg`` was escaped when it was drawn.

    ``language``: of its words, empty where it is the page's.
    """

    caption: str
    svg: SafeString
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    language: str = ""
    kind: str = "chart"


def shown_chart(chart: Chart) -> ShownChart:
    """Return a chart of the report's text for a page, in its official words."""
    identifier = f"text-{chart.caption.partition(chr(0x3000))[0]}"
    return _shown(chart.caption, chart.drawing, identifier, _OFFICIAL_LANGUAGE)


def charts_of(
    scheme: Scheme, result: Result, *, before: EarlierYear | None = None
) -> list[ShownChart]:
    """Return every chart of a report that has something to show.

    ``before``: the department's report of the year before, where there is one.
    """
    source, style = Source(scheme, result, before), ChartStyle(_words(), SCREEN)
    drawings = [make(source, style) for make in CHARTS.values()]
    return [
        _shown(drawing.title, drawing, f"chart-{number}")
        for number, drawing in enumerate(drawings, start=1)
        if drawing
    ]


def _shown(caption: str, drawing: Drawing, identifier: str, language: str = "") -> ShownChart:
    svg = mark_safe(as_svg(drawing, identifier=identifier))
    return ShownChart(caption, svg, drawing.headings, drawing.rows, language)


def _words() -> ChartWords:
    """Return the words of the charts in the reader's language."""
    return ChartWords(
        score_by_group=_("Score by group of indicators"),
        points_lost=_("Where points were lost"),
        budget_actual=_("Budget and spending, in 10,000 yuan"),
        year_on_year=_("This year and the year before"),
        points=pgettext("chart", "Points"),
        lost=pgettext("chart", "Not scored"),
        budget=pgettext("chart", "Budget"),
        actual=pgettext("chart", "Spent"),
        in_year=pgettext("chart", "{year}"),
        total=pgettext("chart", "Total"),
        others=pgettext("chart", "{count} others"),
        of_points=pgettext("chart", "{points} of {weight}"),
        lost_of=pgettext("chart", "−{lost} of {weight}"),
        lost_only=pgettext("chart", "−{lost}"),
        amount=pgettext("chart", "{amount}"),
        indicator=pgettext("chart", "Indicator"),
        weight=pgettext("chart", "Weight"),
        rate=pgettext("chart", "Score rate"),
        deducted=pgettext("chart", "Points lost"),
        line=pgettext("chart", "Item"),
        spent_rate=pgettext("chart", "Completion rate"),
        told_group=pgettext("chart", "{name}: {figure} points, score rate {rate}"),
        told_lost=pgettext("chart", "{name}: {figure} points"),
        told_budget=pgettext("chart", "{name}: budget {budget}, spent {actual}, {rate}"),
        told_years=pgettext("chart", "{name}: {before} in {year_before}, {now} in {year}"),
        told_between=pgettext("chart", "; "),
        told_end=pgettext("chart", "."),
    )
