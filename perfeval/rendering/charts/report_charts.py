"""The charts of a report: its score by group, the points lost, budget against spending, this year against the last."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from perfeval.rendering.charts.bars import Bar, Row, draw
from perfeval.rendering.charts.drawing import Drawing, Tone
from perfeval.scoring.quantity import exact, format_wan, plain
from perfeval.scoring.result import IndicatorResult, RateResult, Result
from perfeval.scoring.scheme import Scheme

_WORDING_FILE = Path(__file__).parent.parent / "data" / "charts.toml"
#: So many indicators with lost points are shown; the rest are few points each.
MOST_LOST = 12


@cache
def wording() -> Mapping[str, str]:
    """Return the words of the charts."""
    return tomllib.loads(_WORDING_FILE.read_text(encoding="utf-8"))


def score_by_group(scheme: Scheme, result: Result) -> Drawing | None:
    """Return the rate of each scored group, its points beside it; None while nothing is scored."""
    words = wording()
    rows, told = [], []
    for group in scheme.scored_groups():
        scored = result.indicator(group.code)
        if scored.score_rate is None or scored.points is None:
            continue
        figure = words["of_points"].format(points=plain(scored.points), weight=plain(scored.weight))
        bar = Bar(exact(scored.score_rate), Tone.SOLID, figure, has_track=True)
        rows.append(Row(scored.name, (bar,)))
        told.append(f"{scored.name}{figure}，{words['rate']}{scored.score_rate_text}")
    if not rows:
        return None
    legend = ((Tone.SOLID, words["points"]), (Tone.LIGHT, words["lost"]))
    return draw(
        rows, title=words["score_by_group"], description="；".join(told) + "。", legend=legend
    )


def points_lost(_scheme: Scheme, result: Result) -> Drawing | None:
    """Return the leaves that lost points, the most first; None when none did."""
    words = wording()
    lost = [
        (leaf.lost_points, leaf) for leaf in result.walk() if not leaf.children and leaf.lost_points
    ]
    lost.sort(key=lambda one: -one[0])
    if not lost:
        return None
    most = exact(lost[0][0])
    rows, told = [], []
    for points, leaf in lost[:MOST_LOST]:
        figure = words["lost_of"].format(lost=plain(points), weight=plain(leaf.weight))
        rows.append(Row(leaf.name, (Bar(exact(points) / most, Tone.SOLID, figure),)))
        told.append(f"{leaf.name}{figure}")
    return draw(rows, title=words["points_lost"], description="；".join(told) + "。")


def budget_actual(scheme: Scheme, result: Result) -> Drawing | None:
    """Return budget and spending of each line that the scheme rates; None where none has both."""
    words = wording()
    lines = {line.code: line.name for line in scheme.figure_lines}
    known: dict[str, RateResult] = {}
    for defined in scheme.rates:
        line, other = defined.numerator.partition(".")[0], defined.denominator.partition(".")[0]
        rate = result.rate(defined.code)
        if line == other and line in lines and rate.value is not None:
            known.setdefault(lines[line], rate)
    largest = max((max(_both(rate)) for rate in known.values()), default=Decimal(0))
    if not largest:
        return None
    rows, told = [], []
    for name, rate in known.items():
        spent, budget = _both(rate)
        rows.append(
            Row(
                name,
                (
                    Bar(exact(budget) / exact(largest), Tone.HOLLOW, _wan(budget)),
                    Bar(exact(spent) / exact(largest), Tone.SOLID, _wan(spent)),
                ),
            )
        )
        told.append(
            f"{name}：{words['budget']}{_wan(budget)}，{words['actual']}{_wan(spent)}，{rate.text}"
        )
    legend = ((Tone.HOLLOW, words["budget"]), (Tone.SOLID, words["actual"]))
    return draw(
        rows, title=words["budget_actual"], description="；".join(told) + "。", legend=legend
    )


#: What a scheme's outline may ask for, by the name behind ``chart.``.
CHARTS: Mapping[str, Callable[[Scheme, Result], Drawing | None]] = {
    "score_by_group": score_by_group,
    "points_lost": points_lost,
    "budget_actual": budget_actual,
}


def year_on_year(now: Result, year: int, before: Result, year_before: int) -> Drawing | None:
    """Return the total and each group's rate in two years; groups are the same by their name.

    None while a total is not complete.
    """
    words = wording()
    if not (now.is_complete and before.is_complete):
        return None
    rows, told = [], []
    for name, one, other in _pairs(now, before):
        bars = (
            Bar(other[0], Tone.HOLLOW, other[1]),
            Bar(one[0], Tone.SOLID, one[1]),
        )
        rows.append(Row(name, bars))
        told.append(
            f"{name}：{year_before}{words['year']}{other[1]}，{year}{words['year']}{one[1]}"
        )
    legend = (
        (Tone.HOLLOW, f"{year_before}{words['year']}"),
        (Tone.SOLID, f"{year}{words['year']}"),
    )
    return draw(
        rows, title=words["year_on_year"], description="；".join(told) + "。", legend=legend
    )


_Figure = tuple[Fraction, str]


def _pairs(now: Result, before: Result) -> Iterator[tuple[str, _Figure, _Figure]]:
    words = wording()

    def total(result: Result) -> _Figure:
        figure = words["of_points"].format(
            points=plain(result.total), weight=plain(result.full_score)
        )
        return exact(result.total) / exact(result.full_score), figure

    def rate(node: IndicatorResult) -> _Figure:
        return exact(node.score_rate or Decimal(0)), node.score_rate_text

    yield words["total"], total(now), total(before)
    known = {node.name: node for node in before.walk() if node.children and node.score_rate}
    for node in now.walk():
        if node.children and node.score_rate is not None and node.name in known:
            yield node.name, rate(node), rate(known[node.name])


def _both(rate: RateResult) -> tuple[Decimal, Decimal]:
    return rate.numerator or Decimal(0), rate.denominator or Decimal(0)


def _wan(amount: Decimal) -> str:
    return f"{format_wan(amount)}{wording()['unit']}"
