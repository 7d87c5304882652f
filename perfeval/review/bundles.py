"""A year's published reports of a bureau as one ZIP with an index, written while it is sent.

Only one report is in memory at a time. Every entry is stored as it is, so that the size is known before the first byte
and a browser shows how far it is. Figures of the index are those of the stored Result.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Length
from django.template.loader import render_to_string

from perfeval.accounts.models import Department, User
from perfeval.accounts.queries import SUPERVISING_ROLES, departments_below, departments_where
from perfeval.exchange.services import title_of
from perfeval.rendering.workbook.overview import OverviewRow, as_overview
from perfeval.reports.models import Score
from perfeval.review.models import Publication

INDEX_FILE, OVERVIEW_FILE, FOLDER = "index.html", "overview.xlsx", "reports"
#: ZIP knows no year before this; the entries' own dates say nothing that the index does not.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_LOCAL, _DESCRIPTOR, _CENTRAL, _END = 30, 16, 46, 22
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Item:
    """One published report: whose it is, what it came to, its file's name in the ZIP and its size in bytes."""

    publication_id: int
    department: str
    title: str
    total: Decimal
    full_score: Decimal
    grade: str
    published_at: datetime
    file_name: str
    size: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bureau may take away of one year."""

    bureau: Department
    year: int
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """Return the size of the reports in bytes."""
        return sum(item.size for item in self.items)

    def entries(self) -> tuple[tuple[str, bytes], ...]:
        """Return the index and the overview, with their names."""
        page = render_to_string("bundle/index.html", {"bundle": self, "overview": OVERVIEW_FILE})
        rows = [
            OverviewRow(item.department, item.total, item.full_score, item.grade, item.file_name)
            for item in self.items
        ]
        newest = max(item.published_at for item in self.items)
        table = as_overview(rows, bureau=self.bureau.name, year=self.year, created_at=newest)
        return ((INDEX_FILE, page.encode()), (OVERVIEW_FILE, table))


def bureaus_of(user: User) -> list[Department]:
    """Return the departments at which the person reviews or approves and that supervise others, by code."""
    ids = departments_where(user, SUPERVISING_ROLES)
    return list(Department.objects.filter(pk__in=ids, supervised__isnull=False).distinct())


def bundles_of(bureau: Department) -> list[Bundle]:
    """Return what the bureau and all below it published, a bundle for each year, the newest first."""
    published = (
        Publication.objects.filter(report__department__in=departments_below(bureau))
        .select_related("report__department", "report__scheme")
        .annotate(size=Length("pdf"))
        .defer("pdf", "made_with")
        .order_by("-report__scheme__year", "report__department__code", "pk")
    )
    rows = list(published)
    found = Score.objects.filter(
        report__in=[one.report_id for one in rows], revision=F("report__revision")
    ).defer("result")
    scores = {score.report_id: score for score in found}
    years: dict[int, list[Item]] = {}
    for one in rows:
        scheme = one.report.scheme
        items = years.setdefault(scheme.year, [])
        score = scores[one.report_id]
        title = title_of(scheme.report_title, one.report.department.name, scheme.year)
        items.append(
            Item(
                publication_id=one.pk,
                department=one.report.department.name,
                title=title,
                total=score.total,
                full_score=scheme.full_score,
                grade=score.grade,
                published_at=one.created_at,
                file_name=_file_name(title, one.report.department.code, items),
                size=one.size,
            )
        )
    return [Bundle(bureau, year, tuple(items)) for year, items in years.items()]


def packed_size(bundle: Bundle, entries: Sequence[tuple[str, bytes]]) -> int:
    """Return how many bytes ``stream`` yields."""
    sizes = [(name, len(data)) for name, data in entries]
    sizes += [(item.file_name, item.size) for item in bundle.items]
    return _END + sum(
        _LOCAL + _DESCRIPTOR + _CENTRAL + 2 * len(name.encode()) + size for name, size in sizes
    )


def stream(bundle: Bundle, entries: Sequence[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield the ZIP piece by piece: index, overview, then each report as it is read."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data)
            yield sink.taken()
        for item in bundle.items:
            kept = Publication.objects.values_list("pdf", flat=True)
            data = bytes(kept.get(pk=item.publication_id))
            archive.writestr(zipfile.ZipInfo(item.file_name, _ZIP_DATE), data)
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """Takes what the archive writes and gives it on; it cannot go back, so nothing is kept."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _file_name(title: str, code: str, before: Sequence[Item]) -> str:
    """Return the name of a report in the ZIP, different from those before."""
    name = f"{FOLDER}/{_NOT_IN_NAMES.sub('_', title)[:100]}"
    taken = {item.file_name for item in before}
    return f"{name}.pdf" if f"{name}.pdf" not in taken else f"{name}-{code}-{len(taken)}.pdf"
