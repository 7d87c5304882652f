"""The rows of a report's parts as the engine reads them.

Rows that are about to be stored give the same values as rows that were read: numbers get the decimals, or lose the
zeros, that their columns would give them.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from perfeval.reports import models
from perfeval.scoring.figures import (
    Answer,
    Figures,
    Goal,
    GoalDirection,
    InputValue,
    KeyTask,
    OwnIndicator,
)
from perfeval.scoring.own_part import with_own_part
from perfeval.scoring.scheme.tree import InputKind, Scheme

_NUMBERS = frozenset({InputKind.COUNT, InputKind.NUMBER, InputKind.AMOUNT, InputKind.PERCENT})
_CENT = Decimal("0.01")


def figures_from(
    scheme: Scheme,
    *,
    entries: Iterable[models.FigureEntry],
    goals: Iterable[models.Goal],
    key_tasks: Iterable[models.KeyTask],
    answers: Iterable[tuple[str, models.Answer]],
    own_rows: Sequence[models.OwnIndicator] = (),
) -> Figures:
    """Return rows that were read already, each list in its order, as the engine reads them.

    ``answers``: each with the code of its indicator.
    """
    own_part = tuple(own_from(row) for row in own_rows)
    own_answers = ((row.code, row) for row in own_rows)
    return Figures(
        amounts=amounts_from(entries),
        goals=tuple(goal_from(row) for row in goals),
        key_tasks=tuple(key_task_from(row) for row in key_tasks),
        answers=answers_from([*answers, *own_answers], with_own_part(scheme, own_part)),
        own_part=own_part,
    )


def amounts_from(entries: Iterable[models.FigureEntry]) -> dict[str, Decimal]:
    """Return the cells of the budget table in 万元, keyed ``line.column``."""
    return {f"{entry.line}.{entry.column}": entry.amount_wan.quantize(_CENT) for entry in entries}


def key_task_from(row: models.KeyTask) -> KeyTask:
    """Return a key task."""
    return KeyTask(
        name=row.name,
        adjusted_budget_wan=_amount(row.adjusted_budget_wan),
        executed_amount_wan=_amount(row.executed_amount_wan),
        progress=row.progress,
    )


def goal_from(row: models.Goal) -> Goal:
    """Return a goal; numbers lose needless zeros."""
    return Goal(
        name=row.name,
        category=row.category,
        kind=row.kind,
        direction=GoalDirection(row.direction),
        target_value=_trim(row.target_value),
        actual_value=_trim(row.actual_value),
        unit=row.unit,
        weight=_trim(row.weight) or Decimal(1),
        completion_percent=_trim(row.completion_percent),
        target_text=row.target_text,
        actual_text=row.actual_text,
        deviation_reason=row.deviation_reason,
    )


def own_from(row: models.OwnIndicator) -> OwnIndicator:
    """Return an own indicator; numbers lose needless zeros."""
    return OwnIndicator(
        code=row.code,
        slot=row.slot,
        name=row.name,
        weight=_trim(row.weight) or Decimal(0),
        kind=row.kind,
        heading=row.heading,
        target=_trim(row.target),
        points_each=_trim(row.points_each),
        unit=row.unit,
        standard=row.standard,
        evidence=row.evidence,
    )


def answers_from(
    rows: Iterable[tuple[str, models.Answer | models.OwnIndicator]], scheme: Scheme
) -> dict[str, Answer]:
    """Return the answers by indicator code, their inputs typed by the rule's declaration.

    An own indicator for which nothing is filled in has none.
    """
    kinds = {
        leaf.code: {spec.name: spec.kind for spec in leaf.rule.inputs}
        for leaf in scheme.leaves()
        if leaf.rule
    }
    return {
        code: _answer(row, kinds.get(code, {}))
        for code, row in rows
        if isinstance(row, models.Answer) or _is_answered(row)
    }


def _answer(row: models.Answer | models.OwnIndicator, kinds: Mapping[str, InputKind]) -> Answer:
    return Answer(
        inputs={name: _input_value(value, kinds.get(name)) for name, value in row.inputs.items()},
        deduction_points=_trim(row.deduction_points),
        deduction_reason=row.deduction_reason,
    )


def _is_answered(row: models.OwnIndicator) -> bool:
    return bool(row.inputs or row.deduction_points is not None or row.deduction_reason)


def _input_value(value: object, kind: InputKind | None) -> InputValue:
    """Return a stored input as its kind demands."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return Decimal(str(value)) if kind in _NUMBERS else str(value)


def _amount(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_CENT)


def _trim(value: Decimal | None) -> Decimal | None:
    """Return a number without the zeros that its column added: 35, not 35.0000."""
    if value is None:
        return None
    trimmed = value.normalize()
    return trimmed.quantize(Decimal(1)) if trimmed == trimmed.to_integral_value() else trimmed
