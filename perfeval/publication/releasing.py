"""Putting a published report before the public, and taking it back.

The public version is the published snapshot without the names of evidence files; remarks and other internal matter are in
no snapshot. Personal data in what was typed stops it. Its PDF carries public data only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.documents.building import build
from perfeval.documents.document import BodyTable, Heading, Paragraph, ReportDocument
from perfeval.jobs.pdf import Progress
from perfeval.publication.pdf import Pages, official_pages, official_pdf
from perfeval.publication.public_queries import release_of
from perfeval.reports.models import Report
from perfeval.reports.queries import locked
from perfeval.reports.states import ReportState
from perfeval.review import permissions
from perfeval.review.models import Publication, PublicRelease
from perfeval.review.queries import publication_of
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.result import Problem
from perfeval.snapshots.earlier import report_before
from perfeval.snapshots.personal_data import find, personal_data, problem
from perfeval.snapshots.snapshot import Snapshot, read_snapshot, snapshot_hash, snapshot_text


class ReleaseRefused(Exception):
    """The report cannot be put before the public or taken back; the text says why and what to do."""


class PersonalDataFound(ReleaseRefused):
    """The report names personal data; ``problems`` holds each with its place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems."""
        super().__init__(
            _("The report names personal data in %(count)s places. Nothing was made public.")
            % {"count": len(problems)}
        )
        self.problems = problems


def public_snapshot(snapshot: Snapshot, *, is_year_before_public: bool = False) -> Snapshot:
    """Return what the public may have of a snapshot: all but the names of evidence files.

    The year before is told only where the public has that report too.
    """
    before = snapshot.before if is_year_before_public else None
    return replace(snapshot, evidence=(), before=before)


def personal_data_in(snapshot: Snapshot, document: ReportDocument) -> tuple[Problem, ...]:
    """Return the personal data in what was typed, and in the finished text what was not seen there."""
    typed = tuple(personal_data(snapshot.figures, snapshot.narratives))
    known = {one.parameters["found"] for one in typed}
    printed = {
        (kind, found): problem(kind, "report", found)
        for text in _printed(document)
        for kind, found in find(text)
        if found not in known
    }
    return (*typed, *printed.values())


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """What the public would get of a publication: the snapshot as text and as value, and the pages of its PDF.

    ``pages`` is None where nothing had to be left out: the public file is the official one.
    """

    text: str
    snapshot: Snapshot
    pages: Pages | None

    def prepare(self, *, at: datetime) -> Progress | None:
        """Have long pages begun; return how far they are, None when ``release`` need not wait for them.

        Raises: fonts.RenderFailed.
        """
        return self.pages.prepare(at=at) if self.pages else None


def public_version(report: Report) -> PublicVersion | None:
    """Return what the public would get of the report, None while it is not published."""
    publication = publication_of(report)
    return _public(report, publication) if publication else None


@transaction.atomic
def release(*, report: Report, by: User, at: datetime) -> PublicRelease:
    """Put a published report before the public: page, PDF and data under an address that needs no sign-in.

    Raises: ReleaseRefused (state, right, already public); PersonalDataFound; fonts.RenderFailed.
    """
    report = locked(report)
    publication = publication_of(report)
    if publication is None or report.state != ReportState.PUBLISHED:
        raise ReleaseRefused(_("Only a published report can be made public. Publish it first."))
    _check_right(report, by)
    if release_of(report):
        raise ReleaseRefused(_("This report is public already."))
    version = _public(report, publication)
    text, pages = version.text, version.pages
    document = (
        pages.document if pages else build(version.snapshot, as_scoring_scheme(report.scheme))
    )
    if found := personal_data_in(version.snapshot, document):
        raise PersonalDataFound(found)
    if pages is None:
        data, sha256 = bytes(publication.pdf), publication.sha256
    else:
        pdf = official_pdf(pages, signed_at=at)
        data, sha256 = pdf.data, pdf.sha256
    return PublicRelease.objects.create(
        report=report,
        content=text,
        content_sha256=snapshot_hash(text),
        pdf=data,
        sha256=sha256,
        released_by=by,
        released_at=at,
    )


@transaction.atomic
def withdraw(*, report: Report, by: User, at: datetime) -> PublicRelease:
    """Take a report back from the public; that it was public, since when and until when stays on record.

    Raises: ReleaseRefused.
    """
    report = locked(report)
    _check_right(report, by)
    released = release_of(report)
    if released is None:
        raise ReleaseRefused(_("This report is not public."))
    released.withdrawn_by, released.withdrawn_at = by, at
    released.save(update_fields=["withdrawn_by", "withdrawn_at"])
    return released


def _public(report: Report, publication: Publication) -> PublicVersion:
    kept = publication.snapshot
    snapshot = read_snapshot(kept.content)
    before = report_before(report) if snapshot.before else None
    is_public = before is not None and release_of(before) is not None
    snapshot = public_snapshot(snapshot, is_year_before_public=is_public)
    text = snapshot_text(snapshot)
    if text == kept.content:
        return PublicVersion(text, snapshot, None)
    scheme = as_scoring_scheme(report.scheme)
    return PublicVersion(
        text, snapshot, official_pages(text, snapshot, scheme, taken_at=kept.created_at)
    )


def _check_right(report: Report, by: User) -> None:
    if not permissions.has_release_role(by, report):
        raise ReleaseRefused(_("You do not have the role that this needs."))


def _printed(document: ReportDocument) -> Iterator[str]:
    yield document.title
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                yield block.text
            case BodyTable():
                yield from (text for row in block.rows for text in row)
    for row in document.score_sheet.rows:
        yield from (row.tertiary or row.secondary, row.standard, row.reason)
