"""Filling in a report: each service saves one part whole, scores it anew, and stores the Result."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from perfeval.accounts.models import Department, User
from perfeval.reports import models, parts
from perfeval.reports.queries import current_score, figures_of, part_version
from perfeval.schemes.models import Indicator, Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.canonical import result_as_json
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Goal, InputValue, KeyTask
from perfeval.scoring.quantity import plain

#: What other programs end a line with, and characters that no page can show.
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class ReportLocked(Exception):
    """The report is submitted, approved or published: what is in it may not change."""


class PartChanged(Exception):
    """Somebody saved this part after the form was loaded. ``version`` is the one stored now."""

    def __init__(self, part: str, version: str) -> None:
        """Keep which part it is and its current version."""
        super().__init__(f"{part} was changed by somebody else since this form was loaded")
        self.part = part
        self.version = version


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
            rescore(report=report, part="", by=by, at=at)
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
) -> models.Score:
    """Replace the budget table's cells, keyed ``line.column``, in 万元; None empties a cell.

    ``version`` is the part's when the form was loaded; None overwrites knowingly.
    Raises: ReportLocked; PartChanged.
    """
    report, before = _open(report, parts.FIGURES, version)
    report.figure_entries.all().delete()
    models.FigureEntry.objects.bulk_create(
        models.FigureEntry(
            report=report,
            line=key.partition(".")[0],
            column=key.partition(".")[2],
            amount_wan=amount,
        )
        for key, amount in amounts.items()
        if amount is not None
    )
    return _close(report, parts.FIGURES, before, by, at)


@transaction.atomic
def save_key_tasks(
    *,
    report: models.Report,
    key_tasks: Sequence[KeyTask],
    version: str | None,
    by: User | None,
    at: datetime,
) -> models.Score:
    """Replace the key tasks, in order. Raises: ReportLocked; PartChanged."""
    report, before = _open(report, parts.KEY_TASKS, version)
    report.key_tasks.all().delete()
    models.KeyTask.objects.bulk_create(
        models.KeyTask(
            report=report,
            position=position,
            name=printable(task.name),
            adjusted_budget_wan=task.adjusted_budget_wan,
            executed_amount_wan=task.executed_amount_wan,
            progress=printable(task.progress),
        )
        for position, task in enumerate(key_tasks)
    )
    return _close(report, parts.KEY_TASKS, before, by, at)


@transaction.atomic
def save_goals(
    *,
    report: models.Report,
    goals: Sequence[Goal],
    version: str | None,
    by: User | None,
    at: datetime,
) -> models.Score:
    """Replace the rows of the yearly goal, in order. Raises: ReportLocked; PartChanged."""
    report, before = _open(report, parts.GOALS, version)
    report.goals.all().delete()
    models.Goal.objects.bulk_create(
        models.Goal(
            report=report,
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
    )
    return _close(report, parts.GOALS, before, by, at)


@transaction.atomic
def save_answers(
    *,
    report: models.Report,
    group: str,
    answers: Mapping[str, Answer],
    version: str | None,
    by: User | None,
    at: datetime,
) -> models.Score:
    """Replace the answers of the scored group ``group``, keyed by indicator code.

    Raises: ReportLocked; PartChanged; KeyError for a code outside the group.
    """
    part = parts.answers_part(group)
    report, before = _open(report, part, version)
    codes = [leaf.code for leaf in as_scoring_scheme(report.scheme).indicator(group).leaves()]
    rows = {row.code: row for row in Indicator.objects.filter(scheme=report.scheme, code__in=codes)}
    report.answers.filter(indicator__code__in=codes).delete()
    models.Answer.objects.bulk_create(
        models.Answer(
            report=report,
            indicator=rows[code],
            inputs={name: _as_stored(value) for name, value in answer.inputs.items()},
            deduction_points=answer.deduction_points,
            deduction_reason=printable(answer.deduction_reason),
        )
        for code, answer in answers.items()
    )
    return _close(report, part, before, by, at)


@transaction.atomic
def save_narrative(
    *,
    report: models.Report,
    section: str,
    text: str,
    version: str | None,
    by: User | None,
    at: datetime,
) -> models.Score:
    """Replace the prose of one section. Raises: ReportLocked; PartChanged."""
    part = parts.narrative_part(section)
    report, before = _open(report, part, version)
    models.Narrative.objects.update_or_create(
        report=report, section=section, defaults={"text": printable(text)}
    )
    return _close(report, part, before, by, at)


def printable(text: str) -> str:
    """Return ``text`` with plain line ends and without characters that stand for nothing.

    They come along with what is pasted from Word; kept, they could not be read back or printed.
    """
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


def rescore(*, report: models.Report, part: str, by: User | None, at: datetime) -> models.Score:
    """Score what is stored, keep the Result whole under a new revision, and return its Score."""
    result = score(as_scoring_scheme(report.scheme), figures_of(report))
    report.revision += 1
    report.changed_at = at
    report.save(update_fields=["revision", "changed_at"])
    return models.Score.objects.create(
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


def _open(report: models.Report, part: str, version: str | None) -> tuple[models.Report, str]:
    """Lock the report's row and return it with the part's version, if it may be saved."""
    locked = (
        models.Report.objects.select_for_update(of=("self",))
        .select_related("scheme", "department")
        .get(pk=report.pk)
    )
    if not locked.is_editable:
        raise ReportLocked(f"{locked} is {locked.get_state_display()} and may not be changed")
    current = part_version(locked, part)
    if version is not None and version != current:
        raise PartChanged(part, current)
    return locked, current


def _close(
    report: models.Report, part: str, before: str, by: User | None, at: datetime
) -> models.Score:
    """Score anew, unless what was saved is what stood there already."""
    if part_version(report, part) == before:
        return current_score(report)
    return rescore(report=report, part=part, by=by, at=at)


def _as_stored(value: InputValue) -> object:
    """Return an input as JSON: numbers as plain digits, several choices as a list."""
    if isinstance(value, Decimal):
        return plain(value)
    return list(value) if isinstance(value, tuple) else value
