"""What the public sees without signing in: reports that were published and put before it, and nothing of any other."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from perfeval.documents.building import build
from perfeval.publication.public_queries import public_releases, public_year_before
from perfeval.review.models import PublicRelease
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.snapshots.services import title_of
from perfeval.snapshots.snapshot import read_snapshot
from perfeval.web.access import ANYONE, requires
from perfeval.web.charts import charts_of
from perfeval.web.publishing import public_page

#: Public pages may be kept by what lies between for so long, in seconds; a report taken back is gone after that.
_KEPT = 300


@dataclass(frozen=True, slots=True)
class Listed:
    """A report in the list."""

    title: str
    year: int
    href: str
    released: PublicRelease


@requires(ANYONE)
@require_safe
def public_reports(request: HttpRequest) -> HttpResponse:
    """List what is before the public, by year."""
    listed = [
        Listed(_title(released), released.report.scheme.year, address(released), released)
        for released in public_releases().defer("pdf", "content")
    ]
    years = sorted({one.year for one in listed}, reverse=True)
    by_year = [(year, [one for one in listed if one.year == year]) for year in years]
    return render(request, "web/public/list.html", {"years": by_year})


@requires(ANYONE)
@require_safe
def public_report(request: HttpRequest, department: str, code: str, version: int) -> HttpResponse:
    """Show a report as the public has it. Raises: Http404 for any other."""
    released = _released(department, code, version, unread="pdf")
    scheme = as_scoring_scheme(released.report.scheme)
    snapshot = read_snapshot(released.content)
    document = build(snapshot, scheme)
    arguments = [department, code, version]
    pdf, data = (
        reverse("web:public_pdf", args=arguments),
        reverse("web:public_data", args=arguments),
    )
    absolute = request.build_absolute_uri
    blocks = public_page.blocks_of(document)
    return render(
        request,
        "web/public/report.html",
        {
            "document": document,
            "snapshot": snapshot,
            "scheme": scheme,
            "released": released,
            "blocks": blocks,
            "contents": [
                one for one in blocks if isinstance(one, public_page.TextBlock) and one.level == 2
            ],
            "charts": charts_of(
                scheme, snapshot.result, before=public_year_before(released.report)
            ),
            "sheet": public_page.sheet_of(document.score_sheet),
            "pdf_href": pdf,
            "data_href": data,
            "structured": public_page.structured_data(
                snapshot,
                scheme,
                page=absolute(request.path),
                pdf=absolute(pdf),
                data=absolute(data),
                released=localdate(released.released_at).isoformat(),
            ),
        },
    )


@requires(ANYONE)
@require_safe
def public_pdf(_request: HttpRequest, department: str, code: str, version: int) -> HttpResponse:
    """Give out the public PDF. Raises: Http404."""
    released = _released(department, code, version, unread="content")
    return _file(bytes(released.pdf), "application/pdf", f"{_title(released)}.pdf", released.sha256)


@requires(ANYONE)
@require_safe
def public_data(_request: HttpRequest, department: str, code: str, version: int) -> HttpResponse:
    """Give out the public data as canonical JSON. Raises: Http404."""
    released = _released(department, code, version, unread="pdf")
    name = f"{_title(released)}.json"
    response = _file(released.content.encode(), "application/json", name, "")
    # Other sites may read what is public.
    response["Access-Control-Allow-Origin"] = "*"
    return response


def address(released: PublicRelease) -> str:
    """Return the address of a report's public page."""
    scheme = released.report.scheme
    arguments = [released.report.department.code, scheme.code, scheme.version]
    return reverse("web:public_report", args=arguments)


def _released(department: str, code: str, version: int, *, unread: str) -> PublicRelease:
    """Return what the public has under an address, without the column ``unread``.

    Raises: Http404, the same for every other report.
    """
    released = (
        public_releases()
        .defer(unread)
        .filter(
            report__department__code=department,
            report__scheme__code=code,
            report__scheme__version=version,
        )
        .first()
    )
    if released is None:
        raise Http404
    return released


def _title(released: PublicRelease) -> str:
    scheme = released.report.scheme
    return title_of(scheme.report_title, released.report.department.name, scheme.year)


def _file(data: bytes, content_type: str, name: str, tag: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    disposition = content_disposition_header(as_attachment=False, filename=name)
    response["Content-Disposition"] = disposition or "inline"
    response["Cache-Control"] = f"public, max-age={_KEPT}"
    if tag:
        response["ETag"] = f'"{tag}"'
    return response


urlpatterns = [
    path("", public_reports, name="public_reports"),
    path("<slug:department>/<slug:code>/<int:version>/", public_report, name="public_report"),
    path("<slug:department>/<slug:code>/<int:version>/report.pdf", public_pdf, name="public_pdf"),
    path("<slug:department>/<slug:code>/<int:version>/data.json", public_data, name="public_data"),
]
