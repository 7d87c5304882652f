"""A year's published reports of a bureau, to be taken away in one file."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from perfeval.accounts.models import User
from perfeval.review import bundles as service
from perfeval.web.access import Requirement, person, requires


def takes_bundles(user: User) -> bool:
    """Return whether the person reviews or approves at a department that supervises others."""
    return bool(service.bureaus_of(user))


BUNDLES = Requirement("take bundles", of_user=takes_bundles)


@requires(BUNDLES)
@require_safe
def bundles(request: HttpRequest) -> HttpResponse:
    """List the years of the person's bureaus with what was published."""
    offered = [
        (bureau, service.bundles_of(bureau)) for bureau in service.bureaus_of(person(request))
    ]
    return render(request, "web/bundles/list.html", {"offered": offered})


@requires(BUNDLES)
@require_safe
def bundle(request: HttpRequest, bureau: str, year: int) -> HttpResponseBase:
    """Send a year's reports as one ZIP; its size is told first, so that the browser shows how far it is."""
    mine = next((one for one in service.bureaus_of(person(request)) if one.code == bureau), None)
    if mine is None:
        raise Http404
    found = next((one for one in service.bundles_of(mine) if one.year == year), None)
    if found is None:
        raise Http404
    entries = found.entries()
    response = StreamingHttpResponse(service.stream(found, entries), content_type="application/zip")
    response["Content-Length"] = str(service.packed_size(found, entries))
    name = f"{mine.name}{year}年度部门整体支出绩效自评报告.zip"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response["Cache-Control"] = "private, no-store"
    # A proxy that gathers everything first would hide the progress and hold the whole file.
    response["X-Accel-Buffering"] = "no"
    return response


urlpatterns = [
    path("", bundles, name="bundles"),
    path("<slug:bureau>/<int:year>/", bundle, name="bundle"),
]
