"""Charts on pages: the same pictures as in the report, as SVG inside the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from perfeval.rendering.charts import report_charts
from perfeval.rendering.charts.drawing import Drawing, as_svg
from perfeval.rendering.document import Chart
from perfeval.scoring.result import Result
from perfeval.scoring.scheme import Scheme


@dataclass(frozen=True, slots=True)
class ShownChart:
    """A chart with its caption; ``svg`` was escaped when it was drawn."""

    caption: str
    svg: SafeString
    description: str
    kind: str = "chart"


def shown_chart(chart: Chart) -> ShownChart:
    """Return a chart of the report's text for a page."""
    return _shown(chart.caption, chart.drawing, f"text-{chart.caption.partition(chr(0x3000))[0]}")


def charts_of(
    scheme: Scheme,
    result: Result,
    *,
    before: tuple[int, Result] | None = None,
) -> list[ShownChart]:
    """Return every chart of a report that has something to show.

    ``before``: the year and the Result of the report before, where there is one.
    """
    drawings: Sequence[Drawing | None] = [
        make(scheme, result) for make in report_charts.CHARTS.values()
    ]
    if before:
        year, earlier = before
        drawings = [*drawings, report_charts.year_on_year(result, scheme.year, earlier, year)]
    return [
        _shown(drawing.title, drawing, f"chart-{number}")
        for number, drawing in enumerate(drawings, start=1)
        if drawing
    ]


def _shown(caption: str, drawing: Drawing, identifier: str) -> ShownChart:
    svg = mark_safe(as_svg(drawing, identifier=identifier))
    return ShownChart(caption, svg, drawing.description)
