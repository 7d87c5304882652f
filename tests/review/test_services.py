"""Moves of a report: who may make which, what each leaves behind, and that nothing slips through."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from pypdf import PdfReader

from perfeval.accounts.models import Department, Membership, Role, User
from perfeval.publication.pdf import official_pdf
from perfeval.publication.services import handed_in, publish
from perfeval.reports.models import Report
from perfeval.reports.services import ReportLocked, save_answers, save_figures, save_narrative
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication, ReportSnapshot, Transition
from perfeval.review.moves import MoveName
from perfeval.review.permissions import (
    available_moves,
    may_comment,
    may_download,
    may_edit,
    may_move,
    may_view,
)
from perfeval.review.queries import (
    comments_of,
    latest_snapshot,
    publication_of,
    transitions_of,
)
from perfeval.review.services import (
    COMMENT_LIMIT,
    AlreadyDone,
    CommentRequired,
    MoveRefused,
    NotReady,
    SnapshotChanged,
    add_comment,
    approve,
    return_,
    submit,
)
from perfeval.scoring.result import Severity
from perfeval.snapshots.services import ImportRefused, import_report
from perfeval.snapshots.snapshot import read_snapshot, snapshot_text
from perfeval.typesetting.pdf import GlyphMissing
from perfeval.typesetting.signing import SigningFailed
from tests.conftest import AT, problems_of, snapshot_of
from tests.snapshots.database import rows
from tests.typesetting.documents import make_certificate

LATER = AT + timedelta(hours=1)
PEOPLE = ["preparer", "reviewer", "approver", "scheme_owner", "outsider"]

DRAFT, SUBMITTED, RETURNED, APPROVED, PUBLISHED = (
    ReportState.DRAFT,
    ReportState.SUBMITTED,
    ReportState.RETURNED,
    ReportState.APPROVED,
    ReportState.PUBLISHED,
)
#: Everything that is allowed; all else is refused.
ALLOWED: dict[tuple[ReportState, MoveName], set[str]] = {
    (DRAFT, MoveName.SUBMIT): {"preparer"},
    (RETURNED, MoveName.SUBMIT): {"preparer"},
    (SUBMITTED, MoveName.RETURN): {"reviewer", "approver"},
    (APPROVED, MoveName.RETURN): {"reviewer", "approver"},
    (SUBMITTED, MoveName.APPROVE): {"reviewer"},
    (APPROVED, MoveName.PUBLISH): {"approver"},
}


@pytest.fixture(autouse=True)
def english():
    """Read the sentences as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def people(request) -> dict[str, User]:
    """Return everybody by what they do."""
    return {name: request.getfixturevalue(name) for name in PEOPLE}


def _sha(report: Report) -> str:
    snapshot = latest_snapshot(report)
    return snapshot.sha256 if snapshot else ""


#: Move -> how it is made.
MAKE: dict[MoveName, Callable[[Report, User], Any]] = {
    MoveName.SUBMIT: lambda report, by: submit(report=report, by=by, at=LATER),
    MoveName.RETURN: lambda report, by: return_(report=report, comment="改", by=by, at=LATER),
    MoveName.APPROVE: lambda report, by: approve(
        report=report, snapshot_sha256=_sha(report), by=by, at=LATER
    ),
    MoveName.PUBLISH: lambda report, by: publish(report=report, by=by, at=LATER),
}


def _is_made(move: MoveName, report: Report, by: User) -> bool:
    """Return whether the move goes through; nothing of it remains."""
    before = rows()
    try:
        with transaction.atomic():
            MAKE[move](report, by)
            transaction.set_rollback(True)
    except MoveRefused:
        assert rows() == before
        return False
    return True


@pytest.mark.parametrize("state", ReportState)
def test_each_move_is_open_to_its_people_in_its_states_only(state, in_state, people):
    report = in_state(state)

    made = {
        move: {name for name, person in people.items() if _is_made(move, report, person)}
        for move in MoveName
    }
    offered = {
        move: {name for name, person in people.items() if may_move(person, report, move)}
        for move in MoveName
    }
    listed = {
        move: {name for name, person in people.items() if move in available_moves(person, report)}
        for move in MoveName
    }

    expected = {move: ALLOWED.get((state, move), set()) for move in MoveName}
    assert (made, offered, listed) == (expected, expected, expected)


@pytest.mark.parametrize("state", ReportState)
def test_each_permission_follows_role_and_state(state, in_state, people):
    report = in_state(state)

    found = {
        ask.__name__: {name for name, person in people.items() if ask(person, report)}
        for ask in (may_view, may_download, may_edit, may_comment)
    }

    seen = {"preparer"} if state == DRAFT else {"preparer", "reviewer", "approver"}
    assert found == {
        "may_view": seen,
        "may_download": seen,
        "may_edit": {"preparer"} if state in (DRAFT, RETURNED) else set(),
        "may_comment": set() if state in (DRAFT, PUBLISHED) else {"reviewer", "approver"},
    }


def _also(person: User, role: Role, report: Report) -> None:
    Membership.objects.create(user=person, department=report.department, role=role)
    # In a request of its own the person is an object of its own, which has read nothing yet.
    person.roles_by_department.clear()


def test_author_who_is_reviewer_too_cannot_approve(in_state, preparer):
    report = in_state(SUBMITTED)
    _also(preparer, Role.REVIEWER, report)

    with pytest.raises(MoveRefused) as refused:
        MAKE[MoveName.APPROVE](report, preparer)

    assert str(refused.value) == (
        "Another person must do this: you had a hand in this report at an earlier step."
    )
    assert not may_move(preparer, report, MoveName.APPROVE)


@pytest.mark.parametrize("name", ["preparer", "reviewer"])
def test_who_wrote_or_approved_it_cannot_publish_it(in_state, people, name):
    report = in_state(APPROVED)
    _also(people[name], Role.APPROVER, report)

    assert not _is_made(MoveName.PUBLISH, report, people[name])
    assert not may_move(people[name], report, MoveName.PUBLISH)


def test_reviewer_of_another_department_cannot_move_it(in_state, outsider):
    report = in_state(SUBMITTED)
    elsewhere = Department.objects.get(code="shili-xiehui")
    for role in Role:
        Membership.objects.get_or_create(user=outsider, department=elsewhere, role=role)

    assert {move for move in MoveName if _is_made(move, report, outsider)} == set()


def test_move_goes_by_what_is_stored_not_by_what_was_read_before(in_state, preparer):
    stale = Report.objects.get()
    in_state(SUBMITTED)
    assert stale.state == DRAFT

    with pytest.raises(AlreadyDone):
        submit(report=stale, by=preparer, at=LATER)


@pytest.mark.parametrize(
    ("state", "move", "name"),
    [
        (SUBMITTED, MoveName.SUBMIT, "preparer"),
        (RETURNED, MoveName.RETURN, "reviewer"),
        (APPROVED, MoveName.APPROVE, "reviewer"),
        (PUBLISHED, MoveName.PUBLISH, "approver"),
    ],
)
def test_second_click_is_told_as_done_already_and_changes_nothing(
    in_state, people, state, move, name
):
    report = in_state(state)
    before = rows()

    with pytest.raises(AlreadyDone):
        MAKE[move](report, people[name])

    assert rows() == before


def test_same_move_of_another_person_is_refused_with_the_state(in_state, people):
    report = in_state(RETURNED)

    with pytest.raises(MoveRefused) as refused:
        MAKE[MoveName.RETURN](report, people["approver"])

    assert type(refused.value) is MoveRefused
    assert str(refused.value) == (
        "This cannot be done now: the report is “returned”. Load the page again."
    )


@pytest.mark.parametrize("comment", ["", "   ", "\n\t", "　"])
def test_return_needs_a_comment(in_state, reviewer, comment):
    report = in_state(SUBMITTED)
    before = rows()

    with pytest.raises(CommentRequired):
        return_(report=report, comment=comment, by=reviewer, at=LATER)

    assert rows() == before


def test_return_refuses_a_comment_that_is_too_long(in_state, reviewer):
    report = in_state(SUBMITTED)

    with pytest.raises(MoveRefused) as refused:
        return_(report=report, comment="字" * (COMMENT_LIMIT + 1), by=reviewer, at=LATER)

    assert str(refused.value) == "The comment has 2001 characters; at most 2000 are taken."


def test_return_takes_the_approval_back(in_state, approver):
    report = in_state(APPROVED)

    return_(report=report, comment=" 数据有误。 ", by=approver, at=LATER)

    report.refresh_from_db()
    assert (report.state, report.approved_at, report.approved_by) == (RETURNED, None, None)
    assert (report.returned_at, report.return_comment) == (LATER, "数据有误。")


def test_submit_of_an_unready_report_lists_everything_that_blocks(empty_report, preparer):
    before = rows()

    with pytest.raises(NotReady) as refused:
        submit(report=empty_report, by=preparer, at=AT)

    blocking = [one for one in problems_of(empty_report) if one.severity is not Severity.WARNING]
    assert rows() == before
    assert list(refused.value.problems) == blocking
    assert {one.place.partition(":")[0] for one in blocking} == {
        "amount",
        "indicator",
        "report",
        "section",
    }
    assert str(refused.value) == (
        f"The report cannot be submitted yet: {len(blocking)} points need your attention."
    )


def test_submit_names_the_one_thing_that_is_missing(zengcheng_report, preparer):
    save_narrative(
        report=zengcheng_report, section="problems", text=" ", version=None, by=None, at=AT
    )

    with pytest.raises(NotReady) as refused:
        submit(report=zengcheng_report, by=preparer, at=AT)

    assert [(one.code, one.place) for one in refused.value.problems] == [
        ("narrative_missing", "section:problems")
    ]


def test_submit_is_not_stopped_by_a_warning(zengcheng_report, preparer):
    warnings = problems_of(zengcheng_report)
    assert {one.severity for one in warnings} == {Severity.WARNING}

    assert submit(report=zengcheng_report, by=preparer, at=AT).to_state == SUBMITTED


def test_submit_keeps_the_snapshot_of_the_report_as_it_stands(zengcheng_report, preparer):
    text = snapshot_text(snapshot_of(zengcheng_report))

    submit(report=zengcheng_report, by=preparer, at=LATER)

    kept = ReportSnapshot.objects.get()
    assert (kept.content, kept.sha256, kept.revision, kept.created_at) == (
        text,
        hashlib.sha256(text.encode()).hexdigest(),
        zengcheng_report.revision,
        LATER,
    )


def test_approve_refuses_a_snapshot_that_is_not_the_last(in_state, preparer, reviewer):
    report = in_state(RETURNED)
    seen = _sha(report)
    save_narrative(
        report=report, section="problems", text="改写。", version=None, by=preparer, at=LATER
    )
    submit(report=report, by=preparer, at=LATER)
    before = rows()

    for sha256 in (seen, "", "0" * 64):
        with pytest.raises(SnapshotChanged):
            approve(report=report, snapshot_sha256=sha256, by=reviewer, at=LATER)

    assert rows() == before
    assert approve(report=report, snapshot_sha256=_sha(report), by=reviewer, at=LATER).pk


def test_snapshot_stays_as_it_was_while_the_report_goes_on(in_state, preparer):
    report = in_state(RETURNED)
    first = ReportSnapshot.objects.values().get()

    save_figures(report=report, amounts={}, version=None, by=preparer, at=LATER)
    Department.objects.filter(pk=report.department_id).update(name="改名")

    assert ReportSnapshot.objects.values().get() == first
    assert read_snapshot(first["content"]).figures.amounts != {}


def test_every_move_is_logged_with_who_when_and_on_what(in_state, preparer, reviewer, approver):
    report = in_state(RETURNED)
    submit(report=report, by=preparer, at=LATER)
    approve(report=report, snapshot_sha256=_sha(report), by=reviewer, at=LATER, comment=" 同意 ")
    publish(report=report, by=approver, at=LATER)

    first, second = ReportSnapshot.objects.order_by("id")
    told = [
        (one.move, one.from_state, one.to_state, one.by, one.at, one.comment, one.snapshot)
        for one in transitions_of(report)
    ]
    assert told == [
        (MoveName.SUBMIT, DRAFT, SUBMITTED, preparer, AT, "", first),
        (MoveName.RETURN, SUBMITTED, RETURNED, reviewer, AT, "请补充扣分原因。", first),
        (MoveName.SUBMIT, RETURNED, SUBMITTED, preparer, LATER, "", second),
        (MoveName.APPROVE, SUBMITTED, APPROVED, reviewer, LATER, "同意", second),
        (MoveName.PUBLISH, APPROVED, PUBLISHED, approver, LATER, "", second),
    ]
    report.refresh_from_db()
    assert (report.submitted_by, report.approved_by, report.published_by) == (
        preparer,
        reviewer,
        approver,
    )
    assert (report.submitted_at, report.approved_at, report.published_at) == (LATER,) * 3


def test_publication_is_the_pdf_of_the_approved_snapshot_and_never_changes(
    in_state, people, reviewer, approver
):
    report = in_state(PUBLISHED)
    kept = Publication.objects.get()
    before = rows()
    data = bytes(kept.pdf)
    pages = PdfReader(BytesIO(data)).pages
    assert (kept.sha256, kept.page_count, kept.created_at, kept.snapshot) == (
        hashlib.sha256(data).hexdigest(),
        len(pages),
        AT,
        latest_snapshot(report),
    )
    assert (kept.made_with["weasyprint"] != "", kept.made_with["fonts"] != []) == (True, True)
    again = official_pdf(handed_in(report).pages, signed_at=LATER)
    assert again.data == data

    for move in MoveName:
        for person in people.values():
            assert not _is_made(move, report, person)
    saves = (
        lambda **told: save_figures(amounts={}, **told),
        lambda **told: save_answers(group="procurement", answers={}, **told),
        lambda **told: save_narrative(section="problems", text="", **told),
    )
    for save in saves:
        with pytest.raises(ReportLocked):
            save(report=report, version=None, by=None, at=LATER)
    with pytest.raises(ImportRefused):
        import_report(text=kept.snapshot.content, by=None, at=LATER, is_replacing=True)
    with pytest.raises(MoveRefused):
        add_comment(report=report, indicator_code="", text="晚了", by=reviewer, at=LATER)
    assert rows() == before

    Department.objects.filter(pk=report.department_id).update(name="改名")
    assert bytes(Publication.objects.get().pdf) == data


def test_publication_is_found_without_its_bytes(in_state, django_assert_num_queries):
    report = in_state(PUBLISHED)

    with django_assert_num_queries(1):
        found = publication_of(report)

    assert (found, "pdf" in found.get_deferred_fields()) == (Publication.objects.get(), True)


@pytest.mark.parametrize("state", [DRAFT, APPROVED])
def test_report_without_publication_has_none(in_state, state):
    assert publication_of(in_state(state)) is None


def test_publish_refuses_a_snapshot_that_was_tampered_with(in_state, approver):
    report = in_state(APPROVED)
    snapshot = ReportSnapshot.objects.get()
    snapshot.content = snapshot.content.replace("96.45", "99.45")
    snapshot.save()
    before = rows()

    with pytest.raises(MoveRefused) as refused:
        publish(report=report, by=approver, at=LATER)

    assert str(refused.value) == (
        "What was approved no longer matches its fingerprint. Call your administrator."
    )
    assert rows() == before


@pytest.mark.parametrize("character", ["\U00013000", "😀"])
def test_publish_refuses_a_character_that_no_font_has_and_changes_nothing(
    zengcheng_report, preparer, reviewer, approver, character
):
    # What is typed is told before it is handed in; a department's name is nobody's to type.
    department = zengcheng_report.department
    department.name = f"甲{character}乙"
    department.save()
    submit(report=zengcheng_report, by=preparer, at=AT)
    approve(report=zengcheng_report, snapshot_sha256=_sha(zengcheng_report), by=reviewer, at=AT)
    before = rows()

    with pytest.raises(GlyphMissing) as refused:
        publish(report=zengcheng_report, by=approver, at=LATER)

    assert {one.character for one in refused.value.missing} == {character}
    assert rows() == before


def test_publish_carries_the_approved_data_and_is_dated_by_it(in_state):
    in_state(PUBLISHED)
    kept = Publication.objects.select_related("snapshot").get()

    reader = PdfReader(BytesIO(bytes(kept.pdf)))
    files = {name: found[0].decode() for name, found in reader.attachments.items()}
    data = json.loads(kept.snapshot.content)

    assert files["report.json"] == kept.snapshot.content
    assert hashlib.sha256(files["scheme.json"].encode()).hexdigest() == data["scheme_hash"]
    assert json.loads(files["trace.json"]) == data["result"]
    assert reader.metadata.creation_date == kept.snapshot.created_at
    assert "signature" not in kept.made_with


def test_publish_signs_with_the_certificate_of_the_settings(in_state, approver, settings, tmp_path):
    report = in_state(APPROVED)
    settings.SIGNING_FILE = str(make_certificate(tmp_path))
    settings.SIGNING_PASSPHRASE = "demo"

    kept = publish(report=report, by=approver, at=LATER)

    assert kept.made_with["signature"]["subject"] == "Common Name: 试验签名"
    field = PdfReader(BytesIO(bytes(kept.pdf))).get_fields()["Signature"]
    start, _before, after, rest = field["/V"]["/ByteRange"]
    assert (start, after + rest) == (0, len(kept.pdf))
    assert hashlib.sha256(kept.pdf).hexdigest() == kept.sha256


@pytest.mark.parametrize(
    "certificate",
    [
        ("demo", None, "is not there"),
        ("wrong", datetime(2060, 1, 1, tzinfo=UTC), "cannot be opened"),
        ("demo", datetime(2021, 1, 1, tzinfo=UTC), "is valid from 2020-01-01 to 2021-01-01 only"),
    ],
)
def test_publish_that_cannot_sign_changes_nothing(
    in_state, approver, settings, tmp_path, certificate
):
    passphrase, ends, told = certificate
    report = in_state(APPROVED)
    file = make_certificate(tmp_path, ends=ends) if ends else tmp_path / "signer.p12"
    settings.SIGNING_FILE, settings.SIGNING_PASSPHRASE = str(file), passphrase
    before = rows()

    with pytest.raises(SigningFailed) as refused:
        publish(report=report, by=approver, at=LATER)

    assert told in str(refused.value)
    assert "Nothing was published" in str(refused.value)
    assert rows() == before


def test_publish_takes_what_is_pasted_from_word(zengcheng_report, preparer, reviewer, approver):
    told = {"version": None, "by": preparer, "at": AT}
    save_narrative(report=zengcheng_report, section="problems", text="甲\x0b乙\r\n丙\x07", **told)
    submit(report=zengcheng_report, by=preparer, at=AT)
    approve(report=zengcheng_report, snapshot_sha256=_sha(zengcheng_report), by=reviewer, at=AT)

    found = publish(report=zengcheng_report, by=approver, at=LATER)

    assert json.loads(found.snapshot.content)["narratives"]["problems"] == "甲\n乙\n丙"


def test_comment_is_kept_with_who_when_and_where(in_state, reviewer, approver):
    report = in_state(SUBMITTED)

    add_comment(report=report, indicator_code="", text=" 总体 ", by=reviewer, at=AT)
    add_comment(report=report, indicator_code="result_use", text="依据？", by=approver, at=LATER)

    told = [
        (one.text, one.indicator.code if one.indicator else "", one.by, one.at)
        for one in comments_of(report)
    ]
    assert told == [("总体", "", reviewer, AT), ("依据？", "result_use", approver, LATER)]


@pytest.mark.parametrize("name", ["preparer", "scheme_owner", "outsider"])
def test_comment_of_anybody_else_is_refused(in_state, people, name):
    report = in_state(SUBMITTED)

    with pytest.raises(MoveRefused):
        add_comment(report=report, indicator_code="", text="文", by=people[name], at=AT)

    assert list(comments_of(report)) == []


def test_comment_needs_text(in_state, reviewer):
    report = in_state(SUBMITTED)

    with pytest.raises(CommentRequired):
        add_comment(report=report, indicator_code="", text=" ", by=reviewer, at=AT)


def test_submitting_twice_makes_one_log_row_each(in_state, preparer):
    report = in_state(RETURNED)

    submit(report=report, by=preparer, at=LATER)

    assert Transition.objects.filter(move=MoveName.SUBMIT).count() == 2
    assert ReportSnapshot.objects.count() == 2
