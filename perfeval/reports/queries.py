"""Reports and their parts, read."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from django.db.models import Q, QuerySet

from perfeval.accounts.models import Role, User
from perfeval.accounts.queries import SUPERVISING_ROLES, departments_where
from perfeval.reports import models, parts
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.canonical import result_from_json
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
from perfeval.scoring.result import Problem, Result
from perfeval.scoring.scheme.tree import InputKind, Scheme

_NUMBERS = frozenset({InputKind.COUNT, InputKind.NUMBER, InputKind.AMOUNT, InputKind.PERCENT})


def reports_visible_to(user: User) -> QuerySet[models.Report]:
    """Return the reports that ``user`` may see, with department and scheme.

    A preparer sees those of the own department; a reviewer or approver those of all departments
    below, from the first submission on.
    """
    return models.Report.objects.filter(
        Q(department_id__in=departments_where(user, {Role.PREPARER}))
        | Q(
            department_id__in=departments_where(user, SUPERVISING_ROLES),
            submitted_at__isnull=False,
        )
    ).select_related("department", "scheme", "submitted_by", "approved_by", "published_by")


def current_score(report: models.Report) -> models.Score:
    """Return the Score of the report's current revision."""
    return models.Score.objects.get(report=report, revision=report.revision)


def stored_result(report: models.Report) -> Result:
    """Return the Result stored for the report's current revision."""
    return result_from_json(current_score(report).result)


def scheme_of(report: models.Report) -> Scheme:
    """Return the tree by which the report is scored: the scheme with the department's own part."""
    return with_own_part(as_scoring_scheme(report.scheme), own_part_of(report))


def own_part_of(report: models.Report) -> tuple[OwnIndicator, ...]:
    """Return the department's own indicators; a scheme that leaves nothing open is not asked."""
    scheme = as_scoring_scheme(report.scheme)
    return tuple(_own(row) for row in _own_rows(report, scheme))


def figures_of(report: models.Report) -> Figures:
    """Return all that is filled in, as the engine reads it."""
    scheme = as_scoring_scheme(report.scheme)
    return figures_from(
        scheme,
        entries=report.figure_entries.all(),
        goals=report.goals.all(),
        key_tasks=report.key_tasks.all(),
        answers=_common_rows(report),
        own_rows=_own_rows(report, scheme),
    )


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
    own_part = tuple(_own(row) for row in own_rows)
    return Figures(
        amounts={f"{entry.line}.{entry.column}": entry.amount_wan for entry in entries},
        goals=tuple(_goal(row) for row in goals),
        key_tasks=tuple(
            KeyTask(
                name=row.name,
                adjusted_budget_wan=row.adjusted_budget_wan,
                executed_amount_wan=row.executed_amount_wan,
                progress=row.progress,
            )
            for row in key_tasks
        ),
        answers=_answers([*answers, *_own_answers(own_rows)], with_own_part(scheme, own_part)),
        own_part=own_part,
    )


def narratives_of(report: models.Report) -> dict[str, str]:
    """Return the filler's prose by section code, empty ones left out."""
    return {row.section: row.text for row in report.narratives.all() if row.text}


def part_version(report: models.Report, part: str) -> str:
    """Return a token of what is stored in ``part``; it changes when, and only when, that changes."""
    figures = figures_of(report)
    scheme = with_own_part(as_scoring_scheme(report.scheme), figures.own_part)
    return version_of(part, scheme, figures, narratives_of(report))


def version_of(part: str, scheme: Scheme, figures: Figures, narratives: Mapping[str, str]) -> str:
    """Return the token of ``part`` for values that were read already (see ``part_version``)."""
    kind, _colon, code = part.partition(":")
    if kind == "answers":
        groups = [node for node in scheme.walk() if node.code == code]
        leaves = [leaf.code for group in groups for leaf in group.leaves()]
        stored: object = [(leaf, figures.answers.get(leaf)) for leaf in leaves]
    elif kind == "narrative":
        stored = narratives.get(code, "")
    elif kind == parts.FIGURES:
        stored = sorted(figures.amounts.items())
    else:
        stored = getattr(figures, part)
    return hashlib.sha256(repr(stored).encode()).hexdigest()[:16]


def progress(
    report: models.Report,
    scheme: Scheme,
    result: Result,
    narratives: Mapping[str, str],
    further: Sequence[Problem] = (),
) -> tuple[parts.PartProgress, ...]:
    """Return the report's task list (see ``parts.progress``)."""
    figures = figures_of(report)
    started = {parts.narrative_part(code) for code in narratives}
    started |= {
        name
        for name, stored in (
            (parts.FIGURES, figures.amounts),
            (parts.GOALS, figures.goals),
            (parts.KEY_TASKS, figures.key_tasks),
            (parts.OWN_PART, figures.own_part),
        )
        if stored
    }
    for group in scheme.scored_groups():
        if any(leaf.code in figures.answers for leaf in group.leaves()):
            started.add(parts.answers_part(group.code))
    return parts.progress(scheme, result, narratives, frozenset(started), further)


def _goal(row: models.Goal) -> Goal:
    """Return a goal row as the engine reads it; numbers lose needless zeros."""
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


def _own_rows(report: models.Report, scheme: Scheme) -> list[models.OwnIndicator]:
    """Return the rows of the own part; a scheme that leaves nothing open is not asked."""
    return list(report.own_indicators.all()) if scheme.slots else []


def _own(row: models.OwnIndicator) -> OwnIndicator:
    """Return an own indicator as scoring reads it; numbers lose needless zeros."""
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


def _common_rows(report: models.Report) -> Iterator[tuple[str, models.Answer]]:
    for row in report.answers.select_related("indicator"):
        yield row.indicator.code, row


def _own_answers(
    rows: Iterable[models.OwnIndicator],
) -> Iterator[tuple[str, models.OwnIndicator]]:
    """Yield the own indicators for which something is filled in."""
    for row in rows:
        if row.inputs or row.deduction_points is not None or row.deduction_reason:
            yield row.code, row


def _answers(
    rows: Iterable[tuple[str, models.Answer | models.OwnIndicator]], scheme: Scheme
) -> dict[str, Answer]:
    """Return the answers by indicator code, their inputs typed by the rule's declaration."""
    kinds = {
        leaf.code: {spec.name: spec.kind for spec in leaf.rule.inputs}
        for leaf in scheme.leaves()
        if leaf.rule
    }
    return {
        code: Answer(
            inputs={
                name: _input_value(value, kinds.get(code, {}).get(name))
                for name, value in row.inputs.items()
            },
            deduction_points=_trim(row.deduction_points),
            deduction_reason=row.deduction_reason,
        )
        for code, row in rows
    }


def _input_value(value: object, kind: InputKind | None) -> InputValue:
    """Return a stored input as its kind demands."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return Decimal(str(value)) if kind in _NUMBERS else str(value)


def _trim(value: Decimal | None) -> Decimal | None:
    """Return a number without the zeros that its column added: 35, not 35.0000."""
    if value is None:
        return None
    trimmed = value.normalize()
    return trimmed.quantize(Decimal(1)) if trimmed == trimmed.to_integral_value() else trimmed
