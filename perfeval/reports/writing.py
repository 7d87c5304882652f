"""A report's rows brought from what they hold to what they shall hold: only what changed is touched."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F

from perfeval.reports import models
from perfeval.reports.places import FilledIn
from perfeval.schemes.models import Indicator
from perfeval.scoring.figures import Answer, Goal, InputValue, KeyTask, OwnIndicator
from perfeval.scoring.quantity import plain

#: Far from any position: rows that change places go there first, since no two may stand at one.
_ASIDE = 1_000_000


def write(report: models.Report, before: FilledIn, after: FilledIn) -> None:
    """Store ``after`` where it differs from ``before``, which is what is stored."""
    _write_amounts(report, before.figures.amounts, after.figures.amounts)
    _write_rows(
        models.Goal,
        report,
        "row",
        dict(zip(before.goal_rows, map(_goal_columns, before.figures.goals), strict=True)),
        dict(zip(after.goal_rows, map(_goal_columns, after.figures.goals), strict=True)),
    )
    _write_rows(
        models.KeyTask,
        report,
        "row",
        dict(zip(before.task_rows, map(_task_columns, before.figures.key_tasks), strict=True)),
        dict(zip(after.task_rows, map(_task_columns, after.figures.key_tasks), strict=True)),
    )
    own = {one.code for one in (*before.figures.own_part, *after.figures.own_part)}
    _write_rows(
        models.OwnIndicator,
        report,
        "code",
        _own_rows(before),
        _own_rows(after),
    )
    _write_answers(report, before.figures.answers, after.figures.answers, own)
    _write_texts(report, before.narratives, after.narratives)


def _write_amounts(
    report: models.Report, before: Mapping[str, Decimal], after: Mapping[str, Decimal]
) -> None:
    cells = [cell for cell in {**before, **after} if before.get(cell) != after.get(cell)]
    if not cells:
        return
    rows = {
        f"{row.line}.{row.column}": row
        for row in report.figure_entries.filter(line__in={cell.partition(".")[0] for cell in cells})
    }
    gone = [rows[cell].pk for cell in cells if cell in rows and cell not in after]
    changed = [rows[cell] for cell in cells if cell in rows and cell in after]
    for row in changed:
        row.amount_wan = after[f"{row.line}.{row.column}"]
    if gone:
        models.FigureEntry.objects.filter(pk__in=gone).delete()
    models.FigureEntry.objects.bulk_update(changed, ["amount_wan"])
    models.FigureEntry.objects.bulk_create(
        models.FigureEntry(
            report=report,
            line=cell.partition(".")[0],
            column=cell.partition(".")[2],
            amount_wan=after[cell],
        )
        for cell in cells
        if cell in after and cell not in rows
    )


def _write_rows(
    model: type[Any],
    report: models.Report,
    key: str,
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
) -> None:
    """Write rows that have a name and a position: ``key`` is the column of the name."""
    if list(before.items()) == list(after.items()):
        return
    held = model.objects.filter(report=report)
    rows = {getattr(row, key): row for row in held}
    gone = [row.pk for name, row in rows.items() if name not in after]
    if gone:
        held.filter(pk__in=gone).delete()
    places = {name: place for place, name in enumerate(after)}
    moved = [rows[name] for name in after if name in rows and rows[name].position != places[name]]
    if moved:
        held.filter(pk__in=[row.pk for row in moved]).update(position=F("position") + _ASIDE)
    changed = [
        row
        for name, row in rows.items()
        if name in after and (row in moved or before.get(name) != after[name])
    ]
    for row in changed:
        name = getattr(row, key)
        row.position = places[name]
        for column, value in after[name].items():
            setattr(row, column, value)
    columns = sorted({column for values in after.values() for column in values})
    model.objects.bulk_update(changed, ["position", *columns])
    model.objects.bulk_create(
        model(report=report, position=places[name], **{key: name}, **values)
        for name, values in after.items()
        if name not in rows
    )


def _goal_columns(goal: Goal) -> dict[str, Any]:
    return {
        "category": goal.category,
        "kind": goal.kind,
        "name": goal.name,
        "direction": goal.direction.value,
        "target_value": goal.target_value,
        "actual_value": goal.actual_value,
        "unit": goal.unit,
        "weight": goal.weight,
        "completion_percent": goal.completion_percent,
        "target_text": goal.target_text,
        "actual_text": goal.actual_text,
        "deviation_reason": goal.deviation_reason,
    }


def _task_columns(task: KeyTask) -> dict[str, Any]:
    return {
        "name": task.name,
        "adjusted_budget_wan": task.adjusted_budget_wan,
        "executed_amount_wan": task.executed_amount_wan,
        "progress": task.progress,
    }


def _own_rows(contents: FilledIn) -> dict[str, dict[str, Any]]:
    answers = contents.figures.answers
    return {
        own.code: {**_own_columns(own), **columns_of(answers.get(own.code, Answer()))}
        for own in contents.figures.own_part
    }


def _own_columns(own: OwnIndicator) -> dict[str, Any]:
    return {
        "slot": own.slot,
        "heading": own.heading,
        "name": own.name,
        "weight": own.weight,
        "kind": own.kind,
        "target": own.target,
        "points_each": own.points_each,
        "unit": own.unit,
        "standard": own.standard,
        "evidence": own.evidence,
    }


def columns_of(answer: Answer) -> dict[str, Any]:
    """Return an answer as the columns of its row."""
    return {
        "inputs": {name: _as_stored(value) for name, value in answer.inputs.items()},
        "deduction_points": answer.deduction_points,
        "deduction_reason": answer.deduction_reason,
    }


def _as_stored(value: InputValue) -> object:
    """Return an input as JSON: numbers as plain digits, several choices as a list."""
    if isinstance(value, Decimal):
        return plain(value)
    return list(value) if isinstance(value, tuple) else value


def _write_answers(
    report: models.Report,
    before: Mapping[str, Answer],
    after: Mapping[str, Answer],
    own: Collection[str],
) -> None:
    """Write the answers of the scheme's indicators; those of own ones stand in their rows."""
    codes = [
        code
        for code in {**before, **after}
        if before.get(code) != after.get(code) and code not in own
    ]
    if not codes:
        return
    rows = {
        row.indicator.code: row
        for row in report.answers.filter(indicator__code__in=codes).select_related("indicator")
    }
    keys: dict[str, int] = {}
    fresh = [code for code in codes if code in after and code not in rows]
    if fresh:
        keys = dict(
            Indicator.objects.filter(scheme_id=report.scheme_id, code__in=fresh).values_list(
                "code", "pk"
            )
        )
    gone = [rows[code].pk for code in codes if code in rows and code not in after]
    changed = [rows[code] for code in codes if code in rows and code in after]
    for row in changed:
        for column, value in columns_of(after[row.indicator.code]).items():
            setattr(row, column, value)
    if gone:
        report.answers.filter(pk__in=gone).delete()
    models.Answer.objects.bulk_update(changed, list(columns_of(Answer())))
    models.Answer.objects.bulk_create(
        models.Answer(report=report, indicator_id=keys[code], **columns_of(after[code]))
        for code in fresh
    )


def _write_texts(
    report: models.Report, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    sections = [one for one in {**before, **after} if before.get(one) != after.get(one)]
    for section in sections:
        models.Narrative.objects.update_or_create(
            report=report, section=section, defaults={"text": after.get(section, "")}
        )
