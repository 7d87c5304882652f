"""Filling in a report: each service saves one part whole, scores it anew, and stores the Result."""

import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from perfeval.accounts.models import Department, User
from perfeval.reports import models, parts
from perfeval.reports.queries import current_score, figures_of, part_version, scheme_of
from perfeval.schemes.models import Indicator, Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.canonical import result_as_json
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures, Goal, InputValue, KeyTask, OwnIndicator
from perfeval.scoring.own_part import OWN_CODE, OWN_PREFIX
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
def save_own_part(
    *,
    report: models.Report,
    own_part: Sequence[OwnIndicator],
    version: str | None,
    by: User | None,
    at: datetime,
) -> models.Score:
    """Replace the department's own indicators, in order; one without a code is new and gets one.

    What was filled in for an indicator stays while it is scored in the same way.
    Raises: ReportLocked; PartChanged.
    """
    report, before = _open(report, parts.OWN_PART, version)
    stored = {row.code: row for row in report.own_indicators.all()}
    codes = _codes_for(own_part, stored)
    report.own_indicators.all().delete()
    rows = []
    for position, (own, code) in enumerate(zip(own_part, codes, strict=True)):
        old = stored.get(code)
        is_kept = old is not None and (old.kind, old.slot) == (own.kind, own.slot)
        rows.append(
            models.OwnIndicator(
                report=report,
                position=position,
                code=code,
                slot=own.slot,
                heading=printable(own.heading).strip(),
                name=printable(own.name).strip(),
                weight=own.weight,
                kind=own.kind,
                target=own.target,
                points_each=own.points_each,
                unit=printable(own.unit),
                standard=printable(own.standard),
                evidence=printable(own.evidence),
                inputs=old.inputs if old and is_kept else {},
                deduction_points=old.deduction_points if old and is_kept else None,
                deduction_reason=old.deduction_reason if old and is_kept else "",
            )
        )
    models.OwnIndicator.objects.bulk_create(rows)
    return _close(report, parts.OWN_PART, before, by, at)


def with_own_indicators(figures: Figures, own_part: Sequence[OwnIndicator]) -> Figures:
    """Return ``figures`` with these own indicators, as ``save_own_part`` would leave them; nothing is stored."""
    stored = {own.code: own for own in figures.own_part}
    coded = tuple(
        replace(own, code=code)
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
) -> models.Score:
    """Replace the answers of the scored group ``group``, keyed by indicator code.

    Raises: ReportLocked; PartChanged, also when the own part has no such group any more; KeyError
    for a code outside the group.
    """
    part = parts.answers_part(group)
    report, before = _open(report, part, version)
    scheme = scheme_of(report)
    if all(node.code != group for node in scheme.walk()):
        raise PartChanged(part, before)
    codes = [leaf.code for leaf in scheme.indicator(group).leaves()]
    rows = {row.code: row for row in Indicator.objects.filter(scheme=report.scheme, code__in=codes)}
    report.answers.filter(indicator__code__in=codes).delete()
    if scheme.slots:
        _save_own_answers(report, codes, answers)
    models.Answer.objects.bulk_create(
        models.Answer(
            report=report,
            indicator=rows[code],
            inputs={name: _as_stored(value) for name, value in answer.inputs.items()},
            deduction_points=answer.deduction_points,
            deduction_reason=printable(answer.deduction_reason),
        )
        for code, answer in answers.items()
        if code in rows or not OWN_CODE.fullmatch(code)
    )
    return _close(report, part, before, by, at)


def _save_own_answers(
    report: models.Report, codes: Sequence[str], answers: Mapping[str, Answer]
) -> None:
    """Keep the answers of those ``codes`` that are own indicators at their own rows."""
    changed = list(report.own_indicators.filter(code__in=codes))
    for row in changed:
        answer = answers.get(row.code, Answer())
        row.inputs = {name: _as_stored(value) for name, value in answer.inputs.items()}
        row.deduction_points = answer.deduction_points
        row.deduction_reason = printable(answer.deduction_reason)
    models.OwnIndicator.objects.bulk_update(
        changed, ["inputs", "deduction_points", "deduction_reason"]
    )


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
