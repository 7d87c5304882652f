"""Checks the figures against each other and against what the scheme asks for."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from perfeval.scoring.figures import Figures, Goal, GoalDirection, KeyTask
from perfeval.scoring.goals import completion
from perfeval.scoring.quantity import (
    AMOUNT_DIGITS,
    AMOUNT_LIMIT,
    decimals,
    exact,
    format_percent,
    format_wan,
    plain,
)
from perfeval.scoring.result import Problem, Severity
from perfeval.scoring.scheme.tree import Breakdown, FigureLine, GoalCategory, Scheme

#: Columns of the budget table that a check compares, by their codes from the glossary.
BUDGET_COLUMN = "adjusted_budget"
SPENDING_COLUMN = "executed_amount"
#: The line that key tasks are part of.
PROJECT_LINE = "project"
#: What rounding to the decimals of an amount takes at most.
_HALF_STEP = Decimal(1).scaleb(-AMOUNT_DIGITS) / 2


def check_figures(scheme: Scheme, figures: Figures) -> tuple[Problem, ...]:
    """Return everything missing or contradictory in amounts, key tasks and goals, in that order."""
    return (
        *_check_amounts(scheme, figures),
        *_check_sums(scheme, figures),
        *_check_budgets(scheme, figures),
        *_check_key_tasks(scheme, figures),
        *_check_goals(scheme, figures),
    )


def _check_amounts(scheme: Scheme, figures: Figures) -> Iterator[Problem]:
    for line in scheme.figure_lines:
        for column in line.columns:
            reference = f"{line.code}.{column}"
            amount = figures.amounts.get(reference)
            told = _cell(scheme, line, column)
            if amount is not None:
                yield from _check_amount(amount, f"amount:{reference}", told)
            elif column in line.required:
                yield Problem("amount_missing", Severity.MISSING, f"amount:{reference}", told)
    known = set(scheme.amount_references())
    for reference in sorted(set(figures.amounts) - known):
        yield Problem(
            "unknown_amount", Severity.ERROR, f"amount:{reference}", {"reference": reference}
        )


def _check_amount(amount: Decimal, place: str, told: dict[str, str]) -> Iterator[Problem]:
    told = {**told, "amount": plain(amount)}
    if amount < 0:
        yield Problem("amount_negative", Severity.WARNING, place, told)
    if decimals(amount) > AMOUNT_DIGITS:
        limit = {**told, "digits": str(AMOUNT_DIGITS)}
        yield Problem("amount_too_precise", Severity.ERROR, place, limit)
    if abs(amount) > AMOUNT_LIMIT:
        limit = {**told, "limit": format_wan(AMOUNT_LIMIT)}
        yield Problem("amount_above_limit", Severity.ERROR, place, limit)


def _cell(scheme: Scheme, line: FigureLine, column: str) -> dict[str, str]:
    headings = {heading.code: heading.name for heading in scheme.figure_columns}
    return {"line": line.name, "column": headings.get(column, column)}


def _check_sums(scheme: Scheme, figures: Figures) -> Iterator[Problem]:
    lines = {line.code: line for line in scheme.figure_lines}
    for breakdown in scheme.breakdowns:
        whole = lines.get(breakdown.of)
        if whole is not None:
            for column in whole.columns:
                yield from _check_sum(scheme, figures, breakdown, whole, column)


def _check_sum(
    scheme: Scheme, figures: Figures, breakdown: Breakdown, whole: FigureLine, column: str
) -> Iterator[Problem]:
    parts = [
        figures.amounts.get(f"{line.code}.{column}")
        for line in scheme.figure_lines
        if line.breakdown == breakdown.code and column in line.columns
    ]
    stated = figures.amounts.get(f"{whole.code}.{column}")
    given = [part for part in parts if part is not None]
    if stated is None or not parts or len(given) < len(parts):
        return
    computed = sum(given, Decimal(0))
    if computed != stated:
        # Each part may have lost half of the last decimal when it was turned into 万元.
        is_rounding = abs(computed - stated) <= Decimal(len(given)) * _HALF_STEP
        told = _cell(scheme, whole, column) | {
            "breakdown": breakdown.name,
            "stated": format_wan(stated),
            "computed": format_wan(computed),
            "difference": format_wan(stated - computed),
        }
        code = "sum_rounded" if is_rounding else "sum_mismatch"
        severity = Severity.WARNING if is_rounding else Severity.ERROR
        yield Problem(code, severity, f"amount:{whole.code}.{column}", told)


def _check_budgets(scheme: Scheme, figures: Figures) -> Iterator[Problem]:
    for line in scheme.figure_lines:
        budget = figures.amounts.get(f"{line.code}.{BUDGET_COLUMN}")
        spent = figures.amounts.get(f"{line.code}.{SPENDING_COLUMN}")
        if budget is not None and spent is not None and spent > budget:
            told = _above(line.name, budget, spent)
            place = f"amount:{line.code}.{SPENDING_COLUMN}"
            yield Problem("actual_above_budget", Severity.WARNING, place, told)


def _above(name: str, budget: Decimal, spent: Decimal) -> dict[str, str]:
    return {
        "line": name,
        "budget": format_wan(budget),
        "executed": format_wan(spent),
        "difference": format_wan(spent - budget),
    }


def _check_key_tasks(scheme: Scheme, figures: Figures) -> Iterator[Problem]:
    for n, task in enumerate(figures.key_tasks):
        yield from _check_key_task(task, f"key_task:{n}")
    tasks = figures.key_tasks
    yield from _check_task_sum(
        scheme, figures, BUDGET_COLUMN, [task.adjusted_budget_wan for task in tasks]
    )
    yield from _check_task_sum(
        scheme, figures, SPENDING_COLUMN, [task.executed_amount_wan for task in tasks]
    )


def _check_key_task(task: KeyTask, place: str) -> Iterator[Problem]:
    if not task.name.strip():
        yield Problem("key_task_name_missing", Severity.MISSING, place)
    amounts = {
        "adjusted_budget_wan": task.adjusted_budget_wan,
        "executed_amount_wan": task.executed_amount_wan,
    }
    for field, amount in amounts.items():
        told = {"name": task.name, "field": field}
        if amount is None:
            yield Problem("key_task_amount_missing", Severity.MISSING, place, told)
        else:
            yield from _check_amount(amount, place, {"line": task.name, "column": field})
    budget, spent = task.adjusted_budget_wan, task.executed_amount_wan
    if budget is not None and spent is not None and spent > budget:
        told = _above(task.name, budget, spent)
        yield Problem("key_task_above_budget", Severity.WARNING, place, told)


def _check_task_sum(
    scheme: Scheme, figures: Figures, column: str, amounts: Iterable[Decimal | None]
) -> Iterator[Problem]:
    whole = figures.amounts.get(f"{PROJECT_LINE}.{column}")
    summed = sum((amount for amount in amounts if amount is not None), Decimal(0))
    if whole is not None and summed > whole:
        told = {
            "label": scheme.amount_label(f"{PROJECT_LINE}.{column}"),
            "sum": format_wan(summed),
            "stated": format_wan(whole),
            "difference": format_wan(summed - whole),
        }
        yield Problem("key_tasks_above_project", Severity.WARNING, "report", told)


def _check_goals(scheme: Scheme, figures: Figures) -> Iterator[Problem]:
    categories = {category.code: category for category in scheme.goal_categories}
    for n, goal in enumerate(figures.goals):
        place, told = f"goal:{n}", {"name": goal.name}
        yield from _check_goal_form(goal, categories.get(goal.category), place, told)
        yield from _check_goal_values(scheme, goal, place, told)
    present = {goal.category for goal in figures.goals}
    for code in _needed_categories(scheme, figures):
        if code not in present:
            name = categories[code].name if code in categories else code
            yield Problem("no_goals", Severity.MISSING, "report", {"category": code, "name": name})


def _needed_categories(scheme: Scheme, figures: Figures) -> list[str]:
    """Return the goal categories that a rule averages, each once, in the order of the scheme.

    A leaf whose points were given by hand needs none.
    """
    needed: dict[str, None] = {}
    for leaf in scheme.leaves():
        answer = figures.answers.get(leaf.code)
        if answer is not None and answer.is_by_hand:
            continue
        named = leaf.rule.parameters.get("categories") if leaf.rule else None
        if isinstance(named, tuple | list):
            needed.update(dict.fromkeys(str(code) for code in named))
    return list(needed)


def _check_goal_form(
    goal: Goal, category: GoalCategory | None, place: str, told: dict[str, str]
) -> Iterator[Problem]:
    if not goal.name.strip():
        yield Problem("goal_name_missing", Severity.MISSING, place)
    if category is None:
        found = {**told, "category": goal.category}
        yield Problem("goal_unknown_category", Severity.ERROR, place, found)
    elif goal.kind and goal.kind not in {kind.code for kind in category.kinds}:
        found = {**told, "kind": goal.kind, "category": category.name}
        yield Problem("goal_unknown_kind", Severity.ERROR, place, found)
    if goal.weight <= 0:
        found = {**told, "weight": plain(goal.weight)}
        yield Problem("goal_weight_not_positive", Severity.ERROR, place, found)


def _check_goal_values(
    scheme: Scheme, goal: Goal, place: str, told: dict[str, str]
) -> Iterator[Problem]:
    if goal.direction is GoalDirection.QUALITATIVE:
        percent = goal.completion_percent
        if percent is None:
            yield Problem("goal_completion_missing", Severity.MISSING, place, told)
        elif not 0 <= percent <= 100:
            found = {**told, "percent": plain(percent)}
            yield Problem("goal_completion_out_of_range", Severity.ERROR, place, found)
    else:
        if goal.target_value is None:
            yield Problem("goal_target_missing", Severity.MISSING, place, told)
        elif goal.direction is GoalDirection.POSITIVE and goal.target_value <= 0:
            found = {**told, "target": plain(goal.target_value)}
            yield Problem("goal_target_not_positive", Severity.ERROR, place, found)
        if goal.actual_value is None:
            yield Problem("goal_actual_missing", Severity.MISSING, place, told)
    reached = completion(goal, scheme.equal_goals)
    if reached is None or goal.deviation_reason.strip():
        return
    if reached < 1:
        yield Problem("goal_reason_missing", Severity.ERROR, place, told)
    elif (reached - 1) * 100 > exact(scheme.deviation_percent):
        found = {
            **told,
            "rate": format_percent(reached),
            "limit": plain(scheme.deviation_percent),
        }
        yield Problem("goal_exceeded", Severity.WARNING, place, found)
