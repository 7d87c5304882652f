"""Caps on the whole: a rate below a limit holds the total or the grade (执行率低于80%的限制等级)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from perfeval.scoring.figures import Figures
from perfeval.scoring.quantity import exact, format_percent, plain, ratio
from perfeval.scoring.result import Problem, Severity
from perfeval.scoring.scheme.tree import RateDefinition, Scheme, TotalCap


@dataclass(frozen=True, slots=True)
class Capped:
    """Total and grade after all caps, with a warning for each cap that changed something."""

    total: Decimal
    grade: str
    problems: tuple[Problem, ...] = ()


def apply_caps(scheme: Scheme, figures: Figures, total: Decimal) -> Capped:
    """Return the total and its grade, held down by each cap whose rate is below its limit."""
    hit = list(_hit(scheme, figures))
    held = min((cap.total for cap, _, _ in hit if cap.total is not None), default=total)
    held = min(held, total)
    words = [band.word for band in scheme.grade_bands]
    earned = grade_of(scheme, held)
    best = [words.index(cap.grade) for cap, _, _ in hit if cap.grade in words]
    grade = words[max(words.index(earned), *best)] if earned and best else earned
    problems = []
    for cap, rate, share in hit:
        values = {"rate": rate.name, "percent": format_percent(share), "below": plain(cap.below)}
        if cap.total is not None and total > cap.total:
            values |= {"total": plain(total), "most": plain(cap.total)}
            problems.append(Problem("total_capped", Severity.WARNING, "report", values))
        if cap.grade in words and words.index(cap.grade) > words.index(earned or words[-1]):
            graded = values | {"grade": cap.grade, "earned": earned}
            problems.append(Problem("grade_capped", Severity.WARNING, "report", graded))
    return Capped(held, grade, tuple(problems))


def grade_of(scheme: Scheme, total: Decimal) -> str:
    """Return the word of the first band whose minimum ``total`` reaches, empty when none is."""
    for band in scheme.grade_bands:
        if total >= band.minimum:
            return band.word
    return ""


def _hit(scheme: Scheme, figures: Figures) -> Iterator[tuple[TotalCap, RateDefinition, Fraction]]:
    """Yield each cap whose rate can be formed and is below the limit, with the exact rate."""
    rates = {rate.code: rate for rate in scheme.rates}
    for cap in scheme.total_caps:
        rate = rates.get(cap.rate)
        if rate is None:
            continue
        numerator = figures.amounts.get(rate.numerator)
        denominator = figures.amounts.get(rate.denominator)
        if numerator is None or not denominator:
            continue
        share = ratio(numerator, denominator)
        if share * 100 < exact(cap.below):
            yield cap, rate, share
