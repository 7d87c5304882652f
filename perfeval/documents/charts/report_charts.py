"""The charts of a report: its score by group, the points lost, budget against spending, this year against the last.

Every bar begins at 0, and what a chart leaves out it counts. Figures are those of the stored Result.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from perfeval.documents.charts import bars
from perfeval.documents.charts.bars import Bar, BarRow, Layout
from perfeval.documents.charts.drawing import Drawing, Tone
from perfeval.documents.charts.words import ChartWords, official_words
from perfeval.scoring.quantity import exact, format_percent, format_wan, plain
from perfeval.scoring.result import IndicatorResult, RateResult, Result
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import EarlierYear

#: So many indicators with lost points are shown one by one; the others are few points each, and one bar together.
MOST_LOST = 12


@dataclass(frozen=True, slots=True)
class Source:
    """What the charts are drawn from. ``before``: the year before, where the department published one."""

    scheme: Scheme
    result: Result
    before: EarlierYear | None = None


@dataclass(frozen=True, slots=True)
class ChartStyle:
    """In which words and on how much room a chart is drawn."""

    words: ChartWords
    layout: Layout


#: As charts are in the report.
OFFICIAL = ChartStyle(official_words(), bars.PRINT)


def score_by_group(source: Source, style: ChartStyle = OFFICIAL) -> Drawing | None:
    """Return the rate of each scored group, its points beside it; None while nothing is scored."""
    words = style.words
    rows, told, table = [], [], []
    for group in source.scheme.scored_groups():
        scored = source.result.indicator(group.code)
        if scored.score_rate is None or scored.points is None:
            continue
        points, weight = plain(scored.points), plain(scored.weight)
        figure = words.of_points.format(points=points, weight=weight)
        rate = scored.score_rate_text
        bar = Bar(exact(scored.score_rate), Tone.SOLID, figure, has_track=True)
        rows.append(BarRow(scored.name, (bar,)))
        told.append(words.told_group.format(name=scored.name, figure=figure, rate=rate))
        table.append((scored.name, points, weight, rate))
    legend = ((Tone.SOLID, words.points), (Tone.LIGHT, words.lost))
    headings = (words.indicator, words.points, words.weight, words.rate)
    return _drawing(style, words.score_by_group, rows, told, (headings, table), legend=legend)


def points_lost(source: Source, style: ChartStyle = OFFICIAL) -> Drawing | None:
    """Return the leaves that lost points, the most first; None when none did."""
    words = style.words
    lost = [
        (leaf.lost_points, leaf)
        for leaf in source.result.walk()
        if not leaf.children and leaf.lost_points
    ]
    lost.sort(key=lambda one: -one[0])
    shown = lost[:MOST_LOST]
    found = [(leaf.name, points, _lost(points, leaf, words)) for points, leaf in shown]
    table = [(leaf.name, plain(points), _weight(leaf)) for points, leaf in shown]
    if others := lost[MOST_LOST:]:
        name = words.others.format(count=len(others))
        points = sum((points for points, _leaf in others), Decimal(0))
        found.append((name, points, words.lost_only.format(lost=plain(points))))
        table.append((name, plain(points), ""))
    most = max((exact(points) for _name, points, _figure in found), default=Fraction(1))
    rows = [
        BarRow(name, (Bar(exact(points) / most, Tone.SOLID, figure),))
        for name, points, figure in found
    ]
    told = [words.told_lost.format(name=name, figure=figure) for name, _points, figure in found]
    headings = (words.indicator, words.deducted, words.weight)
    return _drawing(style, words.points_lost, rows, told, (headings, table))


def budget_actual(source: Source, style: ChartStyle = OFFICIAL) -> Drawing | None:
    """Return budget and spending of each line that the scheme rates; None where none has both."""
    words = style.words
    lines = {line.code: line.name for line in source.scheme.figure_lines}
    known: dict[str, RateResult] = {}
    for defined in source.scheme.rates:
        line, other = defined.numerator.partition(".")[0], defined.denominator.partition(".")[0]
        rate = source.result.rate(defined.code)
        if line == other and line in lines and rate.value is not None:
            known.setdefault(lines[line], rate)
    largest = max((max(_both(rate)) for rate in known.values()), default=Decimal(0))
    if not largest:
        return None
    rows, told, table = [], [], []
    for name, rate in known.items():
        spent, budget = _both(rate)
        amounts = [words.amount.format(amount=format_wan(amount)) for amount in (budget, spent)]
        shares = [exact(amount) / exact(largest) for amount in (budget, spent)]
        pair = (Bar(shares[0], Tone.HOLLOW, amounts[0]), Bar(shares[1], Tone.SOLID, amounts[1]))
        rows.append(BarRow(name, pair))
        sentence = words.told_budget
        told.append(
            sentence.format(name=name, budget=amounts[0], actual=amounts[1], rate=rate.text)
        )
        table.append((name, *amounts, rate.text))
    legend = ((Tone.HOLLOW, words.budget), (Tone.SOLID, words.actual))
    headings = (words.line, words.budget, words.actual, words.spent_rate)
    return _drawing(style, words.budget_actual, rows, told, (headings, table), legend=legend)


def year_on_year(source: Source, style: ChartStyle = OFFICIAL) -> Drawing | None:
    """Return the total and each group's rate in two years; groups are the same by their name.

    None while the total is not complete, and where nothing is known of the year before.
    """
    words, before = style.words, source.before
    if before is None or not source.result.is_complete:
        return None
    found = list(_pairs(source.result, before, words))
    # A total with bonus points may be more than the full score.
    most = max(Fraction(1), *(max(now.share, then.share) for _name, now, then in found))
    rows, told, table = [], [], []
    for name, now, then in found:
        pair = (
            Bar(then.share / most, Tone.HOLLOW, then.text),
            Bar(now.share / most, Tone.SOLID, now.text),
        )
        rows.append(BarRow(name, pair))
        told.append(
            words.told_years.format(
                name=name,
                year_before=before.year,
                before=then.text,
                year=source.scheme.year,
                now=now.text,
            )
        )
        table.append((name, then.text, now.text))
    years = [words.in_year.format(year=year) for year in (before.year, source.scheme.year)]
    legend = ((Tone.HOLLOW, years[0]), (Tone.SOLID, years[1]))
    headings = (words.indicator, *years)
    return _drawing(style, words.year_on_year, rows, told, (headings, table), legend=legend)


#: What a scheme's outline may ask for, by the name behind ``chart.``.
CHARTS: Mapping[str, Callable[[Source, ChartStyle], Drawing | None]] = {
    "score_by_group": score_by_group,
    "points_lost": points_lost,
    "budget_actual": budget_actual,
    "year_on_year": year_on_year,
}


@dataclass(frozen=True, slots=True)
class _Figure:
    """How much of the whole, and how it is written."""

    share: Fraction
    text: str


def _pairs(
    now: Result, before: EarlierYear, words: ChartWords
) -> Iterator[tuple[str, _Figure, _Figure]]:
    def total(points: Decimal, full: Decimal) -> _Figure:
        figure = words.of_points.format(points=plain(points), weight=plain(full))
        return _Figure(exact(points) / exact(full), figure)

    def rate(value: Decimal) -> _Figure:
        return _Figure(exact(value), format_percent(value))

    yield (
        words.total,
        total(now.total, now.full_score),
        total(before.total, before.full_score),
    )
    groups = [node for node in now.walk() if node.children and node.score_rate is not None]
    # A name that stands twice in a year tells nothing about which is meant.
    names = Counter(node.name for node in groups), Counter(one.name for one in before.groups)
    rates = {one.name: one.score_rate for one in before.groups}
    for node in groups:
        if node.score_rate is not None and names[0][node.name] == names[1][node.name] == 1:
            yield node.name, rate(node.score_rate), rate(rates[node.name])


def _drawing(
    style: ChartStyle,
    title: str,
    rows: Sequence[BarRow],
    told: Sequence[str],
    table: tuple[tuple[str, ...], Sequence[tuple[str, ...]]],
    *,
    legend: Sequence[tuple[Tone, str]] = (),
) -> Drawing | None:
    """Return the rows as a picture with its words and its table; None without rows."""
    if not rows:
        return None
    height, shapes = bars.draw(rows, style.layout, legend=legend)
    headings, cells = table
    return Drawing(
        style.layout.width, height, title, style.words.told(told), shapes, headings, tuple(cells)
    )


def _lost(points: Decimal, leaf: IndicatorResult, words: ChartWords) -> str:
    """Return how many points a leaf lost; the weight of an adjustment is no part of the full score."""
    if leaf.is_adjustment:
        return words.lost_only.format(lost=plain(points))
    return words.lost_of.format(lost=plain(points), weight=plain(leaf.weight))


def _weight(leaf: IndicatorResult) -> str:
    return "" if leaf.is_adjustment else plain(leaf.weight)


def _both(rate: RateResult) -> tuple[Decimal, Decimal]:
    return rate.numerator or Decimal(0), rate.denominator or Decimal(0)
