"""Who gets what: every address of the site × every actor × every state of the report.

The addresses come from the URLconf, so a page that is added without a line in ``MATRIX`` fails here,
and so does a view that declares no requirement.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse
from PIL import Image

from perfeval.accounts.models import Department, User
from perfeval.checking.findings import Findings
from perfeval.corrections.models import Correction
from perfeval.evidence.services import attach_evidence
from perfeval.inspections.services import keep_inspection
from perfeval.jobs import pdf as jobs
from perfeval.reports.states import ReportState
from perfeval.review.models import BundleJob, BundleState, OwnPartReview
from perfeval.schemes.models import Succession
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.services import load_scheme
from tests.conftest import AT

pytestmark = pytest.mark.django_db

#: What changes a row; the session is written on every request, so that it ends when nobody works.
WRITES = re.compile(r'(?!UPDATE "django_session")(INSERT|UPDATE|DELETE|REPLACE)\b', re.IGNORECASE)

#: The columns of every line below.
STATES = (
    ReportState.DRAFT,
    ReportState.SUBMITTED,
    ReportState.RETURNED,
    ReportState.APPROVED,
    ReportState.PUBLISHED,
)
#: Stands for: let in. What a form answers to an empty request is tested with the form.
IN = "in"
#: Statuses that let nobody in: not yours to do, not yours to know, not this way.
REFUSALS = frozenset({403, 404, 405})


@dataclass(frozen=True)
class Line:
    """What each actor gets for one address and method; one word, or one for each state."""

    preparer: str
    reviewer: str
    approver: str
    scheme_owner: str
    outsider: str
    anonymous: str = "login"

    def expected(self, actor: str, state: ReportState) -> str:
        words = getattr(self, actor).split()
        return words[0] if len(words) == 1 else words[STATES.index(state)]


ACTORS = tuple(field.name for field in fields(Line))

PUBLIC = Line("in", "in", "in", "in", "in", "in")
#: A report that nobody made public has no public page, whatever its state and whoever asks.
NOT_PUBLIC = Line("404", "404", "404", "404", "404", "404")
NO_WAY_FOR_ANYONE = Line("405", "405", "405", "405", "405", "405")
#: Only who reviews or approves at a bureau learns that a page takes no such request.
NO_WAY_OF_BUREAUS = Line("403", "405", "405", "403", "403")
#: Of a year in which something is published.
BUNDLE = Line("403", "404 404 404 404 in", "404 404 404 404 in", "403", "403")
SIGNED_IN = Line("in", "in", "in", "in", "in")
#: A method that a page does not take; who may not know of the page does not learn even that.
NO_WAY = Line("405", "405", "405", "405", "405")
NO_WAY_HERE = Line("405", "404 405 405 405 405", "404 405 405 405 405", "404", "404")
PREPARES = Line("in", "403", "403", "403", "in")
#: Reviewers and approvers know of a report once it was submitted.
READ = Line("in", "404 in in in in", "404 in in in in", "404", "404")
#: The department's own preparers; of a locked report the page says so.
FILL = Line("in", "404 403 403 403 403", "404 403 403 403 403", "404", "404")
REMARK = Line("403", "404 in in in in", "404 in in in in", "404", "404")
RETURN = REMARK
APPROVE = Line("403", "404 in in in in", "404 403 403 403 403", "404", "404")
PUBLISH = Line("403", "404 403 403 403 403", "404 in in in in", "404", "404")
#: Schemes are drafted, imported and issued by their owners.
OWNS = Line("403", "403", "403", "in", "403")
#: What the preparer asked to keep; nobody else learns of it.
KEPT = Line("in", "404", "404", "404", "404")

#: Own indicators are reviewed before the report is submitted.
#: Approvers see the corrections that touch their departments only; this one touches none.
CORRECTIONS = Line("403", "403", "in", "in", "403")
NO_WAY_FOR_OWNER = Line("403", "403", "403", "405", "403")
REVIEW_OWN = Line("403", "in", "403", "403", "403")

#: By the name of the address: GET and POST.
MATRIX: dict[str, tuple[Line, Line]] = {
    "home": (SIGNED_IN, NO_WAY),
    "start_report": (Line("405", "403", "403", "403", "405"), PREPARES),
    "set_language": (PUBLIC, PUBLIC),
    "login": (PUBLIC, PUBLIC),
    "logout": (Line("405", "405", "405", "405", "405", "405"), PUBLIC),
    "change_password": (SIGNED_IN, SIGNED_IN),
    "schemes": (SIGNED_IN, NO_WAY),
    "new_scheme": (OWNS, OWNS),
    "edit_scheme": (OWNS, OWNS),
    "edit_head": (OWNS, OWNS),
    "edit_grades": (OWNS, OWNS),
    "edit_outline": (OWNS, OWNS),
    "edit_layout": (OWNS, OWNS),
    "edit_indicator": (OWNS, OWNS),
    "delete_indicator": (OWNS, OWNS),
    "issue_draft": (OWNS, OWNS),
    "discard_draft": (OWNS, OWNS),
    "checking": (SIGNED_IN, SIGNED_IN),
    "verify_pdf": (PUBLIC, PUBLIC),
    "findings_excel": (NO_WAY, SIGNED_IN),
    "findings_pdf": (NO_WAY, SIGNED_IN),
    "kept_reports": (SIGNED_IN, NO_WAY),
    "kept_report": (KEPT, NO_WAY),
    "kept_file": (KEPT, NO_WAY),
    "forget_report": (NO_WAY, KEPT),
    "scheme": (SIGNED_IN, NO_WAY),
    "scheme_excel": (SIGNED_IN, NO_WAY),
    "scheme_toml": (SIGNED_IN, NO_WAY),
    "import_scheme": (OWNS, OWNS),
    "report": (READ, NO_WAY_HERE),
    "figures": (READ, FILL),
    "key_tasks": (READ, FILL),
    "goals": (READ, NO_WAY_HERE),
    "goal_category": (READ, FILL),
    "own_part": (READ, FILL),
    "send_own_part": (NO_WAY_HERE, FILL),
    "review_own_part": (REVIEW_OWN, REVIEW_OWN),
    "group": (READ, FILL),
    "section": (READ, FILL),
    "preview": (READ, NO_WAY_HERE),
    "page_preview": (READ, FILL),
    "hand_in": (READ, FILL),
    "attach_evidence": (NO_WAY_HERE, FILL),
    "evidence_file": (READ, NO_WAY_HERE),
    "remove_evidence": (NO_WAY_HERE, FILL),
    "review": (READ, NO_WAY_HERE),
    "add_remark": (REMARK, REMARK),
    "return_report": (RETURN, RETURN),
    "approve_report": (APPROVE, APPROVE),
    "publication": (READ, NO_WAY_HERE),
    "report_pdf": (READ, READ),
    "report_word": (READ, NO_WAY_HERE),
    "report_excel": (READ, NO_WAY_HERE),
    "report_data": (READ, NO_WAY_HERE),
    "release_report": (PUBLISH, PUBLISH),
    "withdraw_report": (PUBLISH, PUBLISH),
    "bundles": (Line("403", "in", "in", "403", "403"), NO_WAY_OF_BUREAUS),
    "bundle": (BUNDLE, BUNDLE),
    "bundle_file": (BUNDLE, NO_WAY_OF_BUREAUS),
    "public_reports": (PUBLIC, NO_WAY_FOR_ANYONE),
    "public_report": (NOT_PUBLIC, NO_WAY_FOR_ANYONE),
    "public_pdf": (NOT_PUBLIC, NO_WAY_FOR_ANYONE),
    "public_data": (NOT_PUBLIC, NO_WAY_FOR_ANYONE),
    "publish_report": (PUBLISH, PUBLISH),
    "scheme_versions": (SIGNED_IN, NO_WAY),
    "start_version": (NO_WAY_FOR_OWNER, OWNS),
    "scheme_changes": (SIGNED_IN, NO_WAY),
    "scheme_mapping": (OWNS, OWNS),
    "corrections": (CORRECTIONS, Line("403", "403", "405", "405", "403")),
    "propose_correction": (OWNS, OWNS),
    "correction": (CORRECTIONS, Line("403", "403", "405", "405", "403")),
    "compute_correction": (NO_WAY_FOR_OWNER, OWNS),
    "approve_correction": (
        Line("403", "403", "405", "403", "403"),
        Line("403", "403", "in", "403", "403"),
    ),
    "apply_correction": (NO_WAY_FOR_OWNER, OWNS),
    "revert_correction": (NO_WAY_FOR_OWNER, OWNS),
    "withdraw_correction": (NO_WAY_FOR_OWNER, OWNS),
    "correction_excel": (CORRECTIONS, Line("403", "403", "405", "405", "403")),
}


@dataclass(frozen=True)
class Address:
    """One address of the site: its name, its view, and the arguments that it takes."""

    name: str
    view: Callable[..., object]
    arguments: tuple[str, ...]


def addresses_of(
    resolver: URLResolver | None = None, above: tuple[str, ...] = ()
) -> Iterator[Address]:
    """Yield every address of the site, whichever way it is included."""
    for entry in (resolver or get_resolver()).url_patterns:
        arguments = (*above, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            yield from addresses_of(entry, arguments)
        else:
            yield Address(entry.name, entry.callback, arguments)


def got(response) -> str:
    """Return the answer as one of the table's words."""
    if response.status_code == 302 and response.url.startswith(reverse("web:login") + "?next="):
        return "login"
    if response.status_code == 401:  # a form was sent: a redirect would throw it away
        return "login"
    return str(response.status_code) if response.status_code in REFUSALS else IN


@pytest.fixture
def urls(
    zengcheng_report, zengcheng_scheme, guangzhou_scheme, preparer, scheme_owner
) -> dict[str, str]:
    """Return every address of the site, for the Zengcheng report and things in it."""
    scheme = as_scoring_scheme(zengcheng_scheme)
    draft = load_scheme(scheme=replace(scheme, version=2), at=AT)
    leaf = next(scheme.leaves()).code
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    evidence = attach_evidence(
        report=zengcheng_report,
        indicator_code=leaf,
        upload=SimpleUploadedFile("佐证.png", picture.getvalue()),
        by=preparer,
        at=AT,
    )
    inspection = keep_inspection(
        file_name="报告.txt",
        data=b"text",
        text="text",
        found=Findings((), 0),
        scheme=None,
        by=preparer,
        at=AT,
    )
    follows = {"scheme": zengcheng_scheme, "previous": guangzhou_scheme}
    Succession.objects.create(**follows, started_at=AT)
    correction = Correction.objects.create(
        old_scheme=guangzhou_scheme,
        new_scheme=zengcheng_scheme,
        reason="更正",
        engine_version=0,
        proposed_at=AT,
        proposed_by=scheme_owner,
    )
    values = {
        "correction_id": correction.pk,
        "report_id": zengcheng_report.pk,
        "scheme_id": draft.pk,
        "code": scheme.code,
        "version": scheme.version,
        "category": scheme.goal_categories[0].code,
        "group": next(scheme.scored_groups()).code,
        "department": zengcheng_report.department.code,
        "bureau": zengcheng_report.department.supervisor.code,
        "year": zengcheng_report.scheme.year,
        "section": next(section.code for section in scheme.outline if section.takes_text),
        "indicator": leaf,
        "evidence_id": evidence.pk,
        "inspection_id": inspection.pk,
        "review_id": OwnPartReview.objects.create(
            report=zengcheng_report, content="{}", sha256="0", sent_at=AT, sent_by=preparer
        ).pk,
    }
    return {
        address.name: reverse(
            f"web:{address.name}", kwargs={name: values[name] for name in address.arguments}
        )
        for address in addresses_of()
    }


@pytest.fixture
def people(request) -> dict[str, User | None]:
    """Return who stands behind each column of the table; nobody behind the anonymous one."""
    return {
        actor: None if actor == "anonymous" else request.getfixturevalue(actor) for actor in ACTORS
    }


def answer_to(user: User | None, method: str, url: str) -> str:
    """Return what ``user`` gets for an empty request, and leave no trace of it."""
    client = Client()
    with transaction.atomic():
        if user:
            client.force_login(user)
        answer = got(client.generic(method, url))
        transaction.set_rollback(True)
    return answer


def test_every_address_has_a_line():
    assert {address.name for address in addresses_of()} == set(MATRIX)


def test_every_view_declares_its_requirement():
    undeclared = [
        address.name for address in addresses_of() if not hasattr(address.view, "requirement")
    ]

    assert undeclared == []


def test_only_the_views_that_the_matrix_opens_are_public():
    public = {
        address.name
        for address in addresses_of()
        if not getattr(address.view, "login_required", True)
    }

    assert public == {name for name, (get, _) in MATRIX.items() if get.anonymous != "login"}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("state", STATES)
def test_every_actor_gets_what_the_matrix_says(state, method, urls, people, in_state):
    in_state(state)

    wrong = []
    for name, url in urls.items():
        line = MATRIX[name][method == "POST"]
        for actor, user in people.items():
            expected, answer = line.expected(actor, state), answer_to(user, method, url)
            if answer != expected:
                wrong.append(f"{name}, {actor}: {answer}, not {expected}")

    assert wrong == []


@pytest.mark.parametrize("state", STATES)
def test_no_get_starts_work_or_writes_but_for_the_session(
    state, urls, people, in_state, *, monkeypatch, django_capture_on_commit_callbacks
):
    # Every draft counts as long, so that laying it out would be a job.
    monkeypatch.setattr(jobs, "_SHORT_CHARACTERS", 0)
    in_state(state)
    # A server that ended while it made a bundle has left its row.
    BundleJob.objects.create(
        bureau=Department.objects.get(code="zengcheng-caizhengju"),
        year=2022,
        key="0",
        state=BundleState.RUNNING,
        manifest=[],
        report_count=1,
        started_at=AT,
        started_by=people["reviewer"],
    )

    wrong = []
    for name, url in urls.items():
        for actor, user in people.items():
            client = Client()
            if user:
                client.force_login(user)
            with (
                django_capture_on_commit_callbacks() as begun,
                CaptureQueriesContext(connection) as captured,
            ):
                client.get(url)
            written = [one["sql"] for one in captured if WRITES.match(one["sql"])]
            wrong += [f"{name}, {actor}: {one[:60]}" for one in written]
            wrong += [f"{name}, {actor}: begins {one}" for one in begun]

    assert wrong == []
