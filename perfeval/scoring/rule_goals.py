"""Rules over the department's own goals of the year."""

from collections.abc import Mapping
from fractions import Fraction

from perfeval.scoring.context import Outcome, RuleContext, failed, shorten
from perfeval.scoring.figures import Goal
from perfeval.scoring.goals import scored_completion
from perfeval.scoring.quantity import exact, format_percent, plain
from perfeval.scoring.result import Severity, UsedInput


def list_avg(context: RuleContext) -> Outcome:
    """Return weight × the weighted mean completion of the goals of the given categories.

    Each goal counts at most 100%. Source: SPEC a.5 K14.
    """
    categories = context.words("categories")
    goals = [(n, goal) for n, goal in enumerate(context.goals) if goal.category in categories]
    reached = {n: scored_completion(goal) for n, goal in goals}
    lacking = [n for n, share in reached.items() if share is None]
    empty = [code for code in categories if all(goal.category != code for _, goal in goals)]
    if lacking or empty or any(goal.weight <= 0 for _, goal in goals):
        return failed(
            "goals_incomplete",
            Severity.MISSING,
            count=str(len(goals)),
            lacking=str(len(lacking)),
            categories=", ".join(empty),
        )
    weights = sum((exact(goal.weight) for _, goal in goals), Fraction(0))
    summed = sum((exact(goal.weight) * (reached[n] or 0) for n, goal in goals), Fraction(0))
    mean = summed / weights
    return Outcome(
        context.full * mean,
        f"{context.full_text} × ({_terms(goals, reached)}) ÷ {_shown(weights)}",
        "list_avg",
        {"count": str(len(goals)), "rate": format_percent(mean)},
        rate=mean,
        inputs=tuple(
            UsedInput(f"goal:{n}", goal.name, format_percent(reached[n] or Fraction(0)))
            for n, goal in goals
        ),
    )


def _terms(goals: list[tuple[int, Goal]], reached: Mapping[int, Fraction | None]) -> str:
    are_equal = all(goal.weight == 1 for _, goal in goals)
    return " + ".join(
        ("" if are_equal else f"{plain(goal.weight)} × ")
        + format_percent(reached[n] or Fraction(0))
        for n, goal in goals
    )


def _shown(number: Fraction) -> str:
    return plain(shorten(number))
