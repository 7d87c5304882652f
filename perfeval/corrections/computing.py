"""What a correction would do to each report: the new Result, what changes, what has no place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import F

from perfeval.corrections.models import CorrectedReport, Correction
from perfeval.corrections.rows import ReportRows, rows_of
from perfeval.corrections.states import Plan
from perfeval.evidence.models import EvidenceFile
from perfeval.reports.models import Report, Score
from perfeval.reports.states import EDITABLE_STATES, ReportState
from perfeval.reports.trial import scored
from perfeval.review.models import Comment
from perfeval.schemes.models import Indicator
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.canonical import result_as_json
from perfeval.scoring.scheme.tree import Scheme
from perfeval.scoring.versions.carrying import Carrier, Loss


@dataclass(frozen=True, slots=True)
class Way:
    """The way of a correction, read once for all its reports.

    ``codes``: indicator codes of the earlier version by key; ``keys``: key of the later version's
    indicator by that of the earlier one.
    """

    correction: Correction
    old: Scheme
    new: Scheme
    carrier: Carrier
    codes: Mapping[int, str]
    keys: Mapping[int, int]


def way_of(correction: Correction) -> Way:
    """Return the way from one version to the other, by the correction's own mapping."""
    old, new = as_scoring_scheme(correction.old_scheme), as_scoring_scheme(correction.new_scheme)
    indicators = Indicator.objects.filter(
        scheme_id__in=[correction.old_scheme_id, correction.new_scheme_id]
    ).values_list("scheme_id", "code", "pk")
    new_keys = {code: pk for owner, code, pk in indicators if owner == correction.new_scheme_id}
    codes = {pk: code for owner, code, pk in indicators if owner == correction.old_scheme_id}
    keys = {
        pk: new_keys[correction.mapping[code]]
        for pk, code in codes.items()
        if correction.mapping.get(code, "") in new_keys
    }
    return Way(correction, old, new, Carrier(old, new, correction.mapping), codes, keys)


def compute_batch(way: Way, reports: Sequence[Report]) -> None:
    """Score ``reports`` by the new version and store what would come of it; nothing else."""
    current = Score.objects.filter(report__in=reports, revision=F("report__revision"))
    scores = {score.report_id: score for score in current}
    taken = departments_on(way.correction, reports)
    CorrectedReport.objects.bulk_create(
        _computed(way, rows, scores[pk], is_blocked=rows.report.department_id in taken)
        for pk, rows in rows_of(reports).items()
    )


def departments_on(correction: Correction, reports: Sequence[Report]) -> frozenset[int]:
    """Return the departments of ``reports`` that have a report on the new version already."""
    departments = [report.department_id for report in reports]
    return frozenset(
        Report.objects.filter(
            scheme=correction.new_scheme_id, department__in=departments
        ).values_list("department_id", flat=True)
    )


def _computed(way: Way, rows: ReportRows, score: Score, *, is_blocked: bool) -> CorrectedReport:
    carried = way.carrier.carry(rows.figures(way.old, way.codes), rows.narratives())
    result = scored(way.new, carried.figures)
    after = result_as_json(result)
    losses = (*carried.losses, *_left_behind(way, rows))
    return CorrectedReport(
        correction=way.correction,
        report=rows.report,
        state=rows.report.state,
        revision=rows.report.revision,
        plan=_plan(way.correction, rows.report, is_blocked=is_blocked),
        fingerprint=rows.fingerprint(),
        old_total=score.total,
        old_grade=score.grade,
        old_is_complete=score.is_complete,
        new_total=result.total,
        new_grade=result.grade,
        new_is_complete=result.is_complete,
        changes=list(_changes(way, score.result, after)),
        losses=[asdict(loss) for loss in losses],
        result=after,
    )


def _plan(correction: Correction, report: Report, *, is_blocked: bool) -> Plan:
    if report.state == ReportState.PUBLISHED:
        return Plan.PUBLISHED
    if is_blocked:
        return Plan.BLOCKED
    if report.state in EDITABLE_STATES:
        return Plan.MOVE
    return Plan.SEND_BACK if correction.sends_back else Plan.HANDED_IN


def _left_behind(way: Way, rows: ReportRows) -> Iterator[Loss]:
    """Yield files and remarks whose indicator is gone: they stay stored, but stand nowhere."""
    names = {node.code: node.name for node in way.old.walk()}
    for model, code in ((EvidenceFile, "evidence_gone"), (Comment, "remark_gone")):
        for row in rows.parts[model]:
            owner = way.codes.get(row.indicator_id, "")
            if owner and row.indicator_id not in way.keys:
                text = row.file_name if model is EvidenceFile else row.text
                told = {"name": names.get(owner, owner), "text": text}
                yield Loss(code, f"indicator:{owner}", told)


def _changes(
    way: Way, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield each leaf whose points or weight differ, in the order of the new version, then gone ones.

    Points and weights are texts as the Result holds them, None where there are none.
    """
    olds = {leaf["code"]: leaf for leaf in _leaves(before["indicators"])}
    origin = {target: code for code, target in way.correction.mapping.items()}
    for leaf in _leaves(after["indicators"]):
        old = olds.pop(origin.get(leaf["code"], leaf["code"]), None)
        if old is None or any(old[key] != leaf[key] for key in ("points", "weight")):
            yield _change(leaf["code"], leaf["name"], old, leaf)
    for code, old in olds.items():
        yield _change(code, old["name"], old, None)


def _change(
    code: str, name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "old_points": old["points"] if old else None,
        "new_points": new["points"] if new else None,
        "old_weight": old["weight"] if old else None,
        "new_weight": new["weight"] if new else None,
    }


def _leaves(nodes: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        if node["children"]:
            yield from _leaves(node["children"])
        else:
            yield node
