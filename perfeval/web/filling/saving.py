"""Saving what was typed in a part, place by place, and what the page says after it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.places import places_of
from perfeval.reports.services import ReportLocked, save_typed
from perfeval.web.access import person
from perfeval.web.filling.loaded import given_up, loaded_in, next_loaded, token_of
from perfeval.web.filling.page import ReportPage, report_page

#: Answers of the pages that keep what was typed: it could not be read, or it collided.
UNREADABLE, COLLIDED = 422, 409


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that somebody else changed too: what it is called, what stands there, who wrote it and when."""

    place: str
    label: str
    stored: str
    by: User | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt to save: the report as it stands, the token for the page, what was left unsaved."""

    filled: Filled
    token: str
    conflicts: tuple[Conflict, ...] = ()
    is_locked: bool = False
    is_unread: bool = False

    @property
    def is_whole(self) -> bool:
        """Return whether everything that was typed is stored."""
        return not (self.conflicts or self.is_locked or self.is_unread)

    @property
    def status(self) -> int:
        """Return the status of the answer."""
        if self.is_whole:
            return 200
        return UNREADABLE if self.is_unread else COLLIDED


def token_for(filled: Filled, part: str) -> str:
    """Return the token of a page that shows what is stored of a part."""
    state = filled.state
    shown = places_of(part, filled.scheme, state)
    return token_of(filled.report, {place: state[place] for place in shown})


def attempt(
    request: HttpRequest,
    report: Report,
    part: str,
    typed: Mapping[str, str],
    *,
    unread: Collection[str] = (),
    label: Callable[[str], str],
) -> Attempt:
    """Save what was changed on the page; what could not be read or collided is left as it is stored.

    ``typed``: the texts of all places of the page that could be read; ``label``: what a place is called.
    """
    loaded = loaded_in(request, report)
    wanted = dict(typed)
    for place in given_up(request):
        wanted[place] = loaded.get(place, "")
    sent = request.POST.get("request", "")[:40]
    try:
        saved_now = save_typed(
            report=report,
            part=part,
            loaded=loaded,
            typed=wanted,
            skip=unread,
            request=sent,
            by=person(request),
            at=timezone.now(),
        )
    except ReportLocked as refusal:
        filled = read_filled(refusal.report)
        return Attempt(filled, request.POST.get("version", ""), is_locked=True)
    left = {*unread, *saved_now.conflicts}
    conflicts = []
    for place, stored in saved_now.conflicts.items():
        change = saved_now.collisions[place]
        by, at = (change.by, change.at) if change else (None, None)
        conflicts.append(Conflict(place, label(place), stored, by, at))
    return Attempt(
        saved_now.filled,
        token_of(report, next_loaded(loaded, typed, left)),
        tuple(conflicts),
        is_unread=bool(unread),
    )


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
