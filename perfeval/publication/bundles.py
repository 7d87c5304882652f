"""What a bureau may take away of one year: every report that it may know of, and who handed in nothing.

Published reports are in the ZIP with their kept PDF; the others are listed with the reason why they are not.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from perfeval.accounts.models import Department, Role, User
from perfeval.accounts.queries import SUPERVISING_ROLES, departments_below, departments_where
from perfeval.reports.models import Report, Score
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication
from perfeval.scoring.canonical import canonical_text
from perfeval.scoring.codec import Decoder, encode
from perfeval.snapshots.services import title_of

FOLDER = "reports"
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
#: States in which the score is what the department stands by.
_SCORED = frozenset({ReportState.SUBMITTED, ReportState.APPROVED, ReportState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class BundleItem:
    """One report, or a department without one (``state`` is empty then).

    ``file_name``: in the ZIP, empty for what is not in it; ``size`` in bytes and ``sha256`` are of the kept PDF.
    ``total``: None where there is no score to stand by. ``published_on``: ISO 8601, in local time.
    """

    department_id: int
    department: str
    report_id: int | None = None
    publication_id: int | None = None
    title: str = ""
    state: str = ""
    total: Decimal | None = None
    full_score: Decimal | None = None
    grade: str = ""
    published_on: str = ""
    file_name: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class YearOffer:
    """A year of a bureau of which something can be taken away, and how many reports that is."""

    year: int
    count: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """A year of a bureau; what is in the ZIP comes first, both parts in the order of the departments' codes."""

    year: int
    items: tuple[BundleItem, ...]

    @property
    def included(self) -> tuple[BundleItem, ...]:
        """Return the reports that are in the ZIP."""
        return tuple(item for item in self.items if item.file_name)

    @property
    def left_out(self) -> tuple[BundleItem, ...]:
        """Return the reports and departments that are not."""
        return tuple(item for item in self.items if not item.file_name)

    @property
    def size(self) -> int:
        """Return the size of the reports in bytes."""
        return sum(item.size for item in self.items)

    @property
    def key(self) -> str:
        """Return a hash of all that the ZIP says."""
        return hashlib.sha256(canonical_text(as_manifest(self)).encode()).hexdigest()


def as_manifest(bundle: Bundle) -> list[Any]:
    """Return the items as JSON data, to be kept beside the ZIP that is made of them."""
    return cast("list[Any]", encode(bundle.items))


def from_manifest(year: int, manifest: Sequence[object]) -> Bundle:
    """Return what ``as_manifest`` wrote. Raises: scoring.codec.FormatError."""
    decoder = Decoder(numbers_are_text=True)
    items = tuple(decoder.record(BundleItem, one, "") for one in manifest)
    decoder.finish()
    return Bundle(year, items)


def bureaus_of(user: User) -> list[Department]:
    """Return the departments at which the person reviews or approves and that supervise others, by code."""
    ids = departments_where(user, SUPERVISING_ROLES)
    return list(Department.objects.filter(pk__in=ids, supervised__isnull=False).distinct())


def years_of(bureau: Department) -> list[YearOffer]:
    """Return the years of which the bureau and all below it published something, the newest first."""
    found = (
        _published(bureau)
        .order_by()
        .values_list("report__scheme__year")
        .annotate(count=Count("pk"))
        .order_by("-report__scheme__year")
    )
    return [YearOffer(year, count) for year, count in found]


def bundle_of(bureau: Department, year: int) -> Bundle | None:
    """Return the year of the bureau and all below it, None while nothing of it is published."""
    below = departments_below(bureau)
    reports = (
        Report.objects.filter(department__in=below, scheme__year=year, submitted_at__isnull=False)
        .select_related("department", "scheme")
        .order_by("department__code", "pk")
    )
    kept = {
        one.report_id: one
        for one in _published(bureau)
        .filter(report__scheme__year=year)
        .order_by()
        .annotate(size=Length("pdf"))
        .defer("pdf", "made_with")
    }
    if not kept:
        return None
    found = Score.objects.filter(report__in=reports.order_by(), revision=F("report__revision"))
    scores = {score.report_id: score for score in found.defer("result")}
    names: set[str] = set()
    items = [_item(report, scores[report.pk], kept.get(report.pk), names) for report in reports]
    handed_in = {item.department_id for item in items}
    items += (
        BundleItem(department.pk, department.name)
        for department in _filling(below)
        if department.pk not in handed_in
    )
    return in_order(year, items)


def in_order(year: int, items: Sequence[BundleItem]) -> Bundle:
    """Return the bundle of the items: those in the ZIP first, within both parts in the order they have."""
    return Bundle(year, tuple(sorted(items, key=lambda item: not item.file_name)))


def is_still_below(bureau: Department, bundle: Bundle) -> bool:
    """Return whether every department whose report is in the ZIP still belongs to the bureau."""
    return {item.department_id for item in bundle.included} <= departments_below(bureau)


def _published(bureau: Department) -> QuerySet[Publication]:
    return Publication.objects.filter(
        report__department__in=departments_below(bureau), report__state=ReportState.PUBLISHED
    )


def _filling(departments: frozenset[int]) -> Iterator[Department]:
    """Yield those of the departments that have somebody who fills reports in, by code."""
    yield from Department.objects.filter(
        pk__in=departments, memberships__role=Role.PREPARER
    ).distinct()


def _item(
    report: Report, score: Score, publication: Publication | None, names: set[str]
) -> BundleItem:
    scheme, department = report.scheme, report.department
    title = title_of(scheme.report_title, department.name, scheme.year)
    is_scored = report.state in _SCORED
    common: dict[str, Any] = {
        "department_id": department.pk,
        "department": department.name,
        "report_id": report.pk,
        "title": title,
        "state": str(report.state),
        "total": score.total if is_scored else None,
        "full_score": scheme.full_score if is_scored else None,
        "grade": score.grade if is_scored else "",
    }
    if publication is None:
        return BundleItem(**common)
    return BundleItem(
        **common,
        publication_id=publication.pk,
        published_on=timezone.localtime(publication.created_at).date().isoformat(),
        file_name=_file_name(title, department.code, names),
        size=publication.size,  # type: ignore[attr-defined] # annotated by ``bundle_of``
        sha256=publication.sha256,
    )


def _file_name(title: str, code: str, names: set[str]) -> str:
    """Return the name of a report in the ZIP, different from ``names``, and note it there."""
    name = f"{FOLDER}/{_NOT_IN_NAMES.sub('_', title)[:100]}"
    if f"{name}.pdf" in names:
        name = f"{name}-{code}-{len(names)}"
    names.add(f"{name}.pdf")
    return f"{name}.pdf"
