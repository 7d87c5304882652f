"""What the page says after an attempt to save: saved, not readable, changed meanwhile, or locked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.reports.filled import Filled
from perfeval.reports.models import Report
from perfeval.web.filling.page import ReportPage, report_page

#: Answers of the pages that keep what was typed: it could not be read, or it collided.
UNREADABLE, COLLIDED = 422, 409


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved the part meanwhile: who and when, as far as it is known."""

    by: User | None
    at: datetime | None


def conflict_in(report: Report, part: str) -> Conflict:
    """Return who saved ``part`` last."""
    score = report.scores.filter(part=part).order_by("-revision").select_related("saved_by").first()
    return Conflict(score.saved_by, score.created_at) if score else Conflict(None, None)


def saved(
    request: HttpRequest,
    filled: Filled,
    part: str,
    bits: Callable[[HttpRequest, ReportPage], HttpResponse] | None = None,
) -> HttpResponse:
    """Answer a successful save: the changed bits to a script, else a page with the next step.

    ``bits`` renders them; ``go`` on the button says where the person goes next.
    """
    page = report_page(request, filled, part)
    if bits and request.htmx:  # type: ignore[attr-defined]
        return bits(request, page)
    messages.success(request, _("Saved."))
    return redirect(_next_address(request, page))


def _next_address(request: HttpRequest, page: ReportPage) -> str:
    if request.POST.get("go") == "next":
        return page.next.href if page.next else page.overview_href
    return page.current.href if page.current else page.overview_href
