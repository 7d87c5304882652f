"""A department sets indicators of its own, the reviewer approves or returns them, and they count.

The scheme is Sichuan 2017: 履职成效 20 is left to the department.
"""

import json
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from perfeval.accounts.models import Department
from perfeval.demo.services import load_schemes
from perfeval.documents.building import build
from perfeval.evidence.services import attach_evidence
from perfeval.publication.services import publish
from perfeval.reports.filled import read_filled, tree_of
from perfeval.reports.models import Report
from perfeval.reports.parts import OWN_PART
from perfeval.reports.queries import stored_result
from perfeval.reports.services import save_own_part, start_report, with_own_indicators
from perfeval.reports.states import ReportState
from perfeval.review.models import Comment, OwnPartDecision
from perfeval.review.own_queries import latest_own_review, own_part_hash, own_parts_waiting_for
from perfeval.review.own_services import decide_own_part, send_own_part
from perfeval.review.queries import latest_snapshot
from perfeval.review.refusals import (
    AlreadyDone,
    CommentRequired,
    MoveRefused,
    NotReady,
    SnapshotChanged,
)
from perfeval.review.services import add_comment, approve, return_, submit
from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.canonical import canonical_text, content_hash
from perfeval.scoring.figures import Answer, Figures
from perfeval.scoring.own_part import with_own_part
from perfeval.snapshots.services import fill_report, import_report
from perfeval.snapshots.snapshot import read_snapshot, snapshot_hash, snapshot_text
from tests.conftest import AT, FIXTURES, problems_of, snapshot_of
from tests.scoring.building import library

pytestmark = pytest.mark.django_db

FIGURES: Figures = library("sichuan_2017")[1]
OWN = FIGURES.own_part


@pytest.fixture
def report(world, preparer) -> Report:
    """Return a report just started on the scheme with an open slot."""
    load_schemes(folder=FIXTURES / "schemes", at=AT, names="sichuan_2017")
    department = Department.objects.get(code="zengcheng-kexie")
    scheme = Scheme.objects.get(code="sichuan_2017")
    return start_report(department=department, scheme=scheme, by=preparer, at=AT)


@pytest.fixture
def filled(report, preparer) -> Report:
    """Return the report with all figures worked by hand (90.08), ready to be handed in."""
    prose = {
        section.code: "情况良好。"
        for section in as_scoring_scheme(report.scheme).outline
        if section.takes_text
    }
    fill_report(report=report, figures=FIGURES, narratives=prose, by=preparer, at=AT)
    return report


def saved(report: Report, own_part=OWN, by=None) -> None:
    save_own_part(report=report, own_part=own_part, version=None, by=by, at=AT)
    report.refresh_from_db()


def page(report: Report, name: str = "own_part", **names: object) -> str:
    return reverse(f"web:{name}", kwargs={"report_id": report.pk, **names})


def typed(own_part, report: Report, **changes: str) -> dict[str, str]:
    """Return the form's fields for some own indicators, as a browser sends them."""
    data = {"rows": str(len(own_part)), "version": read_filled(report).version(OWN_PART)}
    for n, own in enumerate(own_part):
        for name in ("code", "slot", "name", "kind", "unit", "standard", "evidence"):
            data[f"row-{n}-{name}"] = getattr(own, name)
        data[f"row-{n}-weight"] = str(own.weight)
        data[f"row-{n}-target"] = "" if own.target is None else str(own.target)
    return data | changes


# --- The rows and the score -------------------------------------------------------------------


def test_a_filled_report_scores_common_and_own_part_as_one(filled):
    result = stored_result(filled)

    assert (result.total, result.is_complete) == (Decimal("90.08"), True)
    assert result.indicator("duties").points == Decimal("19.5")
    assert read_filled(filled).figures == FIGURES
    assert [node.code for node in tree_of(filled).indicator("duties").children] == [
        "own_1",
        "own_2",
        "own_3",
        "own_4",
    ]


def test_answers_stay_while_an_indicator_is_scored_in_the_same_way(filled, preparer):
    renamed = [
        OWN[1],
        replace(OWN[0], name="培训农民", weight=Decimal(6)),
        replace(OWN[2], kind="manual", weight=Decimal(4)),
    ]
    saved(filled, [*renamed, replace(OWN[3], code="")], preparer)
    found = read_filled(filled).figures

    assert [own.code for own in found.own_part] == ["own_2", "own_1", "own_3", "own_5"]
    kept = {code: one for code, one in found.answers.items() if code.startswith("own_")}
    assert kept == {
        "own_1": Answer({"actual": Decimal(1800)}),
        "own_2": Answer({"actual": Decimal("10.5")}),
    }


def test_answers_do_not_stay_in_another_slot(filled, preparer):
    moved = [replace(OWN[0], slot="elsewhere"), *OWN[1:]]

    expected = with_own_indicators(FIGURES, moved)
    saved(filled, moved, preparer)

    found = read_filled(filled).figures
    assert set(FIGURES.answers) - set(found.answers) == {"own_1"}
    assert found == expected


def test_evidence_and_remarks_stand_at_own_indicators(filled, preparer, reviewer):
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    upload = SimpleUploadedFile("佐证.png", picture.getvalue())
    attach_evidence(report=filled, indicator_code="own_1", upload=upload, by=preparer, at=AT)
    submit(report=filled, by=preparer, at=AT)
    filled.refresh_from_db()
    add_comment(report=filled, indicator_code="own_2", text="请补充", by=reviewer, at=AT)

    assert [item.indicator for item in snapshot_of(filled).evidence] == ["own_1"]
    assert [comment.code for comment in Comment.objects.all()] == ["own_2"]


# --- The snapshot, export and import -----------------------------------------------------------


def test_the_snapshot_freezes_the_own_part_and_its_hash(filled, preparer, reviewer):
    submit(report=filled, by=preparer, at=AT)
    filled.refresh_from_db()
    snapshot = read_snapshot(latest_snapshot(filled).content)
    scheme = as_scoring_scheme(filled.scheme)
    whole = with_own_part(scheme, OWN)

    assert snapshot.figures.own_part == OWN
    assert snapshot.scoring_hash == content_hash(whole) != filled.scheme.content_hash
    assert len(build(snapshot, scheme).score_sheet.rows) == 31
    return_(report=filled, comment="请修改个性指标。", by=reviewer, at=AT)
    filled.refresh_from_db()
    saved(filled, OWN[:3], preparer)
    assert len(build(snapshot, scheme).score_sheet.rows) == 31


def test_schemes_without_a_slot_write_no_trace_of_it(zengcheng_report):
    text = snapshot_text(snapshot_of(zengcheng_report))

    assert "scoring_hash" not in text
    assert "own_part" not in text


def test_an_exported_report_is_imported_with_its_own_part(filled, preparer):
    text = snapshot_text(snapshot_of(filled))
    saved(filled, (), preparer)
    report = import_report(text=text, by=preparer, at=AT, is_replacing=True)

    assert read_filled(report).figures == FIGURES
    assert stored_result(report).total == Decimal("90.08")


def test_an_import_names_what_is_wrong_in_the_own_part(filled, preparer):
    text = snapshot_text(snapshot_of(filled))
    text = text.replace('"slot":"duties"', '"slot":"assets"', 1)
    text = text.replace('"code":"own_2"', '"code":"own_3"', 1).replace(
        "培训高素质农民", "农" * 101, 1
    )

    with pytest.raises(ValueError) as refused:
        import_report(text=text, by=preparer, at=AT, is_replacing=True)

    assert [
        (problem.path, problem.code)
        for problem in refused.value.problems
        if problem.path.startswith("figures.own_part")
    ] == [
        ("figures.own_part[0].slot", "unknown_word"),
        ("figures.own_part[0].name", "not_storable"),
        ("figures.own_part[1].code", "duplicate_code"),
        ("figures.own_part[2].code", "duplicate_code"),
    ]


# --- Sent, approved, returned ------------------------------------------------------------------


def test_own_indicators_are_approved_before_the_report_is(filled, preparer, reviewer, outsider):
    send_own_part(report=filled, by=preparer, at=AT)

    assert [one.report for one in own_parts_waiting_for(reviewer)] == [filled]
    assert list(own_parts_waiting_for(preparer)) == []
    with pytest.raises(AlreadyDone):
        send_own_part(report=filled, by=preparer, at=AT)
    sha256 = own_part_hash(OWN)
    with pytest.raises(MoveRefused):
        _decide(filled, sha256, OwnPartDecision.APPROVED, by=preparer)
    with pytest.raises(SnapshotChanged):
        _decide(filled, "0" * 64, OwnPartDecision.APPROVED, by=reviewer)
    decided = _decide(filled, sha256, OwnPartDecision.APPROVED, by=reviewer)

    assert (decided.decision, decided.decided_by, decided.decided_at) == ("approved", reviewer, AT)
    assert list(own_parts_waiting_for(reviewer)) == []
    assert [one.code for one in problems_of(filled) if one.code.startswith("own_")] == []
    with pytest.raises(AlreadyDone):
        _decide(filled, sha256, OwnPartDecision.APPROVED, by=reviewer)


def test_changed_own_indicators_are_not_the_approved_ones(filled, preparer, reviewer):
    send_own_part(report=filled, by=preparer, at=AT)
    changed = [*OWN[:3], replace(OWN[3], target=Decimal(3))]
    saved(filled, changed, preparer)

    with pytest.raises(SnapshotChanged):
        _decide(filled, own_part_hash(OWN), OwnPartDecision.APPROVED, by=reviewer)
    assert [one.code for one in problems_of(filled) if one.code.startswith("own_")] == [
        "own_part_not_approved"
    ]


def test_returned_own_indicators_have_to_be_changed_before_handing_in(filled, preparer, reviewer):
    send_own_part(report=filled, by=preparer, at=AT)
    with pytest.raises(CommentRequired):
        _decide(filled, own_part_hash(OWN), OwnPartDecision.RETURNED, by=reviewer, comment=" ")
    _decide(filled, own_part_hash(OWN), OwnPartDecision.RETURNED, by=reviewer, comment="目标过低。")

    with pytest.raises(NotReady) as refused:
        submit(report=filled, by=preparer, at=AT)
    assert [one.code for one in refused.value.problems] == ["own_part_returned"]
    with pytest.raises(MoveRefused):
        send_own_part(report=filled, by=preparer, at=AT)
    changed = [*OWN[:3], replace(OWN[3], target=Decimal(1))]
    saved(filled, changed, preparer)
    submit(report=filled, by=preparer, at=AT)
    filled.refresh_from_db()
    assert filled.state == ReportState.SUBMITTED


def test_approving_the_report_approves_its_own_indicators(filled, preparer, reviewer):
    submit(report=filled, by=preparer, at=AT)
    filled.refresh_from_db()
    assert [one.code for one in problems_of(filled) if one.code.startswith("own_")] == [
        "own_part_not_approved"
    ]
    sha256 = latest_snapshot(filled).sha256
    approve(report=filled, snapshot_sha256=sha256, by=reviewer, at=AT)
    latest = latest_own_review(filled)

    assert (latest.decision, latest.sent_by, latest.decided_by, latest.sha256) == (
        "approved",
        preparer,
        reviewer,
        own_part_hash(OWN),
    )


def test_a_snapshot_whose_own_part_is_not_what_was_scored_is_not_published(
    filled, preparer, reviewer, approver
):
    submit(report=filled, by=preparer, at=AT)
    snapshot = latest_snapshot(filled)
    data = json.loads(snapshot.content)
    data["figures"]["own_part"][0]["target"] = "1"
    snapshot.content = canonical_text(data)
    snapshot.sha256 = snapshot_hash(snapshot.content)
    snapshot.save()
    approve(report=filled, snapshot_sha256=snapshot.sha256, by=reviewer, at=AT)

    with pytest.raises(MoveRefused, match=r"fingerprint|校验"):
        publish(report=filled, by=approver, at=AT)


def test_incomplete_own_indicators_cannot_be_sent(report, preparer):
    saved(report, OWN[:2], preparer)

    with pytest.raises(MoveRefused):
        send_own_part(report=report, by=preparer, at=AT)


def _decide(report, sha256, decision, *, by, comment="同意。"):
    return decide_own_part(
        report=report, sha256=sha256, decision=decision, comment=comment, by=by, at=AT
    )


# --- The pages -------------------------------------------------------------------------------


def test_preparer_sets_own_indicators_and_fills_them_in(report, preparer, client_of):
    client = client_of(preparer)
    overview = client.get(page(report, "report"))
    assert page(report) in overview.content.decode()
    empty = client.get(page(report)).content.decode()
    assert "row-0-name" in empty

    new = [replace(own, code="") for own in OWN]
    client.post(page(report), typed(new, report))
    assert read_filled(report).figures.own_part == OWN

    group = page(report, "group", group="duties")
    shown = client.get(group).content.decode()
    assert "培训高素质农民" in shown
    assert "年度目标2000人。" in shown
    data = {
        "version": read_filled(report).version("answers:duties"),
        "own_1-actual": "1800",
        "own_2-actual": "10.5",
        "own_3-met": "yes",
        "own_4-actual": "1",
    }
    names = [name for name in data if name in shown]
    assert len(names) == len(data), shown[:200]
    client.post(group, data)
    report.refresh_from_db()
    assert stored_result(report).indicator("duties").points == Decimal("19.5")


def test_faults_are_told_at_their_rows_and_nothing_is_lost(report, preparer, client_of):
    client = client_of(preparer)
    wrong = typed(OWN, report, **{"row-1-weight": "3", "row-2-name": ""})
    client.post(page(report), wrong)
    report.refresh_from_db()

    assert [one.code for one in stored_result(report).problems if one.code.startswith("own_")] == [
        "own_name_missing",
        "own_weights_do_not_add_up",
    ]
    unreadable = client.post(page(report), typed(OWN, report, **{"row-0-weight": "五分"}))
    assert unreadable.status_code == 422
    assert "五分" in unreadable.content.decode()


def test_a_stale_form_is_found_and_shows_what_is_stored(report, preparer, client_of):
    client = client_of(preparer)
    stale = typed(OWN, report)
    saved(report, OWN[:1], preparer)
    answer = client.post(page(report), stale)

    assert answer.status_code == 409
    assert read_filled(report).figures.own_part == OWN[:1]
    assert "农机安全事故" in answer.content.decode()


def test_an_indicator_with_files_is_not_removed_with_them(filled, preparer, client_of):
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    upload = SimpleUploadedFile("佐证.png", picture.getvalue())
    attach_evidence(report=filled, indicator_code="own_1", upload=upload, by=preparer, at=AT)
    answer = client_of(preparer).post(page(filled), typed(OWN[1:], filled))

    assert answer.status_code == 422
    assert read_filled(filled).figures.own_part == OWN


def test_a_group_that_is_gone_is_told_instead_of_lost(filled, preparer, client_of):
    client = client_of(preparer)
    group = page(filled, "group", group="duties")
    version = read_filled(filled).version("answers:duties")
    saved(filled, (), preparer)
    answer = client.post(group, {"version": version, "own_1-actual": "5"})

    assert answer.status_code == 404


def test_reviewer_approves_or_returns_on_a_page_of_its_own(filled, preparer, reviewer, client_of):
    client_of(preparer).post(page(filled, "send_own_part"))
    review = latest_own_review(filled)
    client, address = client_of(reviewer), reverse("web:review_own_part", args=[review.pk])
    home = client.get(reverse("web:home")).content.decode()
    assert address in home
    text = client.get(address).content.decode()
    assert "培训高素质农民" in text
    assert "年度目标2000人。" in text
    bare = client.post(address, {"sha256": review.sha256, "comment": "", "decision": "returned"})
    assert bare.status_code == 422
    stale = client.post(address, {"sha256": "0" * 64, "comment": "好", "decision": "approved"})
    assert stale.status_code == 409
    client.post(address, {"sha256": review.sha256, "comment": "目标过低", "decision": "returned"})
    assert latest_own_review(filled).decision == "returned"
    own = client_of(preparer)
    for address in (page(filled), reverse("web:home")):
        assert "目标过低" in own.get(address).content.decode()
    overview = own.get(page(filled, "report"))
    lines = {line.part: line.blocking for line in overview.context["page"].parts}
    assert lines[OWN_PART] == 1


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_own_page_do_not_grow_with_rows(
    report, preparer, client_of, django_assert_num_queries, count
):
    saved(report, OWN[:count], preparer)
    client = client_of(preparer)
    client.get(page(report))

    with django_assert_num_queries(QUERIES):
        client.get(page(report))


QUERIES = 17


def test_the_scheme_s_page_says_what_is_left_open(report, preparer, client_of):
    address = reverse("web:scheme", kwargs={"code": "sichuan_2017", "version": 1})

    text = client_of(preparer).get(address).content.decode()
    assert "由各部门自设个性指标" in text or "Each department sets its own indicators" in text
