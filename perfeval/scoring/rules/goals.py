"""Rules over the department's own goals of the year."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from perfeval.scoring.figures import Goal
from perfeval.scoring.goals import scored_completion
from perfeval.scoring.quantity import exact, format_percent, plain
from perfeval.scoring.result import Severity, UsedInput
from perfeval.scoring.rules.context import Outcome, RuleContext, failed, shorten
from perfeval.scoring.weights import shared_equally


def list_avg(context: RuleContext) -> Outcome:
    """Return weight × the weighted mean completion of the goals of the given categories.

    Each goal counts at most 100%. Source: SPEC a.5 K14.
    """
    goals, reached, wanting = _judged(context)
    if wanting:
        return wanting
    weights = sum((exact(goal.weight) for _, goal in goals), Fraction(0))
    summed = sum((exact(goal.weight) * reached[n] for n, goal in goals), Fraction(0))
    mean = summed / weights
    return Outcome(
        context.full * mean,
        f"{context.full_text} × ({_terms(goals, reached)}) ÷ {_shown(weights)}",
        "list_avg",
        {"count": str(len(goals)), "rate": format_percent(mean)},
        rate=mean,
        inputs=_used(goals, reached),
    )


def split(context: RuleContext) -> Outcome:
    """Return the sum of each goal's equal share of the weight × its completion.

    The shares have ``digits`` decimals and add up to the weight, see ``weights.shared``.
    Source: SPEC a.5 K15 [GS]: 15 over 4 goals in whole points is 4, 4, 4, 3, not 4 × 4 = 16.
    """
    goals, reached, wanting = _judged(context)
    if wanting:
        return wanting
    digits = int(context.value("digits").number)
    shares = shared_equally(context.weight, len(goals), digits)
    earned = [exact(share) * reached[n] for share, (n, _) in zip(shares, goals, strict=True)]
    terms = [
        f"{plain(share)} × {format_percent(reached[n])}"
        for share, (n, _) in zip(shares, goals, strict=True)
    ]
    return Outcome(
        sum(earned, Fraction(0)),
        " + ".join(terms),
        "split",
        {"count": str(len(goals)), "shares": " + ".join(plain(share) for share in shares)},
        inputs=_used(goals, reached),
    )


def goal_ratio(context: RuleContext) -> Outcome:
    """Return weight × the sum of each goal's completion × its ratio, the ratios adding up to 100%.

    The ratio of a goal is its weight, in percent. Source: SPEC a.5 K20.
    """
    goals, reached, wanting = _judged(context)
    if wanting:
        return wanting
    ratios = sum((goal.weight for _, goal in goals), Decimal(0))
    if ratios != 100:
        return failed("ratios_not_hundred", sum=plain(ratios))
    mean = sum((exact(goal.weight) * reached[n] for n, goal in goals), Fraction(0)) / 100
    terms = [f"{plain(goal.weight)}% × {format_percent(reached[n])}" for n, goal in goals]
    return Outcome(
        context.full * mean,
        f"{context.full_text} × ({' + '.join(terms)})",
        "goal_ratio",
        {"count": str(len(goals)), "rate": format_percent(mean)},
        rate=mean,
        inputs=_used(goals, reached),
    )


_Goals = list[tuple[int, Goal]]


def _judged(context: RuleContext) -> tuple[_Goals, dict[int, Fraction], Outcome | None]:
    """Return the goals of the categories with their completions, or what prevents a score."""
    categories = context.words("categories")
    goals = [(n, goal) for n, goal in enumerate(context.goals) if goal.category in categories]
    shares = {n: scored_completion(goal, context.equal_goals) for n, goal in goals}
    reached = {n: share for n, share in shares.items() if share is not None}
    empty = [code for code in categories if all(goal.category != code for _, goal in goals)]
    if len(reached) == len(goals) and not empty and all(goal.weight > 0 for _, goal in goals):
        return goals, reached, None
    if empty and len(reached) == len(goals):
        return goals, reached, failed("goals_none", Severity.MISSING, categories=", ".join(empty))
    wanting = failed(
        "goals_incomplete",
        Severity.MISSING,
        count=str(len(goals)),
        lacking=str(len(goals) - len(reached)),
        categories=", ".join(empty),
    )
    return goals, reached, wanting


def _used(goals: _Goals, reached: Mapping[int, Fraction]) -> tuple[UsedInput, ...]:
    return tuple(UsedInput(f"goal:{n}", goal.name, format_percent(reached[n])) for n, goal in goals)


def _terms(goals: _Goals, reached: Mapping[int, Fraction]) -> str:
    are_equal = all(goal.weight == 1 for _, goal in goals)
    return " + ".join(
        ("" if are_equal else f"{plain(goal.weight)} × ") + format_percent(reached[n])
        for n, goal in goals
    )


def _shown(number: Fraction) -> str:
    return plain(shorten(number))
