"""Scores a report: one call from a scheme and its figures to the whole Result."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from perfeval.scoring.applicability import choice_problems, moved_weights
from perfeval.scoring.caps import apply_caps
from perfeval.scoring.consistency import check_figures
from perfeval.scoring.figures import Figures
from perfeval.scoring.goals import completion
from perfeval.scoring.leaf import score_leaf, score_rate
from perfeval.scoring.own_part import own_problems, with_own_part
from perfeval.scoring.quantity import Rounding, format_percent, ratio
from perfeval.scoring.result import IndicatorResult, Problem, RateResult, Result, Severity
from perfeval.scoring.scheme.tree import Indicator, Scheme

#: Raised when the same scheme and figures would give another Result. 2: a typed reason keeps its last full stop, goals
#: far above their target are asked for a reason. What an earlier version computed is computed so again.
ENGINE_VERSION = 2

#: A rate is kept with 4 decimals, so that it prints with two as a percentage.
RATE_ROUNDING = Rounding(digits=4)


def score(scheme: Scheme, figures: Figures, *, engine_version: int = ENGINE_VERSION) -> Result:
    """Return the whole outcome of scoring ``figures`` against ``scheme``.

    ``engine_version``: that of a stored Result, to compute it as it was computed then.

    The scheme and the department's own part are scored as one tree.
    Totals add the rounded leaves. What is missing or wrong in the figures is a Problem, never an
    exception. Raises: TypeError for a float, ValueError for NaN; both are bugs of the caller.
    """
    found = own_problems(scheme, figures.own_part)
    scheme = with_own_part(scheme, figures.own_part)
    moved = moved_weights(scheme, figures)
    nodes = tuple(
        _score_node(node, scheme, figures, moved, engine_version) for node in scheme.indicators
    )
    leaves = [node for root in nodes for node in root.walk() if not node.children]
    scored = [leaf for leaf in leaves if leaf.points is not None]
    base = _sum(leaf.points for leaf in scored if not leaf.is_adjustment)
    extra = _sum(leaf.points for leaf in scored if leaf.is_adjustment)
    is_complete = len(scored) == len(leaves)
    capped = apply_caps(scheme, figures, base + extra)
    return Result(
        scheme_code=scheme.code,
        scheme_version=scheme.version,
        engine_version=engine_version,
        full_score=scheme.full_score,
        base_total=base,
        adjustment_total=extra,
        total=capped.total,
        grade=capped.grade if is_complete else "",
        is_complete=is_complete,
        answered_weight=_sum(leaf.weight for leaf in scored if not leaf.is_adjustment),
        leaf_count=len(leaves),
        answered_leaf_count=len(scored),
        indicators=nodes,
        rates=tuple(_scheme_rates(scheme, figures)),
        key_task_rates=tuple(_key_task_rates(figures)),
        goal_completions=tuple(_goal_completions(scheme, figures)),
        problems=(
            *found,
            *_asked(check_figures(scheme, figures), engine_version),
            *_unknown_answers(scheme, figures),
            *choice_problems(scheme, figures),
            *capped.problems,
        ),
    )


def rate_result(
    code: str, name: str, numerator: Decimal | None, denominator: Decimal | None
) -> RateResult:
    """Return numerator ÷ denominator with its printed form, without a value when it has none."""
    if numerator is None or not denominator:
        return RateResult(code, name, numerator, denominator, None)
    share = ratio(numerator, denominator)
    value = RATE_ROUNDING.apply(share)
    return RateResult(code, name, numerator, denominator, value, format_percent(share))


def _score_node(
    indicator: Indicator,
    scheme: Scheme,
    figures: Figures,
    moved: Mapping[str, Decimal],
    engine_version: int,
) -> IndicatorResult:
    if indicator.is_leaf:
        leaf = score_leaf(indicator, scheme, figures, moved.get(indicator.code))
        texts = (leaf.computed_reason, leaf.deduction_reason)
        return replace(leaf, reason=_joined(texts, engine_version))
    indicator = replace(indicator, weight=moved.get(indicator.code, indicator.weight))
    children = tuple(
        _score_node(child, scheme, figures, moved, engine_version) for child in indicator.children
    )
    scored = [child.points for child in children if child.points is not None]
    points = _sum(scored) if scored else None
    is_complete = all(child.is_complete for child in children)
    return IndicatorResult(
        code=indicator.code,
        name=indicator.name,
        level=indicator.level,
        weight=indicator.weight,
        points=points,
        is_complete=is_complete,
        is_adjustment=indicator.is_adjustment,
        reason=_joined((child.reason for child in children), engine_version),
        deduction_points=_sum(child.deduction_points for child in children),
        score_rate=score_rate(points, indicator) if is_complete else None,
        children=children,
    )


def _joined(reasons: Iterable[str], engine_version: int) -> str:
    """Return the reasons as one text: what ended each is replaced by ；, the last ends as it was typed."""
    given = [reason for reason in reasons if reason]
    ends = [reason.rstrip("。；") for reason in given]
    if given and engine_version > 1:
        ends[-1] = given[-1]
    return "；".join(ends)


def _asked(problems: Iterable[Problem], engine_version: int) -> Iterator[Problem]:
    """Yield what the engine of that version asks."""
    return (one for one in problems if engine_version > 1 or one.code != "goal_exceeded")


def _sum(points: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in points if value is not None), Decimal(0))


def _scheme_rates(scheme: Scheme, figures: Figures) -> Iterator[RateResult]:
    for rate in scheme.rates:
        amounts = figures.amounts
        yield rate_result(
            rate.code, rate.name, amounts.get(rate.numerator), amounts.get(rate.denominator)
        )


def _key_task_rates(figures: Figures) -> Iterator[RateResult]:
    for n, task in enumerate(figures.key_tasks):
        yield rate_result(
            f"key_task:{n}", task.name, task.executed_amount_wan, task.adjusted_budget_wan
        )


def _goal_completions(scheme: Scheme, figures: Figures) -> Iterator[RateResult]:
    """Yield how far each goal was reached, above 100% included, with actual and target."""
    for n, goal in enumerate(figures.goals):
        reached = completion(goal, scheme.equal_goals)
        value = None if reached is None else RATE_ROUNDING.apply(reached)
        text = "" if reached is None else format_percent(reached)
        yield RateResult(f"goal:{n}", goal.name, goal.actual_value, goal.target_value, value, text)


def _unknown_answers(scheme: Scheme, figures: Figures) -> Iterator[Problem]:
    known = {leaf.code for leaf in scheme.leaves()}
    for code in sorted(set(figures.answers) - known):
        yield Problem("unknown_answer", Severity.ERROR, "report", {"code": code})
