"""Filling in a report: each service saves one part whole, scores it anew, and stores the Result.

A save locks the report's row and reads the report once. What it returns is the report as it stands then, its Result the
one that was just computed: nothing is read again.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from perfeval.accounts.models import Department, User
from perfeval.reports import models, parts
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.merging import merge
from perfeval.reports.places import CENT, FilledIn, contents_of
from perfeval.reports.queries import locked
from perfeval.reports.writing import write
from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.canonical import result_as_json
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures, Goal, KeyTask, OwnIndicator
from perfeval.scoring.own_part import OWN_CODE, OWN_PREFIX
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
    filled = {key: amount.quantize(CENT) for key, amount in amounts.items() if amount is not None}
    after = replace(before.contents, figures=replace(before.figures, amounts=filled))
    return _store(before, after, part=parts.FIGURES, by=by, at=at)


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
    tasks = tuple(
        replace(task, name=printable(task.name), progress=printable(task.progress))
        for task in key_tasks
    )
    after = replace(
        before.contents,
        figures=replace(before.figures, key_tasks=tasks),
        task_rows=_rows_for(before.task_rows, len(tasks)),
    )
    return _store(before, after, part=parts.KEY_TASKS, by=by, at=at)


@transaction.atomic
def save_goals(
    *,
    report: models.Report,
    goals: Sequence[Goal],
    version: str | None,
    by: User | None,
    at: datetime,
) -> Filled:
    """Replace the rows of the yearly goal, in order. Raises: ReportLocked; PartChanged."""
    before = _open(report, parts.GOALS, version)
    typed = tuple(
        replace(
            goal,
            name=printable(goal.name),
            unit=printable(goal.unit),
            target_text=printable(goal.target_text),
            actual_text=printable(goal.actual_text),
            deviation_reason=printable(goal.deviation_reason),
        )
        for goal in goals
    )
    after = replace(
        before.contents,
        figures=replace(before.figures, goals=typed),
        goal_rows=_rows_for(before.goal_rows, len(typed)),
    )
    return _store(before, after, part=parts.GOALS, by=by, at=at)


def _rows_for(stored: Sequence[str], count: int) -> tuple[str, ...]:
    """Return names for rows that replace all others: those there are, in their order, and new ones."""
    fresh = (models.new_row() for _ in range(count - len(stored)))
    return (*stored[:count], *fresh)


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
    after = replace(before.contents, figures=figures)
    return _store(before, after, part=parts.OWN_PART, by=by, at=at)


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
    codes = {leaf.code for leaf in before.scheme.indicator(group).leaves()}
    if unknown := sorted(set(answers) - codes - _gone_own(answers, before)):
        raise KeyError(unknown[0])
    others = {code: held for code, held in before.figures.answers.items() if code not in codes}
    given = {
        code: replace(answer, deduction_reason=printable(answer.deduction_reason))
        for code, answer in answers.items()
        if code in codes
    }
    after = replace(before.contents, figures=replace(before.figures, answers=others | given))
    return _store(before, after, part=part, by=by, at=at)


def _gone_own(answers: Iterable[str], before: Filled) -> set[str]:
    """Return the own indicators that were answered but are not there any more."""
    known = {own.code for own in before.figures.own_part}
    return {code for code in answers if OWN_CODE.fullmatch(code) and code not in known}


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
    narratives = {code: held for code, held in before.narratives.items() if code != section}
    if printable(text):
        narratives[section] = printable(text)
    return _store(before, replace(before.contents, narratives=narratives), part=part, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save: the report as it stands, and what collided with somebody's change.

    ``collisions``: place -> the change that stands there, None where its row was removed.
    """

    filled: Filled
    written: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)
    collisions: Mapping[str, models.History | None] = field(default_factory=dict)


@transaction.atomic
def save_typed(
    *,
    report: models.Report,
    part: str,
    loaded: Mapping[str, str],
    typed: Mapping[str, str],
    skip: Collection[str] = (),
    request: str = "",
    by: User | None,
    at: datetime,
) -> Saved:
    """Save what was changed between ``loaded`` and ``typed``, place by place, beside what others changed meanwhile.

    ``loaded``: the texts of the part's places when the page was made; ``typed``: those that stand in it now; ``skip``:
    the places that could not be read. What somebody else changed too is not written and comes back as a conflict.
    Raises: ReportLocked.
    """
    row = locked(report)
    if not row.is_editable:
        raise ReportLocked(row)
    before = read_filled(row)
    cleaned = {place: printable(text) for place, text in typed.items()}
    merged = merge(before.state, loaded, cleaned, skip=skip)
    filled = before
    if merged.written:
        after = contents_of(before.issued, merged.state)
        filled = _store(before, after, part=part, by=by, at=at, request=request)
    collisions = {
        place: row.history.filter(place=place).select_related("by").last()
        for place in merged.conflicts
    }
    return Saved(filled, merged.written, merged.conflicts, collisions)


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


def _store(
    before: Filled,
    after: FilledIn,
    *,
    part: str,
    by: User | None,
    at: datetime,
    request: str = "",
) -> Filled:
    """Write what differs, its history, and the new Result; return the report as it stands then."""
    filled = before.filled_with(after)
    old, new = before.state, filled.state
    changed = [place for place in sorted({**old, **new}) if old.get(place) != new.get(place)]
    if not changed:
        return before
    write(before.report, before.contents, after)
    kept = _keep(filled, part=part, by=by, at=at)
    models.History.objects.bulk_create(
        models.History(
            report=before.report,
            number=before.report.revision,
            place=place,
            before=old.get(place, ""),
            after=new.get(place, ""),
            by=by,
            at=at,
            request=request,
        )
        for place in changed
    )
    return kept


def _keep(filled: Filled, *, part: str, by: User | None, at: datetime) -> Filled:
    """Score what is filled in, keep the Result under a new revision, and return the report with it.

    The Result of the revision before goes, unless it is kept: history can compute it anew.
    """
    report, result = filled.report, score(filled.issued, filled.figures)
    last = report.revision
    report.revision += 1
    report.changed_at = at
    report.save(update_fields=["revision", "changed_at"])
    values = {
        "revision": report.revision,
        "part": part,
        "saved_by": by,
        "result": result_as_json(result),
        "total": result.total,
        "grade": result.grade,
        "is_complete": result.is_complete,
        "created_at": at,
    }
    if not models.Score.objects.filter(report=report, revision=last, is_kept=False).update(
        **values
    ):
        models.Score.objects.create(report=report, **values)
    return replace(filled, computed=result)


def keep_result(*, report: models.Report) -> None:
    """Keep the current Result for good: it is that of what was handed in."""
    models.Score.objects.filter(report=report, revision=report.revision).update(is_kept=True)
