"""Moves reports to the corrected version, and back to the byte.

A batch is one transaction of a constant number of queries. What is deleted or overwritten is kept
whole in ``CorrectedReport.undo``; what only points at another indicator is turned by one statement.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, F, Model, Value, When

from perfeval.accounts.models import User
from perfeval.corrections.computing import Way, departments_on
from perfeval.corrections.models import CorrectedReport
from perfeval.corrections.rows import ReportRows, as_json, from_json, rows_of
from perfeval.corrections.states import Plan, PlanOutcome
from perfeval.evidence.models import EvidenceFile
from perfeval.reports import models as filled
from perfeval.reports.states import ReportState
from perfeval.review.models import Comment, ReportSnapshot, Transition
from perfeval.review.moves import MoveName

#: Rows that point at an indicator and go with it.
_POINTING: tuple[Any, ...] = (filled.Answer, EvidenceFile, Comment)
#: Rows that carrying may delete or overwrite.
_CARRIED: tuple[Any, ...] = (
    filled.Answer,
    filled.FigureEntry,
    filled.Goal,
    filled.Narrative,
    filled.OwnIndicator,
)
#: Columns of a report that a move may change.
_REPORT = (
    "scheme_id",
    "state",
    "revision",
    "changed_at",
    "returned_at",
    "return_comment",
    "approved_at",
    "approved_by_id",
)
_Undo = dict[str, Any]


@dataclass(slots=True)
class _Work:
    """What a batch has to delete and to overwrite, by model."""

    deleted: dict[Any, list[int]] = field(default_factory=dict)
    changed: dict[Any, list[Model]] = field(default_factory=dict)


#: Columns that carrying may overwrite.
_CHANGED: Mapping[type[Model], tuple[str, ...]] = {
    filled.Answer: ("inputs", "deduction_points"),
    filled.Goal: ("kind",),
    filled.OwnIndicator: ("slot",),
}


def move_batch(way: Way, items: Sequence[CorrectedReport], by: User, at: datetime) -> None:
    """Move the reports of ``items`` that are as they were computed; name the others stale."""
    reports = _locked(items)
    taken = departments_on(way.correction, reports)
    rows = rows_of(reports)
    fresh: list[CorrectedReport] = []
    work = _Work()
    for item in items:
        one = rows[item.report_id]
        if one.report.department_id in taken or one.fingerprint() != item.fingerprint:
            item.outcome = PlanOutcome.STALE
            continue
        item.outcome = PlanOutcome.MOVED
        item.undo = _carry(way, one, work)
        fresh.append(item)
    _write(way, fresh, work, by, at)
    moved = rows_of(_locked(fresh))
    for item in fresh:
        item.moved_fingerprint = moved[item.report_id].fingerprint()
    CorrectedReport.objects.bulk_update(items, ["outcome", "undo", "moved_fingerprint"])


def revert_batch(way: Way, items: Sequence[CorrectedReport]) -> None:
    """Give back the rows of ``items`` as they were; leave and name what changed since the move."""
    rows = rows_of(_locked(items))
    same: list[CorrectedReport] = []
    for item in items:
        is_same = rows[item.report_id].fingerprint() == item.moved_fingerprint
        item.outcome = PlanOutcome.REVERTED if is_same else PlanOutcome.KEPT
        if is_same:
            same.append(item)
    undos: dict[int, _Undo] = {item.report_id: item.undo or {} for item in same}
    _give_back(way, undos)
    CorrectedReport.objects.bulk_update(items, ["outcome"])


def _locked(items: Sequence[CorrectedReport]) -> list[filled.Report]:
    keys = [item.report_id for item in items]
    return list(filled.Report.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _carry(way: Way, rows: ReportRows, work: _Work) -> _Undo:
    """Note what has to be deleted and overwritten in one report; return it as it is now."""
    undo: _Undo = {"report": as_json(rows.report, _REPORT), "deleted": {}, "changed": {}}

    def delete(row: Model) -> None:
        work.deleted.setdefault(type(row), []).append(row.pk)
        undo["deleted"].setdefault(row._meta.model_name, []).append(as_json(row))

    def overwrite(row: Any, **values: object) -> None:
        if all(getattr(row, name) == value for name, value in values.items()):
            return
        kept = as_json(row, ("id", *values))
        undo["changed"].setdefault(row._meta.model_name, []).append(kept)
        for name, value in values.items():
            setattr(row, name, value)
        work.changed.setdefault(type(row), []).append(row)

    for row, values in _verdicts(way, rows):
        if values is None:
            delete(row)
        else:
            overwrite(row, **values)
    return undo


def _verdicts(way: Way, rows: ReportRows) -> Iterator[tuple[Any, dict[str, object] | None]]:
    """Yield each row that carrying looks at with its new values, None where it has no place."""
    carrier = way.carrier
    for row in rows.parts[filled.Answer]:
        code = way.codes.get(row.indicator_id, "")
        if code and not carrier.target(code):
            yield row, None
        elif code:
            points = row.deduction_points if carrier.keeps_deduction(code) else None
            inputs = carrier.inputs(code, row.inputs)
            yield row, {"inputs": inputs, "deduction_points": points}
    for row in rows.parts[filled.FigureEntry]:
        if not carrier.keeps_cell(f"{row.line}.{row.column}"):
            yield row, None
    for row in rows.parts[filled.Goal]:
        kind = carrier.goal_kind(row.category, row.kind)
        yield row, None if kind is None else {"kind": kind}
    for row in rows.parts[filled.Narrative]:
        if not carrier.keeps_section(row.section):
            yield row, None
    for row in rows.parts[filled.OwnIndicator]:
        slot = carrier.slot(row.slot)
        yield row, {"slot": slot} if slot else None


def _write(way: Way, items: Sequence[CorrectedReport], work: _Work, by: User, at: datetime) -> None:
    """Write a batch: what goes, what changes, where it points, the new revision and its Score."""
    for model, keys in work.deleted.items():
        model.objects.filter(pk__in=keys).delete()
    for model, rows in work.changed.items():
        model.objects.bulk_update(rows, list(_CHANGED[model]), batch_size=200)
    reports = [item.report_id for item in items]
    _turn(reports, way.keys)
    found = filled.Report.objects.filter(pk__in=reports)
    found.update(scheme_id=way.correction.new_scheme_id, revision=F("revision") + 1, changed_at=at)
    returned = [item for item in items if item.plan == Plan.SEND_BACK]
    filled.Report.objects.filter(pk__in=[item.report_id for item in returned]).update(
        state=ReportState.RETURNED,
        returned_at=at,
        return_comment=way.correction.reason,
        approved_at=None,
        approved_by=None,
    )
    filled.Score.objects.bulk_create(_score(way, item, by, at) for item in items)
    _log_returns(way, returned, by, at)


def _score(way: Way, item: CorrectedReport, by: User, at: datetime) -> filled.Score:
    """Return the computed Result as the Score of the report's next revision."""
    return filled.Score(
        report_id=item.report_id,
        revision=item.revision + 1,
        part=score_part(way.correction.pk),
        saved_by=by,
        result=item.result,
        total=item.new_total,
        grade=item.new_grade,
        is_complete=item.new_is_complete,
        created_at=at,
        is_kept=True,
    )


def score_part(correction: int) -> str:
    """Return how the Score of a revision says that a correction made it."""
    return f"correction:{correction}"


def _log_returns(way: Way, items: Sequence[CorrectedReport], by: User, at: datetime) -> None:
    """Log each report that was sent back, with the snapshot that its reviewers had."""
    keys = [item.report_id for item in items]
    snapshots = dict(
        ReportSnapshot.objects.filter(report__in=keys).order_by("pk").values_list("report_id", "pk")
    )
    rows = Transition.objects.bulk_create(
        Transition(
            report_id=item.report_id,
            move=MoveName.RETURN,
            from_state=item.state,
            to_state=ReportState.RETURNED,
            by=by,
            at=at,
            comment=way.correction.reason,
            snapshot_id=snapshots[item.report_id],
        )
        for item in items
    )
    for item, row in zip(items, rows, strict=True):
        item.undo = {**(item.undo or {}), "transition": row.pk}


def _turn(reports: Sequence[int], keys: Mapping[int, int]) -> None:
    """Let all rows of ``reports`` that point at an indicator point at what it became."""
    if not keys:
        return
    turned = Case(
        *(When(indicator_id=old, then=Value(new)) for old, new in keys.items()),
        default=F("indicator_id"),
        output_field=BigIntegerField(),
    )
    for model in _POINTING:
        rows = model.objects.filter(report__in=reports, indicator_id__in=list(keys))
        rows.update(indicator_id=turned)


def _give_back(way: Way, undos: Mapping[int, _Undo]) -> None:
    """Restore every row of the reports whose undo is given, by report."""
    reports = list(undos)
    transitions = [undo["transition"] for undo in undos.values() if "transition" in undo]
    Transition.objects.filter(pk__in=transitions).delete()
    part = score_part(way.correction.pk)
    filled.Score.objects.filter(report__in=reports, part=part).delete()
    _turn(reports, {new: old for old, new in way.keys.items()})
    for model in _CARRIED:
        name = str(model._meta.model_name)
        gone = _kept(undos.values(), "deleted", name)
        model.objects.bulk_create(model(**from_json(model, row)) for row in gone)
        changed = [model(**from_json(model, row)) for row in _kept(undos.values(), "changed", name)]
        if changed:
            model.objects.bulk_update(changed, list(_CHANGED[model]), batch_size=200)
    filled.Report.objects.bulk_update(
        [
            filled.Report(pk=pk, **from_json(filled.Report, undo["report"]))
            for pk, undo in undos.items()
        ],
        [name.removesuffix("_id") for name in _REPORT],
    )


def _kept(undos: Iterable[_Undo], what: str, model: str) -> list[dict[str, Any]]:
    return [row for undo in undos for row in undo[what].get(model, [])]
