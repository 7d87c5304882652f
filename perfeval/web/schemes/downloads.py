"""A scheme to take away: as Excel, to read, print and change, and as its TOML file."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from perfeval.office.scheme_book import TextTooLong, scheme_as_excel
from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme import tree as frozen
from perfeval.scoring.scheme.writing import write_scheme
from perfeval.web.access import SIGNED_IN, View, owns_schemes, person, requires

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _view(suffix: str, content_type: str, make: Callable[[frozen.Scheme], bytes]) -> View:
    """Return a view that gives a scheme out as the file that ``make`` makes."""

    @requires(SIGNED_IN)
    @require_safe
    def download(request: HttpRequest, code: str, version: int) -> HttpResponse:
        row = get_object_or_404(Scheme, code=code, version=version)
        if row.state == SchemeState.DRAFT and not owns_schemes(person(request)):
            raise Http404
        try:
            data = make(as_scoring_scheme(row))
        except TextTooLong as error:
            told = {"scheme": row, "place": error.place}
            return render(request, "web/schemes/too_long.html", told, status=422)
        name = f"{row.name}（第{row.version}版）{suffix}"
        disposition = content_disposition_header(as_attachment=True, filename=name)
        headers = {"Content-Disposition": disposition or "attachment"}
        return HttpResponse(data, content_type=content_type, headers=headers)

    return download


scheme_excel = _view(".xlsx", EXCEL, scheme_as_excel)
scheme_toml = _view(".toml", "application/toml", lambda scheme: write_scheme(scheme).encode())

urlpatterns = [
    path("<slug:code>/<int:version>/excel/", scheme_excel, name="scheme_excel"),
    path("<slug:code>/<int:version>/toml/", scheme_toml, name="scheme_toml"),
]
