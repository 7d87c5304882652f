"""How far one goal was reached: the same ratio for scoring, for the table and for the checks."""

from decimal import Decimal
from fractions import Fraction

from perfeval.scoring.figures import Goal, GoalDirection
from perfeval.scoring.quantity import exact, ratio
from perfeval.scoring.scheme.tree import EqualGoals


def completion(goal: Goal, equal: EqualGoals) -> Fraction | None:
    """Return how far ``goal`` was reached (1 is 100%), None while it cannot be said.

    Not capped: 36 of 35 is 36/35. Positive: actual ÷ target, target above 0. Reverse: 1 when the
    actual is within the target, else target ÷ actual. Equal: 1 or, by the scheme's word ``equal``, 0 or
    the smaller of the two ÷ the larger. Qualitative: as typed.
    """
    if goal.direction is GoalDirection.QUALITATIVE:
        if goal.completion_percent is None or not 0 <= goal.completion_percent <= 100:
            return None
        return exact(goal.completion_percent) / 100
    if goal.target_value is None or goal.actual_value is None:
        return None
    if goal.direction is GoalDirection.EQUAL:
        return _likeness(goal.actual_value, goal.target_value, equal)
    if goal.direction is GoalDirection.REVERSE:
        if goal.actual_value <= goal.target_value:
            return Fraction(1)
        if goal.target_value <= 0:
            return Fraction(0)
        return ratio(goal.target_value, goal.actual_value)
    if goal.target_value <= 0:
        return None
    return max(Fraction(0), ratio(goal.actual_value, goal.target_value))


def _likeness(actual: Decimal, target: Decimal, equal: EqualGoals) -> Fraction:
    """Return how near ``actual`` is to ``target``, 0 to 1; what lies beyond zero from it is not near at all."""
    if actual == target:
        return Fraction(1)
    if equal is not EqualGoals.PROPORTIONAL or actual * target <= 0:
        return Fraction(0)
    low, high = sorted((abs(actual), abs(target)))
    return ratio(low, high)


def scored_completion(goal: Goal, equal: EqualGoals) -> Fraction | None:
    """Return the completion as a score counts it: at most 1.

    Source: 项目支出绩效自评 practice (SPEC a.5 K2, K3): never above the indicator's weight.
    """
    reached = completion(goal, equal)
    return None if reached is None else min(Fraction(1), reached)
