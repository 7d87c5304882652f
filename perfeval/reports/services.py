"""Filling in a report: each service saves one part whole, scores it anew, and stores the Result.

A save locks the report's row and reads the report once. What it returns is the report as it stands then, its Result the
one that was just computed: nothing is read again.
"""

import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from perfeval.accounts.models import Department, User
from perfeval.reports import models, parts
from perfeval.reports.figures import (
    amounts_from,
    answers_from,
    goal_from,
    key_task_from,
    own_from,
)
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.queries import locked
from perfeval.schemes.models import Indicator, Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.canonical import result_as_json
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures, Goal, InputValue, KeyTask, OwnIndicator
from perfeval.scoring.own_part import OWN_CODE, OWN_PREFIX
from perfeval.scoring.quantity import plain
from perfeval.scoring.scheme import tree as frozen

#: What other programs end a line with, and characters that no page can show.
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class ReportLocked(Exception):
    """The report is submitted, approved or published: what is in it may not change.

    ``report`` is its row as it stands now.
    """

    def __init__(self, report: models.Report) -> None:
        """Keep the row."""
        super().__init__(f"{report} is {report.get_state_display()} and may not be changed")
        self.report = report


class PartChanged(Exception):
    """Somebody saved this part after the form was loaded. ``filled`` is the report as it stands now."""

    def __init__(self, part: str, filled: Filled) -> None:
        """Keep which part it is and what is stored."""
        super().__init__(f"{part} was changed by somebody else since this form was loaded")
        self.part = part
        self.filled = filled

    @property
    def version(self) -> str:
        """Return the part's version that is stored now."""
        return self.filled.version(self.part)


class AlreadyStarted(Exception):
    """The department has a report on this scheme already; ``report`` is that one."""

    def __init__(self, report: models.Report) -> None:
        """Keep the existing report."""
        super().__init__(f"{report.department} has a report on {report.scheme} already")
        self.report = report


class SchemeNotIssued(Exception):
    """A report can only be started on an issued scheme."""


def start_report(
    *, department: Department, scheme: Scheme, by: User | None, at: datetime
) -> models.Report:
    """Create the department's empty report on ``scheme`` with its first Score.

    Raises: AlreadyStarted; SchemeNotIssued.
    """
    if scheme.state != SchemeState.ISSUED:
        raise SchemeNotIssued(f"{scheme} (version {scheme.version}) is not issued, or not any more")
    try:
        with transaction.atomic():
            report = models.Report.objects.create(
                department=department,
                scheme=scheme,
                created_at=at,
                created_by=by,
                changed_at=at,
            )
            empty = Filled(report, as_scoring_scheme(scheme), Figures(), {})
            _keep(empty, part="", by=by, at=at)
    except IntegrityError as error:
        existing = models.Report.objects.filter(department=department, scheme=scheme).first()
        if existing is None:
            raise
        raise AlreadyStarted(existing) from error
    return report


@transaction.atomic
def save_figures(
    *,
    report: models.Report,
    amounts: Mapping[str, Decimal | None],
    version: str | None,
    by: User | None,
    at: datetime,
) -> Filled:
    """Replace the budget table's cells, keyed ``line.column``, in 万元; None empties a cell.

    ``version`` is the part's when the form was loaded; None overwrites knowingly.
    Raises: ReportLocked; PartChanged.
    """
    before = _open(report, parts.FIGURES, version)
    rows = [
        models.FigureEntry(
            report=before.report,
            line=key.partition(".")[0],
            column=key.partition(".")[2],
            amount_wan=amount,
        )
        for key, amount in amounts.items()
        if amount is not None
    ]
    after = before.having(amounts=amounts_from(rows))
    return _close(before, after, parts.FIGURES, before.report.figure_entries, rows, by=by, at=at)


@transaction.atomic
def save_key_tasks(
    *,
    report: models.Report,
    key_tasks: Sequence[KeyTask],
    version: str | None,
    by: User | None,
    at: datetime,
) -> Filled:
    """Replace the key tasks, in order. Raises: ReportLocked; PartChanged."""
    before = _open(report, parts.KEY_TASKS, version)
    rows = [
        models.KeyTask(
            report=before.report,
            position=position,
            name=printable(task.name),
            adjusted_budget_wan=task.adjusted_budget_wan,
            executed_amount_wan=task.executed_amount_wan,
            progress=printable(task.progress),
        )
        for position, task in enumerate(key_tasks)
    ]
    after = before.having(key_tasks=tuple(key_task_from(row) for row in rows))
    return _close(before, after, parts.KEY_TASKS, before.report.key_tasks, rows, by=by, at=at)


@transaction.atomic
def save_goals(
    *,
    report: models.Report,
    goals: Sequence[Goal],
    version: str | None,
    by: User | None,
    at: datetime,
    category: str = "",
) -> Filled:
    """Replace the rows of the yearly goal, in order; of one category only where one is named.

    Raises: ReportLocked; PartChanged.
    """
    before = _open(report, parts.GOALS, version)
    if category:
        goals = with_goals(before.issued, before.figures, category, goals).goals
    rows = [
        models.Goal(
            report=before.report,
            position=position,
            category=goal.category,
            kind=goal.kind,
            name=printable(goal.name),
            direction=goal.direction.value,
            target_value=goal.target_value,
            actual_value=goal.actual_value,
            unit=printable(goal.unit),
            weight=goal.weight,
            completion_percent=goal.completion_percent,
            target_text=printable(goal.target_text),
            actual_text=printable(goal.actual_text),
            deviation_reason=printable(goal.deviation_reason),
        )
        for position, goal in enumerate(goals)
    ]
    after = before.having(goals=tuple(goal_from(row) for row in rows))
    return _close(before, after, parts.GOALS, before.report.goals, rows, by=by, at=at)


def with_goals(
    scheme: frozen.Scheme, figures: Figures, category: str, goals: Sequence[Goal]
) -> Figures:
    """Return ``figures`` with these goals in ``category``, in the scheme's order of categories; nothing is stored."""
    known = [one.code for one in scheme.goal_categories]
    rows = [goal for goal in figures.goals if goal.category not in known]
    for code in known:
        held = (goal for goal in figures.goals if goal.category == code)
        rows += goals if code == category else held
    return replace(figures, goals=tuple(rows))


@transaction.atomic
def save_own_part(
    *,
    report: models.Report,
    own_part: Sequence[OwnIndicator],
    version: str | None,
    by: User | None,
    at: datetime,
) -> Filled:
    """Replace the department's own indicators, in order; one without a code is new and gets one.

    What was filled in for an indicator stays while it is scored in the same way.
    Raises: ReportLocked; PartChanged.
    """
    before = _open(report, parts.OWN_PART, version)
    figures = with_own_indicators(before.figures, own_part)
    rows = [
        models.OwnIndicator(
            report=before.report,
            position=position,
            code=own.code,
            slot=own.slot,
            heading=own.heading,
            name=own.name,
            weight=own.weight,
            kind=own.kind,
            target=own.target,
            points_each=own.points_each,
            unit=own.unit,
            standard=own.standard,
            evidence=own.evidence,
            **_columns(figures.answers.get(own.code, Answer())),
        )
        for position, own in enumerate(figures.own_part)
    ]
    own_part = tuple(own_from(row) for row in rows)
    after = before.having(own_part=own_part, answers=figures.answers)
    return _close(before, after, parts.OWN_PART, before.report.own_indicators, rows, by=by, at=at)


def with_own_indicators(figures: Figures, own_part: Sequence[OwnIndicator]) -> Figures:
    """Return ``figures`` with these own indicators; nothing is stored.

    What was filled in for an indicator stays while it is scored in the same way and in the same slot.
    """
    stored = {own.code: own for own in figures.own_part}
    coded = tuple(
        replace(
            own,
            code=code,
            heading=printable(own.heading).strip(),
            name=printable(own.name).strip(),
            unit=printable(own.unit),
            standard=printable(own.standard),
            evidence=printable(own.evidence),
        )
        for own, code in zip(own_part, _codes_for(own_part, stored), strict=True)
    )
    kept = {
        own.code
        for own in coded
        if own.code in stored
        and (stored[own.code].kind, stored[own.code].slot) == (own.kind, own.slot)
    }
    answers = {
        code: answer
        for code, answer in figures.answers.items()
        if code in kept or code not in stored
    }
    return replace(figures, own_part=coded, answers=answers)


def _codes_for(own_part: Sequence[OwnIndicator], stored: Collection[str]) -> list[str]:
    """Return each indicator's code: its own, or the next that no indicator ever stood under here."""
    used = {own.code for own in own_part} | set(stored)
    taken = [int(code.removeprefix(OWN_PREFIX)) for code in used if OWN_CODE.fullmatch(code)]
    following = itertools.count(max(taken, default=0) + 1)
    return [own.code or f"{OWN_PREFIX}{next(following)}" for own in own_part]


@transaction.atomic
def save_answers(
    *,
    report: models.Report,
    group: str,
    answers: Mapping[str, Answer],
    version: str | None,
    by: User | None,
    at: datetime,
) -> Filled:
    """Replace the answers of the scored group ``group``, keyed by indicator code.

    Raises: ReportLocked; PartChanged, also when the own part has no such group any more; KeyError
    for a code outside the group.
    """
    part = parts.answers_part(group)
    before = _open(report, part, version)
    if all(node.code != group for node in before.scheme.walk()):
        raise PartChanged(part, before)
    codes = [leaf.code for leaf in before.scheme.indicator(group).leaves()]
    own_codes = {own.code for own in before.figures.own_part} & set(codes)
    keys = dict(
        Indicator.objects.filter(scheme=before.report.scheme, code__in=codes).values_list(
            "code", "pk"
        )
    )
    rows = {
        code: models.Answer(report=before.report, indicator_id=keys[code], **_columns(answer))
        for code, answer in answers.items()
        if code in keys or not OWN_CODE.fullmatch(code)
    }
    own_rows = list(before.report.own_indicators.filter(code__in=own_codes)) if own_codes else []
    for row in own_rows:
        for name, value in _columns(answers.get(row.code, Answer())).items():
            setattr(row, name, value)
    others = {code: held for code, held in before.figures.answers.items() if code not in codes}
    held: list[tuple[str, models.Answer | models.OwnIndicator]] = [
        *rows.items(),
        *((row.code, row) for row in own_rows),
    ]
    after = before.having(answers=others | answers_from(held, before.scheme))
    models.OwnIndicator.objects.bulk_update(own_rows, list(_columns(Answer())))
    stored = before.report.answers.filter(indicator__in=keys.values())
    return _close(before, after, part, stored, list(rows.values()), by=by, at=at)


@transaction.atomic
def save_narrative(
    *,
    report: models.Report,
    section: str,
    text: str,
    version: str | None,
    by: User | None,
    at: datetime,
) -> Filled:
    """Replace the prose of one section. Raises: ReportLocked; PartChanged."""
    part = parts.narrative_part(section)
    before = _open(report, part, version)
    row = models.Narrative(report=before.report, section=section, text=printable(text))
    narratives = {code: held for code, held in before.narratives.items() if code != section}
    if row.text:
        narratives[section] = row.text
    after = replace(before, narratives=narratives)
    stored = before.report.narratives.filter(section=section)
    return _close(before, after, part, stored, [row], by=by, at=at)


def printable(text: str) -> str:
    """Return ``text`` with plain line ends and without characters that stand for nothing.

    They come along with what is pasted from Word; kept, they could not be read back or printed.
    """
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


def _open(report: models.Report, part: str, version: str | None) -> Filled:
    """Lock the report's row and return the report as it stands, if the part may be saved."""
    row = locked(report)
    if not row.is_editable:
        raise ReportLocked(row)
    before = read_filled(row)
    if version is not None and version != before.version(part):
        raise PartChanged(part, before)
    return before


def _close(
    before: Filled,
    after: Filled,
    part: str,
    stored: Any,
    rows: Sequence[Model],
    *,
    by: User | None,
    at: datetime,
) -> Filled:
    """Put ``rows`` in place of those ``stored`` and score anew, unless they say what stands there already."""
    if after.version(part) == before.version(part):
        return before
    stored.all().delete()
    stored.model.objects.bulk_create(rows)
    return _keep(after, part=part, by=by, at=at)


def _keep(filled: Filled, *, part: str, by: User | None, at: datetime) -> Filled:
    """Score what is filled in, keep the Result whole under a new revision, and return the report with it."""
    report, result = filled.report, score(filled.issued, filled.figures)
    report.revision += 1
    report.changed_at = at
    report.save(update_fields=["revision", "changed_at"])
    models.Score.objects.create(
        report=report,
        revision=report.revision,
        part=part,
        saved_by=by,
        result=result_as_json(result),
        total=result.total,
        grade=result.grade,
        is_complete=result.is_complete,
        created_at=at,
    )
    return replace(filled, computed=result)


def _columns(answer: Answer) -> dict[str, Any]:
    """Return the columns in which an answer is stored; inputs as JSON: plain digits, several choices as a list."""
    return {
        "inputs": {name: _as_stored(value) for name, value in answer.inputs.items()},
        "deduction_points": answer.deduction_points,
        "deduction_reason": printable(answer.deduction_reason),
    }


def _as_stored(value: InputValue) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    return list(value) if isinstance(value, tuple) else value
